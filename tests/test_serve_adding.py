"""Adding through the API: what a text says, jobs that read, and field reports; over real HTTP."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from seamwatch.errors import SeamwatchError
from seamwatch.model.text import Rejected
from seamwatch.pipeline.job import Work
from seamwatch.pipeline.jobs import JobRunner, JobsFullError
from seamwatch.pipeline.storing import Recorded
from seamwatch.serve.reading_desk import Upload, safe_name
from serving import serving

PROGRAM = str(Path(sys.executable).parent / "seamwatch")
BLAST = (
    "TIKRIT - Two policemen were killed and three others wounded on Tuesday when a roadside bomb exploded "
    "near their patrol in the town of Baiji, Salahuddin province, a police captain said."
)
DRAFT = {"text": BLAST, "title": "Bomb in Baiji", "published": "2024-03-06", "source": "Tigris Wire"}
REPORT: dict[str, Any] = {
    "what": "Armed clash",
    "when": {"start": "2024-04-12"},
    "where": {"name": "Kifri"},
    "who": ["gunmen"],
    "killed": 2,
    "injured": {"low": 3, "high": 5},
    "how_known": "seen",
    "by": "Karwan Hama Salih",
}
API = "/api/v1"
PATIENCE = 120.0


@pytest.fixture(scope="module")
def adding(samples_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Yield a client of a server that the tests of this file share: each adds something of its own."""
    copy = tmp_path_factory.mktemp("adding") / "desk.db"
    copy.write_bytes(samples_db.read_bytes())
    with serving(copy) as made:
        yield made


