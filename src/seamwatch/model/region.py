"""A drawn polygon: what it encloses, the box around it, and which points lie in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from seamwatch.model.antimeridian import cut, unwrapped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Ring = tuple[tuple[float, float], ...]
"""The corners of a polygon in order, (longitude, latitude) in degrees; the last one leads to the first.

Every side goes the shorter way round the Earth, straight in longitude and latitude, as maps draw it: one with
a jump of more than 180 degrees crosses the 180th meridian, and longitudes may as well run on beyond 180.
Where the sides cross each other, what they go round an even number of times is outside.
"""

DIGITS = 7
"""Points are compared to a ten-millionth of a degree, a centimetre: as the map's columns hold them."""


def closes(ring: Ring) -> bool:
    """Return whether the sides come back to their start without going round a pole."""
    points = unwrapped(ring)
    return abs(points[-1][0] - points[0][0]) <= 180


def box_around(ring: Ring) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a polygon; west > east where it crosses the 180th meridian."""
    points = unwrapped(ring)
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    west, east = min(lons), max(lons)
    if east - west >= 360:
        return -180.0, min(lats), 180.0, max(lats)
    if not -180 <= west <= east <= 180:
        west, east = (round((lon + 180) % 360 - 180, DIGITS) for lon in (west, east))
    return west, min(lats), east, max(lats)


@lru_cache(maxsize=64)
def region_of(ring: Ring) -> BaseGeometry:
    """Return what a polygon encloses, its longitudes in -180..180; an empty one where it encloses nothing."""
    import shapely

    whole = shapely.make_valid(shapely.Polygon(unwrapped(ring)))
    # A side that lies on the 180th meridian leaves a line behind, a corner in one line a spike.
    found = shapely.union_all(_polygons(cut(shapely.union_all(_polygons(whole)))))
    shapely.prepare(found)
    return found


def _polygons(region: BaseGeometry) -> list[BaseGeometry]:
    import shapely

    parts = shapely.get_parts(shapely.get_parts(region))
    return [part for part in parts.tolist() if part.geom_type == "Polygon"]


def within(ring: Ring, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie in a polygon or on its edge."""
    import shapely

    found: NDArray[np.bool_] = shapely.intersects_xy(region_of(ring), lons, lats)
    return found


def holds(ring: Ring, lon: float | None, lat: float | None) -> bool:
    """Return whether a point lies in a polygon or on its edge; what is None lies nowhere."""
    return _lies_in(region_of(ring), lon, lat)


def ring_text(ring: Ring) -> str:
    """Return a polygon as JSON, for `in_ring`."""
    return json.dumps(ring)


def in_ring(lon: float | None, lat: float | None, text: str) -> bool:
    """Return whether a point lies in the polygon that `ring_text` wrote: what SQL asks row by row."""
    return _lies_in(_region_from(text), lon, lat)


@lru_cache(maxsize=64)
def _region_from(text: str) -> BaseGeometry:
    corners: Sequence[Sequence[float]] = json.loads(text)
    return region_of(tuple((lon, lat) for lon, lat in corners))


def _lies_in(region: BaseGeometry, lon: float | None, lat: float | None) -> bool:
    from shapely.lib import intersects_xy

    if lon is None or lat is None:
        return False
    return bool(intersects_xy(region, round(lon, DIGITS), round(lat, DIGITS)))
