"""Days and places that stand in sentences without an event word, beside the telling that they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from seamwatch.extract.dating import Dates, SpeechBook, date_sentence
from seamwatch.extract.drafts import SentenceFacts
from seamwatch.extract.places import best_mention, specificity
from seamwatch.extract.tellings import Telling
from seamwatch.model.time import TimeMention

# A place less exact than this (a district, a province) gives way to a village or site told beside it.
_COARSE = 2.9
_EXACT = 2.0


def add_context(tellings: Sequence[Telling], facts: Sequence[SentenceFacts], speech: SpeechBook) -> None:
    """Fill what a telling lacks from the silent sentences of its own paragraphs.

    "They left on Friday. Hours later a drone hit their car." dates the drone; "The checkpoint stands at
    the entrance of Shirqat." places the attack on it. Nothing that is told is changed.
    """
    owners: dict[int, Telling] = {}
    for telling in tellings:
        for draft in telling.drafts:
            if not draft.title:
                owners.setdefault(draft.paragraph, telling)
    for fact in facts:
        sentence = fact.parsed.sentence
        owner = owners.get(sentence.paragraph) or _told_target(fact, tellings)
        if owner is None or fact.triggers or fact.casualties or sentence.headline:
            continue
        if owner.when is None:
            _add_day(owner, fact, speech)
        best = best_mention(owner.places)
        if best is None or specificity(best) >= _COARSE:
            owner.places += [p for p in fact.places if specificity(p) < _EXACT]


def _add_day(telling: Telling, fact: SentenceFacts, speech: SpeechBook) -> None:
    """Give a telling the first day that a silent sentence names, but for that of somebody's speaking."""
    for dating in date_sentence(fact.parsed, fact.times, frozenset(), speech):
        time: TimeMention = dating.time
        if dating.dates is Dates.EVENT and time.range is not None and time.range.precision <= 2:
            telling.when = time.range
            telling.context.append(time)
            return


def _told_target(fact: SentenceFacts, tellings: Sequence[Telling]) -> Telling | None:
    """Return the telling whose target a sentence's subject is: "The checkpoint stands ..."."""
    subjects = {
        t.lower_
        for t in fact.parsed.doc
        if t.dep_ in ("nsubj", "nsubjpass")
        and any(left.lower_ in ("the", "this", "that") for left in t.lefts)
    }
    if not subjects:
        return None
    for telling in tellings:
        for draft in telling.drafts:
            for target in draft.roles.targets:
                if target.name.lower().split()[-1] in subjects:
                    return telling
    return None
