"""The contract's `incidents --format json` shape read back, each field checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from seamwatch.errors import ShapeError
from seamwatch.model.area_codec import area_share_from_json
from seamwatch.model.codec import (
    TOLLS,
    Json,
)
from seamwatch.model.decision import Decision
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
from seamwatch.model.incident_codec import LISTS, SINGLES, passages_of
from seamwatch.model.party_codec import record_from_json, tlp_from_json
from seamwatch.model.text import Evidence, Span
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import DecisionKind, Modality, Policy, RevisionKind, Status

E = TypeVar("E", bound=StrEnum)
_KINDS = {
    "incident": RevisionKind.REPORTED,
    "date": RevisionKind.DATE,
    "place": RevisionKind.PLACE,
    "sub_event_type": RevisionKind.TYPE,
    "perpetrators": RevisionKind.ACTOR,
    "claims": RevisionKind.CLAIM_MADE,
    "status": RevisionKind.STATUS,
    **dict.fromkeys(TOLLS, RevisionKind.TOLL),
}
_CLAIMS = {"denies": RevisionKind.CLAIM_DENIED, "accused": RevisionKind.ACCUSED}


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


def _moment(where: str, row: Mapping[str, Any], key: str) -> datetime:
    try:
        return datetime.fromisoformat(_text(where, row, key))
    except ValueError as wrong:
        raise ShapeError(f"{where}.{key}: expected a moment as YYYY-MM-DDTHH:MM:SS+00:00 ({wrong})") from None


def _one_of(where: str, row: Mapping[str, Any], key: str, kind: type[E]) -> E:
    try:
        return kind(str(row.get(key)))
    except ValueError:
        raise ShapeError(f"{where}.{key}: {row.get(key)!r} is not one of: {', '.join(kind)}") from None


def revision_kind(field: str, after: object, because: str) -> RevisionKind:
    """Return what a change is whose kind was not written down, from what it says.

    >>> revision_kind("killed", 3, "1 of the wounded died (Rudaw)").value
    'died'
    """
    kind = _KINDS.get(field, RevisionKind.STATUS)
    if kind is RevisionKind.TOLL and "of the wounded died" in because:
        return RevisionKind.DIED
    if kind is RevisionKind.CLAIM_MADE and isinstance(after, dict):
        return _CLAIMS.get(str(after.get("kind")), kind)
    if kind is RevisionKind.STATUS and after == Status.RETRACTED.value:
        return RevisionKind.RETRACTED
    return kind


def revision_from_json(row: Json, where: str = "revision") -> Revision:
    """Return the revision of one JSON object; raise ShapeError that names the field that is wrong.

    One without a kind, as they were written before, gets the kind that its field tells.
    """
    at = _moment(where, row, "at")
    if row.get("kind") is None:
        kind = revision_kind(_text(where, row, "field"), row.get("to"), _text(where, row, "because"))
    else:
        kind = _one_of(where, row, "kind", RevisionKind)
    return Revision(
        kind=kind,
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
    known_mentions = mentions or {}
    told: list[SourcedMention] = []
    for at, told_row in _rows(where, row, "mentions"):
        name = _text(at, told_row, "id")
        told.append(known_mentions.get(name) or _told(at, told_row, row, values))
    return Incident(
        id=values.id,
        event_type=values.event_type,
        sub_event_type=values.sub_event_type,
        status=_one_of(where, row, "status", Status),
        **{name: getattr(values, name) for name in (*SINGLES, *LISTS)},
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
        policy=_one_of(where, {"policy": Policy.UCDP, **row}, "policy", Policy),
        decisions=tuple(decision_from_json(d, at) for at, d in _rows(where, row, "decisions")),
        voices=_voices(where, row, told),
    )


def _voices(where: str, row: Json, told: list[SourcedMention]) -> int:
    """Return the number of independent sources; of JSON that does not say it, the number of outlets."""
    voices = row.get("voices")
    if voices is None:
        return len({m.article.source or m.article.id for m in told})
    if not isinstance(voices, int) or isinstance(voices, bool):
        raise ShapeError(f"{where}.voices: expected an integer, got {type(voices).__name__}")
    return voices


def decision_from_json(row: Json, where: str = "decision") -> Decision:
    """Return the decision of one JSON object; raise ShapeError that names the field that is wrong."""
    name, field = _text(where, row, "id"), row.get("field")
    if not (name.startswith("d") and name[1:].isdecimal()):
        raise ShapeError(f"{where}.id: expected d and a number, as d12, got {name!r}")
    if not isinstance(field, str | None):
        raise ShapeError(f"{where}.field: expected a string or null, got {type(field).__name__}")
    return Decision(
        kind=_one_of(where, row, "kind", DecisionKind),
        mentions=_texts(where, row, "mentions"),
        others=_texts(where, row, "others"),
        field=field,
        value=row.get("value"),
        by=_text(where, row, "by"),
        at=_moment(where, row, "at"),
        why=_text(where, row, "why"),
        number=int(name[1:]),
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
        for e in passages_of(incident)
        if e.get("mention") == row["id"]
    )
    mention = Mention(
        id=row["id"],
        event_type=values.event_type,
        sub_event_type=values.sub_event_type,
        modality=Modality.REPORTED,
        evidence=tuple(own),
    )
    of_party = next((p for _, p in _rows(where, incident, "parties") if p.get("mention") == row["id"]), {})
    return SourcedMention(
        mention=_with_values(where, mention, of_party),
        article=_article(where, row, of_party, source, day),
    )


def _with_values(where: str, mention: Mention, of_party: Json) -> Mention:
    """Return a mention with what the row of its party says that it tells."""
    values = of_party.get("values")
    if not isinstance(values, dict):
        return mention
    kind = _one_of(f"{where}.values", values, "sub_event_type", SubEventType)
    names = values.get("perpetrators") or []
    told = mention_from_json(
        {
            **{name: values.get(name) for name in SINGLES},
            "id": mention.id,
            "event_type": kind.event_type.value,
            "sub_event_type": kind.value,
            "modality": Modality.REPORTED.value,
            "perpetrators": [{"name": name, "kind": "group", "certainty": "reported"} for name in names],
            "evidence": [],
        },
        f"{where}.values",
    )
    return replace(told, evidence=mention.evidence)


def _article(where: str, row: Json, of_party: Json, source: str | None, day: date | None) -> ArticleRef:
    name, party = _text(where, row, "article"), row.get("party")
    if not isinstance(party, str | None):
        raise ShapeError(f"{where}.party: expected a string or null, got {type(party).__name__}")
    return ArticleRef(
        id=name,
        source=source,
        published=day,
        party=party,
        tlp=tlp_from_json(row.get("tlp") or of_party.get("tlp"), f"{where}.tlp"),
        record=record_from_json(of_party, where),
    )
