"""The store forgets an article: rows, index entries and every byte of it in the database's files."""

from __future__ import annotations

import sqlite3
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seamwatch.store.sqlite_database as database
from made_incidents import article, extraction, incident, mention, quote
from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.decision import Decision
from seamwatch.model.incident import Revision, Toll, Victim
from seamwatch.model.place import Place
from seamwatch.model.text import Article
from seamwatch.model.tombstone import Tombstone
from seamwatch.store import open_store
from seamwatch.store.base import Store
from seamwatch.store.sqlite import SqliteStore
from seamwatch.vocabulary.codes import DecisionKind, Outcome, RevisionKind, VictimGroup

SECRET = (
    "ZARBATIYAH - A tricycle bomb hit a kindergarten near Zarbatiyah on Monday, said Oberholzer.\n"
    "Four thousand seven hundred eleven beekeepers were killed."
)
POINT = (33.15937, 45.92713)
# Words, quotes, values and addresses that only the secret article has.
TELLTALES = (
    "ZARBATIYAH", "Zarbatiyah", "zarbatiyah", "tricycle", "kindergarten", "Oberholzer", "oberholzer",
    "beekeepers", "beekeeper guild", "47118352", "33.15937", "45.92713", "Quibbleton", "https://example.org/quib",
    "etag-quib", "copyist-gazette", "the widow asked for it", "hidden-title",
)  # fmt: skip
AT = datetime(2026, 11, 22, tzinfo=UTC)
STONE = Tombstone(article="S", by="ana", at=AT, why="a court order")


def secret(name: str = "S") -> Article:
    return article(
        name,
        SECRET,
        title="hidden-title",
        source="Quibbleton Post",
        url="https://example.org/quib",
        language="en",
    )


def told(of: Article) -> Any:
    """Return the secret article's mention with values that nobody else tells."""
    return replace(
        mention(article(of.id)),
        place=Place(
            name="Zarbatiyah",
            country="IQ",
            lat=POINT[0],
            lon=POINT[1],
            precision=2,
            radius_km=5.0,
            evidence=quote(of, "near Zarbatiyah"),
        ),
        killed=Toll(low=47118352, best=47118352, high=47118352, evidence=quote(of, "were killed")),
        victims=(
            Victim(
                name="beekeeper guild", group=VictimGroup.CIVILIAN, outcome=Outcome.KILLED, count=47118352,
                evidence=quote(of, "beekeepers"),
            ),
        ),
        evidence=quote(of, "A tricycle bomb hit a kindergarten"),
    )  # fmt: skip


def fill(store: Store, first: int, last: int) -> None:
    """Store articles and incidents of others, so that the secret one shares its pages and nodes."""
    for number in range(first, last):
        a = article(f"A{number}")
        with store.transaction():
            store.add_article(a, content_key=a.id, bands=[number])
            store.store_extraction(a.id, extraction(a, mention(a)))
            store.replace_incidents([incident(f"i-{a.id}", *store.mentions_of(a.id))])


def with_secret(path: Path) -> Store:
    """Return a store with a secret among 160 articles; its incident was written several times."""
    store = SqliteStore(path, create=True)
    # Some builds of SQLite overwrite what is deleted without being asked, others do not.
    store.read("PRAGMA secure_delete = OFF")
    fill(store, 0, 80)
    s = secret()
    store.add_article(s, content_key="key of the secret", bands=[1, 2**63 + 7])
    store.add_source(s.id, "copyist-gazette", "https://example.org/quib/copy", None)
    store.remember_fetch("https://example.org/quib/copy", "etag-quib", None)
    store.remember_fetch("https://example.org/other", "kept", None)
    store.store_extraction(s.id, extraction(article(s.id), told(s)))
    store.replace_incidents([incident("i-S", *store.mentions_of("S"))])
    both = [*store.mentions_of("S"), *store.mentions_of("A0")]
    store.replace_incidents([incident("i-S", *both)], ["i-A0"])
    store.add_place_revisions(
        [
            Revision(
                at=AT,
                kind=RevisionKind.PLACE,
                field="place",
                before=None,
                after="Zarbatiyah",
                because="Oberholzer",
                mention="S#1",
            )
        ]
    )
    fill(store, 80, 160)
    # What is written over stays in the file: in gaps of pages, in free pages, in nodes of the R-tree.
    names = [f"A{number}" for number in range(81, 120)]
    others = [m for name in names for m in store.mentions_of(name)]
    store.replace_incidents([incident("i-S", *both, *others)], [f"i-{name}" for name in names])
    apart = [incident(f"i-{name}", *store.mentions_of(name)) for name in names]
    store.replace_incidents([*apart, incident("i-S", *both)])
    return store


def files_of(path: Path) -> bytes:
    """Return all bytes of the database's files."""
    return b"".join(f.read_bytes() for f in sorted(path.parent.glob(f"{path.name}*")))


