"""Places in CSV with a header, and in GeoJSON as points: both by the names of their columns."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from seamwatch.errors import InputError
from seamwatch.ingest.place_rows import (
    NameRow,
    PlaceRow,
    RowError,
    RowNote,
    checked_name,
    checked_point,
    mixed_scripts,
    other_names,
    whole_number,
)
from seamwatch.model.own_place import OwnKind

# What tables call a column, in small letters without other signs.
_COLUMNS = {
    "name": "name placename place village town asciiname nameen toponym settlement",
    "lat": "lat latitude y latdd ycoord pointy latwgs84",
    "lon": "lon lng long longitude x londd xcoord pointx lonwgs84",
    "id": "id ref code uid pcode placeid identifier",
    "aliases": "aliases names alias alternatenames altnames othernames alternativenames variants",
    "admin1": "admin1 admin1name adm1 adm1name adm1en governorate province state region division1",
    "admin2": "admin2 admin2name adm2 adm2name adm2en district county division2",
    "country": "country countrycode iso iso2 countryname cc adm0 admin0",
    "kind": "kind type class featureclass placetype",
    "population": "population pop inhabitants",
    "radius_km": "radiuskm radius",
    "geonameid": "geonameid geonamesid geoname gnid",
}
_BY_COLUMN = {written: field for field, words in _COLUMNS.items() for written in words.split()}
_KINDS: dict[str, OwnKind] = {
    **dict.fromkeys("populated place village town city settlement hamlet camp ppl p".split(), "populated"),
    **dict.fromkeys("neighbourhood neighborhood quarter suburb locality".split(), "populated"),
    **dict.fromkeys("district division2 admin2 adm2 county qada".split(), "division2"),
    **dict.fromkeys("province governorate state division1 admin1 adm1".split(), "division1"),
}
# Features by how far from their point they may reach, in km, where the row does not say it.
_FEATURES = {
    **dict.fromkeys(
        "base checkpoint field oilfield gasfield airport bridge dam crossing site hill".split(), 3.0
    ),
    **dict.fromkeys("feature mountain valley lake island forest road area".split(), 10.0),
    "river": 15.0,
    "desert": 60.0,
}
_PLAIN = re.compile(r"[^a-z0-9]")
_SPLIT = re.compile(r"[;|]")
MOST_BYTES = 300_000_000


def known_columns(header: Iterable[str]) -> dict[str, int]:
    """Return which column holds which field, the first where two would.

    >>> known_columns(["Village", "LAT", "Longitude"])
    {'name': 0, 'lat': 1, 'lon': 2}
    """
    found: dict[str, int] = {}
    for at, written in enumerate(header):
        field = _BY_COLUMN.get(_PLAIN.sub("", written.lower()))
        # "name" itself wins over another word for it
        if field is not None and (field not in found or written.strip().lower() == field):
            found[field] = at
    return found


def read_csv(lines: Iterable[str]) -> Iterator[PlaceRow | NameRow | RowNote]:
    """Yield the places of a table with a header; what is broken is told by its line."""
    rest = iter(lines)
    before, header = next(((n, line) for n, line in enumerate(rest, 1) if line.strip()), (1, ""))
    header = header.removeprefix("\ufeff")
    delimiter = max("\t;|,", key=header.count)
    try:
        columns = known_columns(next(csv.reader([header], delimiter=delimiter), []))
    except csv.Error as wrong:
        raise InputError(
            f"its header can't be read ({wrong}); write name,lat,lon in the first line"
        ) from None
    missing = [name for name in ("name", "lat", "lon") if name not in columns]
    if missing:
        raise InputError(
            f"the header lacks {' and '.join(missing)}: name the columns name, lat, lon (and id, aliases, "
            "admin1, admin2, country, kind, population, radius_km, geonameid where you have them)"
        )
    reader = csv.reader(rest, delimiter=delimiter)
    seen = _Seen()
    last = before
    while True:
        where = f"line {reader.line_num + before + 1}"
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield RowNote(where=where, reason=f"{wrong}; is a double quote missing?")
            continue
        lines_read, last = reader.line_num + before - last, reader.line_num + before
        if not any(map(str.strip, row)):
            continue
        if lines_read > 1:
            reason = f"it goes on to line {last}: is a double quote missing?"
            yield RowNote(where=where, reason=reason)
            continue
        if len(row) <= max(columns[name] for name in ("name", "lat", "lon")):
            reason = f"it has {len(row)} columns; the header has more"
            yield RowNote(where=where, reason=reason)
            continue
        fields = {name: row[at] for name, at in columns.items() if at < len(row)}
        yield from _one(fields, (fields["lat"], fields["lon"]), where, seen)


def read_geojson(text: str) -> Iterator[PlaceRow | NameRow | RowNote]:
    """Yield the points of a FeatureCollection (or one Feature); outlines and lines are told by number."""
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except RecursionError:
        raise InputError("it is nested too deeply to be GeoJSON") from None
    except ValueError as wrong:
        raise InputError(f"it is not valid JSON ({str(wrong)[:120]}); nothing was read") from None
    features = data.get("features") if isinstance(data, dict) else None
    if isinstance(data, dict) and data.get("type") == "Feature":
        features = [data]
    if not isinstance(features, list):
        raise InputError("it is no GeoJSON FeatureCollection: `features` must be a list")
    seen = _Seen()
    for number, feature in enumerate(features, 1):
        where = f"feature {number}"
        try:
            fields, point = _feature(feature)
        except RowError as wrong:
            yield RowNote(where=where, reason=str(wrong))
            continue
        yield from _one(fields, point, where, seen)


def _no_constant(value: str) -> NoReturn:
    raise ValueError(f"{value} is no JSON number")


def _feature(feature: Any) -> tuple[dict[str, Any], tuple[Any, Any]]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind != "Point":
        if kind in ("Polygon", "MultiPolygon"):
            raise RowError("it is an outline; add outlines with `seamwatch areas add`")
        raise RowError(f"its geometry is {kind or 'missing'}; it must be a Point")
    point = geometry.get("coordinates")
    if not isinstance(point, list) or len(point) < 2:
        raise RowError("its coordinates are no pair of longitude and latitude")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise RowError("its properties are no object")
    names = list(properties)
    fields = {field: properties[names[at]] for field, at in known_columns(names).items()}
    if feature.get("id") is not None:
        fields.setdefault("id", feature["id"])
    return fields, (point[1], point[0])


class _Seen:
    """The ids of a file's rows so far."""

    def __init__(self) -> None:
        self.refs: set[str] = set()
        self.geonameids: set[int] = set()
        self.places: set[tuple[str, float, float]] = set()


