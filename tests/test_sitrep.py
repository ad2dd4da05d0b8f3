"""What a situation report gathers: figures, notes, areas, what changed, what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from made_incidents import article, incident, mention
from seamwatch.errors import InputError
from seamwatch.model.area import Area
from seamwatch.model.decision import Decision
from seamwatch.model.incident import ArticleRef, Incident, SourcedMention, Toll
from seamwatch.model.place import Place
from seamwatch.model.sitrep import Sitrep
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.linking import relink
from seamwatch.pipeline.relinking import relink_all
from seamwatch.pipeline.sitrep import days_of, gather_sitrep, sitrep_of
from seamwatch.store import IncidentFilter, Store
from seamwatch.vocabulary.acled import EventType
from seamwatch.vocabulary.codes import DecisionKind, Status
from told_store import BOMB, RAID, incident_of, opened, tell

MADE = datetime(2022, 4, 1, 12, tzinfo=UTC)
MARCH = IncidentFilter(since=date(2022, 3, 1), until=date(2022, 3, 31))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store with a bomb on 4 March, told by two outlets, and a raid on 20 March."""
    with opened(tmp_path) as made:
        relink_all(made)
        tell(made, "A", BOMB, told=5, says="2 died")
        tell(made, "B", BOMB, told=6, killed=5, says="5 died")
        tell(made, "D", RAID, told=21)
        yield made


def report(store: Store, wanted: IncidentFilter = MARCH, **options: Any) -> Sitrep:
    return gather_sitrep(store, wanted, made=options.pop("made", MADE), **options)


def told(name: str, *, day: date = date(2022, 3, 4), **fields: Any) -> Incident:
    """Return an incident of one article."""
    one = mention(article(name), day=day, **fields)
    return incident(
        name, SourcedMention(mention=one, article=ArticleRef(id=name, source=name, published=day))
    )


def of(*found: Incident, wanted: IncidentFilter = MARCH, **options: Any) -> Sitrep:
    return sitrep_of(found, wanted, made=MADE, **options)


def test_a_period_is_compared_with_the_one_before_of_equal_length(store: Store) -> None:
    """The bomb is of the week before; the raid alone is of this one."""
    week = IncidentFilter(since=date(2022, 3, 15), until=date(2022, 3, 28))
    made = report(store, week)
    assert (made.before.since, made.before.until) == (date(2022, 3, 1), date(2022, 3, 14))
    assert (made.period.figures.incidents, made.before.figures.incidents) == (1, 1)
    assert (made.period.figures.killed.best, made.before.figures.killed.best) == (7, 5)
    assert set(made.period.by_type) == {EventType.BATTLES}


def test_an_incident_of_uncertain_days_counts_in_each_period_that_they_meet() -> None:
    """Between 28 February and 2 March it may be of either month, and the report says so."""
    days = TimeRange(start=date(2022, 2, 28), end=date(2022, 3, 2), precision=2)
    made = of(told("a", date=days))
    assert (made.period.figures.incidents, made.before.figures.incidents) == (1, 1)
    assert {"day", "outside"} <= {u.what for u in made.unknown}
    assert (made.bars[0].start, made.bars[0].inexact) == (date(2022, 3, 1), 1)


def test_each_value_has_the_articles_that_it_rests_on(store: Store) -> None:
    """The newest figure rests on B alone; both tell the type; the rival figure has its own note."""
    (section,) = (s for s in report(store).sections if s.name == "Kirkuk")
    (bomb,) = section.incidents
    numbers = {n.number: n.article.id for n in report(store).notes}
    assert {numbers[n] for n in bomb.notes["killed"]} == {"B"}
    assert {numbers[n] for n in bomb.notes["what"]} == {"A", "B"}
    rivals = {
        value.value["best"]: {numbers[n] for n in notes}  # type: ignore[index]
        for d, all_notes in zip(bomb.incident.disagreements, bomb.values, strict=True)
        for value, notes in zip(d.values, all_notes, strict=True)
        if d.field == "killed"
    }
    assert rivals == {2: {"A"}, 5: {"B"}}


