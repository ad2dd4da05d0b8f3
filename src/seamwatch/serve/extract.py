"""What a text says, without storing anything."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError

router = APIRouter(tags=["add"])


def _written(value: object) -> object:
    if value is not None and not isinstance(value, str | date):
        raise ValueError("write the day as YYYY-MM-DD")
    return value


# A number would be taken for the seconds since 1970.
Day = Annotated[date, BeforeValidator(_written)]


class ArticleDraft(BaseModel):
    """An article as somebody pastes it: the contract's input line."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(examples=["Two policemen were killed by a roadside bomb near Daquq on Sunday."])
    title: str | None = Field(None, max_length=2000)
    published: Day | None = Field(None, examples=["2020-04-12"])
    source: str | None = Field(None, max_length=500)
    language: str | None = Field(None, max_length=35)

    def row(self) -> dict[str, Any]:
        """Return the input line; RequestError where the text is too long or empty."""
        from seamwatch.read.article import MOST_CHARACTERS

        if len(self.text) > MOST_CHARACTERS:
            raise RequestError(
                f"text: it has {len(self.text):,} characters, at most {MOST_CHARACTERS:,} are read: "
                "split it into its articles",
                code="too_large",
                status=413,
                field="text",
            )
        if not self.text.strip():
            raise RequestError(
                "text: it is empty or only white space: paste an article", code="empty", field="text"
            )
        day = self.published.isoformat() if self.published else None
        return {**self.model_dump(exclude={"published"}), "published": day}


@router.post("/extract", summary="What a text says; nothing is stored")
def extract(desk: TheDesk, draft: ArticleDraft) -> dict[str, Any]:
    """Return the output line of `seamwatch extract` for one article."""
    from seamwatch.model.report import report_json
    from seamwatch.model.text import RawArticle, Rejected
    from seamwatch.pipeline.extraction import extract_one

    draft.row()
    raw = RawArticle(
        origin="the text",
        media_type="text/plain",
        content=draft.text,
        title=draft.title,
        published=draft.published,
        source=draft.source,
        language=draft.language,
    )
    report = extract_one(desk.kit(), raw)
    if isinstance(report, Rejected):
        raise RequestError(report.reason, code=report.code, status=400, field="text")
    return report_json(report)
