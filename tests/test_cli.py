"""The command as a user runs it: real processes, real files, exit codes and messages."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).parent / "seamwatch")
BLAST = (
    "TIKRIT - Two policemen were killed and three others wounded on Tuesday when a roadside bomb exploded "
    "near their patrol in the town of Baiji, Salahuddin province, a police captain said."
)
QUIET = "The council met on Monday to discuss water prices. The next meeting will be held in June."


def run(
    *arguments: str, stdin: str | bytes = "", env: dict[str, str] | None = None, limit: int | None = None
) -> subprocess.CompletedProcess[str]:
    def shrink() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [PROGRAM, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        check=False,
        timeout=300,
        env={**os.environ, **(env or {})},
        preexec_fn=shrink,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def line(**fields: object) -> str:
    return json.dumps({"published": "2024-04-10", **fields}) + "\n"


def test_help_names_every_verb_and_the_exit_codes() -> None:
    """`seamwatch --help` lists the verbs and says what the exit codes mean."""
    done = run("--help")
    assert done.returncode == 0
    for word in ("extract", "read", "incidents", "explain", "demo", "Exit codes"):
        assert word in " ".join(done.stdout.split())


@pytest.mark.parametrize("verb", ["extract", "read", "incidents", "explain", "demo"])
def test_each_verb_has_help_with_an_example_or_explanation(verb: str) -> None:
    """Every verb explains itself and its options."""
    done = run(verb, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 8


def test_wrong_usage_is_exit_code_2() -> None:
    """A verb that does not exist, or no source, is wrong usage."""
    assert run("frobnicate").returncode == 2
    assert run("read").returncode == 2


def test_extract_prints_one_line_with_evidence_that_is_the_exact_slice(tmp_path: Path) -> None:
    """A text file gives one JSON line; every evidence quote is the slice at its offsets."""
    file = tmp_path / "blast.txt"
    file.write_text(BLAST, encoding="utf-8")
    done = run("extract", str(file), "--published", "2024-04-10", "--title", "Bomb kills two in Baiji")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    (mention,) = row["mentions"]
    assert mention["event_type"] == "Explosions/Remote violence"
    assert mention["date"]["start"] == "2024-04-09"
    assert (mention["killed"]["best"], mention["injured"]["best"]) == (2, 3)
    assert mention["place"]["admin1"] == "Salah al-Din"
    parts = {"text": BLAST, "title": "Bomb kills two in Baiji"}
    seen = 0
    stack: list[object] = [row]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if "quote" in value and "in" in value:
                assert parts[value["in"]][value["start"] : value["end"]] == value["quote"]
                seen += 1
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    assert seen > 5


def test_extract_keeps_the_order_of_the_lines_with_two_workers() -> None:
    """With --workers 2 the results are the same lines in the same order as with one."""
    lines = "".join(line(id=f"L{i}", text=BLAST if i % 2 else QUIET) for i in range(9))
    one = run("extract", "--jsonl", stdin=lines)
    two = run("extract", "--jsonl", "--workers", "2", stdin=lines)
    assert [json.loads(row)["id"] for row in one.stdout.splitlines()] == [f"L{i}" for i in range(9)]
    assert one.stdout == two.stdout


def test_bad_lines_get_an_error_line_and_exit_code_3() -> None:
    """A line that is no JSON, no object, or has no text gets an error line; the rest is read."""
    lines = (
        '{"id": "A", "text":\n'
        + "[1, 2]\n"
        + line(id="C")
        + line(id="D", text="")
        + line(id="E", text=BLAST)
        + line(id="F", text=BLAST, published="some day")
    )
    done = run("extract", "--jsonl", stdin=lines)
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert done.returncode == 3
    assert [("error" in row) for row in rows] == [True, True, True, True, False, True]
    assert all(set(row["error"]) == {"code", "message"} for row in rows if "error" in row)
    assert [row["id"] for row in rows[2:]] == ["C", "D", "E", "F"]
    assert len([row for row in done.stderr.splitlines() if row.startswith("rejected:")]) == 5


def test_no_publication_date_is_a_warning_and_no_error() -> None:
    """Without a publication date 'Tuesday' stays open, with one warning and exit code 0."""
    done = run("extract", stdin=BLAST)
    row = json.loads(done.stdout)
    assert done.returncode == 0
    assert len(row["warnings"]) == 1
    assert row["mentions"][0]["date"] is None


def test_a_future_publication_date_is_a_warning_and_no_error() -> None:
    """An article of the year 2931 is read; relative dates stay open, with one warning."""
    done = run("extract", "--published", "2931-01-01", stdin=BLAST)
    row = json.loads(done.stdout)
    assert done.returncode == 0
    assert len(row["warnings"]) == 1
    assert "future" in row["warnings"][0]
    assert row["mentions"][0]["date"] is None


def test_bad_files_are_rejected_and_the_rest_is_stored(tmp_path: Path) -> None:
    """Empty, binary and missing files get one line each; the good article is stored; exit code 3."""
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "good.txt").write_text(BLAST)
    db = str(tmp_path / "x.db")
    done = run("read", str(tmp_path), str(tmp_path / "gone.txt"), "--db", db, "--published", "2024-04-10")
    assert done.returncode == 3
    rejected = [row for row in done.stderr.splitlines() if row.startswith("rejected:")]
    assert len(rejected) == 3, done.stderr
    for name in ("empty.txt", "noise.txt", "gone.txt"):
        assert any(name in row for row in rejected)
    listed = json.loads(run("incidents", "--db", db, "--format", "json").stdout)
    assert len(listed["incidents"]) == 1


def test_reading_twice_stores_once(tmp_path: Path) -> None:
    """The same file read again is known; the incident stays one with the same id."""
    file = tmp_path / "a.txt"
    file.write_text(BLAST)
    db = str(tmp_path / "x.db")
    run("read", str(file), "--db", db, "--published", "2024-04-10")
    first = json.loads(run("incidents", "--db", db, "--format", "json").stdout)["incidents"]
    again = run("read", str(file), "--db", db, "--published", "2024-04-10")
    second = json.loads(run("incidents", "--db", db, "--format", "json").stdout)["incidents"]
    assert again.returncode == 0
    assert "1 known" in again.stdout
    assert [i["id"] for i in first] == [i["id"] for i in second]


def test_explain_shows_quotes_and_an_unknown_id_is_one_line(tmp_path: Path) -> None:
    """`explain` shows the quotes of an incident; an id that nobody has is one clear line."""
    db = str(tmp_path / "x.db")
    run("read", "-", "--db", db, stdin=line(id="A", text=BLAST))
    (incident,) = json.loads(run("incidents", "--db", db, "--format", "json").stdout)["incidents"]
    shown = run("explain", incident["id"], "--db", db)
    assert shown.returncode == 0
    assert "roadside bomb" in shown.stdout
    unknown = run("explain", "i-nobody", "--db", db)
    assert unknown.returncode == 1
    assert "i-nobody" in unknown.stderr
    assert len(unknown.stderr.splitlines()) == 1


def test_formats_are_what_they_say(tmp_path: Path) -> None:
    """json, jsonl, csv and geojson parse as such; the table names the place."""
    db = str(tmp_path / "x.db")
    run("read", "-", "--db", db, stdin=line(id="A", text=BLAST))
    assert json.loads(run("incidents", "--db", db, "-f", "json").stdout)["incidents"]
    assert json.loads(run("incidents", "--db", db, "-f", "jsonl").stdout)["sub_event_type"]
    assert run("incidents", "--db", db, "-f", "csv").stdout.count("\n") == 2
    assert json.loads(run("incidents", "--db", db, "-f", "geojson").stdout)["type"] == "FeatureCollection"
    assert "Baiji" in run("incidents", "--db", db).stdout


def test_no_database_yet_says_how_to_make_one(tmp_path: Path) -> None:
    """Listing a database that is not there says so, and creates nothing."""
    done = run("incidents", "--db", str(tmp_path / "none.db"))
    assert done.returncode == 1
    assert "seamwatch read" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_an_empty_record_says_so(tmp_path: Path) -> None:
    """A database with no incident gives one plain line, not an empty table."""
    db = str(tmp_path / "x.db")
    run("read", "-", "--db", db, stdin=line(id="A", text=QUIET))
    done = run("incidents", "--db", db)
    assert done.returncode == 0
    assert "No incidents match" in done.stdout


def test_a_database_of_a_newer_version_is_refused_unchanged(tmp_path: Path) -> None:
    """A newer schema is refused with both versions named; the file stays as it was."""
    db = tmp_path / "x.db"
    run("read", "-", "--db", str(db), stdin=line(id="A", text=BLAST))
    with sqlite3.connect(db) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    done = run("incidents", "--db", str(db))
    assert done.returncode == 1
    assert "999" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_full_disk_rejects_what_does_not_fit_and_keeps_the_rest(tmp_path: Path) -> None:
    """Where the disk has no room each article is rejected with one line; what was stored stays."""
    db = str(tmp_path / "x.db")
    run("read", "-", "--db", db, stdin=line(id="A", text=BLAST))
    size = (tmp_path / "x.db").stat().st_size
    big = "".join(
        line(id=f"B{i}", text=f"{BLAST.replace('Two', str(i + 20))} {(f'word{i}' * 60 + ' ') * 3_000}")
        for i in range(3)
    )
    done = run("read", "-", "--db", db, stdin=big, limit=size + 20_000)
    assert done.returncode == 3, done.stderr
    assert "full" in done.stderr
    listed = json.loads(run("incidents", "--db", db, "-f", "json").stdout)["incidents"]
    assert [m["article"] for i in listed for m in i["mentions"]] == ["A"]


def test_as_of_shows_what_was_believed_then(tmp_path: Path) -> None:
    """--as-of a day before the second report gives the toll of the first."""
    later = (
        "TIKRIT - A third policeman died on Thursday of wounds from Tuesday's roadside bomb in Baiji, "
        "Salahuddin province, a police captain said. The blast had killed two and wounded three."
    )
    db = str(tmp_path / "x.db")
    lines = line(id="A", text=BLAST) + line(id="B", text=later, published="2024-04-12")
    run("read", "-", "--db", db, stdin=lines)
    then = json.loads(run("incidents", "--db", db, "-f", "json", "--as-of", "2024-04-11").stdout)["incidents"]
    now = json.loads(run("incidents", "--db", db, "-f", "json").stdout)["incidents"]
    assert [i["killed"]["best"] for i in then] == [2]
    assert [i["killed"]["best"] for i in now] == [3]
    assert now[0]["id"] == then[0]["id"]
