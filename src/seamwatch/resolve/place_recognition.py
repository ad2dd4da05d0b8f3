"""Which words of an article are place names: known ones with a sign for it, unknown ones by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seamwatch.resolve.gazetteer import FIRST_NAME, NO_NAME, SURNAME, WORD, Gazetteer, Unit
from seamwatch.resolve.place_names import ARTICLES, bare_name
from seamwatch.resolve.place_phrases import PARTICLES, PlaceWords, Token, read_setting
from seamwatch.resolve.place_reading import Found, Reading, Spans, joined
from seamwatch.resolve.place_roads import find_road_ends, meaning_of
from seamwatch.resolve.place_strength import ACCEPT, mark_source, strength_of

LONGEST = 5
_PLAIN = frozenset(("in", "at", "near"))
_AFTER = frozenset(
    "on in at by and after when where before during with for saying late early last this".split()
)


def _keys(tokens: Sequence[Token], first: int, words: PlaceWords) -> list[tuple[int, str]]:
    """Return (last token, key) of each name that may begin at a token, the longest first."""
    token = tokens[first]
    if token.number or (not token.capital and token.key not in ("al", "el")):
        return []
    keys = []
    parts = [token.key]
    if token.capital:
        keys.append((first, token.key))
        keys.extend(_with_generic(tokens, first, token.key, words))
    for at in range(first + 1, min(first + LONGEST, len(tokens))):
        later = tokens[at]
        if not joined(later) or later.number:
            break
        if tokens[at - 1].possessive:
            if len(parts) > 1:
                break
            parts[-1] += "s"  # "People's Republic of China"
        if later.gap == ". " and tokens[at - 1].key not in ("st", "mt", "ft"):
            break
        if not later.capital and later.key not in PARTICLES:
            break
        parts.append(later.key)
        if later.capital:
            if parts[0] in ("st", "mt", "ft"):
                parts[0] = {"st": "saint", "mt": "mount", "ft": "fort"}[parts[0]]
            key = " ".join(parts)
            keys.append((at, key))
            keys.extend(_with_generic(tokens, at, key, words))
    keys.reverse()
    return keys


def _with_generic(tokens: Sequence[Token], last: int, key: str, words: PlaceWords) -> list[tuple[int, str]]:
    """Return the key with the lower-case generic word behind it: "Jazeera desert"."""
    if last + 1 < len(tokens):
        after = tokens[last + 1]
        if not after.capital and after.gap == " " and words.generic.get(after.key) in ("feature", "province"):
            return [(last, f"{key} {after.key}")]
    return []


def collect_keys(tokens: Sequence[Token], words: PlaceWords, spans: Spans | None = None) -> set[str]:
    """Return every key worth looking up in a part; `spans` takes up what begins at each of its tokens."""
    keys: set[str] = set()
    for first, token in enumerate(tokens):
        if not token.capital and token.key not in ("al", "el"):
            continue
        begun = _keys(tokens, first, words)
        if spans is not None:
            spans[first] = begun
        for _last, key in begun:
            keys.add(key)
            if " " in key and any(w in ARTICLES for w in key.split()):
                keys.add(bare_name(key))
        if token.capital and len(token.key) <= 6 and not token.number:
            keys.add(token.key + ".")
    return keys


def find_names(reading: Reading, gazetteer: Gazetteer, words: PlaceWords) -> list[Found]:
    """Return the place names of one part in order, with their strength; weak ones are left out."""
    found: list[Found] = []
    runs = _runs(reading, words)
    people_of = [_person_from(reading, low, high, words) for low, high in runs]
    for (low, high), people in zip(runs, people_of, strict=True):
        ends = find_road_ends(reading, low, high, gazetteer)
        if ends:
            found.extend(ends)
            continue
        at = max(low, found[-1].last + 1) if found else low  # "Jammu and Kashmir" is no two runs
        unknown: list[int] = []
        known: list[Found] = []
        while at < high:
            hit = _match(reading, at, high, gazetteer, words)
            if hit is None:
                unknown.append(at)
                at += 1
                continue
            hit.person = people is not None and hit.first >= people
            known.append(hit)
            at = hit.last + 1
        if known or unknown:
            found.extend(_settle(reading, _Run(low, high, known, unknown, people), gazetteer))
    return found


def _runs(reading: Reading, words: PlaceWords) -> list[tuple[int, int]]:
    """Return the stretches of capitalised words (particles inside them) that no common word breaks."""
    tokens = reading.tokens
    runs: list[tuple[int, int]] = []
    at, size = 0, len(tokens)
    while at < size:
        token = tokens[at]
        opens = token.capital and not token.number
        if not opens and token.key in ("al", "el") and at + 1 < size:
            opens = tokens[at + 1].capital and tokens[at + 1].gap in ("-", " ")
        if not opens or (token.key in words.never and not _opens_name(reading, at, words)):
            at += 1
            continue
        end = at + 1
        while end < size and not tokens[end - 1].possessive and joined(tokens[end]):
            later = tokens[end]
            if later.gap == ". " and not (
                tokens[end - 1].key in ("st", "mt", "ft") or len(tokens[end - 1].key) == 1
            ):
                break
            if later.capital and later.key in words.breaks and later.gap == " ":
                break
            if later.capital and not later.number:
                end += 1
            elif later.key in PARTICLES and end + 1 < size and _goes_on(later, tokens[end + 1]):
                end += 2
            else:
                break
        runs.append((at, end))
        at = end
    return runs


def _goes_on(particle: Token, token: Token) -> bool:
    """Return whether a lower-case particle and the word after it belong to the name before them."""
    if not token.capital:
        return False
    breaks = particle.key in ("and", "on", "am", "the", "i", "as", "an", "of", "at")
    return token.gap == "-" or (joined(token) and not breaks)


def _opens_name(reading: Reading, at: int, words: PlaceWords) -> bool:
    """Return whether a common word begins a name here: "New York", "DR Congo", "San Salvador", "Al-Qaim"."""
    tokens = reading.tokens
    if at + 1 >= len(tokens) or not tokens[at + 1].capital or not joined(tokens[at + 1]):
        return False
    if tokens[at].key in words.beginning or tokens[at].key in ("al", "el"):
        return True
    return any(last > at and reading.names.get(key, NO_NAME).ids for last, key in reading.spans.get(at, ()))


def _person_from(reading: Reading, low: int, high: int, words: PlaceWords) -> int | None:
    """Return the first token of a person's name in a run, or None; the name's words are remembered."""
    tokens, names = reading.tokens, reading.names
    begin: int | None = None
    if (low > 0 and joined(tokens[low])) or (low > 0 and tokens[low].gap == ". "):
        before = tokens[low - 1]
        if before.key in words.title and before.key not in ("named", "called") and not before.possessive:
            begin = low
    for at in range(low, high):
        token = tokens[at]
        if token.key.rstrip(".") in words.title and at + 1 < high and token.gap != "-":
            begin = at + 1
            break
    if begin is None:
        for at in range(low, high - 1):
            flags = names.get(tokens[at].key, NO_NAME).flags
            pair = names.get(f"{tokens[at].key} {tokens[at + 1].key}", NO_NAME)
            if (
                flags & FIRST_NAME
                and not pair.ids
                and tokens[at + 1].gap in (" ", ". ")
                and tokens[at + 1].capital
            ):
                follower = tokens[at + 1].key
                if follower in words.organisation or follower in words.generic or follower in words.title:
                    continue
                begin = at
                break
    if begin is None:
        return None
    for token in tokens[begin:high]:
        if token.capital and len(token.key) > 2:
            reading.persons.add(token.key)
    return begin


def _match(reading: Reading, at: int, high: int, gazetteer: Gazetteer, words: PlaceWords) -> Found | None:
    """Return the longest known name that begins at a token of a run, or None."""
    tokens = reading.tokens
    for last, key in reading.spans.get(at, ()):
        if last >= high and not (last < len(tokens) and tokens[last].capital):
            continue
        if last == at and key in words.beginning and at + 1 < high and tokens[at + 1].gap in (" ", "-"):
            continue
        nation = gazetteer.nationality(key) if tokens[at].capital else None
        token = tokens[last]
        units: list[Unit] = []
        aliases: frozenset[int] = frozenset()
        if nation is None:
            if (key in words.never and key != "us") or reading.text[token.end : token.end + 1] == "$":
                continue  # "US$40 million"
            units, aliases = meaning_of(reading, key, gazetteer)
            short: list[Unit] = []
            if last == at and len(key) <= 6 and reading.text[token.end : token.end + 1] == ".":
                short, _ = meaning_of(reading, key + ".", gazetteer)
                if "," not in token.gap and "(" not in token.gap and len(key) <= 3:
                    short = []
                units = short + units
            if (
                last == at
                and len(key) <= 3
                and not token.upper
                and not key.endswith(".")
                and key in ("us", "eu", "uae")
            ):
                continue
            if len(key) <= 2 and key not in ("us", "uk") and not short:
                continue
        if not units and nation is None:
            continue
        return Found(
            reading.part, at, last, tokens[at].start, token.end, key,
            read_setting(tokens, at, last, words), units, aliases, nation,
        )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of capitalised words: its tokens low..high-1, known names, other words, a person's start."""

    low: int
    high: int
    known: list[Found]
    unknown: list[int]
    people: int | None


