"""The shapes of the record in answers: incidents, mentions, articles, areas, decisions."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from seamwatch.serve.schemas_values import DateValue, MentionValue, PlaceValue, Told, TollValue


class MentionRef(BaseModel):
    """A mention of an incident, and the article that it is in."""

    id: str
    article: str
    source: str | None
    published: str | None
    party: str | None = None
    tlp: str | None = None


class PartyEntry(BaseModel):
    """A party's record among what tells an incident: its label, and what the party keeps back of it.

    `values` is what it tells, only what it tells: each value has its party so.
    `coarse` has the grain of each field that was made coarser, `status` what the party itself holds.
    """

    party: str
    name: str
    record: str | None
    version: int | None
    tlp: str | None
    mention: str
    values: dict[str, Any]
    withheld: list[str]
    coarse: dict[str, str]
    status: str | None


class DisagreementValue(BaseModel):
    """One value of a field, and the mentions that give it."""

    value: Any
    mentions: list[str]


class DisagreementEntry(BaseModel):
    """A field on which the mentions differ."""

    field: str
    values: list[DisagreementValue]


class RevisionEntry(BaseModel):
    """One change of an incident's state."""

    model_config = ConfigDict(populate_by_name=True)

    kind: str
    at: str
    field: str
    before: Any = Field(alias="from")
    after: Any = Field(alias="to")
    because: str
    mention: str


class AuthorityValue(BaseModel):
    """Who administers, claims or secures an area, and from when to when."""

    name: str
    role: str
    since: str | None
    until: str | None
    source: str | None = None


class AreaShareValue(BaseModel):
    """An area that an incident lies in, and how much of where it may lie is inside."""

    id: str
    name: str
    names: list[str]
    kind: str
    weight: float
    authorities: list[AuthorityValue]
    indicative: bool


class DecisionEntry(BaseModel):
    """What a person decided."""

    id: str
    kind: str
    by: str
    at: str
    why: str
    field: str | None
    value: Any
    mentions: list[str]
    others: list[str]


class DecisionValue(DecisionEntry):
    """A decision with its number, what undid it, and the incidents that it is about now."""

    number: int
    undoes: str | None
    undone_by: str | None
    incidents: list[str]


class IncidentValue(Told):
    """An incident after linking, with its evidence, disagreements, revisions and its strictest label."""

    id: str
    status: str
    mentions: list[MentionRef]
    disagreements: list[DisagreementEntry]
    revisions: list[RevisionEntry]
    aliases: list[str]
    areas: list[AreaShareValue]
    policy: str
    decisions: list[DecisionEntry]
    voices: int
    parties: list[PartyEntry] = Field(default_factory=list)
    tlp: str | None = None


class AreaName(BaseModel):
    """An area by id and name."""

    id: str
    name: str


class Row(BaseModel):
    """An incident as lists show it. `updated` is the moment of its last revision."""

    id: str
    event_type: str
    sub_event_type: str
    status: str
    date: DateValue | None
    place: PlaceValue | None
    killed: TollValue | None
    injured: TollValue | None
    perpetrators: list[str]
    targets: list[str]
    weapons: list[str]
    areas: list[AreaName]
    mentions: int
    sources: int
    disagreements: int
    updated: str | None
    parties: list[str] = Field(default_factory=list)


class RowPage(BaseModel):
    """One page of a list; `next` is the cursor of the next one, `total` how many there are altogether."""

    incidents: list[Row]
    next: str | None
    total: int


class IncidentAnswer(BaseModel):
    """An incident; `asked` is the id that led to it."""

    incident: IncidentValue
    asked: str
    decisions: list[DecisionValue]
    areas: list[AreaShareValue]


class ArticleHead(BaseModel):
    """Where an article comes from. `sources` are all outlets that carried it word for word."""

    id: str
    title: str | None
    source: str | None
    sources: list[str]
    published: str | None
    url: str | None
    party: str | None = None
    tlp: str | None = None


class ArticleValue(ArticleHead):
    """An article; `text` is plain text, whatever it looks like."""

    text: str
    language: str | None


class ToldArticle(ArticleValue):
    """An article with what it tells of one incident."""

    mentions: list[MentionValue]


class IncidentArticles(BaseModel):
    """The articles that tell an incident, the earliest first."""

    articles: list[ToldArticle]


class ArticleAnswer(BaseModel):
    """An article with all that it says: the output line of `extract`, null where none is stored."""

    article: ArticleValue
    extraction: dict[str, Any] | None


class FoundArticle(ArticleHead):
    """An article that a search found; the words found stand in brackets in `passage`."""

    passage: str


class FoundArticles(BaseModel):
    """Articles found, the best first."""

    articles: list[FoundArticle]


class AreaProperties(BaseModel):
    """What is said of an area. `disputed`: it is said to be, or different authorities hold or claim it."""

    id: str
    name: str
    names: list[str]
    kind: str
    country: str | None
    authorities: list[AuthorityValue]
    disputed: bool
    since: str | None
    until: str | None
    indicative: bool
    source: str | None
    note: str | None


class AreaFeature(BaseModel):
    """An area as a GeoJSON Feature."""

    type: str
    id: str
    properties: AreaProperties
    geometry: dict[str, Any]


class AreaCollection(BaseModel):
    """Areas as a GeoJSON FeatureCollection (RFC 7946)."""

    type: str
    features: list[AreaFeature]
