"""The store in one SQLite file."""

from __future__ import annotations

from seamwatch.store.sqlite_areas import AreaTables
from seamwatch.store.sqlite_articles import ArticleTables
from seamwatch.store.sqlite_decisions import DecisionTables
from seamwatch.store.sqlite_incidents import IncidentTables
from seamwatch.store.sqlite_judgements import JudgementTables
from seamwatch.store.sqlite_places import PlaceTables
from seamwatch.store.sqlite_tombstones import TombstoneTables


class SqliteStore(
    ArticleTables, JudgementTables, IncidentTables, AreaTables, PlaceTables, DecisionTables, TombstoneTables
):
    """A store in one SQLite file. One connection, for one thread; several processes may share the file."""

    def counts(self) -> dict[str, int]:
        """Return how many there are of each thing that the store keeps."""
        tables = {
            "articles": "articles",
            "copies": "article_sources",
            "versions": "articles WHERE version_of IS NOT NULL",
            "mentions": "mentions",
            "judgements": "judgements",
            "incidents": "incidents",
            "aliases": "aliases WHERE incident_id IS NOT NULL",
            "revisions": "revisions",
            "areas": "areas",
            "places": "own_places WHERE NOT names_only",
        }
        return {name: int(self.read(f"SELECT count(*) FROM {rows}")[0][0]) for name, rows in tables.items()}
