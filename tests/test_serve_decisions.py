"""Decisions and the review queue over HTTP: what is decided is stored, told, and can be taken back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from test_serve_server import error_of

Json = dict[str, Any]


def decide(client: httpx.Client, kind: str, mentions: list[str], **more: Any) -> Json:
    answer = client.post("/api/v1/decisions", json={"kind": kind, "mentions": mentions, "by": "ana", **more})
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def ids(client: httpx.Client) -> set[str]:
    page = client.get("/api/v1/incidents", params={"limit": 500, "status": "all"}).json()
    assert page["next"] is None
    return {row["id"] for row in page["incidents"]}


def test_two_incidents_are_merged_and_parted_again(own_client: httpx.Client) -> None:
    """A merge removes one incident, its id leads on, the undoing opens it again; the ETags change."""
    before = own_client.get("/api/v1/incidents", params={"status": "all"})
    one, other = [row["id"] for row in before.json()["incidents"]][:2]
    made = decide(own_client, "merge", [one, other], reason="  the same\n attack ")
    (gone,) = made["removed"]
    assert gone in (one, other) and made["opened"] == []
    assert made["decision"]["why"] == "the same attack"
    assert own_client.get(f"/api/v1/incidents/{gone}").json()["incident"]["id"] == made["updated"][0]
    after = own_client.get("/api/v1/incidents", params={"status": "all"})
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["total"] == before.json()["total"] - 1
    told = own_client.get("/api/v1/decisions").json()["decisions"]
    assert [(d["id"], d["kind"], d["by"], d["undone_by"]) for d in told] == [("d1", "merge", "ana", None)]
    undone = own_client.post("/api/v1/decisions/d1/undo", json={"by": "ben", "reason": "I was wrong"}).json()
    assert undone["opened"] == [gone]
    assert ids(own_client) == {row["id"] for row in before.json()["incidents"]}
    again = own_client.post("/api/v1/decisions/1/undo", json={"by": "ben"})
    assert error_of(again)[:2] == (409, "not_undoable")
    told = own_client.get("/api/v1/decisions").json()["decisions"]
    assert [(d["id"], d["undone_by"]) for d in told] == [("d2", None), ("d1", "d2")]


def test_an_incident_is_confirmed_and_corrected(own_client: httpx.Client) -> None:
    """Its status and the corrected figure change, and the incident tells who decided it."""
    name = next(iter(sorted(ids(own_client))))
    decide(own_client, "confirm", [name])
    decide(own_client, "correct", [name], field="killed", value=7, reason="hospital list")
    body = own_client.get(f"/api/v1/incidents/{name}").json()
    assert body["incident"]["status"] == "confirmed"
    assert body["incident"]["killed"]["best"] == 7
    assert [d["kind"] for d in body["decisions"]] == ["correct", "confirm"]
    by_mention = body["incident"]["mentions"][0]["id"]
    assert len(own_client.get("/api/v1/decisions", params={"mention": by_mention}).json()["decisions"]) == 2
    assert len(own_client.get("/api/v1/decisions", params={"mention": name}).json()["decisions"]) == 2


def test_a_dry_run_stores_nothing(own_client: httpx.Client) -> None:
    """What would change is told, and nothing is kept."""
    names = sorted(ids(own_client))
    told = decide(own_client, "merge", names[:2], dry_run=True)
    assert len(told["removed"]) == 1
    assert own_client.get("/api/v1/decisions").json() == {"decisions": []}
    assert sorted(ids(own_client)) == names


def test_what_was_reviewed_leaves_the_queue(own_client: httpx.Client) -> None:
    """An item shows both tellings with their articles and reasons; once decided it is gone."""
    page = own_client.get("/api/v1/review", params={"limit": 1}).json()
    (item,) = page["items"]
    assert item["left"]["article"]["source"] and item["right"]["evidence"]
    assert item["reasons"] and 0 < item["score"] < 1 and item["would"]
    decide(own_client, "different", [item["left"]["id"]], others=[item["right"]["id"]])
    left = own_client.get("/api/v1/review").json()
    assert left["total"] < page["total"]
    pairs = [{i["left"]["id"], i["right"]["id"]} for i in left["items"]]
    assert {item["left"]["id"], item["right"]["id"]} not in pairs


def test_the_queue_comes_page_by_page(client: httpx.Client) -> None:
    """The pages together are the queue."""
    whole = client.get("/api/v1/review", params={"limit": 100}).json()
    assert whole["next"] is None
    items, page = [], client.get("/api/v1/review", params={"limit": 1}).json()
    while True:
        items += page["items"]
        if page["next"] is None:
            break
        page = client.get("/api/v1/review", params={"limit": 1, "cursor": page["next"]}).json()
    assert items == whole["items"]
    assert error_of(client.get("/api/v1/review?cursor=abc"))[2] == "cursor"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "guess", "mentions": ["x"], "by": "ana"}, 400, "kind"),
        ({"kind": "undo", "mentions": ["x"], "by": "ana"}, 400, "kind"),
        ({"kind": "confirm", "mentions": [], "by": "ana"}, 400, "mentions"),
        ({"kind": "confirm", "mentions": ["x"], "by": "  "}, 400, "by"),
        ({"kind": "confirm", "mentions": ["x"]}, 400, "by"),
        ({"kind": "confirm", "mentions": "x", "by": "ana"}, 400, "mentions"),
        ({"kind": "confirm", "mentions": ["nobody#1"], "by": "ana"}, 404, "mentions"),
        ({"kind": "same", "mentions": ["x"], "by": "ana"}, 400, "others"),
        ({"kind": "merge", "mentions": ["x"], "by": "ana"}, 400, "others"),
        ({"kind": "correct", "mentions": ["x"], "by": "ana"}, 400, "field"),
        ({"kind": "correct", "mentions": ["x"], "by": "ana", "field": "killed", "value": "many"}, 400, None),
        ([], 400, None),
    ],
)
def test_a_decision_that_can_not_be_is_refused(
    client: httpx.Client, body: object, status: int, field: str | None
) -> None:
    """What is missing or unknown is named; nothing is stored."""
    answer = client.post("/api/v1/decisions", json=body)
    assert error_of(answer)[::2] == (status, field)


def test_broken_json_is_said(client: httpx.Client) -> None:
    """A body that breaks off is no server error."""
    answer = client.post(
        "/api/v1/decisions", content=b'{"kind": ', headers={"Content-Type": "application/json"}
    )
    assert error_of(answer) == (400, "bad_json", None)


@pytest.mark.parametrize(("number", "status"), [("999", 404), ("dx", 400), ("-1", 400), ("9" * 40, 400)])
def test_undoing_what_is_none_is_refused(client: httpx.Client, number: str, status: int) -> None:
    """An unknown number gives 404, something else than a number 400."""
    assert error_of(client.post(f"/api/v1/decisions/{number}/undo", json={"by": "ana"}))[0] == status
