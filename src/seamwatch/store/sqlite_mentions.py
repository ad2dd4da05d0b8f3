"""What articles say, in SQLite."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from seamwatch.errors import StoreError
from seamwatch.model.codec import (
    mention_json,
    other_json,
    place_mention_json,
    statement_json,
    time_mention_json,
)
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.incident import Extraction, Mention, SourcedMention
from seamwatch.model.place import PlaceMention
from seamwatch.model.time import TimeMention
from seamwatch.store.base import Box
from seamwatch.store.sqlite_articles import REF, article_ref
from seamwatch.store.sqlite_database import Row, SqliteDatabase, chunks, now, to_json
from seamwatch.store.sqlite_database import moment as as_text

# Mentions held decoded: some 60 MB.
MOST_HELD = 8_000


def box_sql(table: str, points: str, box: Box) -> tuple[str, list[float]]:
    """Return the condition that a row's point lies in the box, and its values.

    The R-tree (table `points`) holds 32-bit numbers rounded outwards, so the table's own are compared too.
    """
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    parts: list[str] = []
    values: list[float] = []
    for left, right in spans:
        parts.append(
            f"({table}.key IN (SELECT key FROM {points} WHERE max_lat >= ? AND min_lat <= ? AND max_lon >= ? "
            f"AND min_lon <= ?) AND {table}.lat BETWEEN ? AND ? AND {table}.lon BETWEEN ? AND ?)"
        )
        values.extend((south, north, left, right, south, north, left, right))
    return f"({' OR '.join(parts)})", values


def mention_row(article_id: str, ordinal: int, mention: Mention) -> Row:
    """Return a mention as a row: its id, its article's, its place in it, its JSON, and what is looked up."""
    when, where = mention.date, mention.place
    return (
        mention.id,
        article_id,
        ordinal,
        to_json(mention_json(mention)),
        mention.event_type.value,
        mention.sub_event_type.value,
        mention.modality.value,
        when.start.isoformat() if when else None,
        when.end.isoformat() if when else None,
        where.lat if where else None,
        where.lon if where else None,
        where.radius_km if where else None,
        where.country if where else None,
        where.admin1 if where else None,
    )


