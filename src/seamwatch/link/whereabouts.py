"""The place of an incident while its tellings come in, in telling order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from seamwatch.link.compare import Where
from seamwatch.link.judge import compare_places
from seamwatch.link.order import Telling
from seamwatch.model.place import Place
from seamwatch.vocabulary.codes import Policy

CONFLICTS = frozenset(
    {"place.far", "place.very_far", "place.country_differs", "place.admin1_differs", "place.admin2_differs"}
    | {"place.other_site", "place.other_near", "place.other_seat"}
)


class Fits:
    """Which of the places that an incident's tellings give exclude one another; each pair compared once."""

    __slots__ = ("_numbers", "fitting", "wheres")

    def __init__(self) -> None:
        self._numbers: dict[Where, int] = {}
        self.wheres: list[Where] = []
        self.fitting: list[set[int]] = []

    def number(self, where: Where) -> int:
        """Return the number of a place."""
        found = self._numbers.get(where)
        if found is None:
            found = self._numbers[where] = len(self.wheres)
            fitting = {found}
            for other, theirs in enumerate(self.wheres):
                if not any(name in CONFLICTS for name, _ in compare_places(where, theirs)):
                    fitting.add(other)
                    self.fitting[other].add(found)
            self.wheres.append(where)
            self.fitting.append(fitting)
        return found


@dataclass(slots=True)
class _Site:
    """One place for comparison: how exact it is, and who gives it.

    `fitting` are those who give one that fits it, `support` those of them whose place is as wide or wider.
    """

    where: Where
    site: bool
    exact: int
    own: set[str] = field(default_factory=set)
    fitting: set[str] = field(default_factory=set)
    support: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Told:
    """One spelling of one place: the telling of it that weighs most, and its number."""

    place: Place
    site: int
    weight: float
    number: int


class PlaceField:
    """The place that holds, completed by those that agree with it.

    UCDP and CONSERVATIVE: the most precise and most specific one, then the most corroborated, then the one
    told most surely and first. LATEST: the last one told; a wider one that agrees with the place before it
    changes nothing. CORROBORATED: that which most voices give or hold within a wider one; of equals as UCDP.
    """

    __slots__ = (
        "_count",
        "_first",
        "_fits",
        "_last",
        "_policy",
        "_sites",
        "_spelt",
        "_told",
        "_units",
        "value",
    )

    def __init__(self, policy: Policy, fits: Fits) -> None:
        self._policy = policy
        self._fits = fits
        self._sites: dict[int, _Site] = {}
        self._spelt: dict[str | None, set[str]] = {}
        self._told: dict[tuple[int, str | None, bool], _Told] = {}
        self._units: dict[tuple[object, ...], tuple[int, Place, int]] = {}
        self._last: _Told | None = None
        self._first: tuple[Telling, Place, Where] | None = None
        self._count = 0
        self.value: Place | None = None

    def tell(self, t: Telling, where: Where) -> None:
        """Take in one telling; `where` is its place for comparison."""
        place = t.mention.place
        if place is None:
            return
        if self.value is None:
            self._first, self.value = (t, place, where), place  # most are told once: nothing to weigh
            return
        if self._first is not None:
            self._note(*self._first)
            self._first = None
        told = self._note(t, place, where)
        made = self._complete(told if len(self._told) == 1 else self._choose(told))
        if made is not self.value and made != self.value:
            self.value = made

    def _note(self, t: Telling, place: Place, where: Where) -> _Told:
        """Note one telling with all that choosing asks of it."""
        self._count += 1
        number = self._fits.number(where)
        self._voice(number, where, t.voice)
        self._spelt.setdefault(place.name, set()).add(t.voice)
        key = (number, place.name, place.lat is None)
        told = self._told.get(key)
        if told is None:
            told = self._told[key] = _Told(place, number, t.weight, self._count)
            self._last = self._last or told
        elif t.weight > told.weight:
            told.place, told.weight, told.number = place, t.weight, self._count
        units = (number, place.country, place.admin1, place.admin2, place.lat, place.lon, place.radius_km)
        times, first, _ = self._units.get(units, (0, place, number))
        self._units[units] = (times + 1, first, number)
        return told

    def _voice(self, number: int, where: Where, voice: str) -> None:
        """Note who gives a place, with all that fit it."""
        site = self._sites.get(number)
        near = self._fits.fitting[number]
        if site is None:
            site = _Site(where, where.site, 2 if where.site else max(where.level, 2))
            for other, theirs in self._sites.items():
                if other in near:
                    site.fitting |= theirs.own
                    site.support |= theirs.own if theirs.exact >= site.exact else set()
            self._sites[number] = site
        elif voice in site.own:
            return
        site.own.add(voice)
        for other, theirs in self._sites.items():
            if other in near:
                theirs.fitting.add(voice)
                if site.exact >= theirs.exact:
                    theirs.support.add(voice)

    def _choose(self, told: _Told) -> _Told:
        if self._policy is Policy.LATEST:
            held = self._last or told
            wider = self._sites[told.site].exact > self._sites[held.site].exact
            if not (wider and told.site in self._fits.fitting[held.site]):
                self._last = held = told
            return held
        if self._policy is Policy.CORROBORATED:
            return max(self._told.values(), key=lambda c: (len(self._sites[c.site].support), *self._rank(c)))
        return max(self._told.values(), key=self._rank)

    def _rank(self, told: _Told) -> tuple[float, ...]:
        site = self._sites[told.site]
        return (
            -site.exact,
            site.site,
            len(site.fitting),
            -site.where.level,
            told.place.lat is not None,
            len(self._spelt[told.place.name]),
            told.weight,
            -told.number,
        )

    def _complete(self, told: _Told) -> Place:
        """Return the place with what those that agree with it know of its units and its point."""
        place = told.place
        whole = place.country and place.admin1 and (place.admin2 or place.precision > 3)
        if whole and place.lat is not None:
            return place
        near = self._fits.fitting[told.site]
        agree = [(times, other, site) for times, other, site in self._units.values() if site in near]
        country, admin1, admin2 = place.country, place.admin1, place.admin2
        if not country:
            country = _most((n, p.country) for n, p, _ in agree)
        if not admin1:
            admin1 = _most((n, p.admin1) for n, p, _ in agree if p.country in (None, country))
        if not admin2 and place.precision <= 3:
            within = (None, admin1)
            admin2 = _most((n, p.admin2) for n, p, _ in agree if admin1 is None or p.admin1 in within)
        pointed = self._pointed(told.site, agree) if place.lat is None else None
        if pointed is None and (country, admin1, admin2) == (place.country, place.admin1, place.admin2):
            return place
        point = pointed or place
        return replace(
            place,
            country=country,
            admin1=admin1,
            admin2=admin2,
            lat=point.lat,
            lon=point.lon,
            radius_km=point.radius_km,
            geonameid=point.geonameid,
        )

    def _pointed(self, site: int, agree: Iterable[tuple[int, Place, int]]) -> Place | None:
        """Return the first place with a point and a name in common."""
        names = {bones for _, bones in self._fits.wheres[site].parts}
        for _, other, theirs in agree:
            if other.lat is not None and any(n[1] in names for n in self._fits.wheres[theirs].parts):
                return other
        return None


def _most(values: Iterable[tuple[int, str | None]]) -> str | None:
    """Return the value given most often, the first of equals."""
    counts: dict[str, int] = {}
    for times, value in values:
        if value:
            counts[value] = counts.get(value, 0) + times
    return max(counts, key=lambda v: counts[v]) if counts else None
