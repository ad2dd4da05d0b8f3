"""Requests and answers, and incidents that nobody answered, as JSON, as tables, and one in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

from seamwatch.model.request import RequestView, ToldRequest, Unanswered
from seamwatch.publish.columns import write_columns
from seamwatch.publish.plain import json_line, printable
from seamwatch.vocabulary.coordination import RequestState

Json = dict[str, Any]
NO_REQUESTS = "No requests: seamwatch request new asks another party.\n"
ALL_ANSWERED = "No incident in a contested area is without an answer after the charter's time.\n"
_SHORT = 8
_TEXT = 120


def told_json(told: ToldRequest) -> Json:
    """Return a request as JSON: what was asked, where it stands, and what was answered, in order of time.

    `incident` is the id here; null with `record` set: that record is not here.
    """
    view, request = told.view, told.view.request
    return {
        "id": request.id,
        "direction": told.direction,
        "sender": request.sender,
        "to": list(request.to),
        "kind": request.kind.value,
        "text": request.text,
        "at": _iso(request.at),
        "deadline": _iso(request.deadline),
        "priority": request.priority.value,
        "by": request.by,
        "incident": told.incident,
        "record": None if request.record is None else dict(zip(("party", "id"), request.record, strict=True)),
        "area": request.area,
        "state": view.state.value,
        "states": [{"party": party, "state": state.value} for party, state in view.states],
        "late": list(view.late),
        "answers": [
            {
                "party": answer.party,
                "state": answer.state.value,
                "at": _iso(answer.at),
                "text": answer.text,
                "by": answer.by,
                "late": answer.at > request.deadline,
            }
            for answer in view.answers
        ],
        "escalated_from": request.escalated_from,
        "escalated_by": told.escalated_by,
        "withheld": list(request.withheld),
    }


def unanswered_json(one: Unanswered, row: Mapping[str, Any]) -> Json:
    """Return an unanswered incident as JSON; `row` is the incident as lists show it."""
    return {
        "incident": dict(row),
        "areas": list(one.areas),
        "known": _iso(one.known),
        "due": _iso(one.due),
        "asked": list(one.asked),
    }


def write_json(found: Iterable[ToldRequest], out: TextIO) -> None:
    """Write `{"requests": [...]}`, one request a line."""
    write_rows("requests", map(told_json, found), out)


def write_rows(name: str, rows: Iterable[Json], out: TextIO) -> None:
    """Write `{NAME: [...]}`, one object a line."""
    out.write(f'{{"{name}": [')
    for number, row in enumerate(rows):
        out.write(f"{',' if number else ''}\n{json_line(row)}")
    out.write("\n]}\n")


def write_table(found: Iterable[ToldRequest], out: TextIO) -> None:
    """Write one request a row, or one line that there are none."""
    rows = [
        [
            told.view.request.id[:_SHORT],
            f"{told.view.request.deadline.astimezone(UTC):%Y-%m-%d %H:%M}",
            told.view.request.sender,
            _parties(told.view),
            f"{told.view.request.kind.value}, {told.view.request.priority.value}",
            _shortened(told.view.request.text),
            told.view.state.value,
        ]
        for told in found
    ]
    if not rows:
        out.write(NO_REQUESTS)
        return
    write_columns(("", "until (UTC)", "from", "to", "what", "text", "state"), rows, out)


def write_one(told: ToldRequest, out: TextIO) -> None:
    """Write one request in full, with its answers."""
    view, request = told.view, told.view.request
    lines = [
        f"Request {request.id}",
        f"{request.kind.value}, {request.priority.value}: {view.state.value}",
        f"from {request.sender}{_office(request.by)} to {', '.join(request.to)}",
        f"asked {_when(request.at)}, until {_when(request.deadline)}",
        *_about(told),
        "",
        *request.text.splitlines(),
        "",
    ]
    lines += [f"{party}: {state.value}{_late(view, party)}" for party, state in view.states]
    if view.answers:
        lines += ["", "Answers"]
    for answer in view.answers:
        late = ", given late" if answer.at > request.deadline else ""
        said = f": {' '.join(answer.text.split())}" if answer.text else ""
        lines.append(
            f"{_when(answer.at)} {answer.party}{_office(answer.by)}: {answer.state.value}{late}{said}"
        )
    out.writelines(f"{printable(line)}\n" for line in lines)


def write_unanswered(
    found: Iterable[tuple[Unanswered, str]], out: TextIO, *, now: datetime, expected: bool = True
) -> None:
    """Write one unanswered incident a row, with what it is in words, or one line that there are none."""
    rows = [
        [
            one.incident,
            what,
            ", ".join(one.areas),
            f"{one.known.astimezone(UTC):%Y-%m-%d %H:%M}",
            _hours(now - one.due),
            str(len(one.asked) or ""),
        ]
        for one, what in found
    ]
    if not rows:
        said = "The charter gives no answer time for incidents: none is expected.\n"
        out.write(ALL_ANSWERED if expected else said)
        return
    write_columns(("incident", "what", "areas", "known (UTC)", "overdue ", "asked "), rows, out)


def _about(told: ToldRequest) -> list[str]:
    request = told.view.request
    lines = []
    if told.incident is not None:
        lines.append(f"about incident {told.incident}")
    elif request.record is not None:
        lines.append(f"about a record of {request.record[0]} that is not here")
    if request.area is not None:
        lines.append(f"about the area {request.area}")
    if request.escalated_from is not None:
        lines.append(f"asked on because request {request.escalated_from} got no answer in time")
    if request.withheld:
        lines.append(f"its words are withheld from {', '.join(request.withheld)} by the release rules")
    if told.escalated_by is not None:
        lines.append(f"asked on as request {told.escalated_by}")
    return lines


def _parties(view: RequestView) -> str:
    """Return who was asked, each with its state where several were."""
    if len(view.states) == 1:
        return f"{view.states[0][0]}{' (late)' if view.late else ''}"
    return ", ".join(
        f"{party}: {state.value}{_late(view, party)}"
        if state is not RequestState.OPEN
        else f"{party}{_late(view, party)}"
        for party, state in view.states
    )


def _late(view: RequestView, party: str) -> str:
    return " (late)" if party in view.late else ""


def _office(by: str) -> str:
    return f" ({by})" if by else ""


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT else f"{line[: _TEXT - 1]}…"


def _hours(time: timedelta) -> str:
    hours = int(time / timedelta(hours=1))
    return f"{hours} h" if hours < 72 else f"{hours // 24} d"


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
