"""Words that tell what the release rules do not give: refused, sent as written, or withheld."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import test_requesting
from centre_parties import Parties, settle
from seamwatch.errors import FieldError
from seamwatch.model.release import ReleaseOrder
from seamwatch.pipeline.centre.request_words import words_told
from seamwatch.pipeline.centre.requesting import answer_request, escalate_due, respond
from seamwatch.vocabulary.coordination import OrderKind, RequestState
from test_requesting import EAST, NORTH, SOUTH, ask, bomb_in, later, released, told
from told_store import BOMB, incident_of, tell

three = test_requesting.three
CASES = yaml.safe_load((Path(__file__).parent / "cases/request_words.yaml").read_text(encoding="utf-8"))


def ruled(made: Parties, to: str = SOUTH, **fields: Any) -> str:
    """Let the north know of a bomb in Daquq and release it to a party by one rule; return the incident."""
    rule = {"id": "some", "to": [to], "tlp": "amber", "fields": fields}
    node = made[NORTH]
    node.store.put_release_rules(yaml.safe_dump({"rules": [rule]}), "ana", made.clock())
    return bomb_in(made, NORTH)


@contextmanager
def refused(*parts: str) -> Iterator[None]:
    """Expect that the words are refused, with these parts in what is said."""
    with pytest.raises(FieldError) as wrong:
        yield
    assert (wrong.value.code, wrong.value.field) == ("tells_withheld", "text")
    for part in parts:
        assert part in str(wrong.value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_what_words_tell(three: Parties, case: dict[str, Any]) -> None:
    """Which fields a text tells a party beyond its rule, as the table of cases has it."""
    fields = case.get("fields")
    incident = bomb_in(three, NORTH) if fields is None else ruled(three, **fields)
    found = words_told(three[NORTH], case["text"], three[NORTH].store.incident(incident), [SOUTH])
    assert [list(one.fields) for one in found] == ([case["tells"]] if case["tells"] else [])


def test_words_that_tell_a_hidden_place_are_refused(three: Parties) -> None:
    """Party, field and rule are named, and nothing is stored; without an incident nothing is weighed."""
    incident = ruled(three, place="province")
    with refused("south the place", "rule some gives only as province Kirkuk"):
        ask(three, incident=incident, text="Is Daquq reached?")
    assert three[NORTH].store.requests() == ()
    assert ask(three, text="Is Daquq reached?").request.withheld == ()


def test_as_written_sends_and_is_in_the_audit_log(three: Parties) -> None:
    """The words arrive, and the log has which fields they told to whom, without the words."""
    incident = ruled(three, place="province")
    made = ask(three, (SOUTH, EAST), incident=incident, text="Is Daquq reached?", as_written=True).request
    settle(three)
    assert told(three, SOUTH, made.id).view.request.text == "Is Daquq reached?"
    (entry,) = (e for e in three[NORTH].store.audit_entries() if e.kind == "request.asked")
    assert entry.details["as_written"] == {SOUTH: ["place"], EAST: ["place"]}
    assert "Daquq" not in str(entry)


def test_what_we_cover_is_weighed_for_all_parties(three: Parties) -> None:
    """It is told to all: also to the party to which no rule releases the incident."""
    incident = ruled(three)
    deadline = ask(three).request.deadline
    with refused("the words tell east the place", "no rule releases it to east"):
        respond(three[NORTH], text="We are in Daquq.", incident=incident, deadline=deadline)
    covered = respond(
        three[NORTH], text="We are in Daquq.", incident=incident, deadline=deadline, as_written=True
    )
    assert covered.state is RequestState.ACCEPTED


def test_an_answer_is_weighed_for_all_who_hear_it(three: Parties) -> None:
    """Who asked has the record and may be told its place; the other one asked has not."""
    incident = bomb_in(three, NORTH)
    released(three, NORTH, incident, SOUTH)
    made = ask(three, (SOUTH, EAST), incident=incident).request
    settle(three)
    with refused("the words tell east the place", "north told us as TLP:AMBER"):
        answer_request(three[SOUTH], made.id, RequestState.DONE, "Daquq was reached.")
    assert told(three, SOUTH, made.id).view.answers == ()
    answer_request(three[SOUTH], made.id, RequestState.DONE, "Daquq was reached.", as_written=True)
    settle(three)
    assert [a.text for a in told(three, EAST, made.id).view.answers] == ["Daquq was reached."]


@pytest.mark.parametrize(("tlp", "hidden"), [("TLP:GREEN", False), ("TLP:AMBER", True)])
def test_what_another_party_told_us_goes_as_far_as_its_label(three: Parties, tlp: str, hidden: bool) -> None:
    """To who told us it may always be said; to others where the label lets us pass it on."""
    record = released(three, SOUTH, bomb_in(three, SOUTH), NORTH, tlp)
    here = three[NORTH].store.incidents_of([f"party:{SOUTH}:{record}#1"]).popitem()[1]
    found = words_told(
        three[NORTH], "Were two killed in Daquq?", three[NORTH].store.incident(here), [SOUTH, EAST]
    )
    assert [(one.party, list(one.fields)) for one in found] == (
        [(EAST, ["place", "killed"])] if hidden else []
    )


@pytest.mark.parametrize("as_written", [True, False])
def test_words_go_on_only_where_they_tell_nothing_hidden(three: Parties, as_written: bool) -> None:
    """Who nobody named gets a sentence in place of the words; who was named has them; the asker sees it."""
    incident = ruled(three, **({"place": "district"} if as_written else {}))
    first = ask(
        three, incident=incident, text="Is the town of Daquq reached?", area="daquq", as_written=as_written
    ).request
    settle(three)
    later(three, 3)
    (onward,) = escalate_due(three[NORTH])
    settle(three)
    assert onward.request.to == (EAST, SOUTH) and onward.request.withheld == (EAST,)
    unseen = told(three, EAST, onward.request.id).view.request
    assert "withheld from you by the release rules of north: ask north" in unseen.text
    assert "town" not in unseen.text and "response" in unseen.text and "the area Daquq" in unseen.text
    assert told(three, SOUTH, onward.request.id).view.request.text == first.text
    assert told(three, NORTH, onward.request.id).view.request.text == first.text
    (entry,) = (e for e in three[NORTH].store.audit_entries() if e.kind == "request.escalated")
    assert entry.details["withheld_from"] == [EAST]


def test_words_go_on_where_the_rules_give_what_they_tell(three: Parties) -> None:
    """The next party has the incident as exactly: it gets the words."""
    incident = ruled(three, "*")
    ask(three, incident=incident, text="Is Daquq reached?")
    later(three, 3)
    (onward,) = escalate_due(three[NORTH])
    assert onward.request.withheld == ()
    settle(three)
    assert told(three, EAST, onward.request.id).view.request.text == "Is Daquq reached?"


@pytest.mark.parametrize("why", ["waits", "held", "released"])
def test_all_of_what_is_not_released_now_is_hidden(three: Parties, why: str) -> None:
    """A rule that still waits, and a hold, give nothing of it."""
    incident = ruled(three)
    node = three[NORTH]
    if why == "held":
        node.store.add_release_order(
            ReleaseOrder(incident=incident, kind=OrderKind.HOLD, by="ana", at=three.clock(), why="a source")
        )
    elif why == "waits":
        three.moment = datetime.now(UTC)
        rule = {"id": "some", "to": [SOUTH], "tlp": "amber", "after_hours": 24}
        node.store.put_release_rules(yaml.safe_dump({"rules": [rule]}), "ana", three.clock())
    (found,) = words_told(node, "Who is in Daquq?", node.store.incident(incident), [SOUTH]) or [None]
    assert found is None if why == "released" else found is not None and list(found.fields) == ["place"]


def test_what_a_party_told_us_itself_is_not_hidden_from_it(three: Parties) -> None:
    """Our own article, which no rule gives it, tells the same place; the toll is another one."""
    released(three, SOUTH, bomb_in(three, SOUTH), NORTH)
    node = three[NORTH]
    own = incident_of(node.store, tell(node.store, "N9", {**BOMB, "killed": 4}))
    incident = node.store.incident(own)
    assert {m.article.party for m in incident.mentions} == {None, SOUTH}
    found = words_told(node, "Were four killed in Daquq?", incident, [SOUTH, EAST])
    assert [(one.party, list(one.fields)) for one in found] == [
        (SOUTH, ["killed"]),
        (EAST, ["place", "killed"]),
    ]