def test_areas_are_provinces_or_the_districts_of_the_only_one(store: Store) -> None:
    """With two provinces each is a section; within one its districts are."""
    assert [(s.name, s.country) for s in report(store).sections] == [("Anbar", "Iraq"), ("Kirkuk", "Iraq")]
    one = report(store, IncidentFilter(since=MARCH.since, until=MARCH.until, area="Kirkuk"))
    assert [s.name for s in one.sections] == ["Daquq"]


def test_new_and_revised_since_the_last_report(store: Store) -> None:
    """On 5 March only A had told: B revised the figure, and the raid is new."""
    changes = report(store, since_report=datetime(2022, 3, 5)).changes
    assert changes is not None
    kinds = {c.incident.id: c.kind for c in changes}
    assert kinds == {incident_of(store, "A#1"): "revised", incident_of(store, "D#1"): "new"}
    (killed,) = (f for c in changes for f in c.fields if f.field == "killed")
    assert (killed.before["best"], killed.after["best"]) == (2, 5)  # type: ignore[index]
    assert killed.because
    assert killed.notes


def test_retracted_since_the_last_report(store: Store) -> None:
    """What a person retracted is told as such, and counts no longer."""
    at = datetime(2022, 3, 25, 12, tzinfo=UTC)
    with store.transaction():
        store.add_decision(Decision(kind=DecisionKind.RETRACT, by="ana", at=at, mentions=("D#1",)))
        relink(store, ["D#1"])
    made = report(store, since_report=datetime(2022, 3, 22))
    assert made.changes is not None
    assert [(c.kind, c.incident.status) for c in made.changes] == [("retracted", Status.RETRACTED)]
    assert (made.period.figures.incidents, dict(made.not_counted)) == (1, {Status.RETRACTED: 1})


def test_two_that_became_one_are_told_as_gone_into_it(store: Store) -> None:
    """The raid that was joined with the bomb leads to the incident that tells it now."""
    at = datetime(2022, 3, 25, 12, tzinfo=UTC)
    with store.transaction():
        store.add_decision(
            Decision(kind=DecisionKind.SAME, by="ana", at=at, mentions=("A#1",), others=("D#1",))
        )
        relink(store, ["A#1", "D#1"])
    changes = report(store, since_report=datetime(2022, 3, 22)).changes
    assert changes is not None
    (gone,) = (c for c in changes if c.kind == "gone")
    assert gone.into == incident_of(store, "A#1")


def test_nothing_changed_is_an_empty_list_and_no_last_report_is_none(store: Store) -> None:
    """The two are told apart."""
    assert report(store, since_report=datetime(2022, 3, 30)).changes == ()
    assert report(store).changes is None


def test_a_report_as_of_a_day_knows_nothing_of_later(store: Store) -> None:
    """On 5 March there was one incident with 2 dead."""
    made = report(store, as_of=datetime(2022, 3, 5))
    assert (made.period.figures.incidents, made.period.figures.killed.best) == (1, 2)
    assert [n.article.id for n in made.notes] == ["A"]


def test_the_same_record_gives_the_same_report(store: Store) -> None:
    """A report is a pure function of the record, the filter and the moments."""
    assert report(store) == report(store)


def test_what_is_not_told_adds_nothing_and_is_counted() -> None:
    """Of two incidents one tells no figure and no perpetrator."""
    made = of(told("a"), told("b", killed=None, injured=None, perpetrators=()))
    assert (made.period.figures.killed.best, made.period.figures.killed.untold) == (2, 1)
    assert {u.what: u.number for u in made.unknown} == {
        "killed": 1, "injured": 1, "perpetrators": 1, "unsure": 1, "single": 2,
    }  # fmt: skip


