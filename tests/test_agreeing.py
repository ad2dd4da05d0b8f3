"""Parties agree, join, suspend and part over their own feeds, and each node comes to the same state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agreed_parties import exchange, fetch, hand_over, parties
from charter_world import keys_of, party_of, signed
from seamwatch.coordinate.charter import sign_charter, unsigned
from seamwatch.coordinate.charter_codec import signed_json
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.charter import Charter, SignedCharter
from seamwatch.pipeline.centre import agreeing
from seamwatch.pipeline.centre.charters import MOST_WAITING, charter_in_force, keep_charter, standing
from seamwatch.pipeline.centre.node import Node
from seamwatch.pipeline.centre.weighing import _joined
from seamwatch.vocabulary.coordination import EntryKind, PartyState


def states(nodes: dict[str, Node], party: str) -> set[str]:
    return {agreeing.charter_state(n.store).states[party].value for n in nodes.values()}


def next_of(node: Node, **changes: object) -> Charter:
    state = agreeing.charter_state(node.store)
    known = max(v.charter.version for v in agreeing.known_versions(node.store))
    change = {"version": known + 1, "previous": state.signed.digest, "made": None, **changes}
    return replace(state.charter, **change)  # type: ignore[arg-type]


def versions(nodes: dict[str, Node]) -> set[str]:
    return {agreeing.charter_state(n.store).signed.digest for n in nodes.values()}


def test_no_charter_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Without a charter in force the state says so, and how to get one."""
    with parties(tmp_path, "ab", agreed=False) as nodes:
        with pytest.raises(SeamwatchError, match="charter draft") as wrong:
            nodes["a"].state()
        assert wrong.value.code == "no_charter"


def test_a_change_goes_round_and_comes_into_force_everywhere(tmp_path: Path) -> None:
    """A proposal reaches all; with the last signature it is in force at every node."""
    with parties(tmp_path, "abc") as nodes:
        before = versions(nodes)
        made = agreeing.propose(nodes["a"], next_of(nodes["a"], text="Second"))
        exchange(nodes)
        assert versions(nodes) == before
        assert {standing(n.store).proposals[0][1].missing for n in nodes.values()} == {("b", "c")}
        agreeing.sign(nodes["b"])
        agreeing.sign(nodes["c"], made.digest[:10])
        exchange(nodes)
        assert versions(nodes) == {made.digest}


def test_who_joins_gets_the_file_and_then_takes_part(tmp_path: Path) -> None:
    """A new party signs by file; when the others have its signature they serve it."""
    with parties(tmp_path, "abc", agreed=False) as all_three:
        nodes = {n: all_three[n] for n in "ab"}
        agreeing.propose(
            nodes["a"], Charter(name="x", version=1, previous="", parties=tuple(map(party_of, "ab")))
        )
        hand_over(nodes["a"], nodes["b"])
        agreeing.sign(nodes["b"])
        hand_over(nodes["b"], nodes["a"])
        agreeing.propose(nodes["a"], next_of(nodes["a"], parties=tuple(map(party_of, "abc"))))
        exchange(nodes)
        agreeing.sign(nodes["b"])
        exchange(nodes)
        assert versions(nodes) == versions({"b": nodes["b"]}) and "c" not in nodes["a"].state().states
        new = all_three["c"]
        hand_over(nodes["b"], new)
        agreeing.sign(new)
        assert new.state().active("c") is not None
        hand_over(new, nodes["a"])
        exchange(all_three)
        assert len(versions(all_three)) == 1
        assert nodes["b"].state().active("c") is not None


def test_who_leaves_has_left_everywhere_and_gets_nothing_more(tmp_path: Path) -> None:
    """Leaving is told to all; from then on nothing is appended for the party that left."""
    with parties(tmp_path, "abc") as nodes:
        agreeing.leave(nodes["c"], "our mission ends")
        exchange(nodes)
        assert states(nodes, "c") == {"left"}
        with pytest.raises(SeamwatchError) as wrong:
            nodes["a"].append("c", EntryKind.REQUEST, "x", 1, {})
        assert wrong.value.code == "not_party"
        with pytest.raises(SeamwatchError):
            agreeing.leave(nodes["c"])


