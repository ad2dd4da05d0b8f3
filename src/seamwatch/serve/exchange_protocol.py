"""The exchange's connections: who opens one and does not say what it wants in time is cut off."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from seamwatch.serve.hosts import client_key

HEAD_SECONDS = 20.0
MOST_OF_ONE = 50
"""Connections that one address may hold open: it can't take all that the server has."""


class ExchangeProtocol(H11Protocol):
    """HTTP/1.1 whose request heads must come whole within HEAD_SECONDS, few connections to an address."""

    _held: ClassVar[Counter[str]] = Counter()
    _waiting: asyncio.TimerHandle | None = None
    _address: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection; its first request must come in time."""
        super().connection_made(transport)
        self._wait()
        self._address = self.client_of(transport)
        if self._address is not None:
            self._held[self._address] += 1
            if self._held[self._address] > MOST_OF_ONE:
                self._cut()

    def client_of(self, transport: asyncio.Transport) -> str | None:
        """Return whose connection this is; None where connections are not counted."""
        return client_key({"client": transport.get_extra_info("peername")})

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that has begun must be whole in time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._waiting is None and not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._stop()
        if self._address is not None:
            self._held[self._address] -= 1
            if not self._held[self._address]:
                del self._held[self._address]
            self._address = None
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._cut)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _cut(self) -> None:
        self._stop()
        if not self.transport.is_closing():
            self.transport.abort()


class ProxiedProtocol(ExchangeProtocol):
    """The same behind a proxy, from which all connections come."""

    def client_of(self, transport: asyncio.Transport) -> str | None:
        """Return None: the proxy's connections are not counted."""
        return None
