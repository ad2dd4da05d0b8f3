"""Who may see what: labels, clearances, and incidents told from what may be seen of them alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from account_desk import PASSWORD as WORDS
from account_desk import quick_passwords, sign_in
from party_records import all_of, picture_of, record, toll
from seamwatch.model.incident import Incident
from seamwatch.model.incident_codec import incident_json
from seamwatch.pipeline.accounts import add_account
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.visibility import (
    hidden_from_clearance,
    is_own,
    label_of_incident,
    list_visible,
    told_from,
    visible_to_clearance,
)
from seamwatch.store import Store, open_store
from seamwatch.store.base import IncidentFilter
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Role, Tlp
from serving import serving
from told_store import RAID, opened, tell

EVERY = IncidentFilter(statuses=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store with a bomb of which South's figure is red, a red incident, and an own raid."""
    with opened(tmp_path) as made:
        fill(made)
        yield made


def fill(store: Store) -> None:
    far = {"name": "Rawa", "admin1": "Anbar", "admin2": "Ana", "country": "IQ", "lat": 34.5, "lon": 41.9}
    secret = {"quote": "counted at Okonkwo's clinic", "source": "a nurse", "published": None}
    picture_of(store).show(
        [
            record("north", "n1"),
            record("south", "s1", tlp="TLP:RED", killed=toll(9, secret)),
            record("south", "s2", tlp="TLP:RED", place={**far, "precision": 1, "radius_km": 3}),
        ]
    )
    tell(store, "A1", RAID)


def by_place(incidents: Any) -> dict[str, Incident]:
    return {i.place.name: i for i in incidents}


def test_an_incident_is_told_from_what_may_be_seen_of_it_alone(store: Store) -> None:
    """Without the red record its figure, its quote, its disagreement and its voice are gone; the id stays."""
    whole = by_place(all_of(store))["Daquq"]
    assert (whole.killed.best, whole.voices, len(whole.disagreements)) == (9, 2, 1)  # type: ignore[union-attr]
    seen = visible_to_clearance(store, whole, Tlp.AMBER_STRICT)
    assert seen is not None and seen.id == whole.id
    assert (seen.killed.best, seen.voices, seen.disagreements) == (2, 1, ())  # type: ignore[union-attr]
    assert seen.status is Status.UNCONFIRMED
    text = repr(incident_json(seen))
    assert not any(word in text for word in ("South", "south", "Okonkwo", "RED"))


def test_what_is_all_allowed_is_the_incident_itself(store: Store) -> None:
    """Nothing is derived anew where everything may be seen; where nothing may, there is no incident."""
    whole = by_place(all_of(store))
    assert visible_to_clearance(store, whole["Daquq"], Tlp.RED) is whole["Daquq"]
    assert visible_to_clearance(store, whole["Rawa"], Tlp.AMBER_STRICT) is None
    assert told_from(store, whole["Rutba"], is_own) is whole["Rutba"]
    assert told_from(store, whole["Daquq"], is_own) is None


@pytest.mark.parametrize(
    ("clearance", "hidden"),
    [
        (Tlp.RED, set()),
        (Tlp.AMBER_STRICT, {"Daquq", "Rawa"}),
        (Tlp.AMBER, {"Daquq", "Rawa"}),
        (Tlp.GREEN, {"Daquq", "Rawa", "Rutba"}),
        (Tlp.CLEAR, {"Daquq", "Rawa", "Rutba"}),
    ],
)
def test_what_a_clearance_may_not_see_whole(store: Store, clearance: Tlp, hidden: set[str]) -> None:
    """A label above the clearance hides; an own article without a label counts as TLP:AMBER."""
    names = {i.id: name for name, i in by_place(all_of(store)).items()}
    assert {names[name] for name in hidden_from_clearance(store, clearance)} == hidden


