"""What stands before the exchange: how often an address asks, how large and how slow a body may be."""

from __future__ import annotations

import asyncio
import time

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seamwatch.serve.exchange_guard import Rates, TooOftenError
from seamwatch.serve.exchange_options import ExchangeOptions
from seamwatch.serve.faults import RequestError, body_of
from seamwatch.serve.hosts import client_key

HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}


class ExchangeGate:
    """ASGI middleware that refuses what is too often, too large or too slow before a route sees it."""

    def __init__(self, app: ASGIApp, options: ExchangeOptions, rates: Rates) -> None:
        self._app = app
        self._options = options
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = client_key(scope)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if message["status"] in (400, 401, 403, 413):
                    # Who guesses is slowed down sooner than who asks.
                    self._rates.charge(address, self._options.refusal_cost)
            await send(message)

        try:
            self._rates.take(address)
        except TooOftenError as wrong:
            answer = JSONResponse(
                body_of(wrong.code, str(wrong)), 429, headers={"retry-after": str(wrong.wait)}
            )
            await answer(scope, receive, send_on)
            return
        length = Headers(scope=scope).get("content-length", "")
        most = self._options.most_bytes if scope["method"] == "POST" else 0
        if length.isdecimal() and int(length) > most:
            too_large = _too_large(most)
            # What is on its way is not read, so the connection can't be used again.
            answer = JSONResponse(
                body_of(too_large.code, str(too_large)), 413, headers={"connection": "close"}
            )
            await answer(scope, receive, send_on)
            return
        await self._app(scope, self._measured(receive, most), send_on)

    def _measured(self, receive: Receive, most: int) -> Receive:
        taken, began = 0, time.monotonic()
        done = False

        async def measuring() -> Message:
            nonlocal taken, done
            if done:  # what comes after the body is that the client has gone
                return await receive()
            may = min(self._options.grace + taken / self._options.least_rate, self._options.longest)
            left = began + may - time.monotonic()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, left))
            except TimeoutError:
                raise RequestError(
                    "the body came too slowly: send it in smaller parts", code="too_slow", status=408
                ) from None
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                done = not message.get("more_body", False)
                if taken > most:
                    raise _too_large(most)
            return message

        return measuring


def _too_large(most: int) -> RequestError:
    return RequestError(
        f"the request's body has more than {most / 1_000_000:g} MB: send it in smaller parts",
        code="too_large",
        status=413,
    )
