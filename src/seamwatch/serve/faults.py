"""The one shape of every error: `{"error": {"code", "message", "field"}}`, and which status it has."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from seamwatch.errors import FetchError, InputError, SeamwatchError, StoreError, UnknownIdError
from seamwatch.model.account import LOCAL

LOG = logging.getLogger("seamwatch.serve")
_STORE_STATUS = {
    "store_busy": 503,
    "store_closed": 503,
    "store_full": 507,
    "not_undoable": 409,
    "account_exists": 409,
}
# Fields whose values no answer repeats.
_SECRETS = frozenset({"password", "old", "new"})
_WORDS = {
    404: ("not_found", "there is nothing at {path}: the API's description is at /api/v1/openapi.json"),
    405: ("method_not_allowed", "{path} does not take {method}: see /api/v1/openapi.json for what it takes"),
    400: ("bad_request", "the request can't be read: send JSON as /api/v1/openapi.json describes it"),
}


class RequestError(SeamwatchError):
    """A request that is refused: with its status, and the parameter or field that is wrong."""

    headers: Mapping[str, str] | None = None

    def __init__(self, message: str, *, code: str, status: int = 400, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.field = field


class TooLargeError(HTTPException):
    """A body with more bytes than the server takes; raised while it is read."""

    def __init__(self, most: int) -> None:
        size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 2**10} kB"
        super().__init__(413, f"the request has more than {size}: send it in smaller parts")


def unknown_id(kind: str, name: str, where: str) -> RequestError:
    """Return the fault that no incident (article, ...) has an id; `where` says what lists the ids."""
    return RequestError(
        f"no {kind} has the id {name}: {where} lists those that are there",
        code=f"unknown_{kind}",
        status=404,
    )


def body_of(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """Return the body of an error."""
    return {"error": {"code": code, "message": message, "field": field}}


def unforeseen_body() -> dict[str, Any]:
    """Return the body where the server itself failed; what went wrong is for its log alone."""
    message = "the server failed at this request; its log on standard error says why"
    return body_of("server_error", message)


def status_of(wrong: SeamwatchError) -> int:
    """Return the HTTP status of an error of ours."""
    if isinstance(wrong, RequestError):
        return wrong.status
    if isinstance(wrong, UnknownIdError):
        return 404
    if isinstance(wrong, FetchError):
        return 502
    if isinstance(wrong, InputError):
        return 400
    return _STORE_STATUS.get(wrong.code, 500) if isinstance(wrong, StoreError) else 500


def fault_body(wrong: SeamwatchError, *, near: bool) -> dict[str, Any]:
    """Return the body for an error of ours.

    Only who sits at the machine (`near`) is told where on it something failed: of files that others can't
    reach they need not know, least of all before they have signed in.
    """
    if not near and status_of(wrong) >= 500 and not isinstance(wrong, RequestError):
        return body_of(wrong.code, "the desk can't answer this now: try again; its log says why")
    return body_of(wrong.code, str(wrong), getattr(wrong, "field", None))


def install(app: FastAPI) -> None:
    """Make every error of an app have the one shape."""

    async def ours(request: Request, wrong: Exception) -> JSONResponse:
        assert isinstance(wrong, SeamwatchError)
        status = status_of(wrong)
        if status >= 500:
            LOG.error("%s", wrong)
        body = fault_body(wrong, near=getattr(request.state, "identity", None) is LOCAL)
        return JSONResponse(body, status, headers=getattr(wrong, "headers", None))

    async def invalid(_: Request, wrong: Exception) -> JSONResponse:
        assert isinstance(wrong, RequestValidationError)
        return JSONResponse(_invalid_body(wrong), 400)

    async def plain(request: Request, wrong: Exception) -> JSONResponse:
        assert isinstance(wrong, HTTPException)
        return JSONResponse(_plain_body(request, wrong), wrong.status_code, headers=wrong.headers)

    app.add_exception_handler(SeamwatchError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)


def _invalid_body(wrong: RequestValidationError) -> dict[str, Any]:
    """Return the body for the first thing that is wrong with parameters or a JSON body."""
    first = wrong.errors()[0]
    if first["type"] == "json_invalid":
        return body_of("bad_json", "the body is no valid JSON: check it at the place where it breaks off")
    path = [str(part) for part in first["loc"][1:]]
    field = ".".join(path) or None
    said = first["msg"].removeprefix("Value error, ")
    said = said[:1].lower() + said[1:]
    given = first.get("input")
    secret = bool(_SECRETS & set(path))
    if secret or first["type"] == "missing" or not isinstance(given, str | int | float):
        shown = ""
    else:
        shown = f", got {str(given)[:60]!r}"
    return body_of("bad_value", f"{field or 'the body'}: {said}{shown}", field)


def _plain_body(request: Request, wrong: HTTPException) -> dict[str, Any]:
    if wrong.status_code == 413:
        return body_of("too_large", str(wrong.detail))
    code, words = _WORDS.get(wrong.status_code, ("bad_request", str(wrong.detail)))
    return body_of(code, words.format(path=request.url.path, method=request.method))
