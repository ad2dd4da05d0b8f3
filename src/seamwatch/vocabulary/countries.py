"""Countries as the field's datasets number and name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country: ISO 3166-1 codes, Gleditsch and Ward's number, names and regions; 0 and "" for none."""

    code: str
    iso: int
    gw: int
    acled: str
    acled_region: str
    ucdp: str
    ucdp_region: str


@lru_cache(maxsize=1)
def load_countries() -> Mapping[str, Country]:
    """Return all countries of vocabulary/countries.yaml by their ISO 3166-1 alpha-2 code."""
    import yaml

    file = resources.files("seamwatch.vocabulary") / "countries.yaml"
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        code: Country(
            code=code, iso=iso, gw=gw, acled=acled, acled_region=region, ucdp=ucdp, ucdp_region=ucdp_region
        )
        for code, (iso, gw, acled, region, ucdp, ucdp_region) in rows.items()
    }


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    """Return the code of each name in lower case; UCDP's names also without what stands in brackets."""
    found: dict[str, str] = {}
    for country in load_countries().values():
        names = (country.acled, country.ucdp, country.ucdp.partition(" (")[0])
        for name in names:
            if name:
                found.setdefault(name.casefold(), country.code)
    return found


@lru_cache(maxsize=1)
def _by_number() -> Mapping[tuple[str, int], str]:
    countries = load_countries().values()
    iso = {("iso", c.iso): c.code for c in countries if c.iso}
    return iso | {("gw", c.gw): c.code for c in countries if c.gw}


def country_code(name: str, *, iso: int | None = None, gw: int | None = None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country by its number, else by its name; None where unknown.

    >>> country_code("DR Congo (Zaire)"), country_code("", iso=368), country_code("Atlantis")
    ('CD', 'IQ', None)
    """
    numbers = _by_number()
    for kind, number in (("iso", iso), ("gw", gw)):
        if number is not None and (kind, number) in numbers:
            return numbers[kind, number]
    return _codes().get(name.strip().casefold())
