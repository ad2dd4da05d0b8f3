"""The incidents in memory: kept up to date, with the filters and tiles that were asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from seamwatch.errors import StoreError
from seamwatch.pipeline.visibility import FULL, list_visible
from seamwatch.serve.clearance import hidden_of, mixed_of
from seamwatch.serve.map_columns import MapColumns, joined, read_columns, told_columns
from seamwatch.serve.map_names import NameIndex
from seamwatch.serve.map_selection import Mask, Selection, mask_with, select, select_all, without
from seamwatch.serve.map_sums import By, sums_by, total
from seamwatch.serve.map_tiles import tile_of

if TYPE_CHECKING:
    from seamwatch.serve.context import Desk
    from seamwatch.serve.filters import Asked
    from seamwatch.store.base import IncidentFilter, Store

T = TypeVar("T")

# Bytes of what is kept: selections (16 an incident that passes), masks of names (one an incident), and
# tiles and sums as they are sent.
SELECTION_BYTES = 64 * 2**20
MASK_BYTES = 24 * 2**20
ANSWER_BYTES = 32 * 2**20
KEY_BYTES = 1_000
# Threads that compute. Each keeps the memory of its largest arrays; more than cores are not quicker.
WORKERS = 2


class Newest(Generic[T]):
    """The results that were asked for last, up to a size in bytes."""

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        # What is empty takes room too: its key.
        self._size: Callable[[T], int] = lambda value: size(value) + KEY_BYTES
        self._most, self._held = most, 0
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under a key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: T) -> None:
        """Keep a result; the oldest ones go where there is no room."""
        with self._lock:
            if key in self._kept:
                self._held -= self._size(self._kept.pop(key))
            self._held += self._size(value)
            self._kept[key] = value
            while self._held > self._most and len(self._kept) > 1:
                self._held -= self._size(self._kept.popitem(last=False)[1])


class IncidentMap:
    """Answers what the map and the sums ask of one desk's incidents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._columns: MapColumns | None = None
        self.names = NameIndex(desk.store)
        self._reading = threading.Lock()
        # One makes a selection, the other requests of the same view wait for it; those of others do not.
        self._selecting = [threading.Lock() for _ in range(16)]
        self._selections: Newest[Selection] = Newest(SELECTION_BYTES, _bytes_of)
        self._masks: Newest[Mask] = Newest(MASK_BYTES, len)
        self._answers: Newest[bytes] = Newest(ANSWER_BYTES, len)
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="map")

    def warm(self) -> None:
        """Read all incidents, so that the first map need not wait for it."""
        # What is wrong with the database is told to the first that asks; a server that ends needs no map.
        with suppress(StoreError), self._desk.store() as store:
            self._current(store)

    def selection(self, asked: Asked) -> Selection:
        """Return the incidents that a request asks for, without those that its clearance sees in part."""
        with self._desk.store() as store:
            return self._selected(asked, store)[1]

    def sums(self, asked: Asked, by: By) -> bytes:
        """Return the sums of the incidents that a request asks for, and of all of them, as JSON."""
        with self._desk.store() as store:
            mark, selection = self._shown(asked, store)

        def made() -> bytes:
            whole = total(selection)
            figures = {"incidents": whole.incidents, "killed": whole.killed, "injured": whole.injured}
            answer = {"buckets": sums_by(selection, by), "total": figures}
            return msgspec.json.encode(answer)

        return self._remembered((mark, asked, by), made)

    def tile(self, asked: Asked, z: int, x: int, y: int) -> bytes:
        """Return a tile of the incidents that a request asks for, b"" where it has none."""
        with self._desk.store() as store:
            mark, selection = self._shown(asked, store)
            own = selection.of.ids

            def ids(keys: Sequence[int]) -> Mapping[int, str]:
                return store.map_ids(keys) if own is None else {n: own[n] for n in keys}

            return self._remembered((mark, asked, z, x, y), lambda: tile_of(selection, z, x, y, ids))

    def _remembered(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        answer = self._answers.get(key)
        if answer is None:
            answer = self._workers.submit(make).result()
            self._answers.put(key, answer)
        return answer

    def _current(self, store: Store) -> MapColumns:
        with self._reading:
            self._columns = read_columns(store, self._columns)
            return self._columns

    def _shown(self, asked: Asked, store: Store) -> tuple[Hashable, Selection]:
        """Return the incidents that a request asks for; those seen in part as that part tells them."""
        mark, selection = self._selected(asked, store)
        parts = mixed_of(self._desk, asked.wanted, asked.clearance) if asked.plain else ()
        if not parts:
            return mark, selection
        key = (mark, asked, "parts")
        found = self._selections.get(key)
        if found is None:
            keys = store.map_keys_of([part.id for part in parts])
            found = select_all(joined(selection.of, selection.rows, told_columns(parts), keys))
            self._selections.put(key, found)
        return mark, found

    def _selected(self, asked: Asked, store: Store) -> tuple[Hashable, Selection]:
        # What was believed at a moment follows from more than the incidents: from decisions and tellings;
        # what a clearance may see follows from labels too.
        mark: Hashable = None if asked.plain and asked.clearance is FULL else self._desk.mark()
        before = hidden_of(self._desk, asked.clearance)
        columns = self._current(store) if asked.plain else None
        if mark is None and columns is not None:
            mark = columns.mark
        key = (mark, asked)
        with self._selecting[hash(key) % len(self._selecting)]:
            found = self._selections.get(key)
            if found is None:
                if columns is None:
                    told = list_visible(
                        store, asked.wanted, asked.clearance, as_of=asked.as_of, policy=asked.policy
                    )
                    found = select_all(told_columns(told))
                else:
                    found = self._select(columns, asked.wanted, store)
                    # The columns are of a moment between the two: what is derived anew gets another key.
                    for hidden in (before, hidden_of(self._desk, asked.clearance)):
                        if len(hidden.keys):
                            found = without(found, hidden.keys)
                self._selections.put(key, found)
        return mark, found

    def _select(self, columns: MapColumns, wanted: IncidentFilter, store: Store) -> Selection:
        masks: dict[tuple[str, str], Mask] = {}
        # Asked for here: words are the store's to find, and the workers go on with other tiles.
        for kind, name in (("area", wanted.area), ("actor", wanted.actor), ("text", wanted.text)):
            if name is not None:
                key = (columns.mark, kind, name)
                mask = self._masks.get(key)
                if mask is None:
                    mask = mask_with(columns, self.names.find(store, kind, name))
                    self._masks.put(key, mask)
                masks[kind, name] = mask
        return self._workers.submit(select, columns, wanted, lambda *asked: masks[asked]).result()


def _bytes_of(selection: Selection) -> int:
    own = 100 * len(selection.of) if selection.own else 0
    return selection.rows.nbytes + selection.code.nbytes + own
