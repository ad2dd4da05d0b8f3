"""What coordination needs of a store: the append-only audit log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from seamwatch.model.audit import AuditEntry


class AuditStore(Protocol):
    """The part of the store's interface for the append-only audit log."""

    def add_audit(self, entries: Iterable[AuditEntry]) -> None:
        """Append entries, chained and numbered; StoreError where one does not follow the last one."""
        ...

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the last entry; 0 and "" where there is none."""
        ...

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
        """Return entries whose number is above `after` and below `before`, by number.

        `kind` is a whole word, or its first part ("entry" finds "entry.sent" and "entry.taken").
        """
        ...

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of the entry of this number, None where there is none."""
        ...

    def verified_audit(self, party: str) -> tuple[int, str, datetime] | None:
        """Return number and hash of the last entry of another party's log that was verified, and when."""
        ...

    def put_verified_audit(self, party: str, number: int, digest: str, at: datetime) -> None:
        """Keep how far another party's log was verified."""
        ...
