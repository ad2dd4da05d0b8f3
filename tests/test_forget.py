"""`seamwatch forget`: an article and all that came of it is erased, and its incidents follow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from seamwatch.cli.main import app
from seamwatch.errors import UnknownIdError
from seamwatch.model.incident import Extraction
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.text import Article, Rejected
from seamwatch.pipeline.forget import allow_again, find_article, forget, plan_forgetting
from seamwatch.pipeline.record import Recorded, Recorder
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store
from told_articles import EVENTS, copied, told, write_lines

Given = tuple[Article, Extraction]
BOMB, PUMP, GUARD, POLICE, CONVOY = EVENTS
FIRST = told(BOMB, "Tigris Wire", "A1")
SECOND = told(BOMB, "Zagros News", "A2", later=2)
THIRD = told(BOMB, "Hamrin Post", "A3", later=3, killed=3)
ALONE = told(CONVOY, "Tigris Wire", "B1")
NEWER = told(BOMB, "Tigris Wire", "A1v", killed=3, later=2, tail=True)
NEWEST = told(BOMB, "Tigris Wire", "A1w", killed=5, later=4, tail=True)


def read(store: Store, *given: Given) -> list[Recorded | Rejected]:
    recorder = Recorder(store)
    return [recorder.store_given(*one) for one in given]


def record_of(store: Store) -> list[dict[str, Any]]:
    """Return every incident with all that is shown of it, but for the ids that it also had."""
    rows = [incident_json(i) for i in store.incidents(IncidentFilter(statuses=None))]
    return sorted(({**row, "aliases": None} for row in rows), key=lambda row: str(row["id"]))


def incident_of(store: Store, mention: str) -> str:
    return store.incidents_of([mention])[mention]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(str(tmp_path / "record.db")) as opened:
        yield opened


@pytest.mark.parametrize("gone", ["A1", "A2", "A3", "B1", "A1v"])
def test_the_record_is_as_if_it_had_never_been_read(tmp_path: Path, store: Store, gone: str) -> None:
    """After an article is forgotten the incidents are those that the other articles alone give."""
    given = (FIRST, SECOND, THIRD, ALONE, NEWER, told(PUMP, "Zagros News", "C1"))
    read(store, *given)
    forget(store, gone, by="ana", why="a court order")
    with open_store(str(tmp_path / "never.db")) as never:
        read(never, *(g for g in given if g[0].id != gone))
        assert record_of(store) == record_of(never)


def test_an_incident_that_lost_its_first_account_is_found_by_its_old_id(store: Store) -> None:
    """The incident's id follows from the accounts left; the one that it had before leads to it."""
    read(store, FIRST, SECOND)
    old = incident_of(store, "A1#1")
    done = forget(store, "A1", by="ana", why="a court order")
    new = incident_of(store, "A2#1")
    assert new != old
    assert store.resolve_id(old) == new
    assert done.incidents == (new,)
    assert (done.plan.losing, done.plan.vanishing) == ((old,), ())


def test_an_incident_that_nobody_tells_any_longer_says_so(store: Store) -> None:
    """The id of an incident that vanished with its only article is known, with the reason."""
    read(store, FIRST, ALONE)
    old = incident_of(store, "B1#1")
    done = forget(store, "B1", by="ana", why="a court order")
    assert done.plan.vanishing == (old,)
    with pytest.raises(UnknownIdError, match="no stored article tells any longer"):
        store.incident(old)


def test_other_incidents_are_left_alone(store: Store) -> None:
    """An incident with no account of the article is not written again."""
    read(store, FIRST, SECOND, ALONE)
    done = forget(store, "A2", by="ana", why="a court order")
    assert done.incidents == (incident_of(store, "A1#1"),)


# --- versions and copies


def test_versions_get_a_new_root(store: Store) -> None:
    """When the first of three versions goes, the other two are versions of the elder one."""
    read(store, FIRST, NEWER, NEWEST, SECOND)
    assert plan_forgetting(store, "A1").versions == tuple(
        ref for ref in map(store.article_ref, ("A1v", "A1w")) if ref is not None
    )
    forget(store, "A1", by="ana", why="a court order")
    marks = {name: store.article_ref(name).version_of for name in ("A1v", "A1w")}  # type: ignore[union-attr]
    assert marks == {"A1v": None, "A1w": "A1v"}