def wrong(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(answer.json()) == {"error"} and {"code", "message", "field"} <= set(error)
    assert error["code"] == code
    return error


def events(client: httpx.Client, job: str, last: str | None = None) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the events of a job until its end: name, id and data."""
    found = []
    headers = {} if last is None else {"last-event-id": last}
    with client.stream("GET", f"{API}/jobs/{job}/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        block: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                block[name] = value
            elif "event" in block:
                found.append((block["event"], block.get("id", ""), json.loads(block["data"])))
                block = {}
    return found


def articles(client: httpx.Client, answer: httpx.Response) -> list[dict[str, Any]]:
    """Return what became of the articles of a job that was just added, once it has ended."""
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"]
    told = events(client, job["id"])
    assert told[-1][0] == "end" and told[-1][2]["state"] == "done", told[-1]
    return [data for name, _, data in told if name == "article"]


# --- extract


def test_extract_gives_the_line_of_the_command(adding: httpx.Client, tmp_path: Path) -> None:
    """The answer is the very line that `seamwatch extract --jsonl` prints for the same article."""
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(DRAFT))
    printed = subprocess.run(
        [PROGRAM, "extract", "--jsonl", str(file)], capture_output=True, text=True, check=True
    )
    answer = adding.post(f"{API}/extract", json=DRAFT)
    assert answer.status_code == 200 and answer.json() == json.loads(printed.stdout)
    assert answer.json()["mentions"][0]["killed"]["best"] == 2


def test_extract_stores_nothing(adding: httpx.Client) -> None:
    """The counts of the database are the same before and after."""
    before = adding.get(f"{API}/config").json()["counts"]
    assert (
        adding.post(f"{API}/extract", json={"text": BLAST + " It was the first in a month."}).status_code
        == 200
    )
    assert adding.get(f"{API}/config").json()["counts"] == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "a b " * 2_500_000}, 413, "too_large"),
        ({"text": " \n"}, 400, "empty"),
        ({}, 400, "bad_value"),
        ({"text": 3}, 400, "bad_value"),
        ({"text": "x", "published": "12.04.2024"}, 400, "bad_value"),
        ({"text": "x", "published": 0}, 400, "bad_value"),
        ({"text": "x", "colour": "red"}, 400, "bad_value"),
    ],
)
def test_extract_says_what_is_wrong(adding: httpx.Client, body: Any, status: int, code: str) -> None:
    """10 MB of text, none, or a field that can't be: a clear message in the one shape."""
    error = wrong(adding.post(f"{API}/extract", json=body), status, code)
    assert error["field"] == (next((k for k in body if k != "text"), "text"))


def test_markup_in_a_text_comes_back_as_it_is(adding: httpx.Client) -> None:
    """A script or a mark of direction is text like any other: quotes are slices of what was sent."""
    text = f"<script>alert(1)</script> \u202e {BLAST}"
    found = adding.post(f"{API}/extract", json={"text": text}).json()
    for mention in found["mentions"]:
        for item in mention["evidence"]:
            assert text[item["start"] : item["end"]] == item["quote"]


# --- jobs


def test_a_text_is_read_by_a_job(adding: httpx.Client) -> None:
    """A job stores one text; its events tell what became of it, and it is listed with its figures."""
    answer = adding.post(f"{API}/jobs", json=DRAFT)
    job = answer.json()["job"]
    assert answer.headers["location"] == f"{API}/jobs/{job['id']}" and job["state"] in ("queued", "running")
    [told] = articles(adding, answer)
    assert (told["kind"], told["title"], told["mentions"]) == ("new", "Bomb in Baiji", 1)
    assert len(told["opened"]) == 1
    ended = adding.get(f"{API}/jobs/{job['id']}").json()["job"]
    assert (ended["state"], ended["done"], ended["of"], ended["tally"]["new"]) == ("done", 1, 1, 1)
    assert ended["incidents"] == {"new": 1, "updated": 0}
    assert adding.get(f"{API}/jobs").json()["jobs"][0]["id"] == job["id"]
    assert adding.get(f"{API}/incidents/{told['opened'][0]}").status_code == 200


def test_files_of_every_kind_are_read(adding: httpx.Client, tmp_path: Path) -> None:
    """Text, HTML, JSON Lines and chats come in together; a file that can't be read is told by its name."""
    lines = [{"id": f"L{n}", "text": f"One shell fell near Kifri on day {n} of the month."} for n in range(3)]
    chat = {"name": "Daquq news", "type": "public_channel", "id": 1234}
    chat["messages"] = [
        {"id": 7, "type": "message", "date": "2020-04-12T10:00:00", "text": BLAST + " It was dark."}
    ]
    page = f"<html><body><article><p>{BLAST} It rained that day.</p></article></body></html>"
    files = [
        ("files", ("../../a.txt", f"{BLAST} Nobody claimed it.".encode())),
        ("files", ("a.txt", b"The council met on Monday to talk about the price of water.")),
        ("files", ("page.html", page.encode())),
        ("files", ("lines.jsonl", "\n".join(map(json.dumps, lines)).encode())),
        ("files", ("result.json", json.dumps(chat).encode())),
        ("files", ("old.doc", b"\xd0\xcf\x11\xe0")),
        ("files", ("broken.pdf", b"%PDF-1.7 and then nothing")),
        ("files", ("empty.txt", b"")),
    ]
    told = articles(adding, adding.post(f"{API}/jobs", files=files))
    assert len(told) == 10
    assert [t["origin"] for t in told] == [
        "a.txt", "a.txt", "page.html", "lines.jsonl:1", "lines.jsonl:2", "lines.jsonl:3", "result.json#7",
        "old.doc", "broken.pdf", "empty.txt",
    ]  # fmt: skip
    assert next(t["error"]["code"] for t in told if t["kind"] == "rejected") == "unsupported"
    assert [t["article"] for t in told[3:7]] == ["L0", "L1", "L2", "telegram-1234-7"]
    assert "/tmp" not in json.dumps(told) and "seamwatch-job" not in json.dumps(told)


def test_a_job_leaves_no_file_behind(
    adding: httpx.Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The folder of what was uploaded is gone when the job has ended."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = adding.post(
        f"{API}/jobs", files=[("files", ("a.txt", b"Nothing happened in Daquq, they said."))]
    )
    articles(adding, answer)
    assert list(tmp_path.iterdir()) == []


def test_events_go_on_after_the_last_one(adding: httpx.Client) -> None:
    """A client that comes back with Last-Event-ID gets only what came after it."""
    lines = "\n".join(json.dumps({"text": f"Shelling near Daquq, report number {n}."}) for n in range(4))
    answer = adding.post(f"{API}/jobs", files=[("files", ("a.jsonl", lines.encode()))])
    articles(adding, answer)
    job = answer.json()["job"]["id"]
    again = events(adding, job, last="2")
    assert [(name, number) for name, number, _ in again] == [("article", "3"), ("article", "4"), ("end", "")]
    assert [name for name, _, _ in events(adding, job, last="nonsense")] == [*["article"] * 4, "end"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "bad_value", "text"),
        ({"text": "x", "url": "http://example.org"}, "bad_value", "text"),
        ({"text": ""}, "empty", "text"),
        ({"text": "x", "published": "soon"}, "bad_value", "published"),
        ({"url": "file:///etc/passwd"}, "bad_url", "url"),
        ({"url": "not a url"}, "bad_url", "url"),
        ({"url": 3}, "bad_value", "url"),
        ([1], "bad_value", "text"),
    ],
)
def test_a_job_that_cannot_be_is_refused(adding: httpx.Client, body: Any, code: str, field: str) -> None:
    """What is no text, no address or both is told before a job is made."""
    assert wrong(adding.post(f"{API}/jobs", json=body), 400, code)["field"] == field


