"""Bundles tell how far feeds go: who only uses files learns of its restore, and gets its entries back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from centre_parties import RELAY, Parties, parties, push, say
from seamwatch.coordinate.bundle import write_bundle
from seamwatch.coordinate.bundle_manifest import BundleHeads
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.feed import entry_hash
from seamwatch.errors import InputError
from seamwatch.model.exchange import Entry
from seamwatch.pipeline.centre.bundling import BundleTaken, export_bundle, import_bundle

NORTH, SOUTH = "north", "south"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Parties]:
    """Two parties without a line."""
    with parties(tmp_path) as found:
        yield found


def carry(made: Parties, sender: str, receiver: str, *, whole: bool = False) -> BundleTaken:
    """Carry a file from one to the other; the newest one stays on the stick."""
    file = stick(made, sender, receiver)
    export_bundle(made[sender], receiver, file, whole=whole)
    return put_in(made, receiver, file)


def put_in(made: Parties, receiver: str, file: Path) -> BundleTaken:
    # What these tests release, no rule gives.
    taken = import_bundle(made[receiver], file, own_work=False)
    made[receiver].carry_out()
    return taken


def stick(made: Parties, sender: str, receiver: str) -> Path:
    return made.folder / f"{sender}-{receiver}.bundle"


def restored_north(made: Parties) -> tuple[str, str]:
    """Let North say one record, be backed up, withdraw it, say another one, and be restored; return both."""
    early = say(made[NORTH], SOUTH, 1, "I1")
    made[NORTH].record_of("I2")
    carry(made, NORTH, SOUTH)
    carry(made, SOUTH, NORTH)
    backup = made.back_up(NORTH)
    made[NORTH].withdraw(SOUTH, early, "wrong")
    late = say(made[NORTH], SOUTH, 7, "I2")
    carry(made, NORTH, SOUTH)
    made.restore(NORTH, backup)
    return early, late


def epoch(made: Parties, at: str = NORTH) -> int:
    return made[at].store.feed_head(NORTH, SOUTH).epoch


def test_a_restored_sender_learns_it_by_file_and_gets_its_entries_back(made: Parties) -> None:
    """South's file says so, North's says how far it goes, South's next one brings the rest."""
    early, late = restored_north(made)
    told = carry(made, SOUTH, NORTH)
    assert (told.lost, told.back, epoch(made)) == ((SOUTH,), (), 1)
    told = carry(made, NORTH, SOUTH)
    assert (told.behind, told.new, told.problem) == (True, 0, None)
    told = carry(made, SOUTH, NORTH)
    assert (told.lost, told.back, epoch(made)) == ((), (SOUTH,), 2)
    told = carry(made, NORTH, SOUTH)
    assert (told.behind, told.problem, epoch(made, SOUTH)) == (False, None, 2)
    assert made.shown(SOUTH) == {(NORTH, late): 7}
    carry(made, SOUTH, NORTH)
    rows = {row.record: row for row in made[NORTH].store.sent_records(receiver=SOUTH)}
    assert (rows[early].state, rows[late].state) == ("withdrawn", "released")
    assert all(row.receipted for row in rows.values())
    assert export_bundle(made[NORTH], SOUTH, stick(made, NORTH, SOUTH)) == 0


def test_a_restored_sender_that_writes_first_needs_one_file_less(made: Parties) -> None:
    """Its own file shows South that it lost entries: the answer brings them at once."""
    _, late = restored_north(made)
    assert carry(made, NORTH, SOUTH).behind
    assert carry(made, SOUTH, NORTH).back == (SOUTH,)
    carry(made, NORTH, SOUTH)
    assert made.shown(SOUTH) == {(NORTH, late): 7}


def test_a_whole_bundle_brings_everything_back_at_once(made: Parties) -> None:
    """--whole holds the receiver's own entries from the start, whatever is known of it."""
    _, late = restored_north(made)
    told = carry(made, SOUTH, NORTH, whole=True)
    assert (told.back, told.lost, epoch(made)) == ((SOUTH,), (), 2)
    carry(made, NORTH, SOUTH)
    assert made.shown(SOUTH) == {(NORTH, late): 7}


def test_what_is_said_between_is_not_lost(made: Parties) -> None:
    """Entries that North made before it learned contradict the lost ones; they are said anew after those."""
    _, late = restored_north(made)
    other = say(made[NORTH], SOUTH, 9, "I3")
    told = carry(made, NORTH, SOUTH)
    assert (told.problem, told.behind) == ("fork", True)
    carry(made, SOUTH, NORTH)
    carry(made, NORTH, SOUTH)
    assert made.shown(SOUTH) == {(NORTH, late): 7, (NORTH, other): 9}


