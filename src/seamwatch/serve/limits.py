"""How often: attempts to sign in, with waits that grow, and routes that cost much."""

from __future__ import annotations

import math
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

# Wrong attempts without a wait: of one name from one address, of one address whatever the name.
FREE_PAIR, FREE_ADDRESS = 5, 30
# An account that is tried so often within the hour leaves each address one wrong attempt without a wait.
UNDER_ATTACK = 50
LONGEST = 15 * 60.0
FORGOTTEN = 60 * 60.0
MOST_KEPT = 20_000


@dataclass(slots=True)
class _Tries:
    count: int = 0
    until: float = 0.0
    last: float = 0.0


class _Recent(Generic[T]):
    """The entries that were used last; old ones go."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._kept: OrderedDict[object, T] = OrderedDict()

    def peek(self, key: object) -> T:
        """Return the entry of a key, without keeping one that is new."""
        return self._kept[key] if key in self._kept else self._make()

    def get(self, key: object) -> T:
        if key not in self._kept:
            self._kept[key] = self._make()
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


class SignInLimits:
    """Attempts to sign in: each wrong one makes the next wait longer, for its name from its address.

    Nobody is locked out by what others do: the waits of one address say nothing about another one, and an
    address from which the person has signed in does not wait for the wrong attempts of its neighbours. A name
    that nobody has is counted like any other.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pairs, self._addresses, self._names = (_Recent(_Tries) for _ in range(3))
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()

    def attempt(self, address: str, name: str) -> int:
        """Return 0 and count the attempt as a wrong one, or how many seconds to wait first."""
        name = _counted(name)
        with self._lock:
            at = self._clock()
            known = (address, name) in self._good
            until = self._pairs.peek((address, name)).until
            if not known:
                until = max(until, self._addresses.peek(address).until)
            if until > at:
                # Nothing is kept of it: else one address could drive out what is known of all others.
                return math.ceil(until - at)
            pair = self._fresh(self._pairs.get((address, name)), at)
            near = self._fresh(self._addresses.get(address), at)
            named = self._fresh(self._names.get(name), at)
            # Before the password is looked at: many at once are counted one by one.
            for one in (pair, near, named):
                one.count += 1
                one.last = at
            free = 1 if named.count >= UNDER_ATTACK and not known else FREE_PAIR
            pair.until = at + _wait(pair.count, free)
            near.until = at + _wait(near.count, FREE_ADDRESS)
            return 0

    def knows(self, address: str, name: str) -> bool:
        """Return whether a name has signed in from an address before."""
        with self._lock:
            return (address, _counted(name)) in self._good

    def succeeded(self, address: str, name: str) -> None:
        """Take the last attempt back: it was right."""
        name = _counted(name)
        with self._lock:
            pair, near = self._pairs.get((address, name)), self._addresses.get(address)
            named = self._names.get(name)
            pair.count, pair.until = 0, 0.0
            near.count, named.count = max(0, near.count - 1), max(0, named.count - 1)
            near.until = min(near.until, near.last + _wait(near.count, FREE_ADDRESS))
            self._good[address, name] = None
            self._good.move_to_end((address, name))
            if len(self._good) > MOST_KEPT:
                self._good.popitem(last=False)

    @staticmethod
    def _fresh(tries: _Tries, at: float) -> _Tries:
        if tries.until < at and at - tries.last > FORGOTTEN:
            tries.count, tries.until = 0, 0.0
        return tries


def _counted(name: str) -> str:
    """Return a name as it is counted: as the store knows it, so that no spelling of it has tries of its own.

    >>> _counted("\uff22en") == _counted("ben")
    True
    """
    return unicodedata.normalize("NFKC", name).casefold()[:200]


def _wait(count: int, free: int) -> float:
    """Return the seconds to wait after so many wrong attempts.

    >>> [_wait(count, 5) for count in (4, 5, 6, 10, 99)]
    [0.0, 1.0, 2.0, 32.0, 900.0]
    """
    return 0.0 if count < free else min(LONGEST, 2.0 ** min(count - free, 30))


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Pace:
    """So many at once, and then so many a second, for each key."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._clock = burst, per_second, clock
        self._lock = threading.Lock()
        self._buckets = _Recent(lambda: _Bucket(float(burst), clock()))

    def take(self, key: object) -> int:
        """Return 0 and count one, or how many seconds to wait first."""
        with self._lock:
            bucket, at = self._buckets.get(key), self._clock()
            bucket.left = min(self._burst, bucket.left + (at - bucket.at) * self._rate)
            bucket.at = at
            if bucket.left < 1:
                return max(1, math.ceil((1 - bucket.left) / self._rate))
            bucket.left -= 1
            return 0
