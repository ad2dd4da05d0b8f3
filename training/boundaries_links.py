"""Links Natural Earth's units to the gazetteer's first-order divisions, by the places in them and by name.

Natural Earth is finer than GeoNames in some countries (the counties of England) and older in others (Kenya's
provinces, not its counties). Units that are finer are joined. A unit that holds several divisions is parted:
each of its points goes with the nearest known place, and the outlines are marked indicative.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from boundaries_source import Source
from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, POPULATED, Gazetteer, Unit
from seamwatch.resolve.place_names import bare_name, fold_name, skeleton, without_generic

SURE = 0.8  # of a unit's places, in one division: the unit is that division, or a part of it
NAMED = 0.15  # enough where the name says the same
SHARED = 0.2  # a division with so much of the places of a unit that has no sure one takes part in it
HIDDEN = 0.5  # of a division's places, in one unit: it lies in it, where no unit is its own
NEAR = 0.05  # degrees that a town on a coarse coast may lie off it
MOST_PARTS = 14
BY_CUT = frozenset({"IQ.19"})  # cut out of its neighbour by an outline of its own, not by places
ALTERNATIVES = re.compile(r"[()|/]")


@dataclass(slots=True)
class Known:
    """The gazetteer's divisions by GeoNames code, its places as (code, country, lon, lat), and its names."""

    gazetteer: Gazetteer
    by_code: dict[str, Unit]
    code_of: dict[int, str]
    places: list[tuple[str, str, float, float]]
    sounds: dict[tuple[str, str], set[str]]

    def named(self, country: str, names: tuple[str, ...]) -> tuple[set[str], set[str]]:
        """Return the codes of the divisions so named, and those of the second-order units so named."""
        first: set[str] = set()
        second: set[str] = set()
        for key, meant in self.gazetteer.names(sorted(set().union(*map(name_keys, names)))).items():
            for unit in self.gazetteer.units(meant.ids):
                if unit.country == country and unit.kind in (DIVISION1, DIVISION2):
                    code = self.code_of.get(unit.id)
                    if code:
                        (first if unit.kind == DIVISION1 else second).add(code)
            first |= self.sounds.get((country, skeleton(key)), set())
        return first, second


def read_known(gazetteer: Gazetteer, codes: dict[int, str], last: int) -> Known:
    """Return what is linked to; `codes` are GeoNames codes by GeoNames id, `last` is the last unit."""
    chunks = (range(at, min(at + 50_000, last + 1)) for at in range(1, last + 1, 50_000))
    units = [unit for chunk in chunks for unit in gazetteer.units(chunk)]
    by_code = {codes[u.geonameid]: u for u in units if u.kind == DIVISION1 and u.geonameid in codes}
    first_order = {u.id: code for code, u in by_code.items()}
    by_id = {u.id: u for u in units}
    code_of: dict[int, str] = {}
    for unit in units:
        above: Unit | None = unit
        while above is not None and above.id not in first_order:
            above = None if above.parent is None else by_id[above.parent]
        if above is not None:
            code_of[unit.id] = first_order[above.id]
    places = [
        (code_of[u.id], u.country, u.lon, u.lat)
        for u in units
        if u.kind == POPULATED and u.lat is not None and u.lon is not None and u.id in code_of
    ]
    sounds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, unit in by_code.items():
        sounds[unit.country, skeleton(bare_name(fold_name(unit.name)))].add(code)
    return Known(gazetteer, by_code, code_of, places, sounds)


def name_keys(name: str) -> set[str]:
    """Return the keys under which a division's name and Natural Earth's spelling of it may meet."""
    keys = set()
    for part in (name, *ALTERNATIVES.split(name)):
        for key in (fold_name(part.strip()), fold_name(without_generic(part.strip()))):
            if len(key) > 2:
                keys |= {key, bare_name(key)}
    return keys


@dataclass(slots=True)
class Link:
    """What a unit became: one code, or several with the part of each; none where nothing fits."""

    unit: Source
    codes: tuple[str, ...] = ()
    named_as_country: bool = False
    inside: tuple[tuple[str, float, float], ...] = ()


