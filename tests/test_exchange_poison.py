"""What one party says must not stop what the others say: contents and numbers that no honest party sends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from centre_parties import START, Parties, parties, pull, say
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.exchange_codec import page_json, read_page, read_taken
from seamwatch.coordinate.feed import MOST_EPOCH, head_of, make_entry
from seamwatch.coordinate.keys import KeyRing, box_digest, verifies
from seamwatch.errors import ShapeError
from seamwatch.model.exchange import Head, Item
from seamwatch.pipeline.centre.audit_checking import verify_log
from seamwatch.pipeline.centre.auditing import export_log
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.vocabulary.coordination import EntryKind

RECORD = {
    "record": "r",
    "version": 1,
    "tlp": "TLP:AMBER",
    "incident": {"event_type": "Battles", "sub_event_type": "Armed clash"},
    "withheld": [],
    "coarse": {},
    "sources": None,
}


def said(
    made: Parties,
    kind: EntryKind,
    content: bytes,
    subject: str = "r",
    version: int = 1,
    at: datetime | None = None,
) -> Item:
    """Append to the feed from north to south what no honest node would."""
    keys, store = made.rings["north"], made["north"].store
    south = made.charter.party("south")
    assert south is not None
    sealed = keys.seal(content, south.agree_key, b"north>south")
    entry = make_entry(
        keys,
        store.feed_head("north", "south"),
        kind=kind,
        subject=subject,
        version=version,
        digest=box_digest(sealed),
        at=at or made.clock(),
    )
    store.add_items([Item(entry=entry, sealed=sealed)])
    return Item(entry=entry, sealed=sealed)


@pytest.mark.parametrize(
    "told",
    [
        {"epoch": float("inf"), "number": 1, "hash": "x"},
        {"epoch": 1, "number": 1 << 70, "hash": "x"},
        {"epoch": -1, "number": 1, "hash": "x"},
        {"epoch": True, "number": 1, "hash": "x"},
        {"held": [["RECORD", float("inf")]]},
        {"held": [["RECORD", (1 << 63) - 1]]},
        {"held": [["RECORD", 1 << 53]]},
        {"held": 5},
    ],
)
def test_a_receipt_with_numbers_beyond_all_measure_stops_nothing(
    tmp_path: Path, told: dict[str, Any]
) -> None:
    """It is noted as refused; what others said is carried out, and the own feed can still be read."""
    with parties(tmp_path, ("north", "south", "east")) as made:
        record = say(made["south"], "north")
        body = json.dumps({"held": [], **told}).replace("RECORD", record).encode()
        said(made, EntryKind.RECEIPT, body, subject="", version=0)
        say(made["east"], "south", 7)
        pull(made["south"], made["north"], "north")
        pull(made["south"], made["east"], "east")
        made["south"].carry_out()
        assert list(made.shown("south").values()) == [7]
        assert [r.sender for r in made["south"].store.refused_entries()] == ["north"]
        page = made["south"].page("north", "south", "north", epoch=1, after=0)
        assert read_page(canonical(page_json(page))) == page


def test_a_charter_with_a_number_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    """What comes after it in the same page is taken."""
    long = b'{"kind":"incident","priority":null,"answer_hours":1' + b"0" * 400 + b"}"
    body = (
        b'{"charter":{"seamwatch":"charter","name":"x","version":1,"previous":"","parties":[],'
        b'"answer_times":[' + long + b'],"change":"all","suspend":"all"},"digest":"","signatures":{}}'
    )
    with parties(tmp_path) as made:
        said(made, EntryKind.CHARTER, body)
        say(made["north"], "south", 3)
        assert pull(made["south"], made["north"], "north").problem is None
        made["south"].carry_out()
        assert list(made.shown("south").values()) == [3]
        assert "above 0" in made["south"].store.refused_entries()[0].text


def test_so_many_records_held_back_that_no_receipt_could_name_them(tmp_path: Path) -> None:
    """A receipt names some of them; the receipts to others go out as well."""
    with parties(tmp_path, ("east", "north", "south")) as made:
        keys, head = made.rings["east"], made["east"].store.feed_head("east", "south")
        south = made.charter.party("south")
        assert south is not None
        items = []
        sealed = keys.seal(b"{}", south.agree_key, b"east>south")
        for version, kind in ((5, EntryKind.WITHDRAWAL), (2, EntryKind.RELEASE)):
            for number in range(5300):
                entry = make_entry(
                    keys,
                    head,
                    kind=kind,
                    subject=f"{number:0200}",
                    version=version,
                    digest=box_digest(sealed),
                    at=START,
                )
                items.append(Item(entry=entry, sealed=sealed))
                head = head_of(entry)
        assert made["south"].take(items, via="east").new == 10_600
        say(made["north"], "south")
        pull(made["south"], made["north"], "north")
        made["south"].carry_out()
        assert made["south"].store.feed_head("south", "east").number == 1
        assert made["south"].store.feed_head("south", "north").number == 1


def test_a_record_dated_ahead_is_known_from_now_on(tmp_path: Path) -> None:
    """Whose clock is wrong, or who wants no answer to be due, does not move what is known into the future."""
    with parties(tmp_path) as made:
        store = made["south"].store
        made["south"].picture = RecordPicture(store)
        said(
            made,
            EntryKind.RELEASE,
            json.dumps(RECORD).encode(),
            at=datetime(2199, 12, 31, 23, 59, tzinfo=UTC),
        )
        pull(made["south"], made["north"], "north")
        made["south"].carry_out()
        (mention,) = store.mentions(["party:north:r#1"]).values()
        known = mention.article.known
        assert known is not None and known <= datetime.now(UTC)


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999999+00:00"]
)
def test_an_entry_from_the_ends_of_the_calendar_is_refused_in_words(tmp_path: Path, at: str) -> None:
    """Such a moment has no place in UTC, or none after it."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        row = page_json(made["north"].page("south", "north", "south", epoch=1, after=0))
        row["items"][0]["entry"]["at"] = at
        with pytest.raises(ShapeError, match="clock is wrong"):
            read_page(canonical(row))


