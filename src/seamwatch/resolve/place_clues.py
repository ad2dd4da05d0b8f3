"""What speaks for and against a known name being a place where it stands, each sign by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seamwatch.resolve.gazetteer import (
    COUNTRY,
    DIVISION1,
    DIVISION2,
    FEATURE,
    FIRST_NAME,
    NO_NAME,
    POPULATED,
    SURNAME,
    WORD,
    Gazetteer,
    Unit,
)
from seamwatch.resolve.place_phrases import PlaceWords, Token
from seamwatch.resolve.place_reading import Found, Reading

SIDES = frozenset(
    "north south east west northern southern eastern western central northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern upper lower downtown greater metro rural federal "
    "former mid".split()
)
_SIZES = ((500_000, "metropolis"), (100_000, "large_town"), (15_000, "town"))
_KINDS = {COUNTRY: "country", FEATURE: "feature", DIVISION1: "division1", DIVISION2: "division2"}
_KINDS_OF = {"place": (POPULATED,), "district": (DIVISION2,), "province": (DIVISION1,)}
_RANKS = ("country", "metropolis", "division1", "feature", "large_town", "division2", "town", "small")
_RANK = {name: rank for rank, name in enumerate(_RANKS)}
WELL_KNOWN = frozenset(("country", "division1", "metropolis", "feature"))
_JOINING = {
    " and ": "and",
    ", ": "comma",
    ", and ": "comma",
    " or ": "and",
    " to ": "and",
    "/": "and",
    " & ": "and",
}
# "ORLANDO, Fla. (AP) — ", "Monrovia - ", "Paris (Reuters)"
_WRITTEN_FROM = re.compile(
    r"(?:, ?[A-Z][\w.]{1,12}(?: [A-Z]\w+)?)?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?"
    r"\s*(?:\([A-Z][^)\n]{1,30}\)\s*(?:--|[-–—:])?|(?:\s--|\s[-–—])\s)"
)
_ENDS = '.!?:”"\n'
_MEDIA = frozenset(
    "times post news today tribune herald monitor echo bulletin gazette journal agency wire tv radio press "
    "daily digest chronicle observer star sun telegraph media channel network dispatch voice weekly "
    "mail".split()
)
_SCHOOL = frozenset("university college school schools high elementary middle institute academy".split())
_OFFICE = frozenset(
    "police county fire sheriff city council court department dept mayor parliament assembly government "
    "public army authority commission hospital airport".split()
)
_ROADS = frozenset(
    "street streets st avenue avenues ave lane drive boulevard blvd road roads rd highway hwy expressway "
    "parkway interstate freeway turnpike route".split()
)


def kind_of(unit: Unit) -> str:
    """Return how well known a unit is, as a word."""
    if unit.kind == POPULATED:
        return next((word for size, word in _SIZES if unit.population >= size), "small")
    return _KINDS[unit.kind]


def is_known(hit: Found) -> bool:
    """Return whether a name that was given its signs is that of a well-known unit, and no person's."""
    return bool(hit.clues) and hit.clues[0] in WELL_KNOWN and not hit.person


def clues_of(
    reading: Reading, hit: Found, low: int, high: int, *, unknown: set[int], gazetteer: Gazetteer
) -> list[str]:
    """Return the signs of a known name that stands in the run of capitalised tokens low..high-1."""
    tokens, words = reading.tokens, gazetteer.words
    clues = _of_meaning(reading, hit)
    setting = _of_setting(reading, hit, words)
    clues += setting
    clues += _of_run(reading, hit, low, high, unknown=unknown, words=words, best=clues[0], setting=setting)
    following = tokens[hit.last + 1] if hit.last + 1 < len(tokens) else None
    if hit.person:
        clues.append("begins_person" if hit.first == low and "titled" not in clues else "in_person")
        if clues[0] in WELL_KNOWN:
            clues.append("in_person_known")
    elif hit.key in reading.persons:
        clues.append("surname_here" if clues[0] not in WELL_KNOWN else "surname_here_known")
    if following is not None:
        clues += _of_following(reading, hit, following, clues[0], gazetteer)
    clues += _of_position(reading, hit)
    if any(u.id in gazetteer.capitals for u in hit.candidates[:2]):
        clues.append("capital")
    if hit.key in words.group:
        clues.append("group")
    return clues


