"""The command as a process among others: signals, pipes, terminals, and where its database lies."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from seamwatch.store import open_store
from test_cli import BLAST, PROGRAM, QUIET, line, run


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_with_one_line_and_what_was_printed_is_stored(tmp_path: Path, workers: str) -> None:
    """An interrupt in the middle of a batch gives one line and exit code 1, whatever the workers."""
    source, db = tmp_path / "many.jsonl", tmp_path / "x.db"
    source.write_text(
        "".join(line(id=f"L{i}", text=f"{BLAST} {f'Word{i} ' * 60}") for i in range(2000)), encoding="utf-8"
    )
    with subprocess.Popen(
        [PROGRAM, "read", str(source), "--db", str(db), "--workers", workers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        shown = [process.stdout.readline() for _ in range(3)]
        os.killpg(process.pid, signal.SIGINT)
        try:
            rest, said = process.communicate(timeout=120)
        finally:
            process.kill()
    # What was read ahead of the third line is not in the rest, which may begin within a line.
    shown += [row for row in rest.splitlines() if row.startswith(("new ", "version "))]
    assert (process.returncode, said.count("\n")) == (1, 1), said
    assert "interrupted" in said
    with open_store(str(db)) as store:
        stored = {a.id for a in store.articles()}
    assert {row.split()[1].rstrip(":") for row in shown} <= stored
    assert len(stored) < 2000


def test_a_reader_that_leaves_is_quiet_and_a_full_output_is_one_line(tmp_path: Path) -> None:
    """`| head -1` gives no message; an output that can't be written gives one line and exit code 1."""
    db = tmp_path / "x.db"
    run("read", "-", "--db", str(db), stdin=line(id="A", text=BLAST))
    head = subprocess.run(
        f"{PROGRAM} incidents --db {db} -f json | head -c 5", shell=True, capture_output=True, check=True
    )
    assert (head.stdout, head.stderr) == (b'{"inc', b"")
    for format in ("json", "csv", "table"):
        full = subprocess.run(
            f"{PROGRAM} incidents --db {db} -f {format} > /dev/full",
            shell=True,
            capture_output=True,
            check=False,
        )
        assert full.returncode == 1
        assert full.stderr.count(b"\n") == 1
        assert b"can't write the output" in full.stderr


def test_progress_is_drawn_only_on_a_terminal() -> None:
    """Standard error is empty in a pipe and has a progress line on a terminal; the data is the same."""
    piped = run("extract", stdin=QUIET)
    assert piped.stderr == ""
    master, slave = pty.openpty()
    drawn: list[bytes] = []

    def watch() -> None:
        # A terminal nobody reads is full after some frames of the line, and the program would wait.
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            while seen := os.read(master, 4096):
                drawn.append(seen)

    watcher = threading.Thread(target=watch)
    watcher.start()
    done = subprocess.run([PROGRAM, "extract"], input=QUIET.encode(), stdout=-1, stderr=slave, check=True)
    os.close(slave)
    watcher.join()
    os.close(master)
    assert b"extracting" in b"".join(drawn)
    assert json.loads(done.stdout) == json.loads(piped.stdout)


def test_the_database_is_named_by_option_then_variable_then_lies_in_the_users_folder(tmp_path: Path) -> None:
    """--db wins over SEAMWATCH_DB, and without both the database is in the user's data folder."""
    home = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    run("read", "-", stdin=line(id="A", text=BLAST), env=home)
    (kept,) = (tmp_path / "data").rglob("*.db")
    named = {**home, "SEAMWATCH_DB": str(tmp_path / "named.db")}
    run("read", "-", stdin=line(id="B", text=BLAST), env=named)
    for env, arguments, article in (
        (home, (), "A"),
        (named, (), "B"),
        (named, ("--db", str(kept)), "A"),
    ):
        listed = json.loads(run("incidents", "-f", "json", *arguments, env=env).stdout)
        assert [m["article"] for i in listed["incidents"] for m in i["mentions"]] == [article]


def test_postgresql_is_named_as_not_supported() -> None:
    """A PostgreSQL URL gives one line and exit code 1."""
    done = run("incidents", "--db", "postgresql://localhost/x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_an_interrupt_that_python_drops_is_raised_again() -> None:
    """An exception raised in a destructor is lost; the interrupt comes a second time."""
    code = """
import os, signal, time
from seamwatch.cli import main

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)

signal.signal(signal.SIGINT, main._interrupt)
try:
    Last()
    print("dropped", flush=True)
    time.sleep(60)
except main._Interrupted:
    print("arrived")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True
    )
    assert done.stdout.split() == ["dropped", "arrived"]
