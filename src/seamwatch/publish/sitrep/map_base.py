"""What lies under a map's marks: land, borders, towns and the names of countries, from the base map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seamwatch.publish.sitrep.map_labels import Face, Labels
from seamwatch.publish.sitrep.palette import LAND, SOFT
from seamwatch.publish.sitrep.tiles import Drawn, World, features, world_of

_TOWNS = 40
_COUNTRY = Face(size=11.5, colour="#98a2ab", spaced=True)
_DIVISION = Face(size=10.0, colour="#98a2ab")
_TOWN = Face(size=9.5, colour=SOFT)
_CLOSE = 0.4  # pixels: what lies nearer to the point before is not drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The window of a map: its corner and width in the Web Mercator square, and its width in pixels."""

    left: float
    top: float
    span: float
    width: int

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a point lies on the map, on the side of the globe that the map shows."""
        x, y = world_of(lon, lat)
        middle = self.left + self.span / 2
        x += round(middle - x)
        return self._at((x, y))

    def drawn(self, points: Iterable[World]) -> list[tuple[float, float]]:
        """Return points of the square in pixels."""
        return [self._at(point) for point in points]

    def _at(self, point: World) -> tuple[float, float]:
        return (point[0] - self.left) / self.span * self.width, (point[1] - self.top) / self.span * self.width

    def path(self, points: list[tuple[float, float]]) -> str:
        """Return an SVG path of a line in pixels, without points that the eye can't tell apart."""
        kept: list[tuple[float, float]] = []
        for x, y in points:
            if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > _CLOSE:
                kept.append((x, y))
        if len(kept) < 2:
            return ""
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept)


@dataclass(frozen=True, slots=True)
class Base:
    """The base map as SVG: its shapes, and its names, which are drawn above the shapes of incidents."""

    shapes: str
    names: str


def draw_ground(ground: Ground, height: int, labels: Labels) -> Base:
    """Return the base map within a window; names take what room the labels leave."""
    tall = ground.span * height / ground.width
    found = list(
        features(ground.left, ground.top, ground.left + ground.span, ground.top + tall, ground.width)
    )
    land, borders = [], []
    for one in found:
        if one.layer == "land":
            rings = [ground.drawn(line) for line in one.lines]
            if any(_meets(ring, ground.width, height) for ring in rings):
                # One path a tile: where tiles overlap, one path of both would be a hole.
                path = "Z".join(path for ring in rings if (path := ground.path(ring)))
                land.append(f'<path d="{path}Z" fill="{LAND}" fill-rule="evenodd"/>' if path else "")
        elif one.layer == "borders":
            borders += _border(one, ground, height)
    shapes = "".join([*land, *borders])
    return Base(
        shapes=shapes, names="".join([*_units(found, ground, labels), *_towns(found, ground, labels)])
    )


def _meets(points: list[tuple[float, float]], width: int, height: int) -> bool:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return bool(points) and min(xs) <= width and max(xs) >= 0 and min(ys) <= height and max(ys) >= 0


def _border(one: Drawn, ground: Ground, height: int) -> list[str]:
    lines = [line for points in one.lines if _meets(line := ground.drawn(points), ground.width, height)]
    path = "".join(ground.path(line) for line in lines)
    if not path:
        return []
    between = one.tags.get("level") == 0
    dashes = ' stroke-dasharray="5 3"' if one.tags.get("disputed") else ""
    style = 'stroke="#8d99a3" stroke-width="1.3"' if between else 'stroke="#c3c9cf" stroke-width="0.8"'
    return [f'<path d="{path}" fill="none" {style}{dashes}/>']


def _units(found: Iterable[Drawn], ground: Ground, labels: Labels) -> list[str]:
    """Return the names of countries and divisions, larger ones first."""
    named: dict[str, tuple[bool, tuple[float, float]]] = {}
    for one in found:
        if one.layer == "labels" and one.lines and one.lines[0]:
            country = one.tags.get("kind") == "country"
            named.setdefault(str(one.tags.get("name", "")), (not country, ground.drawn(one.lines[0])[0]))
    return [
        labels.place(name if small else name.upper(), at, _DIVISION if small else _COUNTRY)
        for name, (small, at) in sorted(named.items(), key=lambda item: (item[1][0], item[0]))
    ]


def _towns(found: Iterable[Drawn], ground: Ground, labels: Labels) -> list[str]:
    """Return the largest towns with their names, as long as there is room."""
    towns: dict[str, tuple[float, tuple[float, float]]] = {}
    for one in found:
        if one.layer == "places" and one.lines and one.lines[0]:
            people = float(one.tags.get("population") or 0)
            towns.setdefault(str(one.tags.get("name", "")), (people, ground.drawn(one.lines[0])[0]))
    drawn: list[str] = []
    for name, (_, (x, y)) in sorted(towns.items(), key=lambda item: (-item[1][0], item[0])):
        if len(drawn) >= _TOWNS:
            break
        text = labels.place(name, (x, y), _TOWN, away=4.0)
        if text:
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.7" fill="{SOFT}"/>{text}')
    return drawn
