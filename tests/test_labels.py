"""Labels that people give to own articles: append-only, undoable, effective wherever labels count."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from account_desk import PASSWORD, another, quick_passwords, sign_in
from made_incidents import article as made_article
from party_records import picture_of, record
from release_parties import Office, charter_of
from seamwatch.errors import FieldError, InputError, UnknownIdError
from seamwatch.model.tombstone import Tombstone
from seamwatch.pipeline.accounts import add_account
from seamwatch.pipeline.centre.releasing import release_due
from seamwatch.pipeline.labels import labels_told, set_label, undo_label
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.pipeline.visibility import list_visible
from seamwatch.publish.explain import explain
from seamwatch.store import Store, open_store
from seamwatch.store.base import IncidentFilter
from seamwatch.vocabulary.coordination import Role, Tlp
from serving import serving
from test_cli import run
from told_store import BOMB, RAID, opened, tell

EVERY = IncidentFilter(statuses=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store with a bomb that two own articles and North's record tell, and an own raid."""
    with opened(tmp_path) as made:
        fill(made)
        yield made


def fill(store: Store) -> None:
    tell(store, "A1", BOMB)
    tell(store, "A2", BOMB)
    tell(store, "R1", RAID)
    place = {"name": "Rawa", "admin1": "Anbar", "admin2": "Ana", "country": "IQ", "lat": 34.5, "lon": 41.9}
    picture_of(store).show([record("north", "n1", place={**place, "precision": 1, "radius_km": 3})])


def incident_of(store: Store, name: str) -> str:
    return store.incidents_of([f"{name}#1"])[f"{name}#1"]


def labels(store: Store) -> dict[str, Tlp | None]:
    refs = [store.article_ref(name) for name in ("A1", "A2", "R1")]
    return {ref.id: ref.tlp for ref in refs if ref is not None}


def test_an_article_or_all_of_an_incident_gets_a_label(store: Store) -> None:
    """Of an article it is that one's; of an incident every own article's that tells it."""
    one = set_label(store, "A1", Tlp.RED, by="ana")
    assert labels(store) == {"A1": Tlp.RED, "A2": None, "R1": None}
    both = set_label(store, incident_of(store, "A1"), Tlp.AMBER_STRICT, by="ana", why="cleared by the source")
    assert labels(store) == {"A1": Tlp.AMBER_STRICT, "A2": Tlp.AMBER_STRICT, "R1": None}
    assert [o.number for o in (one, both)] == [1, 2]
    assert [(c.article, c.before) for c in both.changes] == [("A1", Tlp.RED), ("A2", None)]


def test_it_can_be_undone_once_and_in_order(store: Store) -> None:
    """The articles bear what they bore before; what was undone, or has a later label, can't be."""
    set_label(store, "A1", Tlp.RED, by="ana")
    set_label(store, incident_of(store, "A1"), Tlp.GREEN, by="ana", why="published")
    with pytest.raises(InputError, match="l2 by ana came after it"):
        undo_label(store, 1, by="ben", why="x")
    undo_label(store, 2, by="ben", why="x")
    assert labels(store) == {"A1": Tlp.RED, "A2": None, "R1": None}
    with pytest.raises(InputError, match="l3 by ben came after it"):
        undo_label(store, 2, by="ben", why="x")
    with pytest.raises(UnknownIdError):
        undo_label(store, 9, by="ben")


