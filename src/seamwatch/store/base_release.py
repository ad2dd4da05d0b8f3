"""What coordination needs of a store: release rules, orders, what changed since the last release."""

from __future__ import annotations

from typing import Protocol


class ReleaseStore(Protocol):
    """The part of the store's interface for release rules, orders, and what changed."""
