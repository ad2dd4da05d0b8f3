"""Who speaks in a sentence: the subject of a verb of saying, as a noun phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_DEEPEST = 6
_INHERITS = frozenset(("conj", "xcomp", "advcl", "acl", "pcomp", "prep", "dobj", "pobj", "attr", "ccomp"))
_OUTER = frozenset(("relcl", "acl", "appos", "punct", "advcl", "parataxis"))
_RELATIVE = frozenset(("who", "which", "that", "whose"))
_ARTICLES = frozenset(("the", "a", "an"))
_QUOTES = frozenset(("``", "''", '"', "“", "”"))


def own_subject(verb: Token) -> Token | None:
    """Return the verb's own subject, or None."""
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass", "csubj"):
            return child
    return None


def subject_of(verb: Token) -> Token | None:
    """Return the subject of a verb, if need be that of the verb which it continues.

    "put out a message saying that it had hit": the subject of "saying" is that of "put".
    """
    token = verb
    for _ in range(_DEEPEST):
        subject = own_subject(token)
        if subject is not None:
            if subject.lower_ in _RELATIVE and token.dep_ == "relcl":
                return token.head
            return subject
        # "said" before its subject inside a quotation that the parser took for the main clause
        if token.head == token or token.dep_ not in _INHERITS:
            return None
        if token.dep_ == "ccomp" and token.tag_ not in ("VBG", "VB"):
            return None
        token = token.head
    return None


def phrase_range(head: Token, *, whole: bool = False) -> tuple[int, int]:
    """Return first and last token of the noun phrase, without what is only added to it.

    With `whole`, appositions ("Amaq, the mouthpiece of Daesh") are kept.
    """
    kept = {head.i}
    for child in head.children:
        if child.dep_ in _OUTER and not (whole and child.dep_ in ("appos", "punct")):
            continue
        if child.dep_ in ("cc", "conj") and child.i > head.i + 8:
            continue
        kept.update(t.i for t in child.subtree)
    first, last = head.i, head.i
    while first - 1 in kept:
        first -= 1
    while last + 1 in kept:
        last += 1
    doc = head.doc
    while first < head.i and (doc[first].lower_ in _ARTICLES or doc[first].is_punct):
        first += 1
    while last > head.i and (doc[last].is_punct or doc[last].tag_ in _QUOTES):
        last -= 1
    relative = next((i for i in range(head.i, last + 1) if doc[i].lower_ in ("which", "who")), None)
    if relative is not None and relative > head.i:
        last = relative - 1
    return first, last


def is_denied(verb: Token) -> bool:
    """Return whether a verb is negated, or only possible: "has not claimed", "could claim"."""
    for child in verb.children:
        word = child.lower_
        if child.dep_ == "neg" or word in ("never", "nor", "neither", "yet"):
            return True
        if child.dep_ == "aux" and word in ("could", "would", "might", "may", "will", "can", "should"):
            return True
    before = verb.doc[max(0, verb.i - 3) : verb.i].text.lower()
    return "neither" in before or before.endswith(("yet to", "failed to", "refused to", "declined to"))


def is_nobody(doc: Doc, subject: Token) -> bool:
    """Return whether a subject is nobody: "No group", "No one", "None of them"."""
    if subject.lower_ in ("nobody", "none", "nothing", "neither", "noone"):
        return True
    return any(c.lower_ in ("no", "neither") for c in subject.children if c.i < subject.i)
