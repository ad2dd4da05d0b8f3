"""Finding the register's actors in an article, and naming what a phrase stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from seamwatch.model.reading import ActorMention
from seamwatch.model.text import Article, Part, Span
from seamwatch.resolve.actor_register import (
    ActorEntry,
    ActorRegister,
    Alias,
    Nation,
    fold,
    load_register,
)

__all__ = ["ActorEntry", "ActorRegister", "find_actors", "load_register"]

Case = Literal["mixed", "lower", "upper"]
_RUN = re.compile(r"[ \n\t\r\u00a0]{2,}")
_BEFORE = re.compile(r"(\S+)[ \n\t\r\u00a0-]+$")
_AFTER = re.compile(r"[ \n\t\r\u00a0-]+(\S+)")
_DEFINES = re.compile(r"\s*[(\[]\s*[\"“']?([^\W\d_][\w/-]{1,9})[\"”']?\s*[)\];,]")
_LETTERS = re.compile(r"[^\W\d_]")
ARABIC = "\u0600"
ARABIC_PREFIXES = "وبلفك"
NATION_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name found in one part of an article, with all actors that go by it."""

    start: int
    end: int
    aliases: tuple[Alias, ...]
    nation: Nation | None = None


def _case(text: str) -> Case:
    """Return whether a text has no capitals, (nearly) nothing else, or both."""
    upper = sum(map(str.isupper, text))
    if upper == 0:
        return "lower"
    return "upper" if upper > 9 * sum(map(str.islower, text)) else "mixed"


def _squeeze(text: str) -> tuple[str, list[int] | None]:
    """Return the folded text with runs of white space made one, and where each character stood."""
    folded = fold(text)
    if not _RUN.search(text):
        return folded, None
    where = [i for i, c in enumerate(folded) if c != " " or i == 0 or folded[i - 1] != " "]
    return "".join([folded[i] for i in where]), where


