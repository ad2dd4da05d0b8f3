"""`seamwatch places` as it is typed: what it prints, stores and refuses."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from seamwatch.cli.main import app
from seamwatch.errors import SeamwatchError
from seamwatch.store import open_store
from test_own_places import BLAST, RAID, VILLAGE

runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEAMWATCH_DB", str(tmp_path / "record.db"))
    monkeypatch.setenv("COLUMNS", "140")
    (tmp_path / "villages.csv").write_text(VILLAGE, encoding="utf-8")
    return tmp_path


def run(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
    result = runner.invoke(app, list(arguments), input=stdin)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_story_of_a_missing_village(folder: Path) -> None:
    """Read, see what is missing, add it: the incident has the village's point and explains the change."""
    (folder / "raid.txt").write_text(RAID, encoding="utf-8")
    (folder / "blast.txt").write_text(BLAST, encoding="utf-8")
    run("read", "raid.txt", "blast.txt", "--published", "2024-03-05")
    missing = run("places", "list", "--missing").stdout
    assert "Kulajo" in missing and "Kifri, Diyala, IQ" in missing and "seamwatch places add FILE" in missing

    added = run("places", "add", "villages.csv").stdout
    assert "added 1 place, 0 rows left out" in added
    assert "read again: 1 article; changed: 1 incident" in added
    assert run("places", "list", "--missing").stdout.startswith("No name is missing")

    incidents = json.loads(run("incidents", "--format", "json").stdout)["incidents"]
    (raid,) = (i for i in incidents if i["place"]["name"] == "Kulajo")
    assert (raid["place"]["lat"], raid["place"]["lon"], raid["place"]["admin2"]) == (34.75, 45.1, "Kifri")
    assert raid["place"]["precision"] in (1, 2)
    told = " ".join(run("explain", raid["id"]).stdout.split())
    assert "place refined: the gazetteer has Kulajo now" in told

    assert "removed 1 place" in run("places", "remove", "villages.csv").stdout
    after = json.loads(run("incidents", "--format", "json").stdout)["incidents"]
    assert {i["place"]["precision"] for i in after if i["id"] == raid["id"]} == {3}


def test_reading_again_can_wait(folder: Path) -> None:
    """With --no-again the articles are only counted; places again reads them."""
    (folder / "raid.txt").write_text(RAID, encoding="utf-8")
    run("read", "raid.txt", "--published", "2024-03-05")
    assert "1 stored article to read again" in run("places", "add", "villages.csv", "--no-again").stdout
    assert "read again: 1 article; changed: 1 incident" in run("places", "again").stdout
    assert "read again: 0 articles" in run("places", "again").stdout
    assert "read again: 1 article; changed: 0 incidents" in run("places", "again", "--all").stdout


def test_broken_rows_are_told_and_end_with_code_3(folder: Path) -> None:
    """The rest is loaded; twenty broken rows are shown, the others counted."""
    rows = "".join(f"X{n},north,45,\n" for n in range(30))
    (folder / "villages.csv").write_text(VILLAGE + rows, encoding="utf-8")
    result = run("places", "add", "villages.csv", code=3)
    assert "added 1 place, 30 rows left out" in result.stdout
    assert result.stderr.count("left out: villages.csv, line") == 20
    assert "... and 10 more rows left out" in result.stderr


def test_a_file_that_can_not_be_read_does_not_stop_the_next(folder: Path) -> None:
    """A missing file is one line; the file after it is added."""
    result = run("places", "add", "nothing.csv", "villages.csv", code=3)
    assert "nothing.csv: can't be read" in result.stderr
    assert "added 1 place" in result.stdout


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    """It says what would be added; no database is made."""
    assert "would add 1 place" in run("places", "add", "villages.csv", "--dry-run").stdout
    assert not (folder / "record.db").exists()


def test_the_same_file_again_is_known(folder: Path) -> None:
    """Adding the same content twice says so; a changed file takes the place of the first."""
    run("places", "add", "villages.csv")
    assert "added before, nothing to do" in run("places", "add", "villages.csv").stdout
    (folder / "villages.csv").write_text(VILLAGE.replace("34.75", "34.8"), encoding="utf-8")
    assert "in place of 1 row of that name" in run("places", "add", "villages.csv").stdout


def test_lists_of_own_places(folder: Path) -> None:
    """As a table, JSON and CSV; without any, what to do."""
    run("read", "villages.csv", code=3)
    assert "places list --missing" in run("places", "list").stdout
    run("places", "add", "villages.csv")
    assert "P1" in run("places", "list").stdout
    (row,) = json.loads(run("places", "list", "--format", "json").stdout)
    assert (row["id"], row["name"], row["admin1"], row["aliases"]) == (
        "P1",
        "Kulajo",
        "Diyala",
        ["Kolajo", "Kulajaw"],
    )
    (flat,) = csv.DictReader(io.StringIO(run("places", "list", "--format", "csv").stdout))
    assert (flat["lat"], flat["aliases"], flat["file"]) == ("34.75", "Kolajo; Kulajaw", "villages.csv")
    assert run("places", "list", "--missing", "--format", "json").stdout.strip() == "[]"


