"""Areas: which of the stored ones an incident lies in, how surely, and who held them then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from seamwatch.model.area import Area, AreaShare, Authority, Polygon
from seamwatch.model.place import Place, Shape
from seamwatch.model.time import TimeRange
from seamwatch.resolve.place_names import bare_name, fold_name, without_generic

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

LEAST_WEIGHT = 0.05
"""An area that holds less of the region than this is not told: outlines are off by about as much."""
COARSE_WEIGHT = 0.5
"""Where only a province, a country or a wide region is known, an area must hold at least half of it."""
COARSE = (4, 6)
# "In northern Iraq" is precision 5, and larger than a province: a disc of 75 km or more.
WIDE_KM2 = 17_000.0
UNRESOLVED = 7
# How far from its point a place lies where it does not say (by UCDP where_prec), and the smallest town.
RADIUS_KM = {1: 2.0, 2: 10.0, 3: 30.0, 4: 75.0, 5: 50.0, 6: 300.0}
LEAST_KM = 0.5
PLACES_HELD = 20_000
OUTLINES_HELD = 200

Region = tuple[Any, ...]
"""What a region is made of: ("area", number), ("outline", country, admin1), ("disc", lat, lon, km) or
("shape", shape); () for none."""


class Outlines(Protocol):
    """Where the outlines of countries and provinces come from: `Boundaries`."""

    def outline(self, country: str, admin1: str | None = None) -> tuple[Polygon, ...] | None:
        """Return the polygons of a country, or of a province of it; None where there is none."""
        ...


def _shipped() -> Outlines:
    from seamwatch.resolve.boundaries import load_boundaries

    return load_boundaries()


def _key(name: str) -> str:
    return bare_name(fold_name(without_generic(name)))


def _holds(held: Area | Authority, when: TimeRange | None) -> bool:
    """Return whether an area or authority was there on a day of an incident, both ends included.

    Of an incident without a day nothing but what has no limits is known to have held.
    """
    if when is None:
        return held.since is None and held.until is None
    return held.holds(when.start, when.end)


class AreaIndex:
    """The stored areas, found by where they lie. Nothing is built before the first place is asked for."""

    def __init__(self, areas: Iterable[Area], outlines: Callable[[], Outlines] = _shipped) -> None:
        """Take the areas, and what opens the outlines of countries and provinces where they are needed."""
        self._areas = tuple(areas)
        self._open = outlines
        self._outlines: Outlines | None = None
        self._tree: STRtree | None = None
        self._shapes: list[BaseGeometry] = []
        self._named: dict[str, list[int]] = {}
        for number, area in enumerate(self._areas):
            for name in dict.fromkeys(_key(n) for n in (area.name, *area.names)):
                self._named.setdefault(name, []).append(number)
        self._weights = lru_cache(maxsize=PLACES_HELD)(self._weigh)
        self._outline = lru_cache(maxsize=OUTLINES_HELD)(self._read_outline)

    def shares(self, place: Place | None, when: TimeRange | None) -> tuple[AreaShare, ...]:
        """Return the areas that a place lies in at a time, by weight (largest first) and name.

        `weight` is the share of the region where it may have happened that is inside the area. The region
        is what the article's words describe ("on the road from Kifri to Kalar"), a disc around a point,
        or the outline of the district, province or country. Where only a province, a country or a region as
        wide as one is known, no district and nothing that holds less than half of it is told; else nothing
        below 0.05. An area
        and an authority count where they held on one of the days; without a day, only those without limits.

        "Two Peshmerga were killed near Qara Tapa on 14 March 2024", with a front drawn around that town:

        >>> from datetime import date
        >>> ring = ((44.6, 34.2), (45.1, 34.2), (45.1, 34.6), (44.6, 34.6), (44.6, 34.2))
        >>> held = Authority(name="Peshmerga", role="secures", until=date(2017, 10, 16))
        >>> claim = Authority(name="Kurdistan Regional Government", role="claims")
        >>> front = Area(id="f", name="Front", kind="front", polygons=((ring,),), authorities=(held, claim))
        >>> place = Place(name="Qara Tapa", country="IQ", lat=34.42, lon=44.93, precision=2, radius_km=10)
        >>> day = TimeRange(start=date(2024, 3, 14), end=date(2024, 3, 14), precision=1)
        >>> (share,) = AreaIndex([front]).shares(place, day)
        >>> share.name, share.weight, [a.role for a in share.authorities]
        ('Front', 1.0, ['claims'])
        """
        if not self._areas or place is None or place.precision >= UNRESOLVED:
            return ()
        km2, weights = self._weights(self._region(place, when))
        coarse = place.precision in COARSE or (place.precision == 5 and km2 >= WIDE_KM2)
        found: list[AreaShare] = []
        for number, weight in weights:
            area = self._areas[number]
            if weight < (COARSE_WEIGHT if coarse else LEAST_WEIGHT) or not _holds(area, when):
                continue
            if coarse and area.kind == "division2":
                continue
            found.append(
                AreaShare(
                    id=area.id,
                    name=area.name,
                    names=area.names,
                    kind=area.kind,
                    weight=round(weight, 3),
                    authorities=tuple(a for a in area.authorities if _holds(a, when)),
                    indicative=area.indicative,
                )
            )
        return tuple(sorted(found, key=lambda s: (-s.weight, s.name, s.id)))

    def _region(self, place: Place, when: TimeRange | None) -> Region:
        """Return what the region of a place is made of; () where nothing says where it is."""
        if place.shape is not None and self._made(("shape", place.shape)) is not None:
            return ("shape", place.shape)
        if place.precision == 3 and (place.admin2 or place.name):
            number = self._district(place, when)
            if number is not None:
                return ("area", number)
        if place.precision == 4 and place.country and (place.admin1 or place.name):
            region = ("outline", place.country, place.admin1 or place.name)
            if self._made(region) is not None:
                return region
        if place.precision == 6 and place.country:
            region = ("outline", place.country, None)
            if self._made(region) is not None:
                return region
        if place.precision == 5 and place.name:
            # "in the Garmiyan Administration": the area itself is where it may have happened.
            for number in self._named.get(_key(place.name), ()):
                if self._areas[number].kind != "division2" and _holds(self._areas[number], when):
                    return ("area", number)
        return _around(place)

    def _district(self, place: Place, when: TimeRange | None) -> int | None:
        """Return the stored area that is a place's district, an official one before a disputed one.

        Of several of one name the one with the place's point, then the smallest (Kirkuk district, not Kirkuk
        Governorate); a disputed territory counts as the district where it bears its name.
        """
        from shapely import Point

        self._build()
        best: tuple[bool, bool, float, int] | None = None
        for number in self._named.get(_key(place.admin2 or place.name or ""), ()):
            area = self._areas[number]
            if area.kind not in ("division2", "disputed") or not _holds(area, when):
                continue
            if place.country and area.country and place.country != area.country:
                continue
            away = False
            if place.lat is not None and place.lon is not None:
                from seamwatch.resolve.regions import project

                away = not self._shapes[number].intersects(project(Point(place.lon, place.lat)))
            rank = (away, area.kind != "division2", float(self._shapes[number].area), number)
            best = rank if best is None else min(best, rank)
        return best[3] if best else None

    def _build(self) -> STRtree:
        if self._tree is None:
            from shapely import STRtree, prepare

            from seamwatch.resolve.regions import outline

            self._shapes = [outline(area.polygons) for area in self._areas]
            prepare(self._shapes)
            self._tree = STRtree(self._shapes)
        return self._tree

    def _made(self, region: Region) -> BaseGeometry | None:
        """Return a region's geometry in the projection, or None where there is none."""
        from seamwatch.resolve.regions import described, disc

        match region:
            case ("area", int(number)):
                self._build()
                return self._shapes[number]
            case ("disc", lat, lon, radius):
                return disc(lat, lon, radius)
            case ("shape", Shape() as shape):
                return described(shape)
            case ("outline", country, admin1):
                return self._outline(country, admin1)
        return None

    def _read_outline(self, country: str, admin1: str | None) -> BaseGeometry | None:
        from seamwatch.resolve.regions import outline

        if self._outlines is None:
            self._outlines = self._open()
        polygons = self._outlines.outline(country, admin1)
        return outline(polygons) if polygons else None

    def _weigh(self, region: Region) -> tuple[float, tuple[tuple[int, float], ...]]:
        """Return a region's size in km², and of each area that meets it the number and the share inside."""
        from seamwatch.resolve.regions import KM2

        made = self._made(region)
        if made is None or made.is_empty or made.area <= 0:
            return 0.0, ()
        found: list[tuple[int, float]] = []
        for number in sorted(self._build().query(made, predicate="intersects").tolist()):
            shape = self._shapes[number]
            inside = made.area if shape.contains(made) else float(made.intersection(shape).area)
            if inside > 0:
                found.append((number, min(1.0, inside / made.area)))
        return made.area * KM2, tuple(found)


def _around(place: Place) -> Region:
    """Return the disc in which a place lies, () where it has no point."""
    if place.lat is None or place.lon is None:
        return ()
    radius = place.radius_km if place.radius_km else RADIUS_KM.get(place.precision, LEAST_KM)
    return ("disc", place.lat, place.lon, max(radius, LEAST_KM))
