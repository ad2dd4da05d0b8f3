"""What coordination needs of a store: release rules, orders, and what changed since the last release."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from seamwatch.model.release import ReleaseOrder
from seamwatch.vocabulary.coordination import Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """Own release rules as they were written, and by whom and when."""

    version: int
    yaml: str
    by: str
    at: datetime


class TellingRow(NamedTuple):
    """One mention of an incident with what a release needs of its article.

    `sources` are the outlets with the moment at which each was retrieved, None where that is not known.
    `place` is the mention's place, `places` all that the article names, both as JSON; `places` is empty where
    it was not asked for.
    """

    mention: str
    party: str | None
    stored: datetime
    published: date | None
    tlp: Tlp | None
    sources: tuple[tuple[str, datetime | None], ...]
    place: Mapping[str, Any] | None
    places: Sequence[Mapping[str, Any]]


class IncidentRow(NamedTuple):
    """An incident in the contract's JSON, with the mentions that tell it, in no order."""

    incident: Mapping[str, Any]
    tellings: tuple[TellingRow, ...]


class StandingRow(NamedTuple):
    """How one own record stands at one receiver: "released" or "withdrawn"."""

    receiver: str
    record: str
    incident: str
    version: int
    state: str
    at: datetime | None
    receipted: datetime | None
    why: str


class ReleaseStore(Protocol):
    """The part of the store's interface for release rules, orders, and what changed."""

    def release_rules(self) -> RulesVersion | None:
        """Return the own rules in force, None where none were ever given."""
        ...

    def put_release_rules(self, yaml: str, by: str, at: datetime) -> RulesVersion:
        """Store a new version of the own rules; the older ones stay."""
        ...

    def add_release_order(self, order: ReleaseOrder) -> ReleaseOrder:
        """Append an order about a stored incident, which counts as changed then; return it with its number.

        UnknownIdError where no incident of this id is stored.
        """
        ...

    def release_orders(self, incident: str | None = None) -> tuple[ReleaseOrder, ...]:
        """Return all orders by number, or those that hold for an incident or for one that it is part of."""
        ...

    def orders_of(self, incidents: Collection[str]) -> Mapping[str, tuple[ReleaseOrder, ...]]:
        """Return for each of these incidents the orders that hold for it; one without is left out.

        An order holds for the incident that its id leads to, and for those that have one of the mentions by
        which that one was told when it was ordered.
        """
        ...

    def changed_incidents(self, limit: int) -> tuple[str, ...]:
        """Return ids of incidents that changed, came or went since they were settled, sorted."""
        ...

    def count_changed(self) -> int:
        """Return how many incidents changed since they were settled."""
        ...

    def settle_changed(self, incidents: Iterable[str]) -> None:
        """Take note that these incidents were weighed as they are now."""
        ...

    def all_changed(self) -> None:
        """Count every incident as changed, and every one that was ever released."""
        ...

    def due_changed(self, now: datetime) -> int:
        """Count the incidents as changed of which more is due; return how many."""
        ...

    def set_due(self, rows: Iterable[tuple[str, str, datetime | None]]) -> None:
        """Store when more of an incident is due to a receiver; None: not by time alone."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the next release is due by time, None where none is."""
        ...

    def release_mark(self) -> str:
        """Return the mark under which all incidents were weighed last, "" for none."""
        ...

    def set_release_mark(self, mark: str) -> None:
        """Store the mark of the rules and parties under which incidents are weighed."""
        ...

    def incident_rows(self, incidents: Collection[str], *, places: bool) -> Mapping[str, IncidentRow]:
        """Return these incidents with their mentions; one that is not stored is left out."""
        ...

    def standing_records(self, incidents: Collection[str]) -> tuple[StandingRow, ...]:
        """Return how the records of these incidents stand at each receiver."""
        ...

    def incidents_after(self, after: str, limit: int) -> tuple[str, ...]:
        """Return the ids of the incidents that come after one, sorted."""
        ...
