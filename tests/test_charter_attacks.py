"""What a party may try with papers and keys against the others: nobody can keep them from deciding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agreed_parties import exchange, fetch, parties
from charter_world import keys_of, party_of
from seamwatch.coordinate.charter import make_notice, sign_notice
from seamwatch.coordinate.charter_codec import notice_json, party_from_json, party_json, signed_json
from seamwatch.errors import FieldError
from seamwatch.model.charter import Notice
from seamwatch.pipeline.centre import agreeing, parting
from seamwatch.pipeline.centre.charter_files import next_draft
from seamwatch.pipeline.centre.charters import known_notices, known_versions
from seamwatch.pipeline.centre.papers import papers_for
from seamwatch.vocabulary.coordination import EntryKind, NoticeKind, PartyState


def made_up(count: int) -> dict[str, str]:
    """Return signatures of parties that there are not."""
    return {f"z{number}": f"{number:0128x}" for number in range(count)}


def test_a_party_can_not_fill_up_the_notice_that_suspends_it(tmp_path: Path) -> None:
    """Made-up signatures take no room: the true ones count."""
    with parties(tmp_path, "abcm") as nodes:
        parting.suspend(nodes["a"], "m")
        fetch(nodes["a"], nodes["m"])
        (notice,) = known_notices(nodes["m"].store)
        stuffed = notice_json(replace(notice, signatures={**made_up(63), **notice.signatures}))
        for name in "abc":
            nodes["m"].append(name, EntryKind.NOTICE, notice.digest, 1, stuffed)
            fetch(nodes["m"], nodes[name])
        for name in "bc":
            fetch(nodes["a"], nodes[name])
        parting.suspend(nodes["b"], "m")
        exchange({name: nodes[name] for name in "abc"})
        assert {nodes[name].state().states["m"] for name in "abc"} == {PartyState.SUSPENDED}


def test_a_party_can_not_fill_up_a_version_that_it_does_not_want(tmp_path: Path) -> None:
    """A majority signs it all the same."""
    with parties(tmp_path, "abcm", change="majority") as nodes:
        agreeing.propose(nodes["a"], replace(next_draft(nodes["a"].store, []), text="new"))
        fetch(nodes["a"], nodes["m"])
        (version,) = [v for v in known_versions(nodes["m"].store) if v.charter.version == 2]
        stuffed = signed_json(replace(version, signatures={**made_up(127), **version.signatures}))
        for name in "abc":
            nodes["m"].append(name, EntryKind.CHARTER, version.digest, 2, stuffed)
            fetch(nodes["m"], nodes[name])
        for name in "bc":
            fetch(nodes["a"], nodes[name])
            agreeing.sign(nodes[name])
        exchange({name: nodes[name] for name in "abc"})
        assert {nodes[name].state().charter.version for name in "abc"} == {2}


@pytest.mark.parametrize("year", [2040, 9999])
def test_who_leaves_with_a_date_ahead_keeps_nobody_else_from_leaving(tmp_path: Path, year: int) -> None:
    """A party leaves alone and dates that as it likes: the moment of others' notices does not follow it."""
    with parties(tmp_path, "abm") as nodes:
        bare = Notice(
            kind=NoticeKind.LEAVE,
            party="m",
            term=1,
            charter=nodes["m"].state().signed.digest,
            at=datetime(year, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        )
        notice = sign_notice(make_notice(bare), keys_of("m"))
        nodes["m"].append("a", EntryKind.NOTICE, notice.digest, 1, notice_json(notice))
        fetch(nodes["m"], nodes["a"])
        assert nodes["a"].state().states["m"] is PartyState.LEFT
        parting.suspend(nodes["a"], "b")
        assert nodes["a"].state().states["b"] is PartyState.SUSPENDED
        assert parting.leave(nodes["a"]).at.year == 2026


SMALL = [
    ("agree_key", "00" * 32),
    ("agree_key", "01" + "00" * 31),
    ("agree_key", "ec" + "ff" * 30 + "7f"),
    ("sign_key", "00" * 32),
    ("sign_key", "01" + "00" * 31),
    ("sign_key", "01" + "00" * 30 + "80"),
    ("sign_key", "ec" + "ff" * 30 + "7f"),
    ("sign_key", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("sign_key", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ("sign_key", "ff" * 32),
]


@pytest.mark.parametrize(("key", "value"), SMALL)
def test_a_card_with_a_key_that_is_none_is_refused(key: str, value: str) -> None:
    """Nothing could be sealed for such a party, not even that it is suspended; or everybody signs for it."""
    with pytest.raises(FieldError, match="none that can be used"):
        party_from_json({**party_json(party_of("m")), key: value})


def test_who_has_left_hears_nothing_of_what_is_agreed_later(tmp_path: Path) -> None:
    """It is refused with papers that end where it went: later parties, areas and rules are not for it."""
    with parties(tmp_path, "abm") as nodes:
        parting.leave(nodes["m"])
        exchange(nodes)
        rest = {name: nodes[name] for name in "ab"}
        for text in ("the first without m", "later"):
            agreeing.propose(nodes["a"], replace(next_draft(nodes["a"].store, []), text=text))
            exchange(rest)
            agreeing.sign(nodes["b"])
            exchange(rest)
        assert nodes["a"].state().charter.text == "later"
        papers = papers_for(nodes["a"], "m")
        assert [row["charter"]["text"] for row in papers["versions"]] == ["", "the first without m"]
        assert [row["party"] for row in papers["notices"]] == ["m"]
        assert len(papers_for(nodes["a"])["versions"]) == 3
