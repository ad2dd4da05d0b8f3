"""Whether a text tells a name that may not be told: of a place that is coarse, of an outlet, of an actor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

LONG = 4
"""From how many letters on one word of a name gives the name away."""

_SQUEEZED = 6
# Words of phrases that name places ("on the outskirts of X village, north of Y") and are no names themselves.
_GENERIC = frozenset(
    "village villages town towns city cities district districts subdistrict province provinces governorate "
    "governorates county area areas region regions neighbourhood neighborhood quarter outskirts suburb "
    "centre center road roads highway street bridge river valley mountain mountains desert field fields camp "
    "border north south east west northern southern eastern western northeast northwest southeast southwest "
    "central near between from towards toward outside inside around along with into that which kilometres "
    "kilometers miles some about close part parts state country located capital countryside rural".split()
)


@lru_cache(maxsize=65_536)
def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, without marks and punctuation.

    >>> folded("Al-Ḥawīja's market")
    ('al', 'hawija', 's', 'market')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


class Names:
    """Names that no text may tell.

    A text tells one where it has all its words in a row, where one of its words is, begins or ends with a
    longer word of it ("Kulajo's", "Kirkuki", "AlHawija"), has such a word of five letters or more in its
    midst, or where it has the whole name written in one ("AlbuNajm"). Better a text too few than a name too
    many: a hidden Aden takes Laden with it.

    >>> hidden = Names(["Tell Abu Wardi"])
    >>> [hidden.told_in(text) for text in ("AbuWardi farm", "Wardis", "an intelligence office")]
    [True, True, False]
    """

    def __init__(
        self, names: Iterable[str], *, phrases: Iterable[str] = (), allowed: Iterable[str] = ()
    ) -> None:
        """Take the names, whole `phrases` as articles wrote them, and names that are told all the same.

        Of a phrase in which some words begin with a capital only those count; generic words never do.
        """
        free = [folded(name) for name in allowed if name]
        free_words = {word for words in free for word in words}
        self._runs: set[tuple[str, ...]] = set()
        self._words: set[str] = set()
        for name in names:
            self._add(folded(name), folded(name), free, free_words)
        for phrase in phrases:
            marked = [w for w in phrase.split() if w != w.lower() or w == w.upper()]
            words = folded(" ".join(marked or phrase.split()))
            if any(w not in _GENERIC and w not in free_words for w in words):
                self._add(folded(phrase), words, free, free_words)
        self._squeezed = tuple({s for run in self._runs if len(s := "".join(run)) >= _SQUEEZED})
        self._first = {run[0] for run in self._runs}

    def _add(
        self,
        run: tuple[str, ...],
        words: tuple[str, ...],
        free: list[tuple[str, ...]],
        free_words: set[str],
    ) -> None:
        if run and run not in free:
            self._runs.add(run)
            self._words.update(
                w for w in words if len(w) >= LONG and w not in free_words and w not in _GENERIC
            )

    def __bool__(self) -> bool:
        return bool(self._runs)

    def told_in(self, text: str | None) -> bool:
        """Return whether a text tells one of the names."""
        if not text or not self._runs:
            return False
        words = folded(text)
        if any(self._gives_away(word) for word in words):
            return True
        for at, word in enumerate(words):
            if word in self._first and any(words[at : at + len(run)] == run for run in self._runs):
                return True
        whole = "".join(words)
        return any(name in whole for name in self._squeezed)

    def _gives_away(self, word: str) -> bool:
        return any(
            word.startswith(part) or word.endswith(part) or (len(part) > LONG and part in word)
            for part in self._words
        )


class WholeNames:
    """Names of which only the whole counts: an outlet's, an actor's."""

    def __init__(self, names: Iterable[str]) -> None:
        self._runs = {run for name in names if (run := folded(name))}

    def __bool__(self) -> bool:
        return bool(self._runs)

    def told_in(self, text: str | None) -> bool:
        """Return whether a text has all words of one of the names in a row."""
        if not text or not self._runs:
            return False
        words = folded(text)
        return any(
            words[at : at + len(run)] == run for run in self._runs for at in range(len(words) - len(run) + 1)
        )


def outlet_name(source: str | None) -> str | None:
    """Return the name of an outlet as it may be told, of an address only the host; None where none is left.

    >>> outlet_name("Rudaw"), outlet_name("https://me:secret@a.example/b"), outlet_name("me@mail.example")
    ('Rudaw', 'a.example', 'mail.example')
    """
    if source is None or not (name := " ".join(source.split())):
        return None
    if "://" in name or name.startswith("//"):
        try:
            return urlsplit(name).hostname or None
        except ValueError:
            return None
    if "@" in name:
        name = name.rpartition("@")[2].partition("/")[0].strip(" <>()[]")
    return name or None
