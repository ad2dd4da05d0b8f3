"""Places: which passages of an article name one, and which place each means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from seamwatch.model.place import Place, PlaceKind, PlaceMention
from seamwatch.model.text import Article, Part, Span
from seamwatch.resolve.gazetteer import (
    COUNTRY,
    DIVISION1,
    DIVISION2,
    FEATURE,
    POPULATED,
    Gazetteer,
    Unit,
)
from seamwatch.resolve.place_containers import Resolved, link_containers
from seamwatch.resolve.place_lower_case import find_lower_case
from seamwatch.resolve.place_names import fold_name, plain_name
from seamwatch.resolve.place_phrases import read_setting
from seamwatch.resolve.place_reading import Found, Reading, read_part, skeleton_keys
from seamwatch.resolve.place_recognition import collect_keys, find_names
from seamwatch.resolve.place_resolution import Tally, resolve_names

_KINDS: dict[int, PlaceKind] = {
    COUNTRY: "country",
    DIVISION1: "division1",
    DIVISION2: "division2",
    POPULATED: "populated",
    FEATURE: "feature",
}
# "ERBIL (Kurdistan 24) –", "BAGHDAD, Sept 28 (X) -", "Baghdad - State News", "Jalalabad (BNA)"
_OUTLET = r"\([^)\n]{1,40}\)\s*"
_DATELINE = re.compile(
    rf"^[ \t]*(?:[A-Z][A-Z.'’\-]+(?:[ \-][A-Z.'’\-]+){{0,3}}(?:,[^\n(:–—-]{{2,30}}){{0,2}}\s*"
    rf"(?:{_OUTLET})?(?:--|[-–—:])"
    r"|[A-Z][\w'’\-]+(?: [A-Z][\w'’\-]+){0,2}(?:, [^\n(:–—]{2,30})?\s*"
    rf"(?:{_OUTLET}(?:--|[-–—:])?|\s(?:--|[-–—])\s|,[^\n:]{{2,12}}\s:\s))",
    re.MULTILINE,
)
_NEAR = frozenset(("near", "outskirts", "road", "direction"))
_QUARTERS = frozenset(
    ("neighborhood", "neighbourhood", "quarter", "suburb", "barrio", "square", "checkpoint")
)


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
    letters = sum(1 for c in article.text[:3000] if c.isupper())
    if letters * 500 < len(article.text[:3000]):
        found = [f for reading in readings for f in find_lower_case(reading, gazetteer, words)]
    else:
        found = _find_all(readings, gazetteer)
    _mark_dateline(article, found)
    resolved = link_containers(found, texts)
    _try_transliterations(resolved, gazetteer)
    tally = resolve_names(resolved, gazetteer)
    places = _Places(article, resolved, tally, gazetteer)
    return tuple(places.mention(at) for at in range(len(resolved)))


def _parts(article: Article) -> tuple[Part, ...]:
    return ("title", "text") if article.title else ("text",)


def _find_all(readings: list[Reading], gazetteer: Gazetteer) -> list[Found]:
    """Return the names of title and text; names of the text are known when the title is read."""
    words = gazetteer.words
    keys: set[str] = set()
    for reading in readings:
        keys |= collect_keys(reading.tokens, words)
    names = gazetteer.names(keys)
    lower = readings[-1].lower_words
    found: list[list[Found]] = []
    for reading in reversed(readings):
        reading.names = names
        reading.lower_words = lower
        found.insert(0, find_names(reading, gazetteer, words))
    everything = [f for part in found for f in part]
    sure = {f.key for f in everything if f.strength >= 2.0 and f.candidates}
    for at, reading in enumerate(readings):
        again = [f for f in reading.weak if f.key in sure and f.strength >= -0.3 and not f.person]
        if again:
            found[at] = sorted([*found[at], *again], key=lambda f: f.start)
    unknown = {f.key for f in everything if not f.candidates and f.nationality is None}
    if unknown:
        for at, reading in enumerate(readings):
            found[at] = _again(reading, found[at], unknown, gazetteer)
    return [f for part in found for f in part]


def _again(reading: Reading, found: list[Found], unknown: set[str], gazetteer: Gazetteer) -> list[Found]:
    """Return the names with the later bare mentions of the unknown ones added."""
    tokens = reading.tokens
    taken = [(f.first, f.last) for f in found]
    heads = {key.split()[0] for key in unknown}
    added = []
    for first, token in enumerate(tokens):
        if token.key not in heads or not (token.capital or token.key == "al"):
            continue
        for length in (4, 3, 2, 1):
            last = first + length - 1
            if last >= len(tokens) or " ".join(t.key for t in tokens[first : last + 1]) not in unknown:
                continue
            if not any(a <= last and first <= b for a, b in taken):
                key = " ".join(t.key for t in tokens[first : last + 1])
                setting = read_setting(tokens, first, last, gazetteer.words)
                added.append(
                    Found(
                        reading.part, first, last, token.start, tokens[last].end, key, setting, strength=1.0
                    )
                )
                taken.append((first, last))
            break
    return sorted([*found, *added], key=lambda f: f.start) if added else found


def _mark_dateline(article: Article, found: Sequence[Found]) -> None:
    """Mark the place of writing: before the dash that opens one of the first paragraphs."""
    for match in _DATELINE.finditer(article.text, 0, 1500):
        for item in found:
            inside = item.part == "text" and match.start() <= item.start and item.end <= match.end()
            if inside and not item.source_name and item.setting.level in ("", "place"):
                item.dateline = True
                item.setting.relation = ""


def _try_transliterations(resolved: Sequence[Resolved], gazetteer: Gazetteer) -> None:
    """Give unknown names the places of Iraq and Syria that other transliterations of them name."""
    keys = skeleton_keys([r.found for r in resolved])
    names = gazetteer.names(keys.values())
    for item in resolved:
        if item.found.key in keys and len(keys[item.found.key]) > 5:
            item.found.candidates = gazetteer.units(names[keys[item.found.key]].ids)


class _Places:
    """The article's resolved names as mentions; places of unknown names are taken from what contains them."""

    def __init__(
        self, article: Article, resolved: list[Resolved], tally: Tally, gazetteer: Gazetteer
    ) -> None:
        self.article = article
        self.resolved = resolved
        self.gazetteer = gazetteer
        self.country = tally.country()
        self.division = tally.division()
        self.known: dict[str, Unit] = {}
        for at, item in enumerate(resolved):
            if item.unit is None and item.found.nationality is None and item.found.key not in self.known:
                container = self._container(at)
                if container is not None:
                    self.known[item.found.key] = container

    def mention(self, at: int) -> PlaceMention:
        """Return the mention of one name."""
        item = self.resolved[at]
        found = item.found
        quote = self.article.part(found.part)[found.start : found.end]
        place, kind = self._place(at, quote)
        relation = "" if found.dateline or found.nationality else found.setting.relation
        evidence = self.article.evidence(
            found.start, found.end, part=found.part, by="gazetteer" if item.unit else "rule"
        )
        start, end = self._phrase(at)
        return PlaceMention(
            span=Span(part=found.part, start=found.start, end=found.end),
            quote=quote,
            phrase=Span(part=found.part, start=start, end=end),
            kind=kind,
            relation=relation,
            place=None if place is None else replace(place, evidence=(evidence,)),
            dateline=found.dateline,
            source_name=found.source_name,
            within=tuple(
                Span(part=o.part, start=o.start, end=o.end)
                for o in (self.resolved[i].found for i in item.around)
            ),
            score=round(min(1.0, found.strength / 6 + item.score / 20), 3),
            reasons=(*found.reasons, *item.reasons),
        )

    def _phrase(self, at: int) -> tuple[int, int]:
        """Return where the whole phrase begins and ends, with the larger units beside the name."""
        item = self.resolved[at]
        start, end = item.found.setting.start, item.found.setting.end
        seen = {at}
        todo = [*item.around, *item.beside]
        while todo:
            other = todo.pop()
            if other in seen:
                continue
            seen.add(other)
            setting = self.resolved[other].found.setting
            if other < at:
                start = min(start, setting.start)
            else:
                end = max(end, setting.end)
                todo.extend([*self.resolved[other].around, *self.resolved[other].beside])
        return start, end

    def _place(self, at: int, quote: str) -> tuple[Place | None, PlaceKind]:
        item = self.resolved[at]
        nation = item.found.nationality
        if nation is not None:
            return self._of_unit(nation, 6), "nationality"
        if item.unit is not None:
            return self._known_place(at, item.unit), _KINDS[item.unit.kind]
        container = self.known.get(item.found.key)
        return self._unknown_place(item.found, container, plain_name(quote)), "unknown"

    def _known_place(self, at: int, unit: Unit) -> Place:
        setting = self.resolved[at].found.setting
        near = setting.relation in _NEAR
        if unit.kind == POPULATED:
            near = near or setting.generic in ("area", "sub-district", "countryside")
            place = self._of_unit(unit, 2 if near else 1)
            return replace(place, radius_km=max(15.0, place.radius_km or 0.0)) if near else place
        if unit.kind == FEATURE:
            place = self._of_unit(unit, 5)
            container = self._container(at)
            if container is not None and container.kind in (DIVISION1, DIVISION2):
                inner = self._of_unit(container, 5)
                place = replace(place, admin1=inner.admin1, admin2=inner.admin2, country=inner.country)
            return place
        return self._of_unit(unit, {COUNTRY: 6, DIVISION1: 4}.get(unit.kind, 3))

    def _of_unit(self, unit: Unit, precision: int) -> Place:
        first, second = self.gazetteer.above(unit, DIVISION1), self.gazetteer.above(unit, DIVISION2)
        return Place(
            name=unit.name,
            admin1=first.name if first else None,
            admin2=second.name if second else None,
            country=unit.country or None,
            lat=unit.lat,
            lon=unit.lon,
            precision=precision,
            radius_km=float(unit.radius_km),
            geonameid=unit.geonameid,
        )

    def _unknown_place(self, found: Found, container: Unit | None, name: str) -> Place | None:
        if container is None or container.kind == COUNTRY:
            code = container.country if container else self.country
            if code is None:
                return None
            return Place(name=name, country=code, precision=6)
        if container.kind == FEATURE:
            place = self._of_unit(container, 5)
            return replace(place, name=name, geonameid=None)
        if container.kind == POPULATED and found.setting.generic in _QUARTERS:
            place = self._of_unit(container, 1)
            return replace(place, name=name, geonameid=None)
        if container.kind == POPULATED:
            place = self._of_unit(container, 3)
            return replace(place, name=name, geonameid=None, radius_km=30.0)
        place = self._of_unit(container, 4 if container.kind == DIVISION1 else 3)
        return replace(place, name=name, geonameid=None)

    def _container(self, at: int, depth: int = 0) -> Unit | None:
        """Return the smallest known unit around or beside a name: said with it, else in its sentence."""
        item = self.resolved[at]
        found: list[Unit] = []
        for other in (*item.around, *item.beside):
            inner = self.resolved[other]
            if inner.unit is not None:
                found.append(inner.unit)
            if depth < 3 and (inner.unit is None or inner.unit.kind == FEATURE):
                further = self._container(other, depth + 1)
                if further is not None:
                    found.append(further)
        if found:
            return max(found, key=lambda u: (u.kind == DIVISION2, u.kind != FEATURE, u.kind))
        if depth or item.unit is not None:
            return None
        return self._in_sentence(at)

    def _in_sentence(self, at: int) -> Unit | None:
        """Return the one district, else the one province, that the name's sentence speaks of."""
        item = self.resolved[at].found
        text = self.article.part(item.part)
        low = max(text.rfind(". ", 0, item.start), text.rfind("\n", 0, item.start))
        high = min(x if x >= 0 else len(text) for x in (text.find(". ", item.end), text.find("\n", item.end)))
        beside = [
            r.unit for r in self.resolved
            if r.unit is not None and r.found.part == item.part and low <= r.found.start < high
            and not r.found.dateline and not r.found.source_name
        ]  # fmt: skip
        seconds = {u.id: u for u in beside if u.kind == DIVISION2}
        if len(seconds) == 1:
            return next(iter(seconds.values()))
        firsts = {
            d.id: d for u in beside if u.kind in (DIVISION1, DIVISION2, POPULATED)
            if (d := self.gazetteer.above(u, DIVISION1))
        }  # fmt: skip
        if len(firsts) == 1:
            return next(iter(firsts.values()))
        # an article that speaks of one province only: the name lies there as far as one can know
        return self.gazetteer.unit(self.division) if self.division is not None and not firsts else None
