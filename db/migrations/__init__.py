"""Alembic migrations: how the database changes from version to version."""
