"""The SQLite file: what it says when it can't be used, two programs at once, and its indexes."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from made_incidents import article, incident, mention
from seamwatch.errors import StoreError
from seamwatch.model.area import AreaShare
from seamwatch.model.incident import ArticleRef, SourcedMention
from seamwatch.model.incident_codec import incident_json
from seamwatch.store import open_store
from seamwatch.store.sqlite import SqliteStore
from seamwatch.store.sqlite_database import APPLICATION_ID

A1 = article("A1")


def test_postgresql_is_named_as_not_supported() -> None:
    """A PostgreSQL URL gets one clear line that says what to use."""
    with pytest.raises(StoreError, match="PostgreSQL is not supported by this version: use a file path"):
        open_store("postgresql://localhost/record")


def test_a_missing_file_is_made_only_when_asked(tmp_path: Path) -> None:
    """A database is made with its folder, but not by a program that only wants to read one."""
    path = tmp_path / "new folder" / "record.db"
    with pytest.raises(StoreError, match="there is no database at"):
        open_store(str(path), create=False)
    assert not path.parent.exists()
    open_store(str(path)).close()
    open_store(f"sqlite:///{path}", create=False).close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """A database of a newer version is refused with both versions and what to do, and is not changed."""
    path = tmp_path / "record.db"
    open_store(str(path)).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"schema version 99.* up to \d+: use a newer Seamwatch") as caught:
        open_store(str(path))
    assert caught.value.code == "store_newer"
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (99,)


def test_an_older_database_is_brought_up_to_date(tmp_path: Path) -> None:
    """A database of the first version keeps its incidents, which have no areas until some are added."""
    path = tmp_path / "record.db"
    first = sorted((resources.files("seamwatch.store") / "migrations").iterdir(), key=lambda f: f.name)[0]
    with sqlite3.connect(path) as db:
        db.executescript(first.read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        row = {
            **incident_json(incident("I1", SourcedMention(mention=mention(A1), article=ArticleRef(id="A1"))))
        }
        del row["areas"]
        db.execute(
            "INSERT INTO incidents (id, json, status, event_type, sub_event_type) "
            "VALUES ('I1', ?, '', '', '')",
            (json.dumps(row),),
        )
    db.close()
    with open_store(str(path)) as store:
        assert store.incident("I1").areas == ()
        assert [one.areas for one in store.located()] == [()]
        assert store.counts()["areas"] == 0
        share = AreaShare(id="a", name="A", kind="own", weight=1.0)
        store.set_areas(replace(one, areas=(share,)) for one in store.located())
        assert store.incident("I1").areas == (share,)


@pytest.mark.parametrize("content", [b"%PDF-1.7 this is no database at all", b"SQLite format 3\0 cut"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """Another kind of file is refused in one line and keeps its content."""
    path = tmp_path / "record.db"
    path.write_bytes(content * 40)
    with pytest.raises(StoreError, match=r"record\.db is no SQLite database") as caught:
        open_store(str(path))
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content * 40


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A SQLite database of another program is refused and gets no tables of ours."""
    path = tmp_path / "browser.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreError, match="database of another program"):
        open_store(str(path))
    assert sqlite3.connect(path).execute("SELECT name FROM sqlite_schema").fetchall() == [("bookmarks",)]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    """An empty file, as mktemp makes, is a fresh database."""
    path = tmp_path / "record.db"
    path.touch()
    assert open_store(str(path)).counts()["articles"] == 0


def test_a_folder_and_a_file_in_the_way_are_named(tmp_path: Path) -> None:
    """A folder for a path, and a file where a folder should be, each get one clear line."""
    with pytest.raises(StoreError, match="is a folder"):
        open_store(str(tmp_path))
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="choose another path"):
        open_store(str(tmp_path / "file" / "record.db"))


def test_a_full_disk_keeps_what_was_stored(tmp_path: Path) -> None:
    """When the disk is full, one line says so, and what was stored is there; with room it goes on."""
    with SqliteStore(tmp_path / "record.db", create=True) as store:
        store.add_article(article("A1"))
        pages = store.read("PRAGMA page_count")[0][0]
        store.read(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(
            StoreError, match=r"disk that holds .* is full, .* what was stored before is safe"
        ):
            store.add_article(article("A2", text="word " * 20_000))
        assert [a.id for a in store.articles()] == ["A1"]
        store.read("PRAGMA max_page_count = 100000")
        store.add_article(article("A2", text="word " * 20_000))
    assert open_store(str(tmp_path / "record.db")).counts()["articles"] == 2


def test_a_busy_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that waited in vain for another one says so, and nothing of its own is stored."""
    monkeypatch.setattr("seamwatch.store.sqlite_database.BUSY_SECONDS", 0.1)
    path = str(tmp_path / "record.db")
    with open_store(path) as one, open_store(path) as two, one.transaction():
        one.add_article(article("A1"))
        with pytest.raises(StoreError, match="being written by another program"):
            two.add_article(article("A2"))
    assert [a.id for a in open_store(path).articles()] == ["A1"]


def test_a_read_only_folder_can_be_read() -> None:
    """A database where one may not write is read; writing to it gets one clear line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        with open_store(str(path)) as store:
            store.add_article(article("A1"))
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        root = os.geteuid() == 0
        try:
            if root:
                # Nothing is read-only to root: for a moment this process is nobody.
                os.seteuid(65534)
            with open_store(str(path), create=False) as store:
                assert [a.id for a in store.articles()] == ["A1"]
                with pytest.raises(StoreError, match="can't be written: check the rights"):
                    store.add_article(article("A2"))
        finally:
            if root:
                os.seteuid(0)
            Path(folder).chmod(0o755)


OPEN_AND_ADD = """
import sys
from seamwatch.store import open_store
from seamwatch.model.text import Article
with open_store(sys.argv[1]) as store:
    for n in range(5):
        store.add_article(Article(id=f"{sys.argv[2]}-{n}", text="A bomb killed two."), bands=[n])
"""


def test_several_programs_make_and_fill_one_database(tmp_path: Path) -> None:
    """Programs that start at once on a path where nothing is make one database and lose nothing."""
    path = str(tmp_path / "record.db")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AND_ADD, path, str(n)], stderr=subprocess.PIPE, text=True
        )
        for n in range(4)
    ]
    assert [(child.communicate()[1], child.returncode) for child in started] == [("", 0)] * 4
    assert open_store(path).counts()["articles"] == 20


def test_searches_use_their_indexes(tmp_path: Path) -> None:
    """Blocks, links, decisions, bands and ids are looked up, not scanned."""
    with SqliteStore(tmp_path / "record.db", create=True) as store:
        asked: list[str] = []
        store._db.set_trace_callback(asked.append)
        store.profiles_in([1, 2])
        store.profiles(["a"])
        store.links_of(["a"])
        store.near_counts(["a"])
        store.decisions_about(["a"])
        store.articles_with_bands([1, 2])
        store.find_by_content_key("k")
        store.incidents_of(["a"])
        store.mentions(["a"])
        store.place_revisions(["a"])
        store.stood_for(["a"])
        store._db.set_trace_callback(None)
        assert len(asked) >= 10
        tables = {name for (name,) in store.read("SELECT name FROM sqlite_schema")}
        for sql in asked:
            plan = [row[3] for row in store.read(f"EXPLAIN QUERY PLAN {sql}")]
            names = {alias: name for name, alias in re.findall(r"\b(\w+) (\w)\b", sql) if name in tables}
            scanned = [step.split()[1] for step in plan if step.startswith("SCAN")]
            assert not [name for name in scanned if names.get(name, name) in tables], (sql, plan)
