"""The requests board over HTTP: asked, answered, listed; and the incidents that nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from account_desk import PASSWORD, quick_passwords, sign_in
from asking_parties import NORTH, SOUTH, asking, carry
from exchange_serving import TestParty
from seamwatch.pipeline.accounts import add_account
from seamwatch.vocabulary.coordination import Role, Tlp
from serving import serving
from test_serve_server import error_of
from told_store import BOMB, RAID, incident_of, tell

Json = dict[str, Any]
API = "/api/v1"


@dataclass
class Board:
    """The desk of one party, the parties, and an incident that the desk's party knows."""

    client: httpx.Client
    made: dict[str, TestParty]
    incident: str

    def ask(self, **more: Any) -> httpx.Response:
        body = {
            "to": [SOUTH],
            "kind": "response",
            "text": "Who covers the road?",
            "deadline": (datetime.now(UTC) + timedelta(hours=9)).isoformat(),
            **more,
        }
        return self.client.post(f"{API}/requests", json=body)

    def get(self, path: str, **query: str) -> Json:
        answer = self.client.get(f"{API}{path}", params=query)
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Yield the desk of one of two parties."""
    with asking(tmp_path) as made:
        store = made[NORTH].node.store
        incident = incident_of(store, tell(store, "N1", BOMB))
        with serving(made[NORTH].db) as client:
            yield Board(client=client, made=made, incident=incident)


def test_a_request_is_asked_and_answered(board: Board) -> None:
    """What the desk asks goes to the other party, and its answer is on the board."""
    asked = board.ask(incident=board.incident, area="daquq", priority="urgent", by="Duty desk")
    assert asked.status_code == 200, asked.text
    made = asked.json()["request"]
    assert (made["direction"], made["state"], made["incident"]) == ("out", "open", board.incident)
    assert made["record"]["party"] == NORTH and made["states"] == [{"party": SOUTH, "state": "open"}]
    carry(board.made)
    from seamwatch.pipeline.centre.requesting import answer_request
    from seamwatch.vocabulary.coordination import RequestState

    answer_request(board.made[SOUTH].node, made["id"], RequestState.DECLINED, "no car", by="Ops room")
    carry(board.made)
    now = board.get(f"/requests/{made['id']}")["request"]
    assert now["state"] == "declined"
    (answer,) = now["answers"]
    assert (answer["party"], answer["text"], answer["by"]) == (SOUTH, "no car", "Ops room")
    assert board.get("/requests", state="declined", direction="out", party=SOUTH)["requests"] == [now]
    assert board.get("/requests", direction="in")["requests"] == []


def test_what_others_ask_is_answered_here(board: Board) -> None:
    """The desk answers a request of another party, and that one learns it."""
    from seamwatch.pipeline.centre.requesting import new_request
    from seamwatch.vocabulary.coordination import RequestKind

    south = board.made[SOUTH].node
    made = new_request(
        south,
        to=[NORTH],
        kind=RequestKind.INFORMATION,
        text="Is the bridge open?",
        deadline=datetime.now(UTC) + timedelta(hours=9),
    ).request
    carry(board.made)
    path = f"{API}/requests/{made.id}/answers"
    assert error_of(board.client.post(path, json={"state": "declined"}))[:2] == (400, "bad_value")
    done = board.client.post(path, json={"state": "done", "text": "yes"})
    assert done.json()["request"]["state"] == "done"
    again = board.client.post(path, json={"state": "accepted"})
    assert error_of(again)[:2] == (409, "not_allowed")
    carry(board.made)
    assert [a.text for a in south.store.answers_to([made.id])[made.id]] == ["yes"]


def test_words_beyond_the_rules_go_out_only_as_written(board: Board) -> None:
    """They are refused with what they tell, of a question, of what we cover, and of an answer."""
    for more in ({}, {"to": [NORTH]}):
        about = {"text": "Is Daquq reached?", "incident": board.incident, **more}
        refused = board.ask(**about)
        assert error_of(refused) == (409, "tells_withheld", "text")
        assert "tell south the place" in refused.json()["error"]["message"]
        made = board.ask(**about, as_written=True).json()["request"]
        assert made["text"] == "Is Daquq reached?" and made["withheld"] == []
    path = f"{API}/requests/{made['id']}/answers"
    done = {"state": "done", "text": "We were in Daquq."}
    assert error_of(board.client.post(path, json=done)) == (409, "tells_withheld", "text")
    answered = board.client.post(path, json={**done, "as_written": True})
    assert answered.json()["request"]["state"] == "done"


@pytest.mark.parametrize("hidden", [False, True])
def test_who_may_not_see_all_is_not_told_what_words_tell(tmp_path: Path, hidden: bool) -> None:
    """The refusal names party, field and rule only where nothing is hidden from the account itself."""
    with asking(tmp_path) as made:
        store = made[NORTH].node.store
        incident = incident_of(store, tell(store, "N1", BOMB))
        tell(store, "N2", RAID)
        if hidden:
            store.set_label("N2", Tlp.RED)
        for name, role, clearance in (("ada", Role.ADMIN, Tlp.RED), ("lia", Role.LIAISON, Tlp.AMBER)):
            add_account(
                store,
                name,
                role=role,
                clearance=clearance,
                password=PASSWORD,
                by="test",
                passwords=quick_passwords(),
            )
        with serving(made[NORTH].db) as client:
            sign_in(client, "lia")
            refused = Board(client=client, made=made, incident=incident).ask(
                text="Is Daquq reached?", incident=incident
            )
    assert error_of(refused) == (409, "tells_withheld", "text")
    said = refused.json()["error"]["message"]
    assert ("tell south the place" in said) is not hidden and "send it all the same" in said


def test_unanswered_incidents_until_we_cover_them(board: Board) -> None:
    """An incident is listed until the desk's own party takes it upon itself, told to all."""
    (one,) = board.get("/unanswered")["unanswered"]
    assert one["incident"]["id"] == board.incident and one["areas"] == ["daquq"]
    covered = board.ask(to=[NORTH], text="Our patrol is there.", incident=board.incident)
    assert covered.json()["request"]["state"] == "accepted"
    assert board.get("/unanswered")["unanswered"] == []
    assert error_of(board.ask(to=[NORTH], kind="information"))[2] == "kind"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"to": []}, 400, "to"),
        ({"to": ["nobody"]}, 400, "to"),
        ({"kind": "order"}, 400, "kind"),
        ({"text": ""}, 400, "text"),
        ({"text": "x" * 4001}, 400, "text"),
        ({"deadline": "2020-01-01T00:00:00Z"}, 400, "deadline"),
        ({"deadline": "2027-01-01T00:00:00"}, 400, "deadline"),
        ({"priority": "flash"}, 400, "priority"),
        ({"incident": "i-none"}, 404, "incident"),
        ({"area": "basra"}, 400, "area"),
        ({"by": "x" * 90}, 400, "by"),
    ],
)
def test_wrong_requests_are_refused(board: Board, change: Json, status: int, field: str) -> None:
    """What is wrong is told with its field, and nothing is stored or sent."""
    refused = board.ask(**change)
    assert refused.status_code == status, refused.text
    assert refused.json()["error"]["field"] == field
    assert board.get("/requests") == {"requests": [], "next": None}


