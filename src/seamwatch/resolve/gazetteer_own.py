"""The places that an analyst added, joined to those of the shipped gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from seamwatch.model.own_place import FIRST_OWN, OwnPlace
from seamwatch.resolve.gazetteer import (
    DIVISION1,
    DIVISION2,
    FEATURE,
    MOST_CANDIDATES,
    POPULATED,
    Gazetteer,
    Name,
    Unit,
)
from seamwatch.resolve.place_names import bare_name, fold_name

# A base, a well or a hill is a point as a village is: it is resolved as one, as well known as one, and as
# exact. Only what is wider is a feature like those of the shipped gazetteer, which everybody knows.
_SITE_KM = 5.0
_KINDS = {"populated": POPULATED, "division1": DIVISION1, "division2": DIVISION2, "feature": FEATURE}


class OwnPlaces(Protocol):
    """The added places as a store keeps them; asked by key, so that not all are held in memory."""

    def own_place_names(
        self, keys: Sequence[str], /
    ) -> Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return for each key that is known the ids of the places named so, and of those so called too."""
        ...

    def own_places(self, ids: Sequence[int], /) -> Sequence[OwnPlace]:
        """Return the places of these ids, in any order; an id that is gone is left out."""
        ...

    def own_places_of(self, geonameids: Sequence[int], /) -> Mapping[int, int]:
        """Return the id of the own place that stands for each of these GeoNames ids, where one does."""
        ...

    def own_place_keys(self, start: str, /) -> Sequence[str]:
        """Return every key that begins so."""
        ...


