"""Rules that hold for the whole house, checked on its source."""
