"""The shapes of answers that are the server's own. Those of incidents are in `schemas_record`."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ErrorDetail(BaseModel):
    """What is wrong: a stable word, a sentence that says what to do, and the parameter it is about."""

    code: str = Field(examples=["bad_value"])
    message: str
    field: str | None = None


class ErrorBody(BaseModel):
    """The one shape of every error."""

    error: ErrorDetail


class Health(BaseModel):
    """That the server answers."""

    status: str
    version: str


class EventTypeWords(BaseModel):
    """An ACLED event type with its sub-event types."""

    name: str
    sub_event_types: list[str]


class Config(BaseModel):
    """What a client must know of this server: words of filters, and how much there is."""

    version: str
    style_url: str | None
    policies: list[str]
    statuses: list[str]
    event_types: list[EventTypeWords]
    counts: dict[str, int]
