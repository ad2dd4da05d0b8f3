"""What a list that is shown page by page needs of a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from seamwatch.model.incident import ArticleRef

if TYPE_CHECKING:
    from seamwatch.store.base import IncidentFilter


class PageSort(StrEnum):
    """In which order a list comes. What has no such value stands at the end, in either order."""

    LATEST = "-date"
    EARLIEST = "date"
    DEADLIEST = "-killed"
    UPDATED = "-updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMark:
    """Where a page ended: the value that the list is sorted by, and the store's own number of the incident.

    An incident that is derived anew gets another number: among those of one day it may be shown twice.
    """

    value: int | None
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One incident of a page: where it stands, and its stored JSON, without aliases."""

    mark: PageMark
    json: dict[str, Any]


class PageStore(Protocol):
    """Incidents page by page: a page costs the same at the end of the list as at its start."""

    def count_incidents(self, wanted: IncidentFilter) -> int:
        """Return how many incidents pass the filter."""
        ...

    def incident_page(
        self,
        wanted: IncidentFilter,
        sort: PageSort,
        *,
        after: PageMark | None = None,
        limit: int = 50,
        total: int | None = None,
        among: Sequence[int] | None = None,
        without: Sequence[int] = (),
    ) -> tuple[PageRow, ...]:
        """Return the incidents that pass the filter and stand after a mark.

        `total` is how many pass the filter altogether, where that is known: few are sorted, many are read in
        order until the page is full. `among` are the store's own numbers of all that pass, where somebody
        knows them: then only these are looked at. `without` are numbers of those to leave out.
        """
        ...

    def newest_articles(self, limit: int = 50) -> tuple[ArticleRef, ...]:
        """Return the articles stored last, the newest first."""
        ...
