"""Incidents as columns of numbers for the map and the sums, in SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from seamwatch.store.base_map import MAP_COLUMNS, OPEN
from seamwatch.store.matching import fold
from seamwatch.store.sqlite_articles import match_words
from seamwatch.store.sqlite_database import SqliteDatabase, chunks, to_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUN = 20_000  # incidents a run: some 3 MB of text
NAMES = 200  # names that are read at once
_IN = "IN (SELECT value FROM json_each(?))"
# SQLite writes each column of a run as one text of numbers: a million incidents are read in 1.3 s where a
# tuple an incident takes 2.6 s, and most of it is spent inside SQLite, where other threads can run.
_COLUMNS = ", ".join(f'group_concat(coalesce("{name}", {OPEN}))' for name in MAP_COLUMNS)


class MapTables(SqliteDatabase):
    """The part of the store that gives incidents as columns."""

    def map_mark(self) -> int:
        """Return a number that grows with every change of incidents or of their areas, by whomever."""
        return int(self.read("SELECT coalesce(max(number), 0) FROM map_changes")[0][0])

    def map_words(self) -> dict[int, str]:
        """Return the words that the codes of map runs stand for. A word keeps its code."""
        return dict(self.read("SELECT code, word FROM map_words"))

    def map_runs(self, keys: Iterable[int] | None = None) -> Iterator[dict[str, NDArray[np.int64]]]:
        """Return runs of incidents, all or those of these keys: an array for each of MAP_COLUMNS."""
        if keys is not None:
            for some in chunks(sorted(set(keys))):
                where = f"FROM incident_map WHERE key {_IN}"
                yield from _run(self.read(f"SELECT count(*), {_COLUMNS} {where}", (to_json(some),)))
            return
        last = -1
        while True:
            rows = self.read(
                f"SELECT count(*), {_COLUMNS} FROM "
                "(SELECT * FROM incident_map WHERE key > ? ORDER BY key LIMIT ?)",
                (last, RUN),
            )
            run = list(_run(rows))
            if not run:
                return
            last = int(run[0]["key"].max())
            yield run[0]

    def map_changes(self, since: int) -> tuple[int, ...] | None:
        """Return the keys added, changed or removed after a mark; None where that is too long ago to tell."""
        first, last = self.read("SELECT min(number), max(number) FROM map_changes")[0]
        if not since <= (last or 0) or (last is not None and first > since + 1):
            return None
        rows = self.read("SELECT DISTINCT key FROM map_changes WHERE number > ?", (since,))
        return tuple(key for (key,) in rows)

    def map_ids(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the ids of the incidents of these keys."""
        return dict(self.read(f"SELECT key, id FROM incident_map WHERE key {_IN}", (to_json(list(keys)),)))

    def map_keys_in(self, area: str) -> NDArray[np.int64]:
        """Return the keys of the incidents in an area, as `IncidentFilter.area` names it."""
        return self._keys("incident_names i WHERE i.kind = 'area' AND i.name = ?", (fold(area),))

    def map_keys_by(self, actor: str) -> NDArray[np.int64]:
        """Return the keys of the incidents with an actor, as `IncidentFilter.actor` names it."""
        # There are far fewer names than incidents: from each name the index leads to the next one.
        names = self.read(
            "WITH RECURSIVE names (name) AS ("
            "SELECT min(name) FROM incident_names WHERE kind = 'actor' UNION ALL "
            "SELECT (SELECT min(name) FROM incident_names WHERE kind = 'actor' AND name > names.name) "
            "FROM names WHERE name IS NOT NULL) "
            # Whole words: "IS" is not a part of "Islamists".
            "SELECT name FROM names WHERE instr(' ' || name || ' ', ?)",
            (f" {fold(actor)} ",),
        )
        return self._keys(
            f"incident_names i WHERE i.kind = 'actor' AND i.name {_IN}",
            (to_json([name for (name,) in names]),),
        )

    def map_actors(self, keys: Sequence[int] | None = None) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Return each actor's name with the keys of the incidents that have it, of all or of these."""
        if keys is not None:
            rows = self.read(
                "SELECT name, group_concat(key) FROM incident_names "
                f"WHERE kind = 'actor' AND key {_IN} GROUP BY name",
                (to_json(list(keys)),),
            )
            yield from ((name, _numbers(found)) for name, found in rows)
            return
        after: str | None = None
        while True:
            rows = self.read(
                "SELECT name, group_concat(key) FROM incident_names WHERE kind = 'actor' "
                f"{'' if after is None else 'AND name > ?'} GROUP BY name ORDER BY name LIMIT ?",
                (NAMES,) if after is None else (after, NAMES),
            )
            if not rows:
                return
            after = rows[-1][0]
            yield from ((name, _numbers(found)) for name, found in rows)

    def map_told(self, keys: Sequence[int] | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return keys of articles, rising, and of the incident that each tells: of all or of these."""
        where, values = ("", ()) if keys is None else (f"WHERE incident {_IN}", (to_json(list(keys)),))
        # An aggregate reads the rows of a sorted subquery in its order.
        rows = self.read(
            "SELECT group_concat(article), group_concat(incident) FROM "
            f"(SELECT article, incident FROM told_in {where} ORDER BY article, incident)",
            values,
        )
        return _numbers(rows[0][0]), _numbers(rows[0][1])

    def map_articles(self, text: str) -> NDArray[np.int64]:
        """Return the keys of the articles that have these words."""
        words = match_words(text)
        if not words:
            return _numbers(None)
        found = "SELECT group_concat(rowid) FROM article_words WHERE article_words MATCH ?"
        return _numbers(self.read(found, (words,))[0][0])

    def map_keys_told(self, text: str) -> NDArray[np.int64]:
        """Return the keys of the incidents whose articles have these words."""
        words = match_words(text)
        if not words:
            return _numbers(None)
        return self._keys(
            "article_words w JOIN (SELECT article, incident AS key FROM told_in) i ON i.article = w.rowid "
            "WHERE w.article_words MATCH ?",
            (words,),
        )

    def _keys(self, found: str, values: Sequence[Any]) -> NDArray[np.int64]:
        return _numbers(self.read(f"SELECT group_concat(i.key) FROM {found}", values)[0][0])


def _numbers(text: str | None) -> NDArray[np.int64]:
    import numpy as np

    return np.fromstring(text or "", dtype=np.int64, sep=",")


def _run(rows: list[tuple[Any, ...]]) -> Iterator[dict[str, NDArray[np.int64]]]:
    """Yield the run that one row of texts is, if it has any incident."""
    count, *texts = rows[0]
    if count:
        yield {name: _numbers(text) for name, text in zip(MAP_COLUMNS, texts, strict=True)}
