"""In SQLite: the append-only audit log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from seamwatch.model.audit import AuditEntry
from seamwatch.store.sqlite_database import Row, SqliteDatabase, moment, to_json

_COLUMNS = 'number, party, at, actor, kind, subject, details, previous, "hash"'


def _entry(row: Row) -> AuditEntry:
    number, party, at, actor, kind, subject, details, previous, made = row
    return AuditEntry(
        party=party,
        number=number,
        at=datetime.fromisoformat(at),
        actor=actor,
        kind=kind,
        subject=subject,
        details=json.loads(details),
        previous=previous,
        hash=made,
    )


class AuditTables(SqliteDatabase):
    """The part of the store for the append-only audit log."""

    def add_audit(self, entries: Iterable[AuditEntry]) -> None:
        """Append entries, chained and numbered; StoreError where one does not follow the last one."""
        with self.transaction():
            self.write_all(
                f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        e.number,
                        e.party,
                        moment(e.at),
                        e.actor,
                        e.kind,
                        e.subject,
                        to_json(dict(e.details)),
                        e.previous,
                        e.hash,
                    )
                    for e in entries
                ),
            )

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the last entry; 0 and "" where there is none."""
        rows = self.read('SELECT number, "hash" FROM audit ORDER BY number DESC LIMIT 1')
        return (int(rows[0][0]), str(rows[0][1])) if rows else (0, "")

    def audit_entries(
        self,
        *,
        kind: str | None = None,
        subject: str | None = None,
        after: int = 0,
        before: int | None = None,
        limit: int = 500,
        newest_first: bool = False,
    ) -> tuple[AuditEntry, ...]:
        """Return entries whose number is above `after` and below `before`, by number."""
        conditions, values = ["number > ?"], list[Any]([after])
        if before is not None:
            conditions.append("number < ?")
            values.append(before)
        if kind is not None:
            # "/" comes right after "." : all kinds whose first part this is.
            conditions.append("(kind = ? OR (kind >= ? AND kind < ?))")
            values += [kind, f"{kind}.", f"{kind}/"]
        if subject is not None:
            conditions.append("subject = ? AND subject <> ''")
            values.append(subject)
        order = "DESC" if newest_first else "ASC"
        rows = self.read(
            f"SELECT {_COLUMNS} FROM audit WHERE {' AND '.join(conditions)} ORDER BY number {order} LIMIT ?",
            (*values, limit),
        )
        return tuple(_entry(row) for row in rows)

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of the entry of this number, None where there is none."""
        rows = self.read('SELECT "hash" FROM audit WHERE number = ?', (number,))
        return str(rows[0][0]) if rows else None

    def verified_audit(self, party: str) -> tuple[int, str, datetime] | None:
        """Return number and hash of the last entry of another party's log that was verified, and when."""
        rows = self.read('SELECT number, "hash", at FROM audit_verified WHERE party = ?', (party,))
        return (int(rows[0][0]), str(rows[0][1]), datetime.fromisoformat(rows[0][2])) if rows else None

    def put_verified_audit(self, party: str, number: int, digest: str, at: datetime) -> None:
        """Keep how far another party's log was verified."""
        self.write(
            "INSERT OR REPLACE INTO audit_verified VALUES (?, ?, ?, ?)",
            (party, number, digest, moment(at.astimezone(UTC))),
        )
