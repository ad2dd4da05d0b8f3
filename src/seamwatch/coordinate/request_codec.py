"""Requests and answers as JSON, read strictly: another party wrote them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from seamwatch.coordinate.canonical import moment_text
from seamwatch.errors import FieldError
from seamwatch.model.request import Answer, Request
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

Json = dict[str, Any]
E = TypeVar("E", bound=StrEnum)

MOST_TEXT = 4_000
"""Characters that the text of a request or an answer may have."""

MOST_RECEIVERS = 40
MOST_OFFICE = 80
MOST_DAYS = 366
"""Days from asking to the deadline."""

GIVEN = (RequestState.ACKNOWLEDGED, RequestState.ACCEPTED, RequestState.DECLINED, RequestState.DONE)
"""What a party can answer. Open and expired are nobody's answers."""

_PARTY = re.compile(r"[a-z0-9-]{1,40}")
_AREA = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
# Line breaks and tabs are part of a text; what steers a terminal or turns the line around is not.
_STEERS = "\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_NOT_TEXT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_STEERS}]")
_NOT_OFFICE = re.compile(f"[\x00-\x1f{_STEERS}]")
_REQUEST = frozenset(
    ("id", "sender", "to", "kind", "text", "at", "deadline", "priority", "record", "area", "by")
    + ("escalated_from",)
)
_ANSWER = frozenset(("request", "party", "state", "at", "text", "by"))
_EARLIEST, _LATEST = 1970, 2200


def request_json(request: Request) -> Json:
    """Return a request as JSON."""
    return {
        "id": request.id,
        "sender": request.sender,
        "to": list(request.to),
        "kind": request.kind.value,
        "text": request.text,
        "at": moment_text(request.at),
        "deadline": moment_text(request.deadline),
        "priority": request.priority.value,
        "record": None if request.record is None else list(request.record),
        "area": request.area,
        "by": request.by,
        "escalated_from": request.escalated_from,
    }


def answer_json(answer: Answer) -> Json:
    """Return an answer as JSON."""
    return {
        "request": answer.request,
        **({"sender": answer.sender} if answer.sender else {}),
        "party": answer.party,
        "state": answer.state.value,
        "at": moment_text(answer.at),
        "text": answer.text,
        "by": answer.by,
    }


def request_from_json(row: object) -> Request:
    """Return the request of a JSON object; FieldError names the field that is missing, unknown or wrong."""
    given = _fields(row, _REQUEST, "a request")
    request = Request(
        id=_uuid("id", given["id"]),
        sender=_party("sender", given["sender"]),
        to=_receivers(given["to"]),
        kind=_word("kind", RequestKind, given["kind"]),
        text=_text("text", given["text"]),
        at=_moment("at", given["at"]),
        deadline=_moment("deadline", given["deadline"]),
        priority=_word("priority", Priority, given["priority"]),
        record=_record(given["record"]),
        area=None if given["area"] is None else _matched("area", given["area"], _AREA, "an area's id"),
        by=_office("by", given["by"]),
        escalated_from=(
            None if given["escalated_from"] is None else _uuid("escalated_from", given["escalated_from"])
        ),
    )
    check_request(request)
    return request


def answer_from_json(row: object) -> Answer:
    """Return the answer of a JSON object; FieldError names the field that is missing, unknown or wrong."""
    given = _fields(row, _ANSWER, "an answer", optional=("sender",))
    answer = Answer(
        request=_uuid("request", given["request"]),
        party=_party("party", given["party"]),
        state=_word("state", RequestState, given["state"]),
        at=_moment("at", given["at"]),
        text=_text("text", given["text"]),
        by=_office("by", given["by"]),
        sender=_party("sender", given["sender"]) if "sender" in given else "",
    )
    check_answer(answer)
    return answer


def check_request(request: Request) -> None:
    """Do nothing for a request that can be sent; else FieldError says which field is wrong, and why."""
    _text("text", request.text)
    _office("by", request.by)
    if not request.text.strip():
        raise _wrong("text", "a request needs a text: say what is asked")
    if not 1 <= len(request.to) <= MOST_RECEIVERS:
        raise _wrong("to", f"a request is to 1 to {MOST_RECEIVERS} parties, not to {len(request.to)}")
    if len(set(request.to)) != len(request.to):
        raise _wrong("to", "a party is named twice: name each once")
    if request.sender in request.to and request.to != (request.sender,):
        raise _wrong("to", "the asking party stands among those asked: leave it out")
    if request.deadline <= request.at:
        raise _wrong("deadline", "the deadline is not after the asking: give a later one")
    if request.deadline - request.at > timedelta(days=MOST_DAYS):
        raise _wrong("deadline", f"the deadline is more than {MOST_DAYS} days off: give an earlier one")


def check_answer(answer: Answer) -> None:
    """Do nothing for an answer that can be given; else FieldError says which field is wrong, and why."""
    _text("text", answer.text)
    _office("by", answer.by)
    if answer.state not in GIVEN:
        raise _wrong("state", f"{answer.state.value} is no answer; answers are: {', '.join(GIVEN)}")
    if answer.state is RequestState.DECLINED and not answer.text.strip():
        raise _wrong("text", "declined needs a reason: say in the text why")


def _wrong(field: str, said: str) -> FieldError:
    return FieldError(f"{field}: {said}", field=field)


def _fields(
    row: object, known: frozenset[str], what: str, *, optional: Collection[str] = ()
) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise FieldError(f"{what} must be a JSON object, not {type(row).__name__}", field="")
    for name in sorted(known - row.keys()):
        raise _wrong(name, f"{what} needs this field")
    for name in sorted(map(str, row.keys() - known.union(optional))):
        raise _wrong(name[:40], f"{what} has no such field; a newer Seamwatch may know it")
    return row


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(field, "expected text")
    if len(value) > MOST_TEXT:
        raise _wrong(field, f"{len(value)} characters are too many: say it in {MOST_TEXT}")
    if _NOT_TEXT.search(value):
        raise _wrong(field, "it has control characters: write plain text")
    return value


def _office(field: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_OFFICE or _NOT_OFFICE.search(value):
        raise _wrong(
            field, f"expected an office in at most {MOST_OFFICE} characters on one line, as in: Duty desk"
        )
    return value


def _matched(field: str, value: object, shape: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise _wrong(field, f"this is not {what}: {str(value)[:60]!r}")
    return value


def _party(field: str, value: object) -> str:
    return _matched(field, value, _PARTY, "a party's id (a-z, 0-9, -)")


def _uuid(field: str, value: object) -> str:
    try:
        found = str(UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        found = ""
    # One spelling only: another one of the same UUID would be another id here.
    if not found or found != value:
        raise _wrong(field, f"this is not a UUID in lower case: {str(value)[:60]!r}")
    return found


def _word(field: str, kind: type[E], value: object) -> E:
    try:
        return kind(str(value))
    except ValueError:
        raise _wrong(field, f"{str(value)[:60]!r} is none of: {', '.join(kind)}") from None


def _moment(field: str, value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _EARLIEST <= at.year <= _LATEST:
        raise _wrong(
            field, f"expected a moment with its zone, as 2020-04-12T09:30:00+00:00, not {value!r:.60}"
        )
    return at


def _receivers(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong("to", "expected a list of ids of parties")
    if len(value) > MOST_RECEIVERS:
        raise _wrong("to", f"a request is to 1 to {MOST_RECEIVERS} parties, not to {len(value)}")
    return tuple(_party("to", one) for one in value)


def _record(value: object) -> tuple[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise _wrong("record", "expected [party, id of its record] or null")
    return _party("record", value[0]), _uuid("record", value[1])
