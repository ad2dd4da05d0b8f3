"""The shapes of decisions and of the review queue."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from seamwatch.serve.schemas_record import ArticleHead, DecisionValue
from seamwatch.serve.schemas_values import MentionValue

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Why = Annotated[str, StringConstraints(max_length=5_000)]
Ids = Annotated[list[Name], Field(max_length=1_000)]


class DecisionAsk(BaseModel):
    """What to decide. An id may be an incident's or a mention's.

    - `confirm`, `retract`, `correct`: about the incident of `mentions[0]`; `correct` sets `field` to `value`,
      JSON as in an incident, or words as in `seamwatch decide correct` ("2..4", "near Daquq");
    - `same`, `different`, `unsure`: about `mentions[0]` and `others[0]`;
    - `merge`: all of `mentions` and `others` are one incident;
    - `split`: `mentions` tell another incident than the rest of theirs.
    """

    kind: str = Field(examples=["confirm"])
    mentions: Ids = Field(min_length=1)
    others: Ids = []
    field: str | None = Field(None, max_length=100)
    value: Any = None
    reason: Why | None = None
    by: Name | None = Field(None, description="Who decides. With accounts it is who is signed in.")
    dry_run: bool = Field(False, description="Tell what would change, and store nothing.")


class UndoAsk(BaseModel):
    """Who takes a decision back, and why."""

    by: Name | None = Field(None, description="Who decides. With accounts it is who is signed in.")
    reason: Why | None = None


class DecisionAnswer(BaseModel):
    """A decision that was stored, and the ids of the incidents that it opened, changed or ended."""

    decision: DecisionValue
    opened: list[str]
    updated: list[str]
    removed: list[str]
    contradictions: list[str] = Field(description="what it contradicts, in words")


class DecisionList(BaseModel):
    """Decisions, the latest first."""

    decisions: list[DecisionValue]


class ReasonValue(BaseModel):
    """What speaks for (above zero) or against two tellings being one."""

    feature: str
    weight: float
    text: str


class ReviewSide(MentionValue):
    """A telling with its article."""

    article: ArticleHead


class ReviewEntry(BaseModel):
    """Two tellings that may or may not be one incident; `would` says what deciding otherwise changes."""

    left: ReviewSide
    right: ReviewSide
    score: float
    reasons: list[ReasonValue]
    incidents: list[str]
    would: str
    contradiction: str | None


class ReviewPage(BaseModel):
    """A page of the queue; `total` is how many items there are."""

    items: list[ReviewEntry]
    next: str | None
    total: int
