"""Incidents made for the tests of the map: points by hand, and varied ones in a store."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from made_incidents import article, incident, mention
from seamwatch.model.incident import ArticleRef, Extraction, Incident, SourcedMention, Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.store import Store
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import Status

PLACES = (
    Place(name="Daquq", admin1="Kirkuk", country="IQ", lat=35.139, lon=44.449, precision=1, radius_km=3.0),
    Place(name="Rutba", admin1="Anbar", country="IQ", lat=33.038, lon=40.285, precision=2, radius_km=10.0),
    Place(name=None, admin1="Hasakah", country="SY", lat=36.5, lon=40.8, precision=4, radius_km=75.0),
    # Two units of one name.
    Place(name="Tripoli", admin1="North", country="LB", lat=34.43, lon=35.84, precision=1, radius_km=3.0),
    Place(name="Wa", admin1="North", country="GH", lat=10.06, lon=-2.5, precision=1, radius_km=3.0),
    Place(name="Labasa", admin1="Northern", country="FJ", lat=-16.43, lon=179.98, precision=1),
    Place(name="Waiyevo", admin1="Northern", country="FJ", lat=-16.8, lon=-179.98, precision=3),
    Place(name="somewhere", country="IQ", precision=6),
    Place(name="nowhere"),
)


def points(*places: tuple[float, float]) -> list[Incident]:
    """Return incidents I0, I1, ... at (longitude, latitude)."""
    found = []
    for n, (lon, lat) in enumerate(places):
        a = article(f"A{n}")
        place = Place(name="here", country="IQ", lat=lat, lon=lon, precision=1, radius_km=1.0)
        told = SourcedMention(mention=mention(a, place=place), article=article_ref(a.id))
        found.append(incident(f"I{n}", told))
    return found


def article_ref(name: str) -> ArticleRef:
    return ArticleRef(id=name, source=name)


def varied(store: Store, count: int, seed: int = 1) -> list[Incident]:
    """Store incidents of many types, days, places, statuses and tolls, some without; return them."""
    chance = random.Random(seed)
    made = []
    with store.transaction():
        for n in range(count):
            name = f"V{seed}x{n}"
            a = article(name, text=article(name).text + (" A bridge fell." if n % 3 else ""))
            store.add_article(a)
            store.store_extraction(name, Extraction(mentions=(mention(a),)))
            made.append(_one(f"I{name}", store.mentions_of(name), chance))
        store.replace_incidents(made)
    return made


def _one(name: str, told: Sequence[SourcedMention], chance: random.Random) -> Incident:
    start = date(2019, 12, 25) + timedelta(days=chance.randrange(400))
    when = TimeRange(start=start, end=start + timedelta(days=chance.choice((0, 0, 5))), precision=1)
    kind = chance.choice(list(SubEventType))
    killed, injured = chance.choice((None, 0, 1, 7)), chance.choice((None, 0, 2))
    one = incident(name, *told, status=chance.choice(list(Status)))
    return replace(
        one,
        event_type=kind.event_type,
        sub_event_type=kind,
        date=chance.choice((when, when, when, None)),
        place=chance.choice((*PLACES, None)),
        killed=None if killed is None else Toll(low=killed, best=killed, high=killed),
        injured=None if injured is None else Toll(low=None, best=injured, high=None),
        perpetrators=one.perpetrators if chance.random() < 0.5 else (),
        claims=(),
    )
