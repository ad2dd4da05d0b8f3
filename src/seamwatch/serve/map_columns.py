"""All incidents as columns of numbers in memory, in the order of their places on the map.

A million incidents take some 80 MB. A filter or a sum over all of them is then a few milliseconds of numpy,
where SQLite takes a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seamwatch.model.incident import Incident
from seamwatch.store.base_map import MAP_COLUMNS, OPEN, MapStore

if TYPE_CHECKING:
    from seamwatch.store.base_map import MapRun

Numbers = NDArray[np.int32]
Places = NDArray[np.uint64]

DEGREE = 10_000_000
# Web Mercator ends here; what lies beyond is drawn at the edge.
MOST_LAT = 85.051128779806592
WORLD_BITS = 32
# More changes than this are not merged in: reading all takes no longer.
MOST_CHANGES = 50_000
_END = 2**WORLD_BITS
_WORDS = MAP_COLUMNS[-5:]
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapColumns:
    """Incidents as columns, sorted by `code`; those without a point are the last.

    `columns` are those of `store.base_map.MAP_COLUMNS` without the key. `x` and `y` are Web Mercator in
    2**-32 of the world's width, from its upper left corner; `code` has their bits in turn, so each tile of
    each zoom is one run of rows. `located` is how many have a point. `mark` is the store's. `ids` are the
    incidents' ids by key where the store does not hold the incidents as they are here.
    """

    mark: int
    words: Mapping[int, str]
    key: NDArray[np.int64]
    code: Places
    x: NDArray[np.uint32]
    y: NDArray[np.uint32]
    columns: Mapping[str, Numbers]
    located: int
    ids: tuple[str, ...] | None = None

    def __len__(self) -> int:
        """Return how many incidents there are."""
        return len(self.key)

    def codes_of(self, *words: str) -> list[int]:
        """Return the codes of those of these words that any incident has."""
        return [code for code, word in self.words.items() if word in words]


def interleave(x: NDArray[np.uint32] | Places, y: NDArray[np.uint32] | Places) -> Places:
    """Return numbers with the bits of x and y in turn, those of y first: near places have near numbers.

    >>> interleave(np.array([0, 1, 0, 1], np.uint32), np.array([0, 0, 1, 1], np.uint32)).tolist()
    [0, 1, 2, 3]
    """
    return _spread(x) | (_spread(y) << np.uint64(1))


def _spread(numbers: NDArray[np.uint32] | Places) -> Places:
    spread = numbers.astype(np.uint64)
    for shift, mask in _SPREAD:
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread


def mercator(lat: Numbers, lon: Numbers) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return x and y of points in ten-millionths of a degree; 180 degrees east is 180 degrees west."""
    across = (lon / (360 * DEGREE) + 0.5) % 1.0
    angle = np.radians(np.clip(lat / DEGREE, -MOST_LAT, MOST_LAT))
    down = 0.5 - np.arcsinh(np.tan(angle)) / (2 * np.pi)
    # The last number of all is left to those without a point.
    x = np.clip(np.floor(across * _END), 0, _END - 2).astype(np.uint32)
    y = np.clip(np.floor(down * _END), 0, _END - 2).astype(np.uint32)
    return x, y


def columns_from(
    runs: Iterable[MapRun], words: Mapping[int, str], mark: int, ids: tuple[str, ...] | None = None
) -> MapColumns:
    """Return the columns of a store's runs."""
    keys: list[NDArray[np.int64]] = []
    parts: dict[str, list[Numbers]] = {name: [] for name in MAP_COLUMNS if name != "key"}
    for run in runs:
        keys.append(run["key"])
        for name, part in parts.items():
            part.append(_narrow(run[name]))
    key = np.concatenate(keys) if keys else np.empty(0, np.int64)
    columns: dict[str, Numbers] = {
        name: np.concatenate(part) if part else np.empty(0, np.int32) for name, part in parts.items()
    }
    lat, lon = columns["lat"], columns["lon"]
    placed = (lat != OPEN) & (lon != OPEN)
    x, y = mercator(lat, lon)
    x[~placed] = y[~placed] = _END - 1
    code = interleave(x, y)
    order = np.argsort(code, kind="stable")
    return MapColumns(
        mark=mark,
        words=words,
        key=key[order],
        code=code[order],
        x=x[order],
        y=y[order],
        columns={name: column[order] for name, column in columns.items()},
        located=int(placed.sum()),
        ids=ids,
    )


def _narrow(numbers: NDArray[np.int64]) -> Numbers:
    return np.clip(numbers, OPEN, -OPEN - 1).astype(np.int32)