def test_a_sender_that_counts_epochs_as_it_likes_keeps_no_audit_from_an_end(tmp_path: Path) -> None:
    """Only epochs of which entries are held are looked at: counting to the highest would take for ever."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        pull(made["south"], made["north"], "north")
        head = Head(sender="north", receiver="south", epoch=MOST_EPOCH)
        entry = make_entry(
            made.rings["north"], head, kind=EntryKind.RECEIPT, subject="", version=0, digest="", at=START
        )
        assert made["south"].take([Item(entry=entry)], via="north").new == 1
        assert made["south"].store.feed_epochs("north", "south") == (1, MOST_EPOCH)
        ring = made.rings["south"]
        made["south"].store.put_own_party({"id": "south", "name": "South", "sign_key": ring.sign_key})
        log = export_log(made["north"].store, made.rings["north"], made.clock())
        report = verify_log(made["south"].store, (line.encode() for line in log))
        assert any(f"epoch {MOST_EPOCH}" in line for line in report.problems)


def test_an_answer_that_steers_a_terminal_is_one_plain_line() -> None:
    """What another party says of a page is shown to people: it moves no cursor and makes no line."""
    row = {"new": 0, "known": 0, "problem": "gap", "text": "a\x1b[2J\nb: all well\u202e", "head": None}
    (taken,) = read_taken(canonical([row]))
    assert taken.text == "a [2J b: all well"


def test_own_entries_that_others_made_up_after_new_keys_are_not_opened(tmp_path: Path) -> None:
    """Who seals for us can also seal as us: of what we did not sign, only that it was said is believed."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south", 1, "I1")
        ring = made.rings["north"] = KeyRing("north", b"new".ljust(32, b"."))
        made.charter = replace(
            made.charter,
            parties=tuple(
                replace(p, sign_key=ring.sign_key, agree_key=ring.agree_key, term=2) if p.id == "north" else p
                for p in made.charter.parties
            ),
        )
        made.open("north")
        made["north"].store.add_record_id("I2", "made-up")
        head = made["north"].store.feed_head("north", "south")
        body = canonical({**RECORD, "record": "made-up"})
        sealed = made.rings["south"].seal(body, ring.agree_key, b"north>south")
        entry = make_entry(
            made.rings["south"],
            head,
            kind=EntryKind.RELEASE,
            subject="made-up",
            version=1,
            digest=box_digest(sealed),
            at=START,
        )
        assert made["north"].adopt_tail([Item(entry=entry, sealed=sealed)]).new == 1
        made["north"].begin_epoch("south")
        said_anew = {row.record: row.state for row in made["north"].store.sent_records(receiver="south")}
        assert said_anew == {record: "withdrawn", "made-up": "withdrawn"}


def test_another_form_of_a_signature_does_not_verify() -> None:
    """Adding the group's order to a signature's second half gives no second signature of the same message."""
    ring = KeyRing.new("north")
    first = bytes.fromhex(ring.sign(b"x"))
    order = 2**252 + 27742317777372353535851937790883648493
    second = (int.from_bytes(first[32:], "little") + order).to_bytes(32, "little")
    assert verifies(ring.sign_key, b"x", first.hex())
    assert not verifies(ring.sign_key, b"x", (first[:32] + second).hex())
