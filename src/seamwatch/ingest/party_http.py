"""Asking another party's exchange: to its checked address alone, within limits, tried again where it fails.

The address comes from the charter, so from other people. No redirect is followed, no proxy of the environment
is used, and of an answer no more is read or unpacked than the limits say.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from seamwatch import __version__
from seamwatch.errors import FetchError
from seamwatch.ingest.party_address import read_address
from seamwatch.ingest.party_faults import AGAIN, is_certificate, status_error

if TYPE_CHECKING:
    import httpcore

_MOST_WAIT = 30.0
# Bodies of requests below this many bytes are sent as they are.
_PACKED_FROM = 2000


class Authorize(Protocol):
    """Gives the Authorization header of a request; `ahead` is how far the other's clock is ahead of ours."""

    def __call__(self, method: str, path: str, query: str, body: bytes, ahead: timedelta) -> str:
        """Return the header's value."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLimits:
    """Seconds and bytes that one request may take. `total` counts retries and the pauses before them.

    `overall` is for all requests of one exchange together: who drips is cut off, and goes on with the next.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 180.0
    overall: float = 600.0
    back_off: float = 0.5
    retries: int = 3
    most_sent: int = 16_000_000
    most_bytes: int = 32_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAnswer:
    """What a party answered: 200 with a body, or 304 without one."""

    status: int
    body: bytes
    etag: str | None = None


