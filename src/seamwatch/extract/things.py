"""Nouns that fill a role: weapons, physical targets, people under arms, unnamed attackers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import read_entries
from seamwatch.vocabulary.phrases import PhraseBook

if TYPE_CHECKING:
    from spacy.tokens import Token

_INNER = frozenset("det amod compound nummod poss nmod quantmod advmod case npadvmod".split())
_NOT_INSIDE = frozenset(',;:()"“”')


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A noun of the role lexicon in a sentence: what it can be, and its head token."""

    gives: str
    phrase: str
    first: int
    head: int


class ThingBook:
    """The role lexicon, ready to search."""

    def __init__(self) -> None:
        pairs: dict[str, str] = {}
        for entry in read_entries("things"):
            for pattern in entry.patterns:
                for form in expand(pattern):
                    gives = str(entry.fields["gives"])
                    if form in pairs and gives not in pairs[form].split("+"):
                        pairs[form] += f"+{gives}"
                    else:
                        pairs.setdefault(form, gives)
        self._book = PhraseBook(pairs.items())

    def find(self, parsed: ParsedSentence) -> dict[int, Thing]:
        """Return the things of a sentence by the index of their head token.

        "A bomb hit a patrol." gives bomb (weapon) and patrol (armed).
        """
        found = {}
        for hit in self._book.find(parsed.sentence.text):
            tokens = parsed.doc.char_span(hit.start, hit.end, alignment_mode="expand")
            if tokens is None:
                continue
            head = tokens.root
            if head.tag_.startswith("V") and head.tag_ not in ("VBG",):
                continue
            found[head.i] = Thing(gives=hit.value, phrase=hit.phrase, first=tokens.start, head=head.i)
        return found


def noun_phrase(token: Token) -> tuple[int, int]:
    """Return first and last token index of the shortest noun phrase around a noun.

    Determiner and adjectives count, what follows does not, except for a name: in "a patrol of the
    Federal Police near Daquq" the phrase of "patrol" is "a patrol".
    """
    first = token.i
    for left in token.lefts:
        if left.dep_ in _INNER and not any(t.text in _NOT_INSIDE for t in left.subtree):
            first = min(first, left.left_edge.i)
        elif left.dep_ not in ("punct",):
            first = token.i
    doc = token.doc
    while first < token.i and (doc[first].is_punct or doc[first].lower_ in ("and", "or", "when", "that")):
        first += 1
    return first, token.i


def noun_phrase_with_of(token: Token) -> tuple[int, int]:
    """Return the noun phrase with a directly following "of ..." phrase: "a patrol of the Federal Police"."""
    first, last = noun_phrase(token)
    for right in token.rights:
        if right.dep_ == "prep" and right.lower_ == "of" and right.i == last + 1:
            objects = [t for t in right.rights if t.dep_ == "pobj"]
            if objects:
                last = noun_phrase(objects[0])[1]
        break
    return first, last


def plain_name(text: str) -> str:
    """Return a phrase without its leading article, number or quantifier, in its own case.

    >>> plain_name("two police officers"), plain_name("the PMF checkpoint")
    ('police officers', 'PMF checkpoint')
    """
    words = text.split()
    while len(words) > 1 and words[0].lower().strip("\"'“‘") in _LEADING:
        words = words[1:]
    return " ".join(words).strip("\"'“”‘’ ")


_LEADING = frozenset(
    "a an the some several many two three four five six seven eight nine ten eleven twelve one another "
    "his her their its this that these those at least about around more than other".split()
)