def test_who_said_more_since_than_it_lost_gets_its_entries_back_too(made: Parties) -> None:
    """Its feed ends further than the one that South holds, and is another: that does not hide the loss."""
    _, late = restored_north(made)
    others = {say(made[NORTH], SOUTH, number, f"I{number}"): number for number in range(3, 8)}
    assert carry(made, SOUTH, NORTH).lost == (SOUTH,)
    assert carry(made, NORTH, SOUTH).behind
    assert carry(made, SOUTH, NORTH).back == (SOUTH,)
    carry(made, NORTH, SOUTH)
    shown = {(NORTH, record): killed for record, killed in others.items()}
    assert made.shown(SOUTH) == {(NORTH, late): 7, **shown}


def test_while_own_entries_are_lost_no_contradiction_is_carried(made: Parties) -> None:
    """Once North knows, its files hold none of its entries until it has the lost ones."""
    restored_north(made)
    carry(made, SOUTH, NORTH)
    say(made[NORTH], SOUTH, 9, "I3")
    assert export_bundle(made[NORTH], SOUTH, stick(made, NORTH, SOUTH)) == 0
    assert put_in(made, SOUTH, stick(made, NORTH, SOUTH)).problem is None


def test_a_restored_receiver_is_sent_again_what_it_had_receipted(made: Parties) -> None:
    """South's file holds less than its receipts said: North begins again from there."""
    backup = made.back_up(SOUTH)
    record = say(made[NORTH], SOUTH, 4)
    carry(made, NORTH, SOUTH)
    carry(made, SOUTH, NORTH)
    assert export_bundle(made[NORTH], SOUTH, stick(made, NORTH, SOUTH)) == 0
    made.restore(SOUTH, backup)
    carry(made, SOUTH, NORTH)
    told = carry(made, NORTH, SOUTH)
    assert (told.new, told.back) == (1, (NORTH,))
    assert made.shown(SOUTH) == {(NORTH, record): 4}


def test_where_the_other_lost_the_proof_too_both_go_on(made: Parties) -> None:
    """North waits for entries that South had; then South is restored as well, and nobody has them."""
    early = say(made[NORTH], SOUTH, 1, "I1")
    carry(made, NORTH, SOUTH)
    carry(made, SOUTH, NORTH)
    backups = made.back_up(NORTH), made.back_up(SOUTH)
    made[NORTH].withdraw(SOUTH, early, "wrong")
    carry(made, NORTH, SOUTH)
    made.restore(NORTH, backups[0])
    assert carry(made, SOUTH, NORTH).lost == (SOUTH,)
    made.restore(SOUTH, backups[1])
    assert carry(made, SOUTH, NORTH).lost == ()
    late = say(made[NORTH], SOUTH, 2, "I2")
    carry(made, NORTH, SOUTH)
    assert made.shown(SOUTH) == {(NORTH, early): 1, (NORTH, late): 2}


def test_a_relays_file_brings_a_restored_sender_its_entries_back(tmp_path: Path) -> None:
    """The relay holds North's feed to South; a file that North wrote for South shows it what is lost."""
    with parties(tmp_path, relay=True) as made:
        say(made[NORTH], SOUTH, 1, "I1")
        made[NORTH].record_of("I2")
        backup = made.back_up(NORTH)
        late = say(made[NORTH], SOUTH, 7, "I2")
        push(made[NORTH], made[RELAY], SOUTH)
        made.restore(NORTH, backup)
        export_bundle(made[NORTH], SOUTH, stick(made, NORTH, SOUTH))
        assert put_in(made, RELAY, stick(made, NORTH, SOUTH)).behind
        assert carry(made, RELAY, NORTH).back == (SOUTH,)
        carry(made, NORTH, SOUTH)
        assert made.shown(SOUTH)[NORTH, late] == 7


# --- what is not believed


def test_an_older_bundle_that_comes_again_tells_nothing_of_now(made: Parties) -> None:
    """A carrier that hands in an old file does not make South believe that North was restored."""
    say(made[NORTH], SOUTH, 1, "I1")
    old = made.folder / "old.bundle"
    export_bundle(made[NORTH], SOUTH, old)
    put_in(made, SOUTH, old)
    say(made[NORTH], SOUTH, 2, "I2")
    carry(made, NORTH, SOUTH)
    carry(made, SOUTH, NORTH)
    assert not put_in(made, SOUTH, old).behind
    assert made[SOUTH].store.feed_marks(NORTH, SOUTH).lost == (0, 0)
    assert made[SOUTH].store.refused_entries() == ()


def test_an_older_bundle_of_a_receiver_does_not_undo_its_receipts(made: Parties) -> None:
    """What South held when it wrote an old file is no reason to send all again."""
    old = made.folder / "old.bundle"
    export_bundle(made[SOUTH], NORTH, old)
    say(made[NORTH], SOUTH, 1, "I1")
    carry(made, NORTH, SOUTH)
    carry(made, SOUTH, NORTH)
    put_in(made, NORTH, old)
    assert made[NORTH].store.feed_marks(NORTH, SOUTH).receipted == (1, 1)