def _settle(reading: Reading, run: _Run, gazetteer: Gazetteer) -> list[Found]:
    """Return the accepted names of a run: known ones strong enough, or the run as one unknown name."""
    tokens, words = reading.tokens, gazetteer.words
    whole = _whole_name(reading, run, words)
    if whole is not None:
        return [whole]
    kept = []
    unknown = set(run.unknown)
    for hit in run.known:
        hit.strength = strength_of(reading, hit, run.low, run.high, unknown=unknown, gazetteer=gazetteer)
        mark_source(reading, hit, run.high, words)
        reading.hits.append(hit)
        if hit.strength >= ACCEPT:
            kept.append(hit)
            reading.accepted = hit.end
            continue
        if len(hit.key) > 3 and hit.last == hit.first and unknown and not hit.source_name:
            reading.persons.add(tokens[hit.first].key)
    return kept


def _whole_name(reading: Reading, run: _Run, words: PlaceWords) -> Found | None:
    """Return a run as one unknown name where the words around it make it a place, else None."""
    tokens, low, high, known = reading.tokens, run.low, run.high, run.known
    if not run.unknown and len(known) < 2:
        return None
    last = high - 1
    # a generic word in capitals at the end is not part of the name: "Mosul District"
    while last > low and (tokens[last].key in words.generic or tokens[last].key in words.happening):
        last -= 1
    if any(k.last >= last and k.first <= low for k in known) or last - low > 3:
        return None
    titled = tokens[low].key in words.title
    if (titled or run.people is not None) and not (
        tokens[low].key in words.reverence
        and last > low
        and read_setting(tokens, low, last, words).level == "place"
    ):
        return None
    if any(tokens[i].key in words.organisation or tokens[i].key in words.group for i in range(low, last + 1)):
        return None
    beginning = tokens[low].key in words.beginning and last > low
    setting = read_setting(tokens, low, last, words)
    small = all(k.candidates and k.candidates[0].population < 50_000 for k in known)
    told = setting.level == "place" and setting.generic_left and tokens[low].gap == " "
    if known and not (beginning and run.unknown) and not (
        small and (told or (len(known) == 1 and known[0].last < last))
    ):  # fmt: skip
        return None
    if low > 0 and tokens[low - 1].key in ("al", "el") and tokens[low].gap == "-":
        low -= 1
    key = " ".join(t.key for t in tokens[low : last + 1])
    hyphened = any(
        tokens[i].gap in ("-", "–") and tokens[i - 1].key not in ARTICLES for i in range(low + 1, last + 1)
    )
    if hyphened and setting.level in ("", "road"):
        return None
    named = setting.level in ("place", "district") or (setting.level == "feature" and setting.relation != "")
    signs = 0.0
    if named:
        signs = 3.0
    elif setting.strong or (beginning and (setting.relation or _happens(tokens, last, words))):
        signs = 2.0
    elif beginning:
        signs = 1.2
    elif (
        _names_event(reading, low, last, words)
        or (setting.level == "feature" and _after_the(tokens, low))
        or (setting.word in _PLAIN and _in_known(reading, last))
    ):
        signs = 2.0
    elif setting.word in _PLAIN and _stands_alone(reading, low, last):
        signs = 1.0
    name = reading.names.get(key, NO_NAME)
    if key in words.never or name.flags & (WORD | FIRST_NAME) or key in reading.lower_words:
        signs -= 2.0
    if (
        tokens[last].possessive
        or key in reading.persons
        or all(t.key in reading.persons for t in tokens[low : last + 1])
    ):
        signs -= 2.0
    if signs < ACCEPT:
        return None
    return Found(
        reading.part, low, last, tokens[low].start, tokens[last].end, key, setting,
        strength=signs, reasons=["named by the words around it"],
    )  # fmt: skip