def test_articles_that_were_versions_only_through_it_part(tmp_path: Path, store: Store) -> None:
    """Two articles that are near the forgotten one, and not near one another, are no versions any longer."""
    words = [f"word{n}" for n in range(160)]
    texts = {"V1": words[:120], "V2": words[15:135], "V3": words[30:150]}
    articles = {n: Article(id=n, text=" ".join(t), source=n, language="en") for n, t in texts.items()}
    read(store, *((a, Extraction()) for a in articles.values()))
    assert {n for n, _ in store.version_family(["V1"])} == set(texts)
    forget(store, "V2", by="ana", why="a court order")
    assert [name for name, _ in store.version_family(["V1"])] == ["V1"]
    assert [name for name, _ in store.version_family(["V3"])] == ["V3"]


def test_with_versions_all_of_them_go(store: Store) -> None:
    """With the versions, every article that tells nearly the same goes, each with a tombstone."""
    read(store, FIRST, NEWER, NEWEST, SECOND)
    plan = plan_forgetting(store, "A1v", with_versions=True)
    assert (plan.articles, plan.versions) == (("A1v", "A1", "A1w"), ())
    forget(store, "A1v", by="ana", why="a court order", with_versions=True)
    assert [a.id for a in store.articles()] == ["A2"]
    assert {stone.article for stone in store.tombstones()} == {"A1", "A1v", "A1w"}


def test_outlets_that_carried_it_word_for_word_go_with_it(store: Store) -> None:
    """A copy is the same article: it is named in the plan, and its text is refused from any outlet."""
    read(store, FIRST, copied(*FIRST, "A9", "Mirror", later=1))
    assert plan_forgetting(store, "A1").outlets == ("Mirror", "Tigris Wire")
    forget(store, "A1", by="ana", why="a court order")
    (refused,) = read(store, copied(*FIRST, "A10", "Another Mirror", later=2))
    assert isinstance(refused, Rejected)


# --- the same text again


def test_the_same_text_is_refused_with_when_and_why(store: Store) -> None:
    """A forgotten text is a rejected input that says when, why, and how to allow it; nothing is stored."""
    read(store, FIRST, SECOND)
    forget(store, "A1", by="ana", why="a court order")
    before = record_of(store)
    (refused,) = read(store, FIRST)
    assert isinstance(refused, Rejected)
    assert refused.code == "forgotten"
    stone = store.tombstone("A1")
    assert stone is not None
    for words in (f"{stone.at:%Y-%m-%d}", "a court order", "seamwatch forget --allow A1"):
        assert words in refused.reason
    assert record_of(store) == before


def test_once_allowed_it_can_be_read_again(tmp_path: Path, store: Store) -> None:
    """After the tombstone is lifted the text is stored again, and the record is as before."""
    read(store, FIRST, SECOND)
    before = record_of(store)
    forget(store, "A1", by="ana", why="a court order")
    assert allow_again(store, "A1").why == "a court order"
    (again,) = read(store, FIRST)
    assert isinstance(again, Recorded)
    assert record_of(store) == before
    with pytest.raises(UnknownIdError, match="no article A1 was forgotten"):
        allow_again(store, "A1")


def test_the_id_of_a_forgotten_article_is_not_given_to_another_text(store: Store) -> None:
    """Another text under the same id gets an id of its own: what was decided of the first is not its own."""
    read(store, FIRST)
    forget(store, "A1", by="ana", why="a court order")
    (other,) = read(store, told(GUARD, "Hamrin Post", "A1"))
    assert isinstance(other, Recorded)
    assert other.article.startswith("A1@")
    assert store.tombstone("A1") is not None
    (refused,) = read(store, FIRST)
    assert isinstance(refused, Rejected)


def test_an_article_is_found_by_its_address(store: Store) -> None:
    """The URL that an article was read from names it too; an unknown one is an error that helps."""
    a, said = FIRST
    read(store, (Article(id="A1", text=a.text, url="https://example.org/1"), said))
    assert find_article(store, "https://example.org/1") == "A1"
    with pytest.raises(UnknownIdError, match="give an article's id"):
        find_article(store, "https://example.org/2")


# --- the command


