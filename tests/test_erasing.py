"""What was withdrawn leaves no byte: at once in a small database, in a large one by `seamwatch compact`."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

import seamwatch.store.sqlite_database as database
from centre_parties import Parties, parties, record_content, settle
from exchange_serving import parties as served_parties
from party_records import BOMB, picture_of, record, toll
from seamwatch.cli.main import app
from seamwatch.errors import StoreError
from seamwatch.pipeline.centre import record_picture
from seamwatch.pipeline.centre.record_picture import RecordPicture
from seamwatch.store import Store, open_store
from seamwatch.store.sqlite import SqliteStore
from test_cli import run

WORD = "zqOkonkwoxv"
SMALL_CHANGE = 40  # records beside the secret one


def content_of(number: int, **values: Any) -> dict[str, Any]:
    """Return the content of a record with its own toll, and other values where given."""
    return {**record_content(), "incident": {**BOMB, "killed": toll(number), **values}}


def secret() -> dict[str, Any]:
    """Return the content of a record with a word that nothing else has."""
    return content_of(1, weapons=[{"name": f"{WORD} device", "evidence": []}])


def files_with(folder: Path, name: str, *words: bytes) -> list[str]:
    """Return the files of a database, beside it and of it, that have one of the words in any case."""
    return [
        path.name
        for path in sorted(folder.glob(f"{name}*"))
        if any(word.lower() in path.read_bytes().lower() for word in words)
    ]


def words_indexed(path: Path) -> set[str]:
    """Return the words of the full-text index, those of removed rows too."""
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, article_words, row)")
        found = {term for (term,) in plain.execute("SELECT term FROM words")}
    plain.close()
    return found


class Exchanged(NamedTuple):
    """Two parties, of which the south shows what the north released, and the sealed bytes that went."""

    made: Parties
    record: str
    boxes: tuple[bytes, ...]


def exchanged(made: Parties) -> Exchanged:
    a, b = made["north"], made["south"]
    b.picture = RecordPicture(b.store, lambda party: party)
    for number in range(SMALL_CHANGE):
        other = a.record_of(f"I{number}")
        a.release("south", other, f"I{number}", content_of(number))
    name = a.record_of("S")
    a.release("south", name, "S", secret())
    settle(made, rounds=2)
    items = a.page("south", "north", "south", epoch=1, after=0).items
    mine = tuple(i.sealed.box for i in items if i.entry.subject == name and i.sealed is not None)
    assert mine and files_with(made.folder, "south.db", WORD.encode())
    assert files_with(made.folder, "north.db", *mine) and files_with(made.folder, "south.db", *mine)
    return Exchanged(made, name, mine)


@pytest.mark.parametrize("how", ["withdrawn", "told anew without it"])
def test_what_was_withdrawn_leaves_no_byte_once_it_is_carried_out(tmp_path: Path, how: str) -> None:
    """No file of the receiver has the word, no file of either has the sealed content, nor has the index."""
    with parties(tmp_path) as made:
        _, name, boxes = exchanged(made)
        if how == "withdrawn":
            made["north"].withdraw("south", name, "a source is at risk")
        else:
            made["north"].release("south", name, "S", content_of(7))
        settle(made, rounds=2)
        for party in ("north", "south"):
            assert files_with(tmp_path, f"{party}.db", WORD.encode(), *boxes) == []
            assert not made[party].store.has_traces()
            assert WORD.lower() not in words_indexed(made.path(party))
        shown = made["south"].store.counts()["articles"]
        assert shown == SMALL_CHANGE + (how != "withdrawn")


# --- large files


def large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return an open store that counts as large, from which a record was withdrawn."""
    monkeypatch.setattr(record_picture, "SMALL", 0)
    store = SqliteStore(folder / "record.db", create=True)
    picture = picture_of(store)
    weapon = [{"name": f"{WORD} device", "evidence": []}]
    rows = [record("north", f"n{n}", weapons=weapon if n == 20 else []) for n in range(SMALL_CHANGE)]
    picture.show(rows)
    picture.withdraw([rows[20]])
    assert store.has_traces()
    return store


