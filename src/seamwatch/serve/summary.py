"""Sums of incidents for timelines, charts and key figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from seamwatch.serve.context import TheDesk
from seamwatch.serve.filters import Filters
from seamwatch.serve.map_sums import By

router = APIRouter(tags=["map"])


class Figures(BaseModel):
    """How many incidents, and the sums of their best figures (one without a figure adds nothing)."""

    incidents: int
    killed: int
    injured: int


class Bucket(Figures):
    """The figures of one day, type, country, ...; the `key` of those that have none is null."""

    key: str | None
    country: str | None = None


class Summary(BaseModel):
    """Figures by one thing, and of all."""

    buckets: list[Bucket]
    total: Figures


@router.get("/summary", summary="How many incidents, killed and injured", response_model=Summary)
def summary(
    desk: TheDesk,
    asked: Filters,
    by: Annotated[
        By,
        Query(
            description="What the figures are summed by. `day` (2024-03-05), `week` (its Monday), `month` "
            "(2024-03) and `year` take an incident's first day and come in order, empty ones left out; the "
            "others by incidents, most first. `admin1` names the `country` too."
        ),
    ] = "month",
) -> Response:
    """Return how many incidents there are, and the sums of killed and injured (best figures)."""
    return Response(desk.map.sums(asked, by), media_type="application/json")
