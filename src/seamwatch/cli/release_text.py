"""Previews, runs and the standing of releases as lines for the terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from seamwatch.cli.output import json_line
from seamwatch.vocabulary.coordination import OrderKind

if TYPE_CHECKING:
    from seamwatch.model.release import ReleaseOrder
    from seamwatch.pipeline.centre.previewing import Previewed
    from seamwatch.pipeline.centre.releasing import ReleaseRun
    from seamwatch.pipeline.centre.weighing import Weighing

_SHOWN = (
    "date",
    "place",
    "perpetrators",
    "targets",
    "victims",
    "weapons",
    "killed",
    "injured",
    "missing",
    "abducted",
    "claims",
    "status",
)


def write_preview(items: Iterable[Previewed], out: TextIO, *, whole: bool, json: bool) -> None:
    """Write what a party would receive: one line an incident, or all of one; as JSON one object a line."""
    from seamwatch.pipeline.centre.previewing import previewed_json
    from seamwatch.publish.columns import write_columns
    from seamwatch.publish.plain import printable

    if json:
        for one in items:
            out.write(json_line(previewed_json(one)) + "\n")
        return
    if whole:
        for one in items:
            for line in _whole(one):
                out.write(printable(line) + "\n")
        return
    rows = [
        (
            one.verdict.incident,
            one.verdict.state,
            one.verdict.tlp.value if one.verdict.tlp else "",
            _place(one.verdict.content),
            printable(one.verdict.text),
        )
        for one in items
    ]
    if not rows:
        out.write("No incidents.\n")
        return
    write_columns(("INCIDENT", "STATE", "LABEL", "PLACE TOLD", "WHY"), rows, out)


def _place(content: Any) -> str:
    place = content["incident"]["place"] if content else None
    if not place:
        return ""
    return ", ".join(dict.fromkeys(p for p in (place["name"], place["admin1"], place["country"]) if p))


def _whole(one: Previewed) -> Iterator[str]:
    from seamwatch.publish.plain import value_words

    made = one.verdict
    yield f"{made.incident} to {made.to}: {made.state}"
    yield f"  {made.text}"
    if made.due is not None:
        yield f"  due {made.due.isoformat(timespec='minutes')}"
    if one.stands is not None:
        receipted = "receipted" if one.stands.receipted else "not receipted yet"
        yield f"  there now: version {one.stands.version}, {one.stands.state}, {receipted}"
    if made.content is None:
        return
    incident = made.content["incident"]
    yield f"  {'type':<13} {incident['sub_event_type']}"
    reasons = {reason.field: reason for reason in made.reasons}
    for name in _SHOWN:
        told = value_words(_plain(incident[name])) if incident[name] not in (None, []) else "–"
        yield f"  {name:<13} {told}"
        yield f"  {'':<13}   {reasons[name].text}"
    names = [source["name"] for source in made.content["sources"] or ()]
    yield f"  {'sources':<13} {', '.join(names) or '–'}"
    yield f"  {'':<13}   {reasons['sources'].text}"
    yield f"  {'quotes':<13} {reasons['quotes'].text}"


def _plain(value: Any) -> Any:
    """Return a value without its quotes, lists as names."""
    if isinstance(value, list):
        return ", ".join(str(_plain(one)) for one in value)
    if not isinstance(value, dict):
        return value
    if "name" in value and "lat" not in value:
        return value["name"]
    if "by" in value:
        return f"{value['by']} {value['kind']}" + (f" via {value['via']}" if value["via"] else "")
    if "best" in value:
        return value["best"] if value["low"] == value["high"] else f"{value['low']} to {value['high']}"
    if "start" in value:
        return value["start"] if value["start"] == value["end"] else f"{value['start']} to {value['end']}"
    parts = dict.fromkeys(p for p in (value["name"], value["admin2"], value["admin1"], value["country"]) if p)
    return f"{', '.join(parts)} (within {value['radius_km'] or '?'} km)"


def goes_with(field: str) -> str | None:
    """Return what is withheld with a field because it would tell it; None where nothing is.

    >>> goes_with("killed")
    'with killed go the victims who were killed and all quotes: they would tell it'
    """
    from seamwatch.model.codec import TOLLS

    if field in ("quotes", "status"):
        return None if field == "quotes" else "with status go all quotes: they would tell it"
    if field in TOLLS:
        went = f"go the victims who were {field} and all quotes"
    elif field == "date":
        went = "go the days of publication and all quotes"
    elif field == "sources":
        went = "go through whom a claim came, what names an outlet, and all quotes"
    else:
        went = "goes what names it elsewhere, and all quotes"
    return f"with {field} {went}: they would tell it"


def run_lines(run: ReleaseRun) -> Iterator[str]:
    """Yield what a run did: a line for each party, and what waits."""
    for party in sorted(run.sent.keys() | run.withdrawn.keys()):
        yield f"{party}: {run.sent[party]} released, {run.withdrawn[party]} withdrawn"
    if not run.sent and not run.withdrawn:
        yield "nothing to release or withdraw"
    for state, words in (("waits", "wait for their time"), ("approval", "wait for a second person")):
        if run.states[state]:
            yield f"{run.states[state]} {words}"
    if run.next_due is not None:
        yield f"more is due {run.next_due.isoformat(timespec='minutes')}"
    yield from run.problems


def status_lines(weighing: Weighing, *, json: bool) -> Iterator[str]:
    """Yield rules, what stands at each party, and what waits."""
    store = weighing.store
    rules = store.release_rules()
    parties = {
        party.id: {
            state: len(store.sent_records(receiver=party.id, state=state))
            for state in ("released", "withdrawn")
        }
        for party in weighing.receivers
    }
    due, changed = store.next_due(), store.count_changed()
    if json:
        yield json_line(
            {
                "rules": [rule.name for rule in weighing.rules],
                "version": rules.version if rules else None,
                "parties": parties,
                "changed": changed,
                "next_due": due.isoformat() if due else None,
            }
        )
        return
    said = f"version {rules.version}, by {rules.by}, {rules.at:%Y-%m-%d %H:%M}" if rules else "none"
    yield f"own rules: {said}"
    yield f"tried in this order: {', '.join(rule.name for rule in weighing.rules) or 'no rules at all'}"
    for party, counts in parties.items():
        yield f"{party}: {counts['released']} released, {counts['withdrawn']} withdrawn"
    yield f"{changed} changed since the last run"
    if due is not None:
        yield f"more is due {due.isoformat(timespec='minutes')}"


def order_words(order: ReleaseOrder) -> str:
    """Return what an order does, in the words of its verb, and for whom."""
    done = {
        OrderKind.HOLD: f"hold {order.incident}",
        OrderKind.RELEASE: f"allow {order.field or 'what was held'} of {order.incident}",
        OrderKind.LABEL: f"label {order.incident} {order.tlp.value if order.tlp else ''}",
        OrderKind.WITHHOLD_FIELD: f"withhold {order.field} of {order.incident}",
        OrderKind.APPROVE: f"approve {order.incident}",
    }
    return f"{done[order.kind]}, for {order.to or 'all parties'}"
