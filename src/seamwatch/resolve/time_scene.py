"""What a time rule sees: the tokens it matched, the publication day, and the days named around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from seamwatch.resolve.time_values import Meaning
from seamwatch.resolve.time_words import CODES, Tokens

_FUTURE, _PAST, _BE, _TO = CODES["future"], CODES["pastcue"], CODES["be"], CODES["to"]
_PRESENT = CODES["presentcue"]
_CALENDAR = frozenset(("day", "month", "season", "year", "holiday"))
_POSSESSIVE = CODES["'"]
_CLOCK = frozenset(CODES[name] for name in ("clock", "day", "ampm", "zone", "part", "on", "at"))
_UNTIL = frozenset(("until", "through", "till", "by"))
_FINISHED = frozenset(("was", "were", "been", "had", "has", "have"))
_REACH = 25
_RECALL = 60


@dataclass(slots=True)
class Placed:
    """An expression that a rule has understood: its tokens and its meaning."""

    first: int
    last: int
    meaning: Meaning
    kind: str


def _first_token(placed: Placed) -> int:
    return placed.first


@dataclass(slots=True)
class Scene:
    """One text being read: tokens, publication day, sentence starts, and what is understood so far."""

    tokens: Tokens
    published: date | None
    placed: list[Placed] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        ends = (CODES["stop"], CODES["break"])
        self.bounds = [i for i, code in enumerate(self.tokens.codes) if code in ends]

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the first token of the sentence around a token, and the one after its last."""
        index = bisect_right(self.bounds, at - 1) if at else 0
        first = self.bounds[index - 1] + 1 if index else 0
        last = self.bounds[index] if index < len(self.bounds) else len(self.tokens.codes)
        return first, last

    def direction(self, first: int, last: int) -> int:
        """Return -1, 0 or 1: whether the words around speak of the past, of nothing, or of the future."""
        start, end = self.sentence(first)
        codes = self.tokens.codes
        if codes[last + 1 : last + 2] == _POSSESSIVE:
            return 1 if _FUTURE in codes[last + 1 : min(end, last + 7)] else -1
        opening = first
        while opening > start and codes[opening - 1] in _CLOCK:
            opening -= 1
        if self.tokens.lower(opening - 1) in _UNTIL:
            return (
                -1
                if any(
                    self.tokens.lower(i) == "had"
                    for i in range(max(start, first - _REACH), min(end, last + _REACH))
                )
                else 1
            )
        for at in range(first - 1, max(start, first - _REACH) - 1, -1):
            code = codes[at]
            if code == _FUTURE or (code == _BE and at and codes[at - 1] == _TO):
                return 1
            if code == _PRESENT:
                return 0
            if code == _PAST:
                before = codes[max(start, at - 3) : at]
                return 1 if _FUTURE in before or _TO + _BE in before else -1
        for at in range(last + 1, min(end, last + _REACH)):
            if codes[at] == _FUTURE:
                return 1
            if codes[at] == _PAST:
                return -1
        return 0

    def surely_past(self, first: int) -> bool:
        """Return whether a finished deed is hung on the day: "was killed on", "had opened fire on"."""
        codes, tokens = self.tokens.codes, self.tokens
        if codes[first - 1 : first] != CODES["on"]:
            return False
        start, _ = self.sentence(first)
        for at in range(first - 2, max(start, first - 9), -1):
            if codes[at] in (_FUTURE, _TO):
                return False
            if codes[at] == _PAST and tokens.lower(at - 1) in _FINISHED:
                return tokens.lower(at) not in _FINISHED
        return False

    def add(self, placed: Placed) -> None:
        """Put an expression in its place among those understood so far."""
        insort(self.placed, placed, key=_first_token)

    def _back(self, first: int) -> Iterator[Placed]:
        """Yield the expressions before a token, the nearest first, a limited way back."""
        index = bisect_left(self.placed, first, key=_first_token)
        yield from reversed(self.placed[max(0, index - _RECALL) : index])

    def _ahead(self, first: int) -> Iterator[Placed]:
        """Yield the expressions after a token, the nearest first, a limited way on."""
        index = bisect_right(self.placed, first, key=_first_token)
        yield from self.placed[index : index + _RECALL]

    def named_before(self, first: int) -> date | None:
        """Return the first day of the last day, month, season or year named before a token."""
        for placed in self._back(first):
            if placed.kind in _CALENDAR and placed.meaning.start is not None:
                return placed.meaning.start
        return self.published

    def days_around(self, first: int) -> tuple[Placed | None, Placed | None]:
        """Return the nearest days that the same sentence names before and after a token."""
        start, end = self.sentence(first)
        before = next((p for p in self._back(first) if p.first >= start and self._is_day(p)), None)
        after = next((p for p in self._ahead(first) if p.first < end and self._is_day(p)), None)
        return before, after

    def day_near(self, first: int) -> date | None:
        """Return the day that the same sentence names: the nearest before, else the nearest after."""
        before, after = self.days_around(first)
        near = before or after
        return near.meaning.start if near else None

    def day_before(self, first: int) -> date | None:
        """Return the last day that the text names before a token, else the publication day."""
        for placed in self._back(first):
            if self._is_day(placed):
                return placed.meaning.start
        return self.published

    def last_of(self, kind: str, first: int, reach: int | None = None) -> Meaning | None:
        """Return the meaning of the last expression of a kind before a token, within `reach` tokens."""
        for placed in self._back(first):
            if placed.kind == kind:
                return placed.meaning if reach is None or placed.first >= first - reach else None
        return None

    @staticmethod
    def _is_day(placed: Placed) -> bool:
        meaning = placed.meaning
        return meaning.start is not None and meaning.start == meaning.end


