"""A small OpenID Connect issuer on loopback, for tests: real HTTP, real keys, and lies on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "desk", "the-clients-secret"


class TestIssuer:
    """An issuer that signs in whom it is told to. `lie` changes the claims, `sign` how they are signed."""

    __test__ = False

    def __init__(self, address: str) -> None:
        self.address = address
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.subject, self.username = "subject-1", "Dilan Aziz"
        self.lie: dict[str, Any] = {}
        self.sign = "RS256"
        self.described: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.refused: list[str] = []

    def description(self) -> dict[str, Any]:
        """Return the discovery document."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            **self.described,
        }

    def keys(self) -> dict[str, Any]:
        """Return the public keys."""
        found: dict[str, Any] = dict(KeySet([self.key]).as_dict(private=False))
        return found

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser goes after it signed in here."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the answer to a code; None where the client, the code or its verifier is wrong."""
        asked = self.codes.pop(form.get("code", ""), None)
        right = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or authorization != f"Basic {right}":
            self.refused.append("code" if asked is None else "client")
            return None
        if challenge.rstrip(b"=").decode() != asked["code_challenge"]:
            self.refused.append("verifier")
            return None
        if asked["redirect_uri"] != form.get("redirect_uri"):
            self.refused.append("redirect")
            return None
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": self.subject,
            "preferred_username": self.username,
            "email": "ada@example.org",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.lie,
        }
        claims = {key: value for key, value in claims.items() if value is not None}
        return {"token_type": "Bearer", "access_token": "x", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        """Return an id token, signed as `sign` says."""
        if self.sign == "none":
            parts = ({"alg": "none"}, claims)
            coded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts]
            return f"{coded[0]}.{coded[1]}."
        if self.sign == "HS256":  # with what everybody can read: the public key's text
            key = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, key, algorithms=["HS256"])
        if self.sign == "other key":
            other = RSAKey.generate_key(2048, {"kid": "k1"})
            return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, other)
        if self.sign == "changed":
            head, _, mark = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key).split(".")
            changed = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "subject-ada"}).encode())
            return f"{head}.{changed.rstrip(b'=').decode()}.{mark}"
        kid = self.key.kid
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, self.key)


@contextmanager
def issuing() -> Iterator[TestIssuer]:
    """Yield an issuer that answers on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            issuer.asked.append(parts.path)
            match parts.path:
                case "/.well-known/openid-configuration":
                    self._json(issuer.description())
                case "/keys":
                    self._json(issuer.keys())
                case "/authorize":
                    query = {key: value[0] for key, value in parse_qs(parts.query).items()}
                    self.send_response(302)
                    self.send_header("Location", issuer.authorize(query))
                    self.end_headers()
                case _:
                    self.send_error(404)

        def do_POST(self) -> None:
            issuer.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {key: value[0] for key, value in parse_qs(body).items()}
            answer = issuer.token(form, self.headers.get("Authorization", ""))
            self._json(answer or {"error": "invalid_grant"}, 200 if answer else 400)

        def _json(self, value: Any, status: int = 200) -> None:
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = TestIssuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
