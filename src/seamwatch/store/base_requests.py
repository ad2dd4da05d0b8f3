"""What coordination needs of a store: requests and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from seamwatch.model.request import Answer, Request
from seamwatch.vocabulary.codes import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInArea:
    """An incident, the areas that it lies in (by id, sorted), and when the first article of it was known."""

    incident: str
    areas: tuple[str, ...]
    known: datetime


class RequestMark(NamedTuple):
    """Where a page of requests ended."""

    at: datetime
    id: str
    sender: str


class RequestStore(Protocol):
    """The part of the store's interface for requests and answers. Both are only added to."""

    def add_request(self, request: Request) -> bool:
        """Store a request; return whether it is new.

        StoreError (code "request_differs") where its sender's request of this id is another one: that stays.
        """
        ...

    def add_answer(self, answer: Answer) -> bool:
        """Store an answer, also before its request is known; return whether it is new."""
        ...

    def request(self, request_id: str, sender: str | None = None) -> Request:
        """Return a sender's request of this id; UnknownIdError where there is none.

        Without a sender the only one of this id; StoreError (code "request_ambiguous") where it is not.
        """
        ...

    def requests_of(self, request_id: str) -> tuple[Request, ...]:
        """Return the requests of this id, one of each sender at most."""
        ...

    def requests(self, *, after: RequestMark | None = None, limit: int | None = None) -> tuple[Request, ...]:
        """Return all requests, the newest first, or as many as `limit` of those that stand after a mark."""
        ...

    def requests_about(self, records: Iterable[tuple[str, str]]) -> tuple[Request, ...]:
        """Return the requests that name one of these records (party, id of its record), the newest first."""
        ...

    def answers_to(self, request_ids: Iterable[str]) -> Mapping[str, tuple[Answer, ...]]:
        """Return the answers to these requests, by the request's id; one without answers is left out."""
        ...

    def escalations_of(self, request_ids: Iterable[str]) -> Mapping[tuple[str, str], str]:
        """Return by sender and id the id of the request that asks on, of requests of these ids."""
        ...

    def known_in_areas(
        self, areas: Iterable[str], statuses: Iterable[Status], until: datetime
    ) -> tuple[KnownInArea, ...]:
        """Return the incidents of these statuses in these areas that were known at `until`, by id.

        An article counts as known from its publication day (at 00:00 UTC), else from when it was stored.
        """
        ...