def run(*arguments: str, db: Path, stdin: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments, "--db", str(db)], input=stdin)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return a database of one incident told by two articles, a version of one, and one told alone."""
    path = tmp_path / "record.db"
    lines = write_lines(tmp_path / "given.jsonl", [FIRST, SECOND, NEWER, ALONE])
    assert run("read", "--mentions", str(lines), db=path).exit_code == 0
    return path


def bytes_of(db: Path) -> bytes:
    return b"".join(f.read_bytes() for f in sorted(db.parent.glob(f"{db.name}*")))


def ids(db: Path) -> set[str]:
    done = run("incidents", "--format", "json", "--status", "all", db=db)
    return {row["id"] for row in json.loads(done.stdout)["incidents"]}


def test_it_erases_and_says_what_without_repeating_it(db: Path) -> None:
    """The output names ids and numbers; the file no longer holds a word that only the article had."""
    (alone,) = ids(db) - {i for i in ids(db) if "Kulajo" in run("explain", i, db=db).stdout}
    for word in (b"Hatra", b"convoy of traders", b"machine guns"):
        assert word in bytes_of(db)
    done = run("forget", "B1", "--why", "a court order", "--by", "ana", "--yes", db=db)
    assert done.exit_code == 0
    assert f"incidents that no other article tells: {alone}" in done.stdout
    assert "1 account of incidents" in done.stdout
    assert f"erased: B1; gone: {alone}" in done.stdout
    for word in (b"Hatra", b"convoy of traders", b"machine guns"):
        assert word not in bytes_of(db)
        assert word.decode() not in done.output
    assert "no stored article tells any longer" in str(run("explain", alone, db=db).exception)


def test_a_dry_run_changes_nothing(db: Path) -> None:
    """With --dry-run the same is said, no reason is needed, and the record stays."""
    before = ids(db)
    done = run("forget", "A1", "--dry-run", db=db)
    assert done.exit_code == 0
    assert "to erase: 1 article (A1), as carried by 1 outlet, with 1 account of incidents" in done.stdout
    assert "incidents that lose a source: i-" in done.stdout
    assert "stays, and tells nearly the same: A1v (Tigris Wire)" in done.stdout
    assert ids(db) == before
    assert run("forget", "A1", "--dry-run", db=db).stdout == done.stdout


def test_it_needs_a_reason_and_where_nobody_can_be_asked_a_yes(db: Path) -> None:
    """Without --why, or without --yes where no terminal is, nothing is erased and the exit code is 2."""
    for arguments, said in (((), "--why"), (("--why", "a court order"), "--yes")):
        done = run("forget", "A1", *arguments, db=db, stdin="y\n")
        assert (done.exit_code, said in done.stderr) == (2, True)
    assert run("forget", "A1", "--dry-run", db=db).exit_code == 0


def test_an_unknown_article_is_told_how_to_be_found(db: Path) -> None:
    """An id that is not stored is an error in plain words."""
    done = run("forget", "nope", "--why", "a court order", "--yes", db=db)
    assert isinstance(done.exception, UnknownIdError)
    assert "no article nope" in str(done.exception)


def test_run_again_it_finishes_what_was_interrupted(db: Path) -> None:
    """A run that ended before the bytes were erased is finished by the same command; again does no harm."""
    with open_store(str(db)) as store:
        forget(store, "B1", by="ana", why="a court order")
    told_twice = run("forget", "B1", "--dry-run", db=db)
    assert "would be erased now" in told_twice.stdout
    for _ in range(2):
        done = run("forget", "B1", "--why", "a court order", "--yes", db=db)
        assert done.exit_code == 0
        assert "B1 was forgotten on" in done.stdout
        assert "no byte of it is left" in done.stdout
        assert b"convoy of traders" not in bytes_of(db)


def test_reading_it_again_is_refused_until_it_is_allowed(db: Path, tmp_path: Path) -> None:
    """`read` rejects the text with exit code 3 and says how to allow it; after --allow it is read."""
    lines = write_lines(tmp_path / "again.jsonl", [ALONE])
    assert run("forget", "B1", "--why", "a court order", "--yes", db=db).exit_code == 0
    refused = run("read", "--mentions", str(lines), db=db)
    assert refused.exit_code == 3
    assert "seamwatch forget --allow B1" in refused.stderr
    allowed = run("forget", "--allow", "B1", db=db)
    assert (allowed.exit_code, "a court order" in allowed.stdout) == (0, True)
    assert run("read", "--mentions", str(lines), db=db).exit_code == 0


def test_decisions_that_are_touched_are_named(db: Path) -> None:
    """The plan names the decisions that lose their words, and those that keep theirs."""
    alone = run("decide", "confirm", "B1#1", "--why", "I know a trader", "--by", "ben", db=db)
    both = run("decide", "same", "A1#1", "A2#1", "--why", "one bomb", "--by", "ben", db=db)
    assert (alone.exit_code, both.exit_code) == (0, 0)
    assert "decisions that lose their value and reason: d1" in run("forget", "B1", "--dry-run", db=db).stdout
    assert "which stay as they are: d2" in run("forget", "A1", "--dry-run", db=db).stdout
    assert run("forget", "B1", "--why", "a court order", "--yes", db=db).exit_code == 0
    assert b"I know a trader" not in bytes_of(db)
    assert b"one bomb" in bytes_of(db)
