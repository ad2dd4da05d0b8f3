"""In SQLite: release rules, orders, approvals, what changed since the last release."""

from __future__ import annotations

from seamwatch.store.sqlite_database import SqliteDatabase


class ReleaseTables(SqliteDatabase):
    """The part of the store for release rules, orders, approvals, what changed since the last release."""
