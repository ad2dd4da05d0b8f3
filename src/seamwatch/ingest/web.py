"""A polite web client: robots.txt, a pause for each host, limits, retries, conditional GET."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from seamwatch import __version__
from seamwatch.errors import FetchError
from seamwatch.ingest.address import PrivateHosts, check_url, show_url
from seamwatch.ingest.memory import FetchMemory, SessionMemory, Validators
from seamwatch.ingest.robots import EVERYTHING, Robots, parse_robots

if TYPE_CHECKING:
    import httpx

AGENT = "Seamwatch"
_AGAIN = (429, 500, 502, 503, 504)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_ROBOTS = 512_000
# Seconds for which a host that did not answer is left alone.
_DOWN = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """Seconds and bytes that one fetch may take. `total` counts retries and pauses for them."""

    connect: float = 10.0
    read: float = 20.0
    total: float = 90.0
    pause: float = 1.0
    back_off: float = 1.0
    retries: int = 3
    redirects: int = 5
    most_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a URL gave. `url` is where it was found after redirects, without a password."""

    url: str
    media_type: str
    charset: str | None
    content: bytes
    retrieved: datetime
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class PoliteClient:
    """Fetches pages one at a time. Clock, sleep and now can be given, so that tests need not wait."""

    def __init__(
        self,
        *,
        limits: WebLimits | None = None,
        memory: FetchMemory | None = None,
        private: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limits = limits or WebLimits()
        self._memory: FetchMemory = memory if memory is not None else SessionMemory()
        self._clock, self._sleep, self._now = clock, sleep, now
        self._robots: dict[str, Robots] = {}
        self._next_turn: dict[str, float] = {}
        self._down: dict[str, tuple[FetchError, float]] = {}
        # Whether an address of the private network may be fetched where it is given itself.
        self._may_private = private
        self._private = PrivateHosts()
        self._http: httpx.Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def fetch(self, url: str, *, found_on: str | None = None) -> Page | None:
        """Return the page, or None where it didn't change since it was remembered; raise FetchError.

        `found_on` is the feed or page that named the URL: what a public site names may not lead into
        the private network.
        """
        url = check_url(url)
        deadline = self._clock() + self.limits.total
        # Where no private address may be fetched, each request is refused by itself.
        trusted = not self._may_private or self._private.is_private(found_on or url)
        known = self._memory.get(url)
        where = url
        for _ in range(self.limits.redirects + 1):
            if not trusted and self._private.is_private(where):
                raise FetchError(
                    f"this leads to a private address, {show_url(where)}; give that URL itself",
                    code="private_address",
                )
            if not self._robots_of(where, deadline).allows(where):
                raise FetchError(
                    f"the site's robots.txt forbids {show_url(where)}; save the page by hand",
                    code="robots",
                )
            answer = self._get(where, deadline, known.headers() if known else {}, self.limits.most_bytes)
            if answer.status == HTTPStatus.NOT_MODIFIED:
                return None
            if answer.status not in _REDIRECTS:
                return self._page(where, answer)
            where = self._redirected(where, answer)
        raise FetchError(
            f"this redirects more than {self.limits.redirects} times (last to {show_url(where)}); "
            "open it in a browser and give the address where it ends",
            code="too_many_redirects",
        )

    def remember(self, url: str, page: Page) -> None:
        """Keep a page's validators under the URL that was asked for. Call it once the page is dealt with."""
        if page.validators.headers():
            self._memory.put(url, page.validators)

    def _page(self, url: str, answer: _Answer) -> Page:
        if answer.status >= 400:
            raise _status_error(answer.status)
        kind = Message()
        kind["content-type"] = answer.headers.get("content-type", "application/octet-stream")
        return Page(
            url=show_url(url),
            media_type=kind.get_content_type(),
            charset=kind.get_content_charset(),
            content=answer.content,
            retrieved=self._now(),
            validators=Validators(
                etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified")
            ),
        )

    @staticmethod
    def _redirected(url: str, answer: _Answer) -> str:
        target = answer.headers.get("location")
        if not target:
            raise FetchError("the server redirects to nowhere; check the address", code="bad_answer")
        return check_url(urljoin(url, target))

    def _robots_of(self, url: str, deadline: float) -> Robots:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site in self._down:
            wrong, until = self._down[site]
            if self._clock() < until:  # a feed of a dead host must not wait for each of its entries
                raise wrong
        if site not in self._robots:
            try:
                self._robots[site] = self._fetch_robots(f"{site}/robots.txt", deadline)
            except FetchError as wrong:
                self._down[site] = (wrong, self._clock() + _DOWN)
                raise
        return self._robots[site]

    def _fetch_robots(self, url: str, deadline: float) -> Robots:
        """Return the site's rules; without a robots.txt (4xx) all is allowed, as RFC 9309 says."""
        for _ in range(self.limits.redirects + 1):
            try:
                answer = self._get(url, deadline, {}, _MOST_ROBOTS)
            except FetchError as wrong:
                if wrong.code == "too_large":
                    return EVERYTHING
                raise
            if answer.status in _REDIRECTS:
                url = self._redirected(url, answer)
            elif answer.status == HTTPStatus.OK:
                return parse_robots(answer.content.decode("utf-8", errors="replace"), AGENT)
            else:
                return EVERYTHING
        return EVERYTHING

    def _get(self, url: str, deadline: float, headers: Mapping[str, str], most: int) -> _Answer:
        """Return the answer to one GET, asked again after busy answers and broken connections."""
        if not self._may_private and self._private.is_private(url):
            raise FetchError(
                f"{show_url(url)} is an address of the private network, which is not fetched here; "
                "save the page and give the file",
                code="private_address",
            )
        pause = self.limits.back_off
        for left in range(self.limits.retries, -1, -1):
            self._wait_turn(url)
            asked: float | None = None
            try:
                answer = self._get_once(url, deadline, headers, most)
                if answer.status not in _AGAIN:
                    return answer
                wrong = _status_error(answer.status)
                asked = self._retry_after(answer.headers.get("retry-after"))
            except FetchError as caught:
                if caught.code not in ("timeout", "unreachable"):
                    raise
                wrong = caught
            wait = pause if asked is None else asked
            if asked is not None and self._clock() + wait >= deadline:
                raise FetchError(
                    f"the server is busy and asks to wait {wait:.0f} s; try then", code=wrong.code
                )
            if not left or self._clock() + wait >= deadline:
                raise wrong
            self._sleep(wait)
            pause *= 2
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait_turn(self, url: str) -> None:
        host = urlsplit(url).netloc
        wait = self._next_turn.get(host, 0.0) - self._clock()
        if wait > 0:
            self._sleep(wait)
        rules = self._robots.get(f"{urlsplit(url).scheme}://{host}", EVERYTHING)
        self._next_turn[host] = self._clock() + max(self.limits.pause, rules.delay)

    def _get_once(self, url: str, deadline: float, headers: Mapping[str, str], most: int) -> _Answer:
        import httpx

        left = deadline - self._clock()
        timeout = httpx.Timeout(
            max(0.001, min(self.limits.read, left)), connect=max(0.001, min(self.limits.connect, left))
        )
        try:
            with self._client().stream("GET", url, headers=headers, timeout=timeout) as response:
                content = b""
                if response.status_code == HTTPStatus.OK:
                    content = self._body(response, deadline, most)
                return _Answer(status=response.status_code, headers=response.headers, content=content)
        except httpx.TimeoutException as wrong:
            raise FetchError(
                f"the server did not answer within {self.limits.read:g} s; try again later", code="timeout"
            ) from wrong
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as wrong:
            raise FetchError(
                f"this is no address that can be fetched ({wrong}); check it", code="bad_url"
            ) from wrong
        except httpx.DecodingError as wrong:
            raise FetchError(
                "the server's answer is damaged (its packing is broken); try again later", code="bad_answer"
            ) from wrong
        except httpx.HTTPError as wrong:
            said = " ".join(str(wrong).split())[:120] or type(wrong).__name__
            raise FetchError(
                f"the server can't be reached ({said}); check the address and the network", code="unreachable"
            ) from wrong

    def _body(self, response: httpx.Response, deadline: float, most: int) -> bytes:
        parts, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > most:
                raise FetchError(
                    f"this page is larger than {most / 1_000_000:g} MB; give the article alone",
                    code="too_large",
                )
            if self._clock() > deadline:
                raise FetchError(
                    f"the page did not arrive within {self.limits.total:g} s; try again later",
                    code="too_slow",
                )
            parts.append(chunk)
        return b"".join(parts)

    def _client(self) -> httpx.Client:
        if self._http is None:
            import httpx

            self._http = httpx.Client(
                headers={"User-Agent": f"{AGENT}/{__version__}"}, follow_redirects=False
            )
        return self._http

    def _retry_after(self, value: str | None) -> float | None:
        """Return the seconds that Retry-After asks for, as a number or a date."""
        if not value:
            return None
        if value.strip().isdigit():
            return float(value)
        try:
            return max(0.0, (parsedate_to_datetime(value) - self._now()).total_seconds())
        except (ValueError, TypeError):
            return None


def _status_error(status: int) -> FetchError:
    try:
        said = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        said = str(status)
    do = "check the address" if status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS else "try again later"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        do = "it refuses programs or needs a login; save the page by hand"
    return FetchError(f"the server answers {said}; {do}", code=f"http_{status}")
