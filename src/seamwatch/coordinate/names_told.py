"""Whether a text tells a name that may not be told: of a place that is coarse, of an outlet, of an actor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from seamwatch.coordinate.spelling import bones, folded, same_spoken, script_of, sound, written

LONG = 4
"""From how many letters on one word of a name gives the name away wherever it is part of a word."""

_SHORT = 3
_SQUEEZED = 6
_BONES = 4
_JOINED = 3
"""How many words of a text may be one word of a name: "Da quq"."""

# Words of phrases that name places ("on the outskirts of X village, north of Y") and are no names themselves.
_GENERIC = frozenset(
    "village villages town towns city cities district districts subdistrict province provinces governorate "
    "governorates county area areas region regions neighbourhood neighborhood quarter outskirts suburb "
    "centre center road roads highway street bridge river valley mountain mountains desert field fields camp "
    "border north south east west northern southern eastern western northeast northwest southeast southwest "
    "central near between from towards toward outside inside around along with into that which kilometres "
    "kilometers miles some about close part parts state country located capital countryside rural".split()
)
# Short words that many names have, and short words that are no names.
_PARTICLES = frozenset(
    "the and for was had his her its who but not are one two six ten new old red big far off out via per all "
    "any mid few sub abu umm bin ibn ben bani beni tel tal tell tall ain ayn san las los les des del der den "
    "das von van men car bus oil gas day may din".split()
)


class Names:
    """Names that no text may tell.

    A text tells one where it has all its words in a row, where one of its words is, begins or ends with a
    longer word of it ("Kulajo's", "Kirkuki", "AlHawija"), has such a word of five letters or more in its
    midst, where it has the whole name written in one ("AlbuNajm"), or where one of its words sounds like a
    word of it in this script or another. Better a text too few than a name too many: a hidden Aden takes
    Laden with it.

    >>> hidden = Names(["Tell Abu Wardi"])
    >>> [hidden.told_in(text) for text in ("AbuWardi farm", "Wardis", "an intelligence office")]
    [True, True, False]
    >>> hidden = Names(["Tuz Khurmatu"])
    >>> [hidden.told_in(text) for text in ("Tooz hospital", "Khormato", "طوزخورماتو")]
    [True, True, True]
    """

    def __init__(
        self, names: Iterable[str], *, phrases: Iterable[str] = (), allowed: Iterable[str] = ()
    ) -> None:
        """Take the names, whole `phrases` as articles wrote them, and names that are told all the same.

        Of a phrase in which some words begin with a capital only those count; generic words never do.
        """
        free = [folded(name) for name in allowed if name]
        self._free = {sound(word) for words in free for word in words}
        self._runs: set[tuple[str, ...]] = set()
        self._words: set[str] = set()
        self._written: set[str] = set()
        whole = {_sounds(run) for run in free}
        for name in names:
            if (run := folded(name)) and _sounds(run) not in whole:
                self._add(run, run, name, _SHORT)
        for phrase in phrases:
            marked = [w for w in phrase.split() if w != w.lower() or w == w.upper()]
            words = folded(" ".join(marked or phrase.split()))
            if any(w not in _GENERIC and sound(w) not in self._free for w in words):
                self._add(folded(phrase), words, phrase, LONG)
        self._squeezed = tuple({s for run in self._runs if len(s := "".join(run)) >= _SQUEEZED})
        self._first = {run[0] for run in self._runs}
        self._sounds = {sound(word) for word in self._words}
        self._bones = {b for word in self._words if len(b := bones(word)) >= _BONES}

    def _add(self, run: tuple[str, ...], words: Iterable[str], text: str, shortest: int) -> None:
        self._runs.add(run)
        own = [w for w in words if w not in _GENERIC and sound(w) not in self._free]
        # A particle alone is a name too.
        kept = [w for w in own if len(w) >= shortest and w not in _PARTICLES] or [
            w for w in own if len(w) >= LONG
        ]
        if kept:
            self._words.update(kept)
            heard = [w for w in written(text) if len(w) >= _SHORT and w not in _GENERIC | _PARTICLES]
            self._written.update((*heard, "".join(written(text))))

    def __bool__(self) -> bool:
        return bool(self._runs)

    def told_in(self, text: str | None) -> bool:
        """Return whether a text tells one of the names."""
        if not text or not self._runs:
            return False
        words = folded(text)
        if any(map(self._gives_away, words)) or any(map(self._is_word, _joined(words))):
            return True
        for at, word in enumerate(words):
            if word in self._first and any(words[at : at + len(run)] == run for run in self._runs):
                return True
        whole = "".join(words)
        return any(name in whole for name in self._squeezed) or self._heard_in(text)

    def _gives_away(self, word: str) -> bool:
        if any(_has(word, part) for part in self._words):
            return True
        if len(word) < _SHORT or sound(word) in self._free:
            return False
        said = sound(word)
        return (
            said in self._sounds
            or bones(word) in self._bones
            or any(len(part) > LONG and part in said for part in self._sounds)
        )

    def _is_word(self, joined: str) -> bool:
        return joined in self._words or (len(joined) > LONG and sound(joined) in self._sounds)

    def _heard_in(self, text: str) -> bool:
        """Return whether a word in another script than a name's sounds like it."""
        words = written(text)
        if not any(map(script_of, words)) and not any(map(script_of, self._written)):
            return False
        return any(
            script_of(word) != script_of(name) and same_spoken(word, name)
            for word in (*words, *_joined(words))
            for name in self._written
        )


def _has(word: str, part: str) -> bool:
    if len(part) < LONG:
        return word == part
    return word.startswith(part) or word.endswith(part) or (len(part) > LONG and part in word)


def _joined(words: tuple[str, ...]) -> Iterator[str]:
    """Yield neighbouring words written in one."""
    for many in range(2, _JOINED + 1):
        for at in range(len(words) - many + 1):
            yield "".join(words[at : at + many])


def _sounds(run: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(sound, run))


class WholeNames:
    """Names of which only the whole counts: an outlet's, an actor's.

    However they are written: "RudawTV" has Rudaw, and "Kirkuk Now" is KirkukNow.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {"".join(run) for name in names if (run := folded(name))}

    def __bool__(self) -> bool:
        return bool(self._names)

    def told_in(self, text: str | None) -> bool:
        """Return whether a text has one of the names: words in a row, or the beginning of a word."""
        if not text or not self._names:
            return False
        words = folded(text)
        rests = ["".join(words[at:]) for at in range(len(words))]
        ends = [
            {len("".join(words[at:end])) for end in range(at + 1, len(words) + 1)} for at in range(len(words))
        ]
        return any(
            rest.startswith(name) and (len(name) in ends[at] or len(name) > LONG)
            for at, rest in enumerate(rests)
            for name in self._names
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
