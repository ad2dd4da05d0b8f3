"""What linking asks of a store: profiles by blocks, links by mention."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from seamwatch.model.link import Link


class ProfileRow(NamedTuple):
    """What is compared of a mention, as text; the keys it is found under; the days between which it lies."""

    id: str
    data: str
    keys: Sequence[int]
    first: int
    last: int


class Found(NamedTuple):
    """Profiles by id, as text, and the ids under each key."""

    profiles: dict[str, str]
    under: dict[int, list[str]]


class LinkingStore(Protocol):
    """Profiles, blocks and links. They follow from the mentions and the rules, and can be made again."""

    def put_profiles(self, rows: Iterable[ProfileRow]) -> None:
        """Store profiles, each in place of the mention's old one; the links of these mentions are gone.

        A row of a mention that is not stored is left out.
        """
        ...

    def profiles_in(self, keys: Collection[int]) -> Found:
        """Return the profiles under any of these keys, and which stand under each."""
        ...

    def profiles(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the profiles of these mentions by id; a mention that has none is left out."""
        ...

    def add_links(self, links: Iterable[Link]) -> None:
        """Store links, each in place of an older one of its pair; not those of mentions not stored."""
        ...

    def links_of(self, ids: Collection[str]) -> list[Link]:
        """Return the links with any of these mentions on either side, sorted."""
        ...

    def near_counts(self, ids: Collection[str]) -> dict[str, int]:
        """Return for each of these mentions how many links above zero it has; one without is left out."""
        ...

    def unsure_links(self, limit: int | None = None) -> Iterator[Link]:
        """Return the links whose log-odds lie within UNSURE of zero, the least sure first."""
        ...

    def mention_ids(self) -> tuple[str, ...]:
        """Return the ids of all mentions, in the order in which they were stored."""
        ...

    def fill_links(self, rows: Iterable[ProfileRow], links: Iterable[Link]) -> None:
        """Store these profiles and links in place of all; those of mentions not stored are left out."""
        ...

    def link_mark(self) -> str | None:
        """Return by which rules the store is linked; None where it never was, or has to be linked anew."""
        ...

    def set_link_mark(self, mark: str) -> None:
        """Store by which rules the store is linked."""
        ...
