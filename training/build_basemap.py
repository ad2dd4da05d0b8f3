"""Builds src/seamwatch/publish/basemap.pmtiles from the shipped boundaries and gazetteer.

Run after both are built, in an environment with pyyaml and shapely 2.2 or later:

    PYTHONPATH=src python training/build_basemap.py

Vector tiles of the world, zoom 0 to 6, in one PMTiles archive. Outlines are those of boundaries.sqlite, made
simpler for each zoom; towns are those of gazetteer.sqlite, thinned so that labels have room. The script
prints the sha256 of the tiles and writes it to training/checksums.txt.
"""

from __future__ import annotations

import hashlib
import math
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from basemap_tiles import EXTENT, Layer, Value, commands_of, write_archive
from checksums import record
from seamwatch.publish.basemap import ATTRIBUTION, tile_id
from seamwatch.resolve.boundaries import Boundaries, Division, load_boundaries
from seamwatch.resolve.gazetteer import POPULATED, Gazetteer, Unit, load_gazetteer
from seamwatch.resolve.place_names import bare_name, fold_name

HERE = Path(__file__).parent
OUT = HERE.parent / "src/seamwatch/publish/basemap.pmtiles"
GAZETTEER = HERE.parent / "src/seamwatch/resolve/gazetteer.sqlite"
ZOOMS = 6
DIVISIONS_FROM = 3  # at smaller zooms first-order divisions would be a blur
EDGE = 64  # steps that a tile shows beyond its own border, so that lines have no seam
COARSE = 5.0  # steps of a tile: bends of less than the square of it are drawn straight
TOWNS_OF = {1: 2_000_000, 2: 800_000, 3: 250_000, 4: 60_000, 5: 10_000, 6: 1000}  # people, by zoom
SEAT = 3  # a capital, or a town of the name of its district or division, counts for so many of its size
LABEL_ROOM = 220.0  # steps between two towns of one zoom; 4096 are a tile's width
MERCATOR_TOP = 85.0511
HELD_APART = ("Crimea", "Sevastopol", "Somaliland", "Northern Cyprus", "Siachen")
FIRST_ZOOM = {"divisions": DIVISIONS_FROM, "places": 1}
FIELDS = {
    "land": {},
    "countries": {"iso": "String", "name": "String"},
    "divisions": {"id": "String", "name": "String", "country": "String", "indicative": "Boolean"},
    "borders": {"level": "Number", "disputed": "Boolean", "claim": "String"},
    "places": {
        "name": "String", "country": "String", "population": "Number", "capital": "Boolean", "rank": "Number",
    },
    "labels": {"kind": "String", "name": "String", "country": "String"},
}  # fmt: skip


Leaves = dict[str, tuple[Division, MultiPolygon]]
"""What makes up the world's land, by id: divisions, and what countries have beside them."""


@dataclass(slots=True)
class Feature:
    """What is drawn: a geometry in steps of one zoom, from the north-west corner of the world."""

    layer: str
    shape: BaseGeometry
    tags: dict[str, Value] = field(default_factory=dict)


def on_map(shape: BaseGeometry, zoom: int) -> BaseGeometry:
    """Return a geometry in steps of a zoom, in Web Mercator."""
    size = EXTENT * 2**zoom

    def move(points: np.ndarray) -> np.ndarray:
        lat = np.radians(np.clip(points[:, 1], -MERCATOR_TOP, MERCATOR_TOP))
        y = 0.5 - np.arcsinh(np.tan(lat)) / (2 * math.pi)
        return np.column_stack([(points[:, 0] / 360 + 0.5) * size, y * size])

    return shapely.transform(shape, move)


