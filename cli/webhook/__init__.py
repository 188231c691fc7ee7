"""`lianxi webhook ...`: webhooks on the command line."""
