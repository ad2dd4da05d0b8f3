"""Place names of texts without capitals (old wire copy): countries, divisions and larger cities only."""

from __future__ import annotations

from seamwatch.resolve.gazetteer import (
    COUNTRY,
    DIVISION1,
    FEATURE,
    FIRST_NAME,
    POPULATED,
    SURNAME,
    WORD,
    Gazetteer,
)
from seamwatch.resolve.place_phrases import PlaceWords, read_setting
from seamwatch.resolve.place_reading import Found, Reading, joined


def find_lower_case(reading: Reading, gazetteer: Gazetteer, words: PlaceWords) -> list[Found]:
    """Return the names of a text without capitals: countries, divisions and larger cities only."""
    tokens = reading.tokens
    spans: list[tuple[int, int, str]] = []
    for first, token in enumerate(tokens):
        if token.number:
            continue
        parts = []
        for at in range(first, min(first + 4, len(tokens))):
            if at > first and (tokens[at - 1].possessive or not joined(tokens[at]) or tokens[at].gap == ". "):
                break
            parts.append(tokens[at].key)
            spans.append((first, at, " ".join(parts)))
    reading.names = gazetteer.names(key for _a, _b, key in spans)
    best: dict[int, Found] = {}
    for first, last, key in spans:
        if len(key) < 3 or (first == last and key in words.never):
            continue
        nation = gazetteer.nationality(key)
        name = reading.names[key]
        units = [
            u for u in gazetteer.units(name.own[:12])
            if u.kind in (COUNTRY, DIVISION1, FEATURE) or (u.kind == POPULATED and u.population >= 100_000)
        ]  # fmt: skip
        if nation is None and (not units or (name.flags & (WORD | FIRST_NAME | SURNAME) and first == last)):
            continue
        if nation is None and first > 0 and tokens[first - 1].key in words.title:
            continue
        best[first] = Found(
            reading.part, first, last, tokens[first].start, tokens[last].end, key,
            read_setting(tokens, first, last, words), units, frozenset(), nation, strength=1.5,
        )  # fmt: skip
    found: list[Found] = []
    for first in sorted(best):
        if not found or first > found[-1].last:
            found.append(best[first])
    return found
