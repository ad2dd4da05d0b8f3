"""What people order about releases: own rules, holds, labels, withheld fields, a second person's approval."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from seamwatch.coordinate.release_orders import fineness, standing_orders, valid_approval
from seamwatch.coordinate.rule_codec import rules_from_yaml
from seamwatch.errors import FieldError, SeamwatchError
from seamwatch.model.release import FIELDS, ReleaseOrder
from seamwatch.pipeline.centre.auditing import record
from seamwatch.pipeline.centre.own_views import OwnViews
from seamwatch.pipeline.centre.weighing import Weighing
from seamwatch.vocabulary.coordination import OrderKind, Tlp

if TYPE_CHECKING:
    from seamwatch.coordinate.coarsen import Units
    from seamwatch.model.charter import CharterState
    from seamwatch.store.base import Store
    from seamwatch.store.base_release import RulesVersion

MOST_WHY = 2000
MOST_NAME = 200


def put_rules(store: Store, yaml: str, by: str, at: datetime) -> RulesVersion:
    """Store own rules in place of those in force; FieldError that names rule and field where one is wrong."""
    rules_from_yaml(yaml)
    with store.transaction():
        made = store.put_release_rules(yaml, _name(by), at)
        record(store, None, made.by, "rules.changed", str(made.version), at=at, version=made.version)
    return made


def checked_order(order: ReleaseOrder, state: CharterState | None) -> ReleaseOrder:
    """Return an order as it can be stored; FieldError that names what is missing or wrong in it."""
    if order.to is not None and state is not None and state.charter.party(order.to) is None:
        known = ", ".join(party.id for party in state.charter.parties)
        raise FieldError(f"to: {order.to!r} is no party of the charter; these are: {known}", field="to")
    if order.kind is OrderKind.LABEL and order.tlp is None:
        raise FieldError(f"tlp: which label? one of: {', '.join(Tlp)}", field="tlp")
    if order.kind is OrderKind.WITHHOLD_FIELD and order.field is None:
        raise FieldError(f"field: which field? one of: {', '.join(FIELDS)}", field="field")
    if order.field is not None and order.field not in FIELDS:
        raise FieldError(
            f"field: {order.field[:60]!r} is no field; these are: {', '.join(FIELDS)}", field="field"
        )
    if len(order.why) > MOST_WHY:
        raise FieldError(f"why: at most {MOST_WHY} characters", field="why")
    _name(order.by)
    return order


def give_order(store: Store, order: ReleaseOrder, state: CharterState | None) -> ReleaseOrder:
    """Store an order about one incident; return it with its number. An approval: see `approve`.

    UnknownIdError where there is no such incident, FieldError where the order is not complete.
    """
    order = checked_order(order, state)
    with store.transaction():
        made = store.add_release_order(order)
        record(
            store,
            None,
            made.by,
            "release.ordered",
            made.incident,
            at=made.at,
            order=made.kind.value,
            number=made.number,
            to=made.to,
            field=made.field,
            tlp=made.tlp.value if made.tlp else None,
        )
    return made


def approve(
    store: Store, state: CharterState, me: str, order: ReleaseOrder, *, units: Units | None = None
) -> tuple[ReleaseOrder, ...]:
    """Approve what waits of an incident, for one party or for all that it waits for; return the orders.

    What is approved is what goes out now: where a field becomes finer or a new one comes, another approval
    is needed. SeamwatchError (second_person) where the one who approves made the newest decision on it or
    ordered its release; (not_waiting) where nothing of it waits for an approval.
    """
    checked_order(order, state)
    weighing = Weighing(store, state, me, order.at, units=units)
    to = None if order.to is None else [order.to]
    waiting = [
        made.to
        for made, _ in weighing.weigh([order.incident], to)
        if made.state == "approval" or made.unapproved
    ]
    if not waiting:
        texts = {made.text for made, _ in weighing.weigh([order.incident], to)}
        said = "; ".join(sorted(texts)) or "it goes to no other party"
        raise SeamwatchError(f"nothing of {order.incident} waits for an approval: {said}", code="not_waiting")
    view = OwnViews(store).of(order.incident)
    decided_by = view.decided_by if view is not None else None
    given = store.release_orders(order.incident)
    made_orders = []
    for made, _ in weighing.weigh([order.incident], waiting, as_if_approved=True):
        if made.content is None:
            continue
        one = ReleaseOrder(
            incident=order.incident,
            kind=OrderKind.APPROVE,
            by=order.by,
            at=order.at,
            to=made.to,
            why=order.why,
            number=1 + max((o.number for o in given), default=0),
            approved=fineness(made.content),
        )
        valid, why = valid_approval(standing_orders([*given, one], made.to), decided_by)
        if valid is None or valid.number != one.number:
            raise SeamwatchError(why or "a second person must approve it", code="second_person")
        made_orders.append(one)
    with store.transaction():
        return tuple(give_order(store, one, state) for one in made_orders)


def _name(by: str) -> str:
    if not by.strip() or len(by) > MOST_NAME:
        raise FieldError(f"by: whose order is it? a name of at most {MOST_NAME} characters", field="by")
    return by
