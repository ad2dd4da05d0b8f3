"""How much speaks for a known name being a place where it stands, and whether it is an organisation's."""

from __future__ import annotations

from collections.abc import Sequence

from seamwatch.resolve.gazetteer import (
    COUNTRY,
    DIVISION1,
    FEATURE,
    FIRST_NAME,
    NO_NAME,
    POPULATED,
    SURNAME,
    WORD,
    Unit,
)
from seamwatch.resolve.place_phrases import PlaceWords, Token
from seamwatch.resolve.place_reading import Found, Reading

SIDES = frozenset(
    "north south east west northern southern eastern western central northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern upper lower downtown greater metro rural federal "
    "former mid".split()
)


def _prominence(unit: Unit) -> float:
    """Return how well known a unit is, 0 to 3."""
    if unit.kind in (COUNTRY, FEATURE):
        return 3.0
    if unit.kind == DIVISION1:
        return 2.5
    if unit.kind == POPULATED:
        size = unit.population
        return 2.2 if size >= 500_000 else 1.5 if size >= 100_000 else 1.0 if size >= 15_000 else 0.5
    return 0.5


def strength_of(
    reading: Reading, hit: Found, low: int, high: int, *, unknown: set[int], words: PlaceWords
) -> float:
    """Return how much speaks for a known name being a place here (ACCEPT and more: it is one)."""
    tokens = reading.tokens
    if hit.nationality is not None:
        return 2.0
    setting = hit.setting
    single = hit.first == hit.last
    own = [u for u in hit.candidates if u.id not in hit.aliases]
    best = max((_prominence(u) for u in own), default=0.0)
    best = max(best, max((_prominence(u) for u in hit.candidates), default=0.0) - 1.0)
    score = best
    flags = reading.names.get(hit.key, NO_NAME).flags
    if setting.level and setting.generic not in ("city", "town", "community"):
        score += 2.0
    elif setting.level:
        score += 1.5
    if setting.relation in ("in", "near", "outskirts", "direction", "road"):
        score += 1.5
    elif setting.relation == "at":
        score += 0.6
    if not single:
        score += 0.7
    if single and best < 3.0:
        if flags & WORD or hit.key in reading.lower_words:
            score -= 0.5 if setting.strong else 2.5 if best < 2.2 else 1.0
        if flags & FIRST_NAME:
            score -= 1.5
        elif flags & SURNAME:
            score -= 0.7
    before = tokens[hit.first - 1] if hit.first > low else None
    after = tokens[hit.last + 1] if hit.last + 1 < high else None
    if before is not None and hit.first - 1 in unknown and before.key not in SIDES and before.gap != "/":
        hyphen = tokens[hit.first].gap in ("-", "–")
        score -= 1.0 if hyphen or best >= 3.0 else 4.0
    if after is not None and hit.last + 1 in unknown:
        key = after.key.rstrip(".")
        if key in words.organisation or key in words.title or key in words.generic or key in words.happening:
            score += 0.7
        elif tokens[hit.last + 1].gap in ("-", "–") or best >= 2.5:
            score -= 0.5
        else:
            score -= 2.5
    if hit.person:
        score -= 4.0
    elif single and hit.key in reading.persons:
        score -= 2.5 if best < 2.5 else 1.0
    following = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
    if single and following is not None and following.key in words.speech and following.gap == " ":
        score -= 1.5 if best < 2.2 or hit.key in reading.persons else 0.0
    if following is not None and following.gap in (" ", "-") and following.key in words.follower:
        score += 1.0
    elif (
        following is not None
        and following.gap == " "
        and not following.capital
        and hit.key not in words.group
    ):
        score += 1.0 if following.key in words.site or following.key in words.happening else 0.0
    if single is False and tokens[hit.last].key in words.generic:
        score += 1.2
    between = reading.text[reading.accepted : hit.start] if hit.start - reading.accepted < 8 else ""
    if between in (" and ", ", ", ", and ", " or ", " to "):
        score += 0.9
    text = reading.text
    if text[hit.end : hit.end + 2] == ", " and following is not None and following.capital:
        score += 0.4
    if "," in tokens[hit.first].gap and hit.first > 0 and tokens[hit.first - 1].capital:
        score += 0.4
    if not single and any(tokens[i].key in words.title for i in range(hit.first, hit.last + 1)):
        score -= 1.5
    return score


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
