"""What changed since the last report, as blocks."""

from __future__ import annotations

from collections.abc import Iterator

from seamwatch.model.sitrep import Change, Sitrep
from seamwatch.publish.plain import value_words
from seamwatch.publish.sitrep.blocks import Block, Heading, Items, Line, Paragraph, Run
from seamwatch.publish.sitrep.plain import clean, count, figure_words, moment_words, site_words, when_words

_HEADS = {
    "new": "New in this report",
    "revised": "Revised",
    "retracted": "Retracted, or no longer counted",
    "gone": "No longer of this report",
}
_MOST = 60
"""New incidents told one by one; the entries mark all of them."""


def changed_blocks(report: Sitrep) -> Iterator[Block]:
    """Yield what changed since the last report; nothing where there was none."""
    if report.changes is None or report.since_report is None:
        return
    yield Heading(text="What changed since the last report")
    counted = {kind: [c for c in report.changes if c.kind == kind] for kind in _HEADS}
    words = [
        f"{len(counted['new'])} new",
        f"{len(counted['revised'])} revised",
        f"{len(counted['retracted'])} retracted",
    ]
    if counted["gone"]:
        words.append(f"{len(counted['gone'])} no longer of this report")
    if not report.changes:
        yield Paragraph(line=(Run(f"Nothing, since {moment_words(report.since_report)}."),))
        return
    yield Paragraph(line=(Run(f"Since {moment_words(report.since_report)}: {', '.join(words)}."),))
    for kind, found in counted.items():
        if found:
            yield Heading(text=f"{_HEADS[kind]} ({len(found)})", level=3)
            lines = tuple(_line(change) for change in found[:_MOST])
            left = len(found) - len(lines)
            more: tuple[Line, ...] = ((Run(f"and {count(left, 'more incident')}", "soft"),),) if left else ()
            yield Items(lines=(*lines, *more))


def _line(change: Change) -> Line:
    incident = change.incident
    head = f"{when_words(incident.date)}, {site_words(incident.place)}: {incident.sub_event_type.value}"
    runs = [Run(clean(head), "strong")]
    if change.kind == "new":
        killed = f"; {figure_words(incident.killed)} killed" if incident.killed else ""
        runs.append(Run(killed))
        status = next((f for f in change.fields if f.field == "status"), None)
        if status:
            runs.append(Run(f"; was known before as {clean(value_words(status.before))}"))
    elif change.kind == "gone":
        if change.into:
            told = " told together with" if change.into != incident.id else " now part of"
            runs.append(Run(f";{told} incident {clean(change.into, 80)}"))
        else:
            runs.append(Run("; its days, its place or its type are others now, or its articles were erased"))
    elif change.kind == "retracted":
        runs.append(Run(f"; status {incident.status.value}"))
    if change.kind in ("revised", "retracted"):
        for field in change.fields:
            if change.kind == "retracted" and field.field != "status":
                continue
            name = "type" if field.field in ("type", "sub_event_type") else field.field.replace("_", " ")
            values = f"; {name}: {clean(value_words(field.before))} → {clean(value_words(field.after))}"
            because = f" ({clean(field.because)})" if field.because else ""
            runs.append(Run(f"{values if change.kind == 'revised' else ''}{because}", "", field.notes))
    runs.append(Run(f" · {clean(incident.id, 80)}", "soft"))
    return tuple(run for run in runs if run.text)
