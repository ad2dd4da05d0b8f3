"""The part of the store's interface that forgets articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from seamwatch.model.tombstone import Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsTouched:
    """Numbers of decisions about mentions that go.

    Of those that are about nothing else the value and the reason are `erased`; the others are `kept` whole.
    """

    erased: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()


class RoomNeeded(NamedTuple):
    """What writing a database anew needs on the disk of a folder, and what is free there, in bytes."""

    folder: str
    needed: int
    free: int


class TombstoneStore(Protocol):
    """Articles erased with all that follows from them, and what is left in their place."""

    def forget_article(self, tombstone: Tombstone) -> None:
        """Erase an article, its copies, what it says, and what was kept of its mentions; leave the tombstone.

        Incidents are not rewritten: those that its mentions told must be derived anew in the same
        transaction. UnknownIdError where there is no such article. `erase_traces` makes it final.
        """
        ...

    def decisions_touched(self, article_ids: Iterable[str]) -> DecisionsTouched:
        """Return which decisions are about mentions of these articles: what forgetting them would erase."""
        ...

    def tombstone(self, article_id: str) -> Tombstone | None:
        """Return the tombstone of an article, or None where it was not forgotten."""
        ...

    def tombstones(self) -> tuple[Tombstone, ...]:
        """Return the tombstones, the oldest first."""
        ...

    def forgotten_as(self, content_key: str) -> Tombstone | None:
        """Return the tombstone of the article with this content key, or None where none was forgotten."""
        ...

    def lift_tombstone(self, article_id: str) -> bool:
        """Remove a tombstone, so that the text can be stored again; return whether there was one."""
        ...

    def has_traces(self) -> bool:
        """Return whether bytes of what was erased may still be in the database's files."""
        ...

    def room_to_erase(self) -> tuple[RoomNeeded, ...]:
        """Return what writing the files anew needs on each disk, in bytes, and what is free there."""
        ...

    def erase_traces(self, progress: Callable[[str, int, int], None] | None = None) -> None:
        """Write the database's files anew, so that no byte of what was erased is left in them.

        `progress` takes what is being done, and how many of how many steps are done. It can't be part of a
        transaction. It needs room for a second copy of the database, and waits for
        other programs; StoreError where it could not finish, and then it can be called again.
        """
        ...