def forged_heads(made: Parties, entry: Entry) -> BundleTaken:
    """Return what becomes of a bundle of South's that shows an entry as North's newest one."""
    file = stick(made, SOUTH, NORTH)
    write_bundle(
        file,
        (),
        keys=made[SOUTH].keys,
        receiver=NORTH,
        made=made.clock(),
        heads=BundleHeads(head=made[SOUTH].store.feed_head(SOUTH, NORTH), held=(entry,)),
    )
    return put_in(made, NORTH, file)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 9},
        {"number": 9, "sender": SOUTH, "receiver": NORTH},
        {"epoch": 1 << 30},
        {"hash": "0" * 64},
    ],
)
def test_a_made_up_head_proves_nothing(made: Parties, changes: dict[str, object]) -> None:
    """Only what North itself has signed can show that North was restored."""
    say(made[NORTH], SOUTH)
    carry(made, NORTH, SOUTH)
    item = made[SOUTH].store.feed_item(NORTH, SOUTH, 1, 1)
    assert item is not None
    changed = replace(item.entry, **changes)  # type: ignore[arg-type]
    if "hash" not in changes:
        changed = replace(changed, hash=entry_hash(changed), signature=made[SOUTH].keys.sign(b"x" * 32))
    told = forged_heads(made, changed)
    assert (told.lost, told.back, epoch(made)) == ((), (), 1)
    assert [r.problem for r in made[NORTH].store.refused_entries()] == ["forged"]
    assert made[NORTH].store.feed_marks(NORTH, SOUTH).lost == (0, 0)


def test_an_own_branch_that_was_set_aside_does_not_come_back_by_itself(made: Parties) -> None:
    """A bundle with own entries is looked at only where a newest entry shows that they are lost."""
    restored_north(made)
    say(made[NORTH], SOUTH, 9, "I3")
    other = stick(made, SOUTH, NORTH).with_name("branch.bundle")
    page = made[NORTH].page(NORTH, NORTH, SOUTH, epoch=1, after=0)
    write_bundle(other, [page], keys=made[SOUTH].keys, receiver=NORTH, made=made.clock())
    carry(made, SOUTH, NORTH, whole=True)
    before = made[NORTH].store.feed_heads()
    told = put_in(made, NORTH, other)
    assert (told.back, told.lost, made[NORTH].store.feed_heads()) == ((), (), before)


def test_a_bundle_of_the_first_kind_is_still_read(made: Parties) -> None:
    """One without heads, as programs before this one wrote it."""
    record = say(made[NORTH], SOUTH, 4)
    page = made[NORTH].page(SOUTH, NORTH, SOUTH, epoch=1, after=0)
    file = stick(made, NORTH, SOUTH)
    write_bundle(file, [page], keys=made[NORTH].keys, receiver=SOUTH, made=made.clock())
    with zipfile.ZipFile(file) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    assert manifest["seamwatch"] == "bundle 1" and "held" not in manifest
    told = put_in(made, SOUTH, file)
    assert (told.new, told.lost, told.behind) == (1, (), False)
    assert made.shown(SOUTH) == {(NORTH, record): 4}


def rewritten(made: Parties, file: Path, parts: dict[str, bytes], **changes: object) -> Path:
    """Write a bundle of North's anew with other parts and a manifest that North signs."""
    with zipfile.ZipFile(file) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    manifest = {**json.loads(held.pop("manifest.json")), **changes}
    del manifest["signature"]
    manifest["signature"] = made[NORTH].keys.sign(b"seamwatch bundle\n" + canonical(manifest))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in {**held, **parts, "manifest.json": canonical(manifest)}.items():
            packed.writestr(name, body)
    return file


def part(name: str, size: int = 2) -> dict[str, object]:
    return {"name": name, "bytes": size, "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("parts", "changes", "code"),
    [
        ({}, {"papers": part("../../papers.json")}, "bad_bundle"),
        ({"../papers.json": b"{}"}, {}, "bad_bundle"),
        ({}, {"papers": part("pages/000001.json")}, "forged"),
        ({}, {"papers": None}, "forged"),
        ({"papers.json": b"{}"}, {}, "forged"),
        ({"papers.json": b" " * (15 << 20)}, {}, "too_large"),
        ({"papers.json": b" " * (17 << 20)}, {}, "too_large"),
        ({}, {"pages": [part("papers.json")], "papers": None}, "forged"),
        ({}, {"held": [{"sender": "north"}]}, "bad_bundle"),
        ({}, {"held": [None] * 1001}, "bad_bundle"),
        ({}, {"head": {"sender": "north"}}, "bad_bundle"),
    ],
)
def test_what_is_wrong_with_the_heads_or_papers_of_a_bundle_refuses_it(
    made: Parties, parts: dict[str, bytes], changes: dict[str, object], code: str
) -> None:
    """Paths, bombs, oversized and exchanged parts: refused whole, though North itself signed it."""
    say(made[NORTH], SOUTH)
    file = stick(made, NORTH, SOUTH)
    export_bundle(made[NORTH], SOUTH, file)
    with pytest.raises(InputError) as told:
        import_bundle(made[SOUTH], rewritten(made, file, parts, **changes))
    assert told.value.code == code
    assert made[SOUTH].store.feed_head(NORTH, SOUTH).number == 0