def test_an_open_top_adds_what_is_known_of_it() -> None:
    """At least 3 and exactly 2 are 5 or more."""
    killed = of(told("a"), told("b", killed=Toll(low=3, best=None, high=None))).period.figures.killed
    assert (killed.low, killed.best, killed.high, killed.open) == (5, 5, 5, 1)


def test_the_map_shows_a_province_as_its_outline_and_leaves_a_country_out() -> None:
    """Where only the country is known there is nothing to draw."""
    province = Place(name=None, admin1="Kirkuk", country="IQ", lat=35.3, lon=44.2, precision=4, radius_km=75)
    country = Place(name=None, country="IQ", lat=33.0, lon=44.0, precision=6, radius_km=400)
    view = of(told("a", place=province), told("b", place=country)).view
    assert view is not None
    assert (len(view.extents), view.off) == (1, 1)
    assert view.extents[0].polygons
    west, south, east, north = view.box
    assert west < 44.2 < east
    assert south < 35.3 < north


def test_the_area_of_a_report_is_outlined_and_a_stored_one_wins() -> None:
    """Kirkuk is drawn by the shipped outline, or by one's own of that name; without incidents too."""
    kirkuk = IncidentFilter(since=MARCH.since, until=MARCH.until, area="Kirkuk")
    shipped = of(wanted=kirkuk).view
    assert shipped is not None
    assert len(shipped.outlines[0][0]) > 10
    square = (((44.0, 35.0), (45.0, 35.0), (45.0, 36.0), (44.0, 35.0)),)
    own = of(wanted=kirkuk, areas=[Area(id="k", name="Kirkuk", kind="own", polygons=(square,))]).view
    assert own is not None
    assert own.outlines == (square,)


@pytest.mark.parametrize(
    ("since", "until", "step", "bars"),
    [
        (date(2022, 3, 1), date(2022, 3, 31), "day", 31),
        (date(2022, 1, 1), date(2022, 6, 30), "week", 27),
        (date(2020, 1, 15), date(2022, 6, 30), "month", 30),
        (date(1990, 1, 1), date(2022, 6, 30), "year", 33),
    ],
)
def test_bars_are_as_long_as_a_chart_can_show(since: date, until: date, step: str, bars: int) -> None:
    """Days, weeks, months or years; every incident stands in one bar."""
    made = of(told("a"), told("b"), wanted=IncidentFilter(since=since, until=until))
    assert (made.step, len(made.bars)) == (step, bars)
    assert sum(n for bar in made.bars for n in bar.by_type.values()) == 2


def test_a_period_needs_no_end_and_no_start() -> None:
    """Without them it is the week up to today."""
    today = date(2022, 3, 10)
    assert days_of(None, None, today) == (date(2022, 3, 4), today)
    assert days_of(date(2022, 3, 1), None, today) == (date(2022, 3, 1), today)
    assert days_of(None, date(2022, 3, 5), today) == (date(2022, 2, 27), date(2022, 3, 5))


@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2022, 3, 2), date(2022, 3, 1)), (date.min, date(1, 1, 9)), (date.min, date.max)],
)
def test_a_period_that_is_none_is_refused(since: date, until: date) -> None:
    """Turned round, or with no room in the calendar for the one before: the message names the days."""
    with pytest.raises(InputError, match=str(since)) as wrong:
        days_of(since, until, date(2022, 1, 1))
    assert wrong.value.code == "bad_period"


def test_a_last_report_that_is_not_before_this_one_is_refused(store: Store) -> None:
    """It would have known all that this one knows."""
    with pytest.raises(InputError, match="earlier moment"):
        report(store, since_report=datetime(2022, 4, 2))


def test_more_incidents_than_anybody_reads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how many there are and what to narrow."""
    monkeypatch.setattr("seamwatch.pipeline.sitrep.MOST", 1)
    with pytest.raises(InputError, match="2 incidents are too many"):
        of(told("a"), told("b"))