def outlines(boundaries: Boundaries) -> Leaves:
    """Return the outlines that make up the world's land: divisions, and countries that have none."""
    found = {}
    for division in boundaries.divisions():
        if division.kind == "division1":
            parts = boundaries.outline(division.country, division.id) or ()
            found[division.id] = division, MultiPolygon([(p[0], p[1:]) for p in parts])
    with_divisions = defaultdict(list)
    for division, shape in found.values():
        with_divisions[division.country].append(shape)
    for country in boundaries.divisions():
        if country.kind == "country":
            parts = boundaries.outline(country.id) or ()
            whole = MultiPolygon([(p[0], p[1:]) for p in parts])
            rest = whole
            if country.id in with_divisions:
                rest = shapely.difference(whole, shapely.union_all(with_divisions[country.id]))
                rest = MultiPolygon([p for p in polygons(rest) if p.area > 1e-4])
            if not rest.is_empty:
                found[country.id] = country, rest
    return found


def polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return the polygons in a geometry, however deep."""
    parts = [p for g in shapely.get_parts(shape) for p in shapely.get_parts(g)]
    return [p for p in parts if p.geom_type == "Polygon"]


def borders_of(leaves: list[tuple[Division, BaseGeometry]]) -> list[tuple[int, bool, BaseGeometry]]:
    """Return common borders as (0 between countries, else 1; whether held apart; lines)."""
    lines: dict[tuple[int, bool], list[BaseGeometry]] = defaultdict(list)
    tree = shapely.STRtree([s for _, s in leaves])
    edges = [shapely.boundary(s) for _, s in leaves]
    for one, other in zip(*(a.tolist() for a in tree.query([s for _, s in leaves])), strict=True):
        if one < other and edges[one].intersects(edges[other]):
            common = shapely.intersection(edges[one], edges[other])
            pieces = [g for g in shapely.get_parts(common) if g.geom_type == "LineString"]
            if pieces:
                a, b = leaves[one][0], leaves[other][0]
                held = held_apart(a) != held_apart(b)
                lines[int(a.country == b.country), held].append(shapely.union_all(pieces))
    return [(*key, shapely.line_merge(shapely.union_all(own))) for key, own in sorted(lines.items())]


def held_apart(division: Division) -> bool:
    """Return whether another than its country holds a division."""
    return any(name in division.source for name in HELD_APART)


def drawn(zoom: int, leaves: Leaves, boundaries: Boundaries) -> list[Feature]:
    """Return land, countries, divisions and borders of one zoom."""
    kept = list(leaves.values())
    shapes = [MultiPolygon(polygons(on_map(s, zoom))) for _, s in kept]
    shapes = shapely.coverage_simplify(shapely.coverage_clean(shapes, gap_width=COARSE / 4), COARSE).tolist()
    of_country: dict[str, list[BaseGeometry]] = defaultdict(list)
    for (division, _), shape in zip(kept, shapes, strict=True):
        of_country[division.country].append(shape)
    names = {d.id: d.name for d in boundaries.divisions() if d.kind == "country"}
    whole = {iso: shapely.coverage_union_all(own) for iso, own in sorted(of_country.items())}
    features = [Feature("land", shapely.coverage_union_all(list(whole.values())))]
    features += [Feature("countries", s, {"iso": iso, "name": names[iso]}) for iso, s in whole.items()]
    apart = [(boundaries.divisions(iso)[0], s) for iso, s in whole.items()]
    fine = [(d, s) for (d, _), s in zip(kept, shapes, strict=True)]
    if zoom >= DIVISIONS_FROM:
        features += [
            Feature(
                "divisions",
                s,
                {"id": d.id, "name": d.name, "country": d.country, "indicative": d.indicative},
            )
            for d, s in fine
            if d.kind == "division1"
        ]
    lines = borders_of(fine if zoom >= DIVISIONS_FROM else apart)
    claims = [(name, on_map(LineString(points), zoom)) for name, points in boundaries.disputed_lines()]
    near = shapely.union_all([shapely.buffer(line, 3 * COARSE) for _, line in claims])
    for level, held, line in lines:
        for disputed, part in (
            (True, line if held else shapely.intersection(line, near)),
            (False, None if held else shapely.difference(line, near)),
        ):
            if part is not None and not part.is_empty:
                features.append(Feature("borders", part, {"level": level, "disputed": disputed}))
    drawn_already = shapely.buffer(
        shapely.union_all([line for level, _, line in lines if level == 0]), 4 * COARSE
    )
    for name, line in claims:
        left = shapely.difference(shapely.simplify(line, COARSE / 4), drawn_already)
        features.append(Feature("borders", left, {"level": 0, "disputed": True, "claim": name}))
    return features


def towns() -> list[tuple[int, Point, dict[str, Value]]]:
    """Return towns as (the zoom from which they show, point in degrees, tags), the most important first.

    At each zoom a town shows where no more important one is too near: capitals, then by population.
    """
    with sqlite3.connect(f"{GAZETTEER.as_uri()}?mode=ro", uri=True) as base:
        query = "SELECT id FROM unit WHERE kind=? AND population>=? ORDER BY population DESC, id"
        ids = [row[0] for row in base.execute(query, (POPULATED, 1000))]
    gazetteer = load_gazetteer()
    units = [u for at in range(0, len(ids), 50_000) for u in gazetteer.units(ids[at : at + 50_000])]
    weight = {
        u.id: u.population * (SEAT if u.id in gazetteer.capitals or is_seat(u, gazetteer) else 1)
        for u in units
    }
    units.sort(key=lambda u: (u.id not in gazetteer.capitals, -weight[u.id], u.id))
    points = on_map(shapely.multipoints([(u.lon, u.lat) for u in units]), 0)
    places = list(zip(units, (shapely.get_coordinates(points) / EXTENT).tolist(), strict=True))
    found: list[tuple[int, Point, dict[str, Value]]] = []
    shown: set[int] = set()
    for zoom, least in TOWNS_OF.items():
        room = LABEL_ROOM / (EXTENT * 2**zoom)
        cells: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for unit, (x, y) in sorted(places, key=lambda p: p[0].id not in shown):
            cell = int(x / room), int(y / room)
            around = [p for i in (-1, 0, 1) for j in (-1, 0, 1) for p in cells[cell[0] + i, cell[1] + j]]
            if unit.id not in shown and unit.id not in gazetteer.capitals and weight[unit.id] < least:
                continue
            if unit.id not in shown and any(math.hypot(x - a, y - b) < room for a, b in around):
                continue
            cells[cell].append((x, y))
            if unit.id not in shown:
                shown.add(unit.id)
                tags: dict[str, Value] = {
                    "name": unit.name, "country": unit.country, "population": unit.population,
                    "capital": unit.id in gazetteer.capitals, "rank": zoom,
                }  # fmt: skip
                found.append((zoom, Point(unit.lon, unit.lat), tags))
    return found


def is_seat(town: Unit, gazetteer: Gazetteer) -> bool:
    """Return whether a town has the name of the district or division in which it lies."""
    above = gazetteer.chain(town.id)[1:-1]
    return any(bare_name(fold_name(u.name)) == bare_name(fold_name(town.name)) for u in above)


def labels(boundaries: Boundaries, leaves: Leaves) -> list[tuple[int, Feature]]:
    """Return where the names of countries and divisions stand, with the zoom from which they show."""
    found = []
    for division in boundaries.divisions():
        if division.kind == "country":
            parts = boundaries.outline(division.id) or ()
            shape = MultiPolygon([(p[0], p[1:]) for p in parts])
        else:
            shape = leaves[division.id][1]
        biggest = max(shape.geoms, key=lambda p: p.area)
        circle = shapely.maximum_inscribed_circle(biggest, tolerance=max(0.01, biggest.area**0.5 / 50))
        wide = shapely.length(circle)  # degrees
        least = 0 if division.kind == "country" else DIVISIONS_FROM + 1
        zoom = min(ZOOMS, max(least, math.ceil(math.log2(12 / max(wide, 0.05)))))
        at = Point(shapely.get_coordinates(circle)[0])
        kind = "country" if division.kind == "country" else "division"
        tags: dict[str, Value] = {"kind": kind, "name": division.name, "country": division.country}
        found.append((zoom, Feature("labels", at, tags)))
    return found


def cut(features: list[Feature], zoom: int) -> dict[tuple[int, int], dict[str, Layer]]:
    """Return the layers of every tile of a zoom that has anything on it.

    What lies at one edge of the world is drawn once more beyond the other edge, so that there is no seam
    along the 180th meridian.
    """
    tiles: dict[tuple[int, int], dict[str, Layer]] = defaultdict(dict)
    size = EXTENT * 2**zoom
    for feature in features:
        for part in shapely.get_parts(feature.shape):
            if part.is_empty:
                continue
            for shift in (0, -size, size):
                west, south, east, north = part.bounds
                west, east = west + shift, east + shift
                if east < -EDGE or west > size + EDGE:
                    continue
                moved = shapely.transform(part, lambda p, by=shift: p + (by, 0)) if shift else part
                for x in span(west, east, zoom):
                    for y in span(south, north, zoom):
                        put(tiles[x, y], feature, moved, x, y)
    return {at: layers for at, layers in tiles.items() if layers}


def span(low: float, high: float, zoom: int) -> range:
    """Return the tiles that a stretch touches, their edges included."""
    first = max(0, math.floor((low - EDGE) / EXTENT))
    return range(first, min(2**zoom - 1, math.floor((high + EDGE) / EXTENT)) + 1)


def put(layers: dict[str, Layer], feature: Feature, shape: BaseGeometry, x: int, y: int) -> None:
    """Add what lies on a tile to its layers."""
    left, top = x * EXTENT, y * EXTENT
    if feature.layer in ("places", "labels"):  # a point belongs to one tile: labels stand once
        if not (left <= shape.x < left + EXTENT and top <= shape.y < top + EXTENT):
            return
        inside = shape
    else:
        box = (left - EDGE, top - EDGE, left + EXTENT + EDGE, top + EXTENT + EDGE)
        inside = shapely.clip_by_rect(shape, *box)
    if inside.is_empty:
        return
    local = shapely.set_precision(shapely.transform(inside, lambda p: p - (left, top)), 1.0)
    drawing = commands_of(local)
    if drawing is not None:
        layers.setdefault(feature.layer, Layer(feature.layer)).add(*drawing, feature.tags)


def main() -> None:
    """Build the archive, tell its size, and record the checksum."""
    boundaries = load_boundaries()
    leaves = outlines(boundaries)
    cities = towns()
    names = labels(boundaries, leaves)
    tiles: dict[int, bytes] = {}
    for zoom in range(ZOOMS + 1):
        features = drawn(zoom, leaves, boundaries)
        features += [Feature("places", on_map(p, zoom), tags) for rank, p, tags in cities if rank <= zoom]
        features += [Feature("labels", on_map(f.shape, zoom), f.tags) for least, f in names if least <= zoom]
        made = cut(features, zoom)
        for (x, y), layers in made.items():
            tiles[tile_id(zoom, x, y)] = b"".join(layers[name].encoded() for name in FIELDS if name in layers)
        print(
            f"zoom {zoom}: {len(made)} tiles, {sum(map(len, tiles.values())) / 1e6:.1f} MB not packed so far"
        )
    write_archive(OUT, tiles, ZOOMS, {
        "name": "Seamwatch base map", "type": "baselayer", "attribution": ATTRIBUTION,
        "description": "Land, countries, first-order divisions, borders and towns. Borders are indicative.",
        "vector_layers": [
            {"id": layer, "fields": fields, "minzoom": FIRST_ZOOM.get(layer, 0), "maxzoom": ZOOMS}
            for layer, fields in FIELDS.items()
        ],
    })  # fmt: skip
    digest = hashlib.sha256()
    for number in sorted(tiles):
        digest.update(number.to_bytes(4, "big") + tiles[number])
    record(HERE, digest.hexdigest(), OUT.name)
    print(f"{OUT.name}: {len(tiles)} tiles, {OUT.stat().st_size / 1e6:.1f} MB, sha256 {digest.hexdigest()}")


if __name__ == "__main__":
    main()
