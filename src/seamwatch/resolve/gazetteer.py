"""The embedded gazetteer: countries, divisions, places and features in one read-only SQLite file."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError
from seamwatch.model.own_place import FIRST_OWN
from seamwatch.model.place import great_circle_km
from seamwatch.resolve.place_names import ARABIC, bare_name, fold_name, skeleton
from seamwatch.resolve.place_phrases import PlaceWords, load_place_words
from seamwatch.resolve.place_weights import load_place_weights, load_recognition_weights

if TYPE_CHECKING:
    from seamwatch.resolve.gazetteer_own import OwnLayer, OwnPlaces

COUNTRY, DIVISION1, DIVISION2, POPULATED, FEATURE = range(5)
WORD, FIRST_NAME, SURNAME = 1, 2, 4
MOST_CANDIDATES = 60
_CHUNK = 400
_FIELDS = "id, kind, name, country, parent, lat, lon, population, radius, geonameid"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `kind` is one of the five constants above, `parent` the id of the unit around it."""

    id: int
    kind: int
    name: str
    country: str
    parent: int | None
    lat: float | None
    lon: float | None
    population: int
    radius_km: int
    geonameid: int | None


@dataclass(frozen=True, slots=True)
class Name:
    """What a key may mean: unit ids, those named so first and then those with such an alias."""

    own: tuple[int, ...] = ()
    alias: tuple[int, ...] = ()
    flags: int = 0

    @property
    def ids(self) -> tuple[int, ...]:
        """Return every unit of the name, the most prominent first."""
        return self.own + self.alias


NO_NAME = Name()


