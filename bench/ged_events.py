"""Events of a UCDP GED file, made ready for simulated reports: places, units, days, sides, base types."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

ISO = {
    "Syria": "SY", "Iraq": "IQ", "Lebanon": "LB", "Israel": "IL", "Jordan": "JO", "Turkey": "TR",
    "Egypt": "EG", "Libya": "LY", "Yemen (North Yemen)": "YE", "Iran": "IR", "Afghanistan": "AF",
    "Algeria": "DZ", "Mali": "ML",
    "Sudan": "SD", "Somalia": "SO", "Nigeria": "NG", "Ukraine": "UA", "Pakistan": "PK", "Tunisia": "TN",
}  # fmt: skip
COUNTRY, GOVERNORATE, DISTRICT = 6, 4, 3  # UCDP where_prec
SITE_KM = {1: 3.0, 2: 25.0, 5: 30.0}
LEAST_KM = {DISTRICT: 10.0, GOVERNORATE: 25.0, COUNTRY: 100.0}
_GENERIC = re.compile(
    r"\s+(?:towns?|cit(?:y|ies)|villages?|villge|villae|suburb|(?:sub-?)?district|governorates?|province)$",
    re.I,
)
_BRACKETS = re.compile(r"\s*\([^)]*\)?")
# Words of a headline that decide the ACLED sub-type; the first rule that fits counts.
_HEADLINES = tuple(
    (re.compile(rf"\b(?:{words})", re.I), name)
    for words, name in (
        (r"suicide|martyrdom", "Suicide bomb"),
        (r"chlorine|sarin|chemical|poison|toxic|gas attack", "Chemical weapon"),
        (r"war\s?planes?|air\s?strikes?|air\s?raids?|aerial|helicopter|barrel bomb|drone|jets?\b|raids?\b",
         "Air/drone strike"),
        (r"grenade", "Grenade"),
        (r"i\.?e\.?d\b|land\s?mines?|mines?\b|booby|car bomb|roadside|explosi|explod|blast|detonat|device",
         "Remote explosive/landmine/IED"),
        (r"shell|bombard|rocket|missile|mortar|artillery|bomb", "Shelling/artillery/missile attack"),
    )
)  # fmt: skip
CLASH, ATTACK = "Armed clash", "Attack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place as a report gives it; `level` is UCDP's where_prec, `radius` in km."""

    name: str
    admin1: str | None
    admin2: str | None
    country: str
    lat: float | None
    lon: float | None
    level: int
    radius: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as UCDP codes it. `harmed` has the deaths of each group: state, nonstate, civilian."""

    id: str
    violence: int
    side_a: tuple[str, ...]
    side_b: tuple[str, ...]
    spot: Spot
    country_name: str
    start: date
    end: date
    date_prec: int
    best: int
    harmed: tuple[tuple[str, int], ...]
    sub_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The mean point of all events in a unit, and the radius in km that holds nine tenths of them."""

    lat: float
    lon: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """All events of a file by id, and its units by country, governorate and district ("" for all of it)."""

    events: tuple[Event, ...]
    units: dict[tuple[str, str, str], Unit]

    def coarser(self, event: Event) -> Spot:
        """Return the event's place one level up; of a country the country itself."""
        spot = event.spot
        if spot.level in (1, 2, 5) and spot.admin2:
            level, name, admin1, admin2 = DISTRICT, spot.admin2, spot.admin1, spot.admin2
        elif spot.level in (1, 2, 3, 5) and spot.admin1:
            level, name, admin1, admin2 = GOVERNORATE, spot.admin1, spot.admin1, None
        elif spot.level < COUNTRY:
            level, name, admin1, admin2 = COUNTRY, event.country_name, None, None
        else:
            return spot
        unit = self.units[spot.country, admin1 or "", admin2 or ""]
        return Spot(
            name=name, admin1=admin1, admin2=admin2, country=spot.country,
            lat=unit.lat, lon=unit.lon, level=level, radius=unit.radius,
        )  # fmt: skip


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance in kilometres."""
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742.018 * math.asin(min(1.0, math.sqrt(h)))


def plain_name(written: str) -> str:
    """Return a place's name without diacritics, brackets, other names and generic words.

    >>> plain_name("Tadmur/Palmyra town"), plain_name("Mintaqat Azaz district")
    ('Tadmur', 'Azaz')
    """
    name = unicodedata.normalize("NFKD", _BRACKETS.sub("", written))
    name = "".join(c for c in name if not unicodedata.combining(c)).split("/")[0]
    name = " ".join(name.replace("’", "'").replace("–", "-").split())
    while (shorter := _GENERIC.sub("", name)) != name:
        name = shorter
    if name.startswith("Jabal "):
        name = name.removesuffix(" mountain")
    return name.removeprefix("Mintaqat ").strip() or written.strip()


def read_events(path: Path) -> Events:
    """Return all events of a UCDP GED file (CSV, UTF-8), sorted by first day and id, and its units."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    events = sorted((_event(row) for row in rows), key=lambda e: (e.start, int(e.id)))
    units = _units(events)
    return Events(events=tuple(_with_radius(e, units) for e in events), units=units)


