"""What the gazetteer's builder works on, and Iraq's and Syria's units as news spells them."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, POPULATED
from seamwatch.resolve.place_names import bare_name, fold_name, plain_name, without_generic

HERE = Path(__file__).parent
REGION = frozenset("IQ SY".split())
# What the seat of a district or sub-district counts where GeoNames knows no population, or less: an estimate,
# used for nothing but how well known a place is.
SEAT = 20_000


@dataclass(slots=True)
class Unit:
    """A unit while it is being put together; `first` names are its own, `other` its aliases."""

    kind: int
    name: str
    country: str
    code: str = ""
    parent: Unit | None = None
    lat: float | None = None
    lon: float | None = None
    population: int = 0
    radius: float | None = None
    geonameid: int | None = None
    capital: bool = False
    first: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)
    inside: list[tuple[float, float]] = field(default_factory=list)
    id: int = 0


def read_yaml(name: str) -> dict[str, Any]:
    """Return one of the YAML files beside this script."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / "gazetteer" / name).read_text(encoding="utf-8"))
    return loaded


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return a distance that is good enough for radii."""
    x = (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.2 * math.hypot(a[0] - b[0], x)


_LOCAL_GENERIC = frozenset(
    "sheng zizhiqu novads respublika zupanija oblysy kraj kray apskritis lan oblast oblast' okrug avtonomnyy "
    "shi ken fu ili ilcesi wilaya wilayat wilayah rayon raion amphoe comuna municipio kabupaten kota "
    "departamento departement powiat bezirk kommun kommune gemeente shahrestan-e ostan-e tumani jaras huyen "
    "pagasts provincia "
    "tinh partido obshtina oras municipiul gorodskoy changwat viloyati velayaty muhafazat "
    "maakond judet judetul megye voivodeship wojewodztwo distrito distrikt regiao regione region".split()
)
_LINKS = frozenset("de do da del des du della di d' of".split())


def common_division_name(name: str) -> str:
    """Return a division's name without the generic word of its own language.

    "Hebei Sheng" is Hebei; "Comuna de Braila" is Braila. A name that is nothing else stays.
    """
    words = name.split(",", maxsplit=1)[0].split()
    kept = [w for w in words if w.lower() not in _LOCAL_GENERIC]
    while len(kept) > 1 and kept[0].lower() in _LINKS and (len(kept) < len(words) or kept[0].islower()):
        kept = kept[1:]
    return " ".join(kept) if kept and kept[0].lower() not in _LINKS else name


def middle_points(divisions: Iterable[Unit], world: Path) -> None:
    """Give first-order divisions the middle of their outline in Natural Earth, matched by GeoNames' name."""
    import shapely

    outlines: dict[tuple[str, str], Any] = {}
    base = sqlite3.connect(world)
    for blob, iso, name, given in base.execute("SELECT geom, iso_a2, name, gn_name FROM states_provinces"):
        # GeoPackage: magic, version, flags, SRS, then an envelope whose size the flags tell, then WKB
        envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
        shape = shapely.from_wkb(blob[8 + envelope :])
        for label in (name, given):
            if label:
                key = iso, _plain_key(label)
                if key not in outlines or shape.area > outlines[key].area:
                    outlines[key] = shape
    base.close()
    for unit in divisions:
        if unit.kind != DIVISION1 or unit.lat is not None:
            continue
        for name in sorted(unit.first) + sorted(unit.other):
            shape = outlines.get((unit.country, _plain_key(name)))
            if shape is not None:
                middle = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
                unit.lat, unit.lon = round(middle.y, 2), round(middle.x, 2)
                break


def _plain_key(name: str) -> str:
    return bare_name(fold_name(common_division_name(without_generic(plain_name(name)))))


def apply_region(divisions: dict[int, Unit], places: list[Unit]) -> None:
    """Give Iraq's and Syria's units their usual spelling, and add the towns that the packages lack."""
    region = read_yaml("iraq_syria.yaml")
    by_code: dict[str, Unit] = {u.code: u for u in divisions.values()}
    by_id: dict[int, Unit] = {u.geonameid: u for u in divisions.values() if u.geonameid}
    by_bare: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for place in places:
        if place.country in REGION:
            for key in {bare_name(fold_name(n)) for n in (*place.first, *place.other)}:
                by_bare[place.country, key].append(place)

    def put(unit: Unit, row: dict[str, Any]) -> None:
        unit.name = row["name"]
        unit.first = {row["name"], *row.get("also", ())}
        if "at" in row:
            unit.lat, unit.lon = row["at"]
        unit.radius = row.get("radius", unit.radius)

    def same(country: str, row: dict[str, Any]) -> list[Unit]:
        keys = {bare_name(fold_name(n)) for n in (row["name"], *row.get("also", ()))}
        hits = [p for key in sorted(keys) for p in by_bare.get((country, key), ())]
        at = row.get("at")
        close = [p for p in hits if at is None or km((p.lat or 0, p.lon or 0), at) < 30]
        return list({id(p): p for p in close}.values())

    def seat(country: str, row: dict[str, Any], district: Unit) -> None:
        hits = same(country, row)
        if hits:
            best = max(hits, key=lambda p: (p.population, -(p.geonameid or 0)))
            best.name, best.first = row["name"], best.first | {row["name"], *row.get("also", ())}
            best.parent = district
            best.population = max(best.population, SEAT)
            return
        town = Unit(
            POPULATED, row["name"], country, parent=district, lat=row["at"][0], lon=row["at"][1], radius=8.0,
            population=SEAT,
        )  # fmt: skip
        town.first = {row["name"], *row.get("also", ())}
        places.append(town)

    for row in region["provinces"]["rows"]:
        put(by_code[row["code"]], row)
    for number, row in enumerate(region["districts"]["rows"]):
        province = by_code[row["in"]]
        unit = by_id.get(row.get("code", 0))
        if unit is None:
            unit = Unit(DIVISION2, row["name"], province.country)
            divisions[-1 - number] = unit
        unit.parent, unit.radius = province, 30.0
        put(unit, row)
        unit.other.add(f"{row['name']} District")
        seat(province.country, row, unit)
    by_id = {u.geonameid: u for u in divisions.values() if u.geonameid}
    for row in region["towns"]["rows"]:
        district = by_id[row["in"]]
        seat(district.country, row, district)
    for row in region["spellings"]["rows"]:
        wanted = bare_name(fold_name(row["is"]))
        for place in by_bare.get((row["country"], wanted), ()):
            if bare_name(fold_name(place.name)) == wanted:
                place.name = row["name"]
                place.first |= {row["name"], *row.get("also", ())}
