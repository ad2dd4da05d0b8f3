"""Where a relative place lies: a point, a radius, a shape and the precision that they allow."""

from __future__ import annotations

import math
from dataclasses import replace

from seamwatch.model.place import Place, Shape
from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, Gazetteer, Unit
from seamwatch.resolve.place_relative import Relative
from seamwatch.resolve.place_relative_shapes import (
    Point,
    bearing_of,
    disc,
    lens,
    line,
    measure_km,
    move_point,
    reach_of,
    sector,
)

# A town's own size in km, and how far beyond its edge "north of" it reaches: the larger, the farther.
_REACHES = ((5.0, 15.0), (8.0, 20.0))
_LONGEST_REACH = 25.0
_LEAST_EDGE_KM = 2.0
_LEAST_RADIUS_KM = 3.0
# UCDP's limited area around a place; what is wider is a region, a line or a stretch of land (5).
AROUND_KM = 60.0
LONGEST_ROAD_KM = 1500.0
_ROAD_MARGIN = (3.0, 0.1)
_LONGEST_GAP_KM = 250.0
# How far from a town its district and its province can be taken for granted.
_DISTRICT_KM = 15.0
_PROVINCE_KM = 40.0


def point_of(place: Place | Unit) -> Point | None:
    """Return a place's point, or None where it has none."""
    return None if place.lat is None or place.lon is None else (place.lat, place.lon)


def reach_beyond(size: float, population: int | None = None) -> float:
    """Return how many km beyond its edge "north of" a town of this radius in km reaches: 15, 20 or 25."""
    if population is not None and population < 100_000:
        return _REACHES[0][1]
    return next((reach for most, reach in _REACHES if size < most), _LONGEST_REACH)


def locate(town: Place, said: Relative, population: int | None = None) -> Place | None:
    """Return where something lies of which a distance, a direction or both from a town are told.

    None where the town has no point or what is said is absurd. The place keeps the town's name and units.
    With a distance the gazetteer's id goes: the point is no longer the town's.
    """
    center = point_of(town)
    if center is None or said.problem:
        return None
    size = max(town.radius_km or 0.0, 1.0)
    if said.kind == "outskirts":
        return _edge_of(town, center, size, said)
    if said.km is None or said.high is None:
        assert said.bearing is not None
        far = size + (said.high or reach_beyond(size, population))
        shape = sector(center, size, far, said.bearing, said.half_angle)
        return _at(town, move_point(center, (size + far) / 2, said.bearing), shape, (far - size) / 2)
    # "5 km north of Baghdad" is told from the city's edge, "40 km" from its middle
    inner, high = (said.km < size), said.high
    outer = high + (size if inner else size / 2)
    if said.bearing is None:
        return replace(_at(town, center, disc(center, outer), outer), geonameid=None)
    low = max(said.low or 0.0, size * 0.75) if inner else said.low or 0.0
    shape = sector(center, low, outer, said.bearing, said.half_angle)
    point = move_point(center, max(said.km, size) if inner else said.km, said.bearing)
    return replace(_at(town, point, shape, outer - low), geonameid=None)


def _edge_of(town: Place, center: Point, size: float, said: Relative) -> Place:
    """Return the outskirts of a town: somewhat more than the town itself, or its rim on one side."""
    outer = size + max(_LEAST_EDGE_KM, size / 2)
    if said.bearing is None:
        return _at(town, center, disc(center, outer), outer)
    shape = sector(center, size / 2, outer, said.bearing, said.half_angle)
    return _at(town, move_point(center, (size / 2 + outer) / 2, said.bearing), shape, outer)


def _at(town: Place, point: Point, shape: Shape | None, least: float) -> Place:
    radius = max(_LEAST_RADIUS_KM, reach_of(point, shape) if shape is not None else round(least, 1))
    return replace(
        town, lat=point[0], lon=point[1], shape=shape, radius_km=radius,
        precision=2 if radius <= AROUND_KM else 5,
    )  # fmt: skip


def road_between(one: Place, two: Place) -> Place | None:
    """Return the stretch between two towns that a road joins: a straight line, which the road only follows.

    None where a town has no point or both lie farther apart than roads are named for. Precision 2 up to
    60 km, else 5. Units that both ends share are kept.
    """
    here, there = point_of(one), point_of(two)
    if here is None or there is None:
        return None
    length = measure_km(here, there)
    if not 0.5 < length <= LONGEST_ROAD_KM:
        return None
    least, part = _ROAD_MARGIN
    return _around(_shared(one, two, length), length / 2 + max(least, part * length), line(here, there))


def land_between(one: Place, two: Place) -> Place | None:
    """Return the land between two towns, an ellipse; None where they lie too far apart for that."""
    here, there = point_of(one), point_of(two)
    if here is None or there is None:
        return None
    length = measure_km(here, there)
    if not 1.0 < length <= _LONGEST_GAP_KM:
        return None
    width = max(3.0, length / 4)
    return _around(_shared(one, two, length), max(length / 2, width) + 0.1, lens(here, there, width))


def _shared(one: Place, two: Place, length: float) -> Place:
    """Return a place half way between two, with the units that both have; precision 5 beyond 60 km."""
    here, there = (one.lat or 0.0, one.lon or 0.0), (two.lat or 0.0, two.lon or 0.0)
    middle = move_point(here, measure_km(here, there) / 2, bearing_of(here, there))
    first = one.admin1 if one.admin1 == two.admin1 and one.country == two.country else None
    return replace(
        one,
        admin1=first,
        admin2=one.admin2 if first and one.admin2 == two.admin2 else None,
        country=one.country if one.country == two.country else None,
        lat=middle[0],
        lon=middle[1],
        precision=2 if length <= AROUND_KM else 5,
        shape=None,
    )


def _around(place: Place, radius: float, shape: Shape | None) -> Place:
    return replace(place, radius_km=math.ceil(radius * 10) / 10, shape=shape)


def between_divisions(one: Place, two: Place) -> Place | None:
    """Return where two provinces or districts meet: known to lie in either, so in neither for sure."""
    here, there = point_of(one), point_of(two)
    if here is None or there is None or one.country != two.country:
        return None
    radius = max(measure_km(here, there) / 2, one.radius_km or 0.0, two.radius_km or 0.0)
    return replace(_around(_shared(one, two, AROUND_KM), radius, None), precision=5)


def keep_close(place: Place, town: Place) -> Place:
    """Return a moved place with the district and province of its town only where it lies close to it."""
    here, there = point_of(place), point_of(town)
    km = measure_km(here, there) if here is not None and there is not None else 0.0
    return replace(
        place,
        admin1=place.admin1 if km <= _PROVINCE_KM else None,
        admin2=place.admin2 if km <= _DISTRICT_KM else None,
    )


def keep_units(place: Place, town: Unit, gazetteer: Gazetteer) -> Place:
    """Return a moved place with the district and province of its town only where it surely still lies there.

    Sure is what lies within 15 km of the town (its district) or 40 km (its province), or within the unit's
    own radius. Nothing is put into a neighbouring unit by guess.
    """
    here, there = point_of(place), point_of(town)
    if here is None or there is None:
        return place
    km = measure_km(here, there)

    def sure(kind: int, limit: float) -> bool:
        unit = gazetteer.above(town, kind)
        center = None if unit is None else point_of(unit)
        if km <= limit:
            return True
        return unit is not None and center is not None and measure_km(here, center) <= unit.radius_km

    province = sure(DIVISION1, _PROVINCE_KM)
    district = province and sure(DIVISION2, _DISTRICT_KM)
    return replace(
        place, admin1=place.admin1 if province else None, admin2=place.admin2 if district else None
    )
