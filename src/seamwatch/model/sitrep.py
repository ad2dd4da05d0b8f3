"""A situation report before it is written: figures, incidents with notes, changes, what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from seamwatch.model.area import Polygon
from seamwatch.model.incident import ArticleRef, Incident
from seamwatch.vocabulary.acled import EventType
from seamwatch.vocabulary.codes import Policy, Status

Step = Literal["day", "week", "month", "year"]
"""How long each bar of the chart is. A week starts on Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TollSum:
    """The sums of a toll over incidents. `open` counts those of which no top is known; `untold` those of
    which nobody says a figure: they add nothing to the sums.
    """

    low: int = 0
    best: int = 0
    high: int = 0
    open: int = 0
    untold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many incidents there are, and their tolls."""

    incidents: int = 0
    killed: TollSum = TollSum()
    injured: TollSum = TollSum()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `since` to `until`, both included, with the figures of the incidents that overlap them."""

    since: date
    until: date
    figures: Figures = Figures()
    by_type: Mapping[EventType, Figures] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Return how many days the period has."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of the chart: its first day within the period, incidents by type, and killed (best).

    An incident stands at its first day within the period. `inexact` counts those whose days reach beyond
    the bar.
    """

    start: date
    by_type: Mapping[EventType, int] = field(default_factory=dict)
    killed: int = 0
    inexact: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An incident of the report, with the numbers of the notes that each of its values rests on.

    `notes` has a field's name ("killed", "place", "perpetrators", ..., "what" for its type) for key. For
    a list such as `perpetrators` the notes are those of all its entries. `values` are, for each entry of the
    disagreements, the notes of each value in the same order.
    """

    incident: Incident
    notes: Mapping[str, tuple[int, ...]]
    values: tuple[tuple[tuple[int, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The incidents of one area, in order of their days.

    `name` is "" where it is not known; `country` is its country's name.
    """

    name: str
    country: str | None
    figures: Figures
    incidents: tuple[Reported, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A numbered article on which statements rest."""

    number: int
    article: ArticleRef


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One value that was another one at the last report (JSON values), and why."""

    field: str
    before: object
    after: object
    because: str = ""
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one incident since the last report.

    `kind`: new; revised (with `fields`); retracted (its status no longer counts: `fields` says which it has);
    gone (no longer of this period and area, or now one with another: `into` is the id that holds it now).
    """

    kind: Literal["new", "revised", "retracted", "gone"]
    incident: Incident
    fields: tuple[FieldChange, ...] = ()
    into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """How many incidents lack what: a stable word, the number, and of how many."""

    what: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where an incident may lie, as a map shows it: polygons of a division or a described shape, or none.

    Without polygons the place's point and radius say all.
    """

    incident: Incident
    polygons: tuple[Polygon, ...] = ()
    line: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """What the map shows: west, south, east, north in degrees, where incidents lie, and the area asked for.

    `off` counts the incidents that a map can't show: their place is a whole country, or not resolved.
    `outlines` are the polygons of the area of the report, where its outline is known.
    """

    box: tuple[float, float, float, float]
    extents: tuple[Extent, ...] = ()
    outlines: tuple[Polygon, ...] = ()
    off: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitrep:
    """A situation report: a pure function of the record, a filter, a moment and a policy.

    `as_of` is None where the record of now is told; `made` is when that was. `label` is its TLP label where
    it is made for a party. `asked` says in words what else the filter keeps (a type, an actor, a text).
    `not_counted` are incidents of the period whose status is not listed, by status. `changes` is None where
    no moment of a last report was given.
    """

    made: datetime
    period: Period
    before: Period
    title: str | None = None
    recipient: str | None = None
    label: str | None = None
    area: str | None = None
    asked: tuple[str, ...] = ()
    as_of: datetime | None = None
    since_report: datetime | None = None
    policy: Policy = Policy.UCDP
    statuses: tuple[Status, ...] = ()
    by_status: Mapping[Status, int] = field(default_factory=dict)
    not_counted: Mapping[Status, int] = field(default_factory=dict)
    step: Step = "day"
    bars: tuple[Bar, ...] = ()
    view: MapView | None = None
    sections: tuple[Section, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    changes: tuple[Change, ...] | None = None
    notes: tuple[Note, ...] = ()
