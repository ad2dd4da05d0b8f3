"""References back to a place: "in the same district", "in the town", "there"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from seamwatch.model.place import Place, PlaceKind, PlaceMention
from seamwatch.model.text import Article, Part, Span
from seamwatch.resolve.place_relative import read_relative
from seamwatch.resolve.place_relative_points import keep_close, locate

_SIDE = r"(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west)"
_REFERENCE = re.compile(
    rf"\b(?P<lead>in|inside|within|across|throughout|at|near|around|outside"
    r"|(?<=km )from|(?<=kms )from|(?<=miles )from|(?<=meters )from|(?<=metres )from|(?<=away )from"
    rf"|in the (?:{_SIDE}|cent(?:re|er)|heart) of|{_SIDE} of|(?:outskirts|edge|entrance) (?:of|to))\s+"
    r"(?P<name>(?:the|that|this)\s+(?:same\s+)?"
    r"(?P<unit>sub-?district|district|province|governorate|county|town|city|village|hamlet))\b"
    rf"(?!['’-]|\s+(?:of|called|named|council|police|hall|hospital|{_SIDE})\b|,?\s+[A-Z])",
)
# "there" as an adverb of place: at the end of a clause or before a time, never "there is"
_THERE = re.compile(
    r"(?<=[a-z] )there(?=[.,;)]|\s+(?:on|last|yesterday|again|too|when|by|after|before|during|this)\b)"
)
# "a second explosion a few kilometres away": beside what was told before it, unless "away from" names where
_AWAY = re.compile(
    r"\b(?P<far>a few|some|several|two|three|four|five|ten|\d{1,2})\s+(?:hundred\s+)?"
    r"(?:kilomet(?:er|re)s?|kms?|miles?|met(?:er|re)s?)\s+away\b(?!\s+from)",
    re.IGNORECASE,
)
_NEAR = frozenset(("near", "around", "outside"))
_LEVELS = {
    "district": "division2",
    "county": "division2",
    "province": "division1",
    "governorate": "division1",
}
_NAMED: dict[str, tuple[PlaceKind, ...]] = {
    "city": ("populated",),
    "town": ("populated", "unknown"),
    "village": ("unknown", "populated"),
    "hamlet": ("unknown", "populated"),
    "sub-district": ("division2",),
    "subdistrict": ("division2",),
    "there": ("populated", "unknown", "feature", "division2"),
}


def add_references(article: Article, places: Sequence[PlaceMention]) -> tuple[PlaceMention, ...]:
    """Return the mentions with those added that only refer back to one: they are no names of their own.

    >>> from seamwatch.resolve.gazetteer import load_gazetteer
    >>> from seamwatch.resolve.place import find_places
    >>> article = Article(id="a", text="A bomb hit Kifri district. Two men were shot in the same district.")
    >>> back = add_references(article, find_places(article, load_gazetteer()))[-1]
    >>> back.quote, back.place.admin2, back.place.precision
    ('the same district', 'Kifri', 3)
    """
    if not places:
        return ()
    added: list[PlaceMention] = []
    part: Part = "text"
    for match in _REFERENCE.finditer(article.text):
        start, end = match.span("name")
        unit = match.group("unit")
        earlier = _earlier(places, start)
        told = _of_level(earlier, _LEVELS[unit]) if unit in _LEVELS else _of_kind(earlier, _NAMED[unit])
        if told is not None:
            lead = match.group("lead")
            added.append(_refer(article, told, Span(part=part, start=start, end=end), match.start(), lead))
    for match in _THERE.finditer(article.text):
        told = _of_kind(_earlier(places, match.start()), _NAMED["there"])
        if told is not None:
            span = Span(part=part, start=match.start(), end=match.end())
            added.append(_refer(article, told, span, match.start(), "in"))
    for match in _AWAY.finditer(article.text):
        told = _of_kind(_earlier(places, match.start()), _NAMED["there"])
        if told is not None:
            span = Span(part=part, start=match.start(), end=match.end())
            added.append(_refer(article, told, span, match.start(), "near"))
    taken = [p.span for p in places if p.span.part == part]
    added = [a for a in added if not any(a.span.start < t.end and t.start < a.span.end for t in taken)]
    return tuple(sorted([*places, *added], key=lambda m: (m.span.part == "text", m.span.start)))


def _earlier(places: Sequence[PlaceMention], start: int) -> list[PlaceMention]:
    """Return the resolved mentions before a point of the text, the nearest first; outlets' names last."""
    before = [
        p for p in places
        if (p.span.part == "title" or p.span.end <= start) and p.kind != "nationality" and p.place is not None
        and not p.dateline
    ]  # fmt: skip
    before.reverse()
    return sorted(before, key=lambda p: p.source_name)


def _of_kind(earlier: Sequence[PlaceMention], kinds: tuple[PlaceKind, ...]) -> PlaceMention | None:
    return next((p for p in earlier if p.kind in kinds and p.relation not in ("direction", "road")), None)


def _of_level(earlier: Sequence[PlaceMention], level: str) -> PlaceMention | None:
    """Return the last mention of a district or province itself, or of a place that lies in one."""
    for mention in earlier:
        place = mention.place
        if place is None:
            continue
        if mention.kind == level and (level == "division1" or place.name == place.admin2):
            return mention
        name = place.admin2 if level == "division2" else place.admin1
        if name:
            precision, radius = (3, 30.0) if level == "division2" else (4, 100.0)
            wider = replace(
                place, name=name, admin2=place.admin2 if level == "division2" else None, precision=precision,
                radius_km=max(radius, place.radius_km or 0.0), geonameid=None,
            )  # fmt: skip
            return replace(mention, place=wider, kind="division2" if level == "division2" else "division1")
    return None


def _refer(article: Article, told: PlaceMention, span: Span, start: int, lead: str) -> PlaceMention:
    """Return a mention of the place that an earlier one named."""
    words = lead.split()
    relation = "near" if lead in _NEAR or lead == "from" else "in"
    if words[0] in ("outskirts", "edge"):
        relation = "outskirts"
    elif len(words) == 2 and words[0] != "entrance":
        relation = "direction"
    place: Place | None = told.place
    end = span.end
    where: Place | None = told.where if article.text[span.start : span.end] == "there" else None
    if place is not None:
        evidence = article.evidence(span.start, span.end, part=span.part, by="rule")
        said = read_relative(article.text, span.start, span.end) if told.kind == "populated" else None
        moved = None if said is None else locate(place, said)
        if said is not None and moved is not None:
            start, end = min(start, said.start), max(span.end, said.end)
            phrase = article.evidence(start, end, part=span.part, by="rule")
            where = replace(keep_close(moved, place), evidence=(evidence, phrase))
        place = replace(place, evidence=(*place.evidence, evidence))
        if relation in ("near", "direction", "outskirts") and place.precision == 1:
            place = replace(place, precision=2, radius_km=max(15.0, place.radius_km or 0.0))
    return PlaceMention(
        span=span,
        quote=article.text[span.start : span.end],
        phrase=Span(part=span.part, start=start, end=end),
        kind=told.kind,
        relation=relation,
        place=place,
        within=told.within,
        score=round(told.score / 2, 3),
        reasons=(f"refers back to {told.quote}",),
        where=where,
    )
