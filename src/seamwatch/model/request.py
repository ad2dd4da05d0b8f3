"""Requests to other parties, their answers, and what the charter expects of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. It is never changed: what becomes of it is told by answers.

    `id` is a UUID, which is the sender's: two parties may use one. `sender` asks, `to` are the parties asked.
    `record` names what it is about, as (party, id of its record), `area` a charter's area; either may be
    None. `deadline` ends the wait. `escalated_from` is the id of the sender's request whose lateness made
    this one. `by` is the office that asks, never a person's name. `withheld` are the parties that a sentence
    went to in place of the words; only the asking party knows them.
    """

    id: str
    sender: str
    to: tuple[str, ...]
    kind: RequestKind
    text: str
    at: datetime
    deadline: datetime
    priority: Priority = Priority.ROUTINE
    record: tuple[str, str] | None = None
    area: str | None = None
    by: str = ""
    escalated_from: str | None = None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One party's word on a request: acknowledged, accepted, declined (with its reason), or done.

    `sender` is who asked in the request; "" where an older node did not say it: then the id alone tells.
    """

    request: str
    party: str
    state: RequestState
    at: datetime
    text: str = ""
    by: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request with where it stands at a moment: over all parties (`state`) and for each (`states`).

    `late` are the parties that the charter expected an acknowledgement or answer of before now.
    """

    request: Request
    state: RequestState
    states: tuple[tuple[str, RequestState], ...]
    answers: tuple[Answer, ...] = ()
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRequest:
    """A request as one node knows it. `direction`: "out" where that node asks, "in" where another one does.

    `incident` is the id that its record has here, None where it names none or where that record is not here.
    `escalated_by` is the id of the request that asks on, None where none does.
    """

    view: RequestView
    direction: str
    incident: str | None = None
    escalated_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """An incident in a contested area to which no party answered within the charter's time.

    `due` is when an answer was expected, `asked` the ids of requests about it.
    """

    incident: str
    areas: tuple[str, ...]
    known: datetime
    due: datetime
    asked: tuple[str, ...] = ()
