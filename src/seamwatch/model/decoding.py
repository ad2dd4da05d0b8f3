"""The contract's JSON shapes read back, each field checked: mentions, values and evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.errors import ShapeError
from seamwatch.model.codec import TOLLS, Json
from seamwatch.model.incident import (
    Actor,
    Claim,
    Mention,
    Target,
    Toll,
    Victim,
    Weapon,
)
from seamwatch.model.place import Place, Shape
from seamwatch.model.text import Evidence, Span
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import (
    ActorKind,
    Certainty,
    ClaimKind,
    Modality,
    Outcome,
    TargetKind,
    VictimGroup,
)

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def _need(where: str, value: object, kind: type[T] | tuple[type, ...], what: str) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise ShapeError(f"{where}: expected {what}, got {type(value).__name__}")
    return value  # type: ignore[return-value]


def _enum(where: str, kind: type[E], value: Any) -> E:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise ShapeError(f"{where}: {value!r} is not one of: {known}") from None


def _optional(where: str, value: object, kind: type[T], what: str) -> T | None:
    return None if value is None else _need(where, value, kind, what)


def _number(where: str, value: object) -> float | None:
    if value is None:
        return None
    try:
        return float(_need(where, value, (int, float), "a number or null"))
    except OverflowError as wrong:
        raise ShapeError(f"{where}: this number is too large") from wrong


def _list(where: str, row: Mapping[str, Any], name: str, make: Callable[[str, Json], T]) -> tuple[T, ...]:
    values = row.get(name)
    if not values:
        return ()
    found = []
    for number, value in enumerate(_need(f"{where}.{name}", values, list, "a list")):
        at = f"{where}.{name}[{number}]"
        found.append(make(at, _need(at, value, dict, "an object")))
    return tuple(found)


def _evidence(where: str, row: Json) -> Evidence:
    start, end, quote = row.get("start"), row.get("end"), row.get("quote")
    # By far the most that is read back is evidence: where each value stands is worded only if one is wrong.
    if not (type(start) is type(end) is int and type(quote) is str):
        start = _need(f"{where}.start", start, int, "an integer")
        end = _need(f"{where}.end", end, int, "an integer")
        quote = _need(f"{where}.quote", quote, str, "a string")
    part = row.get("in", "text")
    if part not in ("text", "title") or not 0 <= start <= end:
        raise ShapeError(
            f'{where}: "in" must be text or title, and 0 <= start <= end; got {part!r} {start}..{end}'
        )
    return Evidence(
        span=Span(part=part, start=start, end=end),
        quote=quote,
        by=str(row.get("by", "given")),
    )


def date_from_json(where: str, row: Json | None) -> TimeRange | None:
    """Return the time range of the contract's date; raise ShapeError where it is none."""
    if row is None:
        return None
    _need(where, row, dict, "an object or null")
    try:
        start = date.fromisoformat(str(row.get("start")))
        end = date.fromisoformat(str(row.get("end") or row.get("start")))
    except ValueError as wrong:
        raise ShapeError(f"{where}: a date needs start and end as YYYY-MM-DD ({wrong})") from None
    precision = _need(f"{where}.precision", row.get("precision", 1), int, "an integer 1-5")
    return TimeRange(
        start=start, end=end, precision=precision, evidence=_list(where, row, "evidence", _evidence)
    )


def place_from_json(where: str, row: Json | None) -> Place | None:
    """Return the place of the contract's place; raise ShapeError where it is none."""
    if row is None:
        return None
    _need(where, row, dict, "an object or null")
    name, admin1, admin2, country = (
        _optional(f"{where}.{key}", row.get(key), str, "a string or null")
        for key in ("name", "admin1", "admin2", "country")
    )
    lat, lon, radius = (_number(f"{where}.{key}", row.get(key)) for key in ("lat", "lon", "radius_km"))
    if (lat is not None and abs(lat) > 90) or (lon is not None and abs(lon) > 180):
        raise ShapeError(f"{where}: lat must be within -90..90 and lon within -180..180")
    return Place(
        name=name,
        admin1=admin1,
        admin2=admin2,
        country=country,
        lat=lat,
        lon=lon,
        radius_km=radius,
        precision=_need(f"{where}.precision", row.get("precision", 7), int, "an integer 1-7"),
        geonameid=_optional(f"{where}.geonameid", row.get("geonameid"), int, "an integer or null"),
        evidence=_list(where, row, "evidence", _evidence),
        shape=shape_from_json(f"{where}.shape", row.get("shape")),
    )


