"""In SQLite: the append-only audit log."""

from __future__ import annotations

from seamwatch.store.sqlite_database import SqliteDatabase


class AuditTables(SqliteDatabase):
    """The part of the store for the append-only audit log."""
