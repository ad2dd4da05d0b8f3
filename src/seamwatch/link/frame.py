"""Many profiles as columns of numbers, so that many pairs are compared at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from seamwatch.link.compare import MOST_NAMES, UNTOLD, Days, Name, Profile, window_of
from seamwatch.link.names import ALIKE, same_name
from seamwatch.link.rules import TYPES

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NONE = -1  # where a column has no value
_NEVER = -(10**9)
_FIRST = 1000
_LONG = 5  # letters from which two names may be one though their consonants differ


class Names:
    """Names by number, and which of them are spellings of one name; grows as names come in."""

    def __init__(self) -> None:
        self._number: dict[Name, int] = {}
        self._names: list[Name] = []
        self._bones: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._facts: list[tuple[int, int, int, int]] = []  # skeleton, first letter, length, first four
        self._table: Ints = np.zeros((0, 4), np.int64)
        self._same: dict[int, bool] = {}

    def number(self, name: Name | None) -> int:
        """Return a name's number; NONE for none."""
        if name is None:
            return NONE
        found = self._number.get(name)
        if found is None:
            found = self._number[name] = len(self._names)
            self._names.append(name)
            folded, bones = name
            head = self._heads.setdefault(folded[:4], len(self._heads)) if len(folded) >= 4 else NONE
            first = self._first.setdefault(folded[:1], len(self._first))
            self._facts.append((self.bone(bones) if bones else NONE, first, len(folded), head))
        return found

    def bone(self, skeleton: str) -> int:
        """Return a skeleton's number."""
        return self._bones.setdefault(skeleton, len(self._bones))

    def same(self, a: Ints, b: Ints) -> Bools:
        """Return where two names (by number) are spellings of one, as `same_name` has it; NONE never is."""
        known = (a >= 0) & (b >= 0)
        found: Bools = known & (a == b)
        left = np.flatnonzero(known & ~found)
        if not left.size:
            return found
        if len(self._table) < len(self._facts):
            self._table = np.array(self._facts, np.int64)
        one, other = self._table[a[left]], self._table[b[left]]
        short, long_ = np.minimum(one[:, 2], other[:, 2]), np.maximum(one[:, 2], other[:, 2])
        # `ratio` is at most 200 * short / (short + long).
        alike = (
            (one[:, 1] == other[:, 1]) & (short >= _LONG) & (200 * short >= (ALIKE - 0.001) * (short + long_))
        )
        near = np.flatnonzero(((one[:, 0] >= 0) & (one[:, 0] == other[:, 0])) | alike)
        if not near.size:
            return found
        left = left[near]
        size = len(self._names)
        codes = np.minimum(a[left], b[left]) * size + np.maximum(a[left], b[left])
        distinct, back = np.unique(codes, return_inverse=True)
        found[left] = np.array([self._judge(*divmod(int(code), size)) for code in distinct])[back]
        return found

    def akin(self, a: Ints, b: Ints) -> Bools:
        """Return where two names begin with the same four letters; NONE never does."""
        if len(self._table) < len(self._facts):
            self._table = np.array(self._facts, np.int64)
        found: Bools = (a >= 0) & (b >= 0)
        left = np.flatnonzero(found)
        heads = self._table[:, 3]
        found[left] = (heads[a[left]] >= 0) & (heads[a[left]] == heads[b[left]])
        return found

    def _judge(self, a: int, b: int) -> bool:
        key = a << 32 | b
        known = self._same.get(key)
        if known is None:
            one, other = self._names[a], self._names[b]
            known = self._same[key] = same_name(one[0], other[0], one[1], other[1])
        return known


