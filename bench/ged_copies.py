"""Copies of all events for large sizes: in other years or in invented countries, as dense as the first."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from ged_events import Event, Spot

YEARS = 4
FOUR_YEARS = timedelta(days=1461)
MOST_SHIFTS = 20  # back to the 1930s
DEGREES = 14.0  # between a country and the next, eastwards
_LETTERS = "bdfghjklmnrstwyz"
_PAIRS = ("sh", "kh", "gh", "dh", "th", "ch")
_SMALL = frozenset("al el ul ar as ash at ath an ad adh az ez er es and of between the in near".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Where and when one copy lies: `shift` times four years earlier, in the `country`-th country."""

    number: int
    shift: int
    country: int

    def day(self, day: date) -> date:
        """Return a day of the first copy in this one."""
        return day - self.shift * FOUR_YEARS

    def spot(self, spot: Spot) -> Spot:
        """Return a place of the first copy in this one."""
        if not self.country:
            return spot
        lon = None if spot.lon is None else round((spot.lon + DEGREES * self.country + 180) % 360 - 180, 6)
        return replace(
            spot,
            name=_renamed(spot.name, self.country),
            admin1=spot.admin1 and _renamed(spot.admin1, self.country),
            admin2=spot.admin2 and _renamed(spot.admin2, self.country),
            country=f"X{string.ascii_uppercase[self.country - 1]}",
            lon=lon,
        )

    def event(self, event: Event) -> Event:
        """Return an event of the first copy in this one, with an id of its own."""
        if not self.number:
            return event
        country = _renamed(event.country_name, self.country) if self.country else event.country_name

        def sides(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name.replace(event.country_name, country) for name in names)

        return replace(
            event,
            id=f"{event.id}-{self.number}",
            spot=self.spot(event.spot),
            country_name=country,
            start=self.day(event.start),
            end=self.day(event.end),
            side_a=sides(event.side_a),
            side_b=sides(event.side_b),
        )


def copies() -> Iterator[Copy]:
    """Yield the events as they are, then copies in other years and countries by turns."""
    found = sorted(
        (shift + country, country, shift)
        for shift in range(MOST_SHIFTS)
        for country in range(1 + len(string.ascii_uppercase))
    )
    for number, (_, country, shift) in enumerate(found):
        yield Copy(number=number, shift=shift, country=country)


@cache
def _renamed(name: str, country: int) -> str:
    """Return the name with other first letters; the rest stays, so that it can be misspelled as before.

    >>> _renamed("Deir ez Zor", 1), _renamed("Aleppo", 1)
    ('Jeir ez Gor', 'Galeppo')
    """
    return " ".join(_other_start(word, country) for word in name.split(" "))


def _other_start(word: str, country: int) -> str:
    article, dash, rest = word.partition("-")
    if dash and article.lower() in _SMALL:
        return f"{article}-{_other_start(rest, country)}"
    low = word.lower()
    if low in _SMALL or not low[:1].isalpha():
        return word
    body = word[2:] if low.startswith(_PAIRS) else word[1:] if low[0] in _LETTERS else low
    at = (_LETTERS.index(low[0]) + 1 if low[0] in _LETTERS else 0) + country * 3
    letter = _LETTERS[at % len(_LETTERS)]
    return (letter.upper() if word[:1].isupper() else letter) + body
