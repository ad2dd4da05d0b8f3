"""What every store does with requests and answers: only added to, each kept once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from seamwatch.coordinate.requests import in_order
from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.area import Area
from seamwatch.model.request import Answer, Request
from seamwatch.pipeline.areas import add_areas
from seamwatch.store import Store
from seamwatch.store.base_requests import RequestMark
from seamwatch.store.sqlite_database import APPLICATION_ID
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState
from told_store import BOMB, RAID, incident_of, opened, tell

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ONE, TWO, THREE = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
RECORD = "7b0c3c52-33a5-4a0c-b0d5-d3a4d1f0a001"
BEFORE = 16
SHOWN = tuple(status for status in Status if status.shown)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield an empty store."""
    with opened(tmp_path) as made:
        yield made


def request(name: str, hour: int = 0, **more: object) -> Request:
    made = Request(
        id=name,
        sender="asker",
        to=("army", "ngo"),
        kind=RequestKind.RESPONSE,
        text="Who covers the road?\nWe can't.",
        at=START + timedelta(hours=hour),
        deadline=START + timedelta(days=1),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def answer(name: str, party: str = "army", hour: int = 1) -> Answer:
    return Answer(
        request=name,
        party=party,
        state=RequestState.ACCEPTED,
        at=START + timedelta(hours=hour),
        text="a patrol",
        by="Ops room",
    )


def square(name: str, lat: float, lon: float, half: float = 0.5) -> Area:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Area(id=name, name=name.title(), kind="own", polygons=((ring,),))


def test_requests_come_back_as_given(store: Store) -> None:
    """Every field is kept; the newest comes first; telling one again changes nothing."""
    full = request(
        TWO,
        2,
        priority=Priority.IMMEDIATE,
        record=("ngo", RECORD),
        area="garmiyan",
        by="Duty desk",
        escalated_from=ONE,
    )
    assert store.add_request(request(ONE)) and store.add_request(full)
    assert not store.add_request(full)
    assert store.requests() == (full, request(ONE))
    assert store.request(TWO) == full
    assert store.escalations_of([ONE, TWO]) == {("asker", ONE): TWO}
    store.add_request(request(THREE, sender="army", to=("asker",), escalated_from=TWO))
    assert store.escalations_of([TWO]) == {}, "only who asked can ask on"
    with pytest.raises(UnknownIdError, match="request list"):
        store.request("no such")


def test_a_request_is_never_changed(store: Store) -> None:
    """Another request of the same id is refused, and the first one stays."""
    store.add_request(request(ONE))
    with pytest.raises(StoreError) as refused:
        store.add_request(request(ONE, text="Who covers the bridge?"))
    assert refused.value.code == "request_differs"
    assert store.requests() == (request(ONE),)


def test_an_id_is_its_senders(store: Store) -> None:
    """Another party's of the same id is another request; who names it by the id alone is asked whose."""
    store.add_request(request(ONE))
    theirs = request(ONE, sender="army", to=("asker",), text="Who covers the bridge?")
    assert store.add_request(theirs)
    assert store.request(ONE, "asker") == request(ONE) and store.request(ONE, "army") == theirs
    with pytest.raises(StoreError, match=f"army:{ONE}") as wrong:
        store.request(ONE)
    assert wrong.value.code == "request_ambiguous"


def test_requests_come_page_by_page(store: Store) -> None:
    """Each page goes on where the one before ended, also among requests of one moment and of one id."""
    for sender in ("army", "ngo", "water"):
        for name, hour in ((ONE, 1), (TWO, 1), (THREE, 2)):
            store.add_request(request(name, hour, sender=sender, to=("asker",)))
    found: list[Request] = []
    while page := store.requests(after=mark_of(found), limit=2):
        found += page
    assert tuple(found) == store.requests() and len(found) == 9


def mark_of(found: list[Request]) -> RequestMark | None:
    return RequestMark(at=found[-1].at, id=found[-1].id, sender=found[-1].sender) if found else None


def test_answers_are_kept_once_and_may_come_first(store: Store) -> None:
    """An answer is stored before its request too, once however often it comes, in order of time."""
    late, soon = answer(ONE, hour=5), answer(ONE, "ngo")
    assert store.add_answer(late) and store.add_answer(soon)
    assert not store.add_answer(late)
    assert store.answers_to([ONE, TWO]) == {ONE: (soon, late)}


def test_requests_are_found_by_their_record(store: Store) -> None:
    """A record is named by its party and its id: the same id of another party is another record."""
    about = request(ONE, record=("ngo", RECORD))
    store.add_request(about)
    store.add_request(request(TWO, record=("army", RECORD)))
    assert store.requests_about([("ngo", RECORD), ("ngo", ONE)]) == (about,)
    assert store.requests_about([]) == ()


def test_incidents_are_found_by_area_and_time_known(store: Store) -> None:
    """Those in an area that count and were known by then, each once with the areas asked for."""
    add_areas(
        store, [square("daquq", 35.139, 44.449), square("kirkuk", 35.2, 44.4), square("rutba", 33.0, 40.3)]
    )
    bomb = incident_of(store, tell(store, "N1", BOMB))
    tell(store, "N2", RAID)
    known = next(m.article.known for m in store.mentions_of("N1"))
    assert known is not None
    (found,) = store.known_in_areas(["daquq", "kirkuk"], SHOWN, known)
    assert (found.incident, found.areas, found.known) == (bomb, ("daquq", "kirkuk"), known)
    assert store.known_in_areas(["daquq"], SHOWN, known - timedelta(hours=1)) == ()
    assert store.known_in_areas(["daquq"], [Status.DENIED], known) == ()
    assert store.known_in_areas([], SHOWN, known) == ()


def test_requests_and_answers_of_an_older_database_stay(tmp_path: Path) -> None:
    """They are known by who asks from then on; an answer before its request tells by the id alone."""
    folder = resources.files("seamwatch.store") / "migrations"
    path = tmp_path / "record.db"
    with closing(sqlite3.connect(path)) as db, db:
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".sql") and int(file.name.split("_")[0]) <= BEFORE:
                db.executescript(file.read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {BEFORE}")
        db.execute(
            'INSERT INTO requests (id, sender, receivers, kind, text, at, deadline, priority, "by") '
            "VALUES (?, 'asker', '[\"army\"]', 'response', 'Who?', ?, ?, 'routine', '')",
            (ONE, START.isoformat(), (START + timedelta(days=1)).isoformat()),
        )
        for name in (ONE, TWO):
            db.execute(
                'INSERT INTO answers (request, party, state, at, text, "by") '
                "VALUES (?, 'army', 'accepted', ?, 'a patrol', 'Ops room')",
                (name, (START + timedelta(hours=1)).isoformat()),
            )
    with opened(tmp_path) as store:
        assert [r.sender for r in store.requests()] == ["asker"]
        held = store.answers_to([ONE, TWO])
        assert held == {ONE: (replace(answer(ONE), sender="asker"),), TWO: (answer(TWO),)}
        assert [a.sender for a in in_order(store.request(ONE), held[ONE])] == ["asker"]
