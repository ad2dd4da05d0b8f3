"""What the account that asks may see of decisions, and which ids it may name in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from seamwatch.errors import UnknownIdError
from seamwatch.pipeline.visibility import FULL, visible_by_id
from seamwatch.serve.clearance import may_read
from seamwatch.vocabulary.codes import DecisionKind
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.model.decision import Decision
    from seamwatch.model.history import ToldDecision
    from seamwatch.model.incident import Incident
    from seamwatch.store.base import Store

_AT_ONCE = 500


def told_to(
    store: Store, told: Sequence[ToldDecision], clearance: Tlp, limit: int
) -> tuple[ToldDecision, ...]:
    """Return the decisions that a clearance may see, as many as `limit`.

    One that is about anything above it is left out, as its values and reasons would tell of that; but of a
    retraction it stays that there was one, without its words, where a part of what it is about may be seen.
    """
    if clearance is FULL:
        return tuple(told[:limit])
    runs = (told[at : at + _AT_ONCE] for at in range(0, len(told), _AT_ONCE))
    shown = (one for run in runs for one in _told(store, run, clearance))
    return tuple(islice(shown, limit))


def _told(store: Store, told: Iterable[ToldDecision], clearance: Tlp) -> Iterator[ToldDecision]:
    about = {one.decision.number: _undone(store, one.decision) for one in told}
    held = readable(store, {name for d in about.values() for name in _names(d)}, clearance)
    for one in told:
        decision, of = one.decision, about[one.decision.number]
        if held.issuperset(_names(of)):
            yield one
        elif of.kind is DecisionKind.RETRACT and not held.isdisjoint(_names(of)):
            owners = store.incidents_of(sorted(held.intersection(_names(of))))
            yield replace(
                one,
                decision=replace(
                    decision,
                    mentions=tuple(name for name in decision.mentions if name in held),
                    others=tuple(name for name in decision.others if name in held),
                    why="",
                ),
                incidents=tuple(dict.fromkeys(owners.values())),
            )


def _undone(store: Store, decision: Decision) -> Decision:
    """Return what a decision undoes, else itself: what undoes one is about what that is about."""
    return decision if decision.undoes is None else store.decision(decision.undoes)


def _names(decision: Decision) -> tuple[str, ...]:
    return (*decision.mentions, *decision.others)


def readable(store: Store, names: Iterable[str], clearance: Tlp) -> frozenset[str]:
    """Return which of these mentions a clearance may read: none that is not stored any longer."""
    standing = store.standing_in(names)
    found = store.mentions(set(standing.values()))
    return frozenset(
        name for name, now in standing.items() if now in found and may_read(found[now].article, clearance)
    )


def in_part(incident: Incident, clearance: Tlp) -> bool:
    """Return whether a clearance may see anything of an incident."""
    return any(may_read(m.article, clearance) for m in incident.mentions)


def check_seen(store: Store, written: Iterable[str], clearance: Tlp) -> None:
    """Raise UnknownIdError where an id leads to nothing that a clearance may see, as for an id of nothing."""
    if clearance is FULL:
        return
    for name in (one.strip() for one in written):
        try:
            if visible_by_id(store, name, clearance) is not None:
                continue
        except UnknownIdError:
            if readable(store, [name], clearance):
                continue
        raise UnknownIdError(f"no incident and no mention {name}")
