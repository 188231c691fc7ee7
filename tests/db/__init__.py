"""Tests of the database room; each runs on SQLite and on PostgreSQL unless it says why not."""
