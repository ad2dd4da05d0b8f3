"""Mentions, judgements and incidents: what an article tells, and what many articles make together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from seamwatch.model.area import AreaShare
from seamwatch.model.decision import Decision
from seamwatch.model.party_record import PartyRecord
from seamwatch.model.place import Place
from seamwatch.model.text import Evidence
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import (
    ActorKind,
    Certainty,
    ClaimKind,
    Modality,
    OtherKind,
    Outcome,
    Policy,
    RevisionKind,
    Status,
    TargetKind,
    Verdict,
    VictimGroup,
)
from seamwatch.vocabulary.coordination import Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A perpetrator in one incident. `name` is the register's name where the register knows it."""

    name: str
    kind: ActorKind
    certainty: Certainty
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What or who was attacked."""

    name: str
    kind: TargetKind
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """Who was harmed: a role or group, never a private person's name once stored."""

    name: str
    group: VictimGroup
    outcome: Outcome
    count: int | None = None
    kind: TargetKind = TargetKind.HUMAN
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weapon:
    """What the attack was made with."""

    name: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """How many, of one outcome. `low <= best <= high`; None is open."""

    low: int | None
    best: int | None
    high: int | None
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        known = [n for n in (self.low, self.best, self.high) if n is not None]
        if known != sorted(known) or any(n < 0 for n in known):
            raise ValueError(f"a toll must have 0 <= low <= best <= high, not {known}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who claims, denies or accuses, and through which outlet."""

    by: str
    kind: ClaimKind
    via: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One article's account of one incident. `evidence[0]` is its trigger with its clause."""

    id: str
    event_type: EventType
    sub_event_type: SubEventType
    modality: Modality
    date: TimeRange | None = None
    place: Place | None = None
    perpetrators: tuple[Actor, ...] = ()
    targets: tuple[Target, ...] = ()
    victims: tuple[Victim, ...] = ()
    weapons: tuple[Weapon, ...] = ()
    killed: Toll | None = None
    injured: Toll | None = None
    missing: Toll | None = None
    abducted: Toll | None = None
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPassage:
    """A passage that looks like an incident and is none, with the reason."""

    kind: OtherKind
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who said something, in which office, for which organisation: kept apart from facts."""

    speaker: str
    role: str | None = None
    organisation: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What an extractor finds in one article."""

    mentions: tuple[Mention, ...] = ()
    others: tuple[OtherPassage, ...] = ()
    statements: tuple[Statement, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRef:
    """The article behind a mention, as linking and display need it.

    `sources` are all outlets that carried it word for word; they count as one voice. `known` is the
    moment from which it counts as known: its publication day (at 00:00 UTC), else when it was stored.
    `version_of` is the first article of its family, versions of one report across outlets, and `origin` that
    article's outlet: a family is one voice. `party` is the id of the party whose record it is, None of an own
    article; `source` is then the party's name, `record` what the record says of itself. `tlp` is its label,
    None where it has none of its own.
    """

    id: str
    title: str | None = None
    source: str | None = None
    sources: tuple[str, ...] = ()
    url: str | None = None
    published: date | None = None
    known: datetime | None = None
    version_of: str | None = None
    origin: str | None = None
    party: str | None = None
    tlp: Tlp | None = None
    record: PartyRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedMention:
    """A mention with the article that it comes from: what linking works on."""

    mention: Mention
    article: ArticleRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a judgement's score: what was compared, what it added, and in plain words why."""

    feature: str
    weight: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether two mentions (ids in sorted order) tell one incident; `score` is a probability."""

    left: str
    right: str
    verdict: Verdict
    score: float
    reasons: tuple[Reason, ...] = ()
    by: str = "rules"
    at: datetime | None = None
    supersedes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreeingValue:
    """One value of a field, as JSON, and the ids of the mentions that give it."""

    value: object
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A field on which an incident's mentions differ."""

    field: str
    values: tuple[DisagreeingValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One change of an incident's state, because of one mention or of a decision (then `mention` is "").

    `before` and `after` are JSON values: of a toll the figure that holds, of a date or place the short form.
    The death of a wounded man is one change of two figures: two revisions of kind DIED.
    """

    kind: RevisionKind
    at: datetime
    field: str
    before: object
    after: object
    because: str
    mention: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident after linking: a pure function of its mentions and of what people decided.

    `policy` is the one by which each value was chosen; all others are in `disagreements`. `decisions` are
    the standing ones that concern it. `voices` counts the independent sources that tell it. `areas` are those
    of the store that it lies in at its time, the most certain first; they follow from its place and days.
    """

    id: str
    event_type: EventType
    sub_event_type: SubEventType
    status: Status
    date: TimeRange | None = None
    place: Place | None = None
    perpetrators: tuple[Actor, ...] = ()
    targets: tuple[Target, ...] = ()
    victims: tuple[Victim, ...] = ()
    weapons: tuple[Weapon, ...] = ()
    killed: Toll | None = None
    injured: Toll | None = None
    missing: Toll | None = None
    abducted: Toll | None = None
    claims: tuple[Claim, ...] = ()
    mentions: tuple[SourcedMention, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    revisions: tuple[Revision, ...] = ()
    aliases: tuple[str, ...] = ()
    areas: tuple[AreaShare, ...] = ()
    policy: Policy = Policy.UCDP
    decisions: tuple[Decision, ...] = ()
    voices: int = 0
