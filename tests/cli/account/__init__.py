"""The commands about accounts and keys."""
