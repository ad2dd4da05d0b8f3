"""Incidents page by page, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seamwatch.model.incident import ArticleRef
from seamwatch.model.region import box_around, ring_text
from seamwatch.store.base import IncidentFilter
from seamwatch.store.base_pages import PageMark, PageRow, PageSort
from seamwatch.store.matching import fold
from seamwatch.store.sqlite_articles import REF, article_ref, match_words
from seamwatch.store.sqlite_database import SqliteDatabase, to_json

_IN = "IN (SELECT value FROM json_each(?))"
_CODES = "IN (SELECT code FROM map_words WHERE lower(word) IN (SELECT value FROM json_each(?)))"
_NAMED = "SELECT 1 FROM incident_names WHERE key = m.key"
# Up to so many are read at once and sorted; of more the index of the order is walked until a page is full.
FEW = 20_000
_DEGREE = 10_000_000
# The column that each order sorts by, and whether it falls.
_SORTS = {
    PageSort.LATEST: ("m.first", True),
    PageSort.EARLIEST: ("m.first", False),
    PageSort.DEADLIEST: ("m.killed", True),
    PageSort.UPDATED: ("u.at", True),
}


def narrow_where(wanted: IncidentFilter, *, each: bool = False) -> tuple[str, list[Any]]:
    """Return the condition that a row `m` of `incident_map` passes a filter, and its values.

    With `each` names are looked up row by row: quick where few rows are looked at, not where all are.
    """
    parts: list[str] = ["1"]
    values: list[Any] = []

    def add(sql: str, *given: Any) -> None:
        parts.append(sql)
        values.extend(given)

    if wanted.statuses is not None:
        add(f"m.status {_CODES}", to_json([status.value for status in wanted.statuses]))
    if wanted.since is not None:
        add("m.last >= ?", wanted.since.toordinal())
    if wanted.until is not None:
        add("m.first <= ?", wanted.until.toordinal())
    for names in ((wanted.type,) if wanted.type is not None else (), wanted.types):
        if names:
            kinds = to_json([name.strip().lower() for name in names])
            add(f"(m.event_type {_CODES} OR m.sub_event_type {_CODES})", kinds, kinds)
    if wanted.min_killed is not None:
        add("m.killed >= ?", wanted.min_killed)
    if wanted.precision is not None:
        add('m."precision" <= ?', wanted.precision)
    for box in (wanted.bbox, box_around(wanted.within) if wanted.within is not None else None):
        if box is None:
            continue
        west, south, east, north = (round(side * _DEGREE) for side in box)
        add("m.lat BETWEEN ? AND ?", south, north)
        across = "m.lon BETWEEN ? AND ?" if west <= east else "(m.lon >= ? OR m.lon <= ?)"
        add(across, west, east)
    if wanted.within is not None:
        add(f"in_ring(m.lon / {_DEGREE}.0, m.lat / {_DEGREE}.0, ?)", ring_text(wanted.within))
    if wanted.area is not None and each:
        add(f"EXISTS ({_NAMED} AND kind = 'area' AND name = ?)", fold(wanted.area))
    elif wanted.area is not None:
        add("m.key IN (SELECT key FROM incident_names WHERE kind = 'area' AND name = ?)", fold(wanted.area))
    if wanted.actor is not None and each:
        add(
            f"EXISTS ({_NAMED} AND kind = 'actor' AND instr(' ' || name || ' ', ?))",
            f" {fold(wanted.actor)} ",
        )
    elif wanted.actor is not None:
        # There are far fewer names than incidents: from each name the index leads to the next one.
        add(
            "m.key IN (SELECT key FROM incident_names WHERE kind = 'actor' AND name IN ("
            "WITH RECURSIVE names (name) AS ("
            "SELECT min(name) FROM incident_names WHERE kind = 'actor' UNION ALL "
            "SELECT (SELECT min(name) FROM incident_names WHERE kind = 'actor' AND name > names.name) "
            "FROM names WHERE name IS NOT NULL) "
            # Whole words: "IS" is not a part of "Islamists".
            "SELECT name FROM names WHERE instr(' ' || name || ' ', ?)))",
            f" {fold(wanted.actor)} ",
        )
    if wanted.text is not None:
        words = match_words(wanted.text)
        found = "SELECT t.incident FROM article_words w JOIN told_in t ON t.article = w.rowid"
        if not words:
            add("0")
        elif each:
            add(f"EXISTS ({found} WHERE w.article_words MATCH ? AND t.incident = m.key)", words)
        else:
            add(f"m.key IN ({found} WHERE w.article_words MATCH ?)", words)
    return " AND ".join(parts), values


class PageTables(SqliteDatabase):
    """The part of the store that gives incidents page by page."""

    def count_incidents(self, wanted: IncidentFilter) -> int:
        """Return how many incidents pass the filter."""
        where, values = narrow_where(wanted)
        return int(self.read(f"SELECT count(*) FROM incident_map m WHERE {where}", values)[0][0])

    def incident_page(
        self,
        wanted: IncidentFilter,
        sort: PageSort,
        *,
        after: PageMark | None = None,
        limit: int = 50,
        total: int | None = None,
        among: Sequence[int] | None = None,
        without: Sequence[int] = (),
    ) -> tuple[PageRow, ...]:
        """Return the incidents that pass the filter and stand after a mark."""
        few = among is not None or total is None or total <= FEW
        if among is None:
            where, values = narrow_where(wanted, each=not few)
        else:
            where, values = f"m.key {_IN}", [to_json(list(among))]
        if without:
            where, values = f"{where} AND NOT m.key {_IN}", [*values, to_json(list(without))]
        found: list[tuple[int | None, int]] = []
        if after is None or after.value is not None:
            found = self._marks(sort, where, values, after, limit, few=few, valued=True)
        if len(found) < limit:
            rest = after if after is not None and after.value is None else None
            found += self._marks(sort, where, values, rest, limit - len(found), few=few, valued=False)
        keys = to_json([key for _, key in found])
        texts: dict[int, str] = dict(self.read(f"SELECT key, json FROM incidents WHERE key {_IN}", (keys,)))
        return tuple(
            PageRow(mark=PageMark(value=value, key=key), json=json.loads(texts[key]))
            for value, key in found
            if key in texts
        )

    def _marks(
        self,
        sort: PageSort,
        where: str,
        values: list[Any],
        after: PageMark | None,
        limit: int,
        *,
        few: bool,
        valued: bool,
    ) -> list[tuple[int | None, int]]:
        """Return value and number of the incidents of a page: of those with a value, or of those without."""
        column, falls = _SORTS[sort]
        way, beyond = ("DESC", "<") if falls else ("ASC", ">")
        tables = "incident_map m"
        if sort is PageSort.UPDATED:
            joined = "JOIN incident_map m ON m.key = u.key" if valued else ""
            tables = (
                f"incident_updates u {joined}"
                if valued
                else f"{tables} LEFT JOIN incident_updates u USING (key)"
            )
        key = "u.key" if sort is PageSort.UPDATED and valued else "m.key"
        parts = [where, f"{column} IS {'NOT ' if valued else ''}NULL"]
        given = list(values)
        if after is not None and valued:
            parts.append(f"({column}, {key}) {beyond} (?, ?)")
            given += [after.value, after.key]
        elif after is not None:
            parts.append(f"{key} {beyond} ?")
            given.append(after.key)
        # A unary plus keeps SQLite from walking the order's index.
        plus = "+" if few else ""
        order = f"{plus}{column} {way}, {plus}{key} {way}" if valued else f"{plus}{key} {way}"
        return [
            (value, number)
            for value, number in self.read(
                f"SELECT {column}, {key} FROM {tables} WHERE {' AND '.join(parts)} ORDER BY {order} LIMIT ?",
                [*given, limit],
            )
        ]

    def newest_articles(self, limit: int = 50) -> tuple[ArticleRef, ...]:
        """Return the articles stored last, the newest first."""
        rows = self.read(f"SELECT {REF} FROM articles a ORDER BY a.key DESC LIMIT ?", (limit,))
        return tuple(map(article_ref, rows))
