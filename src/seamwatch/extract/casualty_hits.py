"""Casualty words in a sentence and the people they harm: verbs, states, nouns, phrases, bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from seamwatch.extract.casualty_people import build_harmed, harmed_right
from seamwatch.extract.casualty_rules import (
    harmed_by_noun,
    harmed_by_state,
    harmed_by_subject,
    harmed_by_verb,
    listed,
)
from seamwatch.extract.casualty_view import Harmed, View
from seamwatch.extract.casualty_words import OutcomeWord
from seamwatch.extract.numbers import Count
from seamwatch.vocabulary.codes import Outcome, VictimGroup

_BODY_FOUND = re.compile(
    r"\b(?:found|finds?|finding|recover\w*|discover\w*|retriev\w*|pull(?:ed|ing)|dump\w*|unearthed|located|"
    r"lying|thrown|turned up|exhum\w*|brought|bring|dead bod\w+|saw|seen|see|taken|took|takes|receiv\w*|"
    r"count\w*|left|remain|leaving|lay|lies|lie|handed|arriv\w*|reach\w*|deliver\w*|collect\w*|gather\w*|transfer\w*|transport\w*|"
    r"remov\w*|dug|digs?|digging|fish\w*|washed|float\w*|morgue|mortuary|hospital|carried|evacuat\w*|extract\w*|"
    r"bur(?:ied|y|ying)|identif\w*|hauled|strewn|scattered|riddled|bearing|mutilated|burnt|burned|charred|hanging|"
    r"hung|return\w*|drag\w*|held|holds?|has|had|there (?:are|were|is|was)|stood|beheaded|decomposed)\b"
)
_OR_WOUNDED = re.compile(
    r"\s*(?:or|and|and/or|/)\s+(?:wounded|injured|injuring|wounding|hurt|injures|wounds)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A casualty word with the people it harms: tokens first..last of the word itself."""

    word: OutcomeWord
    first: int
    last: int
    people: tuple[Harmed, ...]
    combined: bool = False


