"""Parties that suspend one another, and restores that lost a paper: who speaks again, and by which papers."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from exchange_serving import TestParty, notice, parties, put_notice, release, shown
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.charter_codec import notice_json
from seamwatch.coordinate.http_signature import authorization, request_of
from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import Notice
from seamwatch.model.exchange import Contact
from seamwatch.pipeline.centre.bundling import export_bundle, import_bundle
from seamwatch.pipeline.centre.parting import resume, suspend
from seamwatch.vocabulary.coordination import NoticeKind

PAPERS = "/exchange/v1/papers"
WHO_IS_ASKED = pytest.mark.parametrize("silent", [(), ("a",), ("b",)], ids=["both", "only b", "only a"])


def standing(party: TestParty, *names: str) -> dict[str, str]:
    """Return how parties stand by the papers that one of them goes by."""
    return {name: party.node.state().states[name].value for name in names}


def settle(*made: TestParty) -> None:
    for _ in range(3):
        for party in made:
            party.sync()
            party.node.carry_out()


def suspend_one_another(a: TestParty, b: TestParty) -> None:
    suspend(a.node, "b", "no answer")
    time.sleep(0.002)  # of two notices the earlier one holds
    suspend(b.node, "a", "no answer either")


def lost_that_b_was_taken_back(a: TestParty, b: TestParty) -> None:
    """Leave A as a restore from a backup does: it suspended B, took it back, and knows the first only."""
    given = suspend(a.node, "b")
    time.sleep(0.002)
    for one in (given, notice(NoticeKind.RESUME, b, [a])):
        put_notice(b, one)
    assert (standing(a, "b"), standing(b, "b")) == ({"b": "suspended"}, {"b": "active"})


@WHO_IS_ASKED
def test_two_that_suspend_one_another_agree_whose_notice_came_first(
    tmp_path: Path, silent: tuple[str, ...]
) -> None:
    """Each learns of the other's notice, whoever of them can be asked; then one can take the other back."""
    with parties(tmp_path, ["a", "b"], silent=silent) as made:
        a, b = made["a"], made["b"]
        suspend_one_another(a, b)
        settle(a, b)
        assert standing(a, "a", "b") == standing(b, "a", "b") == {"a": "active", "b": "suspended"}
        resume(a.node, "b", "we have spoken")
        records = release(a, "b", 1)
        # That a suspended party is asked for its papers is rare: it asks itself where it can.
        a.node.store.save_contact(Contact(party="b"))
        settle(a, b)
        assert standing(b, "a", "b") == {"a": "active", "b": "active"}
        assert shown(b) == set(records)


@WHO_IS_ASKED
def test_who_lost_that_the_other_was_taken_back_hears_it_from_that_one(
    tmp_path: Path, silent: tuple[str, ...]
) -> None:
    """No party that A believes to be active has the paper; B has it, and A itself has signed it."""
    with parties(tmp_path, ["a", "b"], silent=silent) as made:
        a, b = made["a"], made["b"]
        lost_that_b_was_taken_back(a, b)
        settle(a, b)
        assert standing(a, "b") == {"b": "active"}
        records = release(a, "b", 1)
        settle(a, b)
        assert shown(b) == set(records)


def test_by_file_too_the_papers_come_from_who_is_believed_to_be_suspended(tmp_path: Path) -> None:
    """B's bundle holds its papers: A takes them first, and then the entries."""
    with parties(tmp_path, ["a", "b"], silent=["a", "b"], served=False) as made:
        a, b = made["a"], made["b"]
        records = release(b, "a", 1)
        lost_that_b_was_taken_back(a, b)
        file = tmp_path / "b.bundle"
        export_bundle(b.node, "a", file)
        assert import_bundle(a.node, file).new == 1
        a.node.carry_out()
        assert standing(a, "b") == {"b": "active"}
        assert shown(a) == set(records)


def test_a_suspended_party_learns_that_by_file_and_brings_nothing(tmp_path: Path) -> None:
    """A's bundle for B holds the papers alone; of B's nothing but the papers is taken."""
    with parties(tmp_path, ["a", "b"], silent=["a", "b"], served=False) as made:
        a, b = made["a"], made["b"]
        release(a, "b", 1)
        release(b, "a", 1)
        put_notice(a, notice(NoticeKind.SUSPEND, b, [a]))
        file = tmp_path / "x.bundle"
        export_bundle(b.node, "a", file)
        with pytest.raises(SeamwatchError, match="takes no part"):
            import_bundle(a.node, file)
        assert shown(a) == set()
        assert export_bundle(a.node, "b", file) == 0
        assert import_bundle(b.node, file).new == 0
        assert standing(b, "b") == {"b": "suspended"}


def test_papers_that_a_suspended_party_makes_up_change_nothing(tmp_path: Path) -> None:
    """It takes itself back with its own signature, and with that of nobody: it stays refused."""
    with parties(tmp_path, ["a", "b"]) as made:
        a, b = made["a"], made["b"]
        put_notice(a, notice(NoticeKind.SUSPEND, b, [a]))
        for by in ([b], []):
            answer = shows(b, a, notice(NoticeKind.RESUME, b, by))
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_party")
        assert standing(a, "b") == {"b": "suspended"}
        assert shows(b, a, notice(NoticeKind.RESUME, b, [a])).status_code == 200
        assert standing(a, "b") == {"b": "active"}


def shows(party: TestParty, asked: TestParty, paper: Notice) -> httpx.Response:
    """Return the answer to a notice that a party shows."""
    body = canonical({"versions": [], "notices": [notice_json(paper)]})
    signed = authorization(party.keys, asked.id, request_of("POST", PAPERS, body), at=party.node.clock())
    return httpx.post(
        asked.address + PAPERS, content=body, headers={"Authorization": signed}, verify=False, timeout=30
    )
