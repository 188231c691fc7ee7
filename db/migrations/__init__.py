"""Alembic's folder: the environment that migrations run in, and the migrations, oldest first."""
