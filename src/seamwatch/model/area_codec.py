"""Areas as GeoJSON features and an incident's shares of them as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from seamwatch.errors import ShapeError
from seamwatch.model.area import (
    AREA_KINDS,
    AUTHORITY_ROLES,
    Area,
    AreaKind,
    AreaShare,
    Authority,
    Polygon,
)

Json = dict[str, Any]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def authority_json(authority: Authority) -> Json:
    """Return one entry of `authorities`."""
    return {
        "name": authority.name,
        "role": authority.role,
        "since": _day(authority.since),
        "until": _day(authority.until),
        "source": authority.source,
    }


def area_json(area: Area) -> Json:
    """Return the area as a GeoJSON Feature (RFC 7946), its geometry a MultiPolygon."""
    return {
        "type": "Feature",
        "id": area.id,
        "properties": {
            "id": area.id,
            "name": area.name,
            "names": list(area.names),
            "kind": area.kind,
            "country": area.country,
            "authorities": [authority_json(a) for a in area.authorities],
            "since": _day(area.since),
            "until": _day(area.until),
            "indicative": area.indicative,
            "source": area.source,
            "note": area.note,
        },
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [[[list(p) for p in ring] for ring in polygon] for polygon in area.polygons],
        },
    }


def area_share_json(share: AreaShare) -> Json:
    """Return one entry of an incident's `areas`."""
    return {
        "id": share.id,
        "name": share.name,
        "names": list(share.names),
        "kind": share.kind,
        "weight": share.weight,
        "authorities": [authority_json(a) for a in share.authorities],
        "indicative": share.indicative,
    }


# --- from JSON -------------------------------------------------------------------------------------


def _text(where: str, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise ShapeError(f"{where}.{key}: expected a string, got {type(value).__name__}")
    return value


def _optional(where: str, row: Mapping[str, Any], key: str) -> str | None:
    return None if row.get(key) is None else _text(where, row, key)


def _date(where: str, row: Mapping[str, Any], key: str) -> date | None:
    text = _optional(where, row, key)
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as wrong:
        raise ShapeError(f"{where}.{key}: expected YYYY-MM-DD or null ({wrong})") from None


def _list(where: str, row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key) or []
    if not isinstance(value, list):
        raise ShapeError(f"{where}.{key}: expected a list, got {type(value).__name__}")
    return value


def _names(where: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    values = _list(where, row, "names")
    if not all(isinstance(v, str) for v in values):
        raise ShapeError(f"{where}.names: expected a list of strings")
    return tuple(values)


def _kind(where: str, row: Mapping[str, Any]) -> AreaKind:
    kind = _text(where, row, "kind")
    if kind not in AREA_KINDS:
        raise ShapeError(f"{where}.kind: {kind!r} is not one of: {', '.join(AREA_KINDS)}")
    return kind


def authority_from_json(row: object, where: str = "authority") -> Authority:
    """Return the authority of one JSON object; raise ShapeError that names the field that is wrong."""
    if not isinstance(row, dict):
        raise ShapeError(f"{where}: expected an object, got {type(row).__name__}")
    role = _text(where, row, "role")
    if role not in AUTHORITY_ROLES:
        raise ShapeError(f"{where}.role: {role!r} is not one of: {', '.join(AUTHORITY_ROLES)}")
    return Authority(
        name=_text(where, row, "name"),
        role=role,
        since=_date(where, row, "since"),
        until=_date(where, row, "until"),
        source=_optional(where, row, "source"),
    )


def _authorities(where: str, row: Mapping[str, Any]) -> tuple[Authority, ...]:
    rows = _list(where, row, "authorities")
    return tuple(authority_from_json(a, f"{where}.authorities[{n}]") for n, a in enumerate(rows))


def _flag(where: str, row: Mapping[str, Any], key: str) -> bool:
    value = row.get(key, True)
    if not isinstance(value, bool):
        raise ShapeError(f"{where}.{key}: expected true or false, got {value!r}")
    return value


def area_from_json(row: Json, where: str = "area") -> Area:
    """Return the area of a Feature that `area_json` wrote; raise ShapeError where it is another shape.

    Outlines are taken as they are: what comes from a file of a user is read by `ingest.area_files`.
    """
    given = row.get("properties") if isinstance(row, dict) else None
    geometry = row.get("geometry") if isinstance(row, dict) else None
    if not isinstance(given, dict) or not isinstance(geometry, dict):
        raise ShapeError(f"{where}: expected a GeoJSON Feature with properties and a geometry")
    return Area(
        id=_text(where, given, "id"),
        name=_text(where, given, "name"),
        names=_names(where, given),
        kind=_kind(where, given),
        country=_optional(where, given, "country"),
        authorities=_authorities(where, given),
        since=_date(where, given, "since"),
        until=_date(where, given, "until"),
        indicative=_flag(where, given, "indicative"),
        source=_optional(where, given, "source"),
        note=_optional(where, given, "note"),
        polygons=tuple(_polygons(where, geometry)),
    )


def _polygons(where: str, geometry: Mapping[str, Any]) -> Iterator[Polygon]:
    if geometry.get("type") != "MultiPolygon":
        raise ShapeError(f"{where}.geometry: expected a MultiPolygon, got {geometry.get('type')!r}")
    try:
        for polygon in geometry["coordinates"]:
            yield tuple(tuple((float(lon), float(lat)) for lon, lat in ring) for ring in polygon)
    except (KeyError, TypeError, ValueError) as wrong:
        raise ShapeError(f"{where}.geometry: its coordinates are no MultiPolygon's ({wrong})") from None


def area_share_from_json(row: object, where: str = "area") -> AreaShare:
    """Return one entry of an incident's `areas`; raise ShapeError that names the field that is wrong."""
    if not isinstance(row, dict):
        raise ShapeError(f"{where}: expected an object, got {type(row).__name__}")
    weight = row.get("weight")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1:
        raise ShapeError(f"{where}.weight: expected a number above 0 to 1, got {weight!r}")
    return AreaShare(
        id=_text(where, row, "id"),
        name=_text(where, row, "name"),
        names=_names(where, row),
        kind=_kind(where, row),
        weight=float(weight),
        authorities=_authorities(where, row),
        indicative=_flag(where, row, "indicative"),
    )
