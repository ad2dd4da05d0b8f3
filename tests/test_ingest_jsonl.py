"""JSON Lines: what a line gives, and what each bad line is told."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.ingest.jsonl import MOST_LINE, limit_lines, read_jsonl_lines
from seamwatch.model.text import RawArticle, Rejected

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "input_lines.yaml").read_text(encoding="utf-8"))


def read(*lines: bytes | str) -> list[RawArticle | Rejected]:
    return list(read_jsonl_lines(lines, "news.jsonl"))


def test_all_fields_arrive() -> None:
    """A full line gives its fields as they are; the origin names file and line."""
    row = {
        "id": "A1",
        "text": " Two men died.\r\n",
        "title": "Two killed",
        "published": "2020-04-12",
        "source": "Example 24",
        "url": "https://example.org/1",
        "language": "en",
        "more": [1],
    }
    assert read(json.dumps(row)) == [
        RawArticle(
            origin="news.jsonl:1",
            media_type="text/plain",
            content=" Two men died.\r\n",
            id="A1",
            title="Two killed",
            published=date(2020, 4, 12),
            source="Example 24",
            url="https://example.org/1",
            language="en",
        )
    ]


@pytest.mark.parametrize(
    "written", ["2020-04-12", "2020-04-12T23:30:00Z", "2020-04-12 08:00", "2020-04-12T00:10:00+03:00"]
)
def test_published_takes_dates_and_datetimes(written: str) -> None:
    """A date or an ISO datetime gives the day as it is written, whatever the time zone."""
    [raw] = read(json.dumps({"text": "x", "published": written}))
    assert isinstance(raw, RawArticle)
    assert raw.published == date(2020, 4, 12)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["line"][:50])
def test_bad_lines_are_told(case: dict[str, Any]) -> None:
    """A bad line gives one rejection with its code, the id where it has one, and the line's number."""
    for line in (case["line"], case["line"].encode()):
        [bad] = read(line)
        assert isinstance(bad, Rejected)
        assert (bad.code, bad.id, bad.stage) == (case["code"], case["id"], "ingest")
        assert case["says"] in bad.reason
        assert bad.reason.startswith("line 1") and bad.origin == "news.jsonl:1"
        assert "\n" not in bad.reason


def test_the_rest_goes_on_in_order() -> None:
    """Bad lines stand in their place, blank lines count only for the number, good ones follow."""
    found = read(b'{"text": "one"}\n', b"\n", b"[1]\n", b'{"text": "two", "id": 3}\n')
    assert [f.origin for f in found] == ["news.jsonl:1", "news.jsonl:3", "news.jsonl:4"]
    assert [getattr(f, "content", None) for f in found] == ["one", None, "two"]
    assert found[2].id == "3"


def test_encoding_faults() -> None:
    """A byte order mark is taken off; a line that is not UTF-8 is told so and its id kept."""
    good, bad = read(b'\xef\xbb\xbf{"text": "caf\xc3\xa9"}', b'{"id": "B", "text": "caf\xe9"}')
    assert isinstance(good, RawArticle) and good.content == "café"
    assert isinstance(bad, Rejected) and (bad.code, bad.id) == ("bad_encoding", "B")


def test_deep_nesting_is_no_crash() -> None:
    """A line of a hundred thousand brackets is bad JSON, not the end of the run."""
    bad, good = read("[" * 100_000, '{"text": "x"}')
    assert isinstance(bad, Rejected) and bad.code == "bad_json"
    assert isinstance(good, RawArticle)


def test_a_line_of_fifty_megabytes_is_refused_and_the_next_read() -> None:
    """Only the head of a line that is too long is held; its id is kept and the next line read."""
    stream = io.BytesIO(b'{"id": "big", "text": "' + b"a" * 50_000_000 + b'"}\n{"text": "small"}\n')
    assert max(len(line) for line in limit_lines(stream)) == MOST_LINE + 1
    stream.seek(0)
    bad, good = read_jsonl_lines(limit_lines(stream), "stdin")
    assert isinstance(bad, Rejected) and (bad.code, bad.id) == ("too_large", "big")
    assert isinstance(good, RawArticle) and good.content == "small"


@given(st.lists(st.binary(max_size=30).filter(lambda b: b"\n" not in b), max_size=6), st.integers(1, 12))
def test_limited_lines_keep_order_and_number(lines: list[bytes], most: int) -> None:
    """Whatever the limit, there is one line for one line, and none is longer than the limit and one."""
    found = list(limit_lines(io.BytesIO(b"".join(line + b"\n" for line in lines)), most))
    assert len(found) == len(lines)
    for whole, cut in zip(lines, found, strict=True):
        assert cut == (whole + b"\n")[: most + 1]


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_line_gives_an_answer(line: bytes | str) -> None:
    """No line, however broken, raises; it gives an article or a rejection unless it is blank."""
    assert len(read(line)) == (1 if line.strip() else 0)
