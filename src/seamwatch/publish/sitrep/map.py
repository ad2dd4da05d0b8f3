"""The map of a situation report as SVG: where incidents lie, as precisely as that is known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from seamwatch.model.area import Polygon
from seamwatch.model.sitrep import Extent, MapView
from seamwatch.publish.sitrep.map_base import Ground, draw_ground
from seamwatch.publish.sitrep.map_labels import Face, Labels
from seamwatch.publish.sitrep.palette import COLOURS, FONTS, INK, RULE, SEA, SOFT
from seamwatch.publish.sitrep.plain import clean
from seamwatch.publish.sitrep.tiles import world_of
from seamwatch.vocabulary.acled import EventType

WIDTH = 720
_LOWEST, _TALLEST = 300, 470
_LEGEND_ROW = 17
_EQUATOR_KM = 40075.0
_NAME = Face(size=11.0, colour=INK, bold=True)
_NAMED = 14
"""Of so many places of incidents the names are drawn."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is drawn at one point: its place on the map, the incidents there, and how vague the point is."""

    x: float
    y: float
    number: int
    killed: int
    kind: EventType
    name: str
    ring: float
    vague: bool


def map_svg(view: MapView) -> str:
    """Return the map, 720 wide: the base map, the report's area, and a mark for each place of incidents.

    A dot is a place that is known; a broken ring is how far from it the incident may lie; a hatched shape is
    a unit anywhere in which it may lie. A mark grows with the killed; a number says how many incidents it is.
    """
    ground, height = _ground(view)
    types = [kind for kind in EventType if any(e.incident.event_type is kind for e in view.extents)]
    marks = _marks(view.extents, ground)
    labels = Labels(WIDTH, height)
    for mark in marks:
        labels.take(mark.x, mark.y, _radius(mark))
    names = "".join(_names(marks, labels))
    base = draw_ground(ground, height, labels)
    parts = [
        f'<rect width="{WIDTH}" height="{height}" fill="{SEA}"/>',
        base.shapes,
        _outline(view.outlines, ground),
        *_extents(view.extents, ground),
        *(_ring(mark) for mark in marks if mark.ring),
        base.names,
        *map(_dot, marks),
        names,
        _scale(ground, height),
    ]
    legend, rows = _legend(types, marks, height + 18)
    tall = height + 8 + rows * _LEGEND_ROW + 4
    defs = "".join(
        f'<pattern id="h{n}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0 0V7" stroke="{COLOURS[kind]}" stroke-width="1.6" '
        f'stroke-opacity="0.55"/></pattern>'
        for n, kind in enumerate(EventType)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" width="{WIDTH}" '
        f'height="{tall}" font-family="{FONTS}" font-size="11"><defs><clipPath id="map">'
        f'<rect width="{WIDTH}" height="{height}"/></clipPath>{defs}</defs>'
        f'<g clip-path="url(#map)">{"".join(parts)}</g>'
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" fill="none" stroke="{RULE}"/>'
        f"{legend}</svg>"
    )


def _ground(view: MapView) -> tuple[Ground, int]:
    """Return the window of the map and its height: the view's box, widened to a shape that fits the page."""
    west, south, east, north = view.box
    left, top = world_of(west, north)
    right, bottom = world_of(east, south)
    wide, tall = max(right - left, 1e-5), max(bottom - top, 1e-5)
    height = round(min(_TALLEST, max(_LOWEST, WIDTH * tall / wide)))
    span = max(wide, tall * WIDTH / height)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    return Ground(
        left=middle - span / 2, top=centre - span * height / WIDTH / 2, span=span, width=WIDTH
    ), height


def _marks(extents: Iterable[Extent], ground: Ground) -> list[_Mark]:
    """Return a mark for each place, the largest first, so that small ones stay on top."""
    groups: dict[tuple[int, int, bool], list[Extent]] = {}
    for extent in extents:
        place = extent.incident.place
        assert place is not None and place.lat is not None and place.lon is not None
        x, y = ground.pixel(place.lon, place.lat)
        groups.setdefault((round(x / 4), round(y / 4), place.precision >= 3), []).append(extent)
    marks: list[_Mark] = []
    for (_, _, vague), members in groups.items():
        place = members[0].incident.place
        assert place is not None and place.lat is not None and place.lon is not None
        x, y = ground.pixel(place.lon, place.lat)
        tolls = [e.incident.killed for e in members]
        km = max((e.incident.place.radius_km or 0.0) for e in members if e.incident.place is not None)
        drawn = all(e.polygons or e.line for e in members)
        per_km = WIDTH / ground.span / _EQUATOR_KM / max(0.05, math.cos(math.radians(place.lat)))
        marks.append(
            _Mark(
                x=x,
                y=y,
                number=len(members),
                killed=sum((t.best or t.low or 0) for t in tolls if t),
                kind=Counter(e.incident.event_type for e in members).most_common(1)[0][0],
                name=place.name or place.admin2 or place.admin1 or "",
                ring=0.0 if drawn else km * per_km,
                vague=vague,
            )
        )
    return sorted(marks, key=lambda mark: (-_radius(mark), mark.x, mark.y))


def _radius(mark: _Mark) -> float:
    size = min(15.0, 4.2 + 1.7 * math.sqrt(mark.killed))
    return max(size, 7.5) if mark.number > 1 else size