def test_broken_uploads_are_refused(adding: httpx.Client) -> None:
    """A form without a file, a body that is no form, and broken JSON each give a clear message."""
    form = {"content-type": "multipart/form-data; boundary=x"}
    empty = adding.post(f"{API}/jobs", headers=form, content=b"--x--\r\n")
    assert wrong(empty, 400, "no_file")["field"] == "files"
    assert adding.post(f"{API}/jobs", headers=form, content=b"--x\r\nnonsense").status_code == 400
    no_boundary = adding.post(f"{API}/jobs", headers={"content-type": "multipart/form-data"}, content=b"x")
    assert no_boundary.status_code == 400 and "error" in no_boundary.json()
    json_type = {"content-type": "application/json"}
    wrong(adding.post(f"{API}/jobs", headers=json_type, content=b"{"), 400, "bad_json")
    wrong(adding.post(f"{API}/jobs", headers=json_type, content=b"\xff\xfe"), 400, "bad_json")


def test_unknown_jobs_are_told(adding: httpx.Client) -> None:
    """A job's id that nobody has gives 404 on every route."""
    for method, path in (("GET", "jobs/j-none"), ("GET", "jobs/j-none/events"), ("DELETE", "jobs/j-none")):
        headers = {"content-type": "application/json"}
        wrong(adding.request(method, f"{API}/{path}", headers=headers), 404, "unknown_job")


