"""The store in one SQLite file."""

from __future__ import annotations

from seamwatch.store.sqlite_accounts import AccountTables
from seamwatch.store.sqlite_areas import AreaTables
from seamwatch.store.sqlite_articles import ArticleTables
from seamwatch.store.sqlite_audit import AuditTables
from seamwatch.store.sqlite_charter import CharterTables
from seamwatch.store.sqlite_decisions import DecisionTables
from seamwatch.store.sqlite_exchange import ExchangeTables
from seamwatch.store.sqlite_incidents import IncidentTables
from seamwatch.store.sqlite_labels import LabelTables
from seamwatch.store.sqlite_links import LinkTables
from seamwatch.store.sqlite_map import MapTables
from seamwatch.store.sqlite_pages import PageTables
from seamwatch.store.sqlite_places import PlaceTables
from seamwatch.store.sqlite_release import ReleaseTables
from seamwatch.store.sqlite_requests import RequestTables
from seamwatch.store.sqlite_tombstones import TombstoneTables


class SqliteStore(
    LabelTables,
    ArticleTables,
    LinkTables,
    IncidentTables,
    AreaTables,
    PlaceTables,
    DecisionTables,
    TombstoneTables,
    MapTables,
    PageTables,
    AccountTables,
    AuditTables,
    CharterTables,
    ExchangeTables,
    ReleaseTables,
    RequestTables,
):
    """A store in one SQLite file. One connection, for one thread at a time; processes may share it."""

    def counts(self) -> dict[str, int]:
        """Return how many there are of each thing that the store keeps."""
        tables = {
            "articles": "articles",
            "copies": "article_sources",
            "versions": "articles WHERE version_of IS NOT NULL",
            "mentions": "mentions",
            "decisions": "decisions",
            "incidents": "incidents",
            "aliases": "aliases WHERE incident_id IS NOT NULL",
            "areas": "areas",
            "places": "own_places WHERE NOT names_only",
        }
        return {name: int(self.read(f"SELECT count(*) FROM {rows}")[0][0]) for name, rows in tables.items()}
