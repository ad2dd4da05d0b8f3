"""An incident that an account may not see changes nothing in any answer that it gets.

Two desks are asked the same: `twin` holds what the account may see, `whole` is a copy of it in which more
was told that the account may not see. Every GET route is asked; what still differs stands with its reason
in tests/cases/hidden_differences.yaml.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from account_desk import PASSWORD, another, quick_passwords, sign_in
from party_records import picture_of, record, toll
from release_parties import found_centre
from seamwatch.ingest.area_files import read_areas
from seamwatch.model.charter import AnswerTime, CharterArea
from seamwatch.model.exchange import SentRecord
from seamwatch.model.release import ReleaseOrder
from seamwatch.model.request import Request
from seamwatch.pipeline.accounts import add_account
from seamwatch.pipeline.areas import add_areas
from seamwatch.pipeline.centre.opening import open_node
from seamwatch.pipeline.centre.ordering import give_order
from seamwatch.pipeline.centre.releasing import release_due
from seamwatch.pipeline.decide import Decider
from seamwatch.samples import EXAMPLE_AREAS, example_areas
from seamwatch.serve.access import ROUTES
from seamwatch.store import Store, open_store
from seamwatch.vocabulary.coordination import OrderKind, RequestKind, Role, Tlp
from serving import serving
from told_store import BOMB, RAID, tell, unsure

API = "/api/v1"
CASES = Path(__file__).parent / "cases" / "hidden_differences.yaml"
RULES = "rules: [{id: all, to: [b], tlp: red}]"
CHARTER: dict[str, Any] = {
    "areas": (CharterArea(id="kirkuk-governorate", name="Kirkuk Governorate", contested=True),),
    "answer_times": (AnswerTime(kind="incident", answer_hours=1),),
}
SECRETS = ("Okonkwo", "Zurbatan", "South Watch", "party:south", "Mosul Ledger", "nurse")
PLACE = {"name": "Zurbatan", "admin1": "Anbar", "admin2": "Ana", "country": "IQ", "lat": 34.5, "lon": 41.9}
FAR = {"day": 25, "place": "Zurbatan", "admin2": "Ana", "admin1": "Anbar", "lat": 34.5, "lon": 41.9}
NEAR = {"day": 9, "place": "Dibis", "admin2": "Dibis", "admin1": "Kirkuk", "lat": 35.67, "lon": 44.07}
ASKED = UUID(int=77)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Two desks as one account sees them, and the ids that are asked for, by what they are."""

    twin: httpx.Client
    whole: httpx.Client
    ids: dict[str, str]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Yield both desks for an admin who reads up to TLP:AMBER: what the role can't see is no matter here."""
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "whole").mkdir()
    twin, whole = folder / "record.db", folder / "whole" / "record.db"
    found_centre(str(twin), folder, RULES, **CHARTER)
    with open_store(str(twin)) as store:
        ids = tell_what_is_seen(store, twin)
    shutil.copyfile(twin, whole)
    shutil.copyfile(f"{twin}.keys", f"{whole}.keys")
    with open_store(str(whole)) as store:
        ids |= tell_what_is_hidden(store, whole, ids)
    with serving(twin) as one, serving(whole) as other:
        for client in (one, other):
            assert sign_in(client, "amber").status_code == 200
        yield Desks(twin=one, whole=other, ids=ids)