class OwnLayer:
    """Joins own places to what the gazetteer's keys mean.

    Where several places of a name fit equally well the own one is taken, for it comes first: the analyst
    added it on purpose. One with the GeoNames id of a shipped place stands in its stead.
    """

    def __init__(self, source: OwnPlaces, gazetteer: Gazetteer) -> None:
        self._source = source
        self._gazetteer = gazetteer
        self._means: dict[int, int | None] = {}
        self._stands_for: dict[int, int] = {}
        self._divisions: dict[tuple[str | None, str | None, str | None], int | None] = {}

    def forget(self) -> None:
        """Drop what is held in memory."""
        self._means.clear()
        self._stands_for.clear()
        self._divisions.clear()

    def join(self, found: dict[str, Name]) -> None:
        """Put the own places into what keys mean."""
        added = self._source.own_place_names(list(found))
        self._learn({i for named, called in added.values() for i in (*named, *called)})
        self._replace({i for name in found.values() for i in name.ids})
        for key, name in found.items():
            if key in added or any(i in self._stands_for for i in name.ids):
                named, called = added.get(key, ((), ()))
                first = self._joined(named, name.own, ())
                found[key] = Name(first, self._joined(called, name.alias, first), name.flags)

    def _joined(
        self, added: Iterable[int], shipped: Iterable[int], without: Sequence[int]
    ) -> tuple[int, ...]:
        """Return ids in order: countries, own places, other shipped ones, those that gained the name."""
        means = [i for a in added if (i := self._means.get(a)) is not None]
        own = [i for i in means if i >= FIRST_OWN]
        old = [self._stands_for.get(i, i) for i in shipped]
        nations = [i for i in old if i <= self._gazetteer.last_country]
        ids = [i for i in dict.fromkeys((*nations, *own, *old, *means)) if i not in without]
        return tuple(ids[:MOST_CANDIDATES])

    def _learn(self, ids: Iterable[int]) -> None:
        """Read own places that are not known yet, and which unit each of them means."""
        missing = [i for i in ids if i not in self._means]
        if not missing:
            return
        if len(self._means) > 200_000:
            self._means.clear()
        self._means.update(dict.fromkeys(missing))
        more: list[OwnPlace] = []
        for place in self._source.own_places(missing):
            if place.names_only:
                more.append(place)
            else:
                self._means[place.id] = place.id
        instead = self._source.own_places_of([p.geonameid for p in more if p.geonameid]) if more else {}
        self._learn(instead.values())
        for place in more:
            other = instead.get(place.geonameid or 0)
            self._means[place.id] = self._shipped_id(place) if other is None else self._means.get(other)

    def _shipped_id(self, place: OwnPlace) -> int | None:
        """Return the id of the shipped unit to which a row adds names: found by its name and GeoNames id."""
        key = fold_name(place.name)
        for unit in self._gazetteer.units(self._gazetteer.shipped_names([key])[key].ids):
            if unit.geonameid == place.geonameid:
                return unit.id
        # The shipped gazetteer may call it otherwise than when the row was added.
        return next((u.id for u in self._gazetteer.shipped_of([place.geonameid or 0]).values()), None)

    def _replace(self, ids: Iterable[int]) -> None:
        """Find out which shipped units own places stand for."""
        by_geonameid = {u.geonameid: u.id for u in self._gazetteer.units(ids) if u.geonameid}
        own = self._source.own_places_of(list(by_geonameid))
        self._learn(own.values())
        capitals = self._gazetteer.capitals
        for geonameid, ident in own.items():
            shipped = by_geonameid[geonameid]
            self._stands_for[shipped] = ident
            if shipped in capitals:
                capitals[ident] = capitals[shipped]

    def keys_from(self, start: str) -> Sequence[str]:
        """Return every key of an own place that begins so."""
        return self._source.own_place_keys(start)

    def units(self, ids: Sequence[int]) -> list[Unit]:
        """Return own places as units, in any order."""
        return [self._unit(place) for place in self._source.own_places(ids)]

    def _unit(self, place: OwnPlace) -> Unit:
        kind = _KINDS[place.kind]
        if kind == FEATURE and place.radius_km <= _SITE_KM:
            kind = POPULATED
        division = place.kind in ("division1", "division2")
        outer = None if place.kind == "division1" else place.admin1
        inner = None if division else place.admin2
        return Unit(
            place.id, kind, place.name, place.country or "",
            self._around(place.country, outer, inner), place.lat, place.lon, place.population,
            round(place.radius_km), place.geonameid,
        )  # fmt: skip

    def _around(self, country: str | None, admin1: str | None, admin2: str | None) -> int | None:
        """Return the id of the smallest unit around an own place that its row names and that is known."""
        wanted = (country, admin1, admin2)
        if wanted not in self._divisions:
            nation = self._gazetteer.country(country or "")
            first = self.division(DIVISION1, admin1, nation)
            second = self.division(DIVISION2, admin2, first or nation)
            unit = second or first or nation
            self._divisions[wanted] = unit.id if unit else None
        return self._divisions[wanted]

    def division(self, kind: int, name: str | None, inside: Unit | None) -> Unit | None:
        """Return the division of a name in a larger unit, an own one too; None where none is known."""
        if not name or inside is None:
            return None
        for key in dict.fromkeys((fold_name(name), bare_name(fold_name(name)))):
            found = self._gazetteer.units(self._gazetteer.shipped_names([key])[key].ids)
            named, called = self._source.own_place_names([key]).get(key, ((), ()))
            wanted = "division1" if kind == DIVISION1 else "division2"
            for place in self._source.own_places([*named, *called]):
                if place.kind == wanted and not place.names_only:
                    found.append(self._unit(place))
            fitting = [u for u in found if u.kind == kind and self._within(u, inside)]
            if fitting:
                return next((u for u in fitting if u.name == name), fitting[0])
        return None

    def _within(self, unit: Unit, outer: Unit) -> bool:
        while unit.parent is not None and unit.id != outer.id:
            unit = self._gazetteer.unit(unit.parent)
        return unit.id == outer.id


def is_own(unit: Unit) -> bool:
    """Return whether a unit is a place that the analyst added."""
    return unit.id >= FIRST_OWN
