"""Outlines from files as polygons that can be worked with: checked, closed, uncrossed, cut at 180 degrees."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from seamwatch.errors import InputError
from seamwatch.model.antimeridian import Point, cut, unwrapped
from seamwatch.model.area import Polygon

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

CONVERT = "convert it with: ogr2ogr -t_srs EPSG:4326 new.geojson FILE"
# A millionth of a degree is 11 cm; outlines are never better.
DIGITS = 6
MOST_POINTS = 500_000


def read_outline(geometry: object) -> tuple[tuple[Polygon, ...], tuple[str, ...]]:
    """Return the polygons of a GeoJSON geometry and what was mended in it.

    InputError says why it is no outline: no geometry, points or lines, coordinates out of range or in the
    wrong order, nothing left after mending.
    """
    import shapely

    notes: list[str] = []
    parts = [part for rings in _ring_lists(geometry, notes) for part in _mended(rings, notes)]
    if not parts:
        raise InputError("its outline encloses nothing; draw it again")
    whole = parts[0]
    if len(parts) > 1:
        whole = shapely.union_all(parts)
        if whole.area < 0.999 * sum(part.area for part in parts):
            notes.append("parts of its outline overlap; they were joined")
    # What was cut and joined is in no order of its own: one order for ever, the largest part first.
    found = sorted(_planes(shapely.normalize(whole)), key=lambda p: (-p.area, p.bounds))
    return tuple(_polygon(plane) for plane in found), tuple(dict.fromkeys(notes))


def _ring_lists(geometry: object, notes: list[str]) -> Iterator[list[list[Point]]]:
    """Yield the rings of each polygon of a geometry, the outer one first."""
    if geometry is None:
        raise InputError("it has no geometry; draw its outline, or leave the row out")
    if not isinstance(geometry, dict):
        raise InputError(f"its geometry is {type(geometry).__name__}, no GeoJSON object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        inner = geometry.get("geometries")
        inner = [g for g in inner if isinstance(g, dict)] if isinstance(inner, list) else []
        fitting = [g for g in inner if g.get("type") in ("Polygon", "MultiPolygon")]
        if not fitting:
            raise InputError("its geometry is a collection without any Polygon")
        if len(fitting) < len(inner):
            notes.append("its points and lines were left out; an area is made of polygons")
        for one in fitting:
            yield from _ring_lists(one, notes)
        return
    if kind not in ("Polygon", "MultiPolygon"):
        raise InputError(f"its geometry is a {str(kind)[:40]}; an area needs a Polygon or MultiPolygon")
    given = geometry.get("coordinates")
    if not isinstance(given, list) or not given:
        raise InputError("its geometry is empty; draw its outline, or leave the row out")
    left = MOST_POINTS
    for rings in [given] if kind == "Polygon" else given:
        if not isinstance(rings, list) or not rings:
            raise InputError("its geometry has an empty polygon")
        read = [_ring(ring) for ring in rings]
        left -= sum(map(len, read))
        if left < 0:
            raise InputError(f"its outline has more than {MOST_POINTS:,} points; simplify it")
        yield read


def _ring(ring: object) -> list[Point]:
    if not isinstance(ring, list):
        raise InputError("its coordinates are no list of points [longitude, latitude]")
    return _checked([_point(point) for point in ring])


def _point(point: object) -> Point:
    if isinstance(point, list) and len(point) >= 2 and all(_is_number(v) for v in point[:2]):
        try:
            lon, lat = float(point[0]), float(point[1])
        except OverflowError:
            lon, lat = math.inf, math.inf
        if math.isfinite(lon) and math.isfinite(lat):
            return round(lon, DIGITS), round(lat, DIGITS)
    raise InputError(f"{str(point)[:60]} is no point [longitude, latitude]")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _checked(points: list[Point]) -> list[Point]:
    """Return the points where all are on the globe; InputError says what is likely wrong with them."""
    # Outlines over the 180th meridian may run on to 190 or down to -190.
    wrong = next((p for p in points if abs(p[0]) > 360 or abs(p[1]) > 90), None)
    if wrong is None:
        return points
    said = f"the point {wrong[0]:g}, {wrong[1]:g} is not on the globe"
    if any(abs(v) > 1000 for v in wrong):
        raise InputError(f"{said}: these look like metres of a map projection; {CONVERT}")
    if all(abs(lon) <= 90 and abs(lat) <= 180 for lon, lat in points):
        raise InputError(f"{said}: latitude and longitude look swapped; GeoJSON has the longitude first")
    raise InputError(f"{said}: longitudes go from -180 to 180, latitudes from -90 to 90")


def _mended(rings: Sequence[list[Point]], notes: list[str]) -> list[BaseGeometry]:
    """Return the polygons that the rings of one polygon enclose."""
    import shapely

    closed: list[list[Point]] = []
    for number, ring in enumerate(rings):
        points = ring
        if points and points[0] != points[-1]:
            points = [*points, points[0]]
            notes.append("a ring was not closed; its first point was set as its last, too")
        if len(set(points)) < 3:
            if number == 0:
                notes.append("a polygon of fewer than three points was left out")
                return []
            continue
        run_on = unwrapped(points)
        # A ring that goes once around the globe (Antarctica) does not come back to where it began, and an
        # edge from -180 to 180 goes along all of it.
        around = any(abs(b[0] - a[0]) >= 360 for a, b in pairwise(points))
        if run_on != points and run_on[0] == run_on[-1] and not around:
            notes.append("it crosses the 180th meridian; it was cut there")
            points = run_on
        closed.append(points)
    shell, *holes = closed
    middle = sum(lon for lon, _ in shell) / len(shell)
    holes = [[(lon + 360 * round((middle - hole[0][0]) / 360), lat) for lon, lat in hole] for hole in holes]
    plane: BaseGeometry = shapely.Polygon(shell, holes)
    if not plane.is_valid:
        notes.append(f"it crosses itself ({shapely.is_valid_reason(plane)}); it was mended")
        plane = shapely.make_valid(plane)
    return _planes(cut(plane)) if not plane.is_empty else []


def _planes(geometry: BaseGeometry) -> list[Any]:
    """Return the polygons of any geometry, without those that have no area once rounded."""
    import shapely

    rounded = shapely.set_precision(geometry, 10.0**-DIGITS)
    parts = shapely.get_parts(rounded).tolist()
    inner = [p for part in parts for p in shapely.get_parts(part).tolist()]
    return [p for p in inner if p.geom_type == "Polygon" and p.area > 0]


def _polygon(plane: Any) -> Polygon:
    """Return a polygon as RFC 7946 has it: the outer ring against the clock, holes with it."""
    import shapely
    from shapely.geometry.polygon import orient

    # No edge of half the globe or more: read again it would seem to cross the 180th meridian.
    turned = orient(shapely.segmentize(plane, 90.0))
    return tuple(
        tuple((round(lon, DIGITS) + 0.0, round(lat, DIGITS) + 0.0) for lon, lat in ring.coords)
        for ring in (turned.exterior, *turned.interiors)
    )
