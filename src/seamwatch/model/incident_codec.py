"""The contract's `incidents --format json` shape: incidents to JSON and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from seamwatch.errors import ShapeError
from seamwatch.model.area_codec import area_share_from_json, area_share_json
from seamwatch.model.codec import (
    Json,
    actor_json,
    claim_json,
    date_json,
    place_json,
    target_json,
    toll_json,
    victim_json,
    weapon_json,
)
from seamwatch.model.decoding import mention_from_json
from seamwatch.model.incident import (
    ArticleRef,
    DisagreeingValue,
    Disagreement,
    Incident,
    Mention,
    Revision,
    SourcedMention,
)
from seamwatch.model.text import Evidence, Span
from seamwatch.vocabulary.codes import Modality, Status

_LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")
_SINGLES = ("date", "place", "killed", "injured", "missing", "abducted")


def evidence_of(mention: Mention) -> Iterator[Evidence]:
    """Return every piece of evidence of a mention: its trigger's first, then those of its values."""
    yield from mention.evidence
    for name in _SINGLES:
        value = getattr(mention, name)
        if value is not None:
            yield from value.evidence
    for name in _LISTS:
        for value in getattr(mention, name):
            yield from value.evidence


def tellers(incident: Incident) -> dict[Evidence, tuple[SourcedMention, ...]]:
    """Return for every piece of evidence the mentions that it comes from, in the incident's order.

    An incident's values rest on several articles, and a span alone does not say which one.
    """
    found: dict[Evidence, list[SourcedMention]] = {}
    for sourced in incident.mentions:
        for evidence in dict.fromkeys(evidence_of(sourced.mention)):
            found.setdefault(evidence, []).append(sourced)
    return {evidence: tuple(mentions) for evidence, mentions in found.items()}


def revision_json(revision: Revision) -> Json:
    """Return one entry of `revisions`."""
    return {
        "at": revision.at.isoformat(),
        "field": revision.field,
        "from": revision.before,
        "to": revision.after,
        "because": revision.because,
        "mention": revision.mention,
    }


def incident_json(incident: Incident) -> Json:
    """Return the contract's incident.

    Beyond the contract it has `aliases` and `areas`, and each piece of evidence names in `mention` the
    mention (one of `mentions`) whose article it is an offset into.
    """
    row = {
        "id": incident.id,
        "event_type": incident.event_type.value,
        "sub_event_type": incident.sub_event_type.value,
        "date": date_json(incident.date),
        "place": place_json(incident.place),
        "perpetrators": [actor_json(a) for a in incident.perpetrators],
        "targets": [target_json(t) for t in incident.targets],
        "victims": [victim_json(v) for v in incident.victims],
        "weapons": [weapon_json(w) for w in incident.weapons],
        "killed": toll_json(incident.killed),
        "injured": toll_json(incident.injured),
        "missing": toll_json(incident.missing),
        "abducted": toll_json(incident.abducted),
        "claims": [claim_json(c) for c in incident.claims],
        "status": incident.status.value,
        "mentions": [
            {
                "id": m.mention.id,
                "article": m.article.id,
                "source": m.article.source,
                "published": m.article.published.isoformat() if m.article.published else None,
            }
            for m in incident.mentions
        ],
        "disagreements": [
            {
                "field": d.field,
                "values": [{"value": v.value, "mentions": list(v.mentions)} for v in d.values],
            }
            for d in incident.disagreements
        ],
        "revisions": [revision_json(r) for r in incident.revisions],
        "aliases": list(incident.aliases),
        "areas": [area_share_json(a) for a in incident.areas],
    }
    told_by = {
        (e.span.part, e.span.start, e.span.end, e.quote, e.by): mentions[0].mention.id
        for e, mentions in tellers(incident).items()
    }
    for passage in _passages(row):
        key = (passage["in"], passage["start"], passage["end"], passage["quote"], passage["by"])
        if key in told_by:
            passage["mention"] = told_by[key]
    return row


def _passages(row: Mapping[str, Any]) -> Iterator[Json]:
    values = [row.get(name) for name in _SINGLES]
    for name in _LISTS:
        values.extend(row.get(name) or [])
    for value in values:
        if isinstance(value, dict):
            yield from (e for e in value.get("evidence") or [] if isinstance(e, dict))


# --- from JSON -------------------------------------------------------------------------------------


