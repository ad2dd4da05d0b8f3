"""In SQLite: charters, notices, this node's own identity."""

from __future__ import annotations

from seamwatch.store.sqlite_database import SqliteDatabase


class CharterTables(SqliteDatabase):
    """The part of the store for charters, notices, this node's own identity."""