def tell_what_is_seen(store: Store, db: Path) -> dict[str, str]:
    for name in EXAMPLE_AREAS:
        add_areas(store, read_areas(example_areas(name), name).areas)
    for name, clearance in (("amber", Tlp.AMBER), ("green", Tlp.GREEN), ("red", Tlp.RED)):
        add_account(
            store,
            name,
            role=Role.ADMIN,
            clearance=clearance,
            password=PASSWORD,
            by="t",
            passwords=quick_passwords(),
        )
    picture_of(store).show([record("north", "n1"), record("north", "n2", tlp="TLP:GREEN", date=DAY)])
    raid = tell(store, "A1", RAID)
    tell(store, "A2", RAID, killed=8)
    near = tell(store, "A3", {**BOMB, **NEAR, "told": 11})
    also = tell(store, "A4", {**BOMB, **NEAR, "day": 13, "killed": 6})
    unsure(store, near, also, -100)
    own = store.incidents_of([raid, near, also, "party:north:n1#1"])
    Decider(store, by="ana").confirm(own[raid], why="two saw it")
    node = open_node(str(db), None, store)
    release_due(node)
    hold(store, db, own[also], "it was another village")
    now = datetime.now(UTC)
    about_hidden = Request(
        id=str(ASKED),
        sender="c",
        to=("a",),
        kind=RequestKind.INFORMATION,
        text="Do you know more of it?",
        at=now,
        deadline=now + timedelta(days=2),
        record=("south", "s2"),
    )
    store.add_request(about_hidden)
    return {"raid": own[raid], "near": own[near], "also": own[also], "bomb": own["party:north:n1#1"]}


DAY = {"start": "2024-04-11", "end": "2024-04-11", "precision": 1, "evidence": []}


def tell_what_is_hidden(store: Store, db: Path, ids: dict[str, str]) -> dict[str, str]:
    """Tell more: incidents that are hidden altogether, and of the seen ones what only a few may know."""
    secret = {"quote": "counted at Okonkwo's clinic", "source": "a nurse", "published": None}
    place = {**PLACE, "precision": 1, "radius_km": 3, "evidence": []}
    picture_of(store).show(
        [
            record("south", "s1", tlp="TLP:RED", killed=toll(9, secret)),
            record("south", "s2", tlp="TLP:RED", place=place),
            record("north", "n3", tlp="TLP:AMBER+STRICT", place=place, date=DAY),
        ]
    )
    far, more = (
        tell(store, "Okonkwo-1", {**BOMB, **FAR}),
        tell(store, "Okonkwo-2", {**RAID, **FAR, "day": 29}),
    )
    mixed = tell(store, "Okonkwo-3", RAID, killed=12, source="Mosul Ledger")
    other = tell(store, "Okonkwo-4", {**BOMB, **NEAR, "killed": 5, "told": 13})
    owners = store.incidents_of([far, more, mixed, other, "party:south:s1#1", "party:south:s2#1"])
    assert owners[mixed] == ids["raid"] and owners["party:south:s1#1"] == ids["bomb"]
    unsure(store, far, more, -300)
    unsure(store, mixed, more, -200)
    decider = Decider(store, by="ana")
    decider.correct(owners["party:south:s2#1"], "killed", 11, why="as Okonkwo counted in Zurbatan")
    decider.confirm(owners["party:south:s1#1"], why="the nurse saw it")
    owners = store.incidents_of(owners)
    node = open_node(str(db), None, store)
    release_due(node)
    hold(store, db, owners[far], "Okonkwo asked for it")
    for name in range(1, 5):
        store.set_label(f"Okonkwo-{name}", Tlp.RED)
    store.save_sent(
        SentRecord(receiver="b", record=f"r{n}", incident=owners[more], version=1, state="released",
                   digest="x", epoch=1, number=1, at=datetime.now(UTC)) for n in range(2)
    )  # fmt: skip
    return {
        "hidden": owners["party:south:s2#1"],
        "hidden own": owners[far],
        "hidden other": owners[more],
        "mixed": owners[other],
    }


def hold(store: Store, db: Path, incident: str, why: str) -> None:
    node = open_node(str(db), None, store)
    order = ReleaseOrder(incident=incident, kind=OrderKind.HOLD, by="ana", at=node.clock(), why=why)
    give_order(store, order, node.state())
    release_due(node)


# --- what is asked