def _number(value: str) -> int:
    return int(float(value)) if value else 0


def _event(row: dict[str, str]) -> Event:
    country = row["country"]
    if country not in ISO:
        raise SystemExit(f"{country}: no ISO code known; add it to ISO in {__file__}")
    violence = _number(row["type_of_violence"])
    name = country.split(" (")[0]
    level = _number(row["where_prec"])
    side_a, side_b = _sides(row["side_a"]), _sides(row["side_b"])
    harmed: dict[str, int] = {}
    for group, deaths in (
        (_group(side_a), row["deaths_a"]),
        (_group(side_b), row["deaths_b"]),
        ("civilian", row["deaths_civilians"]),
    ):
        if _number(deaths) > 0:
            harmed[group] = harmed.get(group, 0) + _number(deaths)
    return Event(
        id=str(_number(row["id"])),
        violence=violence,
        side_a=side_a,
        side_b=() if violence == 3 else side_b,
        spot=Spot(
            name=plain_name(row["where_coordinates"]),
            admin1=plain_name(row["adm_1"]) if row["adm_1"] else None,
            admin2=plain_name(row["adm_2"]) if row["adm_2"] else None,
            country=ISO[country],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            level=level,
            radius=None,
        ),
        country_name=name,
        start=date.fromisoformat(row["date_start"][:10]),
        end=date.fromisoformat(row["date_end"][:10]),
        date_prec=_number(row["date_prec"]),
        best=_number(row["best"]),
        harmed=tuple(harmed.items()),
        sub_type=_base_type(violence, row["source_headline"]),
    )


def _sides(written: str) -> tuple[str, ...]:
    names = (name.strip(" \"'") for name in written.split(","))
    return tuple(dict.fromkeys(name for name in names if name and name != "Civilians"))


def _group(side: Sequence[str]) -> str:
    return "state" if any(name.startswith("Government of ") for name in side) else "nonstate"


def _base_type(violence: int, headline: str) -> str:
    for pattern, name in _HEADLINES:
        if pattern.search(headline):
            return name
    return ATTACK if violence == 3 else CLASH


def _units(events: Iterable[Event]) -> dict[tuple[str, str, str], Unit]:
    held: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for event in events:
        spot = event.spot
        for admin1, admin2 in dict.fromkeys(
            (("", ""), (spot.admin1 or "", ""), (spot.admin1 or "", spot.admin2 or ""))
        ):
            held[spot.country, admin1, admin2].append((spot.lat or 0.0, spot.lon or 0.0))
    units = {}
    for key, points in held.items():
        lat = math.fsum(p[0] for p in points) / len(points)
        lon = math.fsum(p[1] for p in points) / len(points)
        far = sorted(distance_km(lat, lon, *point) for point in points)[int(0.9 * (len(points) - 1))]
        least = LEAST_KM[DISTRICT if key[2] else GOVERNORATE if key[1] else COUNTRY]
        units[key] = Unit(lat=round(lat, 4), lon=round(lon, 4), radius=float(round(max(far, least))))
    return units


def _with_radius(event: Event, units: dict[tuple[str, str, str], Unit]) -> Event:
    spot = event.spot
    radius = SITE_KM.get(spot.level)
    if radius is None:
        admin1 = spot.admin1 or "" if spot.level in (DISTRICT, GOVERNORATE) else ""
        admin2 = spot.admin2 or "" if spot.level == DISTRICT else ""
        radius = units[spot.country, admin1, admin2].radius
    # A whole unit is no part of a smaller one, whatever the file says of its centre.
    admin2 = None if spot.level in (GOVERNORATE, COUNTRY) else spot.admin2
    admin1 = None if spot.level == COUNTRY else spot.admin1
    name = event.country_name if spot.level == COUNTRY else spot.name
    return replace(event, spot=replace(spot, radius=radius, admin1=admin1, admin2=admin2 or None, name=name))