def spans_of(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return where a pattern matches in a text."""
    return [m.span() for m in pattern.finditer(text)]


def _inside(start: int, spans: list[tuple[int, int]]) -> bool:
    return any(a <= start < b for a, b in spans)


def find_hits(view: View, closed: list[tuple[int, int]]) -> Iterator[Hit]:
    """Yield every casualty word of the sentence that harms someone, in no particular order."""
    for hit in _all_hits(view, closed):
        people = tuple(p for p in hit.people if not _none_of(view, p.first))
        if people:
            yield replace(hit, people=people)


def _none_of(view: View, first: int) -> bool:
    """Return whether "no" stands before a phrase: "no passenger", but not "no fewer than"."""
    return first not in view.numbers and "no" in (view.word(first - 1), view.words[first])


def _all_hits(view: View, closed: list[tuple[int, int]]) -> Iterator[Hit]:
    """Yield the casualty words with whom they harm, "no passenger" among them."""
    lexicon, lower, doc = view.lexicon, view.lower, view.doc
    used: set[int] = set()
    for word, patterns in lexicon.phrases:
        if word.role == "count_phrase" or not word.may_match(lower):
            continue
        for match in chain.from_iterable(p.finditer(lower) for p in patterns):
            if match.end() == match.start() or _inside(match.start(), closed):
                continue
            end = match.start() + len(match.group().rstrip())
            first, last = view.token_at(match.start()), view.token_at(end - 1)
            tokens = range(first, last + 1)
            if word.role == "object_phrase":
                people = _people_after(view, word, last)
            elif word.role == "owner_phrase":
                owner = build_harmed(view, first - 1, strict=True) if first else None
                people = [owner] if owner and not view.tags[first - 1].startswith("PRP") else []
            else:
                verb = next((i for i in tokens if view.tags[i].startswith(("VB", "MD"))), first)
                people = harmed_by_subject(view, verb, word, first)
            if people:
                if word.id != "take-hostage":
                    used.update(tokens)
                yield Hit(word=word, first=first, last=last, people=tuple(people))
    for pattern, word in lexicon.verbs:
        for match in pattern.finditer(lower):
            first, last = view.token_at(match.start()), view.token_at(match.end() - 1)
            if first in used or _inside(match.start(), closed):
                continue
            used.update(range(first, last + 1))
            people = _harmed(view, last if view.tags[last].startswith("VB") else first, word)
            if not people:
                people = [p for p in (harmed_right(view, last + 1, strict=word.strict),) if p]
            if people:
                yield Hit(word=word, first=first, last=last, people=tuple(people))
    for i, text in enumerate(view.words):
        word_here = lexicon.words.get(text)
        if word_here is None or i in used or _inside(doc[i].idx, closed):
            continue
        combined, last = word_here.combined, i
        joined = _OR_WOUNDED.match(lower, doc[i].idx + len(text))
        if word_here.outcome == Outcome.KILLED and joined:
            after = view.token_at(joined.end() - 1)
            combined = True
            used.add(after)
            last = after
        people = _harmed(view, i, word_here)
        if not people and combined and not word_here.combined:
            people = [p for p in (harmed_right(view, last + 1),) if p]
        if people:
            yield Hit(
                word=word_here,
                first=i,
                last=last,
                people=tuple(people),
                combined=combined,
            )


def _people_after(view: View, word: OutcomeWord, last: int) -> list[Harmed]:
    """Return the people that follow a phrase such as "claimed the lives of"."""
    if word.id in ("took-life", "his-death"):
        for i in range(last + 1, min(last + 8, len(view.words))):
            if view.tags[i] == "POS":
                phrase = build_harmed(view, i - 1)
                return [phrase] if phrase else []
        pronoun = view.word(last + 1)
        if pronoun in ("his", "her"):
            return [
                Harmed(
                    head=last + 1, first=last + 1, last=last + 1, count=(1, 1, 1), group=VictimGroup.UNKNOWN,
                    name="", bare=True, definite=True,
                )
            ]  # fmt: skip
        return []
    phrase = harmed_right(view, last + 1, strict=word.strict)
    return listed(view, phrase, phrase.head) if phrase else []


def _harmed(view: View, i: int, word: OutcomeWord) -> list[Harmed]:
    """Return whom the casualty word at i harms, by the role that the lexicon gives it."""
    if word.role == "object":
        return harmed_by_verb(view, i, word)
    if word.role == "subject":
        return harmed_by_subject(view, i, word)
    if word.role == "state":
        return harmed_by_state(view, i, word)
    if word.role == "noun":
        return harmed_by_noun(view, i, word)
    return _bodies(view, i)


def _bodies(view: View, i: int) -> list[Harmed]:
    """Return the dead behind "six bodies were found", "the body of a shepherd was found"."""
    if not _BODY_FOUND.search(view.lower):
        return []
    plural = view.words[i] in ("bodies", "corpses", "remains")
    start = i
    if view.word(i + 1) == "of":
        phrase = harmed_right(view, i + 2)
        if phrase is None and view.word(i + 3) in ("fourth", "third", "second", "fifth", "other"):
            phrase = build_harmed(view, i + 3)
        if phrase is not None:
            count = (
                phrase.count
                if plural and phrase.count[0] is not None
                else ((1, 1, 1) if not plural else None)
            )
            counted = _left_number(view, start)
            count = counted or count or (None, None, None)
            return [replace(phrase, count=count, definite=False, adds=False, ordinal=0)]
    count = _left_number(view, start)
    if count is None:
        if plural or view.word(i - 1) not in ("a", "the", "his", "her"):
            return []
        count = (1, 1, 1)
    first = i
    while first > 0 and (
        first - 1 in view.numbers or view.tags[first - 1] in ("JJ", "NN", "VBN", "DT", "PRP$")
    ):
        first -= 1
    return [
        Harmed(
            head=i, first=first, last=i, count=count, group=VictimGroup.UNKNOWN, name="", bare=True,
            definite=view.words[first] in ("the", "his", "her"),
        )
    ]  # fmt: skip


def _left_number(view: View, i: int) -> Count | None:
    """Return the count in the noun phrase left of i."""
    k = i - 1
    while k >= 0 and k not in view.numbers and view.tags[k] in ("JJ", "NN", "VBN", "VBD", "NNP"):
        k -= 1
    if k in view.numbers:
        return view.numbers[k][2]
    return None
