"""What each party receives of each incident by the rules in force: weighed here for previews and releases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from seamwatch.coordinate.release import Case, NamedRule, Receiving, rules_in_order, verdict
from seamwatch.coordinate.release_view import OwnView
from seamwatch.coordinate.rule_codec import rules_from_yaml
from seamwatch.model.release import ReleaseOrder, ReleaseRule, Verdict
from seamwatch.pipeline.centre.own_views import OwnViews
from seamwatch.pipeline.centre.units import GazetteerUnits
from seamwatch.vocabulary.coordination import Grain, OrderKind, PartyRole

if TYPE_CHECKING:
    from seamwatch.coordinate.coarsen import Units
    from seamwatch.model.charter import CharterState
    from seamwatch.model.party import Party
    from seamwatch.store.base import Store
    from seamwatch.store.base_release import IncidentRow, StandingRow


def own_rules(store: Store) -> tuple[ReleaseRule, ...]:
    """Return this party's own rules, none where none were given."""
    stored = store.release_rules()
    return _read_rules(stored.yaml) if stored is not None else ()


# Each exchange weighs by the same ones, and reading YAML is slow.
@lru_cache(maxsize=8)
def _read_rules(text: str) -> tuple[ReleaseRule, ...]:
    return rules_from_yaml(text, "the stored rules")


def receivers_of(state: CharterState, me: str) -> tuple[Party, ...]:
    """Return the active members of the charter other than this party: those who receive records."""
    return tuple(
        party
        for party in state.charter.parties
        if party.id != me and party.role is PartyRole.MEMBER and state.active(party.id) is not None
    )


class Weighing:
    """Weighs incidents by the rules, the charter and the orders as they stand at one moment."""

    def __init__(
        self,
        store: Store,
        state: CharterState,
        me: str,
        now: datetime,
        *,
        units: Units | None = None,
        rules: Sequence[ReleaseRule] | None = None,
    ) -> None:
        """Take what is weighed by; `rules` stand in place of the stored own ones, to try them out."""
        self.store, self.now = store, now
        self.receivers = receivers_of(state, me)
        own = own_rules(store) if rules is None else tuple(rules)
        self.rules: tuple[NamedRule, ...] = rules_in_order(own, state.charter.rules)
        self._views = OwnViews(store)
        self._units = units or GazetteerUnits()
        self._backlog = state.charter.backlog_days
        self._joined = _joined(store, self.receivers) if self._backlog is not None else {}

    def _rows(
        self, ids: Collection[str], orders: Mapping[str, Sequence[ReleaseOrder]]
    ) -> Mapping[str, IncidentRow]:
        """Return the stored incidents of these ids, with all names of places where a rule needs them."""
        coarse = any(r.rule.fields.get("place", Grain.EXACT) is not Grain.EXACT for r in self.rules)
        coarse = coarse or any(r.rule.approval for r in self.rules)
        ordered = any(
            o.kind is OrderKind.WITHHOLD_FIELD and o.field == "place" for os in orders.values() for o in os
        )
        return self.store.incident_rows(ids, places=coarse or ordered)

    def weigh(
        self,
        ids: Collection[str],
        to: Collection[str] | None = None,
        *,
        as_if_approved: bool = False,
    ) -> Iterator[tuple[Verdict, StandingRow | None]]:
        """Yield what each receiver, or each of `to`, gets of each stored incident.

        With each verdict comes how the incident's record stands at the receiver, None where it never went.
        """
        orders = self.store.orders_of(ids)
        rows = self._rows(ids, orders)
        standing = {(s.incident, s.receiver): s for s in self.store.standing_records(rows)}
        for name in ids:
            if name not in rows:
                continue
            view = self._views.view(rows[name])
            for party in self.receivers:
                if to is not None and party.id not in to:
                    continue
                stands = standing.get((name, party.id))
                case = Case(
                    incident=name,
                    view=view,
                    known_at=partial(self._views.view_at, rows[name]),
                    released=stands is not None and stands.state == "released",
                )
                if view is not None and not case.released and self._before_backlog(view, party):
                    yield self._too_old(case, party), stands
                    continue
                receiving = Receiving(party=party.id, now=self.now, units=self._units)
                try:
                    made = verdict(
                        case, self.rules, orders.get(name, ()), receiving, as_if_approved=as_if_approved
                    )
                except Exception as wrong:  # one bad incident never stops a batch, and never goes out
                    said = f"it can't be weighed ({type(wrong).__name__}: {wrong}); please report this"
                    made = Verdict(incident=name, to=party.id, state="none", text=said)
                yield made, stands

    def _too_old(self, case: Case, party: Party) -> Verdict:
        said = f"older than the {self._backlog} days that {party.id} receives of what was before it joined"
        return Verdict(incident=case.incident, to=party.id, state="none", text=said)

    def _before_backlog(self, view: OwnView, party: Party) -> bool:
        """Return whether all that is known of an incident was known before a party joined, and it is too old.

        Its age is that of its last day, else of the first article that told it.
        """
        joined = self._joined.get(party.id)
        if joined is None or self._backlog is None:
            return False
        if max(t.stored for t in view.tellings) >= joined:
            return False
        when = view.incident.get("date")
        last = (
            date.fromisoformat(when["end"])
            if when
            else min(t.stored for t in view.tellings).astimezone(UTC).date()
        )
        return last < joined.astimezone(UTC).date() - timedelta(days=self._backlog)


def _joined(store: Store, parties: Sequence[Party]) -> dict[str, datetime]:
    """Return when each party joined for its present term: when the first version that has it so was made."""
    from seamwatch.pipeline.centre.agreeing import standing

    found: dict[str, datetime] = {}
    for party in parties:
        for signed in standing(store).chain:
            named = signed.charter.party(party.id)
            if named is not None and named.term == party.term:
                if signed.charter.made is not None:
                    found[party.id] = signed.charter.made
                break
    return found
