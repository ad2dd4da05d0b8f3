"""Who asks the exchange: signatures, replays, and how often one may ask.

An unknown party, a wrong signature and a request for another node are told apart by nobody outside: each is
the same refusal, after the same work. Who proves to be a party that takes part no longer is told so, with the
signed papers.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.canonical import moment_text
from seamwatch.coordinate.http_signature import (
    WINDOW,
    HttpRequest,
    in_window,
    is_signed,
    read_authorization,
)
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.pipeline.centre.papers import former_key, papers_for
from seamwatch.serve.exchange_options import Rate
from seamwatch.serve.faults import RequestError

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

MOST_NONCES = 1_000_000
MOST_BUCKETS = 20_000


class ClockError(RequestError):
    """A request that is rightly signed, at a moment too far from this node's; `now` is that of this node."""

    def __init__(self, now: datetime) -> None:
        super().__init__(
            f"the request's moment is too far from this node's clock, {moment_text(now)}: set the clock, or "
            "sign with this moment",
            code="clock",
            status=401,
        )
        self.now = now


class TooOftenError(RequestError):
    """Too many requests; `wait` is after how many seconds one more is taken."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, math.ceil(wait))
        super().__init__(f"too many requests: wait {self.wait} s", code="too_many", status=429)


class PartedRefusalError(RequestError):
    """A request that is rightly signed by `party`, which takes part no longer; `papers` say so."""

    def __init__(self, party: str, papers: dict[str, Any]) -> None:
        super().__init__(
            "by the charter in force here this party takes part no longer", code="not_party", status=403
        )
        self.party = party
        self.papers = papers


def not_accepted() -> RequestError:
    """Return the one refusal of who is no active party of the charter, or does not prove to be it."""
    return RequestError(
        "this node does not take requests of this party: it must be active in the charter in force here, and "
        "sign with the key that the charter names",
        code="not_accepted",
        status=401,
    )


class Rates:
    """How often each key (an address, a party) may ask; keys that were quiet longest are forgotten."""

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, cost: float = 1.0) -> None:
        """Count a request of a key; TooOftenError where it has asked too often."""
        with self._lock:
            left = self._left(key)
            if left < 1.0:
                raise TooOftenError((1.0 - left) / self._rate.a_second)
            self._keep(key, left - cost)

    def charge(self, key: Hashable, cost: float) -> None:
        """Count more for a request that was taken before."""
        with self._lock:
            self._keep(key, max(-float(self._rate.at_once), self._left(key) - cost))

    def _left(self, key: Hashable) -> float:
        left, at = self._buckets.get(key, (float(self._rate.at_once), self._clock()))
        return min(float(self._rate.at_once), left + (self._clock() - at) * self._rate.a_second)

    def _keep(self, key: Hashable, left: float) -> None:
        self._buckets[key] = (left, self._clock())
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)


class Nonces:
    """Which requests were taken. What was signed before this memory began is not taken at all."""

    def __init__(self, began: datetime) -> None:
        self._began = began
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def remembers(self, at: datetime) -> bool:
        """Return whether a request of a moment would be remembered."""
        return at > self._began

    def take(self, party: str, nonce: str, at: datetime, now: datetime) -> bool:
        """Return whether a nonce is new; it is remembered for as long as its request would be taken."""
        with self._lock:
            while self._known and (
                len(self._known) > MOST_NONCES or next(iter(self._known.values())) < now - 2 * WINDOW
            ):
                _, dropped = self._known.popitem(last=False)
                # Only where very many were taken: what is forgotten too early is not taken again.
                if dropped >= now - 2 * WINDOW:
                    self._began = max(self._began, dropped)
            if (party, nonce) in self._known:
                return False
            # In the order in which they were taken: `at` may lie a window ahead of `now`.
            self._known[party, nonce] = max(at, now)
            return True


def caller(node: Node, header: str, request: HttpRequest, nonces: Nonces) -> str:
    """Return the id of the active party that signed a request to this node; RequestError where none did.

    The charter is asked at each request, so that who was removed is refused from that moment.
    """
    try:
        claim = read_authorization(header)
    except InputError:
        raise not_accepted() from None
    try:
        party = node.state().active(claim.party)
    except SeamwatchError as wrong:
        if wrong.code != "no_charter":
            raise
        party = None
    meant = claim.to == node.me and claim.party != node.me
    key = party.sign_key if party is not None else former_key(node, claim.party)
    if not is_signed(claim, key if meant else None, request):
        raise not_accepted()
    now = node.clock()
    if not in_window(claim, now) or not nonces.remembers(claim.at):
        raise ClockError(now)
    if not nonces.take(claim.party, claim.nonce, claim.at, now):
        raise RequestError("this request was sent before: sign it anew", code="replayed", status=401)
    if party is None:
        raise PartedRefusalError(claim.party, papers_for(node, claim.party))
    return claim.party
