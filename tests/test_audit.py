"""The audit log: append-only, chained; another party's log is verified and each way to cheat is caught."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreed_parties import exchange, fetch, parties
from charter_world import START, keys_of
from seamwatch.coordinate.audit import LogReader, Opening, chained, entry_json, log_lines
from seamwatch.coordinate.canonical import canonical
from seamwatch.errors import InputError, SeamwatchError, StoreError
from seamwatch.model.audit import AuditEntry
from seamwatch.pipeline.centre import agreeing
from seamwatch.pipeline.centre.audit_checking import AuditReport, verify_log
from seamwatch.pipeline.centre.auditing import all_entries, export_log, record, record_all
from seamwatch.pipeline.centre.node import Node
from seamwatch.store import open_store

WORDS = {
    "tlp": "TLP:AMBER",
    "incident": {"event_type": "Battles"},
    "withheld": [],
    "coarse": {},
    "sources": None,
}


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    """Yield three parties; a has released five records to b, and b has receipted them."""
    with parties(tmp_path, "abc") as made:
        for number in range(5):
            made["a"].release("b", made["a"].record_of(f"i-{number}"), f"i-{number}", WORDS)
            if number == 2:
                exchange({n: made[n] for n in "ab"})
        exchange(made)
        yield made


def log_of(node: Node) -> list[bytes]:
    return [line.encode() for line in export_log(node.store, node.keys, node.clock())]


def told_anew(node: Node, change: Callable[[list[AuditEntry]], list[AuditEntry]]) -> list[bytes]:
    """Return a log that its own party has told anew: changed, chained and signed as a true one is."""
    opening = Opening(party=node.me, charter="", at=node.clock())
    entries = chained(change(list(all_entries(node.store))), 0, "")
    return [line.encode() for line in log_lines(entries, opening, node.keys)]


def problems(report: AuditReport) -> str:
    assert not report.ok
    return "\n".join(report.problems)


def index_of(lines: list[bytes], word: str) -> int:
    return next(n for n, line in enumerate(lines) if word.encode() in line)


def changed(line: bytes, **values: Any) -> bytes:
    return canonical({**json.loads(line), **values}) + b"\n"


# --- writing


def test_the_log_can_only_grow(tmp_path: Path) -> None:
    """The database refuses to change, remove or insert an entry, whoever asks."""
    with open_store(str(tmp_path / "a.db")) as store:
        record(store, None, "cli", "one.thing", "x", number=1)
        record(store, None, "cli", "other.thing")
    with sqlite3.connect(tmp_path / "a.db") as raw:
        for statement in (
            "UPDATE audit SET actor = 'nobody'",
            "DELETE FROM audit WHERE number = 2",
            "INSERT INTO audit VALUES (9, '', '', '', '', '', '{}', '', '')",
            "INSERT OR REPLACE INTO audit SELECT number, party, at, 'x', kind, subject, details, previous, "
            "hash FROM audit",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="audit log"):
                raw.execute(statement)


def test_an_entry_is_undone_with_its_deed(tmp_path: Path) -> None:
    """What is written in a transaction that fails is not in the log, and the chain goes on without it."""
    with open_store(str(tmp_path / "a.db")) as store:
        record(store, None, "cli", "first.thing")
        with pytest.raises(ZeroDivisionError), store.transaction():
            record(store, None, "cli", "lost.thing")
            raise ZeroDivisionError
        record(store, None, "cli", "second.thing")
        assert [(e.number, e.kind) for e in all_entries(store)] == [(1, "first.thing"), (2, "second.thing")]


def test_entries_come_back_as_written_and_are_found(tmp_path: Path) -> None:
    """Kind (whole or its first part) and subject find entries; the newest come first where asked for."""
    with open_store(str(tmp_path / "a.db")) as store:
        made = record_all(
            store, keys_of("a"), "cli", "entry.sent", [("b", {"n": 1}), ("c", {"n": 2})], at=START
        )
        last = record(store, None, "maya", "entrance.opened", "b")
        assert tuple(all_entries(store)) == (*made, last)
        assert store.audit_entries(kind="entry") == made
        assert store.audit_entries(kind="entry.sent", subject="c") == made[1:]
        assert store.audit_entries(newest_first=True, limit=2) == (last, made[1])
        assert store.audit_entries(before=3, newest_first=True, limit=1) == (made[1],)
        assert store.audit_head() == (3, last.hash)
        assert [e.party for e in all_entries(store)] == ["a", "a", ""]


def test_details_must_be_short_and_json(tmp_path: Path) -> None:
    """Details that are no JSON or too long are refused; lone surrogates do not break the chain."""
    with open_store(str(tmp_path / "a.db")) as store:
        for wrong in ({"at": START}, {"x": float("nan")}, {"x": "y" * 20_000}):
            with pytest.raises(SeamwatchError):
                record_all(store, None, "cli", "x.y", [("", wrong)])
        made = record(store, None, "cli", "x.y", "a\ud800b", odd="\udc00", many=("a", 1))
        assert tuple(all_entries(store)) == (made,)


def test_an_entry_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    """The store takes no entry that does not name the last one's hash."""
    with open_store(str(tmp_path / "a.db")) as store:
        made = record(store, None, "cli", "x.y")
        with pytest.raises(StoreError):
            store.add_audit([replace(made, number=2, previous="0" * 64)])


