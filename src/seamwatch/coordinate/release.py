"""What one party receives of one incident now, and why: rules, orders and the own view of it together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from seamwatch.coordinate.coarsen import Units
from seamwatch.coordinate.release_content import Draft, draft
from seamwatch.coordinate.release_orders import (
    StandingOrders,
    approved_grain,
    approved_label,
    finer,
    order_text,
    standing_orders,
    strictest,
    valid_approval,
)
from seamwatch.coordinate.release_view import OwnView
from seamwatch.model.release import EVERYONE, FIELDS, ReleaseOrder, ReleaseRule, Verdict
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Grain, Tlp

Ruled = Mapping[str, tuple[Grain, str]]

_AT_ONCE = (Status.RETRACTED.value, Status.DENIED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRule:
    """A rule with its name in verdicts: its id, or "charter:" and its id."""

    name: str
    rule: ReleaseRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident before the rules.

    `view` is what own mentions tell of it now, None where none does. `known_at` gives what those tell that
    were in the record at a moment. `released` says that the receiver holds a version of it.
    """

    incident: str
    view: OwnView | None
    known_at: Callable[[datetime], OwnView | None]
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """Who would receive it, when, and what is known of the units in which places are told."""

    party: str
    now: datetime
    units: Units


def rules_in_order(own: Iterable[ReleaseRule], charter: Iterable[ReleaseRule]) -> tuple[NamedRule, ...]:
    """Return the rules in the order in which they are tried: the own ones, then the charter's."""
    return (
        *(NamedRule(name=rule.id, rule=rule) for rule in own),
        *(NamedRule(name=f"charter:{rule.id}", rule=rule) for rule in charter),
    )


def fits(rule: ReleaseRule, incident: Mapping[str, Any], receiver: str, *, update: bool = False) -> bool:
    """Return whether a rule is about an incident and a receiver; of an `update` the status does not count."""
    return (
        (receiver in rule.to or EVERYONE in rule.to)
        and (
            not rule.types or incident["event_type"] in rule.types or incident["sub_event_type"] in rule.types
        )
        and (update or not rule.statuses or incident["status"] in rule.statuses)
        and (not rule.areas or any(area["id"] in rule.areas for area in incident.get("areas") or ()))
    )


def verdict(
    case: Case,
    rules: Sequence[NamedRule],
    orders: Iterable[ReleaseOrder],
    to: Receiving,
    *,
    as_if_approved: bool = False,
) -> Verdict:
    """Return what a party receives of an incident now, and why.

    `orders` are those about this incident. Which rule decides follows from what is known now; what goes out,
    from what was known the rule's delay ago. That an incident is denied or retracted goes out at once, as an
    update of what the party holds. `as_if_approved` leaves out that somebody must approve.
    """
    return _Weigher(case, to, standing_orders(orders, to.party)).weigh(rules, as_if_approved)


