"""The shapes of requests, answers, and incidents that nobody answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

Party = Annotated[str, Field(max_length=40)]
_AS_WRITTEN = "Send the text even where it tells what the rules do not give (else: tells_withheld)."


class RequestAsk(BaseModel):
    """What to ask. `to` with our own id alone tells all parties that we respond ("we cover this road")."""

    to: list[Party] = Field(min_length=1, max_length=100)
    kind: RequestKind
    text: str = Field(max_length=20_000)
    deadline: AwareDatetime
    priority: Priority = Priority.ROUTINE
    incident: str | None = Field(None, max_length=500)
    area: str | None = Field(None, max_length=500)
    by: str = Field("", max_length=500, description="The office that asks, never a person's name.")
    as_written: bool = Field(False, description=_AS_WRITTEN)


class AnswerAsk(BaseModel):
    """What to answer: acknowledged, accepted, declined (the text says why) or done."""

    state: RequestState
    text: str = Field("", max_length=20_000)
    by: str = Field("", max_length=500, description="The office that answers, never a person's name.")
    as_written: bool = Field(False, description=_AS_WRITTEN)


class PartyStanding(BaseModel):
    """How far one party's answer is."""

    party: str
    state: str


class AnswerValue(BaseModel):
    """One party's word; `late`: given after the deadline."""

    party: str
    state: str
    at: str
    text: str
    by: str
    late: bool


class RecordName(BaseModel):
    """A record as all parties name it."""

    party: str
    id: str


class RequestValue(BaseModel):
    """A request, where it stands over all parties and for each, and what was answered.

    `incident` is the id here; null with `record` set: that record is not here, or not for this account.
    `withheld` are the parties that our words did not go to when they were asked on.
    """

    id: str
    direction: Literal["in", "out"]
    sender: str
    to: list[str]
    kind: str
    text: str
    at: str
    deadline: str
    priority: str
    by: str
    incident: str | None
    record: RecordName | None
    area: str | None
    state: str
    states: list[PartyStanding]
    late: list[str]
    answers: list[AnswerValue]
    escalated_from: str | None
    escalated_by: str | None
    withheld: list[str]


class RequestList(BaseModel):
    """A page of requests, the newest first. `id` is the sender's: two parties may use one."""

    requests: list[RequestValue]
    next: str | None


class OneRequest(BaseModel):
    """A request as it stands now."""

    request: RequestValue


class UnansweredValue(BaseModel):
    """An incident as lists show it; the contested areas that it lies in; since when it is known; when due."""

    incident: dict[str, Any]
    areas: list[str]
    known: str
    due: str
    asked: list[str]


class UnansweredList(BaseModel):
    """Incidents without an answer, the longest overdue first."""

    unanswered: list[UnansweredValue]