def test_a_suspension_waits_for_enough_others(tmp_path: Path) -> None:
    """One of two others does not suspend; the second one that asks for it signs the same notice."""
    with parties(tmp_path, "abc") as nodes:
        first = agreeing.suspend(nodes["a"], "c", "its keys were stolen")
        exchange(nodes)
        assert states(nodes, "c") == {"active"}
        second = agreeing.suspend(nodes["b"], "c")
        assert second.digest == first.digest
        exchange(nodes)
        assert states({n: nodes[n] for n in "ab"}, "c") == {"suspended"}
        agreeing.resume(nodes["a"], "c")
        fetch(nodes["a"], nodes["b"])
        agreeing.resume(nodes["b"], "c")
        exchange(nodes)
        assert states(nodes, "c") == {"active"}


def test_a_node_signs_one_proposal_of_each_number(tmp_path: Path) -> None:
    """A second proposal of the same number is refused; one with a higher number is not."""
    with parties(tmp_path, "ab") as nodes:
        draft = next_of(nodes["a"], text="one")
        agreeing.propose(nodes["a"], draft)
        with pytest.raises(SeamwatchError) as wrong:
            agreeing.propose(nodes["a"], replace(draft, text="other"))
        assert wrong.value.code == "signed_another"
        agreeing.propose(nodes["a"], replace(draft, text="other", version=draft.version + 1))


def test_a_forged_own_signature_binds_nobody(tmp_path: Path) -> None:
    """A proposal that another brings with a made-up signature of ours does not keep us from signing ours."""
    with parties(tmp_path, "abc") as nodes:
        theirs = signed(next_of(nodes["a"], text="theirs"), "a")
        forged = replace(theirs, signatures={**theirs.signatures, "b": "00" * 64})
        agreeing.adopt(nodes["b"], (forged,), ())
        own = agreeing.propose(nodes["b"], next_of(nodes["b"], text="ours", version=2))
        assert "b" in own.signatures and own.charter.version == theirs.charter.version


def test_who_is_left_out_may_sign_that(tmp_path: Path) -> None:
    """A party of the version in force has its say in the next, even where that does not name it any more."""
    with parties(tmp_path, "abc") as nodes:
        agreeing.propose(nodes["a"], next_of(nodes["a"], parties=tuple(map(party_of, "ab"))))
        exchange(nodes)
        assert isinstance(made := agreeing.sign(nodes["c"]), SignedCharter) and "c" in made.signatures


def test_only_who_takes_part_is_suspended_and_only_who_is_suspended_taken_back(tmp_path: Path) -> None:
    """Anything else is refused, and no notice is made."""
    with parties(tmp_path, "abc") as nodes:
        with pytest.raises(SeamwatchError, match="no suspended party"):
            agreeing.resume(nodes["a"], "b", "")
        agreeing.leave(nodes["c"], "")
        exchange(nodes)
        for name in ("c", "z"):
            with pytest.raises(SeamwatchError, match="no active party"):
                agreeing.suspend(nodes["a"], name, "")
        assert standing(nodes["a"].store).waiting == ()


def test_who_comes_back_has_joined_when_it_came_back(tmp_path: Path) -> None:
    """The backlog of a party is counted from its present term: what happened while it was away is no news."""
    with parties(tmp_path, "abc") as nodes:
        agreeing.leave(nodes["c"], "")
        exchange(nodes)
        back = party_of("c", term=2)
        proposed = signed(
            next_of(nodes["a"], parties=(party_of("a"), party_of("b"), back), made=nodes["a"].clock()), "abc"
        )
        agreeing.adopt(nodes["a"], (proposed,), ())
        now = agreeing.charter_state(nodes["a"].store)
        assert now.states["c"] is PartyState.ACTIVE and now.charter.version == 2
        first = standing(nodes["a"].store).chain[0].charter.made
        joined = _joined(nodes["a"].store, now.charter.parties)
        assert joined.get("a") == first != joined.get("c") == now.charter.made


def test_other_keys_for_this_party_are_not_signed(tmp_path: Path) -> None:
    """A version that names another key for the own party is refused."""
    with parties(tmp_path, "ab", agreed=False) as nodes:
        charter = Charter(
            name="x", version=1, previous="", parties=(party_of("a", keys=keys_of("a", 5)), party_of("b"))
        )
        with pytest.raises(SeamwatchError) as wrong:
            agreeing.propose(nodes["a"], charter)
        assert wrong.value.code == "wrong_keys"


