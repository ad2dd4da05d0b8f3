"""`seamwatch serve` as a process: its address, its end, and what it refuses."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from test_cli import PROGRAM, run


def test_it_prints_its_address_serves_and_ends_cleanly(samples_db: Path, tmp_path: Path) -> None:
    """The first line is the address; Ctrl-C ends it with exit code 0 and no trace."""
    db = tmp_path / "desk.db"
    shutil.copyfile(samples_db, db)
    with subprocess.Popen(
        [PROGRAM, "serve", "--db", str(db), "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert httpx.get(f"{address}healthz").json()["status"] == "ok"
            assert httpx.get(f"{address}api/v1/incidents").json()["total"] > 5
            process.send_signal(signal.SIGINT)
            rest, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in said
    assert said.splitlines()[-1] == "The desk is closed; what was decided and read is stored."


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_a_host_that_others_reach_is_refused(samples_db: Path, host: str) -> None:
    """Without accounts the desk listens on this machine alone, and says why."""
    done = run("serve", "--db", str(samples_db), "--host", host, "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no accounts" in done.stderr and "--host 127.0.0.1" in done.stderr


def test_a_port_in_use_is_said(samples_db: Path) -> None:
    """The message names the port and how to choose another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--db", str(samples_db), "--port", str(port), "--no-open")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"port {port} is in use" in done.stderr and "--port" in done.stderr


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A mistyped path opens no empty desk."""
    done = run("serve", "--db", str(tmp_path / "nope.db"), "--no-open")
    assert done.returncode == 1
    assert "there is no database" in done.stderr
    assert not (tmp_path / "nope.db").exists()


def test_the_demo_opens_the_desk_on_its_samples() -> None:
    """After the table comes an address; the desk there holds the same incidents; Ctrl-C ends it."""
    with subprocess.Popen(
        [PROGRAM, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            shown: list[str] = []
            while not shown or not shown[-1].startswith("http://127.0.0.1:"):
                line = process.stdout.readline()
                assert line, "it ended before it served"
                shown.append(line.strip())
            total = httpx.get(f"{shown[-1]}api/v1/incidents").json()["total"]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert sum(line.startswith("i-") for line in shown) == total