def shape_from_json(where: str, row: Json | None) -> Shape | None:
    """Return the shape of a GeoJSON LineString or of a Polygon's outer ring; else raise ShapeError."""
    if row is None:
        return None
    _need(where, row, dict, "an object or null")
    said = ShapeError(f"{where}: expected a GeoJSON LineString or Polygon with points [longitude, latitude]")
    line = row.get("type") == "LineString"
    points = row.get("coordinates")
    try:
        if not line:
            if row.get("type") != "Polygon":
                raise said
            (points,) = points  # type: ignore[misc]
        ring = tuple((float(lon), float(lat)) for lon, lat in points)  # type: ignore[union-attr]
    except (TypeError, ValueError):
        raise said from None
    if len(ring) < (2 if line else 4) or not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in ring):
        raise said
    return Shape(kind="line" if line else "polygon", points=ring)


def toll_from_json(where: str, row: Json | None) -> Toll | None:
    """Return the toll; raise ShapeError where it is none or low <= best <= high is broken."""
    if row is None:
        return None
    _need(where, row, dict, "an object or null")
    low, best, high = (
        _optional(f"{where}.{key}", row.get(key), int, "an integer or null")
        for key in ("low", "best", "high")
    )
    try:
        return Toll(low=low, best=best, high=high, evidence=_list(where, row, "evidence", _evidence))
    except ValueError as wrong:
        raise ShapeError(f"{where}: {wrong}") from None


def _name(where: str, row: Json, key: str = "name") -> str:
    return _need(f"{where}.{key}", row.get(key), str, "a string")


def _actor(where: str, row: Json) -> Actor:
    return Actor(
        name=_name(where, row),
        kind=_enum(f"{where}.kind", ActorKind, row.get("kind", "group")),
        certainty=_enum(f"{where}.certainty", Certainty, row.get("certainty", "asserted")),
        evidence=_list(where, row, "evidence", _evidence),
    )


def _target(where: str, row: Json) -> Target:
    return Target(
        name=_name(where, row),
        kind=_enum(f"{where}.kind", TargetKind, row.get("kind", "physical")),
        evidence=_list(where, row, "evidence", _evidence),
    )


def _victim(where: str, row: Json) -> Victim:
    return Victim(
        name=_name(where, row),
        kind=_enum(f"{where}.kind", TargetKind, row.get("kind", "human")),
        group=_enum(f"{where}.group", VictimGroup, row.get("group", "unknown")),
        outcome=_enum(f"{where}.outcome", Outcome, row.get("outcome", "killed")),
        count=_optional(f"{where}.count", row.get("count"), int, "an integer or null"),
        evidence=_list(where, row, "evidence", _evidence),
    )


def _weapon(where: str, row: Json) -> Weapon:
    return Weapon(name=_name(where, row), evidence=_list(where, row, "evidence", _evidence))


def _claim(where: str, row: Json) -> Claim:
    return Claim(
        by=_name(where, row, "by"),
        via=_optional(f"{where}.via", row.get("via"), str, "a string or null"),
        kind=_enum(f"{where}.kind", ClaimKind, row.get("kind")),
        evidence=_list(where, row, "evidence", _evidence),
    )


def mention_from_json(row: Json, where: str = "mention") -> Mention:
    """Return the mention of one JSON object; raise ShapeError that names the field that is wrong."""
    _need(where, row, dict, "an object")
    killed, injured, missing, abducted = (toll_from_json(f"{where}.{name}", row.get(name)) for name in TOLLS)
    return Mention(
        id=_name(where, row, "id"),
        event_type=_enum(f"{where}.event_type", EventType, row.get("event_type")),
        sub_event_type=_enum(f"{where}.sub_event_type", SubEventType, row.get("sub_event_type")),
        modality=_enum(f"{where}.modality", Modality, row.get("modality") or "asserted"),
        date=date_from_json(f"{where}.date", row.get("date")),
        place=place_from_json(f"{where}.place", row.get("place")),
        perpetrators=_list(where, row, "perpetrators", _actor),
        targets=_list(where, row, "targets", _target),
        victims=_list(where, row, "victims", _victim),
        weapons=_list(where, row, "weapons", _weapon),
        killed=killed,
        injured=injured,
        missing=missing,
        abducted=abducted,
        claims=_list(where, row, "claims", _claim),
        evidence=_list(where, row, "evidence", _evidence),
    )
