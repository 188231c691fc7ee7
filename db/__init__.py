"""Keeping: tables, migrations, transactions, and the differences between SQLite and PostgreSQL."""
