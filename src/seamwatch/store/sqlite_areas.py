"""Areas and which incidents lie in them, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.area import Area, AreaShare
from seamwatch.model.area_codec import area_from_json, area_json, area_share_from_json, area_share_json
from seamwatch.model.decoding import date_from_json, place_from_json
from seamwatch.store.base import Box, Located
from seamwatch.store.matching import area_names
from seamwatch.store.sqlite_database import Row, SqliteDatabase, chunks, now, to_json

_IN = "IN (SELECT value FROM json_each(?))"


def area_rows(incident_id: str, shares: Iterable[AreaShare]) -> Iterator[Row]:
    """Yield the rows of `incident_areas` of one incident."""
    return ((incident_id, share.id, share.weight) for share in shares)


def _row(area: Area) -> Row:
    points = [point for polygon in area.polygons for ring in polygon for point in ring]
    if not points:
        raise StoreError(f"area {area.id} has no outline: give it at least one polygon")
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return (
        area.id,
        area.name,
        area.kind,
        area.country,
        to_json(area_json(area)),
        min(lons),
        min(lats),
        max(lons),
        max(lats),
        now(),
    )


def _box_sql(box: Box) -> tuple[str, list[float]]:
    west, south, east, north = box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    # The tree's 32-bit numbers find too many, never too few; the table's own numbers decide.
    one = (
        "(a.key IN (SELECT key FROM area_boxes WHERE max_lat >= ? AND min_lat <= ? AND max_lon >= ? "
        "AND min_lon <= ?) AND a.north >= ? AND a.south <= ? AND a.east >= ? AND a.west <= ?)"
    )
    values = [v for left, right in spans for v in (south, north, left, right) * 2]
    return f"({' OR '.join(one for _ in spans)})", values


class AreaTables(SqliteDatabase):
    """The part of the store that keeps areas."""

    def add_areas(self, areas: Iterable[Area]) -> int:
        """Store areas, all or none, each in place of one of its id; return how many ids were new."""
        kept = list(areas)
        ids = [area.id for area in kept]
        if len(set(ids)) < len(ids):
            raise StoreError("the areas to store share an id: each needs its own")
        with self.transaction():
            gone = self.write(f"DELETE FROM areas WHERE id {_IN}", (to_json(ids),))
            self.write_all(
                "INSERT INTO areas (id, name, kind, country, json, west, south, east, north, stored_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_row, kept),
            )
            if kept:
                self._mark_areas()
        return len(kept) - gone

    def remove_area(self, area_id: str) -> None:
        """Remove an area; UnknownIdError where there is none of this id."""
        with self.transaction():
            if not self.write("DELETE FROM areas WHERE id = ?", (area_id,)):
                raise self._unknown(area_id)
            self._mark_areas()

    def _mark_areas(self) -> None:
        self.write(
            "INSERT INTO meta VALUES ('areas_mark', '1') "
            "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )

    def areas_mark(self) -> int:
        """Return a number that is another one after every change of the areas."""
        rows = self.read("SELECT value FROM meta WHERE name = 'areas_mark'")
        return int(rows[0][0]) if rows else 0

    def _unknown(self, area_id: str) -> UnknownIdError:
        return UnknownIdError(f"no area {area_id} in {self.path}: `seamwatch areas list` lists the ids")

    def area(self, area_id: str) -> Area:
        """Return the area of this id; UnknownIdError where there is none."""
        rows = self.read("SELECT json FROM areas WHERE id = ?", (area_id,))
        if not rows:
            raise self._unknown(area_id)
        return area_from_json(json.loads(rows[0][0]), f"{self.path}, area {area_id}")

    def areas(self, bbox: Box | None = None) -> Iterator[Area]:
        """Return the areas, or those whose box meets `bbox`, by name and id."""
        where, values = _box_sql(bbox) if bbox is not None else ("1", [])
        rows = self.read(f"SELECT a.key FROM areas a WHERE {where} ORDER BY a.name, a.id", values)
        return self._areas([key for (key,) in rows])

    def _areas(self, keys: list[int]) -> Iterator[Area]:
        for run in chunks(keys):
            found = self.read(f"SELECT key, json FROM areas WHERE key {_IN}", (to_json(run),))
            texts: dict[int, str] = dict(found)
            for key in run:
                if key in texts:
                    row = json.loads(texts[key])
                    yield area_from_json(row, f"{self.path}, area {row.get('id')}")

    def incidents_by_area(self) -> dict[str, int]:
        """Return how many incidents lie in each area; one without any is left out."""
        return dict(self.read("SELECT area_id, count(*) FROM incident_areas GROUP BY area_id"))

    def located(self) -> Iterator[Located]:
        """Return where and when each incident happened, in the order in which they were stored."""
        return self._located([key for (key,) in self.read("SELECT key FROM incidents ORDER BY key")])

    def _located(self, keys: list[int]) -> Iterator[Located]:
        for run in chunks(keys):
            for name, text in self.read(
                f"SELECT id, json FROM incidents WHERE key {_IN} ORDER BY key", (to_json(run),)
            ):
                row, at = json.loads(text), f"{self.path}, incident {name}"
                yield Located(
                    id=name,
                    place=place_from_json(f"{at}.place", row.get("place")),
                    date=date_from_json(f"{at}.date", row.get("date")),
                    areas=tuple(area_share_from_json(s, f"{at}.areas") for s in row.get("areas") or []),
                )

    def set_areas(self, located: Iterable[Located]) -> None:
        """Store the areas of these incidents in place of those that they had."""
        with self.transaction():
            for run in chunks(list(located)):
                ids = to_json([one.id for one in run])
                self.write_all(
                    "UPDATE incidents SET json = json_set(json, '$.areas', json(?)) WHERE id = ?",
                    ((to_json([area_share_json(s) for s in one.areas]), one.id) for one in run),
                )
                self.write(f"DELETE FROM incident_areas WHERE incident_id {_IN}", (ids,))
                self.write(
                    "DELETE FROM incident_names WHERE kind = 'area' AND key IN "
                    f"(SELECT key FROM incidents WHERE id {_IN})",
                    (ids,),
                )
                self.write_all(
                    "INSERT INTO incident_areas VALUES (?, ?, ?)",
                    (row for one in run for row in area_rows(one.id, one.areas)),
                )
                self.write_all(
                    "INSERT INTO incident_names SELECT key, 'area', ? FROM incidents WHERE id = ?",
                    ((name, one.id) for one in run for name in area_names(one.place, one.areas)),
                )
