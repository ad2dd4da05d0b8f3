"""Places and the passages that name them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from seamwatch.model.text import Evidence, Span

PlaceKind = Literal["populated", "division1", "division2", "country", "feature", "nationality", "unknown"]

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A form that says more than a point and a radius: a road's line, the sector north of a town.

    `points` are (longitude, latitude) in degrees; a polygon's first point is also its last.
    """

    kind: Literal["line", "polygon"]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something happened, as precisely as it is known.

    `name`, `admin1`, `admin2` are in common English spelling, without diacritics and generic words;
    the evidence quote keeps the article's own. `country` is ISO 3166-1 alpha-2. `precision` is UCDP
    where_prec 1-7. `lat`/`lon` (degrees, WGS 84) are None where the place is not resolved;
    `radius_km` is how far from the point it may lie; `shape` is given where the article's words describe
    one ("on the road from X to Y", "5 km south of X").
    """

    name: str | None
    admin1: str | None = None
    admin2: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: int = 7
    radius_km: float | None = None
    geonameid: int | None = None
    evidence: tuple[Evidence, ...] = ()
    shape: Shape | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A passage that names a place, with what it was resolved to.

    `span` covers the name alone ("Albu Najm"), `phrase` the whole phrase around it ("near the village
    of Albu Najm in Kirkuk's Daquq district"). `relation` is how the phrase relates to the name: "at",
    "near", "outskirts", "road", "direction" (south of), "in", or "" where the phrase says nothing.
    `place` is the named place itself and complete: admin1, admin2 and country are filled from the gazetteer
    or from what the article says around the name; None where nothing is known beyond the name. `dateline`
    marks the place of writing, `source_name` a name that is part of an outlet or organisation ("Kurdistan
    24", "Kirkuk police"): neither is the place of an incident. `within` holds the spans of the larger units
    that the article names for it. `score` is the probability that the gazetteer's place is the one meant, 0
    where the name stays open. `where` is given where the phrase puts what it tells of elsewhere than at
    the named place ("5 km south of Daquq", "on the Kirkuk-Tikrit road"): an incident's place is this one.
    """

    span: Span
    quote: str
    phrase: Span
    kind: PlaceKind
    relation: str = ""
    place: Place | None = None
    dateline: bool = False
    source_name: bool = False
    within: tuple[Span, ...] = ()
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    where: Place | None = None


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance of two points (degrees) in kilometres.

    >>> round(great_circle_km(36.19, 44.01, 35.47, 44.39))
    87
    """
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))