class Gazetteer:
    """Read-only look-ups by folded name; a bounded cache keeps the names that news repeats.

    Places of `own` join those of the same name. Where several fit equally well the own one is taken: the
    analyst added it on purpose. One with the GeoNames id of a shipped place stands in its stead.
    """

    def __init__(self, path: Path, words: PlaceWords, own: OwnPlaces | None = None) -> None:
        self.words = words
        self.weights = load_place_weights()
        self.recognition = load_recognition_weights()
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._base = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._base.execute("PRAGMA cache_size=-8000")
            self._nations: dict[str, int] = dict(self._base.execute("SELECT key, unit FROM nationality"))
            info = dict(self._base.execute("SELECT key, value FROM info"))
            # countries have the lowest ids
            query = f"SELECT {_FIELDS} FROM unit WHERE id <= ?"
            rows = self._base.execute(query, (int(info["countries"]),)).fetchall()
        except sqlite3.Error as wrong:
            raise SeamwatchError(
                f"{path}: the gazetteer can't be read ({wrong}); install Seamwatch again", code="no_gazetteer"
            ) from wrong
        self.attribution = str(info.get("attribution", ""))
        self.capitals = {int(k): str(v) for k, v in json.loads(info.get("capitals", "{}")).items()}
        self._units: dict[int, Unit] = {}
        self._names: dict[str, Name] = {}
        self.last_country = int(info["countries"])
        self._keep(rows)
        self._countries = {u.country: u for u in self._units.values()}
        self._starting = lru_cache(maxsize=64)(self._shipped_keys_from)
        self.chain = lru_cache(maxsize=20_000)(self._chain)
        self._own: OwnLayer | None = None
        if own is not None:
            from seamwatch.resolve.gazetteer_own import OwnLayer

            self._own = OwnLayer(own, self)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def forget(self) -> None:
        """Drop what is held in memory: own places were added or removed."""
        self._names.clear()
        self._units = {u.id: u for u in self._countries.values()}
        self.chain.cache_clear()
        if self._own is not None:
            self._own.forget()

    def _keep(self, rows: Iterable[tuple[int, int, str, str, int, int, int, int, int, int]]) -> None:
        for ident, kind, written, country, parent, lat, lon, population, radius, geonameid in rows:
            # without the ayn and hamza that news leaves out: Baaj, Marib
            name = written.replace("'", "") if country in ARABIC and kind != COUNTRY else written
            if kind == DIVISION1:
                name = self.words.division.get((country, name), name)
            self._units[ident] = Unit(
                ident, kind, name, country, parent, None if lat is None else lat / 10_000,
                None if lon is None else lon / 10_000, population, radius, geonameid,
            )  # fmt: skip

    def names(self, keys: Iterable[str]) -> dict[str, Name]:
        """Return what each folded key may mean; keys that mean nothing give a Name without units."""
        wanted = list(dict.fromkeys(keys))
        missing = [k for k in wanted if k not in self._names]
        if missing:
            if len(self._names) > 60_000:
                self._names.clear()
                missing = wanted
            found = self.shipped_names(missing)
            if self._own is not None:
                self._own.join(found)
            self._names.update(found)
            return {k: found[k] if k in found else self._names[k] for k in wanted}
        return {k: self._names[k] for k in wanted}

    def shipped_names(self, keys: Sequence[str]) -> dict[str, Name]:
        """Return what each key means in the shipped file alone."""
        found: dict[str, Name] = dict.fromkeys(keys, NO_NAME)
        for at in range(0, len(keys), _CHUNK):
            part = keys[at : at + _CHUNK]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, flags, units FROM name WHERE key IN ({marks})"
            for key, flags, blob in self._base.execute(query, part):
                numbers = struct.unpack(f"<{len(blob) // 4}I", blob)[:MOST_CANDIDATES]
                own = tuple(n >> 1 for n in numbers if not n & 1)
                found[key] = Name(own, tuple(n >> 1 for n in numbers if n & 1), flags)
        return found

    def shipped_of(self, geonameids: Iterable[int]) -> dict[int, Unit]:
        """Return the shipped units of GeoNames ids; reads the whole file, so ask for many at once."""
        query = "SELECT geonameid, id FROM unit WHERE geonameid IN (SELECT value FROM json_each(?))"
        rows = self._base.execute(query, (json.dumps(list(geonameids)),)).fetchall()
        return dict(zip((g for g, _ in rows), self.units(i for _, i in rows), strict=True))

    def shipped_near(self, lat: float, lon: float, km: float) -> list[Unit]:
        """Return the shipped populated places in a box of this half width around a point; not over 180°."""
        high = km / 111.0
        wide = high / max(0.05, math.cos(math.radians(lat)))
        query = "SELECT id FROM unit WHERE kind = ? AND lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?"
        box = (round((lat - high) * 10_000), round((lat + high) * 10_000))
        across = (round((lon - wide) * 10_000), round((lon + wide) * 10_000))
        return self.units(i for (i,) in self._base.execute(query, (POPULATED, *box, *across)).fetchall())

    def _shipped_keys_from(self, start: str) -> list[str]:
        query = "SELECT key FROM name WHERE key >= ? AND key < ? AND units <> x''"
        return [k for (k,) in self._base.execute(query, (start, start + "\U0010ffff"))]

    def keys_from(self, start: str) -> list[str]:
        """Return every key, of shipped and own names, that begins so: what a fuzzy search compares."""
        keys = self._starting(start)
        return keys if self._own is None else list(dict.fromkeys((*keys, *self._own.keys_from(start))))

    def units(self, ids: Iterable[int]) -> list[Unit]:
        """Return the units in the order of the ids."""
        wanted = list(ids)
        missing = [i for i in dict.fromkeys(wanted) if i not in self._units]
        if missing:
            if len(self._units) > 60_000:
                self._units = {u.id: u for u in self._countries.values()}
                missing = [i for i in dict.fromkeys(wanted) if i not in self._units]
            own = [i for i in missing if i >= FIRST_OWN]
            missing = [i for i in missing if i < FIRST_OWN]
            for at in range(0, len(missing), _CHUNK):
                part = missing[at : at + _CHUNK]
                query = f"SELECT {_FIELDS} FROM unit WHERE id IN ({','.join('?' * len(part))})"
                self._keep(self._base.execute(query, part).fetchall())
            if own and self._own is not None:
                self._units.update((u.id, u) for u in self._own.units(own))
        return [self._units[i] for i in wanted]

    def unit(self, ident: int) -> Unit:
        """Return one unit."""
        return self.units((ident,))[0]

    def country(self, code: str) -> Unit | None:
        """Return a country by its ISO 3166-1 alpha-2 code."""
        return self._countries.get(code)

    def nationality(self, key: str) -> Unit | None:
        """Return the country of a folded nationality word ("turkish"), or None."""
        ident = self._nations.get(key)
        return None if ident is None else self._units[ident]

    def peoples_of(self, ident: int) -> tuple[str, ...]:
        """Return the folded nationality words of a country: "iraqi", "iraqis"."""
        return tuple(key for key, unit in self._nations.items() if unit == ident)

    def _chain(self, ident: int) -> tuple[Unit, ...]:
        chain = [self.unit(ident)]
        while chain[-1].parent is not None and len(chain) < 5:
            chain.append(self.unit(chain[-1].parent))
        return tuple(chain)

    def above(self, unit: Unit, kind: int) -> Unit | None:
        """Return the division or country of that kind in which a unit lies (itself where it is one)."""
        return next((u for u in self.chain(unit.id) if u.kind == kind), None)

    def inside(self, unit: Unit, container: Unit) -> bool:
        """Return whether a unit lies in another one (by the official hierarchy).

        An own place whose row leaves its district open may lie in any near it of its province.
        """
        if any(u.id == container.id for u in self.chain(unit.id)):
            return True
        if unit.id < FIRST_OWN or container.kind != DIVISION2 or unit.kind <= DIVISION2:
            return False
        open_, province = self.above(unit, DIVISION2) is None, self.above(unit, DIVISION1)
        reach = max(60.0, 2.0 * container.radius_km)
        return (
            open_
            and province is not None
            and any(u.id == province.id for u in self.chain(container.id))
            and distance_km(unit, container) < reach
        )

    def look_up(self, name: str) -> list[Unit]:
        """Return the units of a name as written, best known first; else those of its transliterations."""
        key = fold_name(name)
        bare = bare_name(key)
        found = self.names((key, bare, "~" + skeleton(key)))
        hits = (
            found[key] if found[key].ids else found[bare] if found[bare].ids else found["~" + skeleton(key)]
        )
        return self.units(hits.ids)


def distance_km(a: Unit, b: Unit) -> float:
    """Return the great-circle distance of two units in km; infinite where one has no point."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.inf
    return great_circle_km(a.lat, a.lon, b.lat, b.lon)


def load_gazetteer(path: Path | None = None, own: OwnPlaces | None = None) -> Gazetteer:
    """Return the shipped gazetteer (or the file at `path`), opened read-only; a few milliseconds.

    `own` are places that join the shipped ones.

    >>> [u.name for u in load_gazetteer().look_up("al-Hawijah")][:1]
    ['Hawija']
    """
    if path is None:
        path = Path(str(resources.files("seamwatch.resolve") / "gazetteer.sqlite"))
    if not path.is_file():
        raise SeamwatchError(
            f"{path}: no gazetteer there; install Seamwatch again, or run training/build_gazetteer.py",
            code="no_gazetteer",
        )
    return Gazetteer(path, load_place_words(), own)