class MentionTables(SqliteDatabase):
    """The part of the store that keeps extractions and their mentions."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self._held: dict[int, SourcedMention] = {}
        super().__init__(path, create=create)
        self._version = 0

    def store_extraction(
        self,
        article_id: str,
        extraction: Extraction,
        places: Sequence[PlaceMention] = (),
        dates: Sequence[TimeMention] = (),
        *,
        given: bool = False,
    ) -> None:
        """Store what an article says, in place of what was extracted from it before.

        `given` says that another program extracted it: it is never extracted again. StoreError where the
        article is unknown or a mention's id belongs to another article.
        """
        ids = to_json([m.id for m in extraction.mentions])
        with self.transaction():
            if not self.read("SELECT 1 FROM articles WHERE id = ?", (article_id,)):
                raise StoreError(f"no article {article_id}: store it before what it says")
            taken = self.read(
                "SELECT id, article_id FROM mentions "
                "WHERE id IN (SELECT value FROM json_each(?)) AND article_id <> ?",
                (ids, article_id),
            )
            twice = [name for name, n in Counter(m.id for m in extraction.mentions).items() if n > 1]
            for name, owner in taken or [(name, article_id) for name in twice]:
                raise StoreError(
                    f"article {article_id}: the mention id {name} is taken by a mention of article {owner}: "
                    "every mention needs an id of its own",
                    code="id_taken",
                )
            self.write(
                "INSERT OR REPLACE INTO extractions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    article_id,
                    to_json([other_json(o) for o in extraction.others]),
                    to_json([statement_json(s) for s in extraction.statements]),
                    to_json([place_mention_json(p) for p in places]),
                    to_json([time_mention_json(d) for d in dates]),
                    to_json(extraction.warnings),
                    now(),
                    given,
                ),
            )
            # A mention that is told again keeps its incident until it is linked anew.
            owners = self.read(
                "SELECT i.mention_id, i.incident_id FROM incident_mentions i JOIN mentions m "
                "ON m.id = i.mention_id WHERE m.article_id = ? AND m.id IN (SELECT value FROM json_each(?))",
                (article_id, ids),
            )
            if self.write("DELETE FROM mentions WHERE article_id = ?", (article_id,)):
                self.forget([article_id])
            self.write_all(
                "INSERT INTO mentions (id, article_id, ordinal, json, event_type, sub_event_type, modality, "
                "date_start, date_end, lat, lon, radius, country, admin1) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (mention_row(article_id, n, m) for n, m in enumerate(extraction.mentions, 1)),
            )
            self.write_all("INSERT INTO incident_mentions VALUES (?, ?)", owners)

    def extraction_json(self, article_id: str) -> dict[str, Any] | None:
        """Return an article's extraction as the output line of `extract`, or None where there is none."""
        rows = self.read(
            "SELECT e.article_id, a.language, e.others, e.statements, e.places, e.dates, e.warnings "
            "FROM extractions e JOIN articles a ON a.id = e.article_id WHERE e.article_id = ?",
            (article_id,),
        )
        if not rows:
            return None
        name, language, *lists = rows[0]
        mentions = self.read("SELECT json FROM mentions WHERE article_id = ? ORDER BY ordinal", (article_id,))
        passages = zip(("others", "statements", "places", "dates", "warnings"), lists, strict=True)
        return {
            "id": name,
            "language": language,
            "mentions": [json.loads(row) for (row,) in mentions],
            **{part: json.loads(row) for part, row in passages},
        }

    def mentions_of(self, article_id: str) -> tuple[SourcedMention, ...]:
        """Return an article's mentions in their order."""
        keys = self.read("SELECT key FROM mentions WHERE article_id = ? ORDER BY ordinal", (article_id,))
        return tuple(self._mentions([key for (key,) in keys]))

    def mentions(self, ids: Iterable[str]) -> dict[str, SourcedMention]:
        """Return the mentions of these ids by id; an id that is not stored is left out."""
        keys = self.read(
            "SELECT key FROM mentions WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key",
            (to_json(list(ids)),),
        )
        return {m.mention.id: m for m in self._mentions([key for (key,) in keys])}

    def all_mentions(self) -> Iterator[SourcedMention]:
        """Return every mention, in the order in which they were stored."""
        return self._mentions([key for (key,) in self.read("SELECT key FROM mentions ORDER BY key")])

    def known_mentions(self, moment: datetime) -> Iterator[tuple[str, bool]]:
        """Return the id of every mention, each with whether it was known at a moment."""
        # As `article_ref` has it: from the day of publication on, at 00:00 UTC, else from when it was stored.
        rows = self.read(
            "SELECT m.id, coalesce(a.published || 'T00:00:00.000000+00:00', a.stored_at) <= ? "
            "FROM mentions m JOIN articles a ON a.id = m.article_id",
            (as_text(moment),),
        )
        return ((name, bool(then)) for name, then in rows)

    def _mentions(self, keys: list[int]) -> Iterator[SourcedMention]:
        for run in chunks(keys):
            # Linking asks for the same days again and again. Another connection's writes move the number.
            version = self.read("PRAGMA data_version")[0][0]
            if version != self._version or len(self._held) > MOST_HELD:
                self._held.clear()
                self._version = version
            missing = [key for key in run if key not in self._held]
            if missing:
                for key, row, *ref in self.read(
                    f"SELECT m.key, m.json, {REF} FROM mentions m JOIN articles a ON a.id = m.article_id "
                    "WHERE m.key IN (SELECT value FROM json_each(?))",
                    (to_json(missing),),
                ):
                    mention = mention_from_json(json.loads(row), "mention in the database")
                    self._held[key] = SourcedMention(mention=mention, article=article_ref(tuple(ref)))
            found = [self._held[key] for key in run if key in self._held]
            yield from found

    def forget(self, article_ids: Collection[str] | None = None) -> None:
        """Drop what is held in memory of the mentions of these articles, or of all."""
        gone = [k for k, m in self._held.items() if article_ids is None or m.article.id in article_ids]
        for key in gone:
            del self._held[key]
