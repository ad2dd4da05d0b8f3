"""The shapes of labels that people give to own articles."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field

from seamwatch.vocabulary.coordination import Tlp


class LabelAsk(BaseModel):
    """Which label an own article, or all own ones that tell an incident, shall bear; null: none of its own.

    A freer one needs a reason. Without accounts `by` says who.
    """

    about: str = Field(max_length=500, description="An article's id, or an incident's.")
    tlp: Tlp | None
    why: str = Field("", max_length=2000)
    by: str | None = Field(None, max_length=200)


class LabelUndo(BaseModel):
    """Why a label is taken back; needed where an article becomes freer by it."""

    why: str = Field("", max_length=2000)
    by: str | None = Field(None, max_length=200)


class LabelChangeValue(BaseModel):
    """One article, with the label that it bore and the one that it bears since."""

    article: str
    before: Tlp | None
    after: Tlp | None


class LabelValue(BaseModel):
    """Who gave a label, when and why. `undoes` names the one that it took back."""

    number: str
    about: str
    tlp: Tlp | None
    by: str
    at: AwareDatetime
    why: str
    undoes: str | None
    articles: list[LabelChangeValue]


class LabelAnswer(BaseModel):
    """A label as it was given."""

    label: LabelValue


class LabelList(BaseModel):
    """Labels, the latest first."""

    labels: list[LabelValue]
