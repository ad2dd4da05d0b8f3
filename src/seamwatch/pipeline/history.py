"""What was decided, and an incident's story in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seamwatch.model.decision import Decision
from seamwatch.model.history import History, ToldDecision

if TYPE_CHECKING:
    from seamwatch.store.base import Store


def decisions_told(store: Store, about: str | None = None) -> tuple[ToldDecision, ...]:
    """Return the decisions, the latest first: all, or those about the incident that an id leads to.

    UnknownIdError where it leads to none.
    """
    if about is None:
        return _told(store, store.decisions())[::-1]
    incident = store.incident(about)
    return _told(store, store.decisions_about(m.mention.id for m in incident.mentions))[::-1]


def incident_history(store: Store, incident_id: str) -> History:
    """Return the story of the incident that an id leads to; UnknownIdError where it leads to none."""
    from seamwatch.link.order import incident_id as id_of_mention

    incident = store.incident(incident_id)
    names = [m.mention.id for m in incident.mentions]
    made_of = {id_of_mention(name): name for name in names}
    return History(
        incident=incident,
        decisions=_told(store, store.decisions_about(names)),
        former_ids=tuple((alias, made_of.get(alias)) for alias in incident.aliases),
    )


def _told(store: Store, decisions: Sequence[Decision]) -> tuple[ToldDecision, ...]:
    undone = {d.undoes: d for d in decisions if d.undoes is not None}
    by_number = {d.number: d for d in decisions}
    # What undid a decision is about what that was about.
    about = {d.number: _about(d if d.undoes is None else by_number.get(d.undoes, d)) for d in decisions}
    owners = store.incidents_of({name for names in about.values() for name in names})
    return tuple(
        ToldDecision(
            decision=d,
            incidents=tuple(dict.fromkeys(owners[name] for name in about[d.number] if name in owners)),
            undone_by=undone.get(d.number),
        )
        for d in decisions
    )


def _about(decision: Decision) -> tuple[str, ...]:
    return (*decision.mentions, *decision.others)
