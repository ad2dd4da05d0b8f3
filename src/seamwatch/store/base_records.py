"""What coordination needs of a store: records sent and received, their public ids, and contacts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from seamwatch.model.exchange import Contact, Item, ReceivedRecord, SentRecord


class RecordStore(Protocol):
    """Records as they were released to others and received from them."""

    def record_id(self, incident: str) -> str | None:
        """Return the public id of an own incident, or None where it has none yet."""
        ...

    def add_record_id(self, incident: str, record: str) -> None:
        """Give an own incident its public id."""
        ...

    def incident_of_record(self, record: str) -> str | None:
        """Return the own incident that a public id stands for, or None."""
        ...

    def sent_records(
        self,
        *,
        receiver: str | None = None,
        incident: str | None = None,
        records: Collection[str] | None = None,
        state: str | None = None,
        withdrawn: bool = False,
    ) -> tuple[SentRecord, ...]:
        """Return what was said last of own records, by receiver and record.

        `withdrawn` leaves those that were withdrawn, or had a field withdrawn.
        """
        ...

    def save_sent(self, records: Iterable[SentRecord]) -> None:
        """Store what was said last of own records."""
        ...

    def receipt(self, receiver: str, epoch: int, number: int, at: datetime) -> int:
        """Take note that a receiver has carried out a feed up to an entry; return how many records."""
        ...

    def received_records(
        self,
        *,
        party: str | None = None,
        records: Collection[str] | None = None,
        state: str | None = None,
    ) -> tuple[ReceivedRecord, ...]:
        """Return records of other parties as they stand here, without contents, by party and record."""
        ...

    def save_received(self, records: Iterable[ReceivedRecord]) -> None:
        """Store how records of other parties stand."""
        ...

    def end_epochs(self, party: str, before: int) -> int:
        """Withdraw the records of a party that were last told before an epoch; return how many."""
        ...

    def pending_records(self, me: str, limit: int) -> tuple[tuple[ReceivedRecord, Item | None], ...]:
        """Return the received records that were not carried out, with their items, by party and number.

        `me` is the party of this node: a relay holds what others received of the same records too.
        """
        ...

    def count_records(self, party: str) -> dict[str, int]:
        """Return how many records to and of a party are in which state ("sent.released", ...)."""
        ...

    def contact(self, party: str) -> Contact:
        """Return what is known of the line to a party."""
        ...

    def contacts(self) -> tuple[Contact, ...]:
        """Return what is known of all lines."""
        ...

    def save_contact(self, contact: Contact) -> None:
        """Store what is known of the line to a party."""
        ...
