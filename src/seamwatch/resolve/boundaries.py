"""Outlines of the world's countries and first-order divisions: which of them a point lies in, and where."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.area import Polygon
from seamwatch.resolve.boundaries_file import STEPS, Line, unpack_parts
from seamwatch.resolve.boundaries_geometry import KM_PER_STEP, Outline
from seamwatch.resolve.place_names import bare_name, fold_name

COAST_KM = 5.0
"""How far off a coast a point still counts for the country there: drawn coasts are coarse."""
_ROUND = 360 * STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A country or a first-order division.

    `id` is the country's ISO 3166-1 code ("IQ"), the GeoNames code of the division ("IQ.13"), or "NE-"
    and a number of Natural Earth where the gazetteer has no such division. `country` is ISO 3166-1
    alpha-2. `indicative` says that the outline is disputed, made by hand or parted by rule.
    """

    id: str
    kind: Literal["country", "division1"]
    name: str
    country: str
    indicative: bool
    source: str


_Leaf = tuple[str, int, int, int, int, int]
"""Division id, number of its outline, and its box: west, south, east, north in steps."""


class Boundaries:
    """Read-only look-ups in the boundaries file; outlines are decoded when they are first needed."""

    def __init__(self, path: Path) -> None:
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._base = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._sources: dict[int, str] = dict(self._base.execute("SELECT id, text FROM source"))
            info = dict(self._base.execute("SELECT key, value FROM info"))
            query = (
                "SELECT id, kind, name, country, indicative, source, outline FROM division ORDER BY kind, id"
            )
            self._rows = {row[0]: row for row in self._base.execute(query)}
            query = "SELECT division, outline, west, south, east, north FROM leaf ORDER BY division"
            self._leaves: tuple[_Leaf, ...] = tuple(self._base.execute(query))
            self.attribution: str = info["attribution"]
        except (sqlite3.Error, KeyError, TypeError) as wrong:
            raise SeamwatchError(
                f"{path}: the boundaries can't be read ({wrong}); install Seamwatch again",
                code="no_boundaries",
            ) from wrong
        self._of_country: dict[str, list[str]] = {}
        for ident, _, _, country, *_ in self._rows.values():
            self._of_country.setdefault(country, []).append(ident)
        self._division = lru_cache(maxsize=None)(self._make_division)
        self._outline = lru_cache(maxsize=400)(self._read_outline)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def at(self, lat: float, lon: float) -> tuple[Division, ...]:
        """Return the country at a point and then its first-order division; () at sea.

        A point up to 5 km off a coast counts for the nearest one. Any longitude is taken round the globe
        (181 is -179). A point on a border may fall to either side. A country without divisions stands alone.
        A latitude beyond 90 degrees, or a number that is none, raises InputError.
        """
        if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90):
            raise InputError(
                f"latitude {lat}, longitude {lon}: no such point; give degrees, latitude -90 to 90"
            )
        x, y = ((lon + 180) % 360 - 180) * STEPS, lat * STEPS
        for ident, number, west, south, east, north in self._leaves:
            if west <= x <= east and south <= y <= north and self._outline(number).has(x, y):
                return self._with_country(ident)
        nearest, best = None, COAST_KM
        for ident, number, near_x in self._around(x, y):
            away = self._outline(number).distance(near_x, y, best)
            if away <= best:
                nearest, best = ident, away
        return () if nearest is None else self._with_country(nearest)

    def outline(self, country: str, admin1: str | None = None) -> tuple[Polygon, ...] | None:
        """Return the polygons of a country, or of its division by name or id; None where there is none.

        Rings are closed and of (longitude, latitude) in degrees. What crosses the 180th meridian is parted
        there, as RFC 7946 has it. Where two divisions have the name, such as a city and the region around
        it, both are given.
        """
        if admin1 is None:
            found = [country] if country in self._rows else []
        else:
            found = self._named(country, admin1)
        return (
            tuple(
                tuple(_degrees(ring) for ring in part)
                for ident in found
                for part in self._outline(self._rows[ident][6]).parts
            )
            or None
        )

    def divisions(self, country: str | None = None) -> tuple[Division, ...]:
        """Return the countries and then the first-order divisions, of one country or of the world."""
        wanted = self._rows if country is None else self._of_country.get(country, ())
        return tuple(map(self._division, wanted))

    def disputed_lines(self) -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
        """Return disputed border lines, each with whose claim it is and its (longitude, latitude) points."""
        rows = self._base.execute("SELECT name, lines FROM border ORDER BY id")
        return tuple(
            (name, tuple((x / STEPS, y / STEPS) for x, y in part[0]))
            for name, packed in rows
            for part in unpack_parts(packed)
        )

    def _with_country(self, ident: str) -> tuple[Division, ...]:
        division = self._division(ident)
        if division.kind == "country":
            return (division,)
        return self._division(division.country), division

    def _around(self, x: float, y: float) -> Iterator[tuple[str, int, float]]:
        """Yield what may lie within reach of a point, with the point's x as seen from there."""
        tall = COAST_KM / KM_PER_STEP
        wide = tall / max(0.01, math.cos(math.radians(y / STEPS)))
        for ident, number, west, south, east, north in self._leaves:
            if south - tall <= y <= north + tall:
                for seen in (x, x - _ROUND, x + _ROUND):
                    if west - wide <= seen <= east + wide:
                        yield ident, number, seen

    def _named(self, country: str, admin1: str) -> list[str]:
        known = [d for d in self.divisions(country) if d.kind == "division1"]
        exact = [d.id for d in known if admin1 in (d.id, d.name)]
        wanted = bare_name(fold_name(admin1))
        return exact or [d.id for d in known if bare_name(fold_name(d.name)) == wanted]

    def _make_division(self, ident: str) -> Division:
        _, kind, name, country, indicative, source, _ = self._rows[ident]
        return Division(
            id=ident, kind=kind, name=name, country=country, indicative=bool(indicative),
            source=self._sources[source],
        )  # fmt: skip

    def _read_outline(self, ident: int) -> Outline:
        packed = self._base.execute("SELECT rings FROM outline WHERE id=?", (ident,)).fetchone()[0]
        return Outline(unpack_parts(packed))


def _degrees(ring: Line) -> tuple[tuple[float, float], ...]:
    return tuple((x / STEPS, y / STEPS) for x, y in (*ring, ring[0]))


def load_boundaries(path: Path | None = None) -> Boundaries:
    """Return the shipped boundaries (or the file at `path`), opened read-only in some milliseconds.

    >>> [d.name for d in load_boundaries().at(35.47, 44.39)]
    ['Iraq', 'Kirkuk']
    """
    if path is None:
        path = Path(str(resources.files("seamwatch.resolve") / "boundaries.sqlite"))
    if not path.is_file():
        raise SeamwatchError(
            f"{path}: no boundaries there; install Seamwatch again, or run training/build_boundaries.py",
            code="no_boundaries",
        )
    return Boundaries(path)