# --- verifying


def test_an_honest_log_holds(nodes: dict[str, Node]) -> None:
    """Every party's log holds for every other party, again and again, and says what was compared."""
    for _ in range(2):
        for name, node in nodes.items():
            for other in nodes.values():
                if other is not node:
                    report = verify_log(other.store, log_of(node))
                    assert report.ok, report.problems
                    assert report.party == name
    report = verify_log(nodes["b"].store, log_of(nodes["a"]))
    assert any(line.startswith("5 entries that this node took from a") for line in report.checked), (
        report.checked
    )


def test_the_log_of_a_party_that_left_verifies(nodes: dict[str, Node]) -> None:
    """The key of a departed party is known from the charter's versions."""
    agreeing.leave(nodes["b"])
    fetch(nodes["b"], nodes["a"])
    assert verify_log(nodes["a"].store, log_of(nodes["b"])).ok
    agreeing.propose(nodes["a"], _without(nodes["a"], "b"))
    fetch(nodes["b"], nodes["c"])
    fetch(nodes["a"], nodes["c"])
    agreeing.sign(nodes["c"])
    fetch(nodes["c"], nodes["a"])
    assert nodes["a"].state().charter.party("b") is None
    assert verify_log(nodes["a"].store, log_of(nodes["b"])).ok


def _without(node: Node, name: str) -> Any:
    state = node.state()
    left = tuple(p for p in state.charter.parties if p.id != name)
    return replace(state.charter, version=2, previous=state.signed.digest, parties=left, made=None)


def test_a_changed_entry_is_caught(nodes: dict[str, Node]) -> None:
    """An entry whose words were changed does not fit its hash."""
    lines = log_of(nodes["a"])
    at = index_of(lines, "entry.sent")
    lines[at] = changed(lines[at], actor="nobody")
    report = verify_log(nodes["b"].store, lines)
    assert "was altered" in problems(report)
    assert not any(line.startswith("chain") for line in report.checked)
    assert any(line.startswith("the signature") for line in report.checked)


def test_a_changed_entry_with_its_own_hash_is_caught(nodes: dict[str, Node]) -> None:
    """Who makes the hash anew breaks the chain to the next entry."""
    lines = log_of(nodes["a"])
    at = index_of(lines, "entry.sent")
    row = json.loads(lines[at])
    (made,) = chained([_entry(row, actor="nobody")], row["number"] - 1, row["previous"])
    lines[at] = canonical(entry_json(made)) + b"\n"
    assert "does not follow" in problems(verify_log(nodes["b"].store, lines))


def _entry(row: dict[str, Any], **changes: Any) -> AuditEntry:
    from datetime import datetime

    known = {k: row[k] for k in ("party", "number", "actor", "kind", "subject", "details")}
    return AuditEntry(**{**known, "at": datetime.fromisoformat(row["at"]), **changes})


def test_a_log_that_was_cut_off_is_caught(nodes: dict[str, Node]) -> None:
    """Without its last lines, or with the last line kept and entries taken out, a log does not hold."""
    lines = log_of(nodes["a"])
    assert "cut off" in problems(verify_log(nodes["b"].store, lines[:-1]))
    assert "left out or added" in problems(verify_log(nodes["b"].store, [*lines[:-3], lines[-1]]))


def test_a_missing_entry_is_caught(nodes: dict[str, Node]) -> None:
    """An entry taken out of the middle leaves a gap."""
    lines = log_of(nodes["a"])
    del lines[4]
    assert "entries are missing" in problems(verify_log(nodes["b"].store, lines))


def test_another_order_is_caught(nodes: dict[str, Node]) -> None:
    """Two entries that changed places are seen."""
    lines = log_of(nodes["a"])
    lines[3], lines[4] = lines[4], lines[3]
    assert "another order" in problems(verify_log(nodes["b"].store, lines))


def test_another_key_is_caught(nodes: dict[str, Node]) -> None:
    """A log that somebody else made up and signed is refused, even where it is chained well."""
    forged = log_lines(
        all_entries(nodes["a"].store), Opening(party="a", charter="", at=START), keys_of("a", 9)
    )
    assert "no key that the charter names" in problems(
        verify_log(nodes["b"].store, [x.encode() for x in forged])
    )


def test_a_stranger_is_caught(nodes: dict[str, Node]) -> None:
    """A log of a party that no version of the charter names is refused."""
    strange = log_lines([], Opening(party="z", charter="", at=START), keys_of("z"))
    assert "names 'z'" in problems(verify_log(nodes["b"].store, [x.encode() for x in strange]))


def test_a_log_of_another_day_is_no_log_of_today(nodes: dict[str, Node]) -> None:
    """The moment of the export is signed: it can't be moved."""
    lines = log_of(nodes["a"])
    lines[0] = changed(lines[0], at="2020-01-01T00:00:00+00:00")
    assert "signature" in problems(verify_log(nodes["b"].store, lines))


