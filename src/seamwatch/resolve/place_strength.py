"""How much speaks for a known name being a place where it stands, and whether it is an organisation's."""

from __future__ import annotations

from collections.abc import Sequence

from seamwatch.resolve.gazetteer import Gazetteer
from seamwatch.resolve.place_clues import clues_of
from seamwatch.resolve.place_company import company_of
from seamwatch.resolve.place_phrases import PlaceWords, Token
from seamwatch.resolve.place_reading import Found, Reading
from seamwatch.resolve.place_weights import BIAS

ACCEPT = 1.0
NATIONALITY = 2.0


def strength_of(
    reading: Reading, hit: Found, low: int, high: int, *, unknown: set[int], gazetteer: Gazetteer
) -> float:
    """Return how much speaks for a known name being a place, read by itself (ACCEPT and more: it is one).

    ACCEPT stands for a probability of a half, each point more for a further unit of its logarithmic odds.
    """
    if hit.nationality is not None:
        return NATIONALITY
    hit.clues = clues_of(reading, hit, low, high, unknown=unknown, gazetteer=gazetteer)
    weights = gazetteer.recognition.alone
    return ACCEPT + weights[BIAS] + sum(weights.get(clue, 0.0) for clue in hit.clues)


def judge_together(readings: Sequence[Reading], gazetteer: Gazetteer) -> None:
    """Weigh every known name of an article anew, with what the article's other names say."""
    hits = [h for reading in readings for h in reading.hits if h.nationality is None]
    nations = [h for reading in readings for h in reading.hits if h.nationality is not None]
    weights = gazetteer.recognition.together
    company = company_of(hits, nations, gazetteer)
    for hit, signs in zip(hits, company, strict=True):
        hit.clues += signs
        hit.strength = ACCEPT + weights[BIAS] + sum(weights.get(clue, 0.0) for clue in hit.clues)


def mark_source(reading: Reading, hit: Found, high: int, words: PlaceWords) -> None:
    """Mark a name that is part of an outlet's or an organisation's name."""
    tokens = reading.tokens
    after = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
    if hit.nationality is not None or after is None:
        return
    if tokens[hit.last].possessive:
        hit.source_name = hit.setting.relation == "" and _owns_body(tokens, hit.last + 1, words)
        return
    if (after.number and after.gap == " " and after.end - after.start <= 2 and reading.source.startswith(
        f"{hit.key} {after.key}"
    )) or (after.key == "24" and after.gap == " "):  # fmt: skip
        hit.source_name = True
    elif _is_site(tokens, hit.last + 1, words):
        return
    elif after.gap in (" ", "-") and after.key.rstrip(".") in words.organisation and (
        after.capital or after.key in ("police", "command", "university", "governorate")
    ):  # fmt: skip
        hit.source_name = after.key not in words.generic
    elif after.capital and after.gap == " " and after.key not in words.generic:
        hit.source_name = _ends_as_body(tokens, hit.last + 1, words)
    if hit.first > 0 and tokens[hit.first - 1].key == "of" and hit.first > 1 and tokens[hit.first].gap == " ":
        head = tokens[hit.first - 2]
        hit.source_name = hit.source_name or (head.capital and head.key in words.organisation)
    if not hit.source_name and reading.source:
        run = " ".join(t.key for t in tokens[hit.first : high])
        hit.source_name = run == reading.source or (
            (reading.source + " ").startswith(run + " ") and high - hit.first > 1
        )


def _is_site(tokens: Sequence[Token], at: int, words: PlaceWords) -> bool:
    """Return whether a place's name goes on as that of a site: "Dujail police station", "Basra Prison"."""
    if tokens[at].key in words.modifier and at + 1 < len(tokens) and tokens[at + 1].gap == " ":
        at += 1
    return tokens[at].key in words.site and tokens[at].gap == " "


def _ends_as_body(tokens: Sequence[Token], at: int, words: PlaceWords) -> bool:
    """Return whether capitalised words end in an organisation's: "Deir ez-Zor Military Council"."""
    for later in tokens[at + 1 : at + 3]:
        if not later.capital or later.gap != " ":
            return False
        if later.key in words.organisation:
            return later.key not in words.site and later.key not in words.generic
    return False


def _owns_body(tokens: Sequence[Token], at: int, words: PlaceWords) -> bool:
    """Return whether a possessive is followed by a body of officials: "Turkey's defence ministry"."""
    for later in tokens[at : at + 3]:
        if later.gap != " " or later.capital or later.key in words.generic:
            return False
        if later.key in words.organisation:
            return later.key not in words.site
    return False
