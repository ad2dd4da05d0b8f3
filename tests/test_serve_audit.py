"""The audit log over HTTP: listed page by page, handed over, another party's verified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agreed_parties import exchange, parties
from charter_world import keys_of
from seamwatch.pipeline.centre.audit_checking import verify_log
from seamwatch.pipeline.centre.auditing import export_log
from seamwatch.store import open_store
from serving import serving

CONTENT = {"tlp": "TLP:AMBER", "incident": {}, "withheld": [], "coarse": {}, "sources": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the databases of a and b, who have agreed and exchanged, and a's log and keys."""
    with parties(tmp_path, "ab") as nodes:
        a = nodes["a"]
        a.release("b", a.record_of("i-1"), "i-1", CONTENT)
        exchange(nodes)
        (tmp_path / "b.jsonl").write_text(
            "".join(export_log(nodes["b"].store, nodes["b"].keys)), encoding="utf-8"
        )
    keys_of("a").save(tmp_path / "a.db.keys")
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[httpx.Client]:
    """Yield a client of a's desk."""
    with serving(folder / "a.db") as client:
        yield client


def test_the_log_is_listed_newest_first_page_by_page(desk: httpx.Client) -> None:
    """Pages follow one another without a gap, and the head is that of the newest entry."""
    numbers: list[int] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = desk.get("/api/v1/audit", params={"limit": 2, **more}).json()
        numbers += [entry["number"] for entry in page["entries"]]
        assert page["head"]["number"] == numbers[0]
        cursor = page["next"]
        if cursor is None:
            break
    assert numbers == list(range(len(numbers), 0, -1)) and len(numbers) > 3


def test_kinds_are_found(desk: httpx.Client) -> None:
    """`kind` finds a kind by its whole word or its first part; what no entry has gives none."""
    kinds = [e["kind"] for e in desk.get("/api/v1/audit", params={"kind": "charter"}).json()["entries"]]
    assert kinds and all(kind.startswith("charter.") for kind in kinds)
    assert desk.get("/api/v1/audit", params={"kind": "chart"}).json()["entries"] == []


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": 0}, {"limit": 501}, {"kind": "x" * 61}])
def test_a_wrong_parameter_is_refused(desk: httpx.Client, query: dict[str, str | int]) -> None:
    """A parameter that can't be is told with the one shape of errors."""
    answer = desk.get("/api/v1/audit", params=query)
    assert answer.status_code == 400 and answer.json()["error"]["field"] in ("cursor", "limit", "kind")


def test_the_export_holds_for_another_party(desk: httpx.Client, folder: Path) -> None:
    """What the desk hands over is what the other party's node verifies."""
    answer = desk.get("/api/v1/audit/export")
    assert "a.audit.jsonl" in answer.headers["content-disposition"]
    with open_store(str(folder / "b.db")) as store:
        report = verify_log(store, answer.content.splitlines(keepends=True))
    assert report.ok, report.problems


def test_another_partys_log_is_verified(desk: httpx.Client, folder: Path) -> None:
    """A log that is uploaded is verified; a changed one is told with what is wrong."""
    data = (folder / "b.jsonl").read_bytes()
    found = desk.post("/api/v1/audit/verify", files={"file": ("b.jsonl", data)}).json()
    assert (found["party"], found["ok"], found["problems"]) == ("b", True, [])
    changed = data.replace(b'"actor":"cli"', b'"actor":"x"', 1)
    found = desk.post("/api/v1/audit/verify", files={"file": ("b.jsonl", changed)}).json()
    assert not found["ok"] and "altered" in found["problems"][0]


def test_what_is_no_log_is_refused(desk: httpx.Client) -> None:
    """A file that is no log, and a form without a file, are the sender's fault."""
    for files in ({"file": ("x", b"hello")}, {"other": ("x", b"{}")}):
        answer = desk.post("/api/v1/audit/verify", files=files)
        assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_without_keys_nothing_is_handed_over(folder: Path) -> None:
    """A desk without its key file says so: 409, not a fault of the server."""
    (folder / "a.db.keys").unlink()
    with serving(folder / "a.db") as client:
        answer = client.get("/api/v1/audit/export")
    assert answer.status_code == 409 and answer.json()["error"]["code"] == "no_keys"