def traces(path: Path) -> list[str]:
    """Return which telltales are found in the bytes of the files, or among the words of the index."""
    data = files_of(path)
    found = [word for word in TELLTALES if word.encode() in data]
    for number in POINT:
        shapes = {struct.pack(">d", number), struct.pack(">f", np.float32(number))}
        shapes |= {struct.pack(">f", np.nextafter(np.float32(number), np.float32(w))) for w in (-200, 200)}
        found += [f"point {number}" for shape in shapes if shape in data]
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, article_words, row)")
        words = {term for (term,) in plain.execute("SELECT term FROM words")}
    plain.close()
    return found + sorted(words & {w.lower() for w in TELLTALES})


def forget(store: Store, stone: Tombstone = STONE) -> None:
    """Forget an article, and tell its incident without it, as the pipeline does."""
    with store.transaction():
        store.forget_article(stone)
        store.replace_incidents([incident("i-A0", *store.mentions_of("A0"))], ["i-S"])


def test_no_byte_is_left(tmp_path: Path) -> None:
    """After the traces are erased no word, quote, name, number or point of the article is in any file."""
    path = tmp_path / "record.db"
    with with_secret(path) as store:
        before = set(traces(path))
        assert before == {*TELLTALES, "point 33.15937", "point 45.92713"} - {"the widow asked for it"}
        forget(store)
        store.erase_traces()
        assert traces(path) == []
        assert not store.has_traces()
        # What others told is whole.
        assert len(list(store.articles())) == 160
        assert len(store.search_articles("roadside", limit=1000)) == 160
        assert store.incident("i-S").id == "i-A0"
        assert store.fetch_memory("https://example.org/other") is not None
        store.add_article(article("later"), content_key="later")
    assert traces(path) == []
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
        plain.execute("INSERT INTO article_words (article_words) VALUES ('integrity-check')")
        rows = plain.execute("SELECT rtreecheck('incident_points')").fetchone()
        assert rows == ("ok",)
    plain.close()


def test_a_point_is_erased_from_the_index_of_points(tmp_path: Path) -> None:
    """No point is left in a node of the R-tree behind its cells in use."""
    path = tmp_path / "record.db"
    with with_secret(path) as store:
        with store.transaction():
            store.forget_article(STONE)
            store.replace_incidents((), ["i-S"])
        store.erase_traces()
        assert traces(path) == []


def test_what_is_left_to_erase_is_known(tmp_path: Path) -> None:
    """Between the erasing of rows and of bytes the store says that traces may be left."""
    path = tmp_path / "record.db"
    with with_secret(path) as store:
        assert not store.has_traces()
        forget(store)
    with open_store(str(path)) as store:
        assert store.has_traces()
        store.erase_traces()
        assert not store.has_traces()
    assert traces(path) == []