@dataclass(slots=True)
class Found:
    """The tokens first..last that a rule matched."""

    scene: Scene
    first: int
    last: int

    @property
    def codes(self) -> str:
        """Return the class codes of the matched tokens."""
        return self.scene.tokens.codes[self.first : self.last + 1]

    def has(self, *names: str) -> bool:
        """Return whether a token of one of these classes is among them."""
        codes = self.codes
        return any(CODES[name] in codes for name in names)

    def at(self, *names: str) -> int | None:
        """Return the index of the first token of one of these classes."""
        wanted = [CODES[name] for name in names]
        for index in range(self.first, self.last + 1):
            if self.scene.tokens.codes[index] in wanted:
                return index
        return None

    def value(self, *names: str) -> int | str | None:
        """Return the value of the first token of one of these classes."""
        index = self.at(*names)
        return None if index is None else self.scene.tokens.values[index]

    def number(self, *names: str) -> int:
        """Return the value of the first token of one of these classes as a number (0 without one)."""
        value = self.value(*names)
        return value if isinstance(value, int) else 0

    def numbers(self, *names: str) -> list[int]:
        """Return the values of all tokens of these classes that are numbers, in order."""
        wanted = [CODES[name] for name in names]
        rows = zip(self.scene.tokens.values[self.first : self.last + 1], self.codes, strict=True)
        return [value for value, code in rows if code in wanted and isinstance(value, int)]

    def text(self, *names: str) -> str:
        """Return the value of the first token of one of these classes as text ("" without one)."""
        value = self.value(*names)
        return value if isinstance(value, str) else ""

    def word(self, *names: str) -> str:
        """Return the first token of one of these classes as written, in small letters."""
        index = self.at(*names)
        return "" if index is None else self.scene.tokens.lower(index)

    def before(self, back: int = 1) -> str:
        """Return the token that stands before the match, in small letters."""
        return self.scene.tokens.lower(self.first - back)

    def after(self, ahead: int = 1) -> str:
        """Return the token that stands after the match, in small letters."""
        return self.scene.tokens.lower(self.last + ahead)

    @property
    def direction(self) -> int:
        """Return -1, 0 or 1 for past, open and future."""
        return self.scene.direction(self.first, self.last)