def _after_the(tokens: Sequence[Token], low: int) -> bool:
    return low > 0 and tokens[low - 1].key == "the" and tokens[low].gap == " "


def _names_event(reading: Reading, low: int, last: int, words: PlaceWords) -> bool:
    """Return whether a run names an event by where it was: "the Khor Mor strike", not "the Houthi strike"."""
    tokens = reading.tokens
    if not _after_the(tokens, low) or not _happens(tokens, last, words) or tokens[last + 1].capital:
        return False
    if tokens[last + 1].gap != " " or last - low > 1:
        return False
    if (
        tokens[last + 1].key in ("attacks", "raids") and low == last
    ):  # many attacks are by someone, not somewhere
        return False
    for token in tokens[low : last + 1]:
        flags = reading.names.get(token.key, NO_NAME).flags
        if token.upper or token.key in words.group or (flags & (WORD | FIRST_NAME | SURNAME) and low == last):
            return False
    return " ".join(t.key for t in tokens[low : last + 1]) not in words.group


def _in_known(reading: Reading, last: int) -> bool:
    """Return whether a comma and a known place follow a name: "in Zghaytun, Kirkuk"."""
    tokens = reading.tokens
    if last + 1 >= len(tokens) or tokens[last + 1].gap != ", " or not tokens[last + 1].capital:
        return False
    name = reading.names.get(tokens[last + 1].key, NO_NAME)
    return bool(name.own) and not name.flags


def _stands_alone(reading: Reading, low: int, last: int) -> bool:
    """Return whether an unknown name after "in" or "at" is one plain word with no noun behind it."""
    tokens = reading.tokens
    token = tokens[last]
    if low != last or token.upper or len(token.key) < 5 or token.possessive:
        return False
    return last + 1 >= len(tokens) or tokens[last + 1].gap != " " or tokens[last + 1].key in _AFTER


def _happens(tokens: Sequence[Token], last: int, words: PlaceWords) -> bool:
    return last + 1 < len(tokens) and tokens[last + 1].key in words.happening
