"""The shapes of release previews, orders and rules."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from seamwatch.vocabulary.coordination import OrderKind, Tlp


class FieldTold(BaseModel):
    """What becomes of one field, and why."""

    field: str
    grain: str
    text: str


class SentState(BaseModel):
    """How the record stands at the party: released or withdrawn, and when it receipted that."""

    record: str
    state: str
    version: int
    at: AwareDatetime | None
    receipted: AwareDatetime | None


class ReleaseItem(BaseModel):
    """One incident, and what the party would receive of it now."""

    incident: dict[str, Any]
    state: str
    rule: str | None
    tlp: Tlp | None
    due: AwareDatetime | None
    text: str
    unapproved: list[str]
    reasons: list[FieldTold]
    content: dict[str, Any] | None
    sent: SentState | None


class ReleasePreview(BaseModel):
    """What a party would receive. `counts` are by state, of the first `counted` incidents."""

    to: str
    items: list[ReleaseItem]
    counts: dict[str, int]
    counted: int
    next: str | None


class OrderAsk(BaseModel):
    """What to order about one incident; `to` null is for all parties. Without accounts `by` says who."""

    incident: str = Field(max_length=500)
    kind: OrderKind
    to: str | None = Field(None, max_length=40)
    field: str | None = Field(None, max_length=40)
    tlp: Tlp | None = None
    why: str = Field("", max_length=2000)
    by: str | None = Field(None, max_length=200)


class Order(BaseModel):
    """One order as it was given."""

    number: int
    incident: str
    kind: OrderKind
    to: str | None
    field: str | None
    tlp: Tlp | None
    by: str
    at: AwareDatetime
    why: str
    approved: list[str]


class OrderAnswer(BaseModel):
    """The order that was given; an approval for all parties gives one for each."""

    order: Order
    orders: list[Order]


class OrderList(BaseModel):
    """Orders about an incident, the latest first."""

    orders: list[Order]


class RulesAsk(BaseModel):
    """New own rules, in YAML. With `check` they are only read, and nothing is stored."""

    yaml: str = Field(max_length=600_000)
    by: str | None = Field(None, max_length=200)
    check: bool = False


class Rules(BaseModel):
    """Own rules as they were written and as they are read, and the charter's, which come after them.

    `doubts` are parties and areas of own rules that nobody knows here: a slip, or who is still to join.
    """

    yaml: str
    version: int
    by: str | None
    at: AwareDatetime | None
    rules: list[dict[str, Any]]
    charter_rules: list[dict[str, Any]]
    doubts: list[str]
