"""Places that the analyst added, in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from seamwatch.model.incident import Revision
from seamwatch.model.incident_decoding import revision_from_json
from seamwatch.model.own_place import FIRST_OWN, OwnPlace
from seamwatch.store.base_places import PlaceFile
from seamwatch.store.sqlite_database import Row, SqliteDatabase, chunks, moment, now, storable, to_json

_IN = "IN (SELECT value FROM json_each(?))"
_PLACE = (
    "p.key, p.ref, p.name, p.kind, p.country, p.admin1, p.admin2, p.lat, p.lon, p.population, p.radius, "
    "p.geonameid, p.names_only, p.aliases, f.name FROM own_places p JOIN place_files f ON f.key = p.file_key"
)
_LOADING = 5_000
# Names of a large file are inserted in random order: with the usual 2 MB of cache each page is written often.
_LOADING_CACHE = -64_000


def _place(row: Row) -> OwnPlace:
    (
        key, ref, name, kind, country, admin1, admin2, lat, lon, population, radius, geonameid, names_only,
        aliases, file,
    ) = row  # fmt: skip
    return OwnPlace(
        id=FIRST_OWN + key, ref=ref, name=name, kind=kind, country=country, admin1=admin1, admin2=admin2,
        lat=lat, lon=lon, population=population, radius_km=radius, geonameid=geonameid,
        names_only=bool(names_only), aliases=tuple(json.loads(aliases)), file=file,
    )  # fmt: skip


def _keys(ids: Iterable[int]) -> str:
    return to_json([i - FIRST_OWN for i in ids])


class PlaceTables(SqliteDatabase):
    """The part of the store that keeps own places."""

    def add_place_file(
        self, file: PlaceFile, places: Iterable[tuple[OwnPlace, Mapping[str, bool]]]
    ) -> PlaceFile:
        """Store the places of a file in one transaction, in place of an earlier file of that name."""
        self.read(f"PRAGMA cache_size = {_LOADING_CACHE}")
        try:
            with self.transaction():
                return self._load(file, places)
        finally:
            self.read("PRAGMA cache_size = -2000")

    def _load(self, file: PlaceFile, places: Iterable[tuple[OwnPlace, Mapping[str, bool]]]) -> PlaceFile:
        self.write("DELETE FROM place_files WHERE name = ?", (file.name,))
        added = now()
        self.write(
            "INSERT INTO place_files (name, sha256, format, folding, rows, added_at) "
            "VALUES (?, ?, ?, ?, 0, ?)",
            (file.name, file.sha256, file.format, file.folding, added),
        )
        file_key = self.read("SELECT key FROM place_files WHERE name = ?", (file.name,))[0][0]
        first = key = self.read("SELECT coalesce(max(key), 0) FROM own_places")[0][0]
        rest = iter(places)
        while batch := list(islice(rest, _LOADING)):
            rows: list[Row] = []
            names: list[Row] = []
            for place, keys in batch:
                key += 1
                rows.append((
                    key, file_key, place.ref, storable(place.name), place.kind, place.country, place.admin1,
                    place.admin2, place.lat, place.lon, place.population, place.radius_km, place.geonameid,
                    place.names_only, storable(to_json(place.aliases)) if place.aliases else "[]",
                ))  # fmt: skip
                names.extend((storable(name), key, own) for name, own in keys.items())
            self._insert("own_places", 15, rows)
            self._insert("own_place_names", 3, names)
        self.write("UPDATE place_files SET rows = ? WHERE key = ?", (key - first, file_key))
        # The later file is the better one.
        self.write(
            "DELETE FROM own_places WHERE file_key <> ? AND NOT names_only AND geonameid IN "
            "(SELECT geonameid FROM own_places WHERE file_key = ? AND NOT names_only)",
            (file_key, file_key),
        )
        return replace(file, rows=key - first, added_at=datetime.fromisoformat(added))

    def _insert(self, table: str, columns: int, rows: list[Row]) -> None:
        # Not write_all: that looks at every value again, which takes as long as the insertion.
        try:
            self._db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)
        except sqlite3.Error as wrong:
            raise self.error(wrong) from wrong

    def place_files(self) -> tuple[PlaceFile, ...]:
        """Return the files that were added, the oldest first."""
        rows = self.read(
            "SELECT name, sha256, format, folding, rows, added_at, applied FROM place_files ORDER BY key"
        )
        return tuple(
            PlaceFile(
                name=name,
                sha256=sha256,
                format=format_,
                folding=folding,
                rows=count,
                added_at=datetime.fromisoformat(added),
                applied=bool(applied),
            )
            for name, sha256, format_, folding, count, added, applied in rows
        )

    def fold_place_names_again(
        self, name: str, folding: str, keys: Iterable[tuple[int, Mapping[str, bool]]]
    ) -> None:
        """Store other folded names for the places of a file, by their ids: the rules have changed."""
        with self.transaction():
            for ident, names in keys:
                place = ident - FIRST_OWN
                self.write("DELETE FROM own_place_names WHERE place = ?", (place,))
                self._insert("own_place_names", 3, [(storable(n), place, own) for n, own in names.items()])
            self.write("UPDATE place_files SET folding = ? WHERE name = ?", (folding, name))

    def mark_applied(self, name: str) -> None:
        """Take note that the articles that name a place of this file were looked for."""
        self.write("UPDATE place_files SET applied = 1 WHERE name = ?", (name,))

    def find_places_of(self, name: str) -> tuple[int, ...]:
        """Return the ids of the places of a file; empty where no file has this name."""
        rows = self.read(
            "SELECT p.key FROM own_places p JOIN place_files f ON f.key = p.file_key WHERE f.name = ? "
            "ORDER BY p.key",
            (name,),
        )
        return tuple(FIRST_OWN + key for (key,) in rows)

    def remove_places(self, ids: Iterable[int]) -> int:
        """Remove own places, and files that are empty then; return how many places there were."""
        with self.transaction():
            gone = self.write(f"DELETE FROM own_places WHERE key {_IN}", (_keys(ids),))
            self.write("DELETE FROM place_files WHERE key NOT IN (SELECT file_key FROM own_places)")
            self.write(
                "UPDATE place_files SET rows = "
                "(SELECT count(*) FROM own_places p WHERE p.file_key = place_files.key)"
            )
            return gone

    def all_own_places(self) -> Iterator[OwnPlace]:
        """Return every own place by file and row, those that only add names too."""
        keys = [key for (key,) in self.read("SELECT key FROM own_places ORDER BY file_key, key")]
        for run in chunks(keys):
            yield from map(
                _place, self.read(f"SELECT {_PLACE} WHERE p.key {_IN} ORDER BY p.key", (to_json(run),))
            )

    def own_places_url(self) -> str | None:
        """Return where another process can open this store for its places, or None where it has none."""
        return str(self.path) if self.read("SELECT 1 FROM own_places LIMIT 1") else None

    # --- what the gazetteer asks

    def own_place_names(self, keys: Sequence[str]) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return for each key that is known the ids of the places named so, and of those so called too."""
        found: dict[str, tuple[list[int], list[int]]] = {}
        rows = self.read(
            "SELECT n.key, n.place, n.own FROM own_place_names n JOIN own_places p ON p.key = n.place "
            f"WHERE n.key {_IN} ORDER BY p.population DESC, p.key",
            (to_json(list(keys)),),
        )
        for name, key, own in rows:
            found.setdefault(name, ([], []))[0 if own else 1].append(FIRST_OWN + key)
        return {name: (tuple(named), tuple(called)) for name, (named, called) in found.items()}

    def own_places(self, ids: Sequence[int]) -> list[OwnPlace]:
        """Return the places of these ids; an id that is gone is left out."""
        return [_place(row) for row in self.read(f"SELECT {_PLACE} WHERE p.key {_IN}", (_keys(ids),))]

    def own_places_of(self, geonameids: Sequence[int]) -> dict[int, int]:
        """Return the id of the own place that stands for each of these GeoNames ids, where one does."""
        rows = self.read(
            f"SELECT geonameid, max(key) FROM own_places WHERE geonameid {_IN} AND NOT names_only "
            "GROUP BY geonameid",
            (to_json(list(geonameids)),),
        )
        return {geonameid: FIRST_OWN + key for geonameid, key in rows}

    def own_place_keys(self, start: str) -> list[str]:
        """Return every folded name that begins so, sorted."""
        rows = self.read(
            "SELECT DISTINCT key FROM own_place_names WHERE key >= ? AND key < ? ORDER BY key",
            (start, f"{start}\U0010ffff"),
        )
        return [key for (key,) in rows]

    # --- articles to read again

    def names_among(self, keys: Iterable[str], ids: Sequence[int] | None = None) -> bool:
        """Return whether a key is a name of an own place: of these, or of any in a file not yet applied."""
        of = f"p.key {_IN}" if ids is not None else "f.applied = 0"
        rows = self.read(
            "SELECT 1 FROM own_place_names n CROSS JOIN own_places p ON p.key = n.place "
            f"JOIN place_files f ON f.key = p.file_key WHERE n.key {_IN} AND {of} LIMIT 1",
            (to_json(list(keys)), *([] if ids is None else [_keys(ids)])),
        )
        return bool(rows)

    def read_again_later(self, article_ids: Iterable[str]) -> None:
        """Remember articles to be read again."""
        self.write_all(
            "INSERT OR IGNORE INTO articles_to_read_again VALUES (?)", ((name,) for name in article_ids)
        )

    def to_read_again(self) -> tuple[str, ...]:
        """Return the articles to be read again, in the order in which they were stored."""
        rows = self.read(
            "SELECT a.id FROM articles_to_read_again r JOIN articles a ON a.id = r.article_id ORDER BY a.key"
        )
        return tuple(name for (name,) in rows)

    def read_again_done(self, article_id: str) -> None:
        """Forget that an article is to be read again."""
        self.write("DELETE FROM articles_to_read_again WHERE article_id = ?", (article_id,))

    def is_given(self, article_id: str) -> bool:
        """Return whether another program gave what the article says."""
        return bool(self.read("SELECT 1 FROM extractions WHERE article_id = ? AND given", (article_id,)))

    def place_rows(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return (article id, entry of `places`) of every stored place name of a kind."""
        # As to_json writes it: far quicker than to read the JSON of every article.
        rows = self.read(
            "SELECT e.article_id FROM extractions e JOIN articles a ON a.id = e.article_id "
            "WHERE instr(e.places, ?) ORDER BY a.key",
            (f'"kind":{json.dumps(kind)}',),
        )
        for run in chunks([name for (name,) in rows]):
            for name, places in self.read(
                f"SELECT e.article_id, e.places FROM extractions e JOIN articles a ON a.id = e.article_id "
                f"WHERE e.article_id {_IN} ORDER BY a.key",
                (to_json(run),),
            ):
                yield from ((name, row) for row in json.loads(places) if row.get("kind") == kind)

    def has_places_without_kind(self) -> bool:
        """Return whether an earlier version stored place names, which did not say what was resolved."""
        rows = self.read(
            "SELECT 1 FROM extractions WHERE places <> '[]' AND NOT instr(places, '\"kind\":') LIMIT 1"
        )
        return bool(rows)

    # --- what changed

    def add_place_revisions(self, revisions: Iterable[Revision]) -> None:
        """Append what a change of the gazetteer changed, each under its mention."""
        for revision in revisions:
            self.write(
                "INSERT INTO place_revisions (mention, at, before, after, because) VALUES (?, ?, ?, ?, ?)",
                (
                    revision.mention,
                    moment(revision.at),
                    to_json(revision.before),
                    to_json(revision.after),
                    revision.because,
                ),
            )

    def place_revisions(self, mention_ids: Iterable[str]) -> tuple[Revision, ...]:
        """Return what changes of the gazetteer changed in these mentions, the oldest first."""
        rows = self.read(
            f"SELECT at, before, after, because, mention FROM place_revisions WHERE mention {_IN} "
            "ORDER BY at, key",
            (to_json(list(mention_ids)),),
        )
        return tuple(
            revision_from_json(
                {
                    "at": at,
                    "field": "place",
                    "from": json.loads(before),
                    "to": json.loads(after),
                    "because": because,
                    "mention": mention,
                }
            )
            for at, before, after, because, mention in rows
        )