class Frame:
    """Columns of some profiles; row n is the n-th profile's. NONE (NaN for degrees) where it has no value."""

    def __init__(self, profiles: Sequence[Profile], names: Names | None = None) -> None:
        self.profiles = profiles
        self.names = names = names or Names()
        articles: dict[str, int] = {}
        countries: dict[str, int] = {}
        groups: dict[str, int] = {}
        rows: list[tuple[int, ...]] = []
        degrees: list[tuple[float, float, float]] = []
        parts: list[list[int]] = []
        actors: list[list[int]] = []
        keys: list[list[int]] = []
        masks: list[tuple[int, int, int]] = []

        def mask(found: Iterable[str]) -> int:
            bits = 0
            for group in found:
                bits |= 1 << groups.setdefault(group, len(groups))
            return bits

        for p in profiles:
            w = p.where
            rows.append(
                (
                    articles.setdefault(p.article, len(articles)),
                    _or_none(p.told),
                    _or_none(p.start),
                    _or_none(p.end),
                    p.day_precision,
                    TYPES[p.type],
                    countries.setdefault(w.country, len(countries)) if w.country else NONE,
                    names.number(w.admin1),
                    names.number(w.admin2),
                    w.level,
                    w.seat,
                    w.site,
                    w.known,
                    _or_none(w.geonameid),
                    *(p.killed or (NONE, NONE)),
                    *(p.injured or (NONE, NONE)),
                    *(p.abducted or (NONE, NONE)),
                    _or_none(p.best[0]),
                    _or_none(p.best[1]),
                    len(w.parts),
                    *(window_of(p) or (_NEVER, _NEVER)),
                )
            )
            located = w.lat is not None and w.lon is not None
            degrees.append((w.lat, w.lon, w.radius) if located else (np.nan, np.nan, w.radius))  # type: ignore[arg-type]
            parts.append([names.number(n) for n in w.parts])
            actors.append([names.number(n) for n in p.actors])
            keys.append([names.bone(k) for k in sorted(w.keys)])
            masks.append((mask(p.sides), mask(p.things), mask(p.weapons)))
        table = np.array(rows, np.int64).reshape(len(rows), 25)
        columns = [np.ascontiguousarray(column) for column in table.T]
        self.article, self.told, self.start, self.end, self.prec, self.type, self.country = columns[:7]
        self.admin1, self.admin2, self.level, seat, site, known, self.geonameid = columns[7:14]
        self.killed_low, self.killed_high, self.injured_low, self.injured_high = columns[14:18]
        self.abducted_low, self.abducted_high, self.best_killed, self.best_injured = columns[18:22]
        self.many, self.window_start, self.window_end = columns[22:]
        self.seat, self.site, self.known = seat > 0, site > 0, known > 0
        place = np.array(degrees, np.float64).reshape(len(rows), 3)
        self.lat, self.lon, self.radius = (np.ascontiguousarray(column) for column in place.T)
        self.parts = _padded(parts, MOST_NAMES)
        self.actors = _padded(actors, MOST_NAMES)
        # The number of a set of two actors or more: the two sides of a fight.
        sets: dict[frozenset[int], int] = {}
        self.actor_set = np.array(
            [sets.setdefault(frozenset(a), len(sets)) if len(a) > 1 else NONE for a in actors], np.int64
        )
        # Values by number, and each row's number; days as from its first one, which `shift_of` gives.
        self.day_of = _numbered([_from_first(p.days) for p in profiles])
        self.shift_of = self.window_start
        self.figures = tuple(
            _numbered([getattr(p, outcome) for p in profiles])
            for outcome in ("killed", "injured", "abducted")
        )
        self.support = np.array([p.support for p in profiles], np.int64)
        self.losses = _numbered([p.losses for p in profiles])
        self.keys = _padded(keys, MOST_NAMES + 2)
        datasets: dict[str, int] = {}
        events: dict[tuple[str, str], int] = {}
        told = [p.event for p in profiles]
        self.dataset = np.array(
            [datasets.setdefault(e[0], len(datasets)) if e else NONE for e in told], np.int64
        )
        self.event = np.array([events.setdefault(e, len(events)) if e else NONE for e in told], np.int64)
        self.order = np.argsort(np.argsort([p.id for p in profiles])) if profiles else np.zeros(0, np.int64)
        self.groups = groups
        bits = np.array(masks, np.uint64).reshape(len(rows), 3)
        self.sides, self.things, self.weapons = (np.ascontiguousarray(column) for column in bits.T)

    def __len__(self) -> int:
        return len(self.profiles)

    def all_apart(self) -> bool:
        """Return whether all rows are events that one dataset, or one party, tells apart."""
        if not len(self) or (self.dataset != self.dataset[0]).any() or self.dataset[0] < 0:
            return not len(self)
        return len(np.unique(self.event)) == len(self)

    def one_event(self, i: Ints, j: Ints) -> Bools:
        """Return which pairs are rows of one event of a dataset: versions of one row."""
        found: Bools = (self.event[i] >= 0) & (self.event[i] == self.event[j]) & (i != j)
        return found

    def apart(self, i: Ints, j: Ints) -> Bools:
        """Return which pairs are rows of two events that one dataset tells apart."""
        same = (self.dataset[i] >= 0) & (self.dataset[i] == self.dataset[j])
        found: Bools = same & (self.event[i] != self.event[j])
        return found


def _or_none(value: int | None) -> int:
    return NONE if value is None else value


def _from_first(days: Days | None) -> Days | None:
    if days is None:
        return None
    start, end, precision, told = days
    return (_FIRST, _FIRST + end - start, precision, told if told == UNTOLD else _FIRST + told - start)


def _numbered(values: Sequence[Any]) -> tuple[list[Any], Ints]:
    """Return the distinct values, and for each row the number of its own; NONE where it has none."""
    held: dict[Any, int] = {}
    numbers = [NONE if value is None else held.setdefault(value, len(held)) for value in values]
    return list(held), np.array(numbers, np.int64)


def _padded(lists: Sequence[Sequence[int]], width: int) -> list[Ints]:
    """Return the lists as `width` columns, the first values first; columns without any value are left out."""
    table = np.full((width, len(lists)), NONE, np.int64)
    for row, values in enumerate(lists):
        for column, value in enumerate(values):
            table[column, row] = value
    most = max((len(values) for values in lists), default=0)
    return [table[column] for column in range(most)]
