"""Policies as workbooks."""
