"""The actors of incidents and the articles that tell them in memory: who has an actor, what words tell.

A name that half of all incidents bear is found in milliseconds, where SQLite writes half a million numbers
for it in some tenths of a second. A million incidents take some 20 MB. Areas are left to the store:
an area is one name, found in one run of its index.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seamwatch.errors import StoreError
from seamwatch.store.matching import fold

if TYPE_CHECKING:
    from seamwatch.store.base_map import MapStore

Keys = NDArray[np.int64]
# With more changes than this all is read anew; until it is read the store itself is asked.
MOST_CHANGES = 20_000
_NONE: Keys = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """Which incidents have an actor, and which articles tell which incidents.

    The incidents of the actor `names[n]` are `bearers[starts[n]:starts[n + 1]]`. Names are folded, with a
    space before and behind. `articles` rises, `told` has an incident for each.
    """

    mark: int
    names: tuple[str, ...]
    starts: tuple[int, ...]
    bearers: NDArray[np.integer]
    articles: NDArray[np.integer]
    told: NDArray[np.integer]

    def by_actor(self, actor: str) -> Keys:
        """Return the keys of the incidents with an actor, as `IncidentFilter.actor` names it; some twice."""
        # Whole words: "IS" is not a part of "Islamists".
        word = f" {fold(actor)} "
        at = [n for n, name in enumerate(self.names) if word in name]
        parts = [self.bearers[self.starts[n] : self.starts[n + 1]] for n in at]
        return _wide(np.concatenate(parts)) if parts else _NONE

    def told_by(self, articles: Keys) -> Keys:
        """Return the keys of the incidents that these articles tell; some twice."""
        if not len(articles) or not len(self.articles):
            return _NONE
        # Keys are small and dense: a table of all is quicker than searching.
        asked = np.zeros(int(max(articles.max(), self.articles[-1])) + 1, bool)
        asked[articles] = True
        return _wide(self.told[asked[self.articles]])


def read_names(store: MapStore, keys: Iterable[int] | None = None) -> NameTable:
    """Return the actors of these incidents, or of all, and the articles that tell them."""
    # The mark is read first: what changes meanwhile is read again the next time.
    mark = store.map_mark()
    some = None if keys is None else sorted(set(keys))
    names: list[str] = []
    starts = [0]
    parts: list[NDArray[np.integer]] = []
    for name, bearers in store.map_actors(some):
        names.append(f" {name} ")
        starts.append(starts[-1] + len(bearers))
        parts.append(_small(bearers))
    articles, told = store.map_told(some)
    return NameTable(
        mark=mark,
        names=tuple(names),
        starts=tuple(starts),
        bearers=np.concatenate(parts) if parts else _NONE,
        articles=_small(articles),
        told=_small(told),
    )


def _small(keys: Keys) -> NDArray[np.integer]:
    """Return keys in half the room where they fit."""
    return keys.astype(np.int32) if not len(keys) or keys.max() < 2**31 else keys


def _wide(keys: NDArray[np.integer]) -> Keys:
    return keys.astype(np.int64)


class NameIndex:
    """Answers which incidents bear a name or are told in some words, from memory as soon as that is read."""

    def __init__(self, lend: Callable[[], AbstractContextManager[MapStore]]) -> None:
        """Take what lends a store."""
        self._lend = lend
        self._lock = threading.Lock()
        self._all: NameTable | None = None
        self._late: NameTable | None = None
        self._changed: Keys = _NONE
        self._reading = False

    def read(self) -> None:
        """Read all names; who asks meanwhile is answered by the store."""
        # What is wrong with the database is told to who asks; a server that ends needs no names.
        with suppress(StoreError), self._lend() as store:
            table = read_names(store)
            with self._lock:
                self._all, self._late, self._changed = table, None, _NONE
        with self._lock:
            self._reading = False

    def find(self, store: MapStore, kind: str, name: str) -> Keys:
        """Return the keys of the incidents with an area, an actor, or (`text`) words of the articles."""
        tables = None if kind == "area" else self._tables(store)
        if tables is None:
            ask = {"area": store.map_keys_in, "actor": store.map_keys_by, "text": store.map_keys_told}[kind]
            return ask(name)
        whole, late, changed = tables
        articles = store.map_articles(name) if kind == "text" else _NONE

        def keys(table: NameTable) -> Keys:
            return table.told_by(articles) if kind == "text" else table.by_actor(name)

        found = keys(whole)
        if late is None:
            return found
        return np.concatenate([found[~np.isin(found, changed)], keys(late)])

    def _tables(self, store: MapStore) -> tuple[NameTable, NameTable | None, Keys] | None:
        """Return the table of all, that of what changed since, and its keys; None while all is read."""
        with self._lock:
            if self._all is None:
                return None
            held = self._all.mark if self._late is None else self._late.mark
            if store.map_mark() == held:
                return self._all, self._late, self._changed
            changes = store.map_changes(self._all.mark)
            if changes is not None and len(changes) <= MOST_CHANGES:
                self._late = read_names(store, changes)
                self._changed = np.array(changes, np.int64)
                return self._all, self._late, self._changed
            if not self._reading:
                self._reading = True
                threading.Thread(target=self.read, name="names", daemon=True).start()
            return None
