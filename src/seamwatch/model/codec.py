"""The contract's JSON shapes: mentions, values and evidence to JSON and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.errors import ShapeError
from seamwatch.model.incident import (
    Actor,
    Claim,
    Mention,
    OtherPassage,
    Statement,
    Target,
    Toll,
    Victim,
    Weapon,
)
from seamwatch.model.place import Place, PlaceMention, Shape
from seamwatch.model.text import Evidence, Span
from seamwatch.model.time import TimeMention, TimeRange
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

Json = dict[str, Any]
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
TOLLS = ("killed", "injured", "missing", "abducted")


def evidence_json(evidence: Evidence) -> Json:
    """Return `{"in", "start", "end", "quote"}` and, beyond the contract, `by`."""
    span = evidence.span
    return {
        "in": span.part,
        "start": span.start,
        "end": span.end,
        "quote": evidence.quote,
        "by": evidence.by,
    }


def _all(evidence: tuple[Evidence, ...]) -> list[Json]:
    return [evidence_json(e) for e in evidence]


def date_json(when: TimeRange | None) -> Json | None:
    """Return the contract's date."""
    if when is None:
        return None
    return {
        "start": when.start.isoformat(),
        "end": when.end.isoformat(),
        "precision": when.precision,
        "evidence": _all(when.evidence),
    }


def place_json(place: Place | None) -> Json | None:
    """Return the contract's place."""
    if place is None:
        return None
    return {
        "name": place.name,
        "admin1": place.admin1,
        "admin2": place.admin2,
        "country": place.country,
        "lat": place.lat,
        "lon": place.lon,
        "precision": place.precision,
        "radius_km": place.radius_km,
        "geonameid": place.geonameid,
        "shape": shape_json(place.shape),
        "evidence": _all(place.evidence),
    }


def shape_json(shape: Shape | None) -> Json | None:
    """Return a shape as a GeoJSON geometry."""
    if shape is None:
        return None
    points = [list(point) for point in shape.points]
    if shape.kind == "line":
        return {"type": "LineString", "coordinates": points}
    return {"type": "Polygon", "coordinates": [points]}


def toll_json(toll: Toll | None) -> Json | None:
    """Return the contract's toll."""
    if toll is None:
        return None
    return {
        "low": toll.low,
        "best": toll.best,
        "high": toll.high,
        "evidence": _all(toll.evidence),
    }


def actor_json(actor: Actor) -> Json:
    """Return one perpetrator."""
    return {
        "name": actor.name,
        "kind": actor.kind.value,
        "certainty": actor.certainty.value,
        "evidence": _all(actor.evidence),
    }


def target_json(target: Target) -> Json:
    """Return one target."""
    return {
        "name": target.name,
        "kind": target.kind.value,
        "evidence": _all(target.evidence),
    }


def victim_json(victim: Victim) -> Json:
    """Return one victim."""
    return {
        "name": victim.name,
        "kind": victim.kind.value,
        "group": victim.group.value,
        "outcome": victim.outcome.value,
        "count": victim.count,
        "evidence": _all(victim.evidence),
    }


def weapon_json(weapon: Weapon) -> Json:
    """Return one weapon."""
    return {"name": weapon.name, "evidence": _all(weapon.evidence)}


def claim_json(claim: Claim) -> Json:
    """Return one claim."""
    return {
        "by": claim.by,
        "via": claim.via,
        "kind": claim.kind.value,
        "evidence": _all(claim.evidence),
    }


def mention_json(mention: Mention) -> Json:
    """Return the contract's mention."""
    return {
        "id": mention.id,
        "event_type": mention.event_type.value,
        "sub_event_type": mention.sub_event_type.value,
        "modality": mention.modality.value,
        "date": date_json(mention.date),
        "place": place_json(mention.place),
        "perpetrators": [actor_json(a) for a in mention.perpetrators],
        "targets": [target_json(t) for t in mention.targets],
        "victims": [victim_json(v) for v in mention.victims],
        "weapons": [weapon_json(w) for w in mention.weapons],
        **{name: toll_json(getattr(mention, name)) for name in TOLLS},
        "claims": [claim_json(c) for c in mention.claims],
        "evidence": _all(mention.evidence),
    }


def other_json(other: OtherPassage) -> Json:
    """Return one entry of `others`."""
    return {"kind": other.kind.value, "evidence": _all(other.evidence)}


def statement_json(statement: Statement) -> Json:
    """Return one entry of `statements`."""
    return {
        "speaker": statement.speaker,
        "role": statement.role,
        "organisation": statement.organisation,
        "evidence": _all(statement.evidence),
    }


def place_mention_json(mention: PlaceMention) -> Json:
    """Return one entry of `places`: where the name stands and what it was resolved to."""
    place = mention.place
    return {
        "start": mention.span.start,
        "end": mention.span.end,
        "quote": mention.quote,
        "name": place.name if place and place.name else mention.quote,
        "country": place.country if place else None,
        "admin1": place.admin1 if place else None,
        "admin2": place.admin2 if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "precision": place.precision if place else 7,
        "geonameid": place.geonameid if place else None,
        "kind": mention.kind,
        "relation": mention.relation,
        "score": mention.score,
        "reasons": list(mention.reasons),
    }


def time_mention_json(mention: TimeMention) -> Json:
    """Return one entry of `dates`."""
    return {
        "start": mention.span.start,
        "end": mention.span.end,
        "quote": mention.quote,
        "type": mention.type.value,
        "value": mention.value,
    }


# --- from JSON -------------------------------------------------------------------------------------


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
    values = _need(f"{where}.{name}", row.get(name) or [], list, "a list")
    return tuple(
        make(f"{where}.{name}[{i}]", _need(f"{where}.{name}[{i}]", v, dict, "an object"))
        for i, v in enumerate(values)
    )


def _evidence(where: str, row: Json) -> Evidence:
    start = _need(f"{where}.start", row.get("start"), int, "an integer")
    end = _need(f"{where}.end", row.get("end"), int, "an integer")
    part = row.get("in", "text")
    if part not in ("text", "title") or not 0 <= start <= end:
        raise ShapeError(
            f'{where}: "in" must be text or title, and 0 <= start <= end; got {part!r} {start}..{end}'
        )
    return Evidence(
        span=Span(part=part, start=start, end=end),
        quote=_need(f"{where}.quote", row.get("quote"), str, "a string"),
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
