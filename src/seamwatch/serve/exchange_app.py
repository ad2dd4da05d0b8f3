"""The exchange's own small app: only what other parties may ask, apart from the desk."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from seamwatch.coordinate.canonical import moment_text
from seamwatch.errors import InputError, SeamwatchError, StoreError
from seamwatch.serve import exchange_routes
from seamwatch.serve.exchange_gate import ExchangeGate
from seamwatch.serve.exchange_guard import ClockError, PartedRefusalError, TooOftenError, not_accepted
from seamwatch.serve.exchange_nodes import Exchange
from seamwatch.serve.exchange_options import ExchangeOptions
from seamwatch.serve.faults import RequestError, body_of

LOG = logging.getLogger("seamwatch.exchange")
# Answers of the node that mean: this party may not have this, whether it is there or not.
_NOT_ALLOWED = frozenset({"not_party", "not_for_you", "unknown_id"})
_BUSY_SECONDS = "2"


def make_exchange_app(
    options: ExchangeOptions, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> FastAPI:
    """Return the app of a party's database; SeamwatchError where that or its keys can't be opened."""
    exchange = Exchange(options, clock=clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        exchange.start()
        try:
            yield
        finally:
            exchange.close()

    # No description is served: who may ask knows the routes, and others need not.
    app = FastAPI(title="Seamwatch exchange", openapi_url=None, lifespan=lifespan)
    app.state.exchange = exchange
    _install(app)
    app.include_router(exchange_routes.router)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=3)
    # The last added is the first that a request meets.
    app.add_middleware(ExchangeGate, options=options, rates=exchange.addresses)
    return app


def _install(app: FastAPI) -> None:
    """Make every error have the one shape, and say no more than its code's sentence."""

    async def ours(_: Request, wrong: Exception) -> Response:
        assert isinstance(wrong, SeamwatchError)
        return _answer_of(wrong)

    async def plain(_: Request, wrong: Exception) -> Response:
        assert isinstance(wrong, HTTPException)
        if wrong.status_code in (404, 405):
            # Where nobody need know what there is, all that is not there is one refusal.
            return exchange_routes.error_answer(not_accepted())
        return JSONResponse(body_of("bad_request", "the request can't be read"), wrong.status_code)

    async def unforeseen(_: Request, wrong: Exception) -> Response:
        LOG.error("a request failed", exc_info=wrong)
        return JSONResponse(body_of("server_error", "the server failed at this request"), 500)

    app.add_exception_handler(SeamwatchError, ours)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unforeseen)


def _answer_of(wrong: SeamwatchError) -> Response:
    if isinstance(wrong, ClockError):
        return exchange_routes.error_answer(wrong, now=moment_text(wrong.now))
    if isinstance(wrong, PartedRefusalError):
        return exchange_routes.error_answer(wrong, papers=wrong.papers)
    if isinstance(wrong, RequestError):
        answer = exchange_routes.error_answer(wrong)
        if isinstance(wrong, TooOftenError):
            answer.headers["retry-after"] = str(wrong.wait)
        return answer
    if wrong.code in _NOT_ALLOWED:
        return exchange_routes.error_answer(exchange_routes.not_allowed())
    if isinstance(wrong, InputError):
        return JSONResponse(body_of(wrong.code, str(wrong)[:500]), 400)
    LOG.error("%s", wrong)
    if isinstance(wrong, StoreError) and wrong.code in ("store_busy", "store_closed"):
        busy = body_of(wrong.code, "the node is busy: ask again soon")
        return JSONResponse(busy, 503, headers={"retry-after": _BUSY_SECONDS})
    return JSONResponse(body_of("server_error", "the server failed at this request"), 500)