EVERY = "status=all"
FILTERS = (
    "",
    EVERY,
    f"{EVERY}&text=bomb",
    f"{EVERY}&text=Okonkwo",
    f"{EVERY}&text=tells",
    f"{EVERY}&area=Kirkuk",
    f"{EVERY}&area=kirkuk-governorate",
    f"{EVERY}&area=Anbar",
    f"{EVERY}&min_killed=8",
    f"{EVERY}&actor=Islamic State",
    f"{EVERY}&bbox=40,33,46,36",
    f"{EVERY}&since=2024-03-01&until=2024-04-30",
    f"{EVERY}&policy=latest",
    f"{EVERY}&as_of=2099-01-01",
    f"{EVERY}&as_of=2024-04-07",
    f"{EVERY}&max_tlp=green",
)
NAMES = ("raid", "near", "also", "bomb", "hidden", "hidden own", "hidden other", "nothing")
ONE = ("", "?policy=latest", "?as_of=2099-01-01", "?as_of=2001-01-01", "?as_of=2024-04-07")


def asked_of(route: str) -> list[str]:
    """Return the addresses that a route is asked by; `{name}` stands for an id."""
    path = route.removeprefix("GET ")
    match path.removeprefix(API):
        case "/incidents":
            orders = [f"{EVERY}&sort={sort}" for sort in ("date", "-killed", "-updated")]
            return [f"{path}?{q}" for q in (*FILTERS, *orders, f"{EVERY}&limit=2")]
        case "/summary":
            by = [
                f"{EVERY}&by={name}"
                for name in ("day", "week", "year", "type", "status", "country", "admin1")
            ]
            return [f"{path}?{q}" for q in (*FILTERS, *by)]
        case "/tiles/{z}/{x}/{y}.mvt":
            tiles = ("0/0/0", "4/9/6", "6/39/25", "6/40/25", "6/39/24")
            return [f"{API}/tiles/{tile}.mvt?{q}" for tile in tiles for q in FILTERS]
        case "/export":
            from seamwatch.serve.export import FORMATS

            return [f"{path}?format={f}&{q}" for f in FORMATS for q in (EVERY, f"{EVERY}&as_of=2099-01-01")]
        case "/sitrep":
            days = "since=2024-03-20&until=2024-04-30"
            return [f"{path}?format={f}&{days}{q}" for f in ("html", "md", "json") for q in SITREPS]
        case "/incidents/{incident_id}":
            return [f"{API}/incidents/{{{name}}}{q}" for name in NAMES for q in ONE]
        case "/incidents/{incident_id}/articles":
            return [f"{API}/incidents/{{{name}}}/articles" for name in NAMES]
        case "/articles":
            words = ("", "bomb", "tells", "Okonkwo", "Zurbatan", "so it tells", "A1")
            return [f"{path}?text={text}{q}" for text in words for q in ("", "&limit=2")]
        case "/articles/{article_id}":
            told = ("A1", "A3", "party:north:n1", "party:south:s1", "Okonkwo-1", "Okonkwo-3", "none")
            return [f"{API}/articles/{name}" for name in told]
        case "/areas":
            return [path, f"{path}?bbox=40,33,46,36"]
        case "/decisions":
            told = ("A1#1", "Okonkwo-1#1", "Okonkwo-3#1", "party:south:s1#1")
            return [path, *(f"{path}?mention={quoted(one)}" for one in (*(f"{{{n}}}" for n in NAMES), *told))]
        case "/releases/preview":
            of = ["", *(f"&incident={{{name}}}" for name in NAMES)]
            return [f"{path}?to=b{q}" for q in (*of, "&state=released", "&state=held", "&limit=1")]
        case "/releases/orders":
            return [f"{path}?incident={{{name}}}" for name in NAMES]
        case "/requests/{request_id}":
            return [f"{API}/requests/{ASKED}", f"{API}/requests/{UUID(int=1)}"]
        case "/jobs/{job_id}" | "/jobs/{job_id}/events":
            return [path.format(job_id="none")]
    return [path.replace("{path:path}", "centre")]


SITREPS = ("", f"&{EVERY}", f"&{EVERY}&since_report=2024-04-07", f"&{EVERY}&area=Kirkuk", "&for=b")


def quoted(text: str) -> str:
    return text.replace("#", "%23")


GETS = sorted(route for route in ROUTES if route.startswith("GET "))
DIFFERS = {case["route"]: case["differs"] for case in reversed(yaml.safe_load(CASES.read_text("utf-8")))}
Answer = tuple[int, str, Any]


