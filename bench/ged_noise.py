"""What goes wrong in a report: another spelling, another toll, another day, another type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from random import Random

from ged_events import Event

CHANCES = {"place": 0.30, "spelling": 0.20, "toll": 0.25, "date": 0.25, "type": 0.15}
"""How likely each kind of noise is in one report, drawn independently of the others."""

_ARTICLES = ("al", "el", "ul", "ar", "as", "ash", "at", "ath", "an", "ad", "adh", "az", "ez", "er", "es")
# English words within a name have no other transliteration.
_ENGLISH = frozenset(
    "air airbase airport and area army axis base between border bridge brigade camp castle checkpoint "
    "city complex countryside crossing crossroad crossroads dam desert district division east eastern "
    "enclave factory farm farms field fields gas governorate governorates heliport highway hill hills "
    "hospital idp in industrial iranian island junction lake locality military mount mountain mountains "
    "near new north northeastern northern northwestern of oil oilfield old operation pan peace plain "
    "plains plant pocket point prison project range refinery reservoir river road ruin ruins sector silos "
    "south southeastern southern southwestern spring springs station stream street suburb syria the tower "
    "triangle valley village west western".split()
)
# Ways of writing a sound, as romanisations of Arabic and Kurdish differ: a kind of change, how the sound is
# written, and other ways to write it. Of one kind no name takes more than one change.
_SOUNDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("q", "q+", ("k", "k", "g")), ("q", r"k(?!h)", ("q",)),
    ("sh", "sh", ("ch",)), ("sh", "ch", ("sh",)),
    ("h", "kh", ("h", "k")), ("gh", "gh", ("g",)), ("dh", "dh", ("d", "z")), ("th", "th", ("t",)),
    ("u", "ou", ("u", "o", "oo")), ("u", "oo", ("u", "ou")), ("u", r"(?<![aeo])u", ("ou", "o")),
    ("u", r"(?<=[^aeiou])o(?=[^aeiou])", ("u", "ou")),
    ("ay", "ay", ("ei", "ai", "ey")), ("ay", "ai", ("ay", "ei")), ("ay", "ei", ("ay", "ai", "ey")),
    ("ay", "ey", ("ay", "ei")), ("ay", "ae", ("a", "ai")),
    ("i", r"(?<=[^aeiouy])i(?=[^aeiouy])", ("e", "ee")), ("i", r"(?<=[^aeiouy])e(?=[^aeiouyh])", ("i", "a")),
    ("i", r"(?<=[^aeiou])a(?=[^aeiouhy])", ("e",)), ("i", r"ee|ii", ("i",)), ("aa", "aa", ("a",)),
    ("end", r"ah$", ("a", "eh", "e")), ("end", r"(?<=[^aeiou])a$", ("ah", "e")),
    ("y", "iy", ("i", "y")), ("y", r"(?<=[aeiou])y(?=[aeiou])", ("yy", "i")),
    ("'", "'", ("",)), ("j", "j", ("dj",)),
    ("double", r"([bdfklmnrstz])\1", (r"\1",)),
    ("double", r"(?<=[aeiou])([bdlmnrst])(?=[aeiou])", (r"\1\1",)),
)  # fmt: skip
_RULES = tuple((kind, re.compile(pattern), others) for kind, pattern, others in _SOUNDS)

_BATTLES = ("Armed clash", "Government regains territory", "Non-state actor overtakes territory")
_ATTACKS = (
    "Air/drone strike",
    "Shelling/artillery/missile attack",
    "Remote explosive/landmine/IED",
    "Suicide bomb",
    "Grenade",
    "Attack",
)


def other_type(event: Event, rng: Random) -> str:
    """Return another sub-type that may tell such an event, drawn evenly; a one-sided attack is no battle."""
    battles = () if event.violence == 3 else _BATTLES[:2] if _has_state(event) else (_BATTLES[0], _BATTLES[2])
    return rng.choice([name for name in (*battles, *_ATTACKS) if name != event.sub_type])


def _has_state(event: Event) -> bool:
    return any(name.startswith("Government of ") for name in event.side_a + event.side_b)


def other_toll(best: int, rng: Random) -> int:
    """Return a toll that is off by one to three, and not below none."""
    return rng.choice([n for step in (-3, -2, -1, 1, 2, 3) if (n := best + step) >= 0])


def other_days(event: Event, lag: int, rng: Random) -> tuple[date, date, int, str]:
    """Return first day, last day, precision and what was done: "off" by one day, or only the "week".

    A week is the calendar's (Monday to Sunday) where it holds the event, else seven days that hold it. What
    already spans more than a week is off by a day. A report never comes out before the day that it gives.
    """
    span = (event.end - event.start).days
    if span <= 6 and rng.random() < 0.5:
        start = event.start - timedelta(days=event.start.weekday())
        if event.end > start + timedelta(days=6):
            start = event.start - timedelta(days=rng.randint(0, 6 - span))
        return start, start + timedelta(days=6), 3, "week"
    step = timedelta(days=-1 if lag == 0 else rng.choice((-1, 1)))
    return event.start + step, event.end + step, event.date_prec, "off"


def other_spelling(name: str, rng: Random) -> str:
    """Return another spelling of a name by one to three rules; the name itself where no rule fits it.

    >>> other_spelling("Syria", Random(1))
    'Syria'
    """
    spelled = name
    done: set[str] = set()
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        changes = list(_changes(spelled, done))
        if not changes:
            break
        kind, spelled = rng.choice(changes)
        done.add(kind)
    if spelled.casefold() == name.casefold():
        return next((other for _, other in _changes(name, ())), name)
    return spelled


def _changes(name: str, done: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what one rule makes of a name, for every rule and place in it, with the kind of the rule."""
    words = name.split(" ")
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        if "article" not in done:
            for article in _articles(words, at):
                yield "article", article
        if not _foreign(word) or word.casefold() in _ARTICLES:
            continue
        if "joint" not in done:
            if "-" in word and word.partition("-")[0].casefold() not in _ARTICLES:
                yield "joint", " ".join([*before, *word.split("-"), *after])
            if len(words) == 2 and at == 0 and _foreign(after[0]):
                yield "joint", f"{word}-{after[0]}"
                yield "joint", word + after[0].lower()
        for kind, pattern, others in _RULES:
            spots = pattern.finditer(word.lower()) if kind not in done else ()
            for spot in spots:
                for other in others:
                    put = spot.expand(other)
                    if word[spot.start()].isupper():
                        put = put[:1].upper() + put[1:]
                    new = word[: spot.start()] + put + word[spot.end() :]
                    yield kind, " ".join([*before, new, *after])


def _foreign(word: str) -> bool:
    """Return whether a word may be written in another way: no English word, no figure, no sign."""
    letters = word.replace("-", "").replace("'", "")
    return letters.isalpha() and word.casefold() not in _ENGLISH


def _articles(words: Sequence[str], at: int) -> Iterator[str]:
    """Yield the name with the article at a word written in another way, joined, or left out."""
    before, after = words[:at], words[at + 1 :]
    article, dash, rest = words[at].partition("-")
    if article.casefold() not in _ARTICLES or not (dash or after):
        return
    if not dash:
        rest, after = after[0], after[1:]
    for put in ("al-", "el-", "ul-", "al ", ""):
        new = f"{put}{rest}"
        new = new[:1].upper() + new[1:] if words[at][:1].isupper() else new
        if new.casefold() not in (words[at].casefold(), f"{article} {rest}".casefold()):
            yield " ".join([*before, new, *after])