def test_another_reader_keeps_the_traces_and_this_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another program reads an old state the error says that bytes may stay; later it is finished."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    path = tmp_path / "record.db"
    with with_secret(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM articles").fetchone()
        forget(store)
        with pytest.raises(StoreError, match="in use by another program") as wrong:
            store.erase_traces()
        assert wrong.value.code == "store_busy"
        assert store.has_traces()
        other.close()
        store.erase_traces()
        assert traces(path) == []


def test_the_tombstone_tells_who_when_and_why(tmp_path: Path) -> None:
    """A tombstone is listed and found by the article's id; no other article has one."""
    with with_secret(tmp_path / "record.db") as store:
        assert store.tombstone("S") is None
        forget(store)
        assert store.tombstone("S") == STONE
        assert store.tombstones() == (STONE,)
        assert store.article("S") is None
        assert store.extraction_json("S") is None
        assert store.mentions_of("S") == ()


def test_the_same_text_is_known_again(tmp_path: Path) -> None:
    """The content key leads to the tombstone, and no longer once that is lifted; the key is not stored."""
    path = tmp_path / "record.db"
    with with_secret(path) as store:
        assert store.forgotten_as("key of the secret") is None
        forget(store)
        assert store.forgotten_as("key of the secret") == STONE
        assert store.forgotten_as("another key") is None
        assert store.forgotten_as("") is None
        store.erase_traces()
        assert b"key of the secret" not in files_of(path)
        assert store.lift_tombstone("S")
        assert not store.lift_tombstone("S")
        assert store.forgotten_as("key of the secret") is None


def test_two_databases_know_one_text_by_different_digests(tmp_path: Path) -> None:
    """The digest of a text is another one in every database: tombstones can't be compared."""
    digests = set()
    for name in ("a.db", "b.db"):
        with open_store(str(tmp_path / name)) as store:
            store.add_article(secret(), content_key="key of the secret")
            store.forget_article(STONE)
        with sqlite3.connect(tmp_path / name) as plain:
            digests |= set(plain.execute("SELECT digest FROM tombstones").fetchall())
        plain.close()
    assert len(digests) == 2


def test_an_unknown_article_can_not_be_forgotten(tmp_path: Path) -> None:
    """An id that is not stored is an error, and no tombstone is left."""
    with open_store(str(tmp_path / "record.db")) as store:
        with pytest.raises(UnknownIdError, match="no article S"):
            store.forget_article(STONE)
        assert store.tombstones() == ()


def test_a_broken_transaction_forgets_nothing(tmp_path: Path) -> None:
    """Where the transaction around it fails, the article, its mentions and its incident are as before."""
    with with_secret(tmp_path / "record.db") as store:
        before = store.mentions_of("S")
        with pytest.raises(RuntimeError), store.transaction():
            store.forget_article(STONE)
            raise RuntimeError
        assert store.mentions_of("S") == before
        assert store.incident("i-S").mentions[0].mention.id == "S#1"
        assert store.tombstone("S") is None
        assert not store.has_traces()


def test_versions_stay_as_articles(tmp_path: Path) -> None:
    """An article that was a version of the forgotten one stays, and is a version of none."""
    with with_secret(tmp_path / "record.db") as store:
        store.set_versions("S", ["A5", "A6"])
        forget(store)
        assert [store.article_ref(name).version_of for name in ("A5", "A6")] == [None, None]  # type: ignore[union-attr]


# --- decisions


def decide(store: Store, kind: DecisionKind, *mentions: str, **fields: Any) -> int:
    fields = {"why": "the widow asked for it", **fields}
    return store.add_decision(Decision(kind=kind, mentions=mentions, by="ben", at=AT, **fields)).number


def test_decisions_about_nothing_else_lose_their_words(tmp_path: Path) -> None:
    """Value and reason of a decision go when all its mentions are gone; who, when and about what stays."""
    path = tmp_path / "record.db"
    with with_secret(path) as store:
        correct = decide(store, DecisionKind.CORRECT, "S#1", field="killed", value={"best": 47118352})
        shared = decide(store, DecisionKind.SAME, "S#1", others=("A0#1",), why="one bomb")
        gone = decide(store, DecisionKind.CONFIRM, "S#2")
        undo = decide(store, DecisionKind.UNDO, undoes=gone)
        other = decide(store, DecisionKind.CONFIRM, "A3#1", why="seen by me")
        touched = store.decisions_touched(["S"])
        assert (touched.erased, touched.kept) == ((correct, gone, undo), (shared,))
        forget(store)
        store.erase_traces()
        assert traces(path) == []
        after = {d.number: d for d in store.decisions()}
        assert [after[n].why for n in (correct, gone, undo)] == ["", "", ""]
        assert (after[correct].value, after[correct].by, after[correct].mentions) == (None, "ben", ("S#1",))
        assert [after[n].why for n in (shared, other)] == ["one bomb", "seen by me"]


def test_a_correction_without_its_value_is_undone(tmp_path: Path) -> None:
    """A correction that lost its value can't hold any longer, should the article ever be allowed again."""
    with with_secret(tmp_path / "record.db") as store:
        correct = decide(store, DecisionKind.CORRECT, "S#1", field="killed", value={"best": 47118352})
        forget(store)
        last = store.decisions()[-1]
        assert (last.kind, last.undoes, last.by) == (DecisionKind.UNDO, correct, "ana")


def test_a_mention_that_was_stood_in_for_goes_too(tmp_path: Path) -> None:
    """Decisions on a mention for which one of the forgotten article stands lose their words as well."""
    with with_secret(tmp_path / "record.db") as store:
        older = decide(store, DecisionKind.CONFIRM, "old#1")
        store.add_stand_in("old#1", "S#1")
        assert store.decisions_touched(["S"]).erased == (older,)
        forget(store)
        assert store.decision(older).why == ""
        assert store.standing_in(["old#1"]) == {"old#1": "old#1"}
        kept = decide(store, DecisionKind.CONFIRM, "old#2")
        store.add_stand_in("old#2", "A7#1")
        assert store.decisions_touched(["A7"]).erased == (kept,)
        assert store.decisions_touched(["A8"]).erased == ()


def test_an_article_whose_id_looks_like_a_mention_is_no_part_of_it(tmp_path: Path) -> None:
    """Decisions about the mentions of an article "S#1" are not touched when S is forgotten."""
    with with_secret(tmp_path / "record.db") as store:
        odd = article("S#1")
        store.add_article(odd, content_key="odd")
        store.store_extraction(odd.id, extraction(odd, mention(odd)))
        decide(store, DecisionKind.CONFIRM, "S#1#1")
        assert store.decisions_touched(["S"]).erased == ()