class _PartFinder:
    """The names of one part (title or text) of an article."""

    def __init__(self, text: str, register: ActorRegister) -> None:
        self.text = text
        self.register = register
        self.case = _case(text)
        self.folded, self.where = _squeeze(text)

    def candidates(self) -> Iterator[_Candidate]:
        """Yield every name that stands as a whole word in a fitting case, overlaps included."""
        folded, where, last = self.folded, self.where, len(self.folded)
        for at, (length, aliases) in self.register.automaton.iter(folded):
            low, high = at - length + 1, at + 1
            if high < last and (folded[high].isalnum() or folded[high] == "_"):
                continue
            if low and (folded[low - 1].isalnum() or folded[low - 1] == "_") and not self._arabic(low):
                continue
            start, end = (low, high) if where is None else (where[low], where[at] + 1)
            fitting = tuple(a for a in aliases if self._fits(a, start, end, length))
            if fitting and not self._described(start, end):
                yield from self._with_nation(start, end, low, high, fitting)

    def _arabic(self, low: int) -> bool:
        """Return whether the letter before is a prefix that Arabic writes on to the word."""
        before = self.folded[low - 1]
        return (
            self.folded[low] >= ARABIC
            and before in ARABIC_PREFIXES
            and (low == 1 or not self.folded[low - 2].isalnum())
        )

    def _fits(self, alias: Alias, start: int, end: int, length: int) -> bool:
        """Return whether the name is written here as it must be, given the case of the text."""
        if not (alias.upper or alias.exact):
            return True
        written = self.text[start:end]
        if alias.exact:
            return written == alias.surface
        if written.isupper() or not _LETTERS.search(written):
            return not alias.word or not self._shouted(start, end)
        if written.islower():
            return self.case == "lower" and not alias.word
        return length > 3 and not alias.word and (written.istitle() or written == alias.surface)

    def _shouted(self, start: int, end: int) -> bool:
        """Return whether the words around are in capitals too, so that IS may be the verb."""
        after = _AFTER.match(self.text, end)
        before = _BEFORE.search(self.text, max(0, start - 40), start)
        words = [m.group(1).strip("\"'“”‘’.,:;()") for m in (before, after) if m]
        words = [w for w in words if len(w) > 1 and _LETTERS.search(w)]
        if not words or not all(w.isupper() for w in words):
            return False
        return not (after and fold(after.group(1)).rstrip(".,:;") in self.register.followers)

    def _described(self, start: int, end: int) -> bool:
        """Return whether the name only describes another thing: Houthi-held, anti-Taliban."""
        text = self.text
        if text[end : end + 1] in ("-", "‑", "–"):
            word = re.match(r"\w+", text[end + 1 : end + 20])
            if word and word.group().lower() in self.register.descriptors:
                return True
        if start and text[start - 1] in ("-", "‑", "–"):
            prefix = re.search(r"\w+$", text[max(0, start - 12) : start - 1])
            return prefix is not None and prefix.group().lower() in self.register.opponents
        return False

    def _with_nation(
        self, start: int, end: int, low: int, high: int, aliases: tuple[Alias, ...]
    ) -> Iterator[_Candidate]:
        service = next((a for a in aliases if a.service is not None), None)
        named = tuple(a for a in aliases if a.service is None)
        if named:
            yield _Candidate(start, end, named)
        if service is None:
            return
        found = self._nation_before(low) or (None if service.attributive else self._nation_after(high))
        if found is not None:
            nation, first, last = found
            if service.attributive:
                last = self._end_of_nation(first, low)
            yield _Candidate(
                min(start, self._at(first)) if not service.attributive else self._at(first),
                max(end, self._at(last - 1) + 1) if not service.attributive else self._at(last - 1) + 1,
                (service,),
                nation,
            )
        elif not service.national:
            yield _Candidate(start, end, (service,))

    def _at(self, index: int) -> int:
        return index if self.where is None else self.where[index]

    def _end_of_nation(self, first: int, low: int) -> int:
        """Return where the nation's word ends, its possessive left out."""
        words = self.folded[first:low].rstrip()
        return first + len(words.removesuffix("'s"))

    def _nation_before(self, low: int) -> tuple[Nation, int, int] | None:
        """Return the nation named right before ("Turkish", "Turkey's"), with where that stands."""
        folded = self.folded
        if low < 3 or folded[low - 1] != " ":
            return None
        first = low - 1
        for _ in range(NATION_WORDS - 1):
            first = folded.rfind(" ", 0, first) + 1
            words = folded[first : low - 1]
            name = words.removesuffix("'s") if words.endswith("s") else words.removesuffix("'")
            known = self.register.nations.get(name.lstrip("(\"'“"))
            if known is not None and (
                known[1] is False or name != words or known[0].code in ("US", "GB", "AE")
            ):
                return known[0], first + len(name) - len(name.lstrip("(\"'“")), low
            if first == 0:
                return None
            first -= 1
        return None

    def _nation_after(self, high: int) -> tuple[Nation, int, int] | None:
        """Return the nation of "... of Colombia", with the end of its name."""
        if not self.folded.startswith(" of ", high):
            return None
        words = self.folded[high + 4 : high + 50].split(" ")[:NATION_WORDS]
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count]).rstrip(".,;:!?)\"'”").removesuffix("'s")
            known = self.register.nations.get(name)
            if known is not None and known[1]:
                return known[0], high + 4, high + 4 + len(name)
        return None


def _longest(found: list[_Candidate]) -> list[_Candidate]:
    """Return the candidates that no longer one overlaps, from left to right."""
    kept: list[_Candidate] = []
    taken: set[int] = set()
    order = sorted(found, key=lambda c: (c.start - c.end, c.aliases[0].service is not None, c.start))
    for candidate in order:
        reach = range(candidate.start, candidate.end)
        if taken.isdisjoint(reach):
            taken.update(reach)
            kept.append(candidate)
    return sorted(kept, key=lambda c: c.start)