def test_the_list_comes_page_by_page(board: Board) -> None:
    """Following `next` gives every request once, the newest first; a filter holds on all pages."""
    for number in range(7):
        assert (
            board.ask(kind="information" if number % 2 else "response", text=f"{number}?").status_code == 200
        )
    whole = board.get("/requests")
    assert len(whole["requests"]) == 7 and whole["next"] is None
    found, cursor = [], ""
    while cursor is not None:
        page = board.get("/requests", state="open", limit="3", **({"cursor": cursor} if cursor else {}))
        found += page["requests"]
        cursor = page["next"]
    assert found == whole["requests"]
    wrong = board.client.get(f"{API}/requests", params={"cursor": "WyJyZXZpZXciLDBd"})
    assert error_of(wrong) == (400, "bad_cursor", "cursor")


def test_requests_of_one_id_are_told_apart_by_who_asks(board: Board) -> None:
    """The id alone does not say which is meant; with the sender before it, it does, for the answer too."""
    made = board.ask().json()["request"]
    node = board.made[NORTH].node
    theirs = replace(node.store.request(made["id"]), sender=SOUTH, to=(NORTH,), text="And who clears it?")
    node.store.add_request(theirs)
    answer = {"state": "accepted", "text": "we do"}
    for asked in (
        board.client.get(f"{API}/requests/{made['id']}"),
        board.client.post(f"{API}/requests/{made['id']}/answers", json=answer),
    ):
        assert error_of(asked) == (409, "request_ambiguous", None)
    done = board.client.post(f"{API}/requests/{SOUTH}:{made['id']}/answers", json=answer)
    assert done.json()["request"]["text"] == theirs.text and done.json()["request"]["state"] == "accepted"
    own = board.get(f"/requests/{NORTH}:{made['id']}")["request"]
    assert (own["text"], own["state"], own["answers"]) == (made["text"], "open", [])


def test_unknown_requests_are_not_found(board: Board) -> None:
    """A request that is not here is told so, with the list that has those that are."""
    assert error_of(board.client.get(f"{API}/requests/none"))[:2] == (404, "unknown_request")
    gone = board.client.post(f"{API}/requests/none/answers", json={"state": "done"})
    assert error_of(gone)[:2] == (404, "unknown_request")


def test_the_board_of_no_party_is_empty(own_client: httpx.Client) -> None:
    """A record that is no party yet has an empty board, and asking says what is missing."""
    assert own_client.get(f"{API}/requests").json() == {"requests": [], "next": None}
    assert own_client.get(f"{API}/unanswered").json() == {"unanswered": []}
    body = {"to": [SOUTH], "kind": "response", "text": "Who?", "deadline": "2027-01-01T00:00:00Z"}
    assert error_of(own_client.post(f"{API}/requests", json=body))[:2] == (409, "no_keys")


def test_a_request_expires_without_a_write(board: Board) -> None:
    """The board follows the clock: it is never answered from what a browser holds."""
    made = board.ask().json()["request"]
    assert "etag" not in board.client.get(f"{API}/requests").headers
    assert "etag" not in board.client.get(f"{API}/requests/{made['id']}").headers