def test_what_does_not_follow_the_charter_in_force_is_not_signed(tmp_path: Path) -> None:
    """A draft of a version that others have replaced meanwhile must be drafted anew."""
    with parties(tmp_path, "ab", change="majority") as nodes:
        old = next_of(nodes["a"], text="old")
        agreeing.propose(nodes["a"], replace(old, text="new"))
        exchange(nodes)
        agreeing.sign(nodes["b"])
        with pytest.raises(SeamwatchError) as wrong:
            agreeing.propose(nodes["b"], replace(old, version=9))
        assert wrong.value.code == "stale_charter"


def test_a_charter_of_strangers_is_not_taken(tmp_path: Path) -> None:
    """Once a charter is in force, a first version of another one is refused, by feed and by file."""
    with parties(tmp_path, "ab") as nodes:
        strange = signed(Charter(name="y", version=5, previous="", parties=tuple(map(party_of, "bc"))), "bc")
        entry = nodes["b"].append("a", EntryKind.CHARTER, strange.digest, 5, signed_json(strange))
        with pytest.raises(InputError) as wrong:
            agreeing.take_charter(nodes["a"], entry, signed_json(strange))
        assert wrong.value.code == "other_charter"
        with pytest.raises(InputError):
            agreeing.adopt(nodes["a"], (strange,), ())


def test_a_version_without_a_valid_signature_is_not_taken(tmp_path: Path) -> None:
    """A version that only a stranger's key signed is refused."""
    with parties(tmp_path, "ab") as nodes:
        forged = sign_charter(unsigned(next_of(nodes["a"], text="z")), keys_of("b", 8))
        with pytest.raises(InputError) as wrong:
            agreeing.adopt(nodes["a"], (forged,), ())
        assert wrong.value.code == "forged"
        assert standing(nodes["a"].store).proposals == ()


def test_parties_that_a_version_makes_up_do_not_vouch_for_it(tmp_path: Path) -> None:
    """A version that only those signed whom it names anew is refused."""
    with parties(tmp_path, "ab") as nodes:
        made_up = next_of(nodes["a"], parties=tuple(map(party_of, "abz")))
        with pytest.raises(InputError) as wrong:
            agreeing.adopt(nodes["a"], (signed(made_up, "z"),), ())
        assert wrong.value.code == "forged"


def test_a_suspended_party_says_nothing_to_others(tmp_path: Path) -> None:
    """What a suspended party's node signs goes to nobody, and changes nothing at the others."""
    with parties(tmp_path, "abc", change="majority") as nodes:
        agreeing.suspend(nodes["a"], "c")
        exchange(nodes)
        agreeing.suspend(nodes["b"], "c")
        exchange(nodes)
        agreeing.propose(nodes["c"], next_of(nodes["c"], text="mine"))
        exchange(nodes)
        assert standing(nodes["a"].store).proposals == ()


def test_one_party_cannot_fill_the_others_stores(tmp_path: Path) -> None:
    """A party's proposals beyond a number are refused, even where it puts others' names on them."""
    with parties(tmp_path, "abc") as nodes:
        draft = next_of(nodes["b"])
        for number in range(MOST_WAITING):
            made = sign_charter(unsigned(replace(draft, version=10 + number)), keys_of("b"))
            keep_charter(nodes["a"].store, replace(made, signatures={**made.signatures, "c": "0" * 128}))
        with pytest.raises(SeamwatchError) as wrong:
            keep_charter(nodes["a"].store, sign_charter(unsigned(replace(draft, version=900)), keys_of("b")))
        assert wrong.value.code == "too_many"
        assert keep_charter(nodes["a"].store, signed(replace(draft, version=901), "bc"))
        agreeing.propose(nodes["c"], replace(draft, version=902))
        fetch(nodes["c"], nodes["a"])
        assert standing(nodes["a"].store).proposals[-1][0].charter.version == 902


def test_each_step_is_in_the_audit_log(tmp_path: Path) -> None:
    """Signing, coming into force and leaving are written down, in order."""
    with parties(tmp_path, "ab") as nodes:
        agreeing.leave(nodes["b"])
        fetch(nodes["b"], nodes["a"])
        kinds = [e.kind for e in nodes["a"].store.audit_entries() if not e.kind.startswith("entry")]
        assert kinds == [
            "charter.proposed",
            "charter.in_force",
            "charter.imported",
            "notice.in_force",
            "notice.taken",
        ]
        assert charter_in_force(nodes["a"].store).states["b"] is PartyState.LEFT  # type: ignore[union-attr]
