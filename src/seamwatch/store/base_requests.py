"""What coordination needs of a store: requests and answers."""

from __future__ import annotations

from typing import Protocol


class RequestStore(Protocol):
    """The part of the store's interface for requests and answers."""
