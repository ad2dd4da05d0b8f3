"""What a party would receive now, incident by incident, and why: nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamwatch.errors import SeamwatchError
from seamwatch.model.release import Verdict
from seamwatch.pipeline.centre.releasing import BATCH, STATES

if TYPE_CHECKING:
    from seamwatch.model.release import ReleaseOrder
    from seamwatch.pipeline.centre.weighing import Weighing
    from seamwatch.store.base_release import StandingRow

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What one party would receive of one incident, and how its record stands there, None: it never went."""

    verdict: Verdict
    stands: StandingRow | None

    @property
    def is_in(self) -> tuple[str, ...]:
        """Return the states under which a list shows it: one with more to approve is in two."""
        return (self.verdict.state, "approval") if self.verdict.unapproved else (self.verdict.state,)


def preview(weighing: Weighing, to: str, *, after: str = "") -> Iterator[Previewed]:
    """Yield what a party would receive of every incident after an id, by id.

    SeamwatchError (not_party) where it receives nothing at all: it is not active, or this party itself.
    """
    check_receiver(weighing, to)
    while ids := weighing.store.incidents_after(after, BATCH):
        for made, stands in weighing.weigh(ids, [to]):
            yield Previewed(verdict=made, stands=stands)
        after = ids[-1]


def preview_of(weighing: Weighing, to: str, incident: str) -> Previewed:
    """Return what a party would receive of one incident, given by its id or an alias."""
    check_receiver(weighing, to)
    name = weighing.store.resolve_id(incident)
    made, stands = next(weighing.weigh([name], [to]))
    return Previewed(verdict=made, stands=stands)


def check_receiver(weighing: Weighing, to: str) -> None:
    """Raise SeamwatchError (not_party) where a party receives no records."""
    if all(party.id != to for party in weighing.receivers):
        known = ", ".join(party.id for party in weighing.receivers) or "none"
        raise SeamwatchError(
            f"{to!r} receives no records now; the parties that do: {known}", code="not_party"
        )


def previewed_json(one: Previewed) -> Json:
    """Return one item of a preview, but for the incident's own row."""
    made, stands = one.verdict, one.stands
    return {
        "incident": made.incident,
        "state": made.state,
        "rule": made.rule,
        "tlp": made.tlp.value if made.tlp else None,
        "due": made.due.isoformat() if made.due else None,
        "text": made.text,
        "unapproved": list(made.unapproved),
        "reasons": [{"field": r.field, "grain": r.grain.value, "text": r.text} for r in made.reasons],
        "content": made.content,
        "sent": None
        if stands is None
        else {
            "record": stands.record,
            "state": stands.state,
            "version": stands.version,
            "at": stands.at.isoformat() if stands.at else None,
            "receipted": stands.receipted.isoformat() if stands.receipted else None,
        },
    }


def order_json(order: ReleaseOrder) -> Json:
    """Return an order as JSON."""
    return {
        "number": order.number,
        "incident": order.incident,
        "kind": order.kind.value,
        "to": order.to,
        "field": order.field,
        "tlp": order.tlp.value if order.tlp else None,
        "by": order.by,
        "at": order.at.isoformat(),
        "why": order.why,
        "approved": sorted(order.approved),
    }


def empty_counts() -> dict[str, int]:
    """Return a count of none for every state."""
    return dict.fromkeys(STATES, 0)
