"""What becomes of received records: the picture that this party sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from seamwatch.model.exchange import ReceivedRecord


class Picture(Protocol):
    """Takes received records into what this party sees, and out of it. Each call may come twice."""

    def expect(self, many: int) -> object:
        """Take note that so many records come in several calls, and `settle` after them."""
        ...

    def show(self, records: Sequence[ReceivedRecord]) -> object:
        """Show these records with their contents, in place of older versions."""
        ...

    def withdraw(self, records: Sequence[ReceivedRecord]) -> object:
        """Show these records no longer, and erase what was shown of them."""
        ...

    def settle(self) -> object:
        """Finish what waits for the end of all: outside of any transaction."""
        ...


class NullPicture:
    """A picture that nobody sees: for a relay, which holds no records."""

    def expect(self, many: int) -> object:
        """Do nothing."""

    def show(self, records: Sequence[ReceivedRecord]) -> object:
        """Do nothing."""

    def withdraw(self, records: Sequence[ReceivedRecord]) -> object:
        """Do nothing."""

    def settle(self) -> object:
        """Do nothing."""
