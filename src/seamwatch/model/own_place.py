"""Places that the analyst added to a record's own gazetteer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OwnKind = Literal["populated", "division1", "division2", "feature"]
# Ids of own places begin here, far above those of the shipped gazetteer.
FIRST_OWN = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """One place of a file that was added, as it is stored.

    `id` is given by the store (0 before that). `country` (ISO 3166-1 alpha-2), `admin1` and `admin2` name
    what is around it as the shipped gazetteer calls them, never by its unit ids: those change whenever it
    is built again. `geonameid` makes it stand for the shipped place of that id. `names_only` marks a row
    that only adds names to the place of its `geonameid`; `name` is then that place's own. `ref` is the
    row's id in its file, `file` the file's name.
    """

    name: str
    kind: OwnKind = "populated"
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    lat: float | None = None
    lon: float | None = None
    population: int = 0
    radius_km: float = 3.0
    geonameid: int | None = None
    names_only: bool = False
    aliases: tuple[str, ...] = ()
    ref: str | None = None
    file: str = ""
    id: int = 0
