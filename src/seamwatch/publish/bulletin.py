"""What MISP events and CAP alerts say alike: label, text with quotes and sources, the incident as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import ArticleRef, Incident, SourcedMention
from seamwatch.model.incident_codec import incident_json, tellers
from seamwatch.model.text import Evidence
from seamwatch.publish.coded_words import outlets_of, told_in_words
from seamwatch.publish.labels import label_of
from seamwatch.publish.plain import printable

Json = dict[str, Any]
MOST_QUOTES = 50
_SINGLES = ("date", "place", *TOLLS)
_LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")
_START = datetime(1970, 1, 1, tzinfo=UTC)


def moments_of(incident: Incident) -> tuple[datetime, ...]:
    """Return when the incident changed, each moment once; at least one, the last is the newest."""
    moments = {revision.at for revision in incident.revisions}
    known = {m.article.known for m in incident.mentions if m.article.known is not None}
    return tuple(sorted(moments or ({max(known)} if known else {_START})))


def content_of(incident: Incident) -> Json:
    """Return an incident as parties exchange it: its values with quotes and sources, no ids, no offsets."""
    row = incident_json(incident)
    told_by = tellers(incident)
    told: Json = {"event_type": row["event_type"], "sub_event_type": row["sub_event_type"]}
    for field in _SINGLES:
        value = getattr(incident, field)
        told[field] = None if value is None else {**row[field], "evidence": _quotes(value.evidence, told_by)}
    for field in _LISTS:
        told[field] = [
            {**one, "evidence": _quotes(value.evidence, told_by)}
            for one, value in zip(row[field], getattr(incident, field), strict=True)
        ]
    told["status"] = row["status"]
    triggers = [e for m in incident.mentions for e in m.mention.evidence[:1]]
    told["evidence"] = _quotes(triggers, told_by)
    label = label_of(incident)
    return {
        "tlp": label.value,
        "incident": told,
        "withheld": [],
        "coarse": {},
        "sources": outlets_of(incident),
    }


def text_of(incident: Incident) -> str:
    """Return what is known in our own words, then each quote once with its outlet and day."""
    lines = [told_in_words(incident), f"Label: {label_of(incident).value}."]
    for disagreement in incident.disagreements:
        lines.append(f"The sources disagree on: {disagreement.field.replace('_', ' ')}.")
    lines.append("")
    quotes = list(dict.fromkeys(_all_quotes(incident)))
    lines += [f'"{quote}" ({source})' for quote, source in quotes[:MOST_QUOTES]]
    if len(quotes) > MOST_QUOTES:
        lines.append(f"{len(quotes) - MOST_QUOTES} more quotes are left out.")
    return printable("\n".join(lines)).strip() + "\n"


def _all_quotes(incident: Incident) -> Iterator[tuple[str, str]]:
    for evidence, mentions in tellers(incident).items():
        for told in mentions:
            yield " ".join(evidence.quote.split()), _source(told.article)


def _source(article: ArticleRef) -> str:
    day = article.published.isoformat() if article.published else "no date"
    return f"{article.source or 'unknown source'}, {day}"


def _quotes(
    passages: tuple[Evidence, ...] | list[Evidence], told_by: Mapping[Evidence, tuple[SourcedMention, ...]]
) -> list[Json]:
    rows = [
        (e.quote, m.article.source, m.article.published.isoformat() if m.article.published else None)
        for e in passages
        for m in told_by.get(e, ())
    ]
    return [
        {"quote": quote, "source": source, "published": day} for quote, source, day in dict.fromkeys(rows)
    ][:MOST_QUOTES]
