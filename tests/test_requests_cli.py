"""`seamwatch request` and `seamwatch unanswered`: asked at one party, answered at the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from asking_parties import NORTH, SOUTH, asking, carry
from exchange_serving import TestParty
from seamwatch.cli.main import app
from seamwatch.errors import FieldError, SeamwatchError
from told_store import BOMB, incident_of, tell


@pytest.fixture
def two(tmp_path: Path) -> Iterator[dict[str, TestParty]]:
    """Yield two parties with databases on the disk."""
    with asking(tmp_path) as made:
        yield made


def run(party: TestParty, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--db", str(party.db)])


def said(party: TestParty, *words: str) -> str:
    result = run(party, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_request_and_its_answer(two: dict[str, TestParty]) -> None:
    """One party asks, the other lists, shows and answers it, the first one reads the answer."""
    north, south = two[NORTH], two[SOUTH]
    asked = said(north, "request", "new", "Who covers the road?", "--to", SOUTH, "--kind", "response")
    name = asked.strip()
    carry(two)
    listed = said(south, "request", "list", "--direction", "in", "--state", "open")
    assert name[:8] in listed and "Who covers the road?" in listed
    assert "accepted" in said(south, "request", "answer", name[:8], "accepted", "--text", "a patrol")
    carry(two)
    shown = said(north, "request", "show", name)
    assert f"Request {name}" in shown and "south: accepted" in shown and "a patrol" in shown
    (row,) = json.loads(said(north, "request", "list", "--json"))["requests"]
    assert row == json.loads(said(north, "request", "show", name, "--json"))
    assert (row["direction"], row["state"], row["answers"][0]["late"]) == ("out", "accepted", False)
    assert "No requests" in said(north, "request", "list", "--state", "declined")


def test_who_has_no_address_gets_it_as_a_file(tmp_path: Path) -> None:
    """Who asks and who answers is told of the bundle, for each receiver without an address."""
    with asking(tmp_path, silent=[SOUTH]) as two:
        asked = run(two[NORTH], "request", "new", "Who covers the road?", "--to", SOUTH)
        assert "seamwatch exchange export FILE --to south" in asked.stderr
        carry(two)
        answered = run(two[SOUTH], "request", "answer", asked.stdout.strip(), "accepted")
        assert "seamwatch exchange sync sends it" in answered.stderr and "bring it" not in answered.stderr


def test_unanswered_until_one_covers_it(two: dict[str, TestParty]) -> None:
    """An incident in a contested area is listed until a party says that it covers it."""
    north = two[NORTH]
    incident = incident_of(north.node.store, tell(north.node.store, "N1", BOMB))
    assert incident in said(north, "unanswered")
    (row,) = json.loads(said(north, "unanswered", "--json", "--area", "daquq"))["unanswered"]
    assert (row["incident"]["id"], row["areas"], row["asked"]) == (incident, ["daquq"], [])
    assert json.loads(said(north, "unanswered", "--json", "--area", "basra")) == {"unanswered": []}
    said(north, "request", "new", "Our patrol is there.", "--cover", "--incident", incident)
    assert "No incident in a contested area" in said(north, "unanswered")


def test_words_beyond_the_rules_go_out_only_as_written(two: dict[str, TestParty]) -> None:
    """What they tell is said with the option that sends them; `show` says from whom words are kept."""
    north = two[NORTH]
    incident = incident_of(north.node.store, tell(north.node.store, "N1", BOMB))
    words = ("request", "new", "Is Daquq reached?", "--to", SOUTH, "--incident", incident)
    wrong = run(north, *words).exception
    assert isinstance(wrong, FieldError) and wrong.code == "tells_withheld"
    assert "tell south the place" in str(wrong) and str(wrong).endswith("with --as-written")
    assert north.node.store.requests() == ()
    asked = north.node.store.request(said(north, *words, "--as-written").strip())
    onward = replace(asked, id=str(UUID(int=1)), to=("east", SOUTH), withheld=("east",))
    north.node.store.add_request(onward)
    assert "its words are withheld from east" in said(north, "request", "show", onward.id)
    assert json.loads(said(north, "request", "show", onward.id, "--json"))["withheld"] == ["east"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["new", "Who?"], "whom do you ask"),
        (["new", "Who?", "--to", "nobody"], "can't be asked"),
        (["new", "Who?", "--to", NORTH], "can't be asked"),
        (["new", " ", "--to", SOUTH], "needs a text"),
        (["new", "x" * 4001, "--to", SOUTH], "too many"),
        (["new", "Who?", "--to", SOUTH, "--deadline", "2020-01-01"], "deadline"),
        (["new", "Who?", "--to", SOUTH, "--incident", "i-none"], "i-none"),
        (["new", "Who?", "--to", SOUTH, "--area", "basra"], "no area of the charter"),
        (["new", "Who?", "--to", SOUTH, "--by", "x" * 81], "office"),
        (["new", "Who?", "--to", SOUTH, "--cover"], "asks nobody"),
        (["show", "no-such"], "no request begins"),
        (["answer", "no-such", "done"], "no request begins"),
    ],
)
def test_what_cannot_be_is_told(two: dict[str, TestParty], words: list[str], message: str) -> None:
    """A wrong request or answer is refused with what is wrong; nothing is stored."""
    result = run(two[NORTH], "request", *words)
    assert isinstance(result.exception, SeamwatchError) and message in str(result.exception)
    assert two[NORTH].node.store.requests() == ()


def test_a_record_that_is_no_party_says_how_to_become_one(tmp_path: Path) -> None:
    """Without a party there is no board."""
    from told_store import opened

    opened(tmp_path).close()
    result = CliRunner().invoke(app, ["request", "list", "--db", str(tmp_path / "record.db")])
    assert isinstance(result.exception, SeamwatchError) and result.exception.code == "no_party"
