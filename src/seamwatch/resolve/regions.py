"""Regions on the globe as plane polygons of true area: discs, lines with a width, outlines.

Lambert's cylindrical equal-area projection keeps the ratio of areas everywhere: x is the longitude in
degrees, y the sine of the latitude. What crosses the 180th meridian is cut there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from seamwatch.model.antimeridian import cut, unwrapped
from seamwatch.model.area import Polygon
from seamwatch.model.place import Shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

EARTH_KM = 6371.0
KM_PER_DEGREE = math.radians(EARTH_KM)
KM2 = KM_PER_DEGREE**2
"""Square kilometres in one unit of area of the projection."""
DISC_POINTS = 72
# A long straight edge in degrees is no straight edge in the projection: it is walked in short steps.
LONGEST_STEP = 0.25
# How far to either side of a road's line an incident "on the road" may lie.
LINE_KM = 1.0


def _y(lat: float) -> float:
    return math.degrees(math.sin(math.radians(max(-90.0, min(90.0, lat)))))


def project(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry in degrees in the projection, its long edges walked in short steps."""
    import numpy as np
    import shapely

    def equal_area(points: np.ndarray) -> np.ndarray:
        lats = np.clip(points[:, 1], -90.0, 90.0)
        return np.column_stack([points[:, 0], np.degrees(np.sin(np.radians(lats)))])

    return mended(shapely.transform(shapely.segmentize(geometry, LONGEST_STEP), equal_area))


def mended(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry whose rings cross as the polygons that it covers; any other as it is."""
    import shapely

    if geometry.is_valid:
        return geometry
    parts = shapely.get_parts(shapely.make_valid(geometry)).tolist()
    inner = [p for part in parts for p in shapely.get_parts(part).tolist()]
    return shapely.union_all([p for p in inner if p.geom_type == "Polygon"])


def outline(polygons: Iterable[Polygon]) -> BaseGeometry:
    """Return polygons in degrees as one geometry in the projection; rings that cross are mended."""
    import shapely
    from shapely.geometry import Polygon as Plane

    parts = [Plane(rings[0], rings[1:]) for rings in polygons if rings and len(rings[0]) > 3]
    return project(shapely.union_all([mended(p) for p in parts]))


def disc(lat: float, lon: float, radius_km: float) -> BaseGeometry:
    """Return what lies within a distance of a point, in the projection, poles and 180th meridian included."""
    import numpy as np
    import shapely

    reach = min(radius_km / EARTH_KM, math.pi)
    start = math.radians(lat)
    bearings = np.arange(DISC_POINTS) * (2 * math.pi / DISC_POINTS)
    sines = math.sin(start) * math.cos(reach) + math.cos(start) * math.sin(reach) * np.cos(bearings)
    turns = np.arctan2(
        np.sin(bearings) * (math.sin(reach) * math.cos(start)), math.cos(reach) - math.sin(start) * sines
    )
    # y is the sine of the latitude, which the formula gives as it is.
    rim = np.column_stack([lon + np.degrees(turns), np.degrees(np.clip(sines, -1.0, 1.0))])
    north, south = abs(90 - lat) < math.degrees(reach), abs(90 + lat) < math.degrees(reach)
    if north and south:
        return shapely.box(-180, _y(-90), 180, _y(90))
    if north or south:
        # Around a pole the rim goes once around the globe; the cap is what lies between it and the pole.
        pole = _y(90 if north else -90)
        inner = sorted(((x + 180) % 360 - 180, y) for x, y in rim.tolist())
        edge = (inner[0][1] + inner[-1][1]) / 2
        cap = shapely.Polygon([(-180, pole), (-180, edge), *inner, (180, edge), (180, pole)])
        return cap if cap.is_valid else cap.buffer(0)
    made: BaseGeometry = shapely.polygons(np.vstack([rim, rim[:1]]))
    return cut(made)


def described(shape: Shape) -> BaseGeometry | None:
    """Return the region of a shape in the projection: a polygon, or a line with a kilometre on either side.

    None where the points make no area.
    """
    import shapely
    from shapely.geometry import LineString
    from shapely.geometry import Polygon as Plane

    # A millionth of a degree is 11 cm; finer differences only make arithmetic fail.
    points = unwrapped([(round(lon, 6), round(lat, 6)) for lon, lat in shape.points])
    middle = math.cos(math.radians(max(-89.0, min(89.0, sum(lat for _, lat in points) / len(points)))))
    if shape.kind == "line":
        # Kilometres are as long to the north as to the east only where the longitudes are shrunk.
        flat = LineString([(lon * middle, lat) for lon, lat in points])
        wide = flat.buffer(LINE_KM / KM_PER_DEGREE)
        region = shapely.transform(wide, lambda xy: xy / [middle, 1.0])
    else:
        region = Plane(points)
    made = cut(project(mended(region)))
    return made if made.area > 0 else None
