"""Deciding: from a complaint's words to its lead unit. Pure: knows no database, no web and no clock."""