def test_an_own_article_may_have_a_label(store: Store) -> None:
    """With a label of its own an article is hidden or shown by that."""
    store.set_label("A1", Tlp.RED)
    assert label_of_incident(by_place(all_of(store))["Rutba"]) is Tlp.RED
    assert "Rutba" not in by_place(list_visible(store, EVERY, Tlp.AMBER))
    store.set_label("A1", Tlp.CLEAR)
    assert set(by_place(list_visible(store, EVERY, Tlp.CLEAR))) == {"Rutba"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (IncidentFilter(statuses=None), {"Daquq", "Rutba"}),
        (IncidentFilter(statuses=None, min_killed=8), set()),
        (IncidentFilter(statuses=None, text="Okonkwo"), set()),
        (IncidentFilter(statuses=(Status.CONFIRMED,)), {"Rutba"}),
        (IncidentFilter(statuses=None, area="Daquq"), {"Daquq"}),
    ],
)
def test_a_filter_asks_what_may_be_seen(store: Store, wanted: IncidentFilter, found: set[str]) -> None:
    """Nobody learns a hidden figure, status or word by asking for it."""
    assert set(by_place(list_visible(store, wanted, Tlp.AMBER))) == found


def test_a_decision_about_hidden_mentions_is_hidden(store: Store) -> None:
    """Who confirmed the incident with the red record in sight said something about that, too."""
    whole = by_place(all_of(store))["Daquq"]
    Decider(store, by="Ana").confirm(whole.id, why="the nurse is right")
    seen = visible_to_clearance(store, store.incident(whole.id), Tlp.AMBER)
    assert seen is not None and seen.decisions == () and "nurse" not in repr(incident_json(seen))


def test_a_retraction_holds_without_its_words(store: Store) -> None:
    """What we hold to be wrong is not shown as true to those who may not know why."""
    whole = by_place(all_of(store))["Daquq"]
    Decider(store, by="Ana").retract(whole.id, why="the nurse was wrong")
    seen = visible_to_clearance(store, store.incident(whole.id), Tlp.AMBER)
    assert seen is not None and seen.status is Status.RETRACTED
    assert "nurse" not in repr(incident_json(seen))
    assert "party:south" not in repr(seen)


# --- the desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, httpx.Client]]:
    """Yield clients of one desk: `red` may see everything, `amber` up to TLP:AMBER+STRICT."""
    folder = tmp_path_factory.mktemp("visibility")
    db = folder / "record.db"
    with open_store(str(db)) as made:
        fill(made)
        passwords = quick_passwords()
        for name, role, clearance in (
            ("red", Role.ADMIN, Tlp.RED),
            ("amber", Role.REVIEWER, Tlp.AMBER_STRICT),
        ):
            add_account(
                made, name, role=role, clearance=clearance, password=WORDS, by="t", passwords=passwords
            )
    with serving(db) as client, httpx.Client(base_url=client.base_url, timeout=60) as other:
        assert sign_in(client, "red").status_code == sign_in(other, "amber").status_code == 200
        yield {"red": client, "amber": other}


