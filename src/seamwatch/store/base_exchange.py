"""What coordination needs of a store: feeds, contents, what was sent and received, contacts."""

from __future__ import annotations

from typing import Protocol


class ExchangeStore(Protocol):
    """The part of the store's interface for feeds, contents, what was sent and received, contacts."""