def _of_meaning(reading: Reading, hit: Found) -> list[str]:
    """Return the kind of the best known unit (first), and what else the name may be."""
    best, alias = "", False
    for unit in hit.candidates:
        kind = kind_of(unit)
        other = unit.id in hit.aliases
        if not best or (alias, _RANK[best]) > (other, _RANK[kind]):
            best, alias = kind, other
    clues = [best]
    known = best in WELL_KNOWN
    if alias:
        clues.append("alias_known" if known else "alias")
    if hit.first != hit.last:
        clues.append("several_words")
        return clues
    flags = reading.names.get(hit.key, NO_NAME).flags
    token = reading.tokens[hit.first]
    if len(hit.key) <= 3 and token.upper and not reading.tokens[max(0, hit.first - 1)].upper:
        clues.append("acronym_known" if known else "acronym")
        return clues
    if flags & WORD:
        clues.append("word_known" if known else "word")
    if hit.key in reading.lower_words:
        clues.append("lower_case_here")
    if flags & FIRST_NAME:
        clues.append("first_name_known" if known else "first_name")
    elif flags & SURNAME:
        clues.append("surname_known" if known else "surname")
    if len(hit.key) <= 3:
        clues.append("short")
    elif token.upper:
        clues.append("upper")
    return clues


def _of_setting(reading: Reading, hit: Found, words: PlaceWords) -> list[str]:
    """Return the signs of the generic word and the preposition beside a name."""
    setting, tokens = hit.setting, reading.tokens
    clues = []
    if setting.level:
        side = "before" if setting.generic_left else "after"
        # "Duhok province" is a province, "Michigan State" is likelier a part of a longer name
        written = any(c.isupper() for c in reading.text[hit.end : setting.end]) and not setting.generic_left
        clues.append(f"{setting.level}_{side}{'_capital' if written else ''}")
        kinds = _KINDS_OF.get(setting.level, ())
        if (not written or tokens[hit.last].upper) and any(u.kind in kinds for u in hit.candidates):
            clues.append("kind_told")
    if setting.relation:
        word = (
            setting.word
            if setting.relation == "at" and setting.word in ("of", "from", "to", "at", "on")
            else ""
        )
        if setting.relation == "near" and not setting.strong:  # "by" and "around" say less than "near"
            word = "by" if setting.word == "by" else "other"
        clues.append(f"{setting.relation}_{word}" if word else setting.relation)
    before = tokens[hit.first - 1] if hit.first else None
    if before is None:
        return clues
    gap = tokens[hit.first].gap
    if before.key == "of" and gap == " ":
        if "," in before.gap:
            clues.append("aged_of")
        elif hit.first > 1 and tokens[hit.first - 2].capital:
            head = tokens[hit.first - 2].key
            clues.append(
                "organisation_of" if head in words.organisation or head in words.title else "name_of"
            )
    elif before.key in ("the", "a", "an") and gap == " ":
        clues.append(f"after_{'the' if before.key == 'the' else 'a'}")
    elif gap == "-" and (before.upper or len(before.key) == 1):
        clues.append("after_letters")
    elif before.number and gap == " ":
        clues.append("after_number")
    elif before.possessive and gap == " " and before.capital:
        clues.append("owned")
    elif gap.endswith("("):
        clues.append("in_brackets")
    return clues


