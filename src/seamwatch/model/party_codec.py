"""What a party's record says of itself, to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwatch.errors import ShapeError
from seamwatch.model.codec import TOLLS, date_json, place_json
from seamwatch.model.incident import ArticleRef, Mention
from seamwatch.model.party_record import PartyRecord
from seamwatch.vocabulary.coordination import Grain, Tlp

Json = dict[str, Any]


def record_json(record: PartyRecord | None) -> Json:
    """Return what a record says of itself; of none, the same keys without a value."""
    return {
        "record": record.id if record else None,
        "version": record.version if record else None,
        "withheld": list(record.withheld) if record else [],
        "coarse": {name: grain.value for name, grain in sorted(record.coarse.items())} if record else {},
        "status": record.status if record else None,
    }


def record_from_json(row: Mapping[str, Any], where: str = "party") -> PartyRecord | None:
    """Return what `record_json` made; None where it names no record. ShapeError names what is wrong."""
    name, version, withheld, status = (row.get(key) for key in ("record", "version", "withheld", "status"))
    if name is None:
        return None
    coarse = row.get("coarse") or {}
    if not isinstance(name, str) or not isinstance(version, int) or not isinstance(status, str | None):
        raise ShapeError(f"{where}: record must be a string, version a number and status a string or null")
    if not isinstance(withheld or [], list) or not isinstance(coarse, dict):
        raise ShapeError(f"{where}: withheld must be a list and coarse an object")
    try:
        grains = {str(field): Grain(grain) for field, grain in coarse.items()}
    except ValueError as wrong:
        raise ShapeError(f"{where}.coarse: {wrong}") from None
    return PartyRecord(
        id=name, version=version, withheld=tuple(map(str, withheld or ())), coarse=grains, status=status
    )


def values_json(mention: Mention) -> Json:
    """Return what a mention tells, without evidence and only what it tells: each value has its teller so."""
    found: Json = {"sub_event_type": mention.sub_event_type.value}
    for name, value in (("date", date_json(mention.date)), ("place", place_json(mention.place))):
        if value is not None:
            found[name] = {key: part for key, part in value.items() if key != "evidence"}
    for name in TOLLS:
        toll = getattr(mention, name)
        if toll is not None:
            found[name] = {"low": toll.low, "best": toll.best, "high": toll.high}
    if mention.perpetrators:
        found["perpetrators"] = [actor.name for actor in mention.perpetrators]
    return found


def party_json(article: ArticleRef, mention: Mention) -> Json:
    """Return one entry of an incident's `parties`: whose record it is, what it tells and keeps back."""
    return {
        "party": article.party,
        "name": article.source or article.party,
        "tlp": article.tlp.value if article.tlp else None,
        "mention": mention.id,
        "values": values_json(mention),
        **record_json(article.record),
    }


def tlp_from_json(value: object, where: str = "tlp") -> Tlp | None:
    """Return a label, None of null; ShapeError where it is none of TLP 2.0."""
    if value is None:
        return None
    try:
        return Tlp(str(value))
    except ValueError:
        raise ShapeError(f"{where}: {value!r} is not one of: {', '.join(Tlp)}") from None