@pytest.mark.parametrize(
    ("about", "first", "then", "why", "said"),
    [
        ("A9", None, Tlp.RED, "", "no article and no incident A9"),
        ("i-aaaaaaaaaa", None, Tlp.RED, "", "no article and no incident"),
        ("party:north:n1", None, Tlp.RED, "", "records of other parties alone"),
        ("A1", Tlp.RED, Tlp.RED, "", "bears TLP:RED already"),
        ("A1", None, None, "", "bears no label of its own already"),
        ("A1", Tlp.RED, Tlp.AMBER, " ", "would become freer"),
        ("A1", Tlp.RED, None, "", "would become freer"),
        ("A1", None, Tlp.GREEN, "", "no label, which counts as TLP:AMBER to TLP:GREEN"),
        ("A1", None, Tlp.RED, "x" * 2001, "at most 2000"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(
    store: Store, about: str, first: Tlp | None, then: Tlp | None, why: str, said: str
) -> None:
    """Unknown ids, records of others, what is so already, and freer labels without a reason."""
    if first is not None:
        set_label(store, about, first, by="ana")
    before, orders = labels(store), store.label_orders()
    with pytest.raises((InputError, UnknownIdError), match=said):
        set_label(store, about, then, by="ana", why=why)
    if first is Tlp.RED and then is not Tlp.RED:
        with pytest.raises(FieldError, match="would become freer"):
            undo_label(store, 1, by="ana")
    assert (labels(store), store.label_orders()) == (before, orders)


def test_who_when_and_why_stay(store: Store, tmp_path: Path) -> None:
    """An order can be neither changed nor removed, and is in the audit log without the article's id."""
    made = set_label(store, "A1", Tlp.RED, by="  Ana   Dilan ", why="the witness is in danger")
    assert store.label_orders(["A1"]) == (made,) and made.by == "Ana Dilan"
    assert store.label_orders(["R1"]) == ()
    (entry,) = store.audit_entries(kind="label.set")
    assert entry.details == {"number": 1, "undoes": None, "tlp": "TLP:RED", "articles": 1}
    assert (entry.actor, entry.subject) == ("Ana Dilan", "l1")
    with sqlite3.connect(tmp_path / "record.db") as plain:
        for sql in (
            "UPDATE label_orders SET tlp = NULL",
            "DELETE FROM label_orders",
            "DELETE FROM label_order_articles",
            "UPDATE label_order_articles SET before = NULL",
        ):
            with pytest.raises(sqlite3.DatabaseError, match="append-only"):
                plain.execute(sql)
    plain.close()


def test_a_reason_is_forgotten_with_its_article(store: Store, tmp_path: Path) -> None:
    """Of an erased article the reason of its label goes too; that there was one stays."""
    made = set_label(store, "R1", Tlp.RED, by="ana", why="Okonkwo is the source")
    with store.transaction():
        store.forget_article(Tombstone(article="R1", by="ana", at=made.at, why="a court order"))
        store.replace_incidents((), [incident_of(store, "R1")] if store.incidents_of(["R1#1"]) else [])
    assert [o.why for o in store.label_orders()] == [""]
    store.erase_traces()
    assert b"Okonkwo" not in b"".join(f.read_bytes() for f in tmp_path.glob("record.db*"))
    with pytest.raises(InputError, match="no longer stored"):
        undo_label(store, 1, by="ana")


def test_a_label_decides_who_sees_what_tells_an_incident(store: Store) -> None:
    """Above a clearance the article is not told: neither its incident nor the order about it."""
    set_label(store, "R1", Tlp.RED, by="ana")
    seen = {i.place.name for i in list_visible(store, EVERY, Tlp.AMBER) if i.place}
    assert "Rutba" not in seen and "Daquq" in seen
    assert labels_told(store, clearance=Tlp.AMBER) == ()
    with pytest.raises(UnknownIdError):
        labels_told(store, "R1", clearance=Tlp.AMBER)
    with pytest.raises(UnknownIdError):
        set_label(store, "R1", Tlp.CLEAR, by="eve", why="x", clearance=Tlp.AMBER)
    with pytest.raises(UnknownIdError):
        undo_label(store, 1, by="eve", why="x", clearance=Tlp.AMBER)
    # Of an incident only what may be seen of it gets the label.
    set_label(store, "A1", Tlp.RED, by="ana")
    set_label(store, incident_of(store, "A1"), Tlp.GREEN, by="eve", why="x", clearance=Tlp.AMBER)
    assert labels(store) == {"A1": Tlp.RED, "A2": Tlp.GREEN, "R1": Tlp.RED}


def test_a_label_raises_what_is_released(store: Store) -> None:
    """The record goes out anew under the stricter label; as TLP:RED it is withdrawn where no rule names b."""
    office = Office(store, charter_of("rules: [{id: all, to: ['*'], tlp: green}]"))
    release_due(office.node)
    name = incident_of(store, "R1")
    assert office.held()[name]["tlp"] == "TLP:GREEN"
    set_label(store, "R1", Tlp.AMBER_STRICT, by="ana")
    release_due(office.node)
    assert office.held()[name]["tlp"] == "TLP:AMBER+STRICT"
    set_label(store, "R1", Tlp.RED, by="ana")
    release_due(office.node)
    assert name not in office.held()
    undo_label(store, 2, by="ana", why="the danger is over")
    release_due(office.node)
    assert office.held()[name]["tlp"] == "TLP:AMBER+STRICT"


def test_explain_says_who_gave_the_label(store: Store) -> None:
    """The incident's label stands in the head, each article's beside it, with who gave it and why."""
    set_label(store, "A1", Tlp.RED, by="ana", why="a source is at risk")
    incident = store.incident(incident_of(store, "A1"))
    out = io.StringIO()
    explain(incident, {}, out, colour=False, labels=store.label_orders(["A1", "A2"]))
    text = " ".join(out.getvalue().split())
    assert "Label: TLP:RED, the strictest of what tells it." in text
    assert "labelled TLP:RED by ana on" in text and "(l1): a source is at risk" in text


def test_a_new_version_inherits_the_label(tmp_path: Path) -> None:
    """Who labelled a report labelled its later versions too: they bear the strictest label of the family."""
    lines = tmp_path / "in.jsonl"

    def read(store: Store, name: str, last: str) -> None:
        text = f"{made_article('x').text} {' '.join(['It was the third such attack this month.'] * 3)} {last}"
        lines.write_text(json.dumps({"id": name, "text": text, "published": "2020-04-14"}) + "\n", "utf-8")
        list(read_into(store, ReadOptions(sources=(str(lines),)), note=lambda _: None))

    with open_store(str(tmp_path / "record.db"), create=True) as store:
        read(store, "V1", "The road was closed.")
        set_label(store, "V1", Tlp.RED, by="ana")
        read(store, "V2", "The road was closed for hours.")
        second = store.article_ref("V2")
        assert second is not None and (second.version_of, second.tlp) == ("V1", Tlp.RED)


# --- the command


def test_the_command_sets_lists_and_undoes(tmp_path: Path) -> None:
    """Set, list, undo; wrong ones are one line and exit code 1."""
    with opened(tmp_path) as made:
        fill(made)
    db = ("--db", str(tmp_path / "record.db"))
    done = run("label", "set", "A1", "TLP:red", "--by", "ana", "--why", "at risk", *db)
    assert (done.returncode, done.stdout) == (0, "l1: set: TLP:RED on A1\n")
    for arguments, said in (
        (("set", "A1", "blue"), "'blue' is no label; these are: clear, green, amber, amber+strict, red"),
        (("set", "A9", "red"), "no article and no incident A9"),
        (("set", "A1", "green"), "would become freer"),
        (("undo", "x"), "'x' is no label's number"),
    ):
        wrong = run("label", *arguments, "--by", "ana", *db)
        assert wrong.returncode == 1 and said in wrong.stderr and wrong.stdout == ""
    assert run("label", "undo", "l1", "--by", "ben", "--why", "over", *db).returncode == 0
    rows = [json.loads(line) for line in run("label", "list", "A1", "--json", *db).stdout.splitlines()]
    assert [(r["number"], r["tlp"], r["by"], r["undoes"]) for r in rows] == [
        ("l2", None, "ben", "l1"),
        ("l1", "TLP:RED", "ana", None),
    ]


# --- the desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, httpx.Client]]:
    """Yield a desk's clients of two reviewers, one with full clearance, one up to TLP:AMBER."""
    folder = tmp_path_factory.mktemp("labels")
    passwords = quick_passwords()
    with opened(folder) as store:
        fill(store)
        for name, clearance in (("full", Tlp.RED), ("amber", Tlp.AMBER)):
            add_account(
                store, name, role=Role.ADMIN if name == "full" else Role.REVIEWER, clearance=clearance,
                password=PASSWORD, by="test", passwords=passwords,
            )  # fmt: skip
    with serving(folder / "record.db") as client:
        clients = {}
        for name in ("full", "amber"):
            clients[name] = another(client)
            csrf = sign_in(clients[name], name).json()["csrf"]
            clients[name].headers["x-csrf-token"] = csrf
        yield clients


def test_the_desk_gives_and_takes_back_labels(desk: dict[str, httpx.Client]) -> None:
    """A label is given in the account's name; above a clearance neither article nor label is there."""
    full, amber = desk["full"], desk["amber"]
    api = "/api/v1/labels"
    made = full.post(api, json={"about": "R1", "tlp": "TLP:RED", "by": "somebody else"}).json()["label"]
    assert (made["number"], made["by"], made["articles"]) == (
        "l1", "full", [{"article": "R1", "before": None, "after": "TLP:RED"}],
    )  # fmt: skip
    assert full.get(api).json()["labels"] == [made] and amber.get(api).json() == {"labels": []}

    def code(answer: httpx.Response) -> tuple[int, Any, Any]:
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["field"]

    hidden = amber.post(api, json={"about": "R1", "tlp": "TLP:CLEAR", "why": "x"})
    unknown = amber.post(api, json={"about": "R9", "tlp": "TLP:CLEAR", "why": "x"})
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace("R1", "R9") == unknown.text
    assert amber.get(f"{api}?about=R1").status_code == 404
    taken = [amber.post(f"{api}/{number}/undo", json={"why": "x"}) for number in ("l1", "l7")]
    assert taken[0].status_code == 404 and taken[0].text.replace("l1", "l7") == taken[1].text
    assert code(full.post(api, json={"about": "R1", "tlp": None})) == (400, "reason_needed", "why")
    assert code(full.post(api, json={"about": "R1", "tlp": "TLP:PINK"}))[::2] == (400, "tlp")
    assert code(full.post(api, json={"about": "R1", "tlp": "TLP:RED"}))[:2] == (409, "same_label")
    assert code(full.post(f"{api}/x1/undo", json={}))[:2] == (400, "bad_value")
    undone = full.post(f"{api}/l1/undo", json={"why": "over"}).json()["label"]
    assert (undone["undoes"], undone["tlp"]) == ("l1", None)
    assert code(full.post(f"{api}/l1/undo", json={"why": "x"}))[:2] == (409, "not_undoable")
    assert len(amber.get(f"{api}?about=R1").json()["labels"]) == 2
