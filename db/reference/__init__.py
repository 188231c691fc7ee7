"""Data files: the functions, and a fictional city with its units and standing conferences."""
