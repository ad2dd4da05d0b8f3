"""Which known place a point lies at: the nearest one, with what it lies in."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.model.place import great_circle_km
from seamwatch.resolve.boundaries import Boundaries
from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, Gazetteer, Unit

MOST_KM = 100.0
# First the close surroundings: a wide box holds thousands of places.
_WIDTHS = (10.0, 30.0, MOST_KM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies around a point. `nearest` is None at sea and in the desert; `km` is how far away it is."""

    nearest: Unit | None
    km: float
    admin1: str | None
    admin2: str | None
    country: str | None


def surroundings(lat: float, lon: float, gazetteer: Gazetteer, boundaries: Boundaries) -> Surroundings:
    """Return what lies around a point (degrees): the nearest place of its own country within 100 km.

    >>> from seamwatch.resolve.boundaries import load_boundaries
    >>> from seamwatch.resolve.gazetteer import load_gazetteer
    >>> found = surroundings(34.70, 44.96, load_gazetteer(), load_boundaries())
    >>> found.nearest.name, round(found.km), found.country
    ('Kifri', 1, 'IQ')
    """
    outlines = boundaries.at(lat, lon)
    country = outlines[0].country if outlines else None
    admin1 = outlines[1].name if len(outlines) > 1 else None
    for width in _WIDTHS:
        near = [(_km(u, lat, lon), u) for u in gazetteer.shipped_near(lat, lon, width)]
        near = [(km, u) for km, u in near if km <= width and country in (None, u.country)]
        if near:
            km, unit = min(near, key=lambda pair: (pair[0], pair[1].id))
            first, second = gazetteer.above(unit, DIVISION1), gazetteer.above(unit, DIVISION2)
            return Surroundings(
                nearest=unit,
                km=km,
                admin1=first.name if first else admin1,
                # A village a few kilometres off may lie in another district.
                admin2=second.name if second and km <= _WIDTHS[0] else None,
                country=unit.country or country,
            )
    return Surroundings(nearest=None, km=MOST_KM, admin1=admin1, admin2=None, country=country)


def _km(unit: Unit, lat: float, lon: float) -> float:
    if unit.lat is None or unit.lon is None:
        return MOST_KM + 1
    return great_circle_km(lat, lon, unit.lat, unit.lon)
