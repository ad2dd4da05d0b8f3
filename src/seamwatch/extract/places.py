"""Comparing and choosing the places of one telling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from seamwatch.model.place import Place, PlaceMention
from seamwatch.model.text import Article, Evidence

# How much a kind of name says: a village or a site is worth more than its district or province.
_RANK = {"populated": 1, "unknown": 1, "feature": 2, "division2": 3, "division1": 4, "country": 6}
_CLEARLY = 0.7
_WIDE = 0.9
_MEASURED = 0.5
_RELATION = {"at": 0.0, "in": 0.1, "": 0.2, "outskirts": 0.2, "near": 0.3, "road": 1.05, "direction": 2.5}


def _fold(name: str | None) -> str:
    return "".join(c for c in (name or "").lower() if c.isalnum())


def specificity(mention: PlaceMention) -> float:
    """Return how exactly a mention says where: lower is more exact."""
    rank = float(_RANK.get(mention.kind, 5))
    if mention.kind == "unknown" and mention.place is None:
        rank += 0.5
    where = mention.where
    if where is not None and where.precision == 5 and mention.kind == "populated":
        rank += _WIDE  # a long road, or the land between two towns
    if where is not None and where.precision == 2 and where.geonameid is None:
        return rank + _MEASURED  # "5 km south of Daquq" says more than "south of Daquq"
    return rank + _RELATION.get(mention.relation, 0.2)


def place_of(mention: PlaceMention) -> Place:
    """Return where the mention puts things, else its place, or one with the bare name where it has none."""
    return mention.where or mention.place or Place(name=mention.quote, precision=7)


def agree(a: PlaceMention, b: PlaceMention) -> float:
    """Return 1 for the same place, 0.5 where one may lie in the other, 0 unknown, -1 where they differ."""
    one, two = place_of(a), place_of(b)
    if one.country and two.country and one.country != two.country:
        return -1.0
    name, other = _fold(one.name), _fold(two.name)
    if name and name == other:
        return 1.0
    if name and other and min(len(name), len(other)) >= 5 and (name in other or other in name):
        return 0.8
    if a.kind == "country" or b.kind == "country":
        return 0.1 if one.country == two.country else 0.0
    inner, outer = (one, two) if _RANK.get(a.kind, 5) <= _RANK.get(b.kind, 5) else (two, one)
    chain = {_fold(inner.admin2), _fold(inner.admin1)} - {""}
    if _fold(outer.name) in chain:
        return 0.6
    for level in ("admin1", "admin2"):
        mine, theirs = _fold(getattr(one, level)), _fold(getattr(two, level))
        if mine and theirs and mine != theirs:
            return -1.0
    if _RANK.get(a.kind, 5) == _RANK.get(b.kind, 5) <= 2:
        # A village that the gazetteer lacks may lie in the area that another sentence names.
        return -0.3 if "unknown" in (a.kind, b.kind) else -0.6
    return 0.0


def best_mention(mentions: Iterable[PlaceMention]) -> PlaceMention | None:
    """Return the most exact of some mentions: an earlier one gives way only to a clearly more exact one."""
    best: PlaceMention | None = None
    for mention in mentions:
        if best is None or specificity(mention) < specificity(best) - _CLEARLY:
            best = mention
    return best


def choose_place(article: Article, mentions: Sequence[PlaceMention]) -> Place | None:
    """Return the place of a telling: its most exact name, completed by the larger units it names.

    "in Tal Rabia, Daquq district" gives Tal Rabia with admin2 Daquq; the evidence holds both phrases.
    """
    best = best_mention(m for m in mentions if m.kind != "nationality")
    if best is None:
        return None
    place = place_of(best)
    evidence: list[Evidence] = [
        article.evidence(best.phrase.start, best.phrase.end, part=best.phrase.part, by="places")
    ]
    if best.span != best.phrase:
        evidence.append(article.evidence(best.span.start, best.span.end, part=best.span.part, by="places"))
    admin1, admin2, country = place.admin1, place.admin2, place.country
    for other in sorted(mentions, key=specificity):
        larger = other.place
        if other is best or larger is None or agree(best, other) < 0:
            continue
        if other.where is not None and other.kind == "division1":  # "between Diyala and Salah al-Din"
            continue
        if larger.country and country and larger.country != country:
            continue
        if (other.kind == "division2" and admin2 is None and place.precision != 4) or (
            other.kind == "division1" and admin1 is None
        ):
            if other.kind == "division2":
                admin2 = larger.admin2 or larger.name
            admin1 = admin1 or larger.admin1 or (larger.name if other.kind == "division1" else None)
            country = country or larger.country
            evidence.append(
                article.evidence(other.span.start, other.span.end, part=other.span.part, by="places")
            )
            if place.lat is None and larger.lat is not None:
                place = replace(
                    place,
                    lat=larger.lat,
                    lon=larger.lon,
                    radius_km=larger.radius_km,
                    precision=3 if other.kind == "division2" else 4,
                )
    return replace(
        place, admin1=admin1, admin2=admin2, country=country, evidence=tuple(dict.fromkeys(evidence))
    )
