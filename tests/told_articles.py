"""Small invented articles with what they tell, given as mentions: events told by several outlets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from seamwatch.model.codec import mention_json
from seamwatch.model.incident import Actor, Extraction, Mention, Target, Toll, Weapon
from seamwatch.model.place import Place
from seamwatch.model.text import Article, Evidence
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, Modality, TargetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened."""

    place: str
    lat: float
    lon: float
    day: date
    weapon: str
    target: str
    killed: int
    injured: int
    actor: str | None = None
    admin1: str = "Diyala"
    kind: SubEventType = SubEventType.REMOTE_EXPLOSIVE


_BOMB, _ARMED = SubEventType.REMOTE_EXPLOSIVE, SubEventType.ARMED_CLASH
EVENTS = (
    Event(
        place="Kulajo", lat=34.52, lon=45.10, day=date(2020, 4, 11), weapon="a roadside bomb",
        target="a Peshmerga patrol", killed=2, injured=3, actor="Islamic State",
    ),
    # The same road on the day after, and on the third day: never one incident with the first.
    Event(
        place="Kulajo", lat=34.52, lon=45.10, day=date(2020, 4, 12), weapon="mortar shells",
        target="a water pump", killed=0, injured=1, kind=SubEventType.SHELLING,
    ),
    Event(
        place="Qoratu", lat=34.61, lon=45.31, day=date(2020, 4, 13), weapon="sniper rifles",
        target="a village guard post", killed=1, injured=0, actor="Islamic State", kind=_ARMED,
    ),
    Event(
        place="Daquq", lat=35.14, lon=44.45, day=date(2020, 4, 12), weapon="an explosive device",
        target="a federal police vehicle", killed=4, injured=2, admin1="Kirkuk",
    ),
    Event(
        place="Hatra", lat=35.58, lon=42.72, day=date(2020, 4, 20), weapon="machine guns",
        target="a convoy of traders", killed=5, injured=6, admin1="Nineveh", kind=_ARMED,
    ),
)  # fmt: skip
# Every outlet has words of its own, so that its report is no version of another's.
OUTLETS = {
    "Tigris Wire": (
        "Security sources told {outlet} that {weapon} struck {target} near {place} on {day}. The toll stood "
        "at {killed} dead and {injured} hurt. Roads around {place} were closed until the evening while "
        "engineers searched the ground, and {target} was brought away.{actor}{tail}"
    ),
    "Zagros News": (
        "{target} came under attack with {weapon} outside {place} on {day}, a mayor said. He counted "
        "{killed} dead and {injured} hurt, and asked the ministry to guard {place} better against {weapon}, "
        "where the power lines had been cut twice.{actor}{tail}"
    ),
    "Hamrin Post": (
        "Residents of {place} heard a loud noise on {day}. An officer explained later: {weapon} had been "
        "used against {target}. Hospitals in {place} received {killed} dead and {injured} hurt, according "
        "to a doctor who saw what was left of {target}.{actor}{tail}"
    ),
    "Agency Nine": (
        "{day}, {place}: {killed} dead and {injured} hurt. That is what {weapon} did to {target}, says a "
        "statement of the command for {place}, which promised to pursue those who had brought {weapon} "
        "there and thanked the people of {place} for their help.{actor}{tail}"
    ),
}
CLAIM = " {actor} was blamed for it."
TAIL = " The command said later that the figures had changed."


