"""What is in force of a charter: quorums, joining, leaving, suspension, forks; and what is no charter."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from charter_world import START, keys_of, party_of, signed, told
from seamwatch.coordinate.charter import sign_charter, standing_of, state_of, united, unsigned
from seamwatch.coordinate.charter_codec import (
    charter_from_json,
    charter_json,
    checked_address,
    notice_from_json,
    notice_json,
    party_from_json,
    party_json,
    signed_from_json,
    signed_json,
)
from seamwatch.coordinate.quorum import charter_message
from seamwatch.coordinate.strict import read_json
from seamwatch.errors import FieldError, InputError
from seamwatch.model.charter import AnswerTime, Charter, CharterArea, CharterState
from seamwatch.model.release import ReleaseRule
from seamwatch.vocabulary.coordination import Grain, PartyState, Tlp

CASES = yaml.safe_load((Path(__file__).parent / "cases/charters.yaml").read_text(encoding="utf-8"))

LEAVING = next(case for case in CASES if case["name"] == "a party leaves by its own signature alone")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_in_force(case: dict[str, Any]) -> None:
    """Each story of versions and notices leads to the version and the states that it names."""
    made, then = told(case), case["then"]
    state = state_of(made.versions.values(), made.notices)
    if then["version"] == "none":
        assert state is None
        return
    assert state is not None
    wanted = [
        made.versions[n].digest
        for n in ([then["version"]] if isinstance(then["version"], str) else then["version"])
    ]
    assert state.signed.digest == (min(wanted) if then.get("lowest_digest") else wanted[0])
    for how in PartyState:
        if how.value in then:
            assert sorted(p for p, s in state.states.items() if s is how) == then[how.value]
    if "problem" in then:
        assert len(state.problems) == bool(then["problem"])
        for name in then["problem"]:
            assert made.versions[name].digest[:12] in state.problems[0]


@settings(deadline=None)
@given(st.data())
def test_order_and_repetition_do_not_matter(data: st.DataObject) -> None:
    """The versions and notices of a story, in any order, some twice, give the same state and standing."""
    made = told(data.draw(st.sampled_from(CASES)))
    versions, notices = list(made.versions.values()), made.notices
    again = data.draw(st.permutations(versions + data.draw(st.lists(st.sampled_from(versions), max_size=3))))
    notes = data.draw(st.permutations(notices + notices[:1]))
    assert standing_of(again, notes) == standing_of(versions, notices)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_signatures_that_come_one_by_one_lead_to_the_same(data: st.DataObject) -> None:
    """Each party's signature comes by itself, in any order, with a wrong one among them: the union is one."""
    whole = told({"first": ["a", "b", "c"]}).versions["v1"]
    keys = {p.id: (p.sign_key,) for p in whole.charter.parties}
    parts = [{p: s} for p, s in whole.signatures.items()]
    wrong = [{p: ("0" if s[0] != "0" else "1") + s[1:]} for p, s in whole.signatures.items()]
    come = data.draw(st.permutations(parts + data.draw(st.lists(st.sampled_from(wrong + parts)))))
    held: dict[str, str] = {}
    for one in come:
        held = united(held, one, charter_message(whole.digest), keys)
    assert held == dict(whole.signatures)


def test_a_forged_signature_does_not_count() -> None:
    """A version that another key signed in a party's name is not in force."""
    charter = Charter(name="x", version=1, previous="", parties=(party_of("a"), party_of("b")))
    version = sign_charter(unsigned(charter), keys_of("a"))
    forged = sign_charter(version, keys_of("b", 7))
    assert "b" in forged.signatures
    assert state_of([forged], []) is None


def test_a_signature_of_one_version_is_none_of_another() -> None:
    """A signature moved to another version with the same parties does not count there."""
    made = told(
        {
            "first": ["a", "b"],
            "steps": [{"version": "v2", "after": "v1", "parties": ["a", "b"], "signed": []}],
        }
    )
    moved = replace(made.versions["v2"], signatures=made.versions["v1"].signatures)
    state = state_of([made.versions["v1"], moved], [])
    assert state is not None and state.charter.version == 1


def test_missing_signatures_are_named() -> None:
    """A proposal says who signed it and who must still sign, those that join included."""
    made = told(
        {
            "first": ["a", "b"],
            "steps": [{"version": "v2", "after": "v1", "parties": ["a", "b", "c"], "signed": ["a"]}],
        }
    )
    ((version, quorum),) = standing_of(made.versions.values(), ()).proposals
    assert version.charter.version == 2
    assert (quorum.signed, quorum.missing, quorum.enough) == (("a",), ("b", "c"), False)


# --- JSON


def full() -> Charter:
    """Return a charter that uses every field."""
    return Charter(
        name="Kirkuk–Diyala",
        version=4,
        previous="ab" * 32,
        parties=(party_of("a", address="https://a.example.org:8443"), party_of("b-2", term=3)),
        areas=(CharterArea(id="qara-tapa", name="Qara Tapa", contested=True),),
        rules=(
            ReleaseRule(
                id="near", to=("b-2",), tlp=Tlp.AMBER, after_hours=24, fields={"place": Grain.DISTRICT}
            ),
        ),
        answer_times=(AnswerTime(kind="incident", answer_hours=6.5, escalate_to=("a",)),),
        change="majority",
        suspend="all",
        backlog_days=30,
        made=START,
        text="Two lines\nof text",
    )


