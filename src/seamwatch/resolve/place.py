"""Places: which passages of an article name one, and which place each means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Article, Part
from seamwatch.resolve.gazetteer import COUNTRY, Gazetteer
from seamwatch.resolve.place_again import find_again
from seamwatch.resolve.place_clues import SIDES, is_known
from seamwatch.resolve.place_containers import Resolved, link_containers
from seamwatch.resolve.place_datelines import head_items, mark_datelines
from seamwatch.resolve.place_fuzzy import match_spellings
from seamwatch.resolve.place_home import home_country
from seamwatch.resolve.place_lower_case import find_lower_case
from seamwatch.resolve.place_mentions import Mentions
from seamwatch.resolve.place_names import fold_name
from seamwatch.resolve.place_phrases import PlaceWords
from seamwatch.resolve.place_reading import Found, Reading, read_part, skeleton_keys
from seamwatch.resolve.place_recognition import collect_keys, find_names
from seamwatch.resolve.place_resolution import resolve_names
from seamwatch.resolve.place_strength import ACCEPT, judge_together

_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ]")


def find_places(article: Article, gazetteer: Gazetteer) -> tuple[PlaceMention, ...]:
    """Return the places that an article names, the title's first, resolved with the whole article in view.

    >>> from seamwatch.resolve.gazetteer import load_gazetteer
    >>> text = "Sheep were stolen near the village of Tal Zubayd in Nineveh's Sinjar district."
    >>> mention = find_places(Article(id="a", text=text), load_gazetteer())[0]
    >>> mention.quote, mention.place.admin2, mention.place.admin1, mention.place.precision
    ('Tal Zubayd', 'Sinjar', 'Nineveh', 3)
    """
    words = gazetteer.words
    source = fold_name(article.source or "")
    persons: set[str] = set()
    texts: dict[str, str] = {"title": article.title or "", "text": article.text}
    readings = [read_part(part, article.part(part), source, persons) for part in _parts(article)]
    begin = article.text[:3000]
    if len(_CAPITALS.findall(begin)) * 500 < len(begin):
        found = [f for reading in readings for f in find_lower_case(reading, gazetteer, words)]
    else:
        found = _find_all(readings, gazetteer)
    mark_datelines(article, found)
    _widen_regions(found, readings, gazetteer.words)
    resolved = link_containers(found, texts)
    head_items(article.text, resolved)
    _try_transliterations(resolved, gazetteer)
    tally = resolve_names(resolved, gazetteer, home_country(article, gazetteer))
    match_spellings(resolved, tally, gazetteer)
    places = Mentions(article, resolved, tally, gazetteer)
    return tuple(places.mention(at) for at, item in enumerate(resolved) if _is_place(item))


def _is_place(item: Resolved) -> bool:
    return not item.doubtful and item.found.strength >= ACCEPT


def _parts(article: Article) -> tuple[Part, ...]:
    return ("title", "text") if article.title else ("text",)


def _find_all(readings: list[Reading], gazetteer: Gazetteer) -> list[Found]:
    """Return the names of title and text; names of the text are known when the title is read."""
    words = gazetteer.words
    keys: set[str] = set()
    for reading in readings:
        keys |= collect_keys(reading.tokens, words, reading.spans)
    names = gazetteer.names(keys)
    lower = readings[-1].lower_words
    found: list[list[Found]] = []
    for reading in reversed(readings):
        reading.names = names
        reading.lower_words = lower
        found.insert(0, find_names(reading, gazetteer, words))
    judge_together(readings, gazetteer)
    for at, reading in enumerate(readings):
        # an outlet's name is no place of the article, but tells where it reports from: "Tigris Wire"
        accepted = [f for f in reading.hits if f.strength >= ACCEPT or (f.source_name and is_known(f))]
        others = [f for f in found[at] if not f.clues and f.nationality is None]
        found[at] = sorted([*accepted, *others], key=lambda f: f.start)
    everything = [f for part in found for f in part]
    unknown = {f.key for f in everything if not f.candidates and f.nationality is None}
    if unknown:
        for at, reading in enumerate(readings):
            found[at] = find_again(reading, found[at], unknown, words)
    return [f for part in found for f in part]


def _widen_regions(found: Sequence[Found], readings: Sequence[Reading], words: PlaceWords) -> None:
    """Make one name of a country and an area of it: "Iraq's western desert", "the Syrian desert"."""
    tokens_of = {reading.part: reading.tokens for reading in readings}
    for item in found:
        sure = item.nationality is not None or any(u.kind == COUNTRY for u in item.candidates[:1])
        if not sure or item.source_name:
            continue
        tokens = tokens_of[item.part]
        for at in range(item.last + 1, min(item.last + 3, len(tokens))):
            if tokens[at].gap != " ":
                break
            if tokens[at].key in words.region and not tokens[at].capital:
                item.last, item.end, item.region = at, tokens[at].end, True
                item.setting.end = max(item.setting.end, item.end)
                break
            if tokens[at].key not in SIDES:
                break


def _try_transliterations(resolved: Sequence[Resolved], gazetteer: Gazetteer) -> None:
    """Give unknown names the places of Iraq and Syria that other transliterations of them name."""
    keys = skeleton_keys([r.found for r in resolved])
    names = gazetteer.names(keys.values())
    for item in resolved:
        if item.found.key in keys and len(keys[item.found.key]) > 5:
            item.found.candidates = gazetteer.units(names[keys[item.found.key]].ids)
            item.found.aliases = frozenset(u.id for u in item.found.candidates)
            item.found.respelt = bool(item.found.candidates)