def _dot(mark: _Mark) -> str:
    radius, colour = _radius(mark), COLOURS[mark.kind]
    fill = (
        f'fill="#fff" stroke="{colour}" stroke-width="2"' if mark.vague else f'fill="{colour}" stroke="#fff"'
    )
    dot = f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{radius:.1f}" {fill} fill-opacity="0.92"/>'
    if mark.number == 1:
        return dot
    ink = colour if mark.vague else "#fff"
    return (
        f'{dot}<text x="{mark.x:.1f}" y="{mark.y + 3.4:.1f}" text-anchor="middle" font-size="9.5" '
        f'font-weight="bold" fill="{ink}">{mark.number}</text>'
    )


def _ring(mark: _Mark) -> str:
    if mark.ring <= _radius(mark):
        return ""
    return (
        f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.ring:.1f}" fill="{COLOURS[mark.kind]}" '
        f'fill-opacity="0.08" stroke="{COLOURS[mark.kind]}" stroke-opacity="0.7" stroke-width="0.9" '
        'stroke-dasharray="4 3"/>'
    )


def _names(marks: Sequence[_Mark], labels: Labels) -> Iterator[str]:
    """Yield the names of the places of incidents, the gravest first, as long as there is room."""
    known = [mark for mark in marks if mark.name and not mark.vague]
    for mark in sorted(known, key=lambda m: (-m.killed, -m.number, m.name))[:_NAMED]:
        yield labels.place(clean(mark.name)[:40], (mark.x, mark.y), _NAME, away=_radius(mark) + 3)


def _extents(extents: Iterable[Extent], ground: Ground) -> Iterator[str]:
    """Yield the shapes of incidents that lie anywhere in a unit or along a line, each once."""
    seen: set[object] = set()
    for extent in extents:
        shape: object = extent.polygons or extent.line
        if not shape or (shape, extent.incident.event_type) in seen:
            continue
        seen.add((shape, extent.incident.event_type))
        colour = COLOURS[extent.incident.event_type]
        number = list(EventType).index(extent.incident.event_type)
        if extent.line:
            path = ground.path([ground.pixel(*point) for point in extent.line])
            yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="5" stroke-opacity="0.35"/>'
        else:
            yield (
                f'<path d="{_rings(extent.polygons, ground)}" fill="url(#h{number})" fill-rule="evenodd" '
                f'stroke="{colour}" stroke-opacity="0.7" stroke-dasharray="4 3"/>'
            )


def _rings(polygons: Iterable[Polygon], ground: Ground) -> str:
    return "".join(
        ground.path([ground.pixel(lon, lat) for lon, lat in ring]) + "Z"
        for polygon in polygons
        for ring in polygon
    )


def _outline(polygons: Sequence[Polygon], ground: Ground) -> str:
    if not polygons:
        return ""
    return (
        f'<path d="{_rings(polygons, ground)}" fill="#fff" fill-opacity="0.6" fill-rule="evenodd" '
        f'stroke="{INK}" stroke-width="1.6" stroke-opacity="0.75" stroke-linejoin="round"/>'
    )


def _scale(ground: Ground, height: int) -> str:
    """Return a bar of a round number of kilometres, as long as they are in the middle of the map."""
    middle = math.degrees(
        math.atan(math.sinh(math.pi * (1 - 2 * (ground.top + ground.span * height / WIDTH / 2))))
    )
    km_per_pixel = ground.span / WIDTH * _EQUATOR_KM * max(0.05, math.cos(math.radians(middle)))
    ten = 10 ** math.floor(math.log10(max(1e-6, 140 * km_per_pixel)))
    length = next(n for n in (10 * ten, 5 * ten, 2 * ten, ten) if n <= 140 * km_per_pixel * 1.0001)
    x, y, wide = 12, height - 12, length / km_per_pixel
    return (
        f'<path d="M{x} {y - 4}V{y}H{x + wide:.1f}V{y - 4}" fill="none" stroke="{INK}"/>'
        f'<text x="{x + wide + 6:.1f}" y="{y + 1}" fill="{INK}" font-size="10">{length:g} km</text>'
    )


def _legend(types: Sequence[EventType], marks: Sequence[_Mark], y: float) -> tuple[str, int]:
    """Return what the marks mean, three a row, and how many rows there are."""
    entries = [(f'<circle cx="5" cy="-4" r="5" fill="{COLOURS[kind]}"/>', kind.value) for kind in types]
    if any(mark.ring > _radius(mark) for mark in marks):
        ring = f'<circle cx="5" cy="-4" r="5.5" fill="none" stroke="{SOFT}" stroke-dasharray="3 2"/>'
        entries.append((ring, "may lie anywhere within"))
    if any(mark.vague for mark in marks):
        hollow = f'<circle cx="5" cy="-4" r="4.5" fill="#fff" stroke="{SOFT}" stroke-width="2"/>'
        entries.append((hollow, "only the district or province is known"))
    if any(mark.number > 1 for mark in marks):
        number = f'<text x="5" y="0" text-anchor="middle" font-weight="bold" fill="{INK}">2</text>'
        entries.append((number, "incidents at one place"))
    if any(mark.killed for mark in marks):
        sizes = f'<circle cx="1" cy="-4" r="2.5" fill="{SOFT}"/><circle cx="9" cy="-4" r="5" fill="{SOFT}"/>'
        entries.append((sizes, "larger: more killed"))
    found = [
        f'<g transform="translate({4 + (n % 3) * 240} {y + (n // 3) * _LEGEND_ROW:.0f})">{sign}'
        f'<text x="18" y="0" fill="{INK}">{escape(text)}</text></g>'
        for n, (sign, text) in enumerate(entries)
    ]
    return "".join(found), math.ceil(len(entries) / 3)
