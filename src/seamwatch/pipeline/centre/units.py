"""Countries and their divisions as the gazetteer knows them: what places are coarsened to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from seamwatch.model.place import Place

if TYPE_CHECKING:
    from seamwatch.resolve.gazetteer import Gazetteer, Unit


class GazetteerUnits:
    """Finds units by their names. Each is looked up once."""

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        """Take the gazetteer, the shipped one by default, which is opened when it is first needed."""
        self._gazetteer = gazetteer
        self._found = lru_cache(maxsize=20_000)(self._find)

    def unit(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        """Return a unit with its name, middle and radius in km, or None where it is not known."""
        return self._found(country, admin1, admin2)

    def _find(self, country: str, admin1: str | None, admin2: str | None) -> Place | None:
        from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, load_gazetteer

        if self._gazetteer is None:
            self._gazetteer = load_gazetteer()
        found = self._gazetteer.country(country)
        for kind, name in ((DIVISION1, admin1), (DIVISION2, admin2)):
            if name is not None and found is not None:
                found = self._inside(found, kind, name)
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

    def _inside(self, outer: Unit, kind: int, name: str) -> Unit | None:
        from seamwatch.resolve.place_names import bare_name, fold_name, without_generic

        gazetteer = self._gazetteer
        assert gazetteer is not None
        keys = (fold_name(name), bare_name(fold_name(name)), fold_name(without_generic(name)))
        names = gazetteer.names(keys)
        for key in keys:
            for unit in gazetteer.units(names[key].ids):
                if unit.kind == kind and gazetteer.inside(unit, outer):
                    return unit
        return None
