"""What the rest of an article says for a known name being a place: other mentions, and what lies around."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from seamwatch.resolve.gazetteer import COUNTRY, DIVISION1, DIVISION2, FEATURE, POPULATED, Gazetteer
from seamwatch.resolve.place_clues import WELL_KNOWN
from seamwatch.resolve.place_reading import Found

SURE = 2.5
_LIKELY = 1.0
_UNLIKELY = 0.0
_MOST = 25


def company_of(hits: Sequence[Found], nations: Sequence[Found], gazetteer: Gazetteer) -> list[list[str]]:
    """Return, for each known name of an article, the signs of the article's other names.

    `strength` of the names is what speaks for each by itself.
    """
    best: dict[str, list[float]] = defaultdict(list)
    persons: Counter[str] = Counter()
    for hit in hits:
        best[hit.key].append(hit.strength)
        persons[hit.key] += hit.person
    for strengths in best.values():
        strengths.sort(reverse=True)
    named: dict[int, set[str]] = defaultdict(set)
    around: dict[int, set[str]] = defaultdict(set)
    countries: dict[str, set[str]] = defaultdict(set)
    for hit in nations:
        if hit.nationality is not None:
            countries[hit.nationality.country].add(hit.key)
    for hit in hits:
        if hit.strength < SURE:
            continue
        for unit in hit.candidates[:3]:
            if unit.kind == COUNTRY:
                countries[unit.country].add(hit.key)
            elif unit.kind == DIVISION1:
                named[unit.id].add(hit.key)
        first = hit.candidates[0]
        if first.kind not in (COUNTRY, FEATURE):
            countries[first.country].add(hit.key)
            division = gazetteer.above(first, DIVISION1)
            if division is not None and first.kind != DIVISION1:
                around[division.id].add(hit.key)
    signs = []
    memory: dict[str, list[str]] = {}
    for hit in hits:
        found = memory.get(hit.key)
        if found is None:
            found = memory[hit.key] = _fits(hit, named, around, countries, gazetteer)
        signs.append(_elsewhere(hit, best[hit.key], persons[hit.key] - hit.person) + found)
    return signs


def _elsewhere(hit: Found, strengths: Sequence[float], persons: int) -> list[str]:
    """Return what the other mentions of a name say."""
    clues = ["person_elsewhere"] if persons else []
    if len(strengths) > 1:
        other = strengths[1] if strengths[0] == hit.strength else strengths[0]
        clues.append(
            "sure_elsewhere" if other >= SURE else "likely_elsewhere" if other >= _LIKELY
            else "doubtful_elsewhere" if other >= _UNLIKELY else "unlikely_elsewhere"
        )  # fmt: skip
    return clues


def _fits(
    hit: Found,
    named: dict[int, set[str]],
    around: dict[int, set[str]],
    countries: dict[str, set[str]],
    gazetteer: Gazetteer,
) -> list[str]:
    """Return whether one of a name's units lies where other names are."""
    small = in_named = beside = abroad = False
    only = {hit.key}
    if hit.clues[0] in WELL_KNOWN:
        return []
    for unit in hit.candidates[:_MOST]:
        if unit.kind not in (POPULATED, DIVISION2):
            continue
        small = True
        division = gazetteer.above(unit, DIVISION1)
        if division is not None:
            in_named = in_named or bool(named.get(division.id, only) - only)
            beside = beside or bool(around.get(division.id, only) - only)
        abroad = abroad or bool(countries.get(unit.country, only) - only)
    if not small:
        return []
    clues = ["in_named_division"] if in_named else []
    if beside:
        clues.append("beside_others")
    if not (in_named or beside):
        others = any(keys - only for keys in countries.values())
        clues.append("in_named_country" if abroad else "nowhere_near" if others else "nothing_around")
    return clues
