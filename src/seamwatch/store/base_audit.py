"""What coordination needs of a store: the append-only audit log."""

from __future__ import annotations

from typing import Protocol


class AuditStore(Protocol):
    """The part of the store's interface for the append-only audit log."""
