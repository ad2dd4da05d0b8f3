"""The two formats of GeoNames: country dumps (19 columns) and alternate names, tab separated, no header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from seamwatch.ingest.place_rows import (
    NameRow,
    PlaceRow,
    RowError,
    RowNote,
    checked_name,
    checked_point,
    mixed_scripts,
    other_names,
)
from seamwatch.model.own_place import OwnKind

COLUMNS = 19
# How far from its point a feature may reach, in km: by code, else by class. GeoNames gives points only.
_RADIUS = {
    "MTS": 30, "RGN": 50, "RGNE": 50, "DSRT": 60, "VAL": 10, "VALS": 15, "PLN": 30, "PLAT": 30, "PEN": 20,
    "ISL": 8, "ISLS": 20, "STM": 15, "STMI": 8, "WAD": 10, "WADS": 15, "LK": 8, "LKS": 10, "RSV": 8,
    "MRSH": 15, "GULF": 80, "BAY": 15, "SEA": 300, "CNL": 10, "OILF": 8, "GASF": 8, "AREA": 15, "LCTY": 3,
    "PRK": 10, "RES": 10, "MILB": 3, "INSM": 2, "AIRB": 3, "AIRP": 3, "RFGC": 3, "ADM3": 10, "ADM4": 5,
    "ADM5": 3, "ADMD": 10,
}  # fmt: skip
_CLASS_RADIUS = {"A": 15, "H": 6, "L": 5, "R": 5, "S": 1, "T": 3, "U": 50, "V": 5}
# No names: links, codes of posts, airports and rail, and abbreviations, which clash with words.
_NO_NAMES = frozenset("link post iata icao faac unlc tcid wkdt abbr phon piny ruwk".split())


def read_dump(lines: Iterable[str]) -> Iterator[PlaceRow | NameRow | RowNote]:
    """Yield the places of a country dump, and notes on broken rows; of an id's rows the first is kept."""
    seen: set[int] = set()
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        where = f"row {number}"
        try:
            row = _row(line.rstrip("\r\n").split("\t"), where, seen)
        except RowError as wrong:
            yield RowNote(where=where, reason=str(wrong))
            continue
        if row is None:
            continue
        yield row
        if not row.name.isascii() and (mixed := mixed_scripts(row.name)):
            yield RowNote(where=where, reason=f"the name {row.name!r} mixes {mixed} letters", kept=True)


def _row(columns: list[str], where: str, seen: set[int]) -> PlaceRow | None:
    if len(columns) != COLUMNS:
        raise RowError(f"it has {len(columns)} columns; a GeoNames dump has {COLUMNS}, parted by tabs")
    (
        ident, name, ascii_name, aliases, lat, lon, class_, code, country, _cc2, admin1, admin2, _3, _4,
        people, *_rest,
    ) = columns  # fmt: skip
    if not (ident.isascii() and ident.isdigit()) or len(ident) > 12:
        raise RowError(f"the first column is {ident[:20]!r}; it must be a GeoNames id")
    geonameid = int(ident)
    if geonameid in seen:
        raise RowError(f"the GeoNames id {geonameid} stands in an earlier row, which is kept")
    y, x = checked_point(lat, lon)
    own = checked_name(name)
    if class_ == "A" and code[-1:] == "H":
        return None  # a division that is no more
    kind: OwnKind = "populated" if class_ == "P" else "feature"
    if class_ == "A" and code in ("ADM1", "ADM2"):
        kind = "division1" if code == "ADM1" else "division2"
    seen.add(geonameid)
    return PlaceRow(
        where=where,
        name=own,
        kind=kind,
        lat=y,
        lon=x,
        aliases=other_names((ascii_name, *aliases.split(",")), own) if aliases or ascii_name != name else (),
        country=country if len(country) == 2 and country.isalpha() else None,
        admin1_code=admin1 if admin1 and admin1 != "00" else None,
        admin2_code=admin2 or None,
        population=int(people) if people.isascii() and people.isdigit() and len(people) < 12 else 0,
        radius_km=None if kind == "populated" else _RADIUS.get(code) or _CLASS_RADIUS.get(class_, 5),
        geonameid=geonameid,
    )


def read_division_codes(path: Path) -> dict[tuple[str, str, str | None], tuple[int, str]]:
    """Return (GeoNames id, name) of each division in a dump, by country and codes."""
    found: dict[tuple[str, str, str | None], tuple[int, str]] = {}
    with path.open("rb") as lines:
        for line in lines:
            if b"\tA\tADM1\t" not in line and b"\tA\tADM2\t" not in line:
                continue
            columns = line.decode("utf-8", errors="replace").split("\t")
            if len(columns) == COLUMNS and columns[0].isdigit():
                second = columns[11] if columns[7] == "ADM2" else None
                found[columns[8], columns[10], second] = int(columns[0]), columns[1]
    return found


def read_alternate_names(lines: Iterable[str]) -> Iterator[PlaceRow | NameRow | RowNote]:
    """Yield the names of an alternateNames file; links, postcodes and other codes are left out."""
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        where = f"row {number}"
        columns = line.rstrip("\r\n").split("\t")
        try:
            if len(columns) < 4:
                raise RowError(f"it has {len(columns)} columns; alternate names have at least 4")
            if not (columns[1].isascii() and columns[1].isdigit()) or len(columns[1]) > 12:
                raise RowError(f"the second column is {columns[1][:20]!r}; it must be a GeoNames id")
            if columns[2] in _NO_NAMES or columns[2][:2] == "q-":
                continue
            name = checked_name(columns[3])
        except RowError as wrong:
            yield RowNote(where=where, reason=str(wrong))
            continue
        if len(name) < 2 or (len(name) <= 4 and name.isupper() and name.isascii()):
            continue
        preferred = columns[2] == "en" and len(columns) > 4 and columns[4] == "1"
        yield NameRow(where=where, geonameid=int(columns[1]), name=name, preferred=preferred)
