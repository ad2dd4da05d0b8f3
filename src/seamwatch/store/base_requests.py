"""What coordination needs of a store: requests and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from seamwatch.model.request import Answer, Request
from seamwatch.vocabulary.codes import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInArea:
    """An incident, the areas that it lies in (by id, sorted), and when the first article of it was known."""

    incident: str
    areas: tuple[str, ...]
    known: datetime


class RequestStore(Protocol):
    """The part of the store's interface for requests and answers. Both are only added to."""

    def add_request(self, request: Request) -> bool:
        """Store a request; return whether it is new.

        StoreError (code "request_differs") where another request of this id is stored: the first one stays.
        """
        ...

    def add_answer(self, answer: Answer) -> bool:
        """Store an answer, also before its request is known; return whether it is new."""
        ...

    def request(self, request_id: str) -> Request:
        """Return the request of this id; UnknownIdError where there is none."""
        ...

    def requests(self) -> tuple[Request, ...]:
        """Return all requests, the newest first."""
        ...

    def requests_about(self, records: Iterable[tuple[str, str]]) -> tuple[Request, ...]:
        """Return the requests that name one of these records (party, id of its record), the newest first."""
        ...

    def answers_to(self, request_ids: Iterable[str]) -> Mapping[str, tuple[Answer, ...]]:
        """Return the answers to these requests, by the request's id; one without answers is left out."""
        ...

    def escalations_of(self, request_ids: Iterable[str]) -> Mapping[str, str]:
        """Return for each of these requests that was escalated the id of the request that asks on."""
        ...

    def known_in_areas(
        self, areas: Iterable[str], statuses: Iterable[Status], until: datetime
    ) -> tuple[KnownInArea, ...]:
        """Return the incidents of these statuses in these areas that were known at `until`, by id.

        An article counts as known from its publication day (at 00:00 UTC), else from when it was stored.
        """
        ...
