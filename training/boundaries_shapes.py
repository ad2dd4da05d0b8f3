"""Mends outlines: the seam at 180 degrees, the cut of Halabja, whole steps, and rings for the file."""

from __future__ import annotations

from itertools import pairwise

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from seamwatch.resolve.boundaries_file import STEPS, Line

EDGE = 179.9  # the source is clipped here on both sides of the 180th meridian, and at 89.9 degrees south
SPECK = 2e-6  # square degrees: a hole smaller than about 0.02 km2 is a slip of the arithmetic
SLIVER = 0.01  # square degrees, about 100 km2
STRIP = 0.08  # degrees by which two sources may differ on a border
# Islands in the gap, or askew to it, drawn by hand as (longitude, latitude); longitudes count on beyond 180
ISLANDS = {
    "FJ": (
        ((179.9, -16.966), (180.1, -16.879), (180.1, -16.678), (180.02, -16.69), (179.9, -16.942)),  # Taveuni
        (
            (179.935, -16.555),
            (179.945, -16.505),
            (180.03, -16.425),
            (180.105, -16.43),
            (180.04, -16.5),
        ),  # Rabi
        ((179.9, -16.656), (179.925, -16.652), (179.925, -16.648), (179.9, -16.644)),  # Kioa
    )
}


def fill_seam(country: str, shape: BaseGeometry) -> BaseGeometry:
    """Return a shape led on to the 180th meridian (Antarctica to the pole), where the source stops short."""
    west, south, east, _north = shape.bounds
    if country == "AQ":
        return shapely.transform(shape, _to_the_pole) if south < -89.8 else shape
    if east < EDGE - 1e-6 and west > -EDGE + 1e-6:
        return shape
    if country in ISLANDS:
        extra = [Polygon(ring) for ring in ISLANDS[country]]
    else:
        extra = [
            Polygon([(EDGE, a), (360 - EDGE, c), (360 - EDGE, d), (EDGE, b)])
            for a, b in _on_edge(shape, EDGE)
            for c, d in _on_edge(shape, -EDGE)
            if min(b, d) > max(a, c)
        ]
    gap = shapely.union_all([shapely.make_valid(p) for p in extra])
    left = shapely.intersection(gap, shapely.box(EDGE - 1, -90, 180, 90))
    right = shapely.intersection(gap, shapely.box(180, -90, 181, 90))
    right = shapely.transform(right, lambda xy: xy - (360, 0))
    return only_polygons(shapely.union_all([shape, left, right], grid_size=1 / STEPS))


def _to_the_pole(points):  # type: ignore[no-untyped-def]
    moved = points.copy()
    moved[:, 0][moved[:, 0] > EDGE - 1e-6] = 180
    moved[:, 0][moved[:, 0] < -EDGE + 1e-6] = -180
    moved[:, 1][moved[:, 1] < -89.9 + 1e-6] = -90
    return moved


def _on_edge(shape: BaseGeometry, x: float) -> list[tuple[float, float]]:
    """Return the stretches of latitude along which a shape lies on a meridian."""
    found = []
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        points = shapely.get_coordinates(ring).tolist()
        for (x1, y1), (x2, y2) in pairwise(points):
            if abs(x1 - x) < 1e-3 and abs(x2 - x) < 1e-3 and y1 != y2:
                found.append((min(y1, y2), max(y1, y2)))
    return found


def touches_seam(shape: BaseGeometry) -> bool:
    """Return whether a shape reaches the 180th meridian."""
    west, _south, east, _north = shape.bounds
    return west < -180 + 1e-6 or east > 180 - 1e-6


def only_polygons(shape: BaseGeometry) -> MultiPolygon:
    """Return the polygons of a shape; lines and points that an operation left are dropped."""
    parts = [p for g in shapely.get_parts(shape) for p in shapely.get_parts(g) if p.geom_type == "Polygon"]
    return MultiPolygon(parts)


def cut_out(whole: BaseGeometry, piece: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    """Return what is left of a shape, and the piece cut out of it with slivers that the cut leaves."""
    rest = shapely.get_parts(only_polygons(shapely.difference(whole, piece)))
    slivers = [p for p in rest if p.area < SLIVER and p.distance(piece) < 1e-9]
    kept = [p for p in rest if p.area >= SLIVER or p.distance(piece) >= 1e-9]
    cut = shapely.union_all([shapely.intersection(whole, piece), *slivers])
    return MultiPolygon(kept), only_polygons(cut)


def led_to_border(piece: BaseGeometry, neighbours: list[BaseGeometry], whole: BaseGeometry) -> BaseGeometry:
    """Return a piece with what lies between it and the edge of a shape, as far as no neighbour is nearer.

    Two sources draw a border some km apart; without this a strip of the shape would stay outside the piece.
    """
    around = shapely.buffer(piece, STRIP)
    strip = shapely.difference(shapely.intersection(whole, around), shapely.union_all([piece, *neighbours]))
    near = [n for n in neighbours if n.distance(piece) < STRIP]
    others = shapely.union_all([shapely.buffer(n, n.distance(piece) + 1e-3) for n in near])
    own = [p for p in shapely.get_parts(shapely.difference(strip, others)) if p.distance(piece) < 1e-9]
    return shapely.union_all([piece, *own])


def beyond(whole: BaseGeometry, line: BaseGeometry, lon: float, lat: float) -> BaseGeometry:
    """Return the part of a shape on the side of a line on which a point lies; the line is led to the edge."""
    edge = shapely.boundary(whole)
    merged = shapely.line_merge(shapely.union_all(shapely.get_parts(line)))
    ends = shapely.get_parts(shapely.boundary(merged))
    spurs = [_through(end, edge) for end in ends]
    for piece in shapely.get_parts(shapely.polygonize([shapely.union_all([edge, merged, *spurs])])):
        if piece.contains(Point(lon, lat)) and piece.area < whole.area / 2:
            return piece
    raise SystemExit(f"the line does not part the shape at {lat}, {lon}")


def _through(end: BaseGeometry, edge: BaseGeometry) -> LineString:
    """Return a short line from a point to and just over the nearest edge."""
    (x1, y1), (x2, y2) = shapely.shortest_line(end, edge).coords
    long = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-9)
    return LineString([(x1, y1), (x2 + (x2 - x1) / long * 0.001, y2 + (y2 - y1) / long * 0.001)])


def quantised(shape: BaseGeometry) -> MultiPolygon:
    """Return a shape on whole steps, valid; two shapes with a common border keep it."""
    return only_polygons(shapely.set_precision(shape, 1 / STEPS))


def without_specks(shape: MultiPolygon) -> MultiPolygon:
    """Return a shape without holes that are slips of the arithmetic."""
    return MultiPolygon(
        [Polygon(p.exterior, [r for r in p.interiors if Polygon(r).area > SPECK]) for p in shape.geoms]
    )


def polygons_of(shape: BaseGeometry) -> list[list[Line]]:
    """Return the rings of every polygon in whole steps, the biggest polygon first, outer ring first."""
    parts = sorted(shapely.get_parts(shapely.normalize(shape)), key=lambda p: -p.area)
    return [[_steps(p.exterior.coords[:-1]), *(_steps(r.coords[:-1]) for r in p.interiors)] for p in parts]


def lines_of(shape: BaseGeometry) -> list[list[Line]]:
    """Return the lines of a shape in whole steps, each as a part of its own."""
    return [[_steps(line.coords)] for line in shapely.get_parts(shape)]


def _steps(points) -> Line:  # type: ignore[no-untyped-def]
    return tuple((round(x * STEPS), round(y * STEPS)) for x, y in points)