def read_columns(store: MapStore, held: MapColumns | None = None) -> MapColumns:
    """Return the columns of all incidents now; of those that `held` has only what changed is read."""
    # The mark is read first: what changes meanwhile is read again the next time.
    mark = store.map_mark()
    if held is not None:
        if held.mark == mark:
            return held
        changes = store.map_changes(held.mark)
        if changes is not None and len(changes) <= MOST_CHANGES:
            runs = list(store.map_runs(changes))
            return _merged(held, changes, columns_from(runs, store.map_words(), mark))
    # The words are read last, so that there is one for every code.
    return replace(columns_from(store.map_runs(), {}, mark), words=store.map_words())


def _merged(held: MapColumns, changed: Sequence[int], fresh: MapColumns) -> MapColumns:
    """Return what is held without the changed keys, with the fresh rows where they belong."""
    stay = ~np.isin(held.key, np.array(changed, np.int64))
    code = held.code[stay]
    at = np.searchsorted(code, fresh.code, side="right")
    return MapColumns(
        mark=fresh.mark,
        words=fresh.words,
        key=np.insert(held.key[stay], at, fresh.key),
        code=np.insert(code, at, fresh.code),
        x=np.insert(held.x[stay], at, fresh.x),
        y=np.insert(held.y[stay], at, fresh.y),
        columns={
            name: np.insert(column[stay], at, fresh.columns[name]) for name, column in held.columns.items()
        },
        located=int(stay[: held.located].sum()) + fresh.located,
    )


def joined(held: MapColumns, rows: NDArray[np.intp], more: MapColumns, keys: Sequence[int]) -> MapColumns:
    """Return some rows of columns and all of others, which are the store's incidents of these keys."""
    codes = {word: code for code, word in held.words.items()}
    free = max(held.words, default=0) + 1
    new = {
        code: codes.get(word, free + number) for number, (code, word) in enumerate(sorted(more.words.items()))
    }
    columns: dict[str, Numbers] = {}
    for name, column in held.columns.items():
        fresh = more.columns[name]
        if name in _WORDS:
            fresh = np.array([new.get(code, OPEN) for code in fresh.tolist()], np.int32)
        columns[name] = np.concatenate([column[rows], fresh])
    code = np.concatenate([held.code[rows], more.code])
    order = np.argsort(code, kind="stable")
    numbers = np.concatenate([held.key[rows], np.array(keys, np.int64)[more.key]])
    return MapColumns(
        mark=held.mark,
        words={**held.words, **{new[code]: word for code, word in more.words.items()}},
        key=numbers[order],
        code=code[order],
        x=np.concatenate([held.x[rows], more.x])[order],
        y=np.concatenate([held.y[rows], more.y])[order],
        columns={name: column[order] for name, column in columns.items()},
        located=int(np.searchsorted(rows, held.located)) + more.located,
    )


def told_columns(incidents: Iterable[Incident]) -> MapColumns:
    """Return the columns of incidents as the store does not hold them: as of a moment, by a policy."""
    codes: dict[str, int] = {}

    def code(word: str | None) -> int:
        return OPEN if not word else codes.setdefault(word, len(codes) + 1)

    ids: list[str] = []
    rows: list[tuple[int, ...]] = []
    for one in incidents:
        when, where = one.date, one.place
        point = where is not None and where.lat is not None and where.lon is not None
        radius = where.radius_km if where else None
        killed, injured = (toll.best if toll else None for toll in (one.killed, one.injured))
        rows.append(
            (
                len(ids),
                round(where.lat * DEGREE) if point and where and where.lat is not None else OPEN,
                round(where.lon * DEGREE) if point and where and where.lon is not None else OPEN,
                where.precision if where else OPEN,
                round(min(radius, 40_000.0) * 1000) if radius is not None else OPEN,
                when.start.toordinal() if when else OPEN,
                when.end.toordinal() if when else OPEN,
                min(killed, -OPEN - 1) if killed is not None else OPEN,
                min(injured, -OPEN - 1) if injured is not None else OPEN,
                len(one.mentions),
                code(one.event_type.value),
                code(one.sub_event_type.value),
                code(one.status.value),
                code(where.country if where else None),
                code(where.admin1 if where else None),
            )
        )
        ids.append(one.id)
    table = np.array(rows, np.int64).reshape(len(rows), len(MAP_COLUMNS))
    run = {name: table[:, n] for n, name in enumerate(MAP_COLUMNS)}
    return columns_from([run], {number: word for word, number in codes.items()}, 0, tuple(ids))
