"""Incidents as lists show them, and cursors that say where a page ended."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from seamwatch.serve.faults import RequestError
from seamwatch.store.base_pages import PageMark, PageRow, PageSort

Json = dict[str, Any]
_MOST = 2**53
_PLACE = ("name", "admin1", "admin2", "country", "lat", "lon", "precision", "radius_km")


def row_of(incident: Mapping[str, Any]) -> Json:
    """Return the row of an incident in the contract's JSON."""
    mentions = incident["mentions"]
    return {
        "id": incident["id"],
        "event_type": incident["event_type"],
        "sub_event_type": incident["sub_event_type"],
        "status": incident["status"],
        "date": _part(incident["date"], ("start", "end", "precision")),
        "place": _part(incident["place"], _PLACE),
        "killed": _part(incident["killed"], ("low", "best", "high")),
        "injured": _part(incident["injured"], ("low", "best", "high")),
        **{
            field: list(dict.fromkeys(one["name"] for one in incident[field]))
            for field in ("perpetrators", "targets", "weapons")
        },
        "areas": [{"id": area["id"], "name": area["name"]} for area in incident.get("areas") or []],
        "mentions": len(mentions),
        "sources": len({mention.get("source") or mention["article"] for mention in mentions}),
        "disagreements": len(incident.get("disagreements") or []),
        "parties": sorted({party["name"] for party in incident.get("parties") or []}),
        "updated": max((r["at"] for r in incident.get("revisions") or []), default=None),
    }


def _part(value: Mapping[str, Any] | None, fields: tuple[str, ...]) -> Json | None:
    return None if value is None else {field: value.get(field) for field in fields}


def merged(
    found: Sequence[PageRow], more: Iterable[tuple[int, Json]], sort: PageSort, after: PageMark | None
) -> list[PageRow]:
    """Return a page with more incidents, each by its number and JSON, where they stand in its order.

    What stands before the page (up to `after`) is left out.
    """
    falls = sort is not PageSort.EARLIEST

    def place(mark: PageMark) -> tuple[bool, int, int]:
        value = 0 if mark.value is None else mark.value
        sign = -1 if falls and mark.value is not None else 1
        return (mark.value is None, sign * value, sign * mark.key)

    rows = [PageRow(mark=PageMark(value=_sorted_by(json, sort), key=key), json=json) for key, json in more]
    beyond = [row for row in rows if after is None or place(row.mark) > place(after)]
    return sorted([*found, *beyond], key=lambda row: place(row.mark))


def _sorted_by(incident: Json, sort: PageSort) -> Any:
    """Return what an order sorts an incident by, as the store has it: a day, a figure, or a second."""
    match sort:
        case PageSort.DEADLIEST:
            return None if incident["killed"] is None else incident["killed"]["best"]
        case PageSort.UPDATED:
            last = max((r["at"] for r in incident["revisions"]), default=None)
            return None if last is None else int(datetime.fromisoformat(last).timestamp())
    when = incident["date"]
    return None if when is None else date.fromisoformat(when["start"]).toordinal()


def cursor_of(*parts: str | int | None) -> str:
    """Return a cursor that carries these parts.

    >>> read_cursor(cursor_of("-date", 18000, 7))
    ['-date', 18000, 7]
    """
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str) -> list[str | int | None]:
    """Return the parts of a cursor; RequestError where no server gave it."""
    try:
        parts = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise wrong_cursor() from None
    if not isinstance(parts, list) or not all(map(_is_part, parts)):
        raise wrong_cursor()
    return parts


def _is_part(part: object) -> bool:
    if isinstance(part, bool):
        return False
    return part is None or isinstance(part, str) or (isinstance(part, int) and abs(part) < _MOST)


def wrong_cursor() -> RequestError:
    """Return the fault that a cursor was not given by this list."""
    return RequestError(
        "cursor: it is none of this list: take `next` of the page before, or leave it out",
        code="bad_cursor",
        field="cursor",
    )
