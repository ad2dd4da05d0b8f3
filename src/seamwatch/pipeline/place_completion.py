"""Rows of place files completed: country and divisions from codes, names or the point; and their keys."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError
from seamwatch.ingest.gazetteer_files import PlaceFormat, read_place_file
from seamwatch.ingest.geonames_dump import read_division_codes
from seamwatch.ingest.place_rows import NameRow, PlaceRow, RowNote
from seamwatch.model.own_place import OwnPlace
from seamwatch.resolve.gazetteer import COUNTRY, DIVISION1, DIVISION2, Gazetteer, Unit
from seamwatch.resolve.place_keys import keys_of, shown_name
from seamwatch.resolve.place_names import bare_name, fold_name, without_generic

if TYPE_CHECKING:
    from seamwatch.resolve.boundaries import Boundaries
    from seamwatch.store.base import Store

Keyed = tuple[OwnPlace, dict[str, bool]]
SHOWN = 20
# Rows looked at together: one look through the shipped gazetteer for all their GeoNames ids.
_BATCH = 20_000


@dataclass(slots=True, kw_only=True)
class LoadedFile:
    """What became of a file: how many rows gave a place, only names, were left out, or are doubtful.

    `notes` are the first ones on rows left out and the first on doubtful ones. `known` says that the same
    content is stored already, `replaced` how many rows of an earlier file of that name are gone.
    """

    file: str
    format: PlaceFormat
    places: int = 0
    named: int = 0
    names: int = 0
    rejected: int = 0
    doubtful: int = 0
    notes: list[RowNote] = field(default_factory=list)
    known: bool = False
    replaced: int = 0

    def note(self, note: RowNote) -> None:
        """Count a note, and keep it where it is one of the first."""
        if note.kept:
            self.doubtful += 1
        else:
            self.rejected += 1
        if (self.doubtful if note.kept else self.rejected) <= SHOWN:
            self.notes.append(note)


class Completion:
    """Completes the rows of one file by the gazetteer and the boundaries."""

    def __init__(self, gazetteer: Gazetteer, result: LoadedFile, path: Path, store: Store | None) -> None:
        self._gazetteer = gazetteer
        self._result = result
        self._path = path
        self._store = store
        self._dump = result.format is PlaceFormat.GEONAMES
        self._codes = read_division_codes(path) if self._dump else {}
        by_id = gazetteer.shipped_of(i for i, _ in self._codes.values()) if self._codes else {}
        # GeoNames codes to names as the shipped gazetteer has them, else as the dump has.
        self._coded = {
            code: by_id[i].name if i in by_id else without_generic(shown_name(name, (), code[0]))
            for code, (i, name) in self._codes.items()
        }
        self._known: dict[tuple[str | None, ...], tuple[str | None, str | None, str | None]] = {}
        self._boundaries: Boundaries | None = None
        self._looked = False

    def places(self) -> Iterator[Keyed]:
        """Yield the places with their keys, and those rows that only add names."""
        rows = read_place_file(self._path, self._result.format)
        while batch := list(islice(rows, _BATCH)):
            for item in batch:
                if isinstance(item, RowNote):
                    self._result.note(item)
            yield from self._added([r for r in batch if isinstance(r, PlaceRow)])
            yield from self._named([r for r in batch if isinstance(r, NameRow)])

    # --- rows of places

    def _added(self, rows: list[PlaceRow]) -> Iterator[Keyed]:
        shipped = self._gazetteer.shipped_of(r.geonameid for r in rows if r.geonameid) if rows else {}
        for row in rows:
            unit = shipped.get(row.geonameid or 0)
            # A dump only repeats what the shipped gazetteer has of it, in a spelling that news does not use.
            if unit is not None and (self._dump or unit.kind == COUNTRY):
                self._result.named += 1
                yield self._names_of(
                    unit.name, unit.geonameid, unit.country, (row.name, *row.aliases), row.name
                )
                continue
            place = self._completed(row, unit)
            if place is not None:
                self._result.places += 1
                keys = keys_of((row.name, place.name), row.aliases, spoken=not self._dump)
                self._result.names += len(keys)
                yield place, keys

    def _completed(self, row: PlaceRow, unit: Unit | None) -> OwnPlace | None:
        """Return the place of a row, or None where it can't be one."""
        country, admin1, admin2 = self._around(row)
        if unit is not None:
            first, second = self._gazetteer.above(unit, DIVISION1), self._gazetteer.above(unit, DIVISION2)
            country = country or unit.country or None
            admin1 = admin1 or (first.name if first else None)
            admin2 = admin2 or (second.name if second and first and first.name == admin1 else None)
        nation = self._gazetteer.country(country or "")
        if (row.country or row.admin1) and nation is not None and self._swapped(row, nation):
            reason = (
                f"latitude {row.lat:g}, longitude {row.lon:g} lies outside of {nation.name}, the other way "
                "round inside: they look swapped"
            )
            self._result.note(RowNote(where=row.where, reason=reason))
            return None
        people = max(row.population, unit.population if unit else 0)
        return OwnPlace(
            name=shown_name(row.name, row.aliases, country),
            kind=row.kind,
            country=country,
            admin1=admin1,
            admin2=admin2,
            lat=row.lat,
            lon=row.lon,
            population=people,
            radius_km=row.radius_km or _town_radius(people),
            geonameid=row.geonameid,
            aliases=row.aliases if row.name.isascii() else (row.name, *row.aliases),
            ref=row.ref,
        )

    def _around(self, row: PlaceRow) -> tuple[str | None, str | None, str | None]:
        """Return country code, first- and second-order division of a row as the gazetteer names them."""
        told = (row.country, row.admin1, row.admin2, row.admin1_code, row.admin2_code)
        if told not in self._known:
            country = self._country(row)
            if row.admin1_code is not None:
                admin1, admin2 = self._from_codes(country, row.admin1_code, row.admin2_code)
            else:
                admin1 = self._division(row, DIVISION1, row.admin1, country)
                admin2 = self._division(row, DIVISION2, row.admin2, country)
            self._known[told] = (country, admin1, admin2)
        country, admin1, admin2 = self._known[told]
        if country is None or (admin1 is None and row.kind != "division1"):
            at = self._at(row)
            if at and country in (None, at[0]):
                return at[0], admin1 or at[1], admin2
        return country, admin1, admin2

    def _country(self, row: PlaceRow) -> str | None:
        if row.country is None:
            return None
        if self._gazetteer.country(row.country.upper()) is not None:
            return row.country.upper()
        key = fold_name(row.country)
        units = self._gazetteer.units(self._gazetteer.names([key])[key].ids)
        nation = next((u for u in units if u.kind == COUNTRY), None)
        if nation is None:
            self._doubt(row, f"the country {row.country!r} is not known: taken from the point")
            return None
        return nation.country

    def _from_codes(
        self, country: str | None, first: str | None, second: str | None
    ) -> tuple[str | None, str | None]:
        if country is None or first is None:
            return None, None
        admin1 = self._coded.get((country, first, None))
        if admin1 is None and (boundaries := self._loaded()) is not None:
            named = {d.id: d.name for d in boundaries.divisions(country)}
            admin1 = named.get(f"{country}.{first}")
            nation = self._gazetteer.country(country)
            if admin1 is not None and nation is not None:
                admin1 = self._canonical(DIVISION1, admin1, nation) or admin1
        return admin1, self._coded.get((country, first, second)) if second else None

    def _division(self, row: PlaceRow, kind: int, name: str | None, country: str | None) -> str | None:
        """Return a division's name as the gazetteer has it; as written where it has none of that name."""
        nation = self._gazetteer.country(country or "")
        if name is None or nation is None:
            return name
        found = self._canonical(kind, name, nation)
        if found is None:
            level = "admin1" if kind == DIVISION1 else "admin2"
            self._doubt(row, f"{level} {name!r} is not known in {nation.name}: kept as written")
        return found or name

    def _canonical(self, kind: int, name: str, nation: Unit) -> str | None:
        keys = (fold_name(name), bare_name(fold_name(name)), fold_name(without_generic(name)))
        found = self._gazetteer.names(keys)
        for key in keys:
            for unit in self._gazetteer.units(found[key].ids):
                if unit.kind == kind and self._gazetteer.inside(unit, nation):
                    return unit.name
        return None

    def _doubt(self, row: PlaceRow, reason: str) -> None:
        self._result.note(RowNote(where=row.where, reason=reason, kept=True))

    def _loaded(self) -> Boundaries | None:
        """Return the boundaries, or None where they are not installed."""
        if not self._looked:
            from seamwatch.resolve.boundaries import load_boundaries

            self._looked = True
            try:
                self._boundaries = load_boundaries()
            except SeamwatchError:
                self._boundaries = None
        return self._boundaries

    def _at(self, row: PlaceRow) -> tuple[str, str | None] | None:
        """Return the country and the first-order division at a row's point."""
        boundaries = self._loaded()
        found = boundaries.at(row.lat, row.lon) if boundaries is not None else ()
        if not found:
            return None
        nation = self._gazetteer.country(found[0].country)
        name = found[1].name if len(found) > 1 else None
        if name is not None and nation is not None:
            name = self._canonical(DIVISION1, name, nation) or name
        return found[0].country, name

    def _swapped(self, row: PlaceRow, nation: Unit) -> bool:
        """Return whether a point lies in the row's country only with latitude and longitude exchanged."""
        if nation.lat is None or nation.lon is None or not -90 <= row.lon <= 90:
            return False
        reach = max(50.0, float(nation.radius_km))
        as_written = _km(nation.lat, nation.lon, row.lat, row.lon)
        if as_written < 2 * reach or _km(nation.lat, nation.lon, row.lon, row.lat) > reach * 1.5:
            return False
        boundaries = self._loaded()
        if boundaries is None:
            return True
        there, other = boundaries.at(row.lat, row.lon), boundaries.at(row.lon, row.lat)
        return (
            bool(other)
            and other[0].country == nation.country
            and not (there and there[0].country == nation.country)
        )

    # --- rows of names

    def _named(self, rows: list[NameRow]) -> Iterator[Keyed]:
        by_id: dict[int, list[NameRow]] = {}
        for row in rows:
            by_id.setdefault(row.geonameid, []).append(row)
        if not by_id:
            return
        shipped = self._gazetteer.shipped_of(by_id)
        own = self._store.own_places_of(list(by_id)) if self._store is not None else {}
        added = {p.geonameid: p for p in self._store.own_places(list(own.values()))} if self._store else {}
        for geonameid, group in by_id.items():
            unit, place = shipped.get(geonameid), added.get(geonameid)
            if unit is None and place is None:
                reason = f"no place of the GeoNames id {geonameid} is known: add the dump that has it first"
                self._result.note(RowNote(where=group[0].where, reason=reason))
                continue
            name = unit.name if unit is not None else place.name if place is not None else ""
            country = unit.country if unit is not None else place.country if place is not None else None
            self._result.named += 1
            preferred = next((r.name for r in group if r.preferred), None)
            yield self._names_of(name, geonameid, country, tuple(r.name for r in group), preferred)

    def _names_of(
        self,
        name: str,
        geonameid: int | None,
        country: str | None,
        names: Iterable[str],
        preferred: str | None,
    ) -> Keyed:
        """Return a row that adds names to a place that is known."""
        others = tuple(dict.fromkeys(names))
        keys = keys_of((preferred,) if preferred else (), others, spoken=False)
        self._result.names += len(keys)
        place = OwnPlace(
            name=name, country=country or None, geonameid=geonameid, names_only=True, aliases=others
        )
        return place, keys


def _town_radius(population: int) -> float:
    """Return how far from its point a town of that size may reach, in km."""
    return round(min(25.0, max(3.0, 3.0 * math.pow(population / 50_000, 0.4))), 1)


def _km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return a distance that is good enough to tell a swapped point."""
    wide = math.cos(math.radians((lat + other_lat) / 2))
    return 111.2 * math.hypot(lat - other_lat, (lon - other_lon) * wide)
