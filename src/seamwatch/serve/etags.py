"""ETags: what was asked for and the state of the database make one, before anything is computed."""

from __future__ import annotations

import hashlib
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seamwatch.serve.context import Desk

# Jobs change without the database; the description, the health and who is signed in do not follow from it;
# requests expire by the clock.
_UNTAGGED = (
    "/api/v1/jobs",
    "/api/v1/openapi.json",
    "/api/v1/session",
    "/api/v1/requests",
    "/api/v1/unanswered",
)


def tag_of(mark: str, path: str, query: bytes, who: str = "") -> str:
    """Return the ETag of what a path and a query give in one state of the database. It is weak.

    `who` says for whom: what one account was given is no answer for another one in the same browser.

    >>> tag_of("a-1", "/api/v1/areas", b"") == tag_of("a-2", "/api/v1/areas", b"")
    False
    """
    whole = b"\0".join((path.encode() + b"?" + query, who.encode()))
    asked = hashlib.blake2b(whole, digest_size=8).hexdigest()
    return f'W/"{mark}-{asked}"'


def is_held(tag: str, header: str | None) -> bool:
    """Return whether an If-None-Match header has the tag."""
    if header is None:
        return False
    held = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag.removeprefix("W/") in held


class Tagger:
    """ASGI middleware that gives the GETs of /api/v1 an ETag, and answers 304 where the client has it.

    The mark is taken before the answer is made: a change in between makes the tag too old, never too new. A
    route that sets an ETag of its own keeps it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        tagged = scope["type"] == "http" and scope["method"] == "GET" and path.startswith("/api/v1/")
        if not tagged or path.startswith(_UNTAGGED):
            await self._app(scope, receive, send)
            return
        desk = cast("Desk", scope["app"].state.desk)
        identity = scope.get("state", {}).get("identity")
        who = "" if identity is None else f"{identity.name} {identity.role} {identity.clearance}"
        tag = tag_of(await run_in_threadpool(desk.mark), path, scope.get("query_string", b""), who)
        caching = {"etag": tag, "cache-control": "no-cache"}
        if is_held(tag, Headers(scope=scope).get("if-none-match")):
            await Response(status_code=304, headers=caching)(scope, receive, send)
            return

        async def send_tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                for name, value in caching.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_tagged)
