"""The database: one interface, and what keeps it."""

from __future__ import annotations

from pathlib import Path

from seamwatch.errors import StoreError
from seamwatch.store.base import ArticleHit, FetchMemory, IncidentFilter, Store

__all__ = ["ArticleHit", "FetchMemory", "IncidentFilter", "Store", "open_places", "open_store"]


def open_store(url: str, *, create: bool = True) -> Store:
    """Return the store at a path, ready to use; raise StoreError where it can't be opened.

    With `create=False` a path where nothing is yet is an error: a list of a mistyped file's incidents
    should not be empty.
    """
    if url.startswith(("postgresql:", "postgres:")):
        raise StoreError(
            "PostgreSQL is not supported by this version: use a file path, as in --db record.db",
            code="store_unsupported",
        )
    from seamwatch.store.sqlite import SqliteStore

    path = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else url
    return SqliteStore(Path(path).expanduser(), create=create)


def open_places(url: str) -> Store:
    """Return the store at a path for its places alone: nothing can be written through it."""
    from seamwatch.store.sqlite import SqliteStore

    store = SqliteStore(Path(url), create=False)
    store.read("PRAGMA query_only = ON")
    return store
