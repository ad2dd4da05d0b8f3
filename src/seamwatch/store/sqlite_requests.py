"""In SQLite: requests and answers."""

from __future__ import annotations

from seamwatch.store.sqlite_database import SqliteDatabase


class RequestTables(SqliteDatabase):
    """The part of the store for requests and answers."""