def _text(where: str, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise ShapeError(f"{where}.{key}: expected a string, got {type(value).__name__}")
    return value


def _rows(where: str, row: Mapping[str, Any], key: str) -> Iterator[tuple[str, Json]]:
    values = row.get(key) or []
    if not isinstance(values, list):
        raise ShapeError(f"{where}.{key}: expected a list, got {type(values).__name__}")
    for number, value in enumerate(values):
        if not isinstance(value, dict):
            raise ShapeError(f"{where}.{key}[{number}]: expected an object, got {type(value).__name__}")
        yield f"{where}.{key}[{number}]", value


def _texts(where: str, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = row.get(key) or []
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise ShapeError(f"{where}.{key}: expected a list of strings")
    return tuple(values)


def revision_from_json(row: Json, where: str = "revision") -> Revision:
    """Return the revision of one JSON object; raise ShapeError that names the field that is wrong."""
    try:
        at = datetime.fromisoformat(_text(where, row, "at"))
    except ValueError as wrong:
        raise ShapeError(f"{where}.at: expected a moment as YYYY-MM-DDTHH:MM:SS+00:00 ({wrong})") from None
    return Revision(
        at=at,
        field=_text(where, row, "field"),
        before=row.get("from"),
        after=row.get("to"),
        because=_text(where, row, "because"),
        mention=_text(where, row, "mention"),
    )


def incident_from_json(
    row: Json, where: str = "incident", mentions: Mapping[str, SourcedMention] | None = None
) -> Incident:
    """Return the incident of one JSON object; raise ShapeError that names the field that is wrong.

    `mentions` gives the full mentions by id. A mention that it lacks comes back with what the row itself
    says of it: its id, article, source and day, and the passages that the row's values take from it.
    """
    if not isinstance(row, dict):
        raise ShapeError(f"{where}: expected an object, got {type(row).__name__}")
    # An incident's values have a mention's shapes, so a mention's reader checks and builds them.
    values = mention_from_json({**row, "modality": Modality.ASSERTED.value, "evidence": []}, where)
    try:
        status = Status(str(row.get("status")))
    except ValueError:
        known = ", ".join(Status)
        raise ShapeError(f"{where}.status: {row.get('status')!r} is not one of: {known}") from None
    known_mentions = mentions or {}
    told: list[SourcedMention] = []
    for at, told_row in _rows(where, row, "mentions"):
        name = _text(at, told_row, "id")
        told.append(known_mentions.get(name) or _told(at, told_row, row, values))
    return Incident(
        id=values.id,
        event_type=values.event_type,
        sub_event_type=values.sub_event_type,
        status=status,
        **{name: getattr(values, name) for name in (*_SINGLES, *_LISTS)},
        mentions=tuple(told),
        disagreements=tuple(
            Disagreement(
                field=_text(at, d, "field"),
                values=tuple(
                    DisagreeingValue(value=v.get("value"), mentions=_texts(inner, v, "mentions"))
                    for inner, v in _rows(at, d, "values")
                ),
            )
            for at, d in _rows(where, row, "disagreements")
        ),
        revisions=tuple(revision_from_json(r, at) for at, r in _rows(where, row, "revisions")),
        aliases=_texts(where, row, "aliases"),
        areas=tuple(area_share_from_json(a, at) for at, a in _rows(where, row, "areas")),
    )


def _told(where: str, row: Json, incident: Json, values: Mention) -> SourcedMention:
    source, published = row.get("source"), row.get("published")
    if not isinstance(source, str | None):
        raise ShapeError(f"{where}.source: expected a string or null, got {type(source).__name__}")
    try:
        day = date.fromisoformat(published) if published is not None else None
    except (TypeError, ValueError) as wrong:
        raise ShapeError(f"{where}.published: expected YYYY-MM-DD or null ({wrong})") from None
    own = dict.fromkeys(
        Evidence(
            span=Span(part=e["in"], start=e["start"], end=e["end"]),
            quote=e["quote"],
            by=str(e.get("by", "given")),
        )
        for e in _passages(incident)
        if e.get("mention") == row["id"]
    )
    mention = Mention(
        id=row["id"],
        event_type=values.event_type,
        sub_event_type=values.sub_event_type,
        modality=Modality.REPORTED,
        evidence=tuple(own),
    )
    return SourcedMention(
        mention=mention,
        article=ArticleRef(id=_text(where, row, "article"), source=source, published=day),
    )
