"""The desk: the database and the kit that the routes of one server share."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from fastapi import Depends, Request

from seamwatch.errors import StoreError
from seamwatch.serve.incident_map import IncidentMap
from seamwatch.serve.options import ServeOptions
from seamwatch.serve.reading_desk import ReadingDesk
from seamwatch.store import open_store

if TYPE_CHECKING:
    from seamwatch.pipeline.kit import Kit
    from seamwatch.store.base import Store

T = TypeVar("T")

# Stores kept open between requests. Each has a page cache and mentions in memory.
MOST_IDLE = 6
MOST_KEPT = 64


class Desk:
    """Lends stores, makes the kit once, and remembers results until the database changes.

    A store is one thread's while it is lent: take it, use it and give it back in one function. Ask for it
    inside a route, never as a dependency of one: requests that wait for a store while they hold a thread
    could then never get on.
    """

    def __init__(self, options: ServeOptions) -> None:
        """Open the database once, so that what is wrong with it is said at the start."""
        self.options = options
        self._lock = threading.Lock()
        self._idle: list[Store] = []
        self._closed = False
        self._kit: Kit | None = None
        self._kit_places: tuple[Store, object] | None = None
        self._kit_lock = threading.Lock()
        self._kept: dict[str, OrderedDict[Hashable, tuple[str, Any]]] = {}
        # Marks of two connections can't be compared, and a connection's own writes do not move its mark. So
        # one connection is only asked for its mark and never writes.
        self._watcher = open_store(options.db, create=False)
        self._watch_lock = threading.Lock()
        self._boot = secrets.token_hex(4)
        self.map = IncidentMap(self)
        self.map_is_warm = threading.Event()
        self.reading = ReadingDesk(self)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Return a context with a store of one's own."""
        with self._lock:
            if self._closed:
                raise StoreError("the server is shutting down", code="store_closed")
            store = self._idle.pop() if self._idle else None
        if store is None:
            store = open_store(self.options.db, create=False)
        try:
            yield store
        finally:
            with self._lock:
                kept = not self._closed and len(self._idle) < MOST_IDLE
                if kept:
                    self._idle.append(store)
            if not kept:
                store.close()

    def mark(self) -> str:
        """Return a word that is another one after every change of the database, and in another run."""
        with self._watch_lock:
            return f"{self._boot}-{self._watcher.change_mark()}"

    def kit(self) -> Kit:
        """Return the kit, made at the first call (about two seconds), with the database's own places.

        Places that were added since the last call are known. Parser and gazetteer are for one thread at a
        time: hold the kit's `lock` while you use them. Extracting an article does so by itself.
        """
        from dataclasses import replace

        from seamwatch.pipeline.kit import load_kit
        from seamwatch.store import open_places

        with self._kit_lock:
            if self._kit is None or self._kit_places is None:
                places = open_places(self.options.db)
                self._kit_places = places, places.place_files()
                self._kit = replace(load_kit(places), lock=threading.RLock())
            places, known = self._kit_places
            with self._kit.lock:
                files = places.place_files()
                if files != known:
                    self._kit.gazetteer.forget()
                    self._kit_places = places, files
            return self._kit

    def warm(self) -> None:
        """Read what the first page and the first search need, so that nobody waits for it."""
        with suppress(StoreError):
            self.counts()
        self.map.warm()
        self.map.names.read()
        self.map_is_warm.set()

    def counts(self) -> Mapping[str, int]:
        """Return how many there are of each thing that the store keeps."""

        def counted() -> dict[str, int]:
            with self.store() as store:
                return store.counts()

        return self.remembered("counts", counted)

    def remembered(
        self, key: Hashable, make: Callable[[], T], *, shelf: str = "", most: int = MOST_KEPT
    ) -> T:
        """Return what `make` gives, made anew only after the database has changed.

        `key` must say all that the result depends on beside the database. A shelf keeps its `most` newest
        results: give large ones a shelf of their own. Two requests at once may both make one: nobody waits.
        """
        mark = self.mark()
        with self._lock:
            kept = self._kept.setdefault(shelf, OrderedDict())
            held = kept.get(key)
            if held is not None and held[0] == mark:
                kept.move_to_end(key)
                return cast("T", held[1])
        made = make()
        with self._lock:
            kept[key] = (mark, made)
            kept.move_to_end(key)
            while len(kept) > most:
                kept.popitem(last=False)
        return made

    def close(self) -> None:
        """Close all stores that are not lent; those that are close when they come back. A job ends early."""
        self.reading.close()
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            self._kept.clear()
        for store in idle:
            store.close()
        with self._watch_lock:
            self._watcher.close()


def desk_of(request: Request) -> Desk:
    """Return the desk of the app that answers a request."""
    return cast("Desk", request.app.state.desk)


TheDesk = Annotated[Desk, Depends(desk_of)]
"""Declare a route's parameter `desk: TheDesk` to get the desk."""
