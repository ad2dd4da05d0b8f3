"""Bad input through the command line: one clear line each, the rest goes on, nothing stored is lost."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from test_cli import BLAST, PROGRAM, QUIET, line, run

PAGE = f"<html><head><title>Blast</title></head><body><article><p>{BLAST}</p></article></body></html>"


class Site(BaseHTTPRequestHandler):
    """A site with one good page; /loop redirects for ever, /feed.xml is a page."""

    def do_GET(self) -> None:
        if self.path.startswith("/loop"):
            self.send_response(302)
            self.send_header("Location", f"/loop{len(self.path)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        known = self.path in ("/good.html", "/feed.xml")
        body = PAGE.encode() if known else b"gone"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed.xml" else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def rejections(stderr: str) -> list[str]:
    assert "Traceback" not in stderr
    return [row for row in stderr.splitlines() if row.startswith("rejected:")]


def told_by(db: Path) -> list[str]:
    listed = json.loads(run("incidents", "--db", str(db), "-f", "json", "--status", "all").stdout)
    return sorted(m["article"] for i in listed["incidents"] for m in i["mentions"])


def scanned_pdf() -> bytes:
    """Return a PDF of one page without text."""
    from io import BytesIO

    from pypdf import PdfWriter

    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def test_bad_files_and_lines_each_get_one_line(tmp_path: Path) -> None:
    """Files and lines of every bad kind are rejected in one line each; the good ones are stored."""
    folder, void = tmp_path / "in", tmp_path / "void"
    folder.mkdir()
    void.mkdir()
    (void / "picture.png").write_bytes(b"\x89PNG")
    (folder / "empty.txt").write_text("")
    (folder / "blank.txt").write_text(" \n\t\n")
    (folder / "noise.txt").write_bytes(os.urandom(20_000))
    (folder / "scan.pdf").write_bytes(scanned_pdf())
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 100)
    (folder / "cyrillic.txt").write_bytes("Взрыв в городе, двое убиты. ".encode("cp1251") * 9)
    (folder / "z-good.txt").write_text(BLAST, encoding="utf-8")
    lines = ('{"id": "x1", "text": ', "[1, 2]", line(id="x3"), line(id="x4", text=""), '"only a string"')
    (folder / "lines.jsonl").write_text("\n".join(lines) + "\n" + line(id="L", text=QUIET), encoding="utf-8")
    locked = folder / "locked.txt"
    locked.write_text(BLAST)
    locked.chmod(0)
    can_read = os.access(locked, os.R_OK)  # root may read all
    locked.unlink(missing_ok=can_read) if can_read else None
    db = tmp_path / "x.db"
    done = run(
        "read",
        str(folder),
        str(void),
        str(tmp_path / "gone.txt"),
        "--db",
        str(db),
        "--published",
        "2024-04-10",
    )
    assert done.returncode == 3, done.stderr
    bad = rejections(done.stderr)
    names = ["empty.txt", "blank.txt", "noise.txt", "scan.pdf", "torn.pdf", "void", "gone.txt"]
    names += [] if can_read else ["locked.txt"]
    for name in names:
        assert len([row for row in bad if name in row]) == 1, (name, bad)
    assert "OCR" in next(row for row in bad if "scan.pdf" in row)
    assert len([row for row in bad if "lines.jsonl" in row]) == 5
    assert len(bad) == len(names) + 5
    assert all(len(row) < 400 for row in bad)
    assert len(told_by(db)) == 1
    assert f"{len(bad)} rejected" in done.stdout


def test_fifty_megabytes_of_text_are_cut_and_said_so(tmp_path: Path) -> None:
    """A file over the limit is rejected; a long text is cut, with a note; memory stays bounded."""
    (tmp_path / "huge.txt").write_text((QUIET + "\n") * (50_000_000 // len(QUIET)))
    text = BLAST + "\n\n" + "The sea was calm. " * 60_000
    source = line(id="book", text=text) + line(id="huge", text="y " * 12_000_000) + line(id="A", text=QUIET)
    db = tmp_path / "x.db"
    done = run("read", str(tmp_path / "huge.txt"), "-", "--db", str(db), stdin=source)
    assert done.returncode == 3
    bad = rejections(done.stderr)
    assert len(bad) == 2, bad
    assert all("larger than 20 MB" in row or "longer than 20 MB" in row for row in bad)
    assert "note: text cut after" in done.stdout
    assert told_by(db) == ["book"]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_000_000


def test_input_without_an_end_is_refused_with_bounded_memory() -> None:
    """Standard input that never ends gives one rejection, as text and as one endless line."""
    for arguments in ((), ("--jsonl",)):
        with subprocess.Popen(["yes", "x" * 1000], stdout=subprocess.PIPE) as endless:
            done = subprocess.run(
                f"tr -d '\\n' | head -c 60000000 | {PROGRAM} extract {' '.join(arguments)}",
                shell=True,
                stdin=endless.stdout,
                capture_output=True,
                check=False,
                timeout=120,
            )
            endless.kill()
        assert done.returncode == 3
        assert b"longer than 20 MB" in done.stderr
        assert json.loads(done.stdout)["error"]["code"] == "too_large"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_000_000


def test_bad_addresses_each_get_one_line(tmp_path: Path, site: str) -> None:
    """An endless redirect, a feed that is a page, a missing page: one line each; the good page is read."""
    db = tmp_path / "x.db"
    sources = [f"{site}/loop", f"{site}/feed.xml", f"{site}/gone.html", "ftp://h/x"]
    done = run("read", *sources, f"{site}/good.html", "--db", str(db), "--published", "2024-04-10")
    assert done.returncode == 3, done.stderr
    bad = rejections(done.stderr)
    assert len(bad) == 4, bad
    for source, word in zip(sources, ("redirects", "feed", "404", "ftp"), strict=True):
        assert any(source in row and word in row for row in bad), (source, bad)
    assert len(told_by(db)) == 1


GOOD = {
    "id": "M#1",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "killed": {"low": 1, "best": 2, "high": 3, "evidence": []},
    "evidence": [{"in": "text", "start": 9, "end": 12, "quote": "Two"}],
}


def given(name: str, text: str = BLAST, **fields: object) -> str:
    mention = {**GOOD, "id": f"{name}#1", **fields}
    row = {"id": name, "article": {"text": text, "published": "2024-04-10"}, "mentions": [mention]}
    return json.dumps(row) + "\n"


def test_bad_given_mentions_each_get_one_line(tmp_path: Path) -> None:
    """Broken lines of --mentions are rejected by number; the good ones before and after are stored."""
    quote = [{"in": "text", "start": 0, "end": 3, "quote": "Two"}]
    lines = [
        given("A"),
        '{"id": "B", "article": \n',
        "[]\n",
        given("D", evidence=quote),
        given("E", killed={"low": 3, "best": 2, "high": 4}),
        given("F", victims=[{"name": "x", "evidence": quote}]),
        given("G", date={"start": "2024-04-09", "end": "2024-04-01", "precision": 1}),
        given("H", place={"name": "Baiji", "lat": 1e999, "lon": 0}),
        given("I", killed={"low": 1, "best": 10**30, "high": 10**30}),
        given("J", event_type="Party"),
        given("K", sub_event_type=["x"]),
        given("L", id="A#1", text=QUIET.replace("Monday", "two days: Two"), evidence=[]),
        given("Z", text=BLAST.replace("policemen", "soldiers")),
    ]
    file, db = tmp_path / "given.jsonl", tmp_path / "x.db"
    file.write_text("".join(lines), encoding="utf-8")
    done = run("read", "--mentions", str(file), "--mentions", str(tmp_path / "gone"), "--db", str(db))
    assert done.returncode == 3, done.stderr
    bad = rejections(done.stderr)
    for number in range(2, 13):
        assert len([row for row in bad if f"line {number}:" in row or f"line {number} " in row]) == 1, (
            number,
            bad,
        )
    assert len(bad) == 12
    assert told_by(db) == ["A", "Z"]


def test_a_full_disk_stores_what_fits_and_the_rest_later(tmp_path: Path) -> None:
    """With no room each article is rejected; the file is whole, and with room the same command completes."""
    db = tmp_path / "x.db"
    run("read", "-", "--db", str(db), stdin=line(id="A", text=BLAST))
    rows = [
        line(id=f"B{i}", text=f"{BLAST.replace('Two', str(i + 20))} {(f'word{i}' * 60 + ' ') * 3_000}")
        for i in range(3)
    ]
    source = "".join([*rows, line(id="C", text=QUIET)])
    done = run("read", "-", "--db", str(db), stdin=source, limit=db.stat().st_size + 30_000)
    assert done.returncode == 3, done.stderr
    bad = rejections(done.stderr)
    assert len(bad) >= 2
    assert all("full" in row and "make room" in row for row in bad)
    with sqlite3.connect(db) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
    shown = [row for row in done.stdout.splitlines() if row.startswith(("new", "version"))]
    fitted = {row.split()[1].rstrip(":") for row in shown}
    assert len(fitted) + len(bad) == 4
    assert told_by(db) == sorted({"A", *fitted} - {"C"})
    again = run("read", "-", "--db", str(db), stdin=source)
    assert again.returncode == 0, again.stderr
    assert told_by(db) == ["A", "B0", "B1", "B2"]


def test_where_nothing_can_go_on_there_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """A newer database, another program's file, and an output that can't be written end with one line."""
    newer, other = tmp_path / "newer.db", tmp_path / "other.db"
    run("read", "-", "--db", str(newer), stdin=line(id="A", text=QUIET))
    with sqlite3.connect(newer) as plain:
        plain.execute("PRAGMA user_version = 99")
    plain.close()
    other.write_bytes(b"GIF89a" * 99)
    for path, word in ((newer, "99"), (other, "no SQLite database")):
        kept = path.read_bytes()
        done = run("read", "-", "--db", str(path), stdin=line(id="B", text=QUIET))
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert word in done.stderr
        assert path.read_bytes() == kept
