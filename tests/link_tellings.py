"""Tellings for the tests of linking, from a few plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from seamwatch.model.incident import Actor, ArticleRef, Claim, Mention, SourcedMention, Target, Toll, Weapon
from seamwatch.model.place import Place
from seamwatch.model.text import Evidence, Span
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, ClaimKind, Modality, TargetKind

FIRST = date(2022, 3, 1)


def _day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def _toll(value: Any, quote: str = "") -> Toll | None:
    if value is None:
        return None
    low, best, high = value if isinstance(value, (list, tuple)) else (value, value, value)
    evidence = (Evidence(span=Span(start=0, end=len(quote)), quote=quote),) if quote else ()
    return Toll(low=low, best=best, high=high, evidence=evidence)


def telling(name: str, row: Mapping[str, Any]) -> SourcedMention:
    """Return one telling; `name` is the mention's id, and its article's unless the row names another."""
    when, last = None, 1
    if "day" in row:
        days = [int(d) for d in str(row["day"]).split("-")]
        last = days[-1]
        when = TimeRange(start=_day(days[0]), end=_day(last), precision=row.get("prec", 1))
    place = None
    if {"place", "admin1", "admin2", "country"} & row.keys():
        place = Place(
            name=row.get("place"),
            admin1=row.get("admin1"),
            admin2=row.get("admin2"),
            country=row.get("country"),
            precision=row.get("where", 7),
            lat=row.get("lat"),
            lon=row.get("lon"),
            radius_km=row.get("radius"),
        )
    kind = SubEventType(row.get("type", "Remote explosive/landmine/IED"))
    says = row.get("says", "")
    mention = Mention(
        id=name,
        event_type=kind.event_type,
        sub_event_type=kind,
        modality=Modality(row.get("modality", "asserted")),
        date=when,
        place=place,
        perpetrators=(
            (Actor(name=row["actor"], kind=ActorKind.ORGANIZATION, certainty=Certainty.REPORTED),)
            if "actor" in row
            else ()
        ),
        targets=(Target(name=row["target"], kind=TargetKind.PHYSICAL),) if "target" in row else (),
        weapons=(Weapon(name=row["weapon"]),) if "weapon" in row else (),
        killed=_toll(row.get("killed"), says),
        injured=_toll(row.get("injured")),
        abducted=_toll(row.get("abducted")),
        claims=(Claim(by=row["claim"], kind=ClaimKind.CLAIMS),) if "claim" in row else (),
        evidence=(Evidence(span=Span(start=0, end=len(says)), quote=says),) if says else (),
    )
    article = ArticleRef(
        id=row.get("article", name),
        source=row.get("source", f"outlet of {name}"),
        published=_day(row.get("told", last + 1)),
    )
    return SourcedMention(mention=mention, article=article)
