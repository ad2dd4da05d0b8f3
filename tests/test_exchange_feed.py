"""The rules of a feed: a run of entries is taken as far as it is genuine, and each refusal has its word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.exchange_codec import (
    heads_json,
    page_json,
    read_heads,
    read_page,
    read_pages,
    read_taken,
    taken_json,
)
from seamwatch.coordinate.feed import (
    MOST_BOX,
    context_of,
    entry_hash,
    head_of,
    is_signed,
    make_entry,
    next_epoch,
    verify_items,
)
from seamwatch.coordinate.keys import KeyRing, box_digest
from seamwatch.coordinate.received import folded
from seamwatch.errors import ShapeError
from seamwatch.model.exchange import Head, Heads, Item, Page, ReceivedRecord, Sealed, Taken
from seamwatch.vocabulary.coordination import EntryKind

NORTH, SOUTH, EAST = (KeyRing(name, name.encode().ljust(32, b".")) for name in ("north", "south", "east"))
AT = datetime(2020, 4, 12, 9, 30, tzinfo=UTC)
START = Head(sender="north", receiver="south")


def run(count: int, head: Head = START, keys: KeyRing = NORTH, said: bytes = b"{}") -> list[Item]:
    """Return so many signed items after a head, each a release of a record of its own."""
    made = []
    for _ in range(count):
        sealed = keys.seal(said, SOUTH.agree_key, context_of("north", "south"))
        entry = make_entry(
            keys,
            head,
            kind=EntryKind.RELEASE,
            subject=f"r{head.number + 1}",
            version=1,
            digest=box_digest(sealed),
            at=AT,
        )
        made.append(Item(entry=entry, sealed=sealed))
        head = head_of(entry)
    return made


def hashes(items: list[Item]) -> dict[int, str]:
    return {item.entry.number: item.entry.hash for item in items}


def test_what_follows_a_head_is_taken_and_what_is_known_is_counted() -> None:
    """A page that begins before the head is no problem."""
    items = run(5)
    found = verify_items(
        items, head=head_of(items[2].entry), sign_key=NORTH.sign_key, known=hashes(items[:3])
    )
    assert (found.known, len(found.new), found.problem) == (3, 2, None)


def test_an_erased_content_breaks_no_chain() -> None:
    """The entry stays and verifies; there is nothing to show."""
    items = [replace(item, sealed=None) for item in run(3)]
    found = verify_items(items, head=START, sign_key=NORTH.sign_key, known={})
    assert (len(found.new), found.problem) == (3, None)


def test_a_new_epoch_begins_from_nothing() -> None:
    """Its first entry names none before it."""
    old = run(3)
    head = head_of(old[-1].entry)
    found = verify_items(run(2, next_epoch(head)), head=head, sign_key=NORTH.sign_key, known={})
    assert (len(found.new), found.problem) == (2, None)


def _changed(**changes: object) -> Callable[[list[Item]], list[Item]]:
    def change(items: list[Item]) -> list[Item]:
        return [items[0], replace(items[1], entry=replace(items[1].entry, **changes)), *items[2:]]

    return change


def _other_content(items: list[Item]) -> list[Item]:
    return [items[0], replace(items[1], sealed=items[0].sealed), *items[2:]]


def _large(items: list[Item]) -> list[Item]:
    sealed = Sealed(salt=b"0" * 32, box=b"0" * (MOST_BOX + 1))
    entry = make_entry(
        NORTH,
        head_of(items[0].entry),
        kind=EntryKind.RELEASE,
        subject="r2",
        version=1,
        digest=box_digest(sealed),
        at=AT,
    )
    return [items[0], Item(entry=entry, sealed=sealed)]


def _resigned(items: list[Item]) -> list[Item]:
    """Return the items with the second changed, and hashed and signed by another party."""
    bare = replace(items[1].entry, version=7)
    made = entry_hash(bare)
    entry = replace(bare, hash=made, signature=EAST.sign(bytes.fromhex(made)))
    return [items[0], replace(items[1], entry=entry), *items[2:]]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_changed(subject="r9"), "forged"),
        (_changed(version=2), "forged"),
        (_changed(kind=EntryKind.WITHDRAWAL), "forged"),
        (_changed(digest="0" * 64), "forged"),
        (_changed(at=datetime(2020, 4, 13, tzinfo=UTC)), "forged"),
        (_changed(signature="0" * 128), "forged"),
        (_changed(signature="no hex"), "forged"),
        (_changed(receiver="east"), "not_for_us"),
        (_changed(sender="east"), "not_for_us"),
        (_changed(number=3), "gap"),
        (_changed(epoch=2), "gap"),
        (_other_content, "forged"),
        (_large, "too_large"),
        (_resigned, "forged"),
        (lambda items: [items[0], items[2]], "gap"),
        (lambda items: [items[1], items[0]], "gap"),
        (lambda items: [items[0], *run(3, replace(START, number=1, hash="a" * 64))], "fork"),
    ],
)
def test_what_is_changed_in_a_run_is_refused_with_all_after_it(
    change: Callable[[list[Item]], list[Item]], problem: str
) -> None:
    """What stands before the change is taken."""
    items = change(run(4))
    found = verify_items(items, head=START, sign_key=NORTH.sign_key, known={})
    assert found.problem == problem
    assert len(found.new) <= 1
    assert found.text


def test_another_entry_of_a_known_number_is_a_fork_and_an_unsigned_one_is_forged() -> None:
    """Only its sender can fork a feed."""
    items = run(3)
    other = run(3, said=b'{"other":1}')
    head, known = head_of(items[-1].entry), hashes(items)
    assert verify_items(other, head=head, sign_key=NORTH.sign_key, known=known).problem == "fork"
    false = [replace(item, entry=replace(item.entry, signature="0" * 128)) for item in other]
    assert verify_items(false, head=head, sign_key=NORTH.sign_key, known=known).problem == "forged"


def test_an_entry_of_an_epoch_that_was_left_is_a_rollback() -> None:
    """Unless it is known already: then it is a duplicate."""
    old = run(3)
    head = head_of(run(1, next_epoch(head_of(old[-1].entry)))[-1].entry)
    found = verify_items(old, head=head, sign_key=NORTH.sign_key, known=hashes(old[:2]))
    assert (found.known, found.problem) == (2, "rollback")


def test_a_page_and_heads_come_back_from_json_as_they_were() -> None:
    """Signatures verify after the round trip."""
    items = (*run(2), replace(run(3)[2], sealed=None))
    page = Page(items=items, head=head_of(items[-1].entry))
    assert read_page(canonical(page_json(page))) == page
    assert read_pages(canonical([page_json(page)])) == (page,)
    assert is_signed(read_page(canonical(page_json(page))).items[0].entry, NORTH.sign_key)
    heads = Heads(feeds=(page.head,), held=(START,), charter="0" * 64)
    assert read_heads(canonical(heads_json(heads))) == heads
    taken = Taken(new=1, known=2, problem="gap", text="why", head=page.head)
    assert read_taken(canonical([taken_json(taken), taken_json(Taken())])) == (taken, Taken())


def _entry_with(**changes: object) -> bytes:
    row = page_json(Page(items=tuple(run(1)), head=START))
    row["items"][0]["entry"].update(changes)
    return canonical(row)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"items": [], "head": null}',
        b"\xff",
        b"[" * 100_000,
        _entry_with(more="field"),
        _entry_with(sender="No Id"),
        _entry_with(sender="../../etc"),
        _entry_with(receiver="a" * 41),
        _entry_with(number=0),
        _entry_with(number=1.5),
        _entry_with(number=10**30),
        _entry_with(epoch=True),
        _entry_with(kind="order"),
        _entry_with(subject="r" * 201),
        _entry_with(subject="r\n"),
        _entry_with(hash="A" * 64),
        _entry_with(signature="00"),
        _entry_with(at="2020-04-12T09:30:00"),
        _entry_with(at="yesterday"),
        canonical(page_json(Page(items=tuple(run(1)) * 1001, head=START))),
    ],
)
def test_json_that_is_no_page_is_refused_whole(body: bytes) -> None:
    """Unknown and oversized fields too; the error says where."""
    with pytest.raises(ShapeError):
        read_page(body)


def _item(kind: str, version: int, number: int, epoch: int = 1, *, erased: bool = False) -> Item:
    """Return an item as it comes to `folded`, which looks at no signature."""
    first = run(1)[0]
    entry = replace(first.entry, kind=EntryKind(kind), version=version, number=number, epoch=epoch)
    return Item(entry=entry, sealed=None if erased else first.sealed)


@pytest.mark.parametrize(
    ("said", "state", "version"),
    [
        ("release 1", "shown", 1),
        ("release 1, release 2", "shown", 2),
        ("release 2, release 1", "shown", 2),
        ("release 1, withdrawal 2", "withdrawn", 2),
        ("withdrawal 2, release 1", "held", 1),
        ("withdrawal 2, release 2", "held", 2),
        ("withdrawal 2, release 3", "shown", 3),
        ("release 3, withdrawal 2", "shown", 3),
        ("release 2, withdrawal 2", "withdrawn", 2),
        ("release 1, withdrawal 2, release 3, withdrawal 4", "withdrawn", 4),
        ("withdrawal 2, release 1, withdrawal 3", "withdrawn", 3),
        ("erased 1", "missing", 1),
        ("erased 1, release 2", "shown", 2),
        ("release 5, epoch, release 3", "shown", 3),
        ("release 5, epoch, withdrawal 3", "withdrawn", 5),
        ("withdrawal 5, epoch, release 3", "held", 3),
        ("withdrawal 2, release 5, epoch, release 2", "held", 2),
    ],
)
def test_the_last_word_counts_and_withdrawals_win(said: str, state: str, version: int) -> None:
    """How a record stands after what its sender said of it, in order."""
    row: ReceivedRecord | None = None
    epoch = 1
    for number, words in enumerate(said.split(", "), start=1):
        if words == "epoch":
            epoch += 1
            continue
        kind, value = words.split()
        item = _item(
            "release" if kind == "erased" else kind, int(value), number, epoch, erased=kind == "erased"
        )
        row, _ = folded(row, item)
    assert row is not None
    assert (row.state, row.version) == (state, version)