class _Context:
    """What the whole article says about which actor an ambiguous or weak name means."""

    def __init__(self, finders: list[_PartFinder], parts: list[list[_Candidate]]) -> None:
        self.entries = finders[0].register.entries
        self.nations = finders[0].register.nations
        self.named = {
            alias.entry
            for found in parts
            for candidate in found
            if len(candidate.aliases) == 1
            and not ((alias := candidate.aliases[0]).weak or alias.local)
            and alias.entry >= 0
        }
        self._finders = finders
        self._countries: dict[str, int] | None = None

    def countries(self) -> dict[str, int]:
        """Return how often each country, or an actor of it, is named in the article; counted once needed."""
        if self._countries is None:
            self._countries = dict(
                Counter(c for number in self.named for c in self.entries[number].countries)
            )
            for finder in self._finders:
                words = re.findall(r"[\w'.]+", finder.folded)
                clean = [w.rstrip(".").removesuffix("'s") for w in words]
                for name in clean + [f"{a} {b}" for a, b in pairwise(clean)]:
                    known = self.nations.get(name)
                    if known is not None:
                        code = known[0].code
                        self._countries[code] = self._countries.get(code, 0) + 1
        return self._countries

    def choose(self, aliases: tuple[Alias, ...]) -> Alias | None:
        """Return the actor meant: one named otherwise in the article, else one of its countries."""
        if len(aliases) == 1 and not (aliases[0].weak or aliases[0].local):
            return aliases[0]
        best, best_rank = None, (-1, -1)
        for alias in aliases:
            if alias.service is not None:
                return alias
            countries = self.entries[alias.entry].countries
            hits = max((self.countries().get(c, 0) for c in countries), default=0)
            rank = (int(alias.entry in self.named), hits)
            if rank == (0, 0) and (alias.weak or (alias.local and self.countries())):
                continue
            if rank > best_rank:
                best, best_rank = alias, rank
        return best


def _defined(finders: list[_PartFinder], parts: list[list[_Candidate]]) -> dict[str, Alias]:
    """Return the short names that the article itself gives a known actor and the register lacks.

    "the Hill Shepherds' Front (HSF)" makes HSF that actor for the whole article.
    """
    names: dict[str, Alias] = {}
    for finder, found in zip(finders, parts, strict=True):
        for candidate in found:
            alias = candidate.aliases[0]
            match = _DEFINES.match(finder.text, candidate.end)
            if match is None or len(candidate.aliases) > 1 or alias.entry < 0 or alias.outlet:
                continue
            short = match.group(1)
            known = fold(short) in finder.register.aliases
            if (
                not known
                and (short.isupper() or finder.case == "lower")
                and _abbreviates(short, alias.surface)
            ):
                names[short] = alias
    return names


def _abbreviates(short: str, name: str) -> bool:
    """Return whether the letters of a short name stand in the full name in this order."""
    letters = iter(fold(name))
    return all(letter in letters for letter in fold(short) if letter.isalnum()) and len(name) > len(short) + 3


def _add_defined(finder: _PartFinder, found: list[_Candidate], names: dict[str, Alias]) -> list[_Candidate]:
    """Return the candidates with every occurrence of the article's own short names."""
    added = [
        _Candidate(m.start(), m.end(), (alias,))
        for short, alias in names.items()
        for m in re.finditer(rf"(?<!\w){re.escape(short)}(?!\w)", finder.text)
    ]
    return _longest(found + added)


def find_actors(article: Article, register: ActorRegister) -> tuple[ActorMention, ...]:
    """Return every passage of title and text that names an actor, title first, in order of position.

    The longest name wins; a short name that several actors share goes to the one that the article
    names in full, else to the one of its country. Possessives and member nouns are not in the span.

    >>> text = "The Islamic State's gunmen fired at a Federal Police patrol, the Turkish army said."
    >>> [(m.quote, m.name) for m in find_actors(Article(id="a", text=text), load_register())]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('Islamic State', 'Islamic State'), ('Federal Police', 'Iraqi Federal Police'),
     ('Turkish army', 'Turkish army')]
    """
    names: tuple[Part, ...] = ("title", "text")
    finders = [_PartFinder(article.part(p), register) for p in names]
    parts = [_longest(list(finder.candidates())) for finder in finders]
    context = _Context(finders, parts)
    if defined := _defined(finders, parts):
        parts = [_add_defined(f, found, defined) for f, found in zip(finders, parts, strict=True)]
    mentions = []
    for part, finder, found in zip(names, finders, parts, strict=True):
        for candidate in found:
            alias = context.choose(candidate.aliases)
            if alias is None:
                continue
            if alias.service is not None:
                entry = register.named(alias.service, candidate.nation)
            else:
                entry = register.entries[alias.entry]
            mentions.append(
                ActorMention(
                    span=Span(part=part, start=candidate.start, end=candidate.end),
                    quote=finder.text[candidate.start : candidate.end],
                    name=entry.name,
                    kind=entry.kind,
                    side=entry.side,
                    outlet=alias.outlet,
                )
            )
    return tuple(mentions)
