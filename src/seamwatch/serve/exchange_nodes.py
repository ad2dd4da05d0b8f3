"""The exchange: the nodes that its routes share, and the thread that carries out what came in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from seamwatch.errors import SeamwatchError, StoreError
from seamwatch.serve.exchange_guard import Nonces, Rates
from seamwatch.serve.exchange_options import ExchangeOptions
from seamwatch.store import open_store

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

LOG = logging.getLogger("seamwatch.exchange")
MOST_IDLE = 4
# Seconds after which what could not be carried out is tried again.
AGAIN = 15.0
# How often it is written that a party reached this node: each write makes the desk look at the record again.
RARELY = timedelta(minutes=5)


class Exchange:
    """Lends nodes, each with a store of its own, for one thread at a time."""

    def __init__(
        self,
        options: ExchangeOptions,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Open the database once, so that what is wrong with it or with the keys is said at the start."""
        self.options = options
        self.clock = clock
        self.nonces = Nonces(clock())
        self.addresses = Rates(options.address_rate)
        self.parties = Rates(options.party_rate)
        self._lock = threading.Lock()
        self._idle: list[Node] = []
        self._closed = False
        self._came = threading.Event()
        # When each party's request was last taken note of, and those that are not written yet.
        self._noted: dict[str, datetime] = {}
        self._heard: dict[str, datetime] = {}
        self._carrier = threading.Thread(target=self._carry, name="carrier", daemon=True)
        with self.node():
            pass

    def start(self) -> None:
        """Begin to carry out what came in."""
        self._came.set()
        self._carrier.start()

    @contextmanager
    def node(self) -> Iterator[Node]:
        """Return a context with a node of one's own."""
        with self._lock:
            if self._closed:
                raise StoreError("the server is shutting down", code="store_closed")
            node = self._idle.pop() if self._idle else None
        if node is None:
            node = self._opened()
        try:
            yield node
        finally:
            with self._lock:
                kept = not self._closed and len(self._idle) < MOST_IDLE
                if kept:
                    self._idle.append(node)
            if not kept:
                node.store.close()

    def came(self) -> None:
        """Have what came in carried out soon."""
        self._came.set()

    def heard(self, party: str) -> None:
        """Take note that a party has reached this node: one without an address is never asked itself.

        It is written rarely, and by the thread that carries out, so that no answer waits for the database.
        """
        now = self.clock()
        with self._lock:
            noted = self._noted.get(party)
            if noted is not None and now - noted < RARELY:
                return
            self._noted[party] = self._heard[party] = now
        self._came.set()

    def close(self) -> None:
        """End the carrying out after what it does now, and close all nodes that are not lent."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        self._came.set()
        if self._carrier.is_alive():
            self._carrier.join()
        for node in idle:
            node.store.close()

    def _opened(self) -> Node:
        from seamwatch.pipeline.centre.opening import open_node

        store = open_store(self.options.db, create=False)
        try:
            node = open_node(self.options.db, self.options.keys, store)
        except BaseException:
            store.close()
            raise
        node.clock = self.clock
        return node

    def _carry(self) -> None:
        wait: float | None = None
        while True:
            self._came.wait(wait)
            self._came.clear()
            if self._closed:
                return
            try:
                with self.node() as node:
                    self._write_heard(node)
                    node.carry_out()
                wait = None
            except SeamwatchError as wrong:
                wait = None if wrong.code == "no_charter" else AGAIN  # nothing can have come in without one
                if wait is not None:
                    LOG.error("what came in can't be carried out yet: %s", wrong)
            except Exception:
                LOG.exception("what came in can't be carried out yet")
                wait = AGAIN

    def _write_heard(self, node: Node) -> None:
        with self._lock:
            heard, self._heard = self._heard, {}
        try:
            for party, at in heard.items():
                with node.store.transaction():
                    known = node.store.contact(party)
                    if known.reached is None or at - known.reached >= RARELY:
                        node.store.save_contact(replace(known, reached=at))
        except SeamwatchError:
            with self._lock:
                self._heard = heard | self._heard
            raise


def exchange_of(request: Request) -> Exchange:
    """Return the exchange of the app that answers a request."""
    return cast("Exchange", request.app.state.exchange)


TheExchange = Annotated[Exchange, Depends(exchange_of)]
"""Declare a route's parameter `exchange: TheExchange` to get the exchange."""
