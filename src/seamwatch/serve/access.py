"""Who may do what: the one place where that stands, and where it is checked for every route.

ROUTES names the permission of every route of the app; a route without a row makes the app refuse to start.
Which permissions a role has stands in `vocabulary.permissions`, which values a clearance lets see in
`pipeline.visibility`.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seamwatch.errors import SeamwatchError
from seamwatch.model.account import LOCAL, Identity
from seamwatch.serve.access_rules import Rules
from seamwatch.serve.faults import RequestError, fault_body, status_of
from seamwatch.serve.people import People, WaitError
from seamwatch.serve.security import WRITES
from seamwatch.vocabulary.permissions import Permission, permissions_of

LOG = logging.getLogger("seamwatch.serve")
PUBLIC = "public"
"""Of a route that everybody may ask, also who has not signed in: nothing of the record is in its answer."""

_API = "/api/v1"
# "METHOD path": the permission that is needed; of several words, one is enough.
ROUTES: Mapping[str, str] = {
    "GET /healthz": PUBLIC,
    "GET /basemap.pmtiles": PUBLIC,
    "HEAD /basemap.pmtiles": PUBLIC,
    "GET /{path:path}": PUBLIC,
    "HEAD /{path:path}": PUBLIC,
    f"GET {_API}/openapi.json": "read",
    f"HEAD {_API}/openapi.json": "read",
    # people
    f"GET {_API}/session": PUBLIC,
    f"POST {_API}/session": PUBLIC,
    f"DELETE {_API}/session": PUBLIC,
    f"PATCH {_API}/session/password": "read",
    f"GET {_API}/session/oidc/start": PUBLIC,
    f"GET {_API}/session/oidc/callback": PUBLIC,
    f"GET {_API}/accounts": "accounts",
    f"POST {_API}/accounts": "accounts",
    f"PATCH {_API}/accounts/{{name}}": "accounts",
    f"GET {_API}/tokens": "read",
    f"POST {_API}/tokens": "read",
    f"DELETE {_API}/tokens/{{token_id}}": "read",
    # the record
    f"GET {_API}/config": "read",
    f"GET {_API}/incidents": "read",
    f"GET {_API}/incidents/{{incident_id}}": "read",
    f"GET {_API}/incidents/{{incident_id}}/articles": "read",
    f"GET {_API}/articles": "read",
    f"GET {_API}/articles/{{article_id}}": "read",
    f"GET {_API}/areas": "read",
    f"GET {_API}/summary": "read",
    f"GET {_API}/tiles/{{z}}/{{x}}/{{y}}.mvt": "read",
    f"GET {_API}/review": "read",
    f"GET {_API}/decisions": "read",
    f"POST {_API}/decisions": "decide",
    f"POST {_API}/decisions/{{number}}/undo": "decide",
    f"GET {_API}/labels": "read",
    f"POST {_API}/labels": "decide",
    f"POST {_API}/labels/{{number}}/undo": "decide",
    f"GET {_API}/export": "export",
    f"GET {_API}/sitrep": "export",
    f"POST {_API}/extract": "add",
    f"POST {_API}/reports": "add",
    f"POST {_API}/jobs": "add",
    f"GET {_API}/jobs": "add",
    f"GET {_API}/jobs/{{job_id}}": "add",
    f"DELETE {_API}/jobs/{{job_id}}": "add",
    f"GET {_API}/jobs/{{job_id}}/events": "add",
    # the centre
    f"GET {_API}/centre": "read",
    f"POST {_API}/centre/sync": "exchange",
    f"GET {_API}/centre/withdrawals": "read",
    f"GET {_API}/releases/preview": "release approve",
    f"POST {_API}/releases/orders": "release approve",
    f"GET {_API}/releases/orders": "release approve",
    f"GET {_API}/releases/rules": "release approve",
    f"PUT {_API}/releases/rules": "release",
    f"GET {_API}/requests": "read",
    f"POST {_API}/requests": "request",
    f"GET {_API}/requests/{{request_id}}": "read",
    f"POST {_API}/requests/{{request_id}}/answers": "request",
    f"GET {_API}/unanswered": "read",
    f"GET {_API}/audit": "audit",
    f"GET {_API}/audit/export": "audit",
    f"POST {_API}/audit/verify": "audit",
}
# What costs seconds of a core: counted for each account.
COSTLY = frozenset(
    {
        f"GET {_API}/export",
        f"GET {_API}/sitrep",
        f"POST {_API}/extract",
        f"POST {_API}/reports",
        f"POST {_API}/jobs",
        f"GET {_API}/releases/preview",
        f"POST {_API}/centre/sync",
        f"GET {_API}/audit/export",
        f"POST {_API}/audit/verify",
    }
)
# Of a person alone: a token that leaks must not make others.
PERSONAL = frozenset(
    {
        f"POST {_API}/accounts",
        f"PATCH {_API}/accounts/{{name}}",
        f"PATCH {_API}/session/password",
        f"POST {_API}/tokens",
        f"DELETE {_API}/tokens/{{token_id}}",
    }
)
_SIGN_IN = f"POST {_API}/session"
LOOK_SECONDS = 1.0
"""Seconds of a long answer after which is asked again who gets it."""


class _EndedError(Exception):
    """Who gets an answer has signed out, or may no longer have it."""


class Access:
    """ASGI middleware that finds out who asks, and refuses what they may not do."""

    def __init__(self, app: ASGIApp, rules: Rules, people: People) -> None:
        self._app = app
        self._rules = rules
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        route, permission = self._rules.of(scope["method"], scope["path"])
        if permission == PUBLIC and not scope["path"].startswith(f"{_API}/session"):
            await self._app(scope, receive, send)
            return
        try:
            identity = await run_in_threadpool(self._people.identify, scope)
            self._check(scope, route, permission, identity)
        except SeamwatchError as wrong:
            await _refusal(wrong)(scope, receive, send)
            return
        scope.setdefault("state", {})["identity"] = identity
        answering = send if identity is LOCAL else _private(send)
        with suppress(_EndedError):
            await self._app(scope, receive, self._watched(scope, answering, identity))

    def _watched(self, scope: Scope, send: Send, identity: Identity | None) -> Send:
        """Return a `send` that breaks a long answer off where who asked has signed out or lost a right since.

        Then the server closes the connection before the end, so that no half file looks whole.
        """
        looked = time.monotonic()

        async def sending(message: Message) -> None:
            nonlocal looked
            long = message["type"] == "http.response.body" and message.get("more_body")
            if long and time.monotonic() - looked >= LOOK_SECONDS:
                if not await run_in_threadpool(self._people.still, scope, identity):
                    raise _EndedError
                looked = time.monotonic()
            await send(message)

        return sending

    def _check(self, scope: Scope, route: str, permission: str, identity: Identity | None) -> None:
        if identity is None:
            if permission == PUBLIC:
                return
            raise RequestError("sign in first", code="not_signed_in", status=401)
        if route == _SIGN_IN:
            return
        if identity.session is not None and scope["method"] in WRITES:
            self._check_csrf(scope)
        if permission != PUBLIC:
            _check_permission(identity, permission.split())
        if route in PERSONAL and identity.scopes is not None:
            raise RequestError(
                "a token can't change accounts or tokens: sign in for that", code="not_allowed", status=403
            )
        if identity is not LOCAL and route in COSTLY:
            wait = self._people.costly.take(identity.name)
            if wait:
                raise WaitError(wait)

    def _check_csrf(self, scope: Scope) -> None:
        from seamwatch.pipeline.sessions import csrf_of

        session_id = self._people.session_id(scope)
        given = Headers(scope=scope).get("x-csrf-token", "")
        if session_id is None or not hmac.compare_digest(csrf_of(session_id).encode(), given.encode()):
            raise RequestError(
                "a write of who is signed in needs X-CSRF-Token with the `csrf` of GET /api/v1/session",
                code="wrong_csrf",
                status=403,
            )


def allowed(identity: Identity) -> tuple[Permission, ...]:
    """Return what somebody may do."""
    return permissions_of(identity.role, identity.scopes)


def require(request: Request, permission: Permission) -> None:
    """Raise RequestError where who asks lacks a permission; for what a route's row can't tell apart."""
    _check_permission(identity_of(request), (permission.value,))


def identity_of(request: Request) -> Identity:
    """Return who makes a request; RequestError where nobody has signed in."""
    identity = getattr(request.state, "identity", None)
    if identity is None:
        raise RequestError("sign in first", code="not_signed_in", status=401)
    return cast("Identity", identity)


def who(request: Request, given: str | None) -> str:
    """Return in whose name something is decided: the account's; without accounts the name given.

    RequestError where there are no accounts and none is given.
    """
    identity = identity_of(request)
    if identity is not LOCAL:
        return identity.name
    if not given:
        raise RequestError("by: say who decides", code="bad_value", field="by")
    return given


TheIdentity = Annotated[Identity, Depends(identity_of)]
"""Declare a route's parameter `identity: TheIdentity` to get who asks."""


def _check_permission(identity: Identity, wanted: Iterable[str]) -> None:
    wanted = tuple(wanted)
    if not set(allowed(identity)) & set(wanted):
        lacks = (
            "the token has not" if identity.scopes is not None else f"the role {identity.role.value} has not"
        )
        raise RequestError(
            f"this needs the permission {' or '.join(wanted)}, which {lacks}: ask an admin",
            code="not_allowed",
            status=403,
        )


def _refusal(wrong: SeamwatchError) -> JSONResponse:
    if status_of(wrong) >= 500:
        LOG.error("%s", wrong)
    headers = {"cache-control": "no-store", **(getattr(wrong, "headers", None) or {})}
    if status_of(wrong) == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(fault_body(wrong, near=False), status_of(wrong), headers=headers)


def _private(send: Send) -> Send:
    """Return a `send` whose answers no shared cache keeps."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            said = headers.get("cache-control")
            headers["cache-control"] = f"private, {said}" if said and "no-store" not in said else "no-store"
            headers.add_vary_header("Cookie")
            headers.add_vary_header("Authorization")
        await send(message)

    return sending