def test_a_database_of_an_earlier_version(folder: Path) -> None:
    """Its place names are not told apart: the list says so and what to do; given mentions are recognised."""
    migrations = resources.files("seamwatch.store") / "migrations"
    with sqlite3.connect(folder / "record.db") as old:
        old.executescript((migrations / "0001_first.sql").read_text(encoding="utf-8"))
        old.execute("PRAGMA application_id = 0x5345414D")
        old.execute("PRAGMA user_version = 1")
        for name in ("A", "G"):
            old.execute(
                "INSERT INTO articles (id, text, published, language, stored_at) VALUES (?, ?, ?, ?, ?)",
                (name, RAID, "2024-03-05", "en", "2024-03-06T00:00:00+00:00"),
            )
            old.execute(
                "INSERT INTO mentions (id, article_id, ordinal, json, event_type, sub_event_type, modality) "
                "VALUES (?, ?, 1, '{}', 'Battles', 'Armed clash', 'asserted')",
                (f"{name}#1", name),
            )
        rows = [("A", '[{"start":63,"end":69,"quote":"Kulajo"}]'), ("G", "[]")]
        for name, places in rows:
            old.execute("INSERT INTO extractions VALUES (?, '[]', '[]', ?, '[]', '[]', '')", (name, places))
    result = run("places", "list", "--missing")
    assert "seamwatch places again --all" in result.stderr
    with open_store(str(folder / "record.db")) as store:
        assert [store.is_given(name) for name in ("A", "G")] == [False, True]


def test_removing_what_is_not_there(folder: Path) -> None:
    """An unknown file or id is an error that says where to look; an id removes one place."""
    (folder / "villages.csv").write_text(VILLAGE + "Daban,34.9,45.2,\n", encoding="utf-8")
    run("places", "add", "villages.csv")
    for wrong in ("other.csv", "P99", "99999999999999999999"):
        result = runner.invoke(app, ["places", "remove", wrong])
        assert isinstance(result.exception, SeamwatchError) and "places list" in str(result.exception)
    assert "removed 1 place" in run("places", "remove", "P1").stdout
    assert [p["name"] for p in json.loads(run("places", "list", "--format", "json").stdout)] == ["Daban"]


def test_search(folder: Path) -> None:
    """Any spelling finds the place, with how; nothing found says what to do; an odd country is refused."""
    run("places", "add", "villages.csv")
    assert "Kulajo" in run("places", "search", "Kulajaw").stdout
    (row,) = lines(run("places", "search", "Kulajow", "--json"))
    assert (row["name"], row["admin1"], row["how"], row["kind"]) == (
        "Kulajo",
        "Diyala",
        "transliteration",
        "populated",
    )
    assert all(
        r["country"] == "IQ" for r in lines(run("places", "search", "Kirkuk", "--country", "iraq", "--json"))
    )
    assert "seamwatch places add FILE" in run("places", "search", "Xqzzvwk").stdout
    assert "--country 'Atlantis'" in run("places", "search", "Kirkuk", "--country", "Atlantis", code=2).stderr


def test_resolve_answers_in_order_and_does_not_guess(folder: Path) -> None:
    """Each line gets its answer or error; ties and namesakes elsewhere are null, with the reason."""
    run("places", "add", "villages.csv")
    asked = [
        '{"id": 1, "name": "Kulajo", "country": "Iraq", "admin1": "Diyala"}',
        '{"id": 2, "name": "Springfield"}',
        '{"id": 3, "name": "Kulajo", "country": "MY"}',
        '{"id": 4}',
        "not json",
        '{"id": 5, "name": "Springfield", "text": "A fire in Springfield, Illinois, near Chicago."}',
        '{"id": 6, "name": "Kirkuk", "country": "Atlantis"}',
        '{"id": 7, "name": 5}',
        '{"id": 8, "name": "Xqzzvwk"}',
        "",
    ]
    found = lines(run("places", "resolve", code=3, stdin="\n".join(asked)))
    assert [row["id"] for row in found] == [1, 2, 3, 4, None, 5, 6, 7, 8]
    place = found[0]["place"]
    assert (place["name"], place["lat"], place["precision"], found[0]["score"]) == ("Kulajo", 34.75, 1, 1.0)
    assert "evidence" not in place
    for number, reason in (
        (1, "fit equally well"),
        (2, "in MY; a namesake lies in Diyala"),
        (8, "no place of"),
    ):
        assert found[number]["place"] is None
        assert reason in found[number]["reasons"][0]
    codes = {n: found[n]["error"]["code"] for n in (3, 4, 6, 7)}
    assert codes == {3: "missing_name", 4: "bad_json", 6: "bad_field", 7: "bad_field"}
    assert found[5]["place"]["admin1"] == "Illinois"


def test_resolve_works_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no database anywhere the shipped gazetteer answers, and none is made."""
    monkeypatch.delenv("SEAMWATCH_DB", raising=False)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda _name: str(tmp_path / "data"))
    (row,) = lines(run("places", "resolve", stdin='{"name": "Daquq", "country": "IQ"}\n'))
    assert row["place"]["admin1"] == "Kirkuk"
    assert list((tmp_path / "data").iterdir()) == []


def test_a_mistyped_database_is_an_error(folder: Path) -> None:
    """A path where nothing is does not answer from the shipped gazetteer alone."""
    result = runner.invoke(app, ["places", "search", "Kirkuk", "--db", "nowhere.db"])
    assert isinstance(result.exception, SeamwatchError) and "no database" in str(result.exception)
