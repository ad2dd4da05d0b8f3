"""What coordination needs of a store: charters, notices, this node's own identity."""

from __future__ import annotations

from typing import Protocol


class CharterStore(Protocol):
    """The part of the store's interface for charters, notices, this node's own identity."""
