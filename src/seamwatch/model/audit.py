"""The audit log: what a node did and took, append-only and chained; it holds no content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of a party's audit log.

    `actor` is an account's name, "cli" or "node". `kind` is a stable word ("entry.sent", "entry.taken",
    "entry.refused", "charter.signed", "release.ordered", "account.signed_in", ...). `details` hold ids,
    numbers, digests and stable words, never a value of an incident: an erased content leaves nothing here.
    `hash` is the hex SHA-256 of all fields above it, `previous` that of the line before ("" for the first).
    """

    party: str
    number: int
    at: datetime
    actor: str
    kind: str
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    previous: str = ""
    hash: str = ""
