"""The shape of `incidents --format json`: incidents to JSON. The way back is in incident_decoding.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamwatch.model.area_codec import area_share_json
from seamwatch.model.codec import (
    TOLLS,
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
from seamwatch.model.decision import Decision
from seamwatch.model.incident import (
    Incident,
    Mention,
    Revision,
    SourcedMention,
)
from seamwatch.model.party_codec import party_json
from seamwatch.model.text import Evidence

LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")
SINGLES = ("date", "place", *TOLLS)


def evidence_of(mention: Mention) -> Iterator[Evidence]:
    """Return every piece of evidence of a mention: its trigger's first, then those of its values."""
    yield from mention.evidence
    for name in SINGLES:
        value = getattr(mention, name)
        if value is not None:
            yield from value.evidence
    for name in LISTS:
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
        "kind": revision.kind.value,
        "at": revision.at.isoformat(),
        "field": revision.field,
        "from": revision.before,
        "to": revision.after,
        "because": revision.because,
        "mention": revision.mention,
    }


def decision_json(decision: Decision) -> Json:
    """Return one entry of `decisions`."""
    return {
        "id": decision.name,
        "kind": decision.kind.value,
        "by": decision.by,
        "at": decision.at.isoformat(),
        "why": decision.why,
        "field": decision.field,
        "value": decision.value,
        "mentions": list(decision.mentions),
        "others": list(decision.others),
    }


def incident_json(incident: Incident) -> Json:
    """Return the contract's incident.

    Beyond the contract it has `aliases`, `areas`, `policy`, `decisions`, `voices` and `parties`, and each
    piece of evidence names in `mention` the mention (one of `mentions`) whose article it is an offset into.
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
                "party": m.article.party,
            }
            for m in incident.mentions
        ],
        "parties": [party_json(m.article, m.mention) for m in incident.mentions if m.article.party],
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
        "policy": incident.policy.value,
        "decisions": [decision_json(d) for d in incident.decisions],
        "voices": incident.voices,
    }
    told_by = {
        (e.span.part, e.span.start, e.span.end, e.quote, e.by): mentions[0].mention.id
        for e, mentions in tellers(incident).items()
    }
    for passage in passages_of(row):
        key = (passage["in"], passage["start"], passage["end"], passage["quote"], passage["by"])
        if key in told_by:
            passage["mention"] = told_by[key]
    return row


def passages_of(row: Mapping[str, Any]) -> Iterator[Json]:
    """Yield the evidence of all values of an incident's JSON."""
    values = [row.get(name) for name in SINGLES]
    for name in LISTS:
        values.extend(row.get(name) or [])
    for value in values:
        if isinstance(value, dict):
            yield from (e for e in value.get("evidence") or [] if isinstance(e, dict))
