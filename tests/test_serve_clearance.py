"""What an account that may not see TLP:RED gets of decisions, withdrawals, map and sums: nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from account_desk import PASSWORD, another, error_code, quick_passwords, sign_in
from party_records import picture_of, record
from release_parties import found_centre
from seamwatch.model.release import ReleaseOrder
from seamwatch.pipeline.accounts import add_account
from seamwatch.pipeline.centre.opening import open_node
from seamwatch.pipeline.centre.ordering import give_order
from seamwatch.pipeline.centre.releasing import release_due
from seamwatch.pipeline.decide import Decider
from seamwatch.store import Store, open_store
from seamwatch.store.base import IncidentFilter
from seamwatch.vocabulary.coordination import OrderKind, Role, Tlp
from serving import serving
from told_store import BOMB, RAID, tell

RULES = "rules: [{id: all, to: [b], tlp: amber}]"
RAWA = {"name": "Rawa", "admin1": "Anbar", "admin2": "Ana", "country": "IQ", "lat": 34.5, "lon": 41.9}
SECRETS = ("Rawa", "Okonkwo", "party:north", "41.9")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Yield clients `red` (admin) and `amber` (reviewer up to AMBER+STRICT), and ids.

    Hidden are an incident that North released as TLP:RED and an own one whose article is red: released to
    another party, then withdrawn.
    """
    folder = tmp_path_factory.mktemp("clearance")
    db = folder / "record.db"
    found_centre(str(db), folder, RULES)
    with open_store(str(db)) as store:
        ids = fill(store, db)
        for name, role, clearance in (
            ("red", Role.ADMIN, Tlp.RED),
            ("amber", Role.LIAISON, Tlp.AMBER_STRICT),
        ):
            add_account(
                store,
                name,
                role=role,
                clearance=clearance,
                password=PASSWORD,
                by="t",
                passwords=quick_passwords(),
            )
    with serving(db) as client, another(client) as amber:
        assert sign_in(client, "red").status_code == sign_in(amber, "amber").status_code == 200
        yield {"red": client, "amber": amber, "ids": ids}


def fill(store: Store, db: Path) -> dict[str, Any]:
    place = {**RAWA, "precision": 1, "radius_km": 3, "evidence": []}
    picture_of(store).show([record("north", "n1", tlp="TLP:RED", place=place)])
    tell(store, "A1", RAID)
    tell(store, "A2", BOMB)
    own = store.incidents_of([m.mention.id for m in store.mentions_of("A2")])
    ids = {
        "red": store.incidents_of(["party:north:n1#1"])["party:north:n1#1"],
        "own": next(iter(own.values())),
        "open": next(iter(store.incidents_of([m.mention.id for m in store.mentions_of("A1")]).values())),
    }
    node = open_node(str(db), None, store)
    release_due(node)
    for kind, why in (("own", "Okonkwo asked for it"), ("open", "it was another village")):
        order = ReleaseOrder(incident=ids[kind], kind=OrderKind.HOLD, by="ana", at=node.clock(), why=why)
        give_order(store, order, node.state())
    release_due(node)
    store.set_label("A2", Tlp.RED)
    decided = Decider(store, by="ana").correct(ids["red"], "killed", 11, why="as Okonkwo counted in Rawa")
    Decider(store, by="ana").confirm(ids["open"], why="two saw it")
    assert len(list(store.incidents(IncidentFilter(statuses=None)))) == 3
    return {**ids, "decision": decided.decision.number}


def test_decisions_about_what_is_hidden_are_not_told(desk: dict[str, Any]) -> None:
    """Neither their values nor their reasons; those about what may be seen are."""
    all_of = desk["red"].get("/api/v1/decisions").json()["decisions"]
    answer = desk["amber"].get("/api/v1/decisions")
    assert {d["kind"] for d in all_of} == {"correct", "confirm"}
    assert [d["kind"] for d in answer.json()["decisions"]] == ["confirm"]
    assert not any(word in answer.text for word in SECRETS)


