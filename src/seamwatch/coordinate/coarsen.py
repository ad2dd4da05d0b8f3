"""Places and days told less finely than they are known, and never more finely."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Protocol

from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.coordination import Grain

DISTRICT, PROVINCE, COUNTRY = 3, 4, 6
"""UCDP where_prec of the three units."""

_GRAINS = {DISTRICT: Grain.DISTRICT, PROVINCE: Grain.PROVINCE, COUNTRY: Grain.COUNTRY}
_PRECISIONS = {grain: precision for precision, grain in _GRAINS.items()}


class Units(Protocol):
    """What is known of countries, their divisions, and by which other names a place or an actor goes."""

    def unit(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        """Return a unit with its name, middle and radius in km, or None where it is not known.

        A country where both divisions are None, a province where `admin2` is None, else a district.
        """
        ...

    def places_in(self, text: str, country: str, admin1: str | None, admin2: str | None) -> tuple[str, ...]:
        """Return the words of a text that are a name, in any script, of a place inside a unit."""
        ...

    def peoples(self, country: str) -> tuple[str, ...]:
        """Return how a country's people and its forces are called: "Iraqi", "Iraqis"."""
        ...

    def also_called(self, actor: str) -> tuple[str, ...]:
        """Return the other names of an actor, and of the outlets that speak for it."""
        ...


class NoUnits:
    """Knows no unit and no other name: what is coarsened has no point."""

    def unit(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        """Return None."""
        return None

    def places_in(self, text: str, country: str, admin1: str | None, admin2: str | None) -> tuple[str, ...]:
        """Return none."""
        return ()

    def peoples(self, country: str) -> tuple[str, ...]:
        """Return none."""
        return ()

    def also_called(self, actor: str) -> tuple[str, ...]:
        """Return none."""
        return ()


def coarsen_place(place: Place, grain: Grain, units: Units) -> Place | None:
    """Return the unit that a place lies in, in its stead; None where nothing of it may or can be told.

    Name, shape, GeoNames id and point of the place go; those of the unit come, with the unit's radius. The
    precision is at least that of the unit, and neither it nor the radius becomes finer than it was. What is
    known more coarsely than asked for is told as coarsely as it is known. A place without a point gets none.

    >>> village = Place(name="Kulajo", admin1="Diyala", admin2="Kifri", country="IQ", precision=1)
    >>> told = coarsen_place(village, Grain.PROVINCE, NoUnits())
    >>> told.name, told.admin1, told.admin2, told.precision
    ('Diyala', 'Diyala', None, 4)
    """
    if grain is Grain.EXACT:
        return place
    level = _level(place, grain)
    if level is None or place.country is None:
        return None
    admin1 = place.admin1 if level < COUNTRY else None
    admin2 = place.admin2 if level == DISTRICT else None
    unit = units.unit(place.country, admin1, admin2)
    known = place.lat is not None and place.lon is not None
    pointed = unit if known and unit is not None and unit.lat is not None and unit.lon is not None else None
    return Place(
        name=admin2 or admin1 or (unit.name if unit is not None else None),
        admin1=admin1,
        admin2=admin2,
        country=place.country,
        lat=pointed.lat if pointed else None,
        lon=pointed.lon if pointed else None,
        precision=max(place.precision, level),
        radius_km=_radius(pointed.radius_km or 0.0, place.radius_km or 0.0) if pointed else None,
    )


def _radius(unit: float, own: float) -> float | None:
    """Return a unit's radius in km, or a larger one of the place in whole tens, as its own would tell it."""
    return (unit if own <= unit else math.ceil(own / 10) * 10.0) or None


def grain_told(place: Place, grain: Grain) -> Grain:
    """Return how finely `coarsen_place` tells a place: the grain asked for, or a coarser one."""
    if grain is Grain.EXACT:
        return grain
    level = _level(place, grain)
    return Grain.WITHHELD if level is None else _GRAINS[level]


def _level(place: Place, grain: Grain) -> int | None:
    """Return the precision of the finest unit at or above the grain that the place is known to lie in."""
    wanted = _PRECISIONS.get(grain)
    if wanted is None or place.country is None:
        return None
    if wanted == DISTRICT and place.precision <= DISTRICT and place.admin1 and place.admin2:
        return DISTRICT
    # 5 is a stretch across several provinces: where one is named it is known.
    if wanted <= PROVINCE and place.precision < COUNTRY and place.admin1:
        return PROVINCE
    return COUNTRY


def coarsen_date(when: TimeRange, grain: Grain) -> TimeRange | None:
    """Return the whole weeks or months that the days lie in; None where they are withheld.

    Weeks go from Monday to Sunday. The precision (UCDP date_prec) is 3 for a week and 4 for a month, more
    where the days lie in several, and never finer than it was.

    >>> day = TimeRange(start=date(2020, 4, 15), end=date(2020, 4, 15), precision=1)
    >>> told = coarsen_date(day, Grain.WEEK)
    >>> told.start.isoformat(), told.end.isoformat(), told.precision
    ('2020-04-13', '2020-04-19', 3)
    """
    if grain is Grain.EXACT:
        return when
    if grain is Grain.WEEK:
        start = when.start - timedelta(days=when.start.weekday())
        end = date.fromordinal(min(when.end.toordinal() + 6 - when.end.weekday(), date.max.toordinal()))
    elif grain is Grain.MONTH:
        start, end = when.start.replace(day=1), _month_end(when.end)
    else:
        return None
    days = (end - start).days + 1
    precision = 3 if grain is Grain.WEEK and days <= 7 else 4 if days <= 31 else 5
    return TimeRange(start=start, end=end, precision=max(when.precision, precision))


def _month_end(day: date) -> date:
    if (day.year, day.month) == (date.max.year, 12):
        return date.max
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
