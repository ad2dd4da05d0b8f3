"""What coordination needs of a store: accounts, sessions, API tokens."""

from __future__ import annotations

from typing import Protocol


class AccountStore(Protocol):
    """The part of the store's interface for accounts, sessions, API tokens."""
