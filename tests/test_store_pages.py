"""Incidents page by page from the store: the same as its whole list, in every order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from seamwatch.store import IncidentFilter, Store, open_store
from seamwatch.store.base_pages import PageMark, PageRow, PageSort
from seamwatch.vocabulary.codes import Status

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

from desk_store import make_store

MANY = 10**9  # a total so large that pages are read by walking the order's index
NUMBER = 600


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Yield a store of an older schema version, brought to the present one: that filled its tables."""
    path = tmp_path_factory.mktemp("pages") / "many.db"
    make_store(path, NUMBER)
    with open_store(str(path), create=False) as made:
        yield made


FILTERS = [
    IncidentFilter(),
    IncidentFilter(statuses=None),
    IncidentFilter(statuses=(Status.DENIED, Status.FOILED)),
    IncidentFilter(statuses=()),
    IncidentFilter(since=date(2015, 6, 1)),
    IncidentFilter(until=date(2015, 6, 1)),
    IncidentFilter(since=date(2010, 1, 1), until=date(2010, 12, 31)),
    IncidentFilter(area="IQ"),
    IncidentFilter(area="deir EZ-zor"),
    IncidentFilter(area="Nowhere"),
    IncidentFilter(actor="islamic state"),
    IncidentFilter(actor="of the North"),
    IncidentFilter(actor="Islam"),
    IncidentFilter(type="battles"),
    IncidentFilter(types=("Riots", "Grenade")),
    IncidentFilter(types=("Riots",), type="Mob violence"),
    IncidentFilter(min_killed=3),
    IncidentFilter(min_killed=0),
    IncidentFilter(precision=1),
    IncidentFilter(bbox=(40.0, 33.0, 46.0, 37.0)),
    IncidentFilter(bbox=(100.0, -10.0, 40.0, 40.0)),
    IncidentFilter(within=((36.0, 30.0), (48.0, 33.0), (40.0, 38.0))),
    IncidentFilter(within=((100.0, -10.0), (-100.0, 0.0), (-170.0, 60.0)), min_killed=1),
    IncidentFilter(text="Kirkuk"),
    IncidentFilter(text='"came to Aleppo"'),
    IncidentFilter(text="!?"),
    IncidentFilter(area="SY", min_killed=1, since=date(2005, 1, 1), text="gunmen", actor="north"),
]


def pages(store: Store, wanted: IncidentFilter, sort: PageSort, *, limit: int, total: int) -> list[PageRow]:
    """Return the rows of all pages."""
    rows: list[PageRow] = []
    after: PageMark | None = None
    while True:
        page = store.incident_page(wanted, sort, after=after, limit=limit, total=total)
        rows += page
        if len(page) < limit:
            return rows
        after = page[-1].mark


@pytest.mark.parametrize("total", [0, MANY], ids=["sorted", "walked"])
@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_pages_hold_what_the_list_holds(store: Store, wanted: IncidentFilter, total: int) -> None:
    """For every filter the pages hold the incidents of the list, each once, and their count is right."""
    listed = sorted(incident.id for incident in store.incidents(wanted))
    rows = pages(store, wanted, PageSort.LATEST, limit=97, total=total)
    assert sorted(row.json["id"] for row in rows) == listed
    assert store.count_incidents(wanted) == len(listed)


@pytest.mark.parametrize("total", [0, MANY], ids=["sorted", "walked"])
@pytest.mark.parametrize("sort", PageSort)
def test_every_order_holds_across_pages(store: Store, sort: PageSort, total: int) -> None:
    """Values never turn back from one page to the next; what has none stands at the end."""
    rows = pages(store, IncidentFilter(statuses=None), sort, limit=50, total=total)
    assert len({row.json["id"] for row in rows}) == len(rows) == NUMBER
    values = [row.mark.value for row in rows]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=sort is not PageSort.EARLIEST)
    assert values[len(known) :] == [None] * (NUMBER - len(known))
    if sort is PageSort.DEADLIEST:
        assert known == [row.json["killed"]["best"] for row in rows[: len(known)]]
    elif sort is not PageSort.UPDATED:
        days = [date.fromisoformat(row.json["date"]["start"]).toordinal() for row in rows[: len(known)]]
        assert known == days


def test_pages_of_known_incidents_are_those_of_the_filter(store: Store) -> None:
    """Who knows which incidents pass gets the same pages without the filter being asked again."""
    wanted = IncidentFilter(area="SY")
    rows = pages(store, wanted, PageSort.LATEST, limit=1000, total=0)
    among = sorted(row.mark.key for row in rows)
    page = store.incident_page(wanted, PageSort.LATEST, after=rows[4].mark, limit=10, among=among)
    assert page == tuple(rows[5:15])


def test_a_list_goes_on_though_its_last_incident_is_gone(store: Store) -> None:
    """A mark is a place in the order, whether or not an incident still stands there."""
    wanted = IncidentFilter(statuses=None)
    first = store.incident_page(wanted, PageSort.LATEST, limit=2)
    between = PageMark(value=first[0].mark.value, key=first[0].mark.key - 1)
    assert store.incident_page(wanted, PageSort.LATEST, after=between, limit=1)[0].mark.value is not None


def test_what_is_stored_anew_is_found_by_pages(store: Store) -> None:
    """An incident that is replaced keeps its place in every order, under its names; a removed one is gone."""
    wanted = IncidentFilter(area="Borno", statuses=None)
    incident, other = list(store.incidents(wanted))[:2]
    number = store.count_incidents(wanted)
    try:
        with store.transaction():
            store.replace_incidents([incident], [other.id])
            for sort in PageSort:
                found = [row.json["id"] for row in pages(store, wanted, sort, limit=7, total=0)]
                assert incident.id in found
                assert other.id not in found
                assert len(found) == number - 1
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert store.count_incidents(wanted) == number


def test_the_newest_articles_come_first(store: Store) -> None:
    """The article stored last is the first."""
    assert [ref.id for ref in store.newest_articles(2)] == [f"M{NUMBER - 1}-0", f"M{NUMBER - 2}-0"]