def test_an_omitted_sending_is_caught(nodes: dict[str, Node]) -> None:
    """A party that leaves a sending out of its log, and signs that, is caught by who took it."""
    lines = told_anew(
        nodes["a"], lambda es: [e for e in es if e.details.get("number") != 2 or e.kind != "entry.sent"]
    )
    report = verify_log(nodes["b"].store, lines)
    assert "entry 2 of epoch 1, which this node took from a, is not in its log as sent" in problems(report)
    assert [line.split(" ", 1)[0] for line in report.checked] == ["chain", "the", "0"]
    assert verify_log(nodes["c"].store, lines).ok  # who was not concerned can't know


def test_another_hash_of_a_sending_is_caught(nodes: dict[str, Node]) -> None:
    """A party that writes down another entry than it sent is caught by who took it."""

    def change(entries: list[AuditEntry]) -> list[AuditEntry]:
        return [
            replace(e, details={**e.details, "hash": "0" * 64}) if e.kind == "entry.sent" else e
            for e in entries
        ]

    assert "another hash" in problems(verify_log(nodes["b"].store, told_anew(nodes["a"], change)))


def test_an_omitted_taking_is_caught(nodes: dict[str, Node]) -> None:
    """A party that receipted entries, and whose log does not say that it took them, is caught."""
    lines = told_anew(nodes["b"], lambda es: [e for e in es if e.kind != "entry.taken"])
    assert "does not say that it took them" in problems(verify_log(nodes["a"].store, lines))


def test_a_taking_that_was_made_up_is_caught(nodes: dict[str, Node]) -> None:
    """A party that says that it took what was never sent is caught by the sender."""
    details = {"sender": "a", "receiver": "b", "epoch": 1, "number": 99, "hash": "1" * 64}
    made_up = AuditEntry(party="b", number=0, at=START, actor="node", kind="entry.taken", details=details)
    lines = told_anew(nodes["b"], lambda es: [*es, made_up])
    assert "holds no such entry" in problems(verify_log(nodes["a"].store, lines))


def test_a_log_that_was_told_anew_is_caught(nodes: dict[str, Node]) -> None:
    """Once verified, a log that is shorter, or other before that point, does not hold any more."""
    assert verify_log(nodes["b"].store, log_of(nodes["a"])).ok
    store = nodes["b"].store
    assert "shortened" in problems(verify_log(store, told_anew(nodes["a"], lambda es: es[:-1])))

    def renamed(entries: list[AuditEntry]) -> list[AuditEntry]:
        return [replace(entries[0], actor="nobody"), *entries[1:]]

    report = verify_log(store, told_anew(nodes["a"], renamed))
    assert "told anew" in problems(report)
    assert not any(line.startswith("that it continues") for line in report.checked)
    assert any(line.startswith("chain") for line in report.checked)
    assert verify_log(store, log_of(nodes["a"])).ok


def test_what_is_younger_than_the_log_is_no_fault(nodes: dict[str, Node]) -> None:
    """Entries sent and receipted after the export are named as not compared."""
    lines = log_of(nodes["a"])
    theirs = log_of(nodes["b"])
    nodes["a"].release("b", nodes["a"].record_of("i-9"), "i-9", WORDS)
    exchange(nodes)
    report = verify_log(nodes["b"].store, lines)
    assert report.ok and any("younger" in line for line in report.checked)
    report = verify_log(nodes["a"].store, theirs)
    assert report.ok and any("not compared" in line for line in report.checked)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}\n", b"[]\n", b"\xff\xfe\n", b'{"seamwatch":"audit"}\n', b"[" * 70_000, b'{"a":1,"a":2}\n'],
    ids=["empty", "other", "list", "no UTF-8", "half", "too long", "twice"],
)
def test_what_is_no_log_is_refused(nodes: dict[str, Node], data: bytes) -> None:
    """A file that is no log raises InputError and nothing else."""
    with pytest.raises(InputError):
        verify_log(nodes["b"].store, data.splitlines(keepends=True))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_change_of_a_byte_is_caught(data: st.DataObject) -> None:
    """Whatever byte of a log is changed, it does not hold, or can't be read."""
    keys = keys_of("a")
    told = (
        AuditEntry(party="a", number=0, at=START, actor="cli", kind="x.y", subject=str(n), details={"n": n})
        for n in range(5)
    )
    whole = "".join(log_lines(chained(told, 0, ""), Opening(party="a", charter="", at=START), keys)).encode()
    at = data.draw(st.integers(0, len(whole) - 2))
    other = data.draw(st.integers(32, 126).filter(lambda byte: byte != whole[at]))
    broken = whole[:at] + bytes([other]) + whole[at + 1 :]
    try:
        reader = LogReader(broken.splitlines(keepends=True))
        for _ in reader.read():
            pass
        reader.check_signature([keys.sign_key])
    except InputError:
        return
    assert reader.problems
