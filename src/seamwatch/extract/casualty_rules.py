"""Whom a casualty word harms: voice, subject, object, and what a verb's surroundings rule out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamwatch.extract.casualty_people import build_harmed, harmed_left, harmed_right
from seamwatch.extract.casualty_view import Harmed, View, is_person
from seamwatch.extract.casualty_words import OutcomeWord

if TYPE_CHECKING:
    from spacy.tokens import Token

_MODALS = frozenset("could would might will can should shall must 'd 'll may".split())
_RELATIVE = frozenset("who that which".split())
_SMALL_CLAUSE = frozenset(
    "leave leaves leaving left find found finding shoot shot shooting declare declared pronounced presume "
    "presumed feared reported report believed confirmed drop dropped".split()
)
_BE = frozenset(
    "be is are was were been being 's remain remains remained go went gone feared reported".split()
)


def _children(token: Token, *deps: str) -> list[Token]:
    return [child for child in token.children if child.dep_ in deps]


def is_unreal(token: Token) -> bool:
    """Return whether a verb is wished, feared, denied or only possible ("to kill", "could die")."""
    for child in token.children:
        word = child.lower_
        if child.dep_ == "neg" or (child.dep_ == "mark" and word in ("if", "unless", "lest")):
            return True
        if child.dep_ in ("aux", "auxpass") and child.i < token.i:
            if word in _MODALS and not (word == "may" and token.tag_ == "VBN"):
                return True
            if word == "to" and token.tag_ in ("VB", "VBN") and not _is_perfect(token):
                return token.head.lower_ not in (
                    "managed",
                    "continued",
                    "reported",
                    "went",
                    "confirmed",
                    "believed",
                )
    if token.dep_ == "conj" and token.head.pos_ in ("VERB", "AUX") and token.head.tag_ == token.tag_ == "VB":
        return is_unreal(token.head)
    return False


def _is_perfect(token: Token) -> bool:
    """Return whether "to have killed" rather than "to kill" stands there."""
    return any(c.lower_ == "have" for c in token.children if c.dep_ in ("aux", "auxpass"))


def find_subject(token: Token, depth: int = 0) -> int | None:
    """Return the index of a verb's or adjective's subject noun; a relative pronoun gives its antecedent."""
    for child in token.children:
        if child.dep_ in ("nsubj", "nsubjpass") and child.i < token.i + 1:
            if child.lower_ in _RELATIVE:
                return int(token.head.i) if token.head.i < token.i else None
            return int(child.i)
    if token.dep_ in ("acl", "relcl") and token.head.i < token.i:
        return int(token.head.i)
    if (
        depth < 3
        and token.dep_ in ("conj", "acomp", "attr", "oprd", "xcomp", "advcl")
        and token.head.i < token.i
    ):
        if token.dep_ == "advcl" and depth:
            return None
        return find_subject(token.head, depth + 1)
    return None


def find_object(token: Token, depth: int = 0) -> int | None:
    """Return the index of a verb's object noun; "kidnapped and killed two men" shares the second verb's."""
    for child in _children(token, "dobj", "dative"):
        if child.i > token.i:
            return int(child.i)
        if child.lower_ in ("whom", "who", "that") and token.dep_ == "relcl":
            return int(token.head.i)
    if depth < 2:
        for child in _children(token, "conj"):
            if child.pos_ == "VERB" and child.i - token.i <= 4:
                return find_object(child, depth + 1)
    return None


def listed(view: View, phrase: Harmed, head: int) -> list[Harmed]:
    """Return a phrase and those joined to it by "and"; "two civilians, a man and a child" is two."""
    found = [phrase]
    for token in view.doc[head].conjuncts:
        if token.i <= head or token.tag_.startswith("VB"):
            continue
        if token.i in view.numbers or token.pos_ in ("NOUN", "PROPN", "PRON", "ADJ"):
            other = build_harmed(view, token.i, strict=token.pos_ == "ADJ")
            if other is not None and other.first > found[-1].last and other.count[0] is not None:
                found.append(other)
    counts = [p.count[1] for p in found]
    if len(found) > 2 and None not in counts and sum(n for n in counts[1:] if n) == counts[0]:
        return found[:1]
    return found


def _past_dateline(view: View, subject: int, verb: int) -> int:
    """Return the people that a dateline hides: "Basra (Agency) Two guards were killed" is not about Basra."""
    if view.doc[subject].pos_ != "PROPN" or view.words[subject] in view.lexicon.heads:
        return subject
    for i in range(subject + 1, verb):
        if i in view.numbers:
            people = harmed_right(view, i, strict=True)
            if people is not None and people.head < verb:
                return people.head
    return subject


def _is_passive(token: Token) -> bool:
    return any(child.dep_ in ("auxpass", "nsubjpass") for child in token.children)


def _numbered(view: View, i: int) -> bool:
    """Return whether a number, "another" or "a third" stands right before i, past auxiliaries."""
    phrase = harmed_left(view, i - 1) if i else None
    return phrase is not None and phrase.bare and phrase.last >= i - 6 and phrase.head in view.numbers


def harmed_by_verb(view: View, i: int, word: OutcomeWord) -> list[Harmed]:
    """Return whom a transitive verb harms: the subject in the passive, the object in the active."""
    token = view.doc[i]
    if is_unreal(token):
        return []
    tag, strict = view.tags[i], word.strict
    passive = _is_passive(token)
    if tag in ("VBN", "JJ") and token.dep_ in ("amod", "compound") and token.head.i > i:
        phrase = build_harmed(view, token.head.i, strict=True)
        if phrase is not None and phrase.first <= i and not (phrase.definite and phrase.count[1] is None):
            return [phrase]
        if phrase is not None and phrase.first <= i:
            return []
    if not passive:
        target = find_object(token)
        if target is not None:
            phrase = build_harmed(view, target, strict=strict)
            if phrase is not None and (phrase.head > i or token.dep_ == "relcl"):
                return listed(view, phrase, target)
        right = harmed_right(view, i + 1, strict=strict) if view.word(i + 1) != "dead" else None
        if right is not None and (not right.bare or right.head in view.numbers or tag in ("VBZ", "VBG")):
            return listed(view, right, right.head)
        if target is not None and target > i and not _numbered(view, i):
            return []
    if tag in ("VBZ", "VBG", "VBP", "VB") and not passive and view.word(i - 1) not in ("being",):
        return []
    near = harmed_left(view, i - 1, strict=strict)
    if near is not None and near.bare and near.head in view.numbers:
        return [near]
    subject = find_subject(token)
    if near is not None and near.count[0] is not None and token.dep_ == "conj" and not near.definite:
        own = [c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")]
        if not own and near.first > token.head.i:
            return [near]
    if subject is not None:
        subject = _past_dateline(view, subject, i)
    if subject is not None and (passive or tag in ("VBN", "VBD", "JJ", "NN")):
        phrase = build_harmed(view, subject, strict=strict)
        if phrase is not None and phrase.first < i:
            if near is not None and near.bare and near.head != phrase.head and near.ordinal:
                return [near]
            return listed(view, phrase, phrase.head if view.doc[subject].i in view.numbers else subject)
        if phrase is None and subject not in view.numbers and near is None:
            return []
    return _joined(view, near) if near is not None else []


def _joined(view: View, phrase: Harmed) -> list[Harmed]:
    """Return a headline's people with those joined before them: "Baker and two guards killed"."""
    at = phrase.first - 2
    if at >= 0 and view.words[at + 1] == "and" and is_person(view, at, strict=True):
        other = build_harmed(view, at)
        if other is not None and other.count[0] is not None and not other.definite:
            return [other, phrase]
    return [phrase]


