"""The `lianxi` command: one file a command family; `cli.main` says what there is."""
