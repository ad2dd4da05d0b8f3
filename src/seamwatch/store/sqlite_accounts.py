"""In SQLite: accounts, sessions, API tokens."""

from __future__ import annotations

from seamwatch.store.sqlite_database import SqliteDatabase


class AccountTables(SqliteDatabase):
    """The part of the store for accounts, sessions, API tokens."""
