"""In SQLite: records sent and received, their public ids, and contacts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from seamwatch.model.exchange import Contact, Entry, Item, ReceivedRecord, Sealed, SentRecord
from seamwatch.store.sqlite_database import Row, SqliteDatabase, moment, to_json
from seamwatch.vocabulary.coordination import EntryKind

_SENT = "receiver, record, incident, version, state, digest, epoch, number, at, receipted, why, field"
_RECEIVED = "party, record, version, withdrawn, state, epoch, number, at, carried_out"
# Indices of what stays the same are left alone.
_STANDS = _RECEIVED.removeprefix("party, record, ")
_STANDS_NOW = ", ".join(f"excluded.{name}" for name in _STANDS.split(", "))
_CONTACT = "party, tried, reached, problem, etag, counts"


def _when(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _sent(row: Row) -> SentRecord:
    return SentRecord(
        receiver=row[0],
        record=row[1],
        incident=row[2],
        version=row[3],
        state=row[4],
        digest=row[5],
        epoch=row[6],
        number=row[7],
        at=_when(row[8]),
        receipted=_when(row[9]),
        why=row[10],
        field=row[11],
    )


def _received(row: Row) -> ReceivedRecord:
    return ReceivedRecord(
        party=row[0],
        record=row[1],
        version=row[2],
        withdrawn=row[3],
        state=row[4],
        epoch=row[5],
        number=row[6],
        at=_when(row[7]),
        carried_out=bool(row[8]),
    )


class RecordTables(SqliteDatabase):
    """The part of the store for records sent and received."""

    # --- own records

    def record_id(self, incident: str) -> str | None:
        """Return the public id of an own incident, or None where it has none yet."""
        rows = self.read("SELECT record FROM record_ids WHERE incident = ?", (incident,))
        return rows[0][0] if rows else None

    def add_record_id(self, incident: str, record: str) -> None:
        """Give an own incident its public id."""
        self.write("INSERT INTO record_ids VALUES (?, ?)", (incident, record))

    def incident_of_record(self, record: str) -> str | None:
        """Return the own incident that a public id stands for, or None."""
        rows = self.read("SELECT incident FROM record_ids WHERE record = ?", (record,))
        return rows[0][0] if rows else None

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
        where, values = _restricted(
            {"receiver = ?": receiver, "incident = ?": incident, "state = ?": state}, records
        )
        if withdrawn:
            where += " AND (state = 'withdrawn' OR field IS NOT NULL)"
        rows = self.read(f"SELECT {_SENT} FROM sent_records WHERE {where} ORDER BY receiver, record", values)
        return tuple(map(_sent, rows))

    def save_sent(self, records: Iterable[SentRecord]) -> None:
        """Store what was said last of own records."""
        self.write_all(
            f"INSERT OR REPLACE INTO sent_records ({_SENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(r.receiver, r.record, r.incident, r.version, r.state, r.digest, r.epoch, r.number),
                    *(moment(r.at), moment(r.receipted), r.why, r.field),
                )
                for r in records
            ),
        )

    def receipt(self, receiver: str, epoch: int, number: int, at: datetime) -> int:
        """Take note that a receiver has carried out a feed up to an entry; return how many records."""
        return self.write(
            "UPDATE sent_records SET receipted = ? WHERE receiver = ? AND receipted IS NULL "
            "AND (epoch < ? OR (epoch = ? AND number <= ?))",
            (moment(at), receiver, epoch, epoch, number),
        )

    # --- records of others

    def received_records(
        self,
        *,
        party: str | None = None,
        records: Collection[str] | None = None,
        state: str | None = None,
    ) -> tuple[ReceivedRecord, ...]:
        """Return records of other parties as they stand here, without contents, by party and record."""
        where, values = _restricted({"party = ?": party, "state = ?": state}, records)
        if state is not None and state != "shown":
            where += " AND state <> 'shown'"  # what the index of the few others needs to see
        rows = self.read(
            f"SELECT {_RECEIVED} FROM received_records WHERE {where} ORDER BY party, record", values
        )
        return tuple(map(_received, rows))

    def save_received(self, records: Iterable[ReceivedRecord]) -> None:
        """Store how records of other parties stand."""
        self.write_all(
            f"INSERT INTO received_records ({_RECEIVED}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT DO UPDATE SET ({_STANDS}) = ({_STANDS_NOW})",
            (
                (
                    *(r.party, r.record, r.version, r.withdrawn, r.state, r.epoch, r.number),
                    *(moment(r.at), int(r.carried_out)),
                )
                for r in records
            ),
        )

    def end_epochs(self, party: str, before: int) -> int:
        """Withdraw the records of a party that were last told before an epoch; return how many."""
        return self.write(
            "UPDATE received_records SET withdrawn = max(withdrawn, version), state = 'withdrawn', "
            "carried_out = 0 WHERE party = ? AND epoch < ? AND state <> 'withdrawn'",
            (party, before),
        )

    def pending_records(self, me: str, limit: int) -> tuple[tuple[ReceivedRecord, Item | None], ...]:
        """Return the received records that were not carried out, with their items, by party and number.

        `me` is the party of this node: a relay holds what others received of the same records too.
        """
        rows = self.read(
            "SELECT r.party, r.record, r.version, r.withdrawn, r.state, r.epoch, r.number, r.at, "
            "r.carried_out, e.sender, e.receiver, e.kind, e.digest, e.at, e.previous, e.hash, e.signature, "
            "c.salt, c.box FROM received_records r LEFT JOIN feed_entries e ON e.subject = r.record "
            "AND e.sender = r.party AND e.receiver = ? AND e.epoch = r.epoch AND e.number = r.number "
            "LEFT JOIN feed_contents c ON c.entry = e.key "
            "WHERE NOT r.carried_out ORDER BY r.party, r.epoch, r.number LIMIT ?",
            (me, limit),
        )
        return tuple((_received(row[:9]), _item(row)) for row in rows)

    def count_records(self, party: str) -> dict[str, int]:
        """Return how many records to and of a party are in which state ("sent.released", ...)."""
        rows = self.read(
            "SELECT 'sent.' || state, count(*) FROM sent_records WHERE receiver = ?1 GROUP BY state "
            "UNION ALL "
            "SELECT 'sent.unreceipted', count(*) FROM sent_records WHERE receiver = ?1 AND receipted IS NULL "
            "UNION ALL "
            "SELECT 'received.' || state, count(*) FROM received_records WHERE party = ?1 GROUP BY state",
            (party,),
        )
        return {name: count for name, count in rows if count}

    # --- contacts

    def contact(self, party: str) -> Contact:
        """Return what is known of the line to a party."""
        rows = self.read(f"SELECT {_CONTACT} FROM contacts WHERE party = ?", (party,))
        return _contact(rows[0]) if rows else Contact(party=party)

    def contacts(self) -> tuple[Contact, ...]:
        """Return what is known of all lines."""
        return tuple(map(_contact, self.read(f"SELECT {_CONTACT} FROM contacts ORDER BY party")))

    def save_contact(self, contact: Contact) -> None:
        """Store what is known of the line to a party."""
        c = contact
        self.write(
            f"INSERT OR REPLACE INTO contacts ({_CONTACT}) VALUES (?, ?, ?, ?, ?, ?)",
            (c.party, moment(c.tried), moment(c.reached), c.problem, c.etag, to_json(c.counts)),
        )


def _restricted(
    wanted: dict[str, str | None], records: Collection[str] | None
) -> tuple[str, tuple[str, ...]]:
    given = {clause: value for clause, value in wanted.items() if value is not None}
    if records is not None:
        given["record IN (SELECT value FROM json_each(?))"] = to_json(sorted(records))
    return " AND ".join(given) or "TRUE", tuple(given.values())


def _contact(row: Row) -> Contact:
    party, tried, reached, problem, etag, counts = row
    return Contact(
        party=party,
        tried=_when(tried),
        reached=_when(reached),
        problem=problem,
        etag=etag,
        counts=json.loads(counts),
    )


def _item(row: Row) -> Item | None:
    sender, receiver, kind, digest, at, previous, made, signature, salt, box = row[9:]
    if sender is None:
        return None
    return Item(
        entry=Entry(
            sender=sender,
            receiver=receiver,
            epoch=row[5],
            number=row[6],
            kind=EntryKind(kind),
            subject=row[1],
            version=row[2],
            digest=digest,
            at=datetime.fromisoformat(at),
            previous=previous,
            hash=made,
            signature=signature,
        ),
        sealed=None if salt is None else Sealed(salt=salt, box=box),
    )
