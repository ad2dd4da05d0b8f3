"""The API of releases: previews, orders and rules over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from release_parties import found_centre
from seamwatch.store import open_store
from serving import serving
from told_store import BOMB, RAID, opened, tell

API = "/api/v1/releases"
ROUGH = "rules: [{id: near, to: [b], tlp: amber, fields: {place: province, sources: withheld}}]"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[httpx.Client, str]]:
    with opened(tmp_path) as store:
        tell(store, "N1", BOMB)
        tell(store, "R1", RAID)
    db = str(tmp_path / "record.db")
    found_centre(db, tmp_path, "rules: [{id: usual, to: [c], tlp: green}]")
    with serving(db) as client:
        client.put(f"{API}/rules", json={"yaml": ROUGH, "by": "Ana"}).raise_for_status()
        yield client, db


def incident_of(db: str) -> str:
    with open_store(db) as store:
        return store.incidents_of(["N1#1"])["N1#1"]


def shown(client: httpx.Client, **wanted: Any) -> Any:
    return client.get(f"{API}/preview", params=wanted).raise_for_status().json()


def test_a_preview_shows_content_and_reasons(desk: tuple[httpx.Client, str]) -> None:
    """Each item has the incident's row, what would go out of it, and why; counts tell of all."""
    client, _ = desk
    told = shown(client, to="b")
    assert told["counts"] == {"released": 2, "waits": 0, "approval": 0, "held": 0, "none": 0}
    assert told["counted"] == 2 and told["next"] is None
    item = next(i for i in told["items"] if i["incident"]["place"]["name"] == "Daquq")
    assert item["content"]["incident"]["place"]["name"] == "Kirkuk" and item["rule"] == "near"
    assert "Daquq" not in str(item["content"])
    assert {"field": "place", "grain": "province", "text": "only the province: given by rule near"} in item[
        "reasons"
    ]
    assert item["sent"] is None


def test_pages_go_on_where_the_last_one_ended(desk: tuple[httpx.Client, str]) -> None:
    """With `limit` and `cursor` every incident comes once."""
    client, _ = desk
    first = shown(client, to="c", limit=1)
    second = shown(client, to="c", limit=1, cursor=first["next"])
    ids = [page["items"][0]["incident"]["id"] for page in (first, second)]
    assert len(set(ids)) == 2 and first["items"][0]["rule"] == "charter:usual"
    assert shown(client, to="c", state="held")["items"] == []


def test_an_order_takes_effect_at_once(desk: tuple[httpx.Client, str]) -> None:
    """A label sends the record out under it; a hold withdraws it again; both are listed."""
    client, db = desk
    incident = incident_of(db)
    body = {"incident": incident, "kind": "label", "tlp": "TLP:AMBER+STRICT", "by": "Ana"}
    client.post(f"{API}/orders", json=body).raise_for_status()
    (item,) = shown(client, to="b", incident=incident)["items"]
    assert (item["sent"]["state"], item["tlp"]) == ("released", "TLP:AMBER+STRICT")
    client.post(f"{API}/orders", json={"incident": incident, "kind": "hold", "by": "Ana", "why": "no"})
    (item,) = shown(client, to="b", incident=incident)["items"]
    assert (item["state"], item["sent"]["state"]) == ("held", "withdrawn")
    told = client.get(f"{API}/orders", params={"incident": incident}).json()["orders"]
    assert [one["kind"] for one in told] == ["hold", "label"]


def test_a_second_person_approves_over_http(desk: tuple[httpx.Client, str]) -> None:
    """Who lifted the hold can't approve; another one can, and it goes out."""
    client, db = desk
    incident = incident_of(db)
    rules = "rules: [{id: asks, to: [b], tlp: amber, approval: true}]"
    client.put(f"{API}/rules", json={"yaml": rules, "by": "Ana"}).raise_for_status()
    for kind in ("hold", "release"):
        client.post(f"{API}/orders", json={"incident": incident, "kind": kind, "by": "Ana"})
    ask = {"incident": incident, "kind": "approve", "to": "b"}
    refused = client.post(f"{API}/orders", json={**ask, "by": "Ana"})
    assert refused.status_code == 409 and refused.json()["error"]["code"] == "second_person"
    given = client.post(f"{API}/orders", json={**ask, "by": "Ben"}).json()
    assert "place" in given["order"]["approved"]
    (item,) = shown(client, to="b", incident=incident)["items"]
    assert item["sent"]["version"] == 1


def test_rules_are_shown_with_the_charters(desk: tuple[httpx.Client, str]) -> None:
    """The YAML comes back as it was written, both lists of rules as they are read."""
    client, _ = desk
    told = client.get(f"{API}/rules").json()
    assert told["yaml"] == ROUGH and told["version"] == 1 and told["by"] == "Ana"
    assert [rule["id"] for rule in told["rules"]] == ["near"]
    assert [rule["id"] for rule in told["charter_rules"]] == ["usual"]
    assert told["doubts"] == []


def test_a_rule_for_a_party_that_nobody_knows_is_told(desk: tuple[httpx.Client, str]) -> None:
    """It is stored, since a party may join later; both the check and the storing name it."""
    client, _ = desk
    ask = {"yaml": "rules: [{id: slip, to: [bb], release: nothing}]", "by": "Ana"}
    for more in ({"check": True}, {}):
        (doubt,) = client.put(f"{API}/rules", json={**ask, **more}).json()["doubts"]
        assert "slip" in doubt and "'bb' is no party of the charter" in doubt


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field", "says"),
    [
        (
            "PUT",
            "/rules",
            {"yaml": "rules: [{id: x, to: b, tlp: pink}]", "by": "A"},
            400,
            "rules[0].tlp",
            "(x): tlp",
        ),
        ("PUT", "/rules", {"yaml": ROUGH}, 400, "by", "say who"),
        ("GET", "/preview?to=z", None, 404, "to", "'z' receives no records"),
        ("GET", "/preview?to=b&incident=i-none", None, 404, None, "no incident"),
        ("GET", "/preview?to=b&cursor=x", None, 400, "cursor", "none of this list"),
        ("POST", "/orders", {"incident": "i-none", "kind": "hold", "by": "A"}, 404, None, "no incident"),
        ("POST", "/orders", {"incident": "HERE", "kind": "label", "by": "A"}, 400, "tlp", "which label"),
        ("POST", "/orders", {"incident": "HERE", "kind": "approve", "by": "A"}, 409, None, "nothing of"),
    ],
)
def test_what_is_wrong_is_named(
    desk: tuple[httpx.Client, str], method: str, path: str, body: Any, status: int, field: Any, says: str
) -> None:
    """Every refusal has its status, says what is wrong, and names the field."""
    client, db = desk
    if body and body.get("incident") == "HERE":
        body = {**body, "incident": incident_of(db)}
    answer = client.request(method, API + path, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (status, field) and says in error["message"]
