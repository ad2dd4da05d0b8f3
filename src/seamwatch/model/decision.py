"""What people decide about incidents: always by somebody, at some time, for some reason, and undoable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from seamwatch.vocabulary.codes import DecisionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision of a person. It is about mentions, never about ids of incidents, so that it outlives them.

    `number` is the store's, 0 before it is stored; the user sees it as d12. `mentions` and `others` say what
    it is about:

    - same, merge: all of `mentions` and `others` tell one incident;
    - different, unsure: the first of `mentions` and the first of `others`;
    - split: `mentions` tell one incident, `others` another one;
    - confirm, retract, correct: the incident that `mentions` tell; where they tell several by now, the one
      of the first that is still stored. `field` and `value` (JSON, as in an incident's own) are what
      `correct` sets;
    - undo: `undoes` is the number of the decision that no longer holds.
    """

    kind: DecisionKind
    mentions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    field: str | None = None
    value: object = None
    by: str
    at: datetime
    why: str = ""
    undoes: int | None = None
    number: int = 0

    @property
    def name(self) -> str:
        """Return the name by which a user calls it.

        >>> from datetime import UTC
        >>> Decision(kind=DecisionKind.CONFIRM, by="ana", at=datetime.now(UTC), number=12).name
        'd12'
        """
        return f"d{self.number}"


def standing(decisions: tuple[Decision, ...], as_of: datetime | None = None) -> tuple[Decision, ...]:
    """Return the decisions that hold (at a moment, where one is given): made by then and not undone by then.

    What undoes a decision is never among them.
    """
    made = [d for d in decisions if as_of is None or d.at <= as_of]
    undone = {d.undoes for d in made if d.kind is DecisionKind.UNDO}
    return tuple(d for d in made if d.kind is not DecisionKind.UNDO and d.number not in undone)


def field_set(decision: Decision) -> str | None:
    """Return the field of an incident that a decision sets; None where it sets none."""
    if decision.kind is DecisionKind.CORRECT:
        return decision.field
    return "status" if decision.kind in (DecisionKind.CONFIRM, DecisionKind.RETRACT) else None


def last_set(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Return the decision that sets each field that standing decisions set: the later of two on one field."""
    ordered = sorted(decisions, key=lambda d: (d.at, d.number))
    return {name: decision for decision in ordered if (name := field_set(decision)) is not None}
