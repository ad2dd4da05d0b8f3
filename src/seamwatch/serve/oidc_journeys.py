"""Sign-ins that are under way at the issuer, each kept for one browser and for one return."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from seamwatch.model.account import OidcSettings
from seamwatch.serve.oidc_issuer import Issuer

# A sign-in at the issuer takes so long at most, and so many may be under way.
SECONDS, MOST_UNDER_WAY = 600.0, 1_000
MOST_PATH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """What is remembered of one until it comes back: for which browser, and where it is to go then."""

    browser: str
    nonce: str
    verifier: str
    redirect: str
    next: str
    until: float


class Journeys:
    """The sign-ins that went to the issuer and have not come back. Each comes back once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, UnderWay] = OrderedDict()
        self._issuer: Issuer | None = None

    def begin(self, redirect: str, path: str) -> tuple[str, UnderWay]:
        """Return the state of a new one, and what it is remembered by."""
        made = UnderWay(
            browser=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect=redirect,
            next=path,
            until=time.monotonic() + SECONDS,
        )
        state = secrets.token_urlsafe(32)
        with self._lock:
            self._kept[state] = made
            if len(self._kept) > MOST_UNDER_WAY:
                self._kept.popitem(last=False)
        return state, made

    def end(self, state: str, browser: str) -> UnderWay | None:
        """Return the one of a state, if this browser began it, and forget it; None for any other."""
        with self._lock:
            found = self._kept.pop(state, None)
        if found is None or found.until < time.monotonic():
            return None
        return found if hmac.compare_digest(found.browser.encode(), browser.encode()) else None

    def issuer(self, settings: OidcSettings, secret: str | None) -> Issuer:
        """Return the issuer of these settings, with what is known of it."""
        with self._lock:
            if self._issuer is None or self._issuer.settings != settings:
                self._issuer = Issuer(settings, secret)
            return self._issuer


def own_path(path: str | None) -> str:
    r"""Return a path of this desk as it is given, or "/" for what could lead elsewhere.

    >>> [own_path(p) for p in ("/list?since=2024-01-01", "//evil.example", "/\\evil", "https://evil.example")]
    ['/list?since=2024-01-01', '/', '/', '/']
    """
    given = path or "/"
    plain = given.isprintable() and "\\" not in given and len(given) <= MOST_PATH
    if not plain or not given.startswith("/") or given.startswith(("//", "/api/")):
        return "/"
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc else "/"
