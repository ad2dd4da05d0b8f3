"""A sentence as casualty rules see it: its words, the counts on them, and which nouns can be people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwatch.extract.casualty_words import CasualtyWords
from seamwatch.extract.numbers import Count, find_numbers
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.vocabulary.codes import VictimGroup

if TYPE_CHECKING:
    from spacy.tokens import Doc

ORDINALS = {
    w: n
    for n, w in enumerate(
        "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2
    )
}
SKIPPED = frozenset(
    "were was been being be is are has have had got get gets also all both immediately instantly reportedly "
    "allegedly lightly slightly seriously critically badly severely mortally fatally later then still only "
    "just feared reported believed confirmed left subsequently moderately gravely apparently officially "
    "presumed "
    "either themselves each meanwhile now already found declared 've 's".split()
)
PRONOUNS = {
    "he": 1, "she": 1, "him": 1, "her": 1, "me": 1, "someone": 1, "somebody": 1, "whom": None, "they": None,
    "them": None, "who": None, "us": None, "himself": 1, "herself": 1,
}  # fmt: skip
DEFINITE = frozenset("the this that these those".split())
POSSESSIVE = frozenset("his her their its our my".split())
PARTITIVE = frozenset(
    "member members element elements personnel employee employees affiliate affiliates lot number numbers "
    "group team total others some several many most dozens scores hundreds thousands tens handful couple "
    "pair family".split()
)
TAKEN = frozenset("hostage captive prisoner".split())
COLLECTIVE = frozenset("number lot group team total".split())
HARMED_WORDS = frozenset("wounded injured dead missing kidnapped abducted killed slain hurt".split())
STOP = frozenset(
    "in of on at by and or but were was is are be been with for from to when that who which after as while "
    "near had has have not no into during between against where before since according about because "
    "including "
    "leaving said says the a an his her their its our out off up down over it he she they we".split()
)
NOUN_TAGS = frozenset("NN NNS NNP NNPS JJ JJR JJS VBN VBG CD HYPH POS FW AFX NFP `` '' RB X ADD".split())
QUOTES = frozenset("\"'“”‘’`-–".split()) | frozenset(['"', "'", "“", "”", "‘", "’", "-", "–"])
_AGENT = re.compile(r"(?:[^aeiou]er|or|ist|ian|man|men|woman|women|ee|eer)s?$")
TRIMMED = frozenset(
    "other others more heroic innocent young old unarmed senior least another second third fourth fifth "
    "local so called wounded injured dead suspected alleged unidentified unknown first further separate "
    "armed "
    "masked same new total estimated only year".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmed:
    """A noun phrase of people: tokens first..last, its head, its count, and what its words say."""

    head: int
    first: int
    last: int
    count: Count
    group: VictimGroup
    name: str
    bare: bool = False
    definite: bool = False
    adds: bool = False
    ordinal: int = 0
    hurt_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A parsed sentence with its lower-case words and the counts that stand on its tokens."""

    parsed: ParsedSentence
    lower: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    numbers: dict[int, tuple[int, int, Count]]
    lexicon: CasualtyWords

    @property
    def doc(self) -> Doc:
        """Return the spaCy doc."""
        return self.parsed.doc

    def token_at(self, char: int) -> int:
        """Return the index of the token that holds a character, or of the next one."""
        for token in self.parsed.doc:
            if token.idx + len(token) > char:
                return int(token.i)
        return len(self.words) - 1

    def tag(self, i: int) -> str:
        """Return the part-of-speech tag at i, "" outside the sentence."""
        return self.tags[i] if 0 <= i < len(self.tags) else ""

    def word(self, i: int) -> str:
        """Return the lower-case word at i, "" outside the sentence."""
        return self.words[i] if 0 <= i < len(self.words) else ""


def make_view(parsed: ParsedSentence, lexicon: CasualtyWords) -> View:
    """Return the view of a sentence, with every count on the tokens that it covers."""
    lower = parsed.sentence.text.lower()
    if len(lower) != len(parsed.sentence.text):  # a few capital letters have longer small ones
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in parsed.sentence.text)
    words = tuple(t.lower_ for t in parsed.doc)
    starts = [t.idx for t in parsed.doc]
    numbers: dict[int, tuple[int, int, Count]] = {}
    at = 0
    for number in find_numbers(lower):
        while at < len(starts) and starts[at] + len(words[at]) <= number.start:
            at += 1
        last = at
        while last + 1 < len(starts) and starts[last + 1] < number.end:
            last += 1
        if at < len(starts):
            for i in range(at, last + 1):
                numbers[i] = (at, last, number.count)
    return View(
        parsed=parsed, lower=lower, words=words, tags=tuple(t.tag_ for t in parsed.doc), numbers=numbers,
        lexicon=lexicon,
    )  # fmt: skip


def is_person(view: View, i: int, *, strict: bool = False) -> bool:
    """Return whether the noun at i can be a person: a listed word, a pronoun, a name, an agent noun."""
    word = view.words[i]
    if word in view.lexicon.heads or word in PRONOUNS:
        return True
    if word in view.lexicon.things or word in STOP:
        return False
    if any(p.fullmatch(word) for p, _ in view.lexicon.markers):
        return True
    if strict or not word.replace("-", "").isalpha():
        return False
    tag = view.tags[i]
    if tag in ("NNP", "NNPS"):
        return len(word) > 1
    return tag in ("NN", "NNS") and bool(_AGENT.search(word))


def run_end(view: View, i: int) -> int:
    """Return the last token of the run of nouns, adjectives and names that begins at i."""
    end = i - 1
    while end + 1 < len(view.words):
        word, tag = view.words[end + 1], view.tags[end + 1]
        if word in STOP or tag not in NOUN_TAGS or (tag == "RB" and word.endswith("ly")):
            break
        if (word in HARMED_WORDS or word in TAKEN) and end >= i and view.tag(end + 2) not in ("NN", "NNS"):
            break
        entry = view.lexicon.words.get(word)
        if entry is not None and end >= i and word not in view.lexicon.heads:
            break
        if end + 1 in view.numbers and end >= i and end not in view.numbers:
            break
        end += 1
    return end


def noun_in(view: View, first: int, last: int, *, strict: bool) -> int | None:
    """Return the rightmost token of first..last that is a person, None where a thing comes after it."""
    for i in range(last, first - 1, -1):
        if is_person(view, i, strict=strict):
            return i
        if view.words[i] in view.lexicon.things:
            return None
    return None
