"""A policy as an Excel workbook and back: one row a rule, in words that a clerk can read and type."""
