"""How likely it is that several tellings tell one day, one figure, one type: noisy accounts of one thing.

Each telling is taken as a noisy account of what happened. What any number of tellings say of one field has a
likelihood under the thought that they tell one thing: the sum over all things that they may tell. Two groups
of tellings tell one thing rather than two where their likelihood together is more than the product of both
alone. So three tellings of two killed against two tellings of five killed speak against one incident more
strongly than any two of them do. The noise is in vocabulary/link_weights.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from seamwatch.vocabulary.acled import SubEventType

if TYPE_CHECKING:
    from seamwatch.link.compare import Days, Losses, Profile

Figure = tuple[int, int]  # lowest and highest
NEAR = 3  # figures of two outlets that miss one another by no more are common
_WINDOW = 7.0  # days among which a telling's day is sought
_EVER = 10**8
_SLIP = 3  # tellings of one day, of which one more may miss it by a day
_LONGEST = 62  # days of a range that are looked at one by one
_MEMORY = 1 << 18
_GROUPS = ("civilian", "nonstate", "state")


def two(likely: Callable[[Any], float], one: Any, other: Any) -> int:
    """Return, in thousandths, what two values speak for one thing rather than two."""
    told = ((one, 2),) if one == other else ((one, 1), (other, 1)) if one < other else ((other, 1), (one, 1))
    return round(1000 * (likely(told) - likely(((one, 1),)) - likely(((other, 1),))))


def shifted(days: Days, by: int) -> Days:
    """Return the same days, so many later."""
    start, end, precision, told = days
    return (start + by, end + by, precision, told + by)  # UNTOLD stays before all days that are told


def _total(logs: list[float]) -> float:
    """Return the logarithm of the sum of numbers given by theirs."""
    most = max(logs)
    return most + math.log(math.fsum(math.exp(x - most) for x in logs))


class Likelihood:
    """Log-likelihoods under the noise of the rules; groups of tellings as sorted (value, count)."""

    def __init__(
        self, noise: Mapping[str, float], kinds: Mapping[tuple[SubEventType, SubEventType], str]
    ) -> None:
        self._noise = noise
        self._log = {name: math.log(share) for name, share in noise.items() if share > 0}
        self._week = math.log(_WINDOW)
        self._lates = [self._later(days) for days in range(60)]
        spread = {
            kind: {o: noise[f"type.{kinds[kind, o]}"] for o in SubEventType if o is not kind}
            for kind in SubEventType
        }
        self._type: dict[tuple[SubEventType, SubEventType], float] = {}
        for kind, others in spread.items():
            whole = math.fsum(others.values())
            self._type[kind, kind] = math.log(noise["type.right"])
            for other, share in others.items():
                self._type[other, kind] = math.log((1 - noise["type.right"]) * share / whole)
        # One memory for each set of rules; a method's own would keep every instance alive.
        self.figure = lru_cache(_MEMORY)(self._figure)
        self._days_said = lru_cache(_MEMORY)(self._day)
        self.kind = lru_cache(_MEMORY)(self._kind)
        self.loss = lru_cache(_MEMORY)(self._loss)

    def day(self, told: tuple[tuple[Days, int], ...]) -> float:
        """Return the log-likelihood of what is said of the day, and of when it was told."""
        # Tellings that are as far from one another on other days say the same.
        first = told[0][0][0]
        return self._days_said(tuple([(shifted(when, -first), count) for when, count in told]))

    def two_kinds(self, one: SubEventType, other: SubEventType) -> int:
        """Return, in thousandths, what two types speak for one event rather than two."""
        return two(self.kind, one, other)

    def _figure(self, told: tuple[tuple[Figure, int], ...]) -> float:
        """Return the log-likelihood of what is said of one outcome."""
        things = sorted({n for (low, high), _ in told for n in (low, high)})
        total = [
            self._common(thing) + math.fsum(count * self._said(figure, thing) for figure, count in told)
            for thing in things
        ]
        # Or none of them tells it.
        wild = math.log(self._noise["toll.wild"])
        total.append(math.fsum(count * (wild + self._common(figure[1])) for figure, count in told))
        return _total(total)

    def _common(self, figure: int) -> float:
        """Return the logarithm of how common a figure is: one or two as much as none, high ones are rare."""
        return -math.log(6) - self._noise["toll.tail"] * math.log(max(1.0, (figure + 1) / 3))

    def _said(self, figure: Figure, thing: int) -> float:
        noise, (low, high) = self._noise, figure
        off = low - thing if thing < low else thing - high if thing > high else 0
        if off == 0:
            return math.log(noise["toll.right"] / (1 + (high - low) / 4))
        wild = noise["toll.wild"] * math.exp(self._common(high))
        if off <= NEAR:
            return math.log(noise["toll.near"] / (2 * NEAR) + wild)
        if high < thing <= 2 * high + NEAR:
            # What was told early is often less than what came out in the end.
            return math.log(noise["toll.early"] / (thing / 2 + 2) + wild)
        return math.log(wild)

    def _day(self, told: tuple[tuple[Days, int], ...]) -> float:
        days: set[int] = set()
        # Where some give a day, it is one of these; else any of those that they allow.
        given = [when for when, _ in told if when[1] - when[0] <= 1 and when[2]]
        for start, end, _, _ in given or [when for when, _ in told]:
            edge = 1 if given else 0
            days.update(range(start - edge, min(end, start + _LONGEST) + edge + 1))
        return _total([-self._week + self._told_of(told, day) for day in sorted(days)])

    def _told_of(self, told: tuple[tuple[Days, int], ...], day: int) -> float:
        """Return the log-likelihood of what these tellings say, if this was the day."""
        log = self._log
        total, right, off = 0.0, 0, 0
        for when, count in told:
            start, end, precision, out = when
            total += count * (self._late(out - day) if out > -_EVER else 0.0)
            short = end - start <= 1
            if short and precision and day in (start - 1, end + 1):
                off += count
                continue
            right += count if short and start <= day <= end else 0
            total += count * self._dated(start, end, precision, day)
        # Two who give two days mean two attacks; one of many who give a day slips.
        slips = min(off, right // _SLIP)
        total += slips * log["date.slip"] + (off - slips) * log["date.next_day"]
        return total

    def _dated(self, start: int, end: int, precision: int, day: int) -> float:
        log = self._log
        if not start <= day <= end:
            return log["date.wild"]
        long_ = end - start + 1
        if precision == 0:
            return math.log(long_) - self._week  # it says nothing: all that its days have is a length
        if long_ == 1:
            return log["date.right"]
        if long_ <= 7:
            return log["date.days"] + (math.log(2 / long_) if precision <= 2 and long_ > 2 else 0.0)
        return log["date.longer"] + self._week - math.log(long_)

    def _late(self, days: int) -> float:
        """Return the log-likelihood that it is told so many days after it happened."""
        return self._lates[days] if 0 <= days < len(self._lates) else self._later(days)

    def _later(self, days: int) -> float:
        noise = self._noise
        if days < 0:
            return self._log["told.before"]
        if days < 4:
            return math.log(noise["told.soon"] / 4)
        return math.log(noise["told.week"] / 7 if days <= 10 else noise["told.later"] / (days + 35))

    def _kind(self, told: tuple[tuple[SubEventType, int], ...]) -> float:
        """Return the log-likelihood of the types that are told."""
        return _total(
            [
                -math.log(6) + math.fsum(count * self._type[other, kind] for other, count in told)
                for kind, _ in told
            ]
        )

    def _loss(self, told: tuple[tuple[Losses, int], ...]) -> float:
        """Return the log-likelihood of what is said of whom the dead belonged to."""
        noise = self._noise
        total = []
        for thing in sorted({*(losses for losses, _ in told), *((group, ()) for group in _GROUPS)}):
            log = _shared(thing)
            for losses, count in told:
                if losses == thing:
                    share = noise["losses.right"]
                elif losses[0] == thing[0] or "" in (losses[0], thing[0]):
                    share = noise["losses.part"] * math.exp(_shared(losses)) * len(_GROUPS)
                else:
                    share = noise["losses.wild"] * math.exp(_shared(losses))
                log += count * math.log(share)
            total.append(log)
        return _total(total)


def _shared(losses: Losses) -> float:
    """Return the logarithm of how common it is that the dead are shared so: mostly one group has all."""
    return -math.log(len(_GROUPS)) + math.fsum(-2.0 - math.log(n + 1) for _, n in losses[1])


class Facets:
    """What a group of tellings says of day, type, losses and figures, with the log-likelihood of each."""

    __slots__ = ("_by", "days", "figures", "kinds", "likely", "losses")

    def __init__(
        self,
        by: Likelihood,
        days: dict[Days, int],
        kinds: dict[SubEventType, int],
        losses: dict[Losses, int],
        figures: tuple[dict[Figure, int], ...],
    ) -> None:
        self._by = by
        self.days, self.kinds, self.losses, self.figures = days, kinds, losses, figures
        self.likely = (
            by.day(_sorted(days)) if days else 0.0,
            by.kind(_sorted(kinds)),
            by.loss(_sorted(losses)) if losses else 0.0,
            *(by.figure(_sorted(told)) if told else 0.0 for told in figures),
        )

    def joined(self, other: Facets) -> Facets:
        """Return what both groups say."""
        figures = tuple(_sum(a, b) for a, b in zip(self.figures, other.figures, strict=True))
        return Facets(
            self._by,
            _sum(self.days, other.days),
            _sum(self.kinds, other.kinds),
            _sum(self.losses, other.losses),
            figures,
        )

    def together(self, other: Facets) -> tuple[float, ...]:
        """Return what day, type, losses and each figure speak for one thing rather than two, as log-odds."""
        by = self._by
        found = [
            by.day(_sorted(_sum(self.days, other.days))) if self.days and other.days else None,
            by.kind(_sorted(_sum(self.kinds, other.kinds))),
            by.loss(_sorted(_sum(self.losses, other.losses))) if self.losses and other.losses else None,
        ]
        for mine, theirs in zip(self.figures, other.figures, strict=True):
            found.append(by.figure(_sorted(_sum(mine, theirs))) if mine and theirs else None)
        return tuple(
            0.0 if both is None else both - a - b
            for both, a, b in zip(found, self.likely, other.likely, strict=True)
        )


def facets_of(profiles: Iterable[Profile], by: Likelihood) -> Facets:
    """Return what these tellings say of day, type, losses and figures."""
    days: dict[Days, int] = {}
    kinds: dict[SubEventType, int] = {}
    losses: dict[Losses, int] = {}
    figures: tuple[dict[Figure, int], ...] = tuple({} for _ in range(3))
    for profile in profiles:
        if (when := profile.days) is not None:
            days[when] = days.get(when, 0) + 1
        kinds[profile.type] = kinds.get(profile.type, 0) + 1
        if profile.losses is not None:
            losses[profile.losses] = losses.get(profile.losses, 0) + 1
        for held, told in zip(figures, (profile.killed, profile.injured, profile.abducted), strict=True):
            if told is not None:
                held[told] = held.get(told, 0) + 1
    return Facets(by, days, kinds, losses, figures)


def _sum(one: dict, other: dict) -> dict:  # type: ignore[type-arg]
    both = dict(one)
    for value, count in other.items():
        both[value] = both.get(value, 0) + count
    return both


def _sorted(told: dict) -> tuple:  # type: ignore[type-arg]
    return tuple(sorted(told.items()))
