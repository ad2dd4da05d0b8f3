"""Which mentions are worth comparing: near in time and place, or without a place and of types that fit.

`may_be_one` says it of pairs. `stored_blocks` and `probed_blocks` find these pairs without looking at all of
them: of two mentions that may be one, the blocks that one is stored under hold a block that the other probes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from seamwatch.link.compare import SLACK, Profile, Where, window_of
from seamwatch.link.frame import Bools, Frame, Ints
from seamwatch.link.rules import TYPES, LinkRules

NEAR_KM = 15.0  # between the edges of two places that share no name
KM_PER_DEGREE = 111.0
# A mention stands in the finest level whose length in days holds its window; buckets in days.
_LEVELS = ((8, 4), (64, 32), (4096, 512), (10**9, 8192))
# A place stands in the finest grid whose radius in km holds its own; cells in degrees.
_GRIDS = ((15.0, 0.5), (120.0, 3.0), (1e9, 30.0))
_WIDEST = 1500.0  # km: no place but a country is larger


_GOLDEN, _MIX1, _MIX2 = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


@lru_cache(maxsize=1 << 18)
def _hash(*parts: object) -> int:
    digest = blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _keys(places: list[int], times: list[int]) -> Ints:
    """Return one key of 63 bits for every place and time."""
    mixed = np.array(places, np.uint64)[:, None] + np.array(times, np.uint64)[None, :] * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX2
    keys: Ints = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64).ravel()
    return keys


def _times(level: int, first: int, last: int) -> list[int]:
    size = _LEVELS[level][1]
    # A week before the first day of all is still a bucket of its own.
    return [(level << 40) + bucket + 64 for bucket in range(first // size, last // size + 1)]


def _grid(where: Where) -> int:
    radius = min(where.radius, _WIDEST)
    return next(number for number, (largest, _) in enumerate(_GRIDS) if radius <= largest)


def _cell(where: Where, grid: int) -> tuple[int, int]:
    size = _GRIDS[grid][1]
    return (math.floor(_lat(where) / size), math.floor(_lon(where) / size))


def _lat(where: Where) -> float:
    return where.lat if where.lat is not None else 0.0


def _lon(where: Where) -> float:
    return where.lon if where.lon is not None else 0.0


def _stored_places(profile: Profile) -> Iterator[tuple[object, ...]]:
    where = profile.where
    yield ("type", TYPES[profile.type])
    if where.country:
        yield ("in", where.country)
    else:
        yield ("lost", TYPES[profile.type])
    if where.admin1 is None:
        yield ("open", where.country or "")
        return
    for name in where.keys:
        yield ("name", name)
    if where.lat is not None:
        grid = _grid(where)
        yield ("cell", grid, *_cell(where, grid))


def _probed_places(profile: Profile, rules: LinkRules) -> Iterator[tuple[object, ...]]:
    where = profile.where
    fitting = np.flatnonzero(rules.fits[TYPES[profile.type]]).tolist()
    for kind in fitting:
        yield ("lost", kind)
    if where.country:
        yield ("open", where.country)
    if where.admin1 is None:
        if where.country:
            yield ("in", where.country)
        else:
            yield from (("type", kind) for kind in fitting)
        return
    if not where.country:
        # One without a place below its country, whatever that is, is compared where the types fit.
        yield from (("type", kind) for kind in fitting)
    for name in where.keys:
        yield ("name", name)
    if where.lat is not None:
        yield from _cells_near(where)


def _cells_near(where: Where) -> Iterator[tuple[object, ...]]:
    lat, lon, radius = _lat(where), _lon(where), min(where.radius, _WIDEST)
    for grid, (largest, size) in enumerate(_GRIDS):
        reach = (radius + min(largest, _WIDEST) + NEAR_KM) / KM_PER_DEGREE
        south, north = max(-90.0, lat - reach), min(90.0, lat + reach)
        # Parallels shorten towards the poles; beyond some latitude all lengths are near.
        shrunk = math.cos(math.radians(max(abs(south), abs(north))))
        wide = reach / shrunk if shrunk > 0.05 else 400.0
        rows = range(math.floor(south / size), math.floor(north / size) + 1)
        if wide >= 180:
            columns = set(range(math.floor(-180 / size), math.floor(180 / size) + 1))
        else:
            columns = set()
            for west, east in ((lon - wide, lon + wide), (lon - wide + 360, lon + wide + 360)):
                columns.update(range(math.floor(west / size), math.floor(east / size) + 1))
            for west, east in ((lon - wide - 360, lon + wide - 360),):
                columns.update(range(math.floor(west / size), math.floor(east / size) + 1))
            edge = (math.floor(-180 / size), math.floor(180 / size))
            columns = {column for column in columns if edge[0] <= column <= edge[1]}
        yield from (("cell", grid, row, column) for row in rows for column in columns)


def stored_blocks(profile: Profile) -> Ints:
    """Return the keys that a mention is stored under; without a day and a telling only its event's."""
    window = window_of(profile)
    if window is None:
        return _event_keys(profile)
    first, last = window[0] - 1, window[1] + 1
    level = next(number for number, (longest, _) in enumerate(_LEVELS) if last - first < longest)
    keys = _keys([_hash(*place) for place in _stored_places(profile)], _times(level, first, last))
    return np.concatenate([keys, _event_keys(profile)])


