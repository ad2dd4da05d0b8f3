"""Items of the review queue that were weighed before, for as long as their incidents stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seamwatch.model.review import ReviewItem

if TYPE_CHECKING:
    from seamwatch.model.link import Link
    from seamwatch.store.base import Store

ItemKey = tuple[tuple["Link", ...], frozenset[str]]


def key_of(group: Sequence[Link], owners: Mapping[str, str]) -> ItemKey:
    """Return what an item is known by: its links, and the ids of the incidents that they connect."""
    return tuple(group), frozenset(owners[name] for link in group for name in (link.left, link.right))


class ReviewMemory:
    """Keeps the items of the last queue of one database: reading their incidents is what takes long."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._kept: tuple[int, dict[ItemKey, ReviewItem]] = (0, {})

    def current(self, store: Store) -> dict[ItemKey, ReviewItem]:
        """Return the items of which no incident has changed since they were kept."""
        mark, items = self._kept
        changed = store.map_changes(mark) if items else ()
        if changed is None:
            return {}
        names = set(store.map_ids(changed).values())
        return {key: item for key, item in items.items() if key[1].isdisjoint(names)}

    def keep(self, mark: int, items: dict[ItemKey, ReviewItem]) -> None:
        """Keep the items of a queue; `mark` is the store's `map_mark` from before they were read."""
        self._kept = mark, items
