"""What the map of a situation report shows: where each incident may lie, and the report's area."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from seamwatch.model.area import Area, Polygon
from seamwatch.model.incident import Incident
from seamwatch.model.place import Place
from seamwatch.model.sitrep import Extent, MapView
from seamwatch.pipeline.sitrep_figures import drawable
from seamwatch.store.matching import fold

if TYPE_CHECKING:
    from seamwatch.resolve.boundaries import Boundaries

KM_PER_DEGREE = 111.2
_PROVINCE, _DISTRICT = 4, 3
_SMALLEST = 0.6  # degrees: a map of one village still shows what lies around
_MARGIN = 0.08
_TOP = 84.0


def map_view(areas: Iterable[Area], area: str | None, incidents: Sequence[Incident]) -> MapView | None:
    """Return what the map shows; None where neither an incident nor the area has a known place.

    `areas` are the stored ones. A province is its outline, a stored district its own; other places are
    their point and radius.
    """
    from seamwatch.resolve.boundaries import load_boundaries

    boundaries = load_boundaries()
    try:
        stored = _stored_outlines(areas)
        outlines = _area_outlines(stored, boundaries, area, incidents) if area else ()
        seen: dict[tuple[str | None, ...], tuple[Polygon, ...]] = {}
        extents = tuple(_extent(i, stored, boundaries, seen) for i in incidents if drawable(i))
    finally:
        boundaries.close()
    if not extents and not outlines:
        return None
    return MapView(
        box=_box(extents, outlines),
        extents=extents,
        outlines=outlines,
        off=len(incidents) - len(extents),
    )


def country_names() -> dict[str, str]:
    """Return the name of each country by its ISO 3166-1 code."""
    from seamwatch.resolve.boundaries import load_boundaries

    boundaries = load_boundaries()
    try:
        return {d.country: d.name for d in boundaries.divisions() if d.kind == "country"}
    finally:
        boundaries.close()


def _stored_outlines(areas: Iterable[Area]) -> dict[str, tuple[str | None, tuple[Polygon, ...]]]:
    """Return (kind, polygons) of the stored areas by each of their folded names and ids."""
    found: dict[str, tuple[str | None, tuple[Polygon, ...]]] = {}
    for area in areas:
        for name in (area.id, area.name, *area.names):
            found.setdefault(fold(name), (area.kind, area.polygons))
    return found


def _area_outlines(
    stored: dict[str, tuple[str | None, tuple[Polygon, ...]]],
    boundaries: Boundaries,
    area: str,
    incidents: Iterable[Incident],
) -> tuple[Polygon, ...]:
    """Return the outline of the report's area: a stored one, else a country's or a division's."""
    wanted = fold(area)
    if wanted in stored:
        return stored[wanted][1]
    places = [i.place for i in incidents if i.place]
    units = dict.fromkeys(
        (p.country, p.admin1) for p in places if p.country and fold(p.admin1 or "") == wanted
    )
    for country, admin1 in units:
        if country and (found := boundaries.outline(country, admin1)):
            return found
    if (
        places
        and not units
        and any(fold(name) == wanted for p in places for name in (p.name or "", p.admin2 or ""))
    ):
        # A town or a district without an outline: the incidents themselves say where it is.
        return ()
    known = [d for d in boundaries.divisions() if wanted in (fold(d.id), fold(d.name))]
    first = sorted(known, key=lambda d: (d.kind != "country", d.id))[:1]
    for division in first:
        admin1 = None if division.kind == "country" else division.id
        return boundaries.outline(division.country, admin1) or ()
    return ()


def _extent(
    incident: Incident,
    stored: dict[str, tuple[str | None, tuple[Polygon, ...]]],
    boundaries: Boundaries,
    seen: dict[tuple[str | None, ...], tuple[Polygon, ...]],
) -> Extent:
    place = incident.place
    assert place is not None
    if place.shape is not None and place.shape.kind == "line":
        return Extent(incident=incident, line=place.shape.points)
    if place.shape is not None:
        return Extent(incident=incident, polygons=((place.shape.points,),))
    key = (str(place.precision), place.country, place.admin1, place.admin2)
    if key not in seen:
        seen[key] = _unit(place, stored, boundaries)
    return Extent(incident=incident, polygons=seen[key])


def _unit(
    place: Place, stored: dict[str, tuple[str | None, tuple[Polygon, ...]]], boundaries: Boundaries
) -> tuple[Polygon, ...]:
    """Return the outline of the unit that is all that is known of a place; () where it has none."""
    if place.precision == _PROVINCE and place.country and place.admin1:
        return boundaries.outline(place.country, place.admin1) or ()
    if place.precision == _DISTRICT and place.admin2:
        for name in (f"{place.admin2} district", place.admin2):
            kind, polygons = stored.get(fold(name), (None, ()))
            if kind in ("division2", "disputed"):
                return polygons
    return ()


def _corners(extents: Iterable[Extent], outlines: Iterable[Polygon]) -> Iterator[tuple[float, float]]:
    for polygon in outlines:
        yield from polygon[0]
    for extent in extents:
        place = extent.incident.place
        assert place is not None and place.lat is not None and place.lon is not None
        for polygon in extent.polygons:
            yield from polygon[0]
        yield from extent.line
        reach = 0.0 if extent.polygons or extent.line else (place.radius_km or 0.0) / KM_PER_DEGREE
        wide = reach / max(0.05, math.cos(math.radians(place.lat)))
        yield place.lon - wide, place.lat - reach
        yield place.lon + wide, place.lat + reach


def _box(extents: Sequence[Extent], outlines: Sequence[Polygon]) -> tuple[float, float, float, float]:
    """Return west, south, east, north with a margin; east is above 180 beyond the 180th meridian."""
    points = list(_corners(extents, outlines))
    lons = [lon for lon, _ in points]
    if max(lons) - min(lons) > 180:
        round_the_back = [lon % 360 for lon in lons]
        if max(round_the_back) - min(round_the_back) < max(lons) - min(lons):
            lons = round_the_back
    lats = [max(-_TOP, min(_TOP, lat)) for _, lat in points]
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    side_x = max((east - west) * _MARGIN, (_SMALLEST - (east - west)) / 2)
    side_y = max((north - south) * _MARGIN, (_SMALLEST - (north - south)) / 2)
    return west - side_x, max(-_TOP, south - side_y), east + side_x, min(_TOP, north + side_y)
