"""What the map and the sums of incidents need of a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    MapRun = Mapping[str, "NDArray[np.int64]"]

MAP_COLUMNS = (
    "key",
    "lat",
    "lon",
    "precision",
    "radius",
    "first",
    "last",
    "killed",
    "injured",
    "mentions",
    "event_type",
    "sub_event_type",
    "status",
    "country",
    "admin1",
)
"""What a map run tells of each incident. `key` is the store's own number of it; `lat` and `lon` are in
ten-millionths of a degree, `radius` in metres, `first` and `last` day ordinals (0001-01-01 is 1); the last
five are codes of `map_words`."""

OPEN = -(2**31)
"""Stands in a map run where an incident has no such value."""


class MapStore(Protocol):
    """Incidents as columns of numbers, and which of them changed."""

    def map_mark(self) -> int:
        """Return a number that grows with every change of incidents or of their areas, by whomever."""
        ...

    def map_words(self) -> Mapping[int, str]:
        """Return the words that the codes of map runs stand for. A word keeps its code."""
        ...

    def map_runs(self, keys: Iterable[int] | None = None) -> Iterator[MapRun]:
        """Return runs of incidents, all or those of these keys: an array for each of MAP_COLUMNS."""
        ...

    def map_changes(self, since: int) -> tuple[int, ...] | None:
        """Return the keys added, changed or removed after a mark; None where that is too long ago to tell."""
        ...

    def map_ids(self, keys: Iterable[int]) -> Mapping[int, str]:
        """Return the ids of the incidents of these keys."""
        ...

    def map_keys_in(self, area: str) -> NDArray[np.int64]:
        """Return the keys of the incidents in an area, as `IncidentFilter.area` names it."""
        ...

    def map_keys_by(self, actor: str) -> NDArray[np.int64]:
        """Return the keys of the incidents with an actor, as `IncidentFilter.actor` names it."""
        ...

    def map_actors(self, keys: Sequence[int] | None = None) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Return each actor's folded name with the keys of the incidents that have it.

        Of all incidents, or of those of these keys.
        """
        ...

    def map_told(self, keys: Sequence[int] | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return keys of articles, rising, and of the incident that each tells: of all or of these."""
        ...

    def map_articles(self, text: str) -> NDArray[np.int64]:
        """Return the keys of the articles that have these words, as `IncidentFilter.text` gives them."""
        ...

    def map_keys_told(self, text: str) -> NDArray[np.int64]:
        """Return the keys of the incidents whose articles have these words."""
        ...