def answer_of(client: httpx.Client, route: str, address: str) -> Answer:
    """Return status, kind and content of an answer, without what the table of cases lets differ."""
    found = client.get(address)
    content: Any = found.content
    match DIFFERS.get(route):
        case "order" if found.status_code == 200 and route.endswith("incidents"):
            content = found.json()
            content["next"] = content["next"] is not None
            if "limit" in address:
                content["incidents"] = len(content["incidents"])
            else:
                content["incidents"].sort(key=lambda row: row["id"])
        case "contents" if found.status_code == 200:
            content = found.json()
            for item in content["items"]:
                if "more of it than you may see" in item["text"] or item["incident"]["id"] in PARTS:
                    item.update(dict.fromkeys(("text", "reasons", "content", "sent")))
        case "all":
            content = None
    assert not any(word in found.text for word in SECRETS if word not in address), address
    return found.status_code, found.headers.get("content-type", ""), content


PARTS: set[str] = set()


@pytest.mark.parametrize("route", GETS)
def test_a_hidden_incident_changes_no_answer(desks: Desks, route: str) -> None:
    """Asked the same, both desks answer the same: byte for byte, but for what the table of cases explains."""
    ids = {**dict.fromkeys(NAMES, "i-0000000000"), **desks.ids}
    PARTS.update((ids["raid"], ids["near"]))
    differing = []
    for path in asked_of(route):
        one, other = (answer_of(c, route, path.format(**ids)) for c in (desks.twin, desks.whole))
        if one != other:
            differing.append(f"{path}: {first_difference(one, other)}")
    assert not differing, "\n".join(differing)


def first_difference(one: Answer, other: Answer) -> str:
    """Return where two answers part, with some of what stands before."""
    if one[0] != other[0]:
        return f"twin {one[0]} {one[2]!r:.200}, whole {other[0]} {other[2]!r:.200}"
    left, right = (found if isinstance(found, bytes) else repr(found) for found in (one[2], other[2]))
    at = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
    return f"twin {left[max(at - 80, 0) : at + 60]!r}, whole {right[max(at - 80, 0) : at + 60]!r}"


ASKED_FOR = {
    "/incidents?status=all": "incidents",
    "/articles": "articles",
    "/decisions": "decisions",
    "/review": "items",
    "/unanswered": "unanswered",
    "/requests": "requests",
    "/centre/withdrawals": "withdrawals",
    "/releases/preview?to=b": "items",
}


@pytest.mark.parametrize("path", ASKED_FOR)
def test_both_desks_have_something_to_say(desks: Desks, path: str) -> None:
    """What is compared is not nothing; and who may see all gets more of it from the whole desk."""
    listed = desks.whole.get(f"{API}{path}").json()[ASKED_FOR[path]]
    assert listed
    with another(desks.whole) as red:
        assert sign_in(red, "red").status_code == 200
        told = red.get(f"{API}{path}").json()[ASKED_FOR[path]]
    more = repr(told) != repr(listed)
    assert more or path == "/requests"


def test_who_may_not_read_what_a_job_adds_sees_only_own_jobs(desks: Desks) -> None:
    """A job's title and notes tell what somebody adds, which counts as TLP:AMBER until it has a label."""
    with another(desks.twin) as green, another(desks.twin) as red:
        assert sign_in(green, "green").status_code == sign_in(red, "red").status_code == 200
        theirs, own = (
            client.post(f"{API}/jobs", json={"text": f"Nothing happened in {place}."}).json()["job"]["id"]
            for client, place in ((red, "Zurbatan"), (green, "Kifri"))
        )
        assert [job["id"] for job in green.get(f"{API}/jobs").json()["jobs"]] == [own]
        assert {job["id"] for job in red.get(f"{API}/jobs").json()["jobs"]} == {own, theirs}
        for path in (f"{API}/jobs/{theirs}", f"{API}/jobs/{theirs}/events"):
            assert green.get(path).status_code == 404
        assert green.request("DELETE", f"{API}/jobs/{theirs}", json={}).status_code == 404
        assert green.get(f"{API}/jobs/{own}").status_code == 200
