"""Articles, mentions and incidents made for tests: plain ones by hand, and Hypothesis strategies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from seamwatch.model.area import AREA_KINDS, AUTHORITY_ROLES, AreaShare, Authority
from seamwatch.model.codec import TOLLS
from seamwatch.model.decision import Decision
from seamwatch.model.incident import (
    Actor,
    ArticleRef,
    Claim,
    DisagreeingValue,
    Disagreement,
    Extraction,
    Incident,
    Mention,
    OtherPassage,
    Revision,
    SourcedMention,
    Statement,
    Target,
    Toll,
    Victim,
    Weapon,
)
from seamwatch.model.place import Place
from seamwatch.model.text import Article, Evidence, Span
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import (
    ActorKind,
    Certainty,
    ClaimKind,
    DecisionKind,
    Modality,
    OtherKind,
    Outcome,
    Policy,
    RevisionKind,
    Status,
    TargetKind,
    VictimGroup,
)

TEXT = (
    "TAL HAMIS - A roadside bomb hit an army patrol near Tal Hamis on Monday, police said.\n"
    "Two soldiers were killed and three were wounded.\n"
    "The Islamic State claimed the attack through its Amaq agency."
)


def quote(article: Article, words: str) -> tuple[Evidence, ...]:
    """Return the evidence of the first place where the article has these words."""
    start = article.text.index(words)
    return (article.evidence(start, start + len(words)),)


def article(name: str, text: str = TEXT, **fields: Any) -> Article:
    return Article(id=name, text=text, content_hash=f"hash of {name}", **fields)


def mention(of: Article, number: int = 1, **fields: Any) -> Mention:
    """Return the roadside bomb of TEXT as this article tells it."""
    sub_type = fields.pop("sub_event_type", SubEventType.REMOTE_EXPLOSIVE)
    start = fields.pop("day", date(2020, 4, 13))
    values: dict[str, Any] = {
        "date": TimeRange(start=start, end=start, precision=1, evidence=quote(of, "Monday")),
        "place": Place(
            name="Tal Hamis",
            admin1="Hasakah",
            country="SY",
            lat=36.58,
            lon=41.49,
            precision=2,
            radius_km=10.0,
            evidence=quote(of, "near Tal Hamis"),
        ),
        "perpetrators": (
            Actor(
                name="Islamic State",
                kind=ActorKind.ORGANIZATION,
                certainty=Certainty.CLAIMED,
                evidence=quote(of, "The Islamic State"),
            ),
        ),
        "targets": (Target(name="army patrol", kind=TargetKind.HUMAN, evidence=quote(of, "an army patrol")),),
        "victims": (
            Victim(
                name="soldiers",
                group=VictimGroup.STATE,
                outcome=Outcome.KILLED,
                count=2,
                evidence=quote(of, "Two soldiers"),
            ),
        ),
        "weapons": (Weapon(name="roadside bomb", evidence=quote(of, "A roadside bomb")),),
        "killed": Toll(low=2, best=2, high=2, evidence=quote(of, "Two soldiers were killed")),
        "injured": Toll(low=3, best=3, high=3, evidence=quote(of, "three were wounded")),
        "claims": (
            Claim(
                by="Islamic State",
                via="Amaq",
                kind=ClaimKind.CLAIMS,
                evidence=quote(of, "The Islamic State claimed the attack"),
            ),
        ),
        "evidence": quote(of, "A roadside bomb hit an army patrol near Tal Hamis"),
        **fields,
    }
    return Mention(
        id=f"{of.id}#{number}",
        event_type=sub_type.event_type,
        sub_event_type=sub_type,
        modality=values.pop("modality", Modality.REPORTED),
        **values,
    )


def extraction(of: Article, *mentions: Mention) -> Extraction:
    return Extraction(
        mentions=mentions or (mention(of),),
        others=(OtherPassage(kind=OtherKind.ROUNDUP, evidence=quote(of, "police said")),),
        statements=(Statement(speaker="a spokesman", role="spokesman", evidence=quote(of, "police said")),),
        warnings=("a warning",),
    )


def incident(name: str, *told: SourcedMention, **fields: Any) -> Incident:
    """Return an incident with the values of its first mention."""
    first = told[0].mention
    values = {
        n: getattr(first, n)
        for n in ("event_type", "sub_event_type", "date", "place", "perpetrators", "targets", "victims")
        + ("weapons", "claims", *TOLLS)
    }
    voices = len({m.article.source or m.article.id for m in told})
    return Incident(
        id=name, mentions=told, **{"status": Status.CONFIRMED, "voices": voices, **values, **fields}
    )


# --- Hypothesis ------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
days = st.dates(date(1990, 1, 1), date(2030, 1, 1))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    text, start = draw(words), draw(st.integers(0, 5000))
    part = draw(st.sampled_from(["text", "title"]))
    return Evidence(
        span=Span(part=part, start=start, end=start + len(text)), quote=text, by=draw(st.sampled_from("ab"))
    )


proof = st.lists(evidences(), max_size=2).map(tuple)


@st.composite
def tolls(draw: st.DrawFn) -> Toll:
    low, best, high = sorted(draw(st.lists(st.integers(0, 99), min_size=3, max_size=3)))
    open_ = draw(st.sampled_from(["", "low", "best", "high"]))
    values = {"low": low, "best": best, "high": high}
    return Toll(**{k: None if k == open_ else v for k, v in values.items()}, evidence=draw(proof))


@st.composite
def ranges(draw: st.DrawFn) -> TimeRange:
    start = draw(days)
    end = start + timedelta(days=draw(st.integers(0, 40)))
    return TimeRange(start=start, end=end, precision=draw(st.integers(1, 5)), evidence=draw(proof))


places = st.builds(
    Place,
    name=st.none() | words,
    admin1=st.none() | words,
    admin2=st.none() | words,
    country=st.none() | st.sampled_from(["IQ", "SY"]),
    lat=st.none() | st.floats(-90, 90),
    lon=st.none() | st.floats(-180, 180),
    precision=st.integers(1, 7),
    radius_km=st.none() | st.floats(0, 500),
    geonameid=st.none() | st.integers(1, 10**7),
    evidence=proof,
)


def _few(kind: type[Any], **fields: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.builds(kind, evidence=proof, **fields), max_size=2).map(tuple)


def _values() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "date": st.none() | ranges(),
        "place": st.none() | places,
        "perpetrators": _few(Actor, name=words),
        "targets": _few(Target, name=words),
        "victims": _few(Victim, name=words, count=st.none() | st.integers(0, 9)),
        "weapons": _few(Weapon, name=words),
        "claims": _few(Claim, by=words, via=st.none() | words),
        **{name: st.none() | tolls() for name in TOLLS},
    }


authorities = st.builds(
    Authority,
    name=words,
    role=st.sampled_from(AUTHORITY_ROLES),
    since=st.none() | days,
    until=st.none() | days,
    source=st.none() | words,
)
area_shares = st.builds(
    AreaShare,
    id=words,
    name=words,
    kind=st.sampled_from(AREA_KINDS),
    weight=st.floats(0.05, 1),
    names=st.lists(words, max_size=2).map(tuple),
    authorities=st.lists(authorities, max_size=2).map(tuple),
    indicative=st.booleans(),
)


json_values = st.none() | st.integers(-5, 5) | words | st.lists(st.integers(0, 3), max_size=2)
decisions = st.builds(
    Decision,
    kind=st.sampled_from([kind for kind in DecisionKind if kind is not DecisionKind.UNDO]),
    mentions=st.lists(words, max_size=2).map(tuple),
    others=st.lists(words, max_size=2).map(tuple),
    field=st.none() | words,
    value=json_values,
    by=words,
    at=moments,
    why=words,
    number=st.integers(1, 99),
)


@st.composite
def mentions_with_values(draw: st.DrawFn, name: str) -> Mention:
    sub_type = draw(st.sampled_from(SubEventType))
    return Mention(
        id=name,
        event_type=sub_type.event_type,
        sub_event_type=sub_type,
        modality=draw(st.sampled_from(Modality)),
        evidence=draw(proof),
        **{field: draw(values) for field, values in _values().items()},
    )


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Return an incident of one to three mentions, each value taken from one of them."""
    told = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        ref = ArticleRef(
            id=f"A{number}",
            title=draw(st.none() | words),
            source=draw(st.none() | words),
            published=draw(st.none() | days),
        )
        told.append(SourcedMention(mention=draw(mentions_with_values(f"A{number}#1")), article=ref))
    ids = st.sampled_from([m.mention.id for m in told])
    sub_type = draw(st.sampled_from(SubEventType))
    return Incident(
        id=draw(words),
        event_type=sub_type.event_type,
        sub_event_type=sub_type,
        status=draw(st.sampled_from(Status)),
        **{f: getattr(draw(st.sampled_from(told)).mention, f) for f in _values()},
        mentions=tuple(told),
        disagreements=draw(
            st.lists(
                st.builds(
                    Disagreement,
                    field=words,
                    values=st.lists(
                        st.builds(DisagreeingValue, value=json_values, mentions=st.lists(ids).map(tuple)),
                        max_size=2,
                    ).map(tuple),
                ),
                max_size=2,
            ).map(tuple)
        ),
        revisions=draw(
            st.lists(
                st.builds(
                    Revision,
                    kind=st.sampled_from(RevisionKind),
                    at=moments,
                    field=words,
                    before=json_values,
                    after=json_values,
                    because=words,
                    mention=ids,
                ),
                max_size=2,
            ).map(tuple)
        ),
        aliases=draw(st.lists(words, max_size=2).map(tuple)),
        areas=draw(st.lists(area_shares, max_size=2).map(tuple)),
        policy=draw(st.sampled_from(Policy)),
        decisions=draw(st.lists(decisions, max_size=2).map(tuple)),
        voices=draw(st.integers(0, 3)),
    )


def without_known(sourced: SourcedMention) -> SourcedMention:
    """Return the mention without what only a store knows of its article."""
    return replace(sourced, article=replace(sourced.article, known=None))
