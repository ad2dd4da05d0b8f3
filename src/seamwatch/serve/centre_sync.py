"""The exchange from the desk: at a person's wish, and every so many seconds where it was started so."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError
from seamwatch.serve.context import Desk

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.syncing import SyncResult

LOG = logging.getLogger("seamwatch.exchange")
_ONE = threading.Lock()


def sync_now(desk: Desk, parties: Iterable[str] | None = None) -> tuple[SyncResult, ...]:
    """Return what became of an exchange with the other parties; one runs at a time.

    SeamwatchError where no charter is in force, the keys can't be read, or a named party is none.
    """
    from seamwatch.pipeline.centre.lines import http_lines
    from seamwatch.pipeline.centre.opening import open_node
    from seamwatch.pipeline.centre.syncing import sync

    options = desk.options
    with _ONE, desk.store() as store:
        node = open_node(options.db, options.keys, store)
        return sync(node, http_lines(node, private_addresses=options.exchange_private), parties)


class SyncThread:
    """Exchanges with the other parties again and again, until it is closed. What fails is tried again."""

    def __init__(self, desk: Desk, every: float) -> None:
        self._desk = desk
        self._every = every
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="exchange", daemon=True)
        self._said: dict[str, str | None] = {}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after the exchange that is under way."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                for result in sync_now(self._desk):
                    self._say(result.party, result.error)
                self._say("", None)
            except SeamwatchError as wrong:
                self._say("", str(wrong))
            except Exception:
                LOG.exception("an exchange failed")
            self._closed.wait(self._every)

    def _say(self, party: str, error: str | None) -> None:
        """Log a problem when it comes, not each time that it is still there."""
        if error is not None and self._said.get(party) != error:
            LOG.error("exchange%s: %s", f" with {party}" if party else "", error)
        self._said[party] = error
