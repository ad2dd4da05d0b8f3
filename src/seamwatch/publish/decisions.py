"""What people decided, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from seamwatch.model.decision import Decision
from seamwatch.model.history import ToldDecision
from seamwatch.publish.columns import write_columns
from seamwatch.publish.plain import json_line, value_words
from seamwatch.vocabulary.codes import DecisionKind

NONE_YET = "No decisions are stored: seamwatch review shows what is to decide.\n"
_BETWEEN = {
    DecisionKind.SAME: "are one",
    DecisionKind.MERGE: "are one",
    DecisionKind.DIFFERENT: "are not one",
    DecisionKind.UNSURE: "may be one",
    DecisionKind.SPLIT: "are parted",
}
MOST_NAMED = 3


def decision_json(told: ToldDecision) -> dict[str, Any]:
    """Return one decision as JSON: its fields, the incidents it is about now, and what undid it."""
    decision = told.decision
    row: dict[str, Any] = {
        "id": decision.name,
        "kind": decision.kind.value,
        "mentions": list(decision.mentions),
        "others": list(decision.others),
    }
    if decision.field is not None:
        row |= {"field": decision.field, "value": decision.value}
    return row | {
        "by": decision.by,
        "at": decision.at.isoformat(),
        "why": decision.why,
        "undoes": None if decision.undoes is None else f"d{decision.undoes}",
        "undone_by": told.undone_by.name if told.undone_by else None,
        "incidents": list(told.incidents),
    }


def write_json(decisions: Iterable[ToldDecision], out: TextIO) -> None:
    """Write `{"decisions": [...]}`, one decision a line."""
    out.write('{"decisions": [')
    for number, told in enumerate(decisions):
        out.write(f"{',' if number else ''}\n{json_line(decision_json(told))}")
    out.write("\n]}\n")


def write_table(decisions: Iterable[ToldDecision], out: TextIO) -> None:
    """Write one decision a row, or one line that there are none."""
    rows = [
        [
            told.decision.name,
            f"{told.decision.at:%Y-%m-%d %H:%M}",
            told.decision.by,
            what_words(told.decision),
            told.decision.why,
            " ".join(told.incidents),
            told.undone_by.name if told.undone_by else "",
        ]
        for told in decisions
    ]
    if not rows:
        out.write(NONE_YET)
        return
    write_columns(("", "when", "by", "what", "why", "incidents now", "undone by"), rows, out)


def what_words(decision: Decision) -> str:
    """Return what a decision says, in plain words.

    >>> from datetime import UTC, datetime
    >>> what_words(Decision(kind=DecisionKind.SAME, mentions=("A#1", "C#2"), others=("B#1",), by="ana",
    ...     at=datetime.now(UTC)))
    'same: A#1, C#2 | B#1 are one'
    """
    kind = decision.kind.value
    if decision.undoes is not None:
        return f"{kind}: d{decision.undoes} no longer holds"
    if decision.field is not None:
        field = decision.field.replace("_", " ")
        return f"{kind}: {field} is {value_words(shown_value(decision.value))}"
    if decision.kind in _BETWEEN:
        sides = f"{_named(decision.mentions)} | {_named(decision.others)}"
        return f"{kind}: {sides} {_BETWEEN[decision.kind]}"
    return kind


def shown_value(value: object) -> object:
    """Return a corrected value as revisions have it: of people only their names."""
    if isinstance(value, list):
        return [part.get("name") if isinstance(part, dict) else part for part in value]
    return value


def _named(mentions: tuple[str, ...]) -> str:
    more = len(mentions) - MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{', '.join(mentions[:MOST_NAMED])}{rest}"
