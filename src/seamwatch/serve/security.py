"""What stands before every route: whose requests are taken, how large they may be, what a browser may do.

Who asks is found out later (`access`). Here it is from where: a web page of another site, open in the user's
browser, may not use the server. So Host must be this machine's own name or one that was allowed at the start
(a foreign name that was made to lead here is refused), a write must come from the server's own pages or from
no page, and its content type must be one that another site's form can't send unasked. Where the browser says
that another site asks, the API is not read either: how long an answer takes would tell what is in the record.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seamwatch.serve.faults import TooLargeError, body_of, unforeseen_body
from seamwatch.serve.hosts import is_allowed_host, is_loopback, is_own_host, seen_from_outside
from seamwatch.serve.options import ServeOptions

__all__ = ["Gate", "content_policy", "is_loopback", "response_headers"]

LOG = logging.getLogger("seamwatch.serve")
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
UPLOADS = "/api/v1/jobs"
# Read before anybody has signed in: a name and a password need no more bytes.
SIGN_IN, MOST_SIGN_IN = "/api/v1/session", 16 * 1024
# Bytes of a body that is too large anyway which are read and dropped, so that the client gets the answer.
_DRAINED = 8
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    # MapLibre makes its workers of blobs.
    "worker-src": "'self' blob:",
    "child-src": "'self' blob:",
    "img-src": "'self' data: blob:",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def content_policy(style_url: str | None = None) -> str:
    """Return the Content-Security-Policy; a map style of another machine may load its tiles and sprites."""
    parts = dict(_POLICY)
    if style_url is not None and urlsplit(style_url).scheme in ("http", "https"):
        scheme = f"{urlsplit(style_url).scheme}:"
        for name in ("connect-src", "img-src"):
            parts[name] = f"{parts[name]} {scheme}"
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def response_headers(options: ServeOptions) -> Mapping[str, str]:
    """Return the headers of every answer; a route may set its own in their place."""
    return {
        "content-security-policy": content_policy(options.style_url),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


class Gate:
    """ASGI middleware that refuses what is not from here, and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:
        self._app = app
        self._options = options
        self._headers = response_headers(options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = seen_from_outside(scope, self._options)
        secure = scope["scheme"] == "https"
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        length = headers.get("content-length", "")
        most = self._most_bytes(scope, headers)
        if length.isdecimal() and int(length) > most:
            await self._drain(receive)
            too_large = TooLargeError(most)
            answer = JSONResponse(body_of("too_large", str(too_large.detail)), 413)
            await answer(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, self._counted(receive, most), send_with_headers)
        except Exception as wrong:
            if started:
                raise
            # Here and not in the app: what stands before the routes can fail too, and its answer needs the
            # headers as well.
            LOG.error("a request failed", exc_info=wrong)
            failed = JSONResponse(unforeseen_body(), 500, headers={"cache-control": "no-store"})
            await failed(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> JSONResponse | None:
        host, scheme = headers.get("host", ""), scope["scheme"]
        port = self._options.port or (scope.get("server") or (None, None))[1]
        if is_allowed_host(host, scheme, self._options.allowed_hosts):
            if scheme != "https":
                return _refused(
                    403,
                    "not_secure",
                    f"open https://{host}/: passwords do not cross a network in clear. A proxy must send "
                    "X-Forwarded-Proto",
                )
        elif not is_own_host(host, port, scheme):
            known = ", ".join(self._options.allowed_hosts) or f"{scheme}://127.0.0.1:{port}/"
            return _refused(
                403, "wrong_host", f"the Host {host[:100]!r} is not this server's: open it as {known}"
            )
        if _is_of_another_site(scope, headers):
            return _refused(
                403,
                "wrong_origin",
                "a page of another site may not use this server: open it in a window of its own",
            )
        if scope["method"] not in WRITES:
            return None
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"{scheme}://{host.lower()}":
            return _refused(
                403,
                "wrong_origin",
                "a page of another site may not write here: use the server's own pages, or a program that "
                "sends no Origin",
            )
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("application/json", "multipart/form-data"):
            return _refused(
                415,
                "unsupported_media_type",
                f"a {scope['method']} needs Content-Type application/json (multipart/form-data for files)",
            )
        return None

    def _most_bytes(self, scope: Scope, headers: Headers) -> int:
        """Return how large a body may be: files for a job go to the disk, all else is held in memory."""
        if scope["path"].startswith(SIGN_IN):
            return min(MOST_SIGN_IN, self._options.most_bytes)
        files = headers.get("content-type", "").lower().startswith("multipart/form-data")
        upload = files and scope["path"] == UPLOADS
        return self._options.most_upload if upload else self._options.most_bytes

    def _counted(self, receive: Receive, most: int) -> Receive:
        taken = 0

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > most:
                    raise TooLargeError(most)
            return message

        return counting

    async def _drain(self, receive: Receive) -> None:
        left = self._options.most_bytes * _DRAINED
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                return


def _is_of_another_site(scope: Scope, headers: Headers) -> bool:
    """Return whether a browser says that a page of another site asks the API, other than by leading here.

    A link from elsewhere opens in a window of its own, and so comes who has signed in at an issuer.
    Source: Fetch Metadata Request Headers (W3C). Programs and older browsers send none of them.
    """
    if headers.get("sec-fetch-site") not in ("cross-site", "same-site"):
        return False
    if not scope["path"].startswith("/api/"):
        return False
    opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return not opened or scope["method"] in WRITES


def _refused(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse(body_of(code, message), status)
