"""In SQLite: feeds, contents, what was sent and received, contacts."""

from __future__ import annotations

from seamwatch.store.sqlite_database import SqliteDatabase


class ExchangeTables(SqliteDatabase):
    """The part of the store for feeds, contents, what was sent and received, contacts."""
