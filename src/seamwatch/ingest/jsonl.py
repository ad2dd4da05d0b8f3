"""JSON Lines in the contract's shape: one article a line, each bad line told by its number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, NoReturn

from seamwatch.errors import ShapeError
from seamwatch.model.text import RawArticle, Rejected

MOST_LINE = 20_000_000
# Only at the line's very start, so that nothing inside a text is taken for its id.
_FIRST_ID = re.compile(r'\s*\{\s*"id"\s*:\s*(?:"((?:[^"\\]|\\.){1,200})"|(-?\d{1,30})\s*[,}])')


def read_jsonl_lines(lines: Iterable[bytes | str], origin: str) -> Iterator[RawArticle | Rejected]:
    """Yield one raw article or rejection for every line that isn't blank, in order.

    Codes: bad_encoding, bad_json, not_an_object, missing_text, bad_field, bad_date, too_large.

    >>> [bad] = read_jsonl_lines(['{"id": 7, "title": "Two killed"}'], "news.jsonl")
    >>> bad.id, bad.code, bad.reason
    ('7', 'missing_text', 'line 1 has no "text"; give the article\\'s text as "text"')
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read_line(line, number, origin)


def limit_lines(stream: BinaryIO, most: int = MOST_LINE) -> Iterator[bytes]:
    """Yield the lines of a stream; of a longer line only its first `most` + 1 bytes are held."""
    while line := stream.readline(most + 1):
        yield line
        while len(line) > most and not line.endswith(b"\n"):
            line = stream.readline(most + 1)
            if len(line) <= most:
                break


def _read_line(line: bytes | str, number: int, origin: str) -> RawArticle | Rejected:
    where, name = f"{origin}:{number}", f"line {number}"
    row: Any = None
    try:
        row = parse_line(line, name)
        return _article(row, where, name)
    except ShapeError as wrong:
        known = _id_of(row) if isinstance(row, dict) else _id_at_start(line)
        return Rejected(origin=where, stage="ingest", code=wrong.code, reason=str(wrong), id=known)


def parse_line(line: bytes | str, name: str) -> Any:
    """Return the JSON value of one line; raise ShapeError that calls the line by this name."""
    if len(line) > MOST_LINE:
        raise ShapeError(
            f"{name} is longer than {MOST_LINE // 1_000_000} MB; split the text into articles",
            code="too_large",
        )
    if isinstance(line, bytes):
        try:
            line = line.decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise ShapeError(
                f"{name} is not UTF-8 (byte {wrong.start + 1}); save the file as UTF-8", code="bad_encoding"
            ) from None
    try:
        return json.loads(line.removeprefix("\ufeff"), parse_constant=_no_constant)
    except RecursionError:
        raise ShapeError(
            f"{name} is nested too deeply; write one flat JSON object a line", code="bad_json"
        ) from None
    except ValueError as wrong:
        what = (
            f"{wrong.msg} at column {wrong.colno}"
            if isinstance(wrong, json.JSONDecodeError)
            else str(wrong)[:120]
        )
        raise ShapeError(
            f"{name} is not valid JSON ({what}); write one JSON object a line", code="bad_json"
        ) from None


def _no_constant(value: str) -> NoReturn:
    raise ValueError(f"{value} is no JSON number")


def _article(row: Any, where: str, name: str) -> RawArticle:
    if not isinstance(row, dict):
        raise ShapeError(
            f'{name} is {_kind(row)}, not an object; write {{"id": ..., "text": ...}}', code="not_an_object"
        )
    text = row.get("text")
    if text is None:
        raise ShapeError(f'{name} has no "text"; give the article\'s text as "text"', code="missing_text")
    if not isinstance(text, str):
        raise ShapeError(f'{name}: "text" is {_kind(text)}; it must be a string', code="bad_field")
    given = row.get("id")
    if given is not None and _id_of(row) is None and given != "":
        raise ShapeError(f'{name}: "id" is {_kind(given)}; it must be a string or a number', code="bad_field")
    return RawArticle(
        origin=where,
        media_type="text/plain",
        content=text,
        id=_id_of(row),
        title=_string(row, "title", name),
        published=_published(row.get("published"), name),
        source=_string(row, "source", name),
        url=_string(row, "url", name),
        language=_string(row, "language", name),
    )


def _id_of(row: dict[str, Any]) -> str | None:
    value = row.get("id")
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8") or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def _id_at_start(line: bytes | str) -> str | None:
    head = line[:1000].decode("utf-8", errors="replace") if isinstance(line, bytes) else line[:1000]
    found = _FIRST_ID.match(head.removeprefix("\ufeff"))
    return (found.group(1) or found.group(2)) if found else None


def _string(row: dict[str, Any], field: str, name: str) -> str | None:
    value = row.get(field)
    if value is not None and not isinstance(value, str):
        raise ShapeError(
            f'{name}: "{field}" is {_kind(value)}; it must be a string or null', code="bad_field"
        )
    return value


def _published(value: Any, name: str) -> date | None:
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str):
            raise ValueError
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        shown = json.dumps(value, ensure_ascii=False)[:60]
        raise ShapeError(
            f'{name}: "published" is {shown}; write the day as YYYY-MM-DD, or null', code="bad_date"
        ) from None


def _kind(value: Any) -> str:
    kinds = ((bool, "true or false"), (str, "a string"), ((int, float), "a number"), (list, "a list"))
    return next(
        (said for kind, said in kinds if isinstance(value, kind)), "null" if value is None else "an object"
    )
