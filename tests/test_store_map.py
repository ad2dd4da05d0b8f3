"""Incidents as columns of numbers: what the store gives to the map and the sums."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from made_incidents import article, incident, mention
from seamwatch.model.area import AreaShare
from seamwatch.model.incident import Extraction, Incident, Toll
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.place import Place
from seamwatch.store import IncidentFilter, Store, open_store
from seamwatch.store.base import Located
from seamwatch.store.base_map import MAP_COLUMNS, OPEN
from seamwatch.store.sqlite_database import APPLICATION_ID
from seamwatch.vocabulary.codes import Status

BEFORE = 4  # the last schema without the map
KULAJO = Place(
    name="Kulajo", admin1="Diyala", country="IQ", lat=34.6131234, lon=45.1, precision=1, radius_km=2.5
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "record.db")) as opened:
        yield opened


def put(store: Store, name: str, **fields: Any) -> Incident:
    """Store an article, its mention, and the incident that it tells."""
    a = article(name, source=f"{name} News", published=date(2020, 4, 14))
    store.add_article(a)
    store.store_extraction(name, Extraction(mentions=(mention(a),)))
    one = incident(f"I{name}", *store.mentions_of(name), **fields)
    store.replace_incidents([one])
    return one


def told(store: Store) -> dict[str, dict[str, object]]:
    """Return by id what the store's columns say of each incident, with the words for their codes."""
    words = {**store.map_words(), OPEN: None}
    found: dict[str, dict[str, object]] = {}
    for run in store.map_runs():
        assert tuple(run) == MAP_COLUMNS
        for n, key in enumerate(run["key"].tolist()):
            row: dict[str, object] = {name: int(run[name][n]) for name in MAP_COLUMNS if name != "key"}
            for name in ("event_type", "sub_event_type", "status", "country", "admin1"):
                row[name] = words[row[name]]  # type: ignore[index]
            found[store.map_ids([key])[key]] = row
    return found


def test_an_incident_is_a_row_of_numbers(store: Store) -> None:
    """Days are ordinals, points ten-millionths of a degree, radii metres, words come by their codes."""
    put(store, "A1", place=KULAJO, killed=Toll(low=1, best=4, high=5), status=Status.CLAIMED)

    assert told(store) == {
        "IA1": {
            "lat": 346131234,
            "lon": 451000000,
            "precision": 1,
            "radius": 2500,
            "first": date(2020, 4, 13).toordinal(),
            "last": date(2020, 4, 13).toordinal(),
            "killed": 4,
            "injured": 3,
            "mentions": 1,
            "event_type": "Explosions/Remote violence",
            "sub_event_type": "Remote explosive/landmine/IED",
            "status": "claimed",
            "country": "IQ",
            "admin1": "Diyala",
        }
    }


def test_what_is_not_known_is_open(store: Store) -> None:
    """Without a day, a place and figures, these columns are open, none is 0."""
    put(store, "A1", date=None, place=None, killed=None, injured=Toll(low=1, best=None, high=None))

    (row,) = told(store).values()
    known = {"mentions", "event_type", "sub_event_type", "status"}
    assert {name for name, value in row.items() if value not in (OPEN, None)} == known


def test_changes_are_told_by_key(store: Store) -> None:
    """What was stored, replaced, given another area or removed since a mark is among its changes."""
    put(store, "A1")
    mark = store.map_mark()
    assert store.map_changes(mark) == ()

    put(store, "A2")
    (added,) = store.map_changes(mark) or ()
    assert store.map_ids([added]) == {added: "IA2"}

    mark = store.map_mark()
    share = AreaShare(id="garmiyan", name="Garmiyan", kind="administration", weight=1.0)
    store.set_areas([Located(id="IA1", areas=(share,))])
    (moved,) = store.map_changes(mark) or ()
    assert store.map_ids([moved]) == {moved: "IA1"}

    mark = store.map_mark()
    store.replace_incidents([], ["IA2"])
    assert store.map_changes(mark) == (added,)
    assert set(told(store)) == {"IA1"}
    assert [run["key"].tolist() for run in store.map_runs([added, moved])] == [[moved]]


def test_a_mark_of_another_database_tells_nothing(store: Store) -> None:
    """Changes after a mark that is not reached yet can't be told: all is to be read anew."""
    put(store, "A1")

    assert store.map_changes(store.map_mark() + 1) is None


def test_changes_of_long_ago_are_not_kept(store: Store, tmp_path: Path) -> None:
    """The list of changes does not grow for ever, and who missed some is told so."""
    put(store, "A1")
    mark = store.map_mark()
    with closing(sqlite3.connect(tmp_path / "record.db")) as db, db:
        db.execute("INSERT INTO map_changes VALUES (?, 1)", (mark + 100_000,))
    put(store, "A2")

    assert store.map_changes(mark) is None
    assert store.map_changes(mark + 100_000) is not None


def test_names_and_words_find_what_the_list_finds(store: Store) -> None:
    """An area, an actor and a word of the articles give the same incidents as the store's own filter."""
    share = AreaShare(id="garmiyan", name="Garmiyan Administration", kind="administration", weight=1.0)
    put(store, "A1", areas=(share,))
    put(store, "A2", place=replace(KULAJO, name="Kulajo village"))
    put(store, "A3", place=None, perpetrators=(), claims=(), targets=())

    def ids(keys: Any) -> list[str]:
        return sorted(store.map_ids(keys.tolist()).values())

    for area in ("Hasakah", "tal hamis", "iq", "garmiyan administration", "Garmiyan", "Nowhere", ""):
        wanted = IncidentFilter(area=area, statuses=None)
        assert ids(store.map_keys_in(area)) == sorted(i.id for i in store.incidents(wanted)), area
    for actor in ("islamic state", "state", "Army", "Islam", "patrol"):
        wanted = IncidentFilter(actor=actor, statuses=None)
        assert ids(store.map_keys_by(actor)) == sorted(i.id for i in store.incidents(wanted)), actor
    for text in ("roadside bomb", '"army patrol"', "unheard", "!"):
        wanted = IncidentFilter(text=text, statuses=None)
        assert ids(store.map_keys_told(text)) == sorted(i.id for i in store.incidents(wanted)), text


def test_a_database_of_the_version_before_gets_its_columns(tmp_path: Path) -> None:
    """Opened by this version, an older database tells of its incidents as if they were stored now."""
    path = tmp_path / "old.db"
    with open_store(str(tmp_path / "new.db")) as new:
        one = put(new, "A1", place=KULAJO)
        expected = told(new)
    folder = resources.files("seamwatch.store") / "migrations"
    with closing(sqlite3.connect(path)) as db, db:
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".sql") and int(file.name.split("_")[0]) <= BEFORE:
                db.executescript(file.read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {BEFORE}")
        db.execute(
            "INSERT INTO incidents (id, json, status, event_type, sub_event_type, date_start, date_end, lat, "
            "lon, killed) VALUES (?, ?, ?, ?, ?, '2020-04-13', '2020-04-13', 34.6131234, 45.1, 2)",
            (one.id, json.dumps(incident_json(one)), one.status, one.event_type, one.sub_event_type),
        )

    with open_store(str(path)) as old:
        assert told(old) == expected
