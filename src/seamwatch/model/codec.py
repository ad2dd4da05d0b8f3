"""The contract's JSON shapes: mentions, values and evidence as JSON. The way back is in decoding.py."""

from __future__ import annotations

from typing import Any

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
from seamwatch.model.text import Evidence
from seamwatch.model.time import TimeMention, TimeRange

Json = dict[str, Any]
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
