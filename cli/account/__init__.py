"""`lianxi user` and `lianxi key`: who may sign in, and the keys of programs."""