def rows(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    page = client.get("/api/v1/incidents", params={"status": "all", **asked}).json()
    assert page["total"] == len(page["incidents"])
    return {row["place"]["name"]: row for row in page["incidents"]}


@pytest.mark.parametrize("sort", ["-date", "date", "-killed", "-updated"])
def test_a_list_tells_what_the_account_may_see(desk: dict[str, httpx.Client], sort: str) -> None:
    """The red incident is not listed, the mixed one without what is red, page by page too."""
    assert set(rows(desk["red"], sort=sort)) == {"Daquq", "Rawa", "Rutba"}
    seen = rows(desk["amber"], sort=sort)
    assert set(seen) == {"Daquq", "Rutba"}
    assert (seen["Daquq"]["killed"]["best"], seen["Daquq"]["parties"]) == (2, ["Rescue North"])
    asked = {"status": "all", "sort": sort, "limit": 1}
    first = desk["amber"].get("/api/v1/incidents", params=asked).json()
    second = desk["amber"].get("/api/v1/incidents", params={**asked, "cursor": first["next"]}).json()
    names = [row["place"]["name"] for page in (first, second) for row in page["incidents"]]
    assert sorted(names) == ["Daquq", "Rutba"] and second["next"] is None


@pytest.mark.parametrize("asked", [{"min_killed": 8}, {"text": "Okonkwo"}, {"area": "Rawa"}])
def test_a_list_can_not_be_asked_for_what_is_hidden(
    desk: dict[str, httpx.Client], asked: dict[str, Any]
) -> None:
    """A filter that only the red values pass finds nothing."""
    assert rows(desk["red"], **asked)
    assert not rows(desk["amber"], **asked)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/incidents/{Rawa}",
        "/api/v1/incidents/{Rawa}/articles",
        "/api/v1/articles/party:south:s2",
        "/api/v1/articles/party:south:s1",
    ],
)
def test_what_is_hidden_is_not_there(desk: dict[str, httpx.Client], path: str) -> None:
    """Its address answers as one that leads nowhere."""
    ids = {name: row["id"] for name, row in rows(desk["red"]).items()}
    assert desk["red"].get(path.format(**ids)).status_code == 200
    assert desk["amber"].get(path.format(**ids)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/incidents/{Daquq}",
        "/api/v1/incidents/{Daquq}?policy=latest",
        "/api/v1/incidents/{Daquq}/articles",
        "/api/v1/incidents?status=all&policy=latest",
        "/api/v1/articles",
        "/api/v1/articles?text=nurse",
        "/api/v1/export?format=jsonl&status=all",
        "/api/v1/export?format=csv&status=all",
        "/api/v1/export?format=geojson&status=all",
        "/api/v1/sitrep?since=2024-03-20&until=2024-04-20&status=all",
        "/api/v1/review",
    ],
)
def test_no_answer_has_a_word_of_what_is_hidden(desk: dict[str, httpx.Client], path: str) -> None:
    """Details, articles, searches, exports, reports and the queue are without what is red."""
    ids = {name: row["id"] for name, row in rows(desk["red"]).items()}
    answer = desk["amber"].get(path.format(**ids))
    assert answer.status_code == 200, answer.text
    assert not any(word in answer.text for word in ("South Watch", "party:south", "Okonkwo", "Rawa"))


def test_sums_tell_of_a_mixed_incident_what_may_be_seen(desk: dict[str, httpx.Client]) -> None:
    """The figures of map and charts count it as the part tells it that the account may see."""
    asked = {"status": "all", "by": "status"}
    totals = {n: desk[n].get("/api/v1/summary", params=asked).json()["total"] for n in ("red", "amber")}
    assert totals["red"] == {"incidents": 3, "killed": 18, "injured": 6}
    assert totals["amber"] == {"incidents": 2, "killed": 9, "injured": 3}


def test_an_export_can_be_held_below_a_label(desk: dict[str, httpx.Client]) -> None:
    """With max_tlp what is above is left out, whoever asks; without it each row says its strictest label."""
    asked = {"status": "all", "format": "csv"}
    lines = desk["red"].get("/api/v1/export", params=asked).text.splitlines()
    assert sorted(line.rsplit(",", 1)[1] for line in lines) == ["", "TLP:RED", "TLP:RED", "tlp"]
    below = desk["red"].get("/api/v1/export", params={**asked, "max_tlp": "amber"}).text
    assert "TLP:RED" not in below and "South Watch" not in below and "TLP:AMBER" in below
    wrong = desk["red"].get("/api/v1/export", params={**asked, "max_tlp": "pink"})
    assert wrong.json()["error"]["field"] == "max_tlp"


def test_the_command_lists_what_a_label_allows(store: Store, tmp_path: Path) -> None:
    """`incidents --max-tlp` tells what that label allows, as the desk does."""
    program = str(Path(sys.executable).parent / "seamwatch")
    command = [program, "incidents", "--db", str(tmp_path / "record.db"), "--status", "all", "-f", "csv"]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    below = subprocess.run(
        [*command, "--max-tlp", "amber"], capture_output=True, text=True, check=True
    ).stdout
    assert "Rawa" in whole and "South Watch" in whole
    assert "Rawa" not in below and "South Watch" not in below and "Daquq" in below
