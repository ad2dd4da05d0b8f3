"""Tellings for the tests of linking, from a few plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

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


# --- Hypothesis: tellings that may be of one incident, or of two

_PLACES: tuple[dict[str, Any], ...] = (
    {"place": "Kulajo", "admin2": "Kifri", "admin1": "Diyala", "where": 1},
    {"place": "Kolajo", "admin1": "Diyala", "where": 2},
    {"place": "Kifri", "admin2": "Kifri", "admin1": "Diyala", "where": 3},
    {
        "place": "Daquq",
        "admin2": "Daquq",
        "admin1": "Kirkuk",
        "where": 3,
        "lat": 35.1,
        "lon": 44.4,
        "radius": 25,
    },
    {},
)
_OUTLETS = ("Post", "Times", "Agency")
rows = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Armed clash", "Attack", "Remote explosive/landmine/IED"]),
        "modality": st.sampled_from(["asserted", "reported", "claimed", "denied", "background"]),
        "where_": st.sampled_from(_PLACES),
        "article": st.sampled_from(["A1", "A2", "A3", "A4", "A5"]),
    },
    optional={
        "day": st.sampled_from([7, 8, "7-8", "1-28"]),
        "killed": st.integers(0, 3),
        "injured": st.integers(0, 3),
        "actor": st.sampled_from(["Islamic State", "PKK"]),
        "target": st.sampled_from(["police patrol", "farmers"]),
    },
)


def tellings(drawn: Sequence[Mapping[str, Any]]) -> list[SourcedMention]:
    """Return the tellings of `rows`; all of one article have its day and its outlet."""
    made = []
    for number, row in enumerate(drawn):
        plain = {k: v for k, v in row.items() if k != "where_"} | row["where_"]
        which = int(plain["article"][1:])
        plain |= {"told": 8 + which, "source": _OUTLETS[which % 3]}
        plain["prec"] = {"7-8": 2, "1-28": 4}.get(str(plain.get("day")), 1)
        made.append(telling(f"{plain['article']}#{number}", plain))
    return made
