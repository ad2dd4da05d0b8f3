"""Who is accused in a sentence: the object of "accused" or "blamed", or what follows "points at"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamwatch.extract.patterns import PhraseMatch
from seamwatch.extract.speakers import phrase_range

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_TO_DEED = frozenset(("responsible", "accountable"))
_UNNAMED = frozenset("anyone everyone someone one it itself him her them".split())


def anchor_of(doc: Doc, match: PhraseMatch) -> Token:
    """Return the verb of a match: the first that is no auxiliary, else its root."""
    for token in doc[match.first : match.last + 1]:
        if token.pos_ == "VERB" and token.dep_ not in ("aux", "auxpass"):
            return token
    return doc[match.first : match.last + 1].root


def _words_up_to_deed(doc: Doc, first: int) -> tuple[int, int] | None:
    """Return what stands between a verb and "of", "for" or "responsible", where the parse has no object."""
    while first < len(doc) and doc[first].lower_ in ("the", "a", "an"):
        first += 1
    last = first
    while last < len(doc) and doc[last].pos_ in ("NOUN", "PROPN", "ADJ") and doc[last].lower_ not in _TO_DEED:
        last += 1
    return (first, last - 1) if last > first else None


def names_nobody(doc: Doc, first: int, last: int) -> bool:
    """Return whether the accused are nobody in particular: "each other", "those responsible"."""
    word = doc[first].lower_
    return word in ("each", "what", "who", "those") or (first == last and word in _UNNAMED)


def accused_in(doc: Doc, where: str, anchor: Token, match: PhraseMatch) -> tuple[int, int] | None:
    """Return the tokens of who is accused: the verb's object, or what follows the words."""
    if where == "object":
        head = next((c for c in anchor.children if c.dep_ in ("dobj", "dative")), None)
        if head is None:
            return _words_up_to_deed(doc, anchor.i + 1)
        first, last = phrase_range(head)
        # the deed begins where "of" leads to a verb: "accused the party | of burning the field"
        for i in range(max(first, head.i) + 1, last + 1):
            if doc[i].lower_ in ("of", "for", "over") and doc[i].dep_ == "prep":
                verbal = any(c.dep_ == "pcomp" or c.tag_ == "VBG" for c in doc[i].children)
                if verbal or doc[i].lower_ != "of":
                    last = i - 1
                    break
        while last > head.i and doc[last].lower_ in _TO_DEED:
            last -= 1
        return first, last
    first = match.last + 1
    while first < len(doc) and (doc[first].is_punct or doc[first].lower_ in ("a", "the", "an")):
        first += 1
    if first >= len(doc):
        return None
    last = first
    while last + 1 < len(doc) and not doc[last + 1].is_punct and doc[last + 1].pos_ not in ("VERB", "SCONJ"):
        last += 1
        if last - first > 7:
            break
    return first, last