def _one(
    fields: Mapping[str, Any], point: tuple[Any, Any], where: str, seen: _Seen
) -> Iterator[PlaceRow | RowNote]:
    """Yield the place of a row, or why it can't be taken, and what of it is doubtful."""
    try:
        row, doubts = _place(fields, point, where)
        _check_new(row, seen)
    except RowError as wrong:
        yield RowNote(where=where, reason=str(wrong))
        return
    yield row
    for doubt in doubts:
        yield RowNote(where=where, reason=doubt, kept=True)


def _check_new(row: PlaceRow, seen: _Seen) -> None:
    if row.ref is not None and row.ref in seen.refs:
        raise RowError(f"the id {row.ref} stands in an earlier row, which is kept")
    if row.geonameid is not None and row.geonameid in seen.geonameids:
        raise RowError(f"the GeoNames id {row.geonameid} stands in an earlier row, which is kept")
    same = (row.name, row.lat, row.lon)
    if same in seen.places:
        raise RowError(f"{row.name} stands at the same point in an earlier row, which is kept")
    seen.places.add(same)
    if row.ref is not None:
        seen.refs.add(row.ref)
    if row.geonameid is not None:
        seen.geonameids.add(row.geonameid)


def _text(value: Any, what: str) -> str | None:
    """Return a value as text, None for nothing; RowError where it is none or can't be printed."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, (dict, list, bool)):
        raise RowError(f"{what} is no text")
    return checked_name(str(value))


def _place(fields: Mapping[str, Any], point: tuple[Any, Any], where: str) -> tuple[PlaceRow, list[str]]:
    doubts: list[str] = []
    name = _text(fields.get("name"), "the name")
    if name is None:
        raise RowError("it has no name")
    lat, lon = checked_point(*point)
    told = (_text(fields.get("kind"), "the kind") or "").lower()
    word = told.replace(" ", "")
    kind: OwnKind = "feature" if word in _FEATURES else _KINDS.get(word, "populated")
    if told and word not in _KINDS and word not in _FEATURES:
        doubts.append(f"the kind {told!r} is not known: taken as a populated place")
    radius = fields.get("radius_km")
    if radius in (None, ""):
        radius_km = _FEATURES.get(word)
    else:
        try:
            radius_km = float(str(radius).replace(",", "."))
            if not 0 < radius_km <= 5000:
                raise ValueError
        except ValueError:
            raise RowError(
                f"radius_km is {str(radius)[:30]!r}; it must be more than 0 and at most 5000"
            ) from None
    if mixed := mixed_scripts(name):
        doubts.append(f"the name {name!r} mixes {mixed} letters")
    listed = fields.get("aliases")
    parts = listed if isinstance(listed, list) else _SPLIT.split(str(listed)) if listed else []
    row = PlaceRow(
        where=where,
        name=name,
        kind=kind,
        lat=lat,
        lon=lon,
        aliases=other_names((str(part) for part in parts), name),
        country=_text(fields.get("country"), "the country"),
        admin1=_text(fields.get("admin1"), "admin1"),
        admin2=_text(fields.get("admin2"), "admin2"),
        population=whole_number(fields.get("population"), "the population") or 0,
        radius_km=radius_km,
        geonameid=whole_number(fields.get("geonameid"), "the GeoNames id"),
        ref=_text(fields.get("id"), "the id"),
    )
    return row, doubts
