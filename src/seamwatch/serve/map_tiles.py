"""One tile of the map: the points in it, or where these are many a grid of their sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from seamwatch.publish.mvt import EXTENT, PointLayer, Value, encode_tile
from seamwatch.serve.map_columns import WORLD_BITS, MapColumns, interleave
from seamwatch.serve.map_selection import Rows, Selection
from seamwatch.store.base_map import OPEN

MOST_ZOOM = 22
# Points a tile may hold before they are summed up: some 25 ms to write, 200 kB.
MOST_POINTS = 2_000
# A tile of sums has 64 x 64 cells; a tile of points has the neighbours' to one cell's width (64 of 4096).
CELL_BITS = 6
CELLS = 1 << CELL_BITS
BUFFER = EXTENT // CELLS

Ids = Callable[[Sequence[int]], Mapping[int, str]]
Units = NDArray[np.int64]


def tile_of(selection: Selection, z: int, x: int, y: int, ids: Ids, *, most: int = MOST_POINTS) -> bytes:
    """Return the tile z/x/y (y from the north) of the selected incidents with a point, b"" without any.

    Layer `incidents` has each one, with its values; layer `clusters` each grid cell's count, killed, injured
    and most frequent event type, at the mean of its points: where the tile has more than `most`. `ids` gives
    the ids of incidents by their keys.
    """
    first, last = _run(selection, z, x, y)
    if last - first > most:
        return encode_tile([_clusters(selection, first, last, z, x, y)])
    rows = selection.rows[first:last]
    px, py = _units(selection.of, rows, z, x, y)
    more = _around(selection, z, x, y, most)
    return encode_tile(
        [
            _points(
                selection.of,
                np.concatenate([rows, *(part[0] for part in more)]),
                np.concatenate([px, *(part[1] for part in more)]),
                np.concatenate([py, *(part[2] for part in more)]),
                ids,
            )
        ]
    )


def _run(selection: Selection, z: int, x: int, y: int) -> tuple[int, int]:
    """Return the first and the end of the selection's run that lies in a tile."""
    shift = 2 * (WORLD_BITS - z)
    cell = int(interleave(np.array([x], np.uint64), np.array([y], np.uint64))[0])
    ends = np.array([(cell << shift), ((cell + 1) << shift) - 1], np.uint64)
    return int(np.searchsorted(selection.code, ends[0])), int(
        np.searchsorted(selection.code, ends[1], side="right")
    )


def _units(columns: MapColumns, rows: Rows, z: int, x: int, y: int) -> tuple[Units, Units]:
    """Return where rows lie in units of the tile (4096 a side) from its upper left corner."""
    down = WORLD_BITS - EXTENT.bit_length() + 1
    px = ((columns.x[rows].astype(np.int64) << z) >> down) - x * EXTENT
    py = ((columns.y[rows].astype(np.int64) << z) >> down) - y * EXTENT
    return px, py


def _around(selection: Selection, z: int, x: int, y: int, most: int) -> list[tuple[Rows, Units, Units]]:
    """Return rows and units of what lies within the buffer around a tile, across the 180th meridian too.

    Nothing where that is more than a tile may hold: renderers draw a point from its own tile.
    """
    side = CELLS << z
    left, top = x << CELL_BITS, y << CELL_BITS
    inner, whole = np.arange(left, left + CELLS), np.arange(top - 1, top + CELLS + 1)
    across = np.concatenate([np.full(CELLS + 2, left - 1), inner, inner, np.full(CELLS + 2, left + CELLS)])
    down = np.concatenate([whole, np.full(CELLS, top - 1), np.full(CELLS, top + CELLS), whole])
    there = (down >= 0) & (down < side)
    across, down = across[there], down[there]
    shift = np.uint64(2 * (WORLD_BITS - z - CELL_BITS))
    cells = interleave((across % side).astype(np.uint64), down.astype(np.uint64))
    firsts = np.searchsorted(selection.code, cells << shift)
    ends = np.searchsorted(
        selection.code, (cells << shift) | ((np.uint64(1) << shift) - np.uint64(1)), "right"
    )
    if not 0 < int((ends - firsts).sum()) <= most:
        return []
    found: list[tuple[Rows, Units, Units]] = []
    for n in np.flatnonzero(ends > firsts).tolist():
        rows = selection.rows[firsts[n] : ends[n]]
        px, py = _units(selection.of, rows, z, x, y)
        # How often the world is crossed to reach the cell: the tile itself may be the whole world.
        turns = int(across[n]) // side
        found.append((rows, px + turns * (EXTENT << z), py))
    return found


