"""Headers of logs and bulletins: a day and a place said once for the lines that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from seamwatch.extract.dating import Dates, Dating, names_a_day
from seamwatch.extract.drafts import Draft, SentenceFacts
from seamwatch.model.place import PlaceMention

# "19 MAR / 1640 / AL-HASAKAH / TAL TAMR.", "Tuesday, 5 March:"
_LOG = re.compile(r"^[^a-z]*/|/[^a-z]*$|^[A-Z][A-Z ,.'’/-]+[:.]$")
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a header says: its days and, in a log, its places; `alone` marks a paragraph of its own."""

    paragraph: int
    datings: tuple[Dating, ...]
    places: tuple[PlaceMention, ...]
    alone: bool


def _header(facts: SentenceFacts, alone: bool) -> Header | None:
    """Return the header that a sentence is, or None: short, telling no event, naming a day or place."""
    text = facts.parsed.sentence.text
    if facts.triggers or facts.casualties or len(text) > _LONGEST or facts.parsed.sentence.headline:
        return None
    if "(" in text or any(p.dateline for p in facts.all_places):
        return None
    days = tuple(
        Dating(time=t, dates=Dates.EVENT, distance=1000)
        for t in facts.times
        if t.range is not None and names_a_day(t)
    )
    log = _LOG.search(text) is not None
    short = bool(days) and len(text.split()) <= 5
    if not (log or short) or not (days or facts.all_places):
        return None
    return Header(
        paragraph=facts.parsed.sentence.paragraph,
        datings=days,
        places=facts.all_places if log else (),
        alone=alone,
    )


def _headers(facts: Sequence[SentenceFacts]) -> Iterable[Header]:
    """Yield the headers of an article: first sentences of paragraphs, in order."""
    counts: dict[int, int] = {}
    for fact in facts:
        paragraph = fact.parsed.sentence.paragraph
        counts[paragraph] = counts.get(paragraph, 0) + 1
    seen: set[int] = set()
    for fact in facts:
        paragraph = fact.parsed.sentence.paragraph
        if paragraph < 0 or paragraph in seen:
            continue
        seen.add(paragraph)
        header = _header(fact, counts[paragraph] == 1)
        if header is not None:
            yield header


def with_headers(drafts: Sequence[Draft], facts: Sequence[SentenceFacts]) -> list[Draft]:
    """Return the drafts with the day and place of their header, where they have none of their own.

    A header within a paragraph holds for it; one that is a paragraph holds until the next. A dateline
    is no header: it says where the article was written.
    """
    headers = [h for h in _headers(facts) if h.datings]
    if not headers:
        return list(drafts)
    found = []
    for draft in drafts:
        header = next(
            (
                h
                for h in reversed(headers)
                if h.paragraph == draft.paragraph or (h.alone and h.paragraph < draft.paragraph)
            ),
            None,
        )
        if header is None or draft.title:
            found.append(draft)
            continue
        datings = draft.datings if draft.event_times() else draft.datings + header.datings
        fresh = not header.alone and not any(d.paragraph == draft.paragraph for d in found)
        found.append(
            replace(draft, datings=datings, places=draft.places + header.places, fresh=draft.fresh or fresh)
        )
    return found
