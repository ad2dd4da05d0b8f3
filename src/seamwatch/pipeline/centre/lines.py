"""Lines to other parties: what a sync asks of one, and how that goes over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.exchange_codec import page_json, read_heads, read_page, read_taken
from seamwatch.coordinate.http_signature import HttpRequest, authorization
from seamwatch.coordinate.strict import read_json
from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import Heads, Page, Taken
from seamwatch.model.party import Party

if TYPE_CHECKING:
    from seamwatch.ingest.party_http import PartyHttp, PartyLimits
    from seamwatch.pipeline.centre.node import Node

API = "/exchange/v1"
MOST_PAPERS_BYTES = 16_000_000


class PartyLine(Protocol):
    """What can be asked of another party's node. SeamwatchError where no answer comes."""

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        """Return how far feeds go there, with an ETag; None where nothing changed since `etag`."""
        ...

    def page(self, sender: str, receiver: str, *, epoch: int, after: int, limit: int) -> Page:
        """Return consecutive entries of a feed after a number."""
        ...

    def bring(self, pages: Sequence[Page]) -> tuple[Taken, ...]:
        """Return what became of pages of entries that are brought there."""
        ...

    def papers(self, mine: Mapping[str, Any]) -> object:
        """Return the papers that the other goes by, after it was shown ours."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


class HttpLine:
    """A line over HTTPS."""

    def __init__(self, http: PartyHttp) -> None:
        self._http = http

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        """Return how far feeds go there, with an ETag; None where nothing changed since `etag`."""
        answer = self._http.get(f"{API}/heads", etag=etag)
        if answer.status == 304:
            return None, etag
        return read_heads(answer.body), answer.etag

    def page(self, sender: str, receiver: str, *, epoch: int, after: int, limit: int) -> Page:
        """Return consecutive entries of a feed after a number."""
        query = f"epoch={epoch}&after={after}&limit={limit}"
        return read_page(self._http.get(f"{API}/feeds/{sender}/{receiver}", query).body)

    def bring(self, pages: Sequence[Page]) -> tuple[Taken, ...]:
        """Return what became of pages of entries that are brought there."""
        answer = self._http.post(f"{API}/entries", canonical([page_json(page) for page in pages]))
        return read_taken(answer.body)

    def papers(self, mine: Mapping[str, Any]) -> object:
        """Return the papers that the other goes by, after it was shown ours."""
        answer = self._http.post(f"{API}/papers", canonical(mine))
        return read_json(answer.body, "the papers", MOST_PAPERS_BYTES)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def http_lines(
    node: Node, *, private_addresses: bool = False, limits: PartyLimits | None = None
) -> Callable[[Party], PartyLine]:
    """Return what opens the line to a party at the address, and with the certificate, of the charter.

    `private_addresses` allows addresses of private networks and of this machine.
    """
    from seamwatch.ingest.party_http import PartyHttp

    def opened(party: Party) -> PartyLine:
        if party.address is None:
            raise SeamwatchError(
                f"{party.name} has no address in the charter: it fetches and brings itself, or use a bundle",
                code="no_address",
            )

        def signed(method: str, path: str, query: str, body: bytes, ahead: timedelta) -> str:
            request = HttpRequest(method=method, path=path, query=query, body=body)
            return authorization(node.keys, party.id, request, at=node.clock() + ahead)

        http = PartyHttp(
            party.address,
            signed,
            certificate=party.certificate,
            private_addresses=private_addresses,
            limits=limits,
            now=node.clock,
        )
        return HttpLine(http)

    return opened