def told(
    event: Event,
    outlet: str,
    name: str,
    *,
    killed: int | None = None,
    later: int = 1,
    dated: bool = True,
    tail: bool = False,
    modality: Modality = Modality.REPORTED,
) -> tuple[Article, Extraction]:
    """Return how an outlet tells an event some days later; another toll and a tail make it a new version."""
    day = f"{event.day:%-d %B}"
    figures = (event.killed if killed is None else killed, event.injured)
    text = OUTLETS[outlet].format(
        outlet=outlet,
        weapon=event.weapon,
        target=event.target,
        place=event.place,
        day=day,
        killed=figures[0],
        injured=figures[1],
        actor=CLAIM.format(actor=event.actor) if event.actor else "",
        tail=TAIL if tail else "",
    )
    article = Article(
        id=name,
        text=text,
        source=outlet,
        published=event.day + timedelta(days=later) if dated else None,
        language="en",
    )

    def said(words: str) -> tuple[Evidence, ...]:
        start = text.index(words)
        return (article.evidence(start, start + len(words)),)

    mention = Mention(
        id=f"{name}#1",
        event_type=event.kind.event_type,
        sub_event_type=event.kind,
        modality=modality,
        date=TimeRange(start=event.day, end=event.day, precision=1, evidence=said(day)),
        place=Place(
            name=event.place, admin1=event.admin1, country="IQ", lat=event.lat, lon=event.lon, precision=1,
            radius_km=5.0, evidence=said(event.place),
        ),
        perpetrators=(
            Actor(
                name=event.actor, kind=ActorKind.ORGANIZATION, certainty=Certainty.ACCUSED,
                evidence=said(event.actor),
            ),
        ) if event.actor else (),
        targets=(Target(name=event.target, kind=TargetKind.PHYSICAL, evidence=said(event.target)),),
        weapons=(Weapon(name=event.weapon, evidence=said(event.weapon)),),
        killed=_toll(figures[0], said(f"{figures[0]} dead")),
        injured=_toll(figures[1], said(f"{figures[1]} hurt")),
        evidence=said(event.weapon),
    )  # fmt: skip
    return article, Extraction(mentions=(mention,))


def _toll(figure: int, evidence: tuple[Evidence, ...]) -> Toll:
    return Toll(low=figure, best=figure, high=figure, evidence=evidence)


def copied(
    article: Article, extraction: Extraction, name: str, outlet: str, *, later: int = 0
) -> tuple[Article, Extraction]:
    """Return the article word for word as another outlet carried it, some days later or earlier."""
    published = article.published + timedelta(days=later) if article.published else None
    mentions = tuple(replace(m, id=f"{name}#{number}") for number, m in enumerate(extraction.mentions, 1))
    return replace(article, id=name, source=outlet, published=published), Extraction(mentions=mentions)


def line(article: Article, extraction: Extraction) -> dict[str, Any]:
    """Return an article with what it tells as a line of `read --mentions`."""
    return {
        "id": article.id,
        "language": article.language,
        "article": {
            "text": article.text,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "source": article.source,
            "url": article.url,
        },
        "mentions": [mention_json(m) for m in extraction.mentions],
    }


def write_lines(path: Path, articles: Iterable[tuple[Article, Extraction]]) -> Path:
    """Write articles with what they tell as JSON Lines for `read --mentions`; return the path."""
    rows = (json.dumps(line(*given), ensure_ascii=False) + "\n" for given in articles)
    path.write_text("".join(rows), encoding="utf-8")
    return path


def village_events(number: int, *, first: date = date(2021, 1, 1)) -> tuple[Event, ...]:
    """Return many events, each at a place of its own, some on one day, some near one another."""
    kinds = (("a roadside bomb", _BOMB), ("machine guns", _ARMED), ("mortar shells", SubEventType.SHELLING))
    return tuple(
        Event(
            place="".join(_SYLLABLES[7 * k + n // 7**k % 7] for k in range(3)).capitalize(),
            lat=33.0 + (n * 37 % 200) / 50,
            lon=42.0 + (n * 61 % 200) / 50,
            day=first + timedelta(days=n // 3),
            weapon=kinds[n % 3][0],
            target=("a patrol", "a checkpoint", "a farm", "a fuel tanker")[n % 4],
            killed=n % 5,
            injured=n % 7,
            kind=kinds[n % 3][1],
        )
        for n in range(number)
    )  # fmt: skip


_SYLLABLES = "bar dol fen gur hal jis kem lor min nas pol qur ris sab tal uzd ven war xil yar zeb".split()
