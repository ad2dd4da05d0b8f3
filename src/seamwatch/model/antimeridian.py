"""Lines and polygons that cross the 180th meridian: followed over it, and cut there as RFC 7946 has it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]


def unwrapped(points: Sequence[Point]) -> list[Point]:
    """Return the points with longitudes that run on over the 180th meridian instead of jumping.

    >>> unwrapped([(179.0, 10.0), (-179.0, 10.0)])
    [(179.0, 10.0), (181.0, 10.0)]
    """
    made = list(points[:1])
    shift = 0.0
    for (before, _), (lon, lat) in pairwise(points):
        shift -= 360.0 * round((lon - before) / 360.0)
        made.append((lon + shift, lat))
    return made


def cut(region: BaseGeometry) -> BaseGeometry:
    """Return a region whose longitudes run over 180 or -180 with each part where it belongs."""
    import shapely
    from shapely.affinity import translate

    if region.is_empty:
        return region
    west, _, east, _ = region.bounds
    if west >= -180 and east <= 180:
        return region
    parts = []
    for turn in range(math.floor((west + 180) / 360), math.floor((east + 180) / 360) + 1):
        strip = shapely.box(-180 + 360 * turn, -91, 180 + 360 * turn, 91)
        parts.append(translate(region.intersection(strip), xoff=-360.0 * turn))
    return shapely.union_all(parts)
