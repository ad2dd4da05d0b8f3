"""Phrases of the lexicons, matched on tokens: the small pattern language that word lists are written in.

A pattern is words in lower case, set apart by blanks. `a|b` is one of two words, `word?` may be absent,
`attack~` is any word that begins so, `*` is exactly one token of any kind, `*3` none to three of them.
`@name` is a word of that word class, `#year`, `#num`, `#past` (a verb in the past), `#verb`, `#name` are
what the token is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seamwatch.errors import VocabularyError

_YEAR = re.compile(r"(?:19|20)\d\d$")
_NUMBER = re.compile(r"\d[\d,.]*$")
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty "
    "hundred hundreds thousand thousands dozen dozens scores several many numerous few".split()
)
_PIECES = re.compile(r"[^-–]+|[-–]")
_WORD = re.compile(r"\w+|[^\w\s]")
_STEM = 3


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: words, beginnings of words, a class of token, or a gap."""

    words: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    sort: str = ""
    low: int = 1
    high: int = 1

    def fits(self, word: str, tag: str) -> bool:
        """Return whether a token (lower case, fine-grained tag) may stand here."""
        if word in self.words or (self.stems and word.startswith(self.stems)):
            return True
        match self.sort:
            case "any":
                return True
            case "year":
                return _YEAR.match(word) is not None
            case "num":
                return word in _NUMBER_WORDS or _NUMBER.match(word) is not None
            case "past":
                return tag in ("VBD", "VBN")
            case "verb":
                return tag.startswith("VB")
            case "name":
                return tag.startswith("NNP")
        return False


Pattern = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A pattern of entry `key` found at tokens first..last (both included)."""

    key: str
    first: int
    last: int


def holds_phrase(text: str, phrase: str) -> bool:
    """Return whether a phrase, or its plural in -s, stands as whole words in a text of the same case.

    >>> holds_phrase("two car bombs", "car bomb"), holds_phrase("russia", "us")
    (True, False)
    """
    return re.search(rf"(?<!\w){re.escape(phrase)}s?(?!\w)", text) is not None


def split_words(text: str) -> list[str]:
    """Return words and signs of a raw text in lower case, for matching where nothing is parsed.

    >>> split_words("Live-fire drill.")
    ['live', '-', 'fire', 'drill', '.']
    """
    return _WORD.findall(text.lower())


def _element(piece: str, classes: Mapping[str, frozenset[str]], where: str) -> Element:
    low = 1
    if piece.endswith("?") and len(piece) > 1:
        piece, low = piece[:-1], 0
    if piece.startswith("*"):
        return Element(sort="any", low=0 if piece[1:] else low, high=int(piece[1:] or 1))
    words: set[str] = set()
    stems: list[str] = []
    sort = ""
    for part in piece.split("|"):
        if part.startswith("@"):
            if part[1:] not in classes:
                raise VocabularyError(f"{where}: no word class {part!r}")
            for word in classes[part[1:]]:
                stems.append(word[:-1]) if word.endswith("~") else words.add(word)
        elif part.startswith("#"):
            sort = part[1:]
        elif part.endswith("~"):
            stems.append(part[:-1])
        else:
            words.add(part)
    return Element(words=frozenset(words), stems=tuple(stems), sort=sort, low=low)


def compile_pattern(text: str, classes: Mapping[str, frozenset[str]], where: str = "pattern") -> Pattern:
    """Return the elements of one written pattern; words with a hyphen become three tokens."""
    elements: list[Element] = []
    for word in text.split():
        whole = "|" in word or word.startswith(("*", "@", "#"))
        pieces = [word] if whole else _PIECES.findall(word)
        elements.extend(_element(piece, classes, where) for piece in pieces)
    if not elements or all(e.low == 0 for e in elements):
        raise VocabularyError(f"{where}: {text!r} would match nothing at all")
    return tuple(elements)


def _end(pattern: Pattern, at: int, words: Sequence[str], tags: Sequence[str], token: int) -> int | None:
    """Return the token after the match of pattern[at:] that starts at `token`, or None."""
    if at == len(pattern):
        return token
    element = pattern[at]
    taken = 0
    while taken < element.low:
        if token >= len(words) or not element.fits(words[token], tags[token]):
            return None
        token, taken = token + 1, taken + 1
    if element.low == 0 and element.sort != "any" and token < len(words):
        # An optional word is taken where it stands, so that a match is as long as it can be.
        if element.fits(words[token], tags[token]):
            end = _end(pattern, at + 1, words, tags, token + 1)
            if end is not None:
                return end
        return _end(pattern, at + 1, words, tags, token)
    while True:
        end = _end(pattern, at + 1, words, tags, token)
        if end is not None or taken == element.high or token >= len(words):
            return end
        token, taken = token + 1, taken + 1


def _second(pattern: Pattern) -> frozenset[str] | None:
    """Return the words of which the second token must be one, or None where that is not so simple."""
    if len(pattern) < 2 or pattern[0].high != 1 or pattern[0].low != 1:
        return None
    second = pattern[1]
    plain = second.low == 1 and not second.sort and not second.stems
    return second.words if plain else None


_Indexed = tuple[str, Pattern, frozenset[str] | None]


class PhraseBook:
    """All patterns of a lexicon, indexed by how they begin."""

    def __init__(
        self,
        patterns: Iterable[tuple[str, Iterable[str]]],
        classes: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Compile the patterns of each key; `classes` are the word classes that `@name` stands for."""
        known = {name: frozenset(words) for name, words in (classes or {}).items()}
        self._by_word: dict[str, list[_Indexed]] = defaultdict(list)
        self._by_stem: dict[str, list[_Indexed]] = defaultdict(list)
        self._loose: list[_Indexed] = []
        for key, texts in patterns:
            for text in texts:
                self._add(key, compile_pattern(text, known, key))

    def _add(self, key: str, pattern: Pattern) -> None:
        first = pattern[0]
        if first.low == 0:
            self._add(key, pattern[1:])
            if first.sort == "any":
                return
        if first.sort or any(len(stem) < _STEM for stem in first.stems):
            self._loose.append((key, pattern, _second(pattern)))
            return
        for word in first.words:
            self._by_word[word].append((key, pattern, _second(pattern)))
        for stem in {stem[:_STEM] for stem in first.stems}:
            self._by_stem[stem].append((key, pattern, _second(pattern)))

    def find(self, words: Sequence[str], tags: Sequence[str] | None = None) -> list[PhraseMatch]:
        """Return the longest match of every key at every token, in order of position.

        >>> PhraseBook([("string", ["a string of *2 attack~"])]).find("a string of new attacks".split())
        [PhraseMatch(key='string', first=0, last=4)]
        """
        tags = tags if tags is not None else [""] * len(words)
        found: dict[tuple[int, str], int] = {}
        for token, word in enumerate(words):
            following = words[token + 1] if token + 1 < len(words) else ""
            for group in (self._by_word.get(word), self._by_stem.get(word[:_STEM]), self._loose):
                for key, pattern, second in group or ():
                    # Most patterns fall out here, without a call.
                    if second is not None and following not in second:
                        continue
                    if not pattern[0].fits(word, tags[token]):
                        continue
                    end = _end(pattern, 0, words, tags, token)
                    if end is not None and end > found.get((token, key), token):
                        found[token, key] = end
        return [PhraseMatch(key, first, end - 1) for (first, key), end in found.items()]
