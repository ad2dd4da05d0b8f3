"""The issuer's side of OpenID Connect: where it is asked, and whether what it says is true.

Source: OpenID Connect Core 1.0 (section 3.1, the code flow) and Discovery 1.0; PKCE as in RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

from seamwatch.errors import SeamwatchError
from seamwatch.model.account import OidcSettings
from seamwatch.serve.hosts import is_loopback

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

# Signatures alone: with a MAC, whoever knows the client's secret or a public key could make tokens.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
KEPT_SECONDS, KEYS_AGAIN_SECONDS = 3600.0, 30.0
TIMEOUT, MOST_BYTES, LEEWAY = 10.0, 2**20, 60


class IssuerError(SeamwatchError):
    """An issuer that does not answer, or says what can't be believed."""

    code = "issuer_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom an issuer vouches for. `wanted` is how they are called there: nothing to tell people apart by."""

    subject: str
    wanted: str | None


def check_issuer(issuer: str) -> None:
    """Raise IssuerError where an address can't be an issuer's: https, or http on this machine."""
    _check_address(issuer, issuer)
    parts = urlsplit(issuer)
    if parts.query or parts.fragment:
        raise IssuerError(f"an issuer's address has no query and no fragment: {issuer[:200]}")


class Issuer:
    """One issuer, as one client of it sees it. Its description and keys are kept for an hour."""

    def __init__(self, settings: OidcSettings, secret: str | None) -> None:
        check_issuer(settings.issuer)
        self.settings = settings
        self._secret = secret
        self._lock = threading.Lock()
        self._description: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def address(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser goes to sign in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        at = self._endpoint("authorization_endpoint")
        return f"{at}{'&' if urlsplit(at).query else '?'}{urlencode(query)}"

    def person(self, code: str, *, redirect: str, nonce: str, verifier: str) -> Person:
        """Return for whom a code stands; IssuerError where the issuer refuses it or its token is not good."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        headers = {"accept": "application/json"}
        if self._secret is None:
            form["client_id"] = self.settings.client_id
        else:
            both = f"{quote_plus(self.settings.client_id)}:{quote_plus(self._secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        answer = self._fetch("POST", self._endpoint("token_endpoint"), data=form, headers=headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise IssuerError("the issuer sent no id token")
        claims = self._claims(token, nonce)
        wanted = claims.get("preferred_username") or claims.get("name")
        return Person(subject=claims["sub"], wanted=wanted if isinstance(wanted, str) else None)

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims: Mapping[str, Any] = self._decoded(token)
            rules.validate(dict(claims))
        except (JoseError, ValueError, TypeError, KeyError) as wrong:
            raise IssuerError(f"the id token is not good: {type(wrong).__name__} {wrong}"[:300]) from wrong
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.settings.client_id:
            raise IssuerError("the id token is not good: it was made for another client")
        if not claims["sub"] or len(claims["sub"]) > 255:
            raise IssuerError("the id token is not good: its subject has no or too many characters")
        return claims

    def _decoded(self, token: str) -> Mapping[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        keys, read = self._key_set(KEPT_SECONDS)
        try:
            return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            # The issuer may have new keys; asked for at most twice a minute, whatever tokens come.
            newer, again = self._key_set(KEYS_AGAIN_SECONDS)
            if again == read:
                raise
            return jwt.decode(token, newer, algorithms=list(ALGORITHMS)).claims

    def _key_set(self, most_age: float) -> tuple[KeySet, float]:
        from joserfc.jwk import KeySet

        with self._lock:
            if self._keys is None or time.monotonic() - self._keys[0] > most_age:
                rows = self._fetch("GET", self._endpoint("jwks_uri")).get("keys")
                public = [
                    row
                    for row in rows or ()
                    if isinstance(row, dict) and row.get("kty") != "oct" and row.get("use", "sig") == "sig"
                ]
                self._keys = time.monotonic(), KeySet.import_key_set({"keys": public})
            return self._keys[1], self._keys[0]

    def _endpoint(self, name: str) -> str:
        kept = self._description
        if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
            at = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = self._fetch("GET", at)
            if found.get("issuer") != self.settings.issuer:
                raise IssuerError(f"{at} describes another issuer: {str(found.get('issuer'))[:200]}")
            kept = self._description = time.monotonic(), found
        address = kept[1].get(name)
        if not isinstance(address, str):
            raise IssuerError(f"the issuer's description has no {name}")
        _check_address(address, self.settings.issuer)
        return address

    @staticmethod
    def _fetch(method: str, address: str, **more: Any) -> dict[str, Any]:
        import httpx

        try:
            with (
                httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client,
                client.stream(method, address, **more) as answer,
            ):
                content = bytearray()
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > MOST_BYTES:
                        raise IssuerError(f"{address} sends more than {MOST_BYTES // 2**20} MB")
                answer.raise_for_status()
                found = httpx.Response(200, content=bytes(content)).json()
        except (httpx.HTTPError, ValueError) as wrong:
            raise IssuerError(f"the issuer does not answer at {address} ({wrong})"[:400]) from wrong
        if not isinstance(found, dict):
            raise IssuerError(f"{address} sends no JSON object")
        return found


def _check_address(address: str, issuer: str) -> None:
    """Raise IssuerError where an address is not https; http only where the issuer is on this machine."""
    try:
        parts, home = urlsplit(address), urlsplit(issuer)
        local = is_loopback(parts.hostname or "") and is_loopback(home.hostname or "")
        good = parts.scheme == "https" or (parts.scheme == "http" and local)
        good = good and bool(parts.hostname) and parts.username is None
    except ValueError:
        good = False
    if not good:
        raise IssuerError(f"an issuer is asked over https alone: {address[:200]!r}")