class PartyHttp:
    """Asks one party. `asked` counts the requests that were sent. Not for two threads at once."""

    def __init__(
        self,
        address: str,
        authorize: Authorize,
        *,
        certificate: str | None = None,
        private_addresses: bool = False,
        limits: PartyLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take a party's address and certificate as the charter has them; FetchError where they can't be."""
        self.where = read_address(address)
        self.limits = limits or PartyLimits()
        self.asked = 0
        self._spent = 0.0
        self._authorize = authorize
        self._certificate = certificate
        self._private = private_addresses
        self._clock, self._sleep, self._now = clock, sleep, now
        self._ahead = timedelta(0)
        self._open: tuple[httpcore.ConnectionPool, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._open is not None:
            self._open[0].close()
            self._open = None

    def get(self, path: str, query: str = "", *, etag: str | None = None) -> PartyAnswer:
        """Return the answer to a GET; with an earlier one's ETag it may be 304; FetchError where none."""
        headers = {} if etag is None else {"If-None-Match": etag}
        return self._ask("GET", path, query, b"", headers)

    def post(self, path: str, body: bytes) -> PartyAnswer:
        """Return the answer to a POST of JSON, packed where that pays. Tried again, so it must do no harm."""
        headers = {"Content-Type": "application/json"}
        if len(body) >= _PACKED_FROM:
            packer = zlib.compressobj(3, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
            headers["Content-Encoding"] = "gzip"
        if len(body) > self.limits.most_sent:
            raise FetchError("this is too much for one request: send fewer entries", code="too_large")
        return self._ask("POST", path, "", body, headers)

    def _ask(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> PartyAnswer:
        """Return the answer, asked again after busy answers and broken connections."""
        with self._time() as deadline:
            pause = self.limits.back_off
            corrected = False
            left = self.limits.retries
            while True:
                wait = pause
                try:
                    target = path + (f"?{query}" if query else "")
                    sent = headers | {
                        "Authorization": self._authorize(method, path, query, body, self._ahead),
                    }
                    status, found, content = self._once(method, target, sent, body, deadline)
                    if status in (200, 304):
                        return PartyAnswer(status=status, body=content, etag=found.get("etag"))
                    ahead = self._ahead_of(status, content)
                    if ahead is not None and not corrected:
                        self._ahead, corrected = ahead, True
                        continue
                    wrong = status_error(status, content)
                    if status not in AGAIN:
                        raise wrong
                    with suppress(ValueError):
                        wait = max(pause, min(float(found.get("retry-after", "0")), _MOST_WAIT))
                except FetchError as caught:
                    if caught.code not in ("timeout", "unreachable"):
                        raise
                    wrong = caught
                left -= 1
                if left < 0 or self._clock() + wait >= deadline:
                    raise wrong
                self._sleep(wait)
                pause *= 2

    @contextmanager
    def _time(self) -> Iterator[float]:
        """Return a context that gives the deadline of one request, in what is left of the time for all."""
        began, limits = self._clock(), self.limits
        if self._spent >= limits.overall:
            raise FetchError(
                f"{self.where.shown} was waited for {limits.overall:g} s in all: what came is kept, and the "
                "next exchange goes on there",
                code="timeout",
            )
        try:
            yield began + min(limits.overall - self._spent, limits.total)
        finally:
            self._spent += self._clock() - began

    def _once(
        self, method: str, target: str, headers: dict[str, str], body: bytes, deadline: float
    ) -> tuple[int, dict[str, str], bytes]:
        import httpcore

        pool, backend = self._connections()
        backend.deadline = deadline
        where = self.where
        named = f"[{where.host}]" if ":" in where.host else where.host
        sent = {
            "Host": f"{named}:{where.port}",
            "User-Agent": f"Seamwatch/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            **headers,
        }
        if method == "POST":
            sent["Content-Length"] = str(len(body))
        read = self.limits.read
        waits = {"connect": self.limits.connect, "read": read, "write": read, "pool": self.limits.connect}
        self.asked += 1
        try:
            with pool.stream(
                method,
                httpcore.URL(
                    scheme=where.scheme, host=where.host, port=where.port, target=where.path + target
                ),
                headers=[(name.encode(), value.encode()) for name, value in sent.items()],
                content=body or None,
                extensions={"timeout": waits},
            ) as response:
                found = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in response.headers}
                content = self._body(response.iter_stream(), found.get("content-encoding", ""), deadline)
                return response.status, found, content
        except (httpcore.TimeoutException, TimeoutError) as wrong:
            raise FetchError(
                f"{where.shown} did not answer in time: try again later", code="timeout"
            ) from wrong
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as wrong:
            if is_certificate(wrong):
                from seamwatch.ingest.party_socket import wrong_certificate

                raise wrong_certificate() from wrong
            said = " ".join(str(wrong).split())[:120] or type(wrong).__name__
            raise FetchError(
                f"{where.shown} can't be reached ({said}): check the line, and whether its server runs",
                code="unreachable",
            ) from wrong

    def _body(self, chunks: Iterator[bytes], packing: str, deadline: float) -> bytes:
        """Return a body, unpacked; no more of it is held in memory than may come."""
        most = self.limits.most_bytes
        if packing not in ("", "identity", "gzip"):
            raise FetchError("the server's answer is packed in an unknown way", code="bad_answer")
        unpacker = zlib.decompressobj(31) if packing == "gzip" else None
        parts, size = [], 0
        for chunk in chunks:
            part = chunk
            if unpacker is not None:
                try:
                    part = unpacker.decompress(chunk, most - size + 1)
                except zlib.error as wrong:
                    raise FetchError(
                        "the server's answer is damaged: try again later", code="bad_answer"
                    ) from wrong
            size += len(part)
            if size > most or (unpacker is not None and unpacker.unconsumed_tail):
                raise FetchError(
                    f"the server's answer has more than {most // 1_000_000} MB, which none should have: "
                    "tell the party",
                    code="too_large",
                )
            if self._clock() > deadline:
                raise FetchError(f"{self.where.shown} sends too slowly: try again later", code="timeout")
            parts.append(part)
        if unpacker is not None and not unpacker.eof and size:
            raise FetchError("the server's answer breaks off: try again later", code="unreachable")
        return b"".join(parts)

    def _connections(self) -> tuple[httpcore.ConnectionPool, Any]:
        if self._open is None:
            import httpcore

            from seamwatch.ingest.party_socket import PartyBackend, tls_context

            context = tls_context(self._certificate) if self.where.scheme == "https" else None
            backend = PartyBackend(
                self.where,
                certificate=self._certificate if context is not None else None,
                private_addresses=self._private,
                clock=self._clock,
            )
            pool = httpcore.ConnectionPool(
                ssl_context=context, max_connections=1, keepalive_expiry=4.0, network_backend=backend
            )
            self._open = pool, backend
        return self._open

    def _ahead_of(self, status: int, content: bytes) -> timedelta | None:
        """Return how far the other's clock is ahead, where it refused us for ours; else None."""
        if status != 401:
            return None
        try:
            error = json.loads(content)["error"]
            if error["code"] != "clock":
                return None
            return datetime.fromisoformat(error["now"]).astimezone(UTC) - self._now()
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