@pytest.mark.parametrize("kind", ["red", "mention"])
def test_a_hidden_id_answers_like_one_of_nothing(desk: dict[str, Any], kind: str) -> None:
    """Asked for decisions, decided about as a trial, taken back: word by word as for an unknown id."""
    name = "party:north:n1#1" if kind == "mention" else desk["ids"]["red"]
    amber, nobody = desk["amber"], "i-0000000000"

    def answers(one: str, number: str) -> list[tuple[int, str]]:
        trial = {"kind": "confirm", "mentions": [one], "by": "x", "dry_run": True}
        wrong = {"kind": "correct", "mentions": [one], "field": "killed", "value": "many", "by": "x"}
        pair = {"kind": "same", "mentions": [desk["ids"]["open"]], "others": [one], "dry_run": True}
        found = [
            amber.get("/api/v1/decisions", params={"mention": one}),
            amber.get(f"/api/v1/incidents/{quote(one)}"),
            amber.get(f"/api/v1/incidents/{quote(one)}/articles"),
            amber.post("/api/v1/decisions", json=trial),
            amber.post("/api/v1/decisions", json=wrong),
            amber.post("/api/v1/decisions", json=pair),
            amber.post(f"/api/v1/decisions/{number}/undo", json={}),
            amber.get("/api/v1/releases/orders", params={"incident": one}),
            amber.get("/api/v1/releases/preview", params={"to": "b", "incident": one}),
            amber.post("/api/v1/releases/orders", json={"incident": one, "kind": "hold", "why": "x"}),
        ]
        return [(a.status_code, a.text.replace(one, "ID").replace(f" {number}:", " N:")) for a in found]

    theirs, none = answers(name, str(desk["ids"]["decision"])), answers(nobody, "999999")
    assert theirs == none
    red = desk["red"]
    trial = {"kind": "confirm", "mentions": [name], "dry_run": True}
    assert red.post("/api/v1/decisions", json=trial).status_code == 200
    assert len(red.get("/api/v1/decisions").json()["decisions"]) == 2


def test_withdrawals_of_what_is_hidden_are_not_told(desk: dict[str, Any]) -> None:
    """The reason and the id of an incident stand only beside what the account may see."""
    whole = desk["red"].get("/api/v1/centre/withdrawals").json()["withdrawals"]
    assert {w["incident"] for w in whole} == {desk["ids"]["own"], desk["ids"]["open"]}
    seen = desk["amber"].get("/api/v1/centre/withdrawals").json()["withdrawals"]
    assert {w["incident"] for w in seen} == {desk["ids"]["open"]}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/incidents?status=all",
        "/api/v1/incidents?status=all&text=Rawa",
        "/api/v1/articles?text=Rawa",
        "/api/v1/export?format=misp&status=all",
        "/api/v1/export?format=cap&status=all",
        "/api/v1/export?format=jsonl&status=all&as_of=2099-01-01",
        "/api/v1/export?format=hxl&status=all",
        "/api/v1/sitrep?since=2024-03-20&until=2024-04-20&status=all",
        "/api/v1/releases/preview?to=b",
        "/api/v1/requests",
        "/api/v1/unanswered",
        "/api/v1/review",
        "/api/v1/centre",
        "/api/v1/audit",
        "/api/v1/audit/export",
    ],
)
def test_no_answer_has_a_word_of_it(desk: dict[str, Any], path: str) -> None:
    """Lists, searches, exports, reports, the centre and the log."""
    answer = desk["amber"].get(path)
    assert answer.status_code == 200, answer.text
    assert not any(word in answer.text for word in SECRETS)


def test_the_map_and_the_sums_have_none_of_it(desk: dict[str, Any]) -> None:
    """The tile over the whole world and the sums count what may be seen alone."""
    asked = {"status": "all", "by": "status"}
    counts = {
        name: desk[name].get("/api/v1/summary", params=asked).json()["total"]["incidents"]
        for name in ("red", "amber")
    }
    assert counts == {"red": 3, "amber": 1}
    tiles = {
        name: desk[name].get("/api/v1/tiles/0/0/0.mvt", params={"status": "all"}) for name in ("red", "amber")
    }
    assert {t.status_code for t in tiles.values()} == {200}
    for name in ("red", "own"):
        assert desk["ids"][name].encode() not in tiles["amber"].content
    assert len(tiles["amber"].content) < len(tiles["red"].content)


def test_a_request_about_what_is_hidden_is_refused_like_one_about_nothing(desk: dict[str, Any]) -> None:
    """Its record's id does not go out for who may not see it."""
    body = {
        "to": ["b"],
        "kind": "information",
        "text": "What do you know?",
        "deadline": "2099-01-01T00:00:00Z",
        "priority": "routine",
    }
    answers = [
        desk["amber"].post("/api/v1/requests", json={**body, "incident": name})
        for name in (desk["ids"]["red"], "i-0000000000")
    ]
    assert [error_code(a) for a in answers] == [(404, "unknown_incident")] * 2
    assert answers[0].text == answers[1].text