class _Page(http.server.BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        page = f"<html><head><title>Bomb</title></head><body><article><p>{BLAST}</p></article></body></html>"
        body = b"" if self.path == "/robots.txt" else page.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html" if body else "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Write no log."""


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Page.asked = []
    try:
        yield f"http://127.0.0.1:{server.server_port}/a.html"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_private_addresses_are_not_fetched(adding: httpx.Client, site: str) -> None:
    """A job may not be used to ask machines of the private network: nothing is sent there."""
    for url in (site, site.replace("127.0.0.1", "localhost"), "http://[::1]:9/", "http://10.0.0.1/"):
        [told] = articles(adding, adding.post(f"{API}/jobs", json={"url": url}))
        assert told["error"]["code"] == "private_address" and "private network" in told["error"]["message"]
    assert _Page.asked == []


def test_private_addresses_are_fetched_where_the_option_says_so(
    samples_db: Path, tmp_path: Path, site: str
) -> None:
    """A server that was started for its own network reads pages of it."""
    copy = tmp_path / "desk.db"
    copy.write_bytes(samples_db.read_bytes())
    with serving(copy, private_addresses=True) as client:
        [told] = articles(client, client.post(f"{API}/jobs", json={"url": site}))
    assert told["kind"] == "new" and told["origin"] == site and _Page.asked == ["/robots.txt", "/a.html"]


def test_an_upload_may_be_larger_than_other_bodies(samples_db: Path, tmp_path: Path) -> None:
    """Files go to the disk, so their bound is another; over it the answer says how large they may be."""
    copy = tmp_path / "desk.db"
    copy.write_bytes(samples_db.read_bytes())
    with serving(copy, most_bytes=2**20, most_upload=3 * 2**20) as client:
        lines = json.dumps({"text": "Quiet in Daquq. " * 1000}).encode() + b"\n" * 2**21
        articles(client, client.post(f"{API}/jobs", files=[("files", ("a.jsonl", lines))]))
        wrong(client.post(f"{API}/jobs", json={"text": "x" * 2**21}), 413, "too_large")
        large = client.post(f"{API}/jobs", files=[("files", ("a.jsonl", lines * 2))])
        assert "3 MB" in wrong(large, 413, "too_large")["message"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("..", "file"),
        ("/", "file"),
        (".bashrc", "bashrc"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("a\nb\0c.txt", "abc.txt"),
        ("x" * 300 + ".pdf", "x" * 88 + ".pdf"),
        ("رياض.txt", "رياض.txt"),
    ],
)
def test_names_of_uploads_are_safe(written: str, name: str) -> None:
    """Only the last part of a name counts, without signs that are not seen, and it is never hidden."""
    assert safe_name(written) == name


def test_two_uploads_of_one_name_lie_apart() -> None:
    """Neither overwrites the other, and both go with the job."""
    upload = Upload()
    paths = [upload.place("a.txt") for _ in range(2)]
    for path in paths:
        path.write_text("x")
    assert len(set(paths)) == 2
    upload.drop()
    assert not any(path.exists() for path in paths)


# --- the runner, alone


def result(number: int) -> Recorded:
    return Recorded(kind="new", article=f"a{number}", origin=f"o{number}", opened=(f"i{number}",))


def waited(runner: JobRunner, name: str, *states: str) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        job = runner.job(name)
        assert job is not None
        if job["state"] in states:
            return job
        time.sleep(0.01)
    raise AssertionError(f"the job does not become {states}: {job}")


class Gated:
    """Work that gives one result each time the gate is opened."""

    def __init__(self, results: int = 3) -> None:
        self.gate = threading.Semaphore(0)
        self.begun = threading.Event()
        self.dropped = 0
        self.results = results

    def read(self, _: Any) -> Iterator[Recorded | Rejected]:
        self.begun.set()
        for number in range(self.results):
            self.gate.acquire(timeout=PATIENCE)
            yield result(number)

    def drop(self) -> None:
        self.dropped += 1

    def work(self) -> Work:
        return Work(title="gated", read=self.read, count=lambda: self.results, drop=self.drop)


def test_one_job_runs_and_the_others_wait() -> None:
    """The second begins when the first has ended; one that waits can be cancelled without having run."""
    with closing(JobRunner()) as runner:
        first, second, third = Gated(1), Gated(1), Gated(1)
        names = [runner.add(one.work())["id"] for one in (first, second, third)]
        assert first.begun.wait(PATIENCE) and not second.begun.is_set()
        cancelled = runner.cancel(names[2])
        assert cancelled is not None and cancelled["state"] == "cancelled" and third.dropped == 1
        first.gate.release()
        assert second.begun.wait(PATIENCE)
        assert waited(runner, names[0], "done")["done"] == 1
        second.gate.release()
        waited(runner, names[1], "done")
        assert not third.begun.is_set() and [one.dropped for one in (first, second, third)] == [1, 1, 1]


def test_a_job_that_runs_is_cancelled_after_its_article() -> None:
    """What was stored stays counted; the rest is not read."""
    with closing(JobRunner()) as runner:
        gated = Gated(3)
        name = runner.add(gated.work())["id"]
        assert gated.begun.wait(PATIENCE)
        shown = runner.cancel(name)
        assert shown is not None and shown["state"] == "running" and shown["cancelling"]
        gated.gate.release()
        ended = waited(runner, name, "cancelled")
        assert (ended["done"], ended["of"], gated.dropped) == (1, 3, 1)


def test_no_more_jobs_wait_than_there_is_room_for() -> None:
    """One too many is refused with what to do; nothing of it is kept."""
    with closing(JobRunner(most_waiting=1)) as runner:
        running = Gated(1)
        runner.add(running.work())
        assert running.begun.wait(PATIENCE)
        runner.add(Gated(1).work())
        with pytest.raises(JobsFullError, match="1 jobs wait already: wait until one has ended"):
            runner.add(Gated(1).work())
        running.gate.release()


def test_a_job_that_fails_says_why_and_the_next_one_runs() -> None:
    """An error of ours is told as it is; any other one is not shown, but said to be in the log."""

    def ours(_: Any) -> Iterator[Recorded | Rejected]:
        yield result(1)
        raise SeamwatchError("the disk is full; make room", code="store_full")

    def other(_: Any) -> Iterator[Recorded | Rejected]:
        raise RuntimeError("secret detail")

    with closing(JobRunner()) as runner:
        names = [runner.add(Work(title="x", read=read))["id"] for read in (ours, other, Gated(0).read)]
        first = waited(runner, names[0], "failed")
        assert first["error"] == {"code": "store_full", "message": "the disk is full; make room"}
        second = waited(runner, names[1], "failed")
        assert second["error"]["code"] == "internal" and "secret" not in json.dumps(second)
        waited(runner, names[2], "done")


def test_jobs_are_forgotten_after_an_hour() -> None:
    """A job that ended is listed for an hour."""
    now = [0.0]
    with closing(JobRunner(clock=lambda: now[0])) as runner:
        name = runner.add(Gated(0).work())["id"]
        waited(runner, name, "done")
        now[0] = 3500.0
        assert [job["id"] for job in runner.jobs()] == [name]
        now[0] = 3700.0
        assert runner.jobs() == [] and runner.job(name) is None


# --- field reports


def test_a_report_is_stored_and_linked(adding: httpx.Client) -> None:
    """It becomes an article of its own with an incident; every value quotes the form; nobody is named."""
    answer = adding.post(f"{API}/reports", json=REPORT)
    assert answer.status_code == 201, answer.text
    filed = answer.json()
    shown = adding.get(f"{API}/incidents/{filed['incidents'][0]}")
    assert shown.status_code == 200
    incident = shown.json()["incident"]
    assert incident["killed"]["best"] == 2 and incident["killed"]["evidence"][0]["quote"] == "2"
    assert incident["place"]["name"] == "Kifri"
    told = adding.get(f"{API}/articles/{filed['article']}")
    assert told.status_code == 200 and told.json()["article"]["text"].startswith("What: Armed clash.")
    assert "Karwan" not in shown.text + told.text
    again = adding.post(f"{API}/reports", json=REPORT).json()
    assert (again["kind"], again["article"], again["incidents"]) == (
        "known",
        filed["article"],
        filed["incidents"],
    )


def test_a_name_of_several_places_comes_back_with_them(adding: httpx.Client) -> None:
    """409 with the candidates in the error; with the country the same report is taken."""
    form = {**REPORT, "where": {"name": "San Jose"}}
    error = wrong(adding.post(f"{API}/reports", json=form), 409, "ambiguous_place")
    assert error["field"] == "where.name" and {"CR", "US"} <= {c["country"] for c in error["candidates"]}
    form["where"] = {"name": "San Jose", "country": "US", "admin1": "California"}
    assert adding.post(f"{API}/reports", json=form).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"what": "Battle"}, 400, "what"),
        ({"when": {"start": "12.04.2024"}}, 400, "when.start"),
        ({"when": {"start": 0}}, 400, "when.start"),
        ({"where": {}}, 400, "where.name"),
        ({"where": {"lat": 91, "lon": 44}}, 400, "where.lat"),
        ({"when": {"start": "2024-04-12", "end": "2024-04-01"}}, 400, "when.end"),
        ({"killed": -1}, 400, "killed"),
        ({"how_known": None}, 400, "how_known"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_a_wrong_report_names_its_field(
    adding: httpx.Client, changes: dict[str, Any], status: int, field: str
) -> None:
    """What can't be is refused with the field's name, and nothing is stored."""
    before = adding.get(f"{API}/config").json()["counts"]
    error = wrong(adding.post(f"{API}/reports", json={**REPORT, **changes}), status, "bad_value")
    assert error["field"] == field and error["message"]
    assert adding.get(f"{API}/config").json()["counts"] == before
