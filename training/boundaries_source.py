"""Reads Natural Earth's units from QGIS's world_map.gpkg, and puts each with its ISO 3166-1 country."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

NATURAL_EARTH = "Natural Earth 1:10m v4.1 (public domain), through QGIS's world_map.gpkg"
# What has a country code of its own, or none in Natural Earth: by its code of the geographic unit (gu_a3)
# or, where that is missing, its name.
OWN_COUNTRY = {
    "GUF": "GF", "GLP": "GP", "MTQ": "MQ", "REU": "RE", "MYT": "YT", "NSV": "SJ", "BVT": "BV", "CCK": "CC",
    "CXR": "CX", "CLP": "FR", "Bonaire": "BQ", "Saba": "BQ", "Sint Eustatius": "BQ",
}  # fmt: skip
# Held by one side, claimed by another, or leased: the country that ISO 3166 and GeoNames put it with.
DISPUTED = {
    "Crimea": ("UA", "Natural Earth draws Crimea with Russia; ISO 3166-2 and GeoNames list it with Ukraine"),
    "Sevastopol": (
        "UA", "Natural Earth draws Sevastopol with Russia; ISO 3166-2 and GeoNames list it with Ukraine",
    ),
    "Somaliland": ("SO", "Somaliland is a state of its own in fact; ISO 3166-1 lists it with Somalia"),
    "Northern Cyprus": ("CY", "Northern Cyprus is administered apart; ISO 3166-1 lists it with Cyprus"),
    "Dhekelia": ("CY", "Dhekelia is a base under British sovereignty on Cyprus; it has no ISO 3166-1 code"),
    "Akrotiri": ("CY", "Akrotiri is a base under British sovereignty on Cyprus; it has no ISO 3166-1 code"),
    "Guantanamo Bay USNB": ("CU", "Guantanamo Bay is a base of the United States on Cuba"),
    "Kashmir": ("IN", "the Siachen glacier is claimed by India, which holds it, and Pakistan"),
    "Baykonur lease in Qyzylorda": ("KZ", "Baykonur is leased to Russia by Kazakhstan"),
    "UNDOF": ("SY", "the area of separation on the Golan, patrolled by UNDOF"),
}  # fmt: skip
# Lines around Nagorno-Karabakh that no one holds or claims any more
PAST = frozenset({"Former USSR oblast in 1991", "Ceasefire Line 1994"})
# Reefs that six states claim: no code, no country; left out.
NOBODYS = frozenset({"Spratly Islands"})


@dataclass(slots=True)
class Source:
    """One unit of Natural Earth; `names` are all that it is called, the usual one first."""

    number: int
    country: str
    names: tuple[str, ...]
    shape: BaseGeometry
    unnamed: bool = False
    indicative: bool = False
    note: str = ""


def geometry(blob: bytes) -> BaseGeometry:
    """Return the geometry of a GeoPackage's blob (header, then WKB)."""
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    return shapely.from_wkb(blob[8 + envelope :])


def read_units(path: Path) -> list[Source]:
    """Return the states and provinces with their country."""
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    found = []
    query = (
        "SELECT fid, geom, iso_a2, name, woe_name, gn_name, gu_a3, admin FROM states_provinces ORDER BY fid"
    )
    for fid, blob, iso, name, woe, gn, gu, admin in base.execute(query):
        shape = geometry(blob)
        if name in NOBODYS:
            continue
        country = OWN_COUNTRY.get(gu) or OWN_COUNTRY.get(name) or iso
        names = tuple(dict.fromkeys(n for n in (name, woe, gn) if n)) or (admin,)
        unit = Source(fid, country, names, shape, unnamed=not (name or woe or gn))
        if name in DISPUTED:
            unit.country, unit.note = DISPUTED[name]
            unit.indicative = True
        if unit.country == "-1":
            raise SystemExit(f"unit {fid} ({name}) has no country: add it to {Path(__file__).name}")
        found.append(unit)
    base.close()
    return found


def read_disputed(path: Path) -> list[tuple[str, BaseGeometry]]:
    """Return the disputed lines, each with whose claim it is."""
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    rows = base.execute("SELECT name, adm0_left, geom FROM disputed_borders ORDER BY fid").fetchall()
    base.close()
    return [(f"{name} ({country})", geometry(blob)) for name, country, blob in rows if name not in PAST]
