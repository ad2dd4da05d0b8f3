"""What people ordered about a release, as it stands: the newest of each kind holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwatch.model.release import ReleaseOrder
from seamwatch.vocabulary.coordination import Grain, OrderKind, Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrders:
    """What holds for one incident and one party. `approvals` are by number, the newest last."""

    held: ReleaseOrder | None = None
    released: ReleaseOrder | None = None
    labels: tuple[ReleaseOrder, ...] = ()
    withheld: Mapping[str, ReleaseOrder] = field(default_factory=dict)
    approvals: tuple[ReleaseOrder, ...] = ()


def standing_orders(orders: Iterable[ReleaseOrder], receiver: str) -> StandingOrders:
    """Return what of the orders about one incident holds for a receiver.

    Of LABEL the newest for this party and the newest for all hold both: the stricter decides.
    """
    held: ReleaseOrder | None = None
    released: ReleaseOrder | None = None
    labels: dict[str | None, ReleaseOrder] = {}
    withheld: dict[str, ReleaseOrder] = {}
    approvals: list[ReleaseOrder] = []
    for order in sorted(orders, key=lambda o: o.number):
        if order.to not in (None, receiver):
            continue
        match order.kind:
            case OrderKind.HOLD:
                held = order
            case OrderKind.RELEASE if order.field is not None:
                withheld.pop(order.field, None)
            case OrderKind.RELEASE:
                held, released = None, order
            case OrderKind.LABEL:
                labels[order.to] = order
            case OrderKind.WITHHOLD_FIELD if order.field is not None:
                withheld[order.field] = order
            case OrderKind.APPROVE:
                approvals.append(order)
            case _:
                pass
    return StandingOrders(
        held=held,
        released=released,
        labels=tuple(labels.values()),
        withheld=withheld,
        approvals=tuple(approvals),
    )


def order_text(order: ReleaseOrder) -> str:
    """Return who ordered something, and why, in plain words."""
    return f"{order.by}{f': {order.why}' if order.why else ''}"


# --- approvals -------------------------------------------------------------------------------------


def same_person(one: str, other: str | None) -> bool:
    """Return whether two names are one person's, however they are written."""
    return other is not None and " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def valid_approval(orders: StandingOrders, decided_by: str | None) -> tuple[ReleaseOrder | None, str]:
    """Return the newest approval by a second person, and where there is none, why.

    A second person is one who neither made the newest decision on the incident nor the newest RELEASE order.
    """
    said = "a second person must approve it"
    for order in reversed(orders.approvals):
        if same_person(order.by, decided_by):
            said = f"{order.by} approved it and decided on it last: a second person must approve it"
        elif orders.released is not None and same_person(order.by, orders.released.by):
            said = f"{order.by} approved it and ordered its release: a second person must approve it"
        else:
            return order, ""
    return None, said


def fineness(content: Mapping[str, Any]) -> dict[str, int]:
    """Return how finely a content tells each field; a field that it does not tell is left out.

    Larger is finer. Of a place and a date it follows from the precision; a point makes a place finer.
    """
    found: dict[str, int] = {}
    quoted = False
    for name, value in content["incident"].items():
        if name in ("event_type", "sub_event_type") or value in (None, []):
            continue
        found[name] = 1
        if name == "place":
            found[name] = 2 * (8 - value["precision"]) + (value["lat"] is not None)
        elif name == "date":
            found[name] = 6 - value["precision"]
        elif name == "claims" and any(claim["via"] for claim in value):
            found[name] = 2
        rows = value if isinstance(value, list) else [value]
        quoted = quoted or any(isinstance(row, Mapping) and row.get("evidence") for row in rows)
    if content["sources"]:
        found["sources"] = 1 + any(source["published"] for source in content["sources"])
    if quoted:
        found["quotes"] = 1
    return found


def finer(content: Mapping[str, Any], approved: Mapping[str, int]) -> tuple[str, ...]:
    """Return the fields that a content tells more finely than they were approved."""
    return tuple(name for name, how in fineness(content).items() if how > approved.get(name, 0))


def approved_grain(name: str, approved: Mapping[str, int]) -> Grain:
    """Return in which grain a field that has become finer still lies within what was approved."""
    how = approved.get(name, 0)
    if name == "place" and how:
        precision = 8 - how // 2
        steps = ((3, Grain.DISTRICT), (4, Grain.PROVINCE), (6, Grain.COUNTRY))
    elif name == "date" and how:
        precision = 6 - how
        steps = ((3, Grain.WEEK), (4, Grain.MONTH), (0, Grain.WITHHELD))
    else:
        return Grain.WITHHELD
    return next((grain for most, grain in steps if precision <= most), Grain.WITHHELD)


def strictest(*labels: Tlp | None) -> Tlp | None:
    """Return the strictest of the labels that are given."""
    return max((one for one in labels if one is not None), key=lambda one: one.strictness, default=None)