def test_a_large_file_is_written_anew_by_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then the traces are there, and it is said; after it no file has them, and the record is whole."""
    with large(tmp_path, monkeypatch) as store:
        before = [i.id for i in store.incidents()]
        assert files_with(tmp_path, "record.db", WORD.encode())
    db = ("--db", str(tmp_path / "record.db"))
    dry = run("compact", "--dry-run", *db)
    assert dry.returncode == 0 and "bytes of what was withdrawn" in dry.stdout and "MB are free" in dry.stdout
    assert files_with(tmp_path, "record.db", WORD.encode())
    done = run("compact", *db)
    assert done.returncode == 0 and "no byte of what was erased is left" in done.stdout
    assert files_with(tmp_path, "record.db", WORD.encode()) == []
    assert WORD.lower() not in words_indexed(tmp_path / "record.db")
    with open_store(db[1]) as store:
        assert not store.has_traces() and [i.id for i in store.incidents()] == before
    assert "nothing was erased" in run("compact", "--dry-run", *db).stdout


def test_too_little_room_is_found_out_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a disk has too little room nothing is changed, and the message says how much is needed where."""
    with large(tmp_path, monkeypatch) as store:
        needed = store.room_to_erase()
        assert sum(room.needed for room in needed) >= store.size()
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 1000))
        mark = (tmp_path / "record.db").read_bytes()
        with pytest.raises(StoreError, match=r"needs \d+ MB in .*, where 1 MB are free") as wrong:
            store.erase_traces()
        assert wrong.value.code == "store_full" and store.has_traces()
        assert (tmp_path / "record.db").read_bytes() == mark


def test_a_reader_is_found_out_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads an old state would keep the traces: it is said at once. Who has the file open does not."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with large(tmp_path, monkeypatch) as store:
        steps: list[str] = []
        other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM articles").fetchone()
        # A write that the reader does not see.
        store.may_hold_traces()
        with pytest.raises(StoreError, match="in use by another program"):
            store.erase_traces(lambda what, *_: steps.append(what))
        assert steps == []
        other.execute("COMMIT")
        store.erase_traces(lambda what, *_: steps.append(what))
        assert len(steps) == 3 and files_with(tmp_path, "record.db", WORD.encode()) == []
        assert other.execute("SELECT count(*) FROM articles").fetchone() == (SMALL_CHANGE - 1,)
        other.close()


@pytest.mark.parametrize("step", ["merging the index", "writing the file", "putting it in place"])
def test_a_crash_leaves_the_record_whole_and_the_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Killed at any step the record is whole, says that traces may be left, and can be written anew again."""
    with large(tmp_path, monkeypatch) as store:
        before = [i.id for i in store.incidents()]
    program = (
        "import os, signal, sys\n"
        "from seamwatch.store import open_store\n"
        "store = open_store(sys.argv[1])\n"
        "def killed(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "def tell(what, *_):\n"
        "    if what.startswith(sys.argv[2]):\n"
        "        killed() if sys.argv[2].startswith('putting') else "
        "store._db.set_progress_handler(killed, 200)\n"
        "store.erase_traces(tell)\n"
    )
    path = tmp_path / "record.db"
    done = subprocess.run([sys.executable, "-c", program, str(path), step], check=False, timeout=60)
    assert done.returncode == -9
    with open_store(str(path)) as store:
        assert store.has_traces() and [i.id for i in store.incidents()] == before
        store.erase_traces()
    assert files_with(tmp_path, "record.db", WORD.encode()) == []
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()


def test_an_exchange_says_that_traces_may_be_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a database is too large to be written anew by the way, the exchange names the command for it."""
    monkeypatch.setattr(record_picture, "SMALL", 0)
    with served_parties(tmp_path, ["a", "b"]) as made:
        store = made["b"].node.store
        store.put_own_party({"id": "b", "name": "B", "sign_key": "00" * 32})
        asked = ["exchange", "sync", "--private-addresses", "--db", str(made["b"].db)]
        assert "seamwatch compact" not in CliRunner().invoke(app, asked).stderr
        store.may_hold_traces()
        assert CliRunner().invoke(app, asked).stderr.count("seamwatch compact") == 1
        store.erase_traces()
        assert "seamwatch compact" not in CliRunner().invoke(app, asked).stderr