def _of_run(
    reading: Reading, hit: Found, low: int, high: int, *, unknown: set[int], words: PlaceWords, best: str,
    setting: Sequence[str],
) -> list[str]:  # fmt: skip
    """Return the signs of the capitalised words that stand with a name."""
    clues = []
    tokens, accepted = reading.tokens, reading.accepted
    if hit.first > low:
        before, gap = tokens[hit.first - 1], tokens[hit.first].gap
        if before.key in SIDES:
            clues.append("side_before")
        elif before.key.rstrip(".") in words.title:
            clues.append("titled")
        elif hit.first - 1 not in unknown and before.key not in words.organisation:
            clues.append("accepted_before" if accepted == before.end else "known_before")
        else:
            role = "organisation" if before.key in words.organisation else "unknown"
            clues.append(f"{role}_hyphen_before" if gap in ("-", "–") else f"{role}_before")
    elif hit.first and tokens[hit.first - 1].key in words.title and tokens[hit.first].gap in (" ", ". "):
        clues.append("titled")
    if hit.last + 1 < high:
        after = tokens[hit.last + 1]
        if after.gap in ("-", "–"):
            clues.append("hyphen_after")
        else:
            clues.append(_role_of(after.key.rstrip("."), words) or (
                "known_after" if hit.last + 1 not in unknown else "unknown_after"
            ))  # fmt: skip
            if clues[-1] in ("known_after", "unknown_after") and high - hit.last > 2:
                role = _role_of(tokens[high - 1].key.rstrip("."), words)
                clues.append("road_later" if role == "road_after" else "body_later" if role else "name_later")
    else:
        clues.append("ends_run")
    if hit.first == low and hit.last + 1 == high:
        clues.append("alone")
        if not hit.setting.level and ("after_the" in setting or "after_a" in setting):
            clues.append("article_alone_known" if best in WELL_KNOWN else "article_alone")
    return clues


def _role_of(key: str, words: PlaceWords) -> str:
    """Return what a capitalised word makes of the name before it: a road, an outlet, a school, an office."""
    for role, keys in (("road", _ROADS), ("media", _MEDIA), ("school", _SCHOOL), ("office", _OFFICE)):
        if key in keys:
            return f"{role}_after"
    if key in words.title:
        return "title_after"
    if key in words.organisation:
        return "organisation_after"
    if key in words.generic or key in words.site:
        return "generic_after"
    return "event_after" if key in words.happening or key in words.follower else ""


def _of_following(
    reading: Reading, hit: Found, following: Token, best: str, gazetteer: Gazetteer
) -> list[str]:
    """Return the signs of the word behind a name."""
    words = gazetteer.words
    clues = []
    gap = following.gap
    if gap == " " and not following.capital:
        if following.key in words.speech:
            clues.append("speaks_known" if best in WELL_KNOWN else "speaks")
        elif following.key in words.follower:
            clues.append("follower")
        elif following.key in words.site or following.key in words.happening:
            clues.append("site_or_event")
        elif following.key in words.organisation:
            clues.append("lower_organisation")
        elif following.key in words.title:
            clues.append("lower_title")
        elif following.key in ("is", "was", "has", "had", "will", "were", "are", "have", "would"):
            clues.append("verb_after")
    elif gap == "-" and following.key == "based":
        clues.append("follower")
    elif gap == ", " and following.capital and not following.number:
        clues.append("comma_after")
        if _contains(reading, hit, gazetteer):
            clues.append("container_after")
    elif gap.startswith((".", ";", ")")):
        clues.append("stop_after")
    if reading.tokens[hit.last].possessive:
        clues.append("possessive")
    return clues


def _contains(reading: Reading, hit: Found, gazetteer: Gazetteer) -> bool:
    """Return whether what follows a comma names a country or division: "Marion, Ohio"."""
    for _last, key in reading.spans.get(hit.last + 1, ()):
        for name in (reading.names.get(key, NO_NAME), reading.names.get(key + ".", NO_NAME)):
            if name.ids:
                return any(u.kind in (COUNTRY, DIVISION1) for u in gazetteer.units(name.ids[:3]))
    return False


def _of_position(reading: Reading, hit: Found) -> list[str]:
    """Return the signs of where in its sentence and list a name stands."""
    clues = []
    tokens, text = reading.tokens, reading.text
    between = text[reading.accepted : hit.start] if hit.start - reading.accepted < 8 else ""
    joining = _JOINING.get(between)
    if joining:
        clues.append(f"list_{joining}")
    elif "," in tokens[hit.first].gap and hit.first > 0 and tokens[hit.first - 1].capital:
        clues.append("comma_before")
    gap = tokens[hit.first].gap
    if hit.first == 0 or any(mark in gap for mark in _ENDS):
        clues.append("opens_sentence")
        if _WRITTEN_FROM.match(text, hit.end):
            clues.append("written_from")
    if reading.part == "title":
        clues.append("in_title")
    return clues
