"""Moving a point by distance and bearing on the globe, and the shapes that relative places have."""

from __future__ import annotations

import math
from collections.abc import Iterable

from seamwatch.model.place import Shape

EARTH_KM = 6371.0
_STEP_KM = 10.0
_MOST_POINTS = 33
_CIRCLE = 32

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def move_point(point: Point, km: float, bearing: float) -> Point:
    """Return the point that lies `km` from another on the great circle that starts at `bearing` (degrees).

    >>> move_point((35.0, 44.0), 111.2, 0.0)
    (36.00005, 44.0)
    """
    lat, lon, way, turn = math.radians(point[0]), math.radians(point[1]), km / EARTH_KM, math.radians(bearing)
    sine = math.sin(lat) * math.cos(way) + math.cos(lat) * math.sin(way) * math.cos(turn)
    new = math.asin(max(-1.0, min(1.0, sine)))
    east = math.atan2(
        math.sin(turn) * math.sin(way) * math.cos(lat), math.cos(way) - math.sin(lat) * math.sin(new)
    )
    return round(math.degrees(new), 5), round((math.degrees(lon + east) + 540.0) % 360.0 - 180.0, 5)


def measure_km(one: Point, two: Point) -> float:
    """Return the great-circle distance of two points in km."""
    a, b = math.radians(one[0]), math.radians(two[0])
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(two[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def bearing_of(one: Point, two: Point) -> float:
    """Return the bearing in degrees (0 north, 90 east) at which the second point lies from the first."""
    a, b, east = math.radians(one[0]), math.radians(two[0]), math.radians(two[1] - one[1])
    return (
        math.degrees(
            math.atan2(
                math.sin(east) * math.cos(b),
                math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(east),
            )
        )
        % 360.0
    )


def turn_between(one: float, two: float) -> float:
    """Return the angle between two bearings, 0 to 180 degrees.

    >>> turn_between(350.0, 10.0)
    20.0
    """
    return abs((one - two + 180.0) % 360.0 - 180.0)


def sector(center: Point, inner: float, outer: float, bearing: float, half_angle: float) -> Shape | None:
    """Return the part of a ring (km from its center) that lies within `half_angle` of a bearing.

    None where it would reach over a pole or the 180th meridian: a point and a radius say enough there.
    """
    steps = max(2, math.ceil(half_angle / 7.5))
    turns = [bearing + half_angle * (at / steps) for at in range(-steps, steps + 1)]
    ring = [move_point(center, outer, turn) for turn in turns]
    ring += [move_point(center, inner, turn) for turn in reversed(turns)] if inner > 0.05 else [center]
    return _polygon(ring)


def disc(center: Point, radius: float) -> Shape | None:
    """Return a circle around a point; None over a pole or the 180th meridian."""
    return _polygon(move_point(center, radius, at * 360.0 / _CIRCLE) for at in range(_CIRCLE))


def line(one: Point, two: Point) -> Shape | None:
    """Return the great circle between two points, a point every 10 km or so; None over the 180th meridian."""
    length, bearing = measure_km(one, two), bearing_of(one, two)
    count = min(_MOST_POINTS, max(3, math.ceil(length / _STEP_KM) + 1))
    inner = [move_point(one, length * at / (count - 1), bearing) for at in range(1, count - 1)]
    points = [one, *inner, two]
    return None if _crosses(points) else Shape(kind="line", points=tuple((lon, lat) for lat, lon in points))


def lens(one: Point, two: Point, width: float) -> Shape | None:
    """Return the ellipse whose long axis runs from one point to the other, `width` km to either side."""
    length, bearing = measure_km(one, two), bearing_of(one, two)
    middle = move_point(one, length / 2, bearing)
    ring = []
    for at in range(_CIRCLE):
        turn = math.radians(at * 360.0 / _CIRCLE)
        along, across = length / 2 * math.cos(turn), width * math.sin(turn)
        away = math.degrees(math.atan2(across, along))
        ring.append(move_point(middle, math.hypot(along, across), bearing_of(middle, two) + away))
    return _polygon(ring)


def reach_of(center: Point, shape: Shape) -> float:
    """Return how far the farthest corner of a shape lies from a point, in km, rounded up to 100 m."""
    far = max(measure_km(center, (lat, lon)) for lon, lat in shape.points)
    return math.ceil(far * 10 - 1e-6) / 10


def _polygon(ring: Iterable[Point]) -> Shape | None:
    points = list(ring)
    points.append(points[0])
    if _crosses(points):
        return None
    return Shape(kind="polygon", points=tuple((lon, lat) for lat, lon in points))


def _crosses(points: list[Point]) -> bool:
    """Return whether a line runs over the 180th meridian or too near a pole to be drawn flat."""
    if any(abs(lat) > 85.0 for lat, _ in points):
        return True
    return any(abs(points[at][1] - points[at - 1][1]) > 180.0 for at in range(1, len(points)))
