"""The release run: what the rules give each party goes out, what they give no longer is withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from seamwatch.coordinate.canonical import digest_of
from seamwatch.coordinate.release_orders import standing_orders
from seamwatch.errors import SeamwatchError, UnknownIdError
from seamwatch.model.release import Verdict
from seamwatch.pipeline.centre.sending import Said, record_of, release_all
from seamwatch.pipeline.centre.weighing import Weighing, receivers_of
from seamwatch.vocabulary.coordination import OrderKind

if TYPE_CHECKING:
    from seamwatch.coordinate.coarsen import Units
    from seamwatch.model.charter import CharterState
    from seamwatch.model.release import ReleaseOrder
    from seamwatch.pipeline.centre.node import Node
    from seamwatch.store.base import Store
    from seamwatch.store.base_release import StandingRow

BATCH = 500
_NO_LONGER = "it is not released any longer"
STATES = ("released", "waits", "approval", "held", "none")


@dataclass(slots=True, kw_only=True)
class ReleaseRun:
    """What a run did: how many releases and withdrawals went out to each party, and how verdicts stand.

    `weighed` counts incidents, `states` the verdicts by state, of these incidents alone. `next_due` is when
    more goes out by time alone. `problems` say what could not go out and why.
    """

    weighed: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    next_due: datetime | None = None
    problems: list[str] = field(default_factory=list)


def release_mark(store: Store, state: CharterState, me: str) -> str:
    """Return the mark of rules, charter and receivers: where it is another one, all is weighed anew."""
    rules = store.release_rules()
    return digest_of(
        [
            0 if rules is None else rules.version,
            state.signed.digest,
            [[party.id, party.term] for party in receivers_of(state, me)],
        ]
    )


def release_due(node: Node, *, full: bool = False, units: Units | None = None) -> ReleaseRun:
    """Release and withdraw what is due; return what was done. A run that was broken off is taken up again.

    Weighed are the incidents that changed and those of which more is due by time; all of them after a change
    of the rules, the charter or who takes part, and where `full`. SeamwatchError (no_charter, not_party)
    where no charter is in force or this party is not active in it.
    """
    store, state = node.store, node.state()
    node.active(node.me)
    now = node.clock()
    mark = release_mark(store, state, node.me)
    with store.transaction():
        if full or store.release_mark() != mark:
            store.all_changed()
            store.set_release_mark(mark)
        store.due_changed(now)
    weighing = Weighing(store, state, node.me, now, units=units)
    run = ReleaseRun()
    while True:
        with store.transaction():
            ids = store.changed_incidents(BATCH)
            if not ids:
                break
            _release(node, weighing, ids, run)
    run.next_due = store.next_due()
    return run


def release_incidents(node: Node, ids: Collection[str], *, units: Units | None = None) -> ReleaseRun:
    """Release and withdraw what is due of these incidents alone; return what was done."""
    store, state = node.store, node.state()
    node.active(node.me)
    run = ReleaseRun()
    with store.transaction():
        _release(node, Weighing(store, state, node.me, node.clock(), units=units), sorted(ids), run)
    run.next_due = store.next_due()
    return run


def _release(node: Node, weighing: Weighing, ids: Sequence[str], run: ReleaseRun) -> None:
    """Carry out what is due of a batch, in the transaction around it."""
    store = node.store
    said: dict[str, list[Said]] = {}
    ends: list[tuple[StandingRow, str]] = []
    due: list[tuple[str, str, datetime | None]] = []
    weighed: set[str] = set()
    orders = store.orders_of(ids)
    for made, stands in weighing.weigh(ids):
        weighed.add(made.incident)
        run.states[made.state] += 1
        due.append((made.incident, made.to, made.due))
        if made.state == "released" and made.content is not None:
            said.setdefault(made.to, []).append(_said(node, made, stands, orders.get(made.incident, ())))
        elif stands is not None and stands.state == "released":
            ends.append((stands, _reason(made, orders.get(made.incident, ()))))
    ends += _gone(node, weighing, [name for name in ids if name not in weighed])
    for receiver, rows in said.items():
        _send(node, receiver, rows, run)
    for stands, why in ends:
        if node.withdraw(stands.receiver, stands.record, why) is not None:
            run.withdrawn[stands.receiver] += 1
    store.set_due(due)
    store.settle_changed(ids)
    run.weighed += len(weighed)


def _said(node: Node, made: Verdict, stands: StandingRow | None, orders: Sequence[ReleaseOrder]) -> Said:
    """Return a release, with the order that is its reason: a field withheld since, or a release anew."""
    record = stands.record if stands is not None else record_of(node, made.incident)
    about = [o for o in orders if o.to in (None, made.to) and stands is not None and _since(o, stands)]
    withheld = [o for o in about if o.kind is OrderKind.WITHHOLD_FIELD]
    anew = any(o.kind is OrderKind.RELEASE for o in about)
    assert made.content is not None
    return Said(
        record=record,
        incident=made.incident,
        content=made.content,
        why=withheld[-1].why if withheld else "",
        field=withheld[-1].field if withheld else None,
        anew=anew,
    )


def _since(order: ReleaseOrder, stands: StandingRow) -> bool:
    return stands.at is None or order.at >= stands.at


def _reason(made: Verdict, orders: Sequence[ReleaseOrder]) -> str:
    """Return the reason that a withdrawal gives to its receiver.

    The verdict's own text is for us alone: it names people and rules, and may tell a status that is withheld.
    """
    held = standing_orders(orders, made.to).held if made.state == "held" else None
    return held.why if held is not None and held.why else _NO_LONGER


def _gone(node: Node, weighing: Weighing, ids: Sequence[str]) -> list[tuple[StandingRow, str]]:
    """Return the records of incidents that are no more, with why they are withdrawn."""
    active = {party.id for party in weighing.receivers}
    found: list[tuple[StandingRow, str]] = []
    for stands in node.store.standing_records(ids) if ids else ():
        if stands.state != "released" or stands.receiver not in active:
            continue
        why = "no article of ours tells it any longer"
        with suppress(UnknownIdError):
            whole = node.store.resolve_id(stands.incident)
            # Only a record that the receiver keeps: that there is another one is news that no rule gives.
            told = [
                other.record
                for made, other in weighing.weigh([whole], [stands.receiver])
                if made.state == "released" and other is not None and other.state == "released"
            ]
            why = f"it is told as part of another record now: {told[0]}" if told else _NO_LONGER
        found.append((stands, why))
    return found


def _send(node: Node, receiver: str, rows: Sequence[Said], run: ReleaseRun) -> None:
    """Release a batch to a party; where that fails, each record by itself: one bad one never stops others."""
    try:
        with node.store.transaction():
            made = len(release_all(node, receiver, rows))
        if made:
            run.sent[receiver] += made
    except SeamwatchError as wrong:
        if len(rows) == 1:
            run.problems.append(f"{rows[0].incident} to {receiver}: {wrong}")
            # What stands there says what may be no longer true, or no longer told.
            if wrong.code == "too_large" and node.withdraw(receiver, rows[0].record, "it can't be updated"):
                run.withdrawn[receiver] += 1
            return
        for row in rows:
            _send(node, receiver, [row], run)