class _Weigher:
    """Weighs one incident for one receiver."""

    def __init__(self, case: Case, to: Receiving, orders: StandingOrders) -> None:
        self._case, self._orders = case, orders
        self._receiver, self._now, self._units = to.party, to.now, to.units

    def weigh(self, rules: Sequence[NamedRule], as_if_approved: bool) -> Verdict:
        view, case = self._case.view, self._case
        if view is None:
            return self._none("none", "nothing of it is told by our own articles")
        if self._orders.held is not None:
            return self._none("held", f"held by {order_text(self._orders.held)}")
        update = case.released and not _is_listed(view.status)
        if not update and not _is_listed(view.status):
            return self._none("none", f"it is {view.status}: that goes out only to who was told of it before")
        chosen = next((r for r in rules if fits(r.rule, view.incident, self._receiver, update=update)), None)
        if chosen is None:
            return self._none("none", f"no rule releases it to {self._receiver}")
        if chosen.rule.nothing:
            said = f"{_rule_text(chosen)} releases nothing of it to {self._receiver}"
            return self._none("none", said, chosen)
        known, due = self._known(view, chosen.rule)
        tlp = self._label(chosen.rule, view)
        if tlp is Tlp.RED and self._receiver not in chosen.rule.to:
            return self._none(
                "none", f"it is {tlp.value}, which goes only to parties that a rule names", chosen, tlp
            )
        if known is None or not fits(chosen.rule, known.incident, self._receiver, update=update):
            said = f"waits until it is {chosen.rule.after_hours:g} hours in the record"
            return self._none("waits", said, chosen, tlp, due)
        if not case.released and not _is_listed(known.status):
            return self._none("waits", "waits until what changed its status may go out", chosen, tlp, due)
        ruled = self._ruled(chosen)
        if update and ruled["status"][0] is Grain.WITHHELD:
            said = f"it is {view.status}, which may not be told: so nothing of it stays"
            return self._none("none", said, chosen, tlp)
        status = view.status if view.status in _AT_ONCE else None

        def made_of(narrowed: Ruled, label: Tlp) -> Draft:
            return draft(known, narrowed, label, self._units, status=status, known=view)

        made, label = made_of(ruled, tlp), tlp
        unapproved: tuple[str, ...] = ()
        if chosen.rule.approval and not as_if_approved:
            order, said = valid_approval(self._orders, view.decided_by, view.tellings)
            if order is None:
                return self._made("approval", made, said, (chosen, tlp, due))
            label = strictest(tlp, approved_label(order.approved)) or tlp
            if label is Tlp.RED and self._receiver not in chosen.rule.to:
                said = (
                    f"{order.by} approved it as {label.value}: a second person must approve it as {tlp.value}"
                )
                return self._made("approval", made, said, (chosen, tlp, due))
            again = partial(made_of, label=label)
            made, unapproved = _approved_part(again(ruled), ruled, order.approved, again)
            unapproved += ("label",) if label is not tlp else ()
        text = f"goes out by {_rule_text(chosen)} as {label.value}"
        if due is not None:
            text += "; news of it waits"
        if unapproved:
            text += f"; a second person must approve what became finer or is new: {', '.join(unapproved)}"
        done = self._made("released", made, text, (chosen, label, due))
        return _with_unapproved(done, unapproved)

    def _known(self, view: OwnView, rule: ReleaseRule) -> tuple[OwnView | None, datetime | None]:
        """Return what was known the rule's delay ago, and when more of it will have been."""
        if not rule.after_hours:
            return view, None
        delay = timedelta(hours=rule.after_hours)
        until = self._now - delay
        moments = [t.stored for t in view.tellings]
        moments += [datetime.fromisoformat(d["at"]) for d in view.incident.get("decisions") or ()]
        due = min((at + delay for at in moments if at > until), default=None)
        return self._case.known_at(until), due

    def _label(self, rule: ReleaseRule, view: OwnView) -> Tlp:
        """Return the rule's label, raised by orders and by the strictest of the own articles."""
        raised = strictest(rule.tlp, *(o.tlp for o in self._orders.labels), *(t.tlp for t in view.tellings))
        return raised or rule.tlp

    def _ruled(self, chosen: NamedRule) -> Ruled:
        found: dict[str, tuple[Grain, str]] = {}
        for name in FIELDS:
            order = self._orders.withheld.get(name)
            if order is not None:
                found[name] = (Grain.WITHHELD, f"withheld by {order_text(order)}")
                continue
            grain = chosen.rule.fields.get(name, Grain.EXACT)
            word = "withheld by" if grain is Grain.WITHHELD else "given by"
            found[name] = (grain, f"{word} {_rule_text(chosen)}")
        return found

    def _none(
        self,
        state: str,
        text: str,
        chosen: NamedRule | None = None,
        tlp: Tlp | None = None,
        due: datetime | None = None,
    ) -> Verdict:
        return Verdict(
            incident=self._case.incident,
            to=self._receiver,
            state=state,
            rule=chosen.name if chosen else None,
            tlp=tlp,
            due=due,
            text=text,
        )

    def _made(
        self, state: str, made: Draft, text: str, by: tuple[NamedRule, Tlp, datetime | None]
    ) -> Verdict:
        chosen, tlp, due = by
        return Verdict(
            incident=self._case.incident,
            to=self._receiver,
            state=state,
            rule=chosen.name,
            tlp=tlp,
            due=due,
            content=made.content,
            reasons=made.reasons,
            text=text,
        )


def _approved_part(
    full: Draft, ruled: Ruled, approved: Mapping[str, int], again: Callable[[Ruled], Draft]
) -> tuple[Draft, tuple[str, ...]]:
    """Return what of a draft somebody approved, and the fields of which more waits for an approval."""
    why = "waits for a second person's approval"
    unapproved = finer(full.content, approved)
    narrowed, made = dict(ruled), full
    # First in the grain that was approved; where that still says more, not at all. Taking a field away only
    # takes more of others away.
    for grain_of in (approved_grain, lambda name, approved: Grain.WITHHELD):
        more = finer(made.content, approved)
        if not more:
            break
        narrowed.update((name, (grain_of(name, approved), why)) for name in more)
        made = again(narrowed)
    return made, unapproved


def _with_unapproved(done: Verdict, unapproved: tuple[str, ...]) -> Verdict:
    return replace(done, unapproved=unapproved) if unapproved else done


def _rule_text(chosen: NamedRule) -> str:
    return (
        f"the charter's rule {chosen.rule.id}"
        if chosen.name.startswith("charter:")
        else f"rule {chosen.rule.id}"
    )


def _is_listed(status: str) -> bool:
    return Status(status).shown