def link_units(units: list[Source], known: Known) -> list[Link]:
    """Return every unit's link, in the same order."""
    inside = places_inside(units, known)
    votes = [Counter(code for code, _, _ in found) for found in inside]
    own = [own_code(u, v, known) for u, v in zip(units, votes, strict=True)]
    taken = {code for code in own if code}
    of_country = Counter(u.country for u in units)
    divisions = Counter(u.country for u in known.by_code.values())
    total = Counter(code for v in votes for code in v.elements())
    links = []
    for unit, seen, code, found in zip(units, votes, own, inside, strict=True):
        parts = {code} if code else set()
        if seen and code is None:
            shared = {c for c, n in seen.items() if n >= 2 and n >= SHARED * seen.total()}
            parts |= {min(seen, key=lambda c: (-seen[c], c))} | shared
        parts |= {c for c, n in seen.items() if c not in taken and c not in BY_CUT and n >= HIDDEN * total[c]}
        whole = code is None and (of_country[unit.country] == 1 or is_country(unit, known))
        if len(parts) > MOST_PARTS or (whole and len(parts) < divisions[unit.country]):
            parts = set()
        links.append(Link(unit, tuple(sorted(parts)), whole, tuple(p for p in found if p[0] in parts)))
    of_country.subtract(divisions)
    join_empty(links, of_country)
    return links


def places_inside(units: list[Source], known: Known) -> list[list[tuple[str, float, float]]]:
    """Return the places of its own country that lie in each unit, as (code, lon, lat)."""
    tree = shapely.STRtree([u.shape for u in units])
    points = shapely.points([p[2] for p in known.places], [p[3] for p in known.places])
    found: list[list[tuple[str, float, float]]] = [[] for _ in units]
    pairs = list(zip(*(a.tolist() for a in tree.query(points, predicate="within")), strict=True))
    off_shore = sorted(set(range(len(points))) - {place for place, _ in pairs})
    near = tree.query_nearest(points[off_shore], max_distance=NEAR, all_matches=False)
    pairs += [(off_shore[n], unit) for n, unit in zip(*(a.tolist() for a in near), strict=True)]
    for place, unit in pairs:
        code, country, lon, lat = known.places[place]
        if units[unit].country == country:
            found[unit].append((code, lon, lat))
    return [sorted(f) for f in found]


def is_country(unit: Source, known: Known) -> bool:
    """Return whether a unit has no name but its country's: all of it, or what lies beside its divisions."""
    country = known.gazetteer.country(unit.country)
    return unit.unnamed or (country is not None and fold_name(country.name) == fold_name(unit.names[0]))


def own_code(unit: Source, votes: Counter[str], known: Known) -> str | None:
    """Return the division that a unit is or belongs to as a whole, or None."""
    if unit.unnamed and not votes:
        return None
    first, second = known.named(unit.country, unit.names)
    all_votes = votes.total()
    named = [c for c in sorted(first) if all_votes == 0 or votes[c] >= NAMED * all_votes]
    if named and (all_votes or len(named) == 1):
        return max(named, key=lambda c: (votes[c], c))
    if all_votes and (top := min(votes, key=lambda c: (-votes[c], c))) and votes[top] >= SURE * all_votes:
        return top
    if not all_votes and len(second) == 1:
        return next(iter(second))
    return None


def join_empty(links: list[Link], fewer: Counter[str]) -> None:
    """Give units without any place the division of all their neighbours, where Natural Earth is finer."""
    tree = shapely.STRtree([link.unit.shape for link in links])
    for link in links:
        if link.codes or link.inside or fewer[link.unit.country] < 5:
            continue
        around = {
            links[n].codes
            for n in tree.query(link.unit.shape, predicate="intersects").tolist()
            if links[n] is not link and links[n].unit.country == link.unit.country and links[n].codes
        }
        if len(around) == 1 and len(codes := next(iter(around))) == 1:
            link.codes = codes


def parted(shape: BaseGeometry, inside: tuple[tuple[str, float, float], ...]) -> dict[str, BaseGeometry]:
    """Return a shape parted by the nearest known place, by code."""
    points = {(lon, lat): code for code, lon, lat in reversed(inside)}
    if len(set(points.values())) == 1:
        return {inside[0][0]: shape}
    cells = shapely.voronoi_polygons(shapely.MultiPoint(list(points)), extend_to=shape)
    tree = shapely.STRtree(list(cells.geoms))
    of_code: dict[str, list[BaseGeometry]] = defaultdict(list)
    for point, code in sorted(points.items()):
        cell = tree.query(shapely.Point(point), predicate="intersects").tolist()[0]
        of_code[code].append(cells.geoms[cell])
    return {
        code: shapely.intersection(shapely.union_all(own), shape) for code, own in sorted(of_code.items())
    }