def test_a_charter_comes_back_as_it_was() -> None:
    """JSON and back gives the same charter, and the same digest."""
    charter = full()
    assert charter_from_json(json.loads(json.dumps(charter_json(charter)))) == charter
    version = signed(charter, ["a"])
    assert signed_from_json(signed_json(version)) == version
    notice = told(LEAVING).notices[0]
    assert notice_from_json(notice_json(notice)) == notice
    assert party_from_json(party_json(charter.parties[0])) == charter.parties[0]


PEM = "-----BEGIN CERTIFICATE-----\n" + "A" * 64 + "\n-----END CERTIFICATE-----\n"
WRONG = [
    ("parties.0.id", "../a", "parties[0].id"),
    ("parties.0.id", "A", "parties[0].id"),
    ("parties.0.id", "b-2", "parties"),
    ("parties.0.name", "a\u202eb", "parties[0].name"),
    ("parties.0.name", "x" * 121, "parties[0].name"),
    ("parties.0.sign_key", "zz", "parties[0].sign_key"),
    ("parties.0.address", "http://a.example.org", "parties[0].address"),
    ("parties.0.address", "https://me:pass@a.example.org", "parties[0].address"),
    ("parties.0.address", "file:///etc/passwd", "parties[0].address"),
    ("parties.0.certificate", "hello", "parties[0].certificate"),
    ("parties.0.certificate", 7, "parties[0].certificate"),
    ("parties.0.certificate", PEM + PEM, "parties[0].certificate"),
    ("parties.0.name", 7, "parties[0].name"),
    ("parties.0.role", "king", "parties[0].role"),
    ("parties.0.term", 0, "parties[0].term"),
    ("parties.0.term", True, "parties[0].term"),
    ("parties.0.more", 1, "parties[0].more"),
    ("parties", [], "parties"),
    ("version", 0, "version"),
    ("version", 10**9, "version"),
    ("previous", "x", "previous"),
    ("change", "one", "change"),
    ("suspend", None, "suspend"),
    ("made", "2026-11-23", "made"),
    ("text", "x" * 20_001, "text"),
    ("text", "\x00", "text"),
    ("backlog_days", -1, "backlog_days"),
    ("answer_times.0.kind", "war", "answer_times[0].kind"),
    ("answer_times.0.answer_hours", -1, "answer_times[0].answer_hours"),
    ("answer_times.0.answer_hours", True, "answer_times[0].answer_hours"),
    ("answer_times.0.answer_hours", "6", "answer_times[0].answer_hours"),
    ("answer_times.0.answer_hours", float("nan"), "answer_times[0].answer_hours"),
    ("made", "2026-11-23T00:00:00+00:00" + "0" * 40, "made"),
    ("answer_times.0.escalate_to", ["z"], "answer_times"),
    ("rules.0.to", ["z"], "rules"),
    ("areas.0.id", "", "areas[0].id"),
    ("rules", 7, "rules"),
    ("hidden", 1, "hidden"),
    ("seamwatch", "notice", "seamwatch"),
]


@pytest.mark.parametrize(("path", "value", "field"), WRONG, ids=lambda v: str(v)[:30])
def test_a_wrong_field_is_named(path: str, value: object, field: str) -> None:
    """A field that can't be is refused, and the error names it."""
    row: Any = json.loads(json.dumps(charter_json(full())))
    at = row
    *way, last = path.split(".")
    for step in way:
        at = at[int(step) if step.isdigit() else step]
    at[last] = value
    with pytest.raises(FieldError) as wrong:
        charter_from_json(row)
    assert wrong.value.field == f"charter.{field}"


def test_a_changed_charter_does_not_fit_its_digest() -> None:
    """A version whose text was changed after its digest was made is refused."""
    row = signed_json(signed(full(), ["a"]))
    row["charter"]["text"] = "Another text"
    with pytest.raises(FieldError, match="digest"):
        signed_from_json(row)


@pytest.mark.parametrize("wrong", [7, None, "ab", "x" * 128, ["00" * 64]])
def test_what_is_no_signature_is_refused_when_it_is_read(wrong: object) -> None:
    """Nothing but 128 hex digits comes to where signatures are checked."""
    row = signed_json(signed(full(), ["a"]))
    row["signatures"]["a"] = wrong
    with pytest.raises(FieldError, match="128 hex digits"):
        signed_from_json(row)


def test_one_key_under_two_names_is_refused() -> None:
    """Two parties with one key would be one party with two votes."""
    one, other = party_of("a"), party_of("b")
    row = charter_json(
        replace(full(), parties=(one, replace(other, sign_key=one.sign_key)), rules=(), answer_times=())
    )
    with pytest.raises(FieldError, match="sign_key"):
        charter_from_json(row)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:1", "https://a.org/x"]
)
def test_http_is_for_loopback_alone(address: str) -> None:
    """An address on loopback may be plain http; every other one is https."""
    assert checked_address(address) == address


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "{", '"' + "x" * 200_000 + '"']
)
def test_json_that_two_programs_could_read_differently_is_refused(text: str) -> None:
    """A key twice, no number, too deep, cut off, or too long: none of it is read."""
    with pytest.raises(InputError):
        read_json(text, "this file", 150_000)


def test_state_is_of_the_newest_version() -> None:
    """`active` gives the card of a party only where it takes part."""
    made = told(LEAVING)
    state = state_of(made.versions.values(), made.notices)
    assert isinstance(state, CharterState)
    assert state.active("a") == party_of("a")
    assert state.active("b") is None and state.active("z") is None
