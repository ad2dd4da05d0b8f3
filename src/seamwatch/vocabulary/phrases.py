"""Finding lexicon phrases in a text: whole words, longest first, in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseHit(Generic[T]):
    """A phrase found at text[start:end], with what the lexicon says of it."""

    start: int
    end: int
    phrase: str
    value: T


class PhraseBook(Generic[T]):
    """Phrases with values, searched together; built once, then only read."""

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        import ahocorasick

        self._automaton: Any = ahocorasick.Automaton()
        self._values: dict[str, T] = {}
        for phrase, value in pairs:
            self._values.setdefault(phrase, value)
        for phrase in self._values:
            self._automaton.add_word(phrase, phrase)
        if self._values:
            self._automaton.make_automaton()

    def find(self, text: str) -> tuple[PhraseHit[T], ...]:
        """Return the hits in a text, by position, none inside another; `text` is folded to lower case.

        >>> book = PhraseBook([("car bomb", 1), ("bomb", 2)])
        >>> [(h.phrase, h.start) for h in book.find("A car bomb. Bombs? A bomb")]
        [('car bomb', 2), ('bomb', 21)]
        """
        if not self._values:
            return ()
        lower = text.lower()
        if len(lower) != len(text):  # a few letters grow in lower case; offsets must not move
            lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        hits: list[PhraseHit[T]] = []
        size = len(lower)
        for last, phrase in self._automaton.iter(lower):
            start, end = last - len(phrase) + 1, last + 1
            if (start and lower[start - 1].isalnum()) or (end < size and lower[end].isalnum()):
                continue
            while hits and hits[-1].start >= start:
                hits.pop()
            if hits and hits[-1].end > start:
                continue
            hits.append(PhraseHit(start=start, end=end, phrase=phrase, value=self._values[phrase]))
        return tuple(hits)
