"""What people ordered about a release, as it stands: the newest of each kind holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwatch.coordinate.release_view import Telling
from seamwatch.coordinate.spelling import folded
from seamwatch.model.release import ReleaseOrder
from seamwatch.vocabulary.coordination import Grain, OrderKind, Tlp

_LABEL = "label"


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

    Of LABEL the newest for this party and the newest for all hold both: the stricter decides. An order takes
    back only what was ordered about what it was given for: where two incidents became one, what let one of
    them go does not let the other one go.
    """
    held: list[ReleaseOrder] = []
    released: ReleaseOrder | None = None
    labels: list[ReleaseOrder] = []
    withheld: list[ReleaseOrder] = []
    approvals: list[ReleaseOrder] = []
    for order in sorted(orders, key=lambda o: o.number):
        if order.to not in (None, receiver):
            continue
        match order.kind:
            case OrderKind.HOLD:
                held.append(order)
            case OrderKind.RELEASE if order.field is not None:
                withheld = [o for o in withheld if o.field != order.field or not _covers(order, o)]
            case OrderKind.RELEASE:
                held, released = [o for o in held if not _covers(order, o)], order
            case OrderKind.LABEL:
                labels = [o for o in labels if o.to != order.to or not _covers(order, o)] + [order]
            case OrderKind.WITHHOLD_FIELD if order.field is not None:
                withheld.append(order)
            case OrderKind.APPROVE:
                approvals.append(order)
            case _:
                pass
    return StandingOrders(
        held=held[-1] if held else None,
        released=released,
        labels=tuple(labels),
        withheld={order.field: order for order in withheld if order.field is not None},
        approvals=tuple(approvals),
    )


def _covers(order: ReleaseOrder, older: ReleaseOrder) -> bool:
    """Return whether an order was given about all that an older one is about."""
    return order.about is None or older.about is None or older.about <= order.about


def order_text(order: ReleaseOrder) -> str:
    """Return who ordered something, and why, in plain words."""
    return f"{order.by}{f': {order.why}' if order.why else ''}"


# --- approvals -------------------------------------------------------------------------------------


def same_person(one: str, other: str | None) -> bool:
    """Return whether two names are one person's, however they are written.

    >>> same_person("Ana Karim", "ana\u200b  K\u0430rim"), same_person("Ana", "Ben")
    (True, False)
    """
    return other is not None and _person(one) == _person(other)


def _person(name: str) -> str:
    return "".join(folded(name)) or " ".join(name.casefold().split())


def valid_approval(
    orders: StandingOrders, decided_by: str | None, tellings: Iterable[Telling] = ()
) -> tuple[ReleaseOrder | None, str]:
    """Return the newest approval by a second person, and where there is none, why.

    A second person is one who neither made the newest decision on the incident nor the newest RELEASE order.
    An approval is for what it was given for: what became two incidents, or came to it from another one, must
    be approved anew. A later article is news, as of any approved incident.
    """
    said = "a second person must approve it"
    own = tuple(tellings)
    for order in reversed(orders.approvals):
        if same_person(order.by, decided_by):
            said = f"{order.by} approved it and decided on it last: a second person must approve it"
        elif orders.released is not None and same_person(order.by, orders.released.by):
            said = f"{order.by} approved it and ordered its release: a second person must approve it"
        elif order.split or (order.about is not None and _came_since(order, order.about, own)):
            said = (
                f"{order.by} approved it before it was split or became one with another: a second person "
                "must approve it as it is now"
            )
        else:
            return order, ""
    return None, said


def _came_since(order: ReleaseOrder, about: frozenset[str], own: Iterable[Telling]) -> bool:
    """Return whether an incident has what was in the record at an approval and not in what was approved."""
    return any(t.mention not in about and t.stored < order.at for t in own)


def approved_label(approved: Mapping[str, int]) -> Tlp | None:
    """Return the label under which a record was approved, None where that is not known."""
    freedom = approved.get(_LABEL)
    return None if freedom is None else next(t for t in Tlp if _freedom(t) == freedom)


def _freedom(label: Tlp) -> int:
    return len(Tlp) - label.strictness


def fineness(content: Mapping[str, Any]) -> dict[str, int]:
    """Return how finely a content tells each field; a field that it does not tell is left out.

    Larger is finer. Of a place and a date it follows from the precision; a point makes a place finer. Under
    "label" stands how freely it may be passed on.
    """
    found: dict[str, int] = {_LABEL: _freedom(Tlp(content["tlp"]))}
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
    fine = fineness(content)
    return tuple(name for name in fine if name != _LABEL and fine[name] > approved.get(name, 0))


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
