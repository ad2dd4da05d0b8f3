"""How a party signs a request to another one's exchange, and how the other checks it."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from seamwatch.coordinate.canonical import canonical, moment_text
from seamwatch.coordinate.keys import KeyRing, verifies
from seamwatch.errors import InputError

WINDOW = timedelta(minutes=15)
"""How far the clocks of two parties may differ."""
SCHEME = "Seamwatch"
MOST_CHARACTERS = 1000
_FIELDS = ("party", "to", "at", "nonce", "signature")
_PAIR = re.compile(r'([a-z]+)="([^"\\\x00-\x1f]*)"')
_SHAPES = {
    "party": re.compile(r"[a-z0-9-]{1,40}"),
    "to": re.compile(r"[a-z0-9-]{1,40}"),
    "at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"),
    "nonce": re.compile(r"[0-9a-f]{16,64}"),
    "signature": re.compile(r"[0-9a-f]{128}"),
}
# Verified where the party is unknown: an unknown name must not be answered sooner than a known one.
_NOBODY = KeyRing("nobody", bytes(32)).sign_key


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What is signed of a request. `query` is the query as sent, without its question mark."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an Authorization header says: who asks whom, when, with which nonce; not yet believed."""

    party: str
    to: str
    at: datetime
    nonce: str
    signature: str


def request_of(method: str, url: str, body: bytes = b"") -> HttpRequest:
    """Return what is signed of a request to a path with its query.

    >>> request_of("GET", "/exchange/v1/heads?a=1").query
    'a=1'
    """
    parts = urlsplit(url)
    return HttpRequest(method=method, path=parts.path, query=parts.query, body=body)


def authorization(
    keys: KeyRing, to: str, request: HttpRequest, *, at: datetime, nonce: str | None = None
) -> str:
    """Return the Authorization header of a request to a party, signed at a moment."""
    nonce = nonce or secrets.token_hex(16)
    signed = _signed_bytes(keys.party, to, moment_text(at), nonce, request)
    fields = (keys.party, to, moment_text(at), nonce, keys.sign(signed))
    return f"{SCHEME} " + ", ".join(f'{n}="{v}"' for n, v in zip(_FIELDS, fields, strict=True))


def read_authorization(header: str) -> Claim:
    """Return what a header claims; InputError (code "not_accepted") where it has another shape."""
    scheme, _, rest = header.partition(" ")
    if scheme != SCHEME or len(header) > MOST_CHARACTERS:
        raise _malformed()
    found: dict[str, str] = {}
    for part in rest.split(","):
        match = _PAIR.fullmatch(part.strip())
        if match is None or match[1] in found or match[1] not in _SHAPES:
            raise _malformed()
        if _SHAPES[match[1]].fullmatch(match[2]) is None:
            raise _malformed()
        found[match[1]] = match[2]
    if len(found) != len(_FIELDS):
        raise _malformed()
    try:
        at = datetime.fromisoformat(found["at"]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _malformed() from None
    return Claim(
        party=found["party"], to=found["to"], at=at, nonce=found["nonce"], signature=found["signature"]
    )


def is_signed(claim: Claim, sign_key: str | None, request: HttpRequest) -> bool:
    """Return whether a claim about a request bears the signature of a public key.

    None stands for a party that is not known: it takes as long, and the answer is no.
    """
    signed = _signed_bytes(claim.party, claim.to, moment_text(claim.at), claim.nonce, request)
    right = verifies(sign_key or _NOBODY, signed, claim.signature)
    return right and sign_key is not None


def in_window(claim: Claim, now: datetime) -> bool:
    """Return whether a claim was made within the window around a moment."""
    return abs(claim.at - now) <= WINDOW


def _signed_bytes(party: str, to: str, at: str, nonce: str, request: HttpRequest) -> bytes:
    return canonical(
        {
            "party": party,
            "to": to,
            "at": at,
            "nonce": nonce,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "body": hashlib.sha256(request.body).hexdigest(),
        }
    )


def _malformed() -> InputError:
    return InputError("the Authorization header is none of a party: sign the request", code="not_accepted")
