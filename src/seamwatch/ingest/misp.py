"""MISP events from a JSON file: one `{"Event": ...}`, or several as MISP exports them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from seamwatch.errors import InputError
from seamwatch.ingest.files import reject, show_path
from seamwatch.model.bulletin import INCIDENT_KEY, Bulletin
from seamwatch.model.text import Rejected

Json = dict[str, Any]
MOST_BYTES = 64 * 2**20
MOST_TEXT = 500_000
_HEAD = 4096


def is_misp(path: Path) -> bool:
    """Return whether a JSON file begins as MISP's do; one that can't be opened is none."""
    if path.suffix.lower() != ".json":
        return False
    try:
        with path.open("rb") as file:
            head = b"".join(file.read(_HEAD).split())
    except (OSError, ValueError):
        return False
    return head.removeprefix(b"\xef\xbb\xbf").startswith((b'{"Event":', b'{"response":', b'[{"Event":'))


def read_misp(path: Path) -> Iterator[Bulletin | Rejected]:
    """Yield the events of a file in order; one that can't be read gives a rejection."""
    shown = show_path(path)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        rows = _events(content)
    except OSError as wrong:
        yield reject(path, "unreadable", f"this can't be read ({wrong.strerror}); check the path")
        return
    except InputError as wrong:
        yield reject(path, wrong.code, str(wrong))
        return
    for number, row in enumerate(rows, 1):
        origin = f"{shown}, event {number}"
        try:
            yield _bulletin(row, origin)
        except InputError as wrong:
            yield Rejected(origin=origin, stage="ingest", code=wrong.code, reason=f"{origin}: {wrong}")


def _events(content: bytes) -> list[Any]:
    if len(content) > MOST_BYTES:
        raise InputError(f"it has more than {MOST_BYTES // 2**20} MB: export fewer events", code="too_large")
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise InputError(f"it is no valid JSON ({wrong}): export it again", code="bad_json") from None
    if isinstance(value, dict) and isinstance(value.get("response"), list):
        value = value["response"]
    return value if isinstance(value, list) else [value]


def _bulletin(row: Any, origin: str) -> Bulletin:
    event = row.get("Event") if isinstance(row, dict) else None
    if not isinstance(event, dict):
        raise InputError("there is no Event in it", code="bad_shape")
    try:
        name = str(UUID(str(event.get("uuid"))))
    except ValueError:
        raise InputError("the event has no uuid", code="bad_shape") from None
    attributes = [one for one in _dicts(event.get("Attribute")) if not one.get("deleted")]
    info = " ".join(str(event.get("info") or "").split())[:1000]
    issuer = event.get("Orgc")
    source = issuer.get("name") if isinstance(issuer, dict) else None
    return Bulletin(
        kind="misp",
        id=name,
        title=info,
        text=_text(event, attributes, info),
        source=str(source)[:200] if source else None,
        published=_published(event),
        content=_content(attributes),
        origin=origin,
    )


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(event: Json, attributes: list[Json], info: str) -> str:
    """Return the reports of an event, else the words of its comment and text attributes."""
    reports = [
        str(one["content"])
        for one in _dicts(event.get("EventReport"))
        if one.get("content") and not one.get("deleted")
    ]
    words = reports or [
        str(one["value"])
        for one in attributes
        if one.get("type") in ("text", "comment") and one.get("value") and one.get("comment") != INCIDENT_KEY
    ]
    text = "\n\n".join(words) or info
    if len(text) > MOST_TEXT:
        raise InputError(f"its text has more than {MOST_TEXT:,} characters", code="too_large")
    if not text.strip():
        raise InputError("it has neither a report nor a text", code="empty")
    return text


def _content(attributes: list[Json]) -> Json | None:
    for one in attributes:
        if one.get("comment") == INCIDENT_KEY and one.get("type") == "text":
            try:
                value = json.loads(str(one.get("value")))
            except (ValueError, RecursionError):
                raise InputError(f"its attribute {INCIDENT_KEY} is no JSON", code="bad_json") from None
            if not isinstance(value, dict):
                raise InputError(f"its attribute {INCIDENT_KEY} is no JSON object", code="bad_shape")
            return value
    return None


def _published(event: Json) -> date | None:
    """Return the day of the event's last change, else the day that it names."""
    stamp = str(event.get("timestamp") or "")
    try:
        if stamp.isascii() and stamp.isdecimal() and int(stamp[:12]) > 0:
            return datetime.fromtimestamp(int(stamp[:12]), UTC).date()
        return date.fromisoformat(str(event.get("date")))
    except (ValueError, OverflowError, OSError):
        return None
