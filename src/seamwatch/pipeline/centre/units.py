"""Countries and their divisions as the gazetteer knows them, and other names of places and actors."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from seamwatch.model.place import Place

if TYPE_CHECKING:
    from seamwatch.resolve.gazetteer import Gazetteer, Unit


_WORDS = re.compile(r"[^\W_]+(?:['’ʿʾ‘-][^\W_]+)*")
_MOST_WORDS = 3
_SHORTEST = 3
_LONG = 5


class GazetteerUnits:
    """Finds units by their names, and names in texts. Each is looked up once."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        """Take the gazetteer, the shipped one by default, which is opened when it is first needed."""
        self._gazetteer = gazetteer
        self._found = lru_cache(maxsize=20_000)(self._find)
        self._outer = lru_cache(maxsize=20_000)(self._unit)
        self._named = lru_cache(maxsize=50_000)(self._names_in)
        self._called = lru_cache(maxsize=5_000)(_also_called)

    def unit(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        """Return a unit with its name, middle and radius in km, or None where it is not known."""
        return self._found(country, admin1, admin2)

    def places_in(self, text: str, country: str, admin1: str | None, admin2: str | None) -> tuple[str, ...]:
        """Return the words of a text that are a name, in any script, of a place inside a unit."""
        return self._named(text, country, admin1, admin2)

    def peoples(self, country: str) -> tuple[str, ...]:
        """Return how a country's people and its forces are called."""
        found = self._shipped().country(country)
        return self._shipped().peoples_of(found.id) if found is not None else ()

    def also_called(self, actor: str) -> tuple[str, ...]:
        """Return the other names of an actor, and of the outlets that speak for it."""
        return self._called(actor)

    def _shipped(self) -> Gazetteer:
        from seamwatch.resolve.gazetteer import load_gazetteer

        if self._gazetteer is None:
            self._gazetteer = load_gazetteer()
        return self._gazetteer

    def _find(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        found = self._outer(country, admin1, admin2)
        if found is None:
            return None
        return Place(
            name=found.name,
            admin1=admin1,
            admin2=admin2,
            country=country,
            lat=found.lat,
            lon=found.lon,
            radius_km=float(found.radius_km) or None,
        )

    def _unit(self, country: str, admin1: str | None, admin2: str | None) -> Unit | None:
        from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2

        found = self._shipped().country(country)
        for kind, name in ((DIVISION1, admin1), (DIVISION2, admin2)):
            if name is not None and found is not None:
                found = self._inside(found, kind, name)
        return found

    def _names_in(self, text: str, country: str, admin1: str | None, admin2: str | None) -> tuple[str, ...]:
        """Return names in a text; a word in small letters only where it is long and no usual word."""
        outer = self._outer(country, admin1, admin2)
        if outer is None:
            return ()
        words = _WORDS.findall(text)
        found = []
        for many in range(1, _MOST_WORDS + 1):
            for at in range(len(words) - many + 1):
                phrase = " ".join(words[at : at + many])
                if self._is_inside(phrase, outer):
                    found.append(phrase)
        return tuple(found)

    def _is_inside(self, phrase: str, outer: Unit) -> bool:
        from seamwatch.resolve.gazetteer import WORD
        from seamwatch.resolve.place_names import bare_name, fold_name

        if len(phrase) < _SHORTEST or (phrase[0].islower() and len(phrase) < _LONG):
            return False
        gazetteer = self._shipped()
        keys = tuple(dict.fromkeys((fold_name(phrase), bare_name(fold_name(phrase)))))
        for name in gazetteer.names(keys).values():
            if name.flags & WORD or (phrase[0].islower() and name.flags):
                continue
            for unit in gazetteer.units(name.ids):
                if unit.country == outer.country and unit.id != outer.id and gazetteer.inside(unit, outer):
                    return True
        return False

    def _inside(self, outer: Unit, kind: int, name: str) -> Unit | None:
        from seamwatch.resolve.place_names import bare_name, fold_name, without_generic

        gazetteer = self._shipped()
        keys = (fold_name(name), bare_name(fold_name(name)), fold_name(without_generic(name)))
        names = gazetteer.names(keys)
        for key in keys:
            for unit in gazetteer.units(names[key].ids):
                if unit.kind == kind and gazetteer.inside(unit, outer):
                    return unit
        return None


def _also_called(actor: str) -> tuple[str, ...]:
    from seamwatch.resolve.actor_register import load_register

    register = load_register()
    entry = register.resolve(actor)
    if entry is None or entry.generic:
        return ()
    names = {entry.name, *entry.aliases}
    for aliases in register.aliases.values():
        names |= {a.surface for a in aliases if a.entry >= 0 and register.entries[a.entry].id == entry.id}
    return tuple(sorted(name for name in names if len(name) >= _SHORTEST))
