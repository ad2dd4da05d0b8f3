"""An incident's story in order of time, as text of 80 columns and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TextIO

from seamwatch.model.history import History, ToldDecision
from seamwatch.model.incident import Revision
from seamwatch.model.incident_codec import revision_json
from seamwatch.publish.decisions import decision_json, what_words
from seamwatch.publish.plain import date_words, place_words, printable, value_words
from seamwatch.vocabulary.codes import RevisionKind

WIDTH = 80
_WHEN = 18  # "2024-03-02 14:05  "


def write_json(history: History, out: TextIO) -> None:
    """Write `{"id", "status", "events", "former_ids"}`; an event's `what` is "revision" or "decision".

    What a decision changed stands in its own event, as `changed`.
    """
    changed = _decided(history)
    events: list[dict[str, Any]] = [
        {"what": "revision", **revision_json(entry)}
        if isinstance(entry, Revision)
        else {
            "what": "decision",
            **decision_json(entry),
            "changed": [
                {"field": r.field, "from": r.before, "to": r.after}
                for r in changed
                if r.at == entry.decision.at and r.before != r.after
            ],
        }
        for entry in in_order(history)
        if entry not in changed
    ]
    row = {
        "id": history.incident.id,
        "status": history.incident.status.value,
        "events": events,
        "former_ids": [{"id": name, "mention": mention} for name, mention in history.former_ids],
    }
    out.write(json.dumps(row, ensure_ascii=True, indent=1))
    out.write("\n")


def write_text(history: History, out: TextIO) -> None:
    """Write the story: when, what changed and why; what people decided; the ids that lead here."""
    incident = history.incident
    parts = (incident.sub_event_type.value, place_words(incident.place), date_words(incident.date))
    number = len(incident.mentions)
    head = f"{incident.id}: {incident.status.value}, told by {number} mention{'s' * (number != 1)}"
    _paragraph(out, " · ".join(part for part in parts if part))
    _paragraph(out, head)
    out.write("\n")
    sources = {m.mention.id: m.article.source for m in incident.mentions}
    changed = _decided(history)
    for entry in in_order(history):
        if entry in changed:
            continue
        if isinstance(entry, Revision):
            source = sources.get(entry.mention)
            who = f" ({source})" if source and source not in entry.because else ""
            _event(out, entry.at, f"{_change(entry)}{entry.because}{who}")
        else:
            _event(out, entry.decision.at, _decision(entry, changed))
    if history.former_ids:
        out.write("\nOther ids that lead here\n")
        for name, mention in history.former_ids:
            _paragraph(out, f"{name}{f', of {mention}' if mention else ''}", indent=2)


def _decided(history: History) -> list[Revision]:
    """Return the revisions that decisions made: each is told with its decision."""
    made = {told.decision.at for told in history.decisions}
    return [r for r in history.incident.revisions if r.kind is RevisionKind.DECIDED and r.at in made]


def in_order(history: History) -> list[Revision | ToldDecision]:
    """Return revisions and decisions in order of time; of one moment what was told comes first."""
    keyed: list[tuple[datetime, int, int, Revision | ToldDecision]] = [
        (revision.at, 0, number, revision) for number, revision in enumerate(history.incident.revisions)
    ]
    keyed += [(told.decision.at, 1, told.decision.number, told) for told in history.decisions]
    return [entry for *_, entry in sorted(keyed, key=lambda item: item[:3])]


def _change(revision: Revision) -> str:
    kind = revision.kind.value
    if revision.field == "incident":
        return f"{kind}: "
    field = revision.field.replace("_", " ")
    # "claim made: Islamic State claims it" says the field already.
    named = field in (kind, "claims")
    return f"{kind}: {'' if named else f'{field} '}{_from_to(revision)}; "


def _from_to(revision: Revision) -> str:
    before = f"{value_words(revision.before)} -> " if revision.before is not None else ""
    return f"{before}{value_words(revision.after)}"


def _decision(told: ToldDecision, changed: Iterable[Revision]) -> str:
    decision = told.decision
    why = f": {decision.why}" if decision.why else ""
    undone = f" (undone by {told.undone_by.by}, {told.undone_by.name})" if told.undone_by else ""
    moves = "".join(
        f"; {revision.field.replace('_', ' ')} {_from_to(revision)}"
        for revision in changed
        if revision.at == decision.at and revision.before != revision.after and revision.field != "incident"
    )
    return f"{decision.name} by {decision.by}, {what_words(decision)}{why}{moves}{undone}"


def _event(out: TextIO, at: datetime, text: str) -> None:
    # An account counts as known from its day on: an hour is told only where there is one.
    day_only = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    when = f"{at:%Y-%m-%d}" if day_only else f"{at:%Y-%m-%d %H:%M}"
    _paragraph(out, f"{when:<{_WHEN}}{text}", hang=_WHEN)


def _paragraph(out: TextIO, text: str, *, indent: int = 0, hang: int = 2) -> None:
    lines = textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    out.writelines(f"{line}\n" for line in lines)