def probed_blocks(profile: Profile, rules: LinkRules) -> Ints:
    """Return the keys under which to look for what may be one with a mention."""
    window = window_of(profile)
    if window is None:
        return _event_keys(profile)
    first, last = window[0] - 1, window[1] + 1
    times = [time for level in range(len(_LEVELS)) for time in _times(level, first, last)]
    keys = _keys([_hash(*place) for place in _probed_places(profile, rules)], times)
    return np.unique(np.concatenate([keys, _event_keys(profile)]))


def _event_keys(profile: Profile) -> Ints:
    """Return the key under which rows of one event of a dataset find one another, whenever and wherever."""
    return np.array([_hash("event", *profile.event) >> 1] if profile.event else [], np.int64)


def may_be_one(frame: Frame, i: Ints, j: Ints, rules: LinkRules) -> Bools:
    """Return which pairs of rows days and places allow to be one event: the cheap test before the judging.

    Exact days may miss one another by one, others by SLACK. Places that both name their province must share
    a name or lie near one another. A place without its province may be anywhere in its country; one without
    a country anywhere, if the types fit. A dataset's rows are one event exactly where it gives them one id.
    """
    f = frame
    start_i, start_j = f.window_start[i], f.window_start[j]
    gap = np.maximum(start_i, start_j) - np.minimum(f.window_end[i], f.window_end[j])
    exact = (f.prec[i] == 1) & (f.prec[j] == 1)
    undated = (f.start[i] < 0) | (f.start[j] < 0)
    most = np.where(undated, 0, np.where(exact, 1, SLACK))
    fits = (gap <= most) & (start_i > -(10**8)) & (start_j > -(10**8)) & (i != j)
    one, other = f.country[i], f.country[j]
    lost = (one < 0) | (other < 0)
    fits &= lost | (one == other)
    placed = (f.admin1[i] >= 0) & (f.admin1[j] >= 0)
    near = np.zeros(len(i), np.bool_)
    for a in f.keys:
        for b in f.keys:
            near |= (a[i] >= 0) & (a[i] == b[j])
    near |= _near(f, i, j)
    fits &= np.where(placed, near, ~lost | rules.fits[f.type[i], f.type[j]])
    found: Bools = (fits & ~f.apart(i, j)) | f.one_event(i, j)
    return found


def _near(f: Frame, i: Ints, j: Ints) -> Bools:
    reach = np.minimum(f.radius[i], _WIDEST) + np.minimum(f.radius[j], _WIDEST) + NEAR_KM
    reach = reach / KM_PER_DEGREE
    across = np.abs(f.lon[i] - f.lon[j])
    across = np.minimum(across, 360 - across) * np.cos(np.radians((f.lat[i] + f.lat[j]) / 2))
    found: Bools = (np.abs(f.lat[i] - f.lat[j]) <= reach) & (across <= reach)
    return found


def pairs_in(profiles: Iterable[Profile], rules: LinkRules) -> Iterator[tuple[Ints, Ints]]:
    """Yield runs of pairs of rows (i, j), i > j, each once, among which are all that may be one.

    A run holds all pairs of some rows i, and some million pairs at most where a row has not more.
    """
    rows = list(profiles)
    blocks = [stored_blocks(profile) for profile in rows]
    none = np.zeros(0, np.int64)
    stored = np.concatenate([none, *blocks])
    owner = np.repeat(np.arange(len(rows)), [len(keys) for keys in blocks])
    # Owners rise within one key: the mentions before row i are the first part of its block.
    order = np.lexsort((owner, stored))
    stored, owner = stored[order], owner[order]
    distinct, begins = np.unique(stored, return_index=True)
    ends = np.append(begins[1:], len(stored))
    run: list[Ints] = []
    size = 0
    for number, profile in enumerate(rows):
        probes = probed_blocks(profile, rules)
        at = np.searchsorted(distinct, probes)
        at = at[at < len(distinct)]
        probes = probes[: len(at)]
        hits = at[distinct[at] == probes]
        found = [owner[begins[h] : ends[h]] for h in hits.tolist()]
        others = np.unique(np.concatenate(found)) if found else none
        others = others[: np.searchsorted(others, number)]
        run.append(np.stack([np.full(len(others), number), others]))
        size += len(others)
        if size >= _RUN:
            both = np.concatenate(run, axis=1)
            yield both[0], both[1]
            run, size = [], 0
    if run:
        both = np.concatenate(run, axis=1)
        yield both[0], both[1]


_RUN = 1_000_000