def harmed_by_subject(view: View, i: int, word: OutcomeWord, start: int | None = None) -> list[Harmed]:
    """Return who died, succumbed or lost his life: the verb's subject, else the people right before it."""
    token = view.doc[i]
    if token.dep_ in ("aux", "auxpass"):
        token = token.head
    if word.role == "subject" and is_unreal(token):
        return []
    near = harmed_left(view, (i if start is None else start) - 1, strict=word.strict)
    if near is not None and near.bare and near.head in view.numbers:
        return [near]
    subject = find_subject(token)
    if subject is not None and subject < i:
        phrase = build_harmed(view, subject, strict=word.strict)
        if phrase is not None:
            return listed(view, phrase, subject)
        if view.tags[subject] not in ("NNP", "NNPS"):
            return []
    return [near] if near is not None else []


def harmed_by_state(view: View, i: int, word: OutcomeWord) -> list[Harmed]:
    """Return of whom an adjective is said: "two dead", "three dead fighters", "left eight civilians dead"."""
    token = view.doc[i]
    if token.dep_ in ("amod", "compound", "nmod") and token.head.i > i:
        phrase = build_harmed(view, token.head.i, strict=True)
        if phrase is not None and phrase.first <= i:
            return [] if phrase.definite and phrase.count[1] is None else [phrase]
    if any(c.dep_ == "neg" for c in token.children):
        return []
    near = harmed_left(view, i - 1)
    if near is not None and near.bare and near.head in view.numbers:
        return [near]
    if view.word(i - 1) in ("the", "their", "his", "its", "among"):
        return []
    head = token.head
    subject = find_subject(token)
    if subject is None and head.lower_ in _SMALL_CLAUSE:
        subject = find_object(head)
        if subject is None and head.lower_ in (
            "shot",
            "found",
            "feared",
            "presumed",
            "declared",
            "pronounced",
        ):
            subject = find_subject(head)
    if head.lower_ in _SMALL_CLAUSE and head.lower_.startswith("le"):
        inner = [c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")]
        target = find_object(head)
        subject = int(inner[0].i) if inner else target if target is not None else None
    if subject is not None:
        phrase = build_harmed(view, subject)
        if phrase is not None and phrase.first < i:
            return listed(view, phrase, subject)
    return [near] if near is not None and (near.last >= i - 3) else []


def harmed_by_noun(view: View, i: int, word: OutcomeWord) -> list[Harmed]:
    """Return the people whom a noun counts: "nine martyrs", "two injuries", "1 x IA KIA", "his death"."""
    k = i - 1
    while (
        k >= 0
        and k not in view.numbers
        and view.tags[k] in ("JJ", "NN", "NNP", "NNS", "VBN", "HYPH", "NFP", "SYM")
    ):
        if view.words[k] in view.lexicon.words and view.lexicon.words[view.words[k]].role in (
            "object",
            "subject",
        ):
            break
        k -= 1
    while k >= 0 and k not in view.numbers and view.words[k] in ("x", "×"):
        k -= 1
    if k in view.numbers:
        phrase = build_harmed(view, k)
        if phrase is None:
            return []
        names = [
            view.doc[j].text
            for j in range(view.numbers[k][1] + 1, i)
            if view.words[j] not in ("x", "more", "other")
        ]
        text = " ".join(n.lower() for n in names)
        group = next((g for p, g in view.lexicon.markers if p.search(text)), phrase.group)
        first, last = view.numbers[k][0], (i - 1 if names else view.numbers[k][1])
        return [
            Harmed(
                head=k, first=first, last=last, count=phrase.count, group=group, name=" ".join(names),
                bare=not names, definite=phrase.definite, adds=phrase.adds,
            )
        ]  # fmt: skip
    return []