def _points(columns: MapColumns, rows: Rows, px: Units, py: Units, ids: Ids) -> PointLayer:
    at = columns.columns
    names = ids(columns.key[rows].tolist()) if len(rows) else {}
    # By their ids: which key an incident has says when it was derived last, and maybe from what.
    order = sorted(range(len(rows)), key=lambda n: (names.get(int(columns.key[rows[n]]), ""), px[n], py[n]))
    rows, px, py = rows[order], px[order], py[order]
    keys = columns.key[rows].tolist()

    def numbers(name: str) -> list[int | None]:
        return [None if n == OPEN else n for n in at[name][rows].tolist()]

    def words(name: str) -> list[Value | None]:
        return [columns.words.get(n) for n in at[name][rows].tolist()]

    days: dict[int | None, int | None] = {n: _day(n) for n in set(numbers("first"))}
    return PointLayer(
        name="incidents",
        xs=px.tolist(),
        ys=py.tolist(),
        columns={
            "id": [names.get(key) for key in keys],
            "type": words("event_type"),
            "sub_type": words("sub_event_type"),
            "status": words("status"),
            "killed": numbers("killed"),
            "injured": numbers("injured"),
            "precision": numbers("precision"),
            "radius_km": [None if n is None else n / 1000 for n in numbers("radius")],
            "day": [days[n] for n in numbers("first")],
            "mentions": numbers("mentions"),
        },
    )


def _day(ordinal: int | None) -> int | None:
    if ordinal is None:
        return None
    day = date.fromordinal(ordinal)
    return day.year * 10_000 + day.month * 100 + day.day


def _clusters(selection: Selection, first: int, last: int, z: int, x: int, y: int) -> PointLayer:
    columns, rows = selection.of, selection.rows[first:last]
    cells = selection.code[first:last] >> np.uint64(2 * (WORLD_BITS - z - CELL_BITS))
    # Rows are sorted, so each cell is one run of them.
    starts = np.concatenate([[0], np.flatnonzero(cells[1:] != cells[:-1]) + 1])
    counts = np.diff(np.append(starts, len(rows)))

    def sums(name: str) -> list[int]:
        # OPEN is below 0.
        figures = np.maximum(columns.columns[name][rows], 0)
        return [int(n) for n in np.add.reduceat(figures, starts, dtype=np.int64).tolist()]

    def means(places: NDArray[np.uint32], tile: int) -> list[int]:
        mean = np.add.reduceat(places[rows], starts, dtype=np.int64) // counts
        units = ((mean << z) >> (WORLD_BITS - EXTENT.bit_length() + 1)) - tile * EXTENT
        return [int(n) for n in units.tolist()]

    types = columns.columns["event_type"][rows]
    # The first of equally frequent ones by name, so that a tile is the same whatever came first.
    used = np.flatnonzero(np.bincount(np.maximum(types, 0))).tolist()
    codes = sorted(used, key=lambda code: columns.words.get(code, ""))
    often = np.array([np.add.reduceat(types == code, starts, dtype=np.int32) for code in codes])
    most = [columns.words.get(codes[n]) for n in often.argmax(axis=0).tolist()]
    return PointLayer(
        name="clusters",
        xs=means(columns.x, x),
        ys=means(columns.y, y),
        columns={
            "count": [int(n) for n in counts.tolist()],
            "killed": sums("killed"),
            "injured": sums("injured"),
            "type": most,
        },
    )
