"""Field reports: what somebody on the spot fills into a form."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from seamwatch.errors import FieldError
from seamwatch.model.account import LOCAL
from seamwatch.serve.access import identity_of
from seamwatch.serve.context import TheDesk
from seamwatch.serve.extract import Day
from seamwatch.serve.faults import RequestError, body_of
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import HowKnown, VictimGroup

router = APIRouter(tags=["add"])


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class When(_Form):
    """The days on which it may have been; without an end it was one day."""

    start: Day
    end: Day | None = None


class Where(_Form):
    """A place by name, with what it lies in, by a point in degrees, or by both."""

    name: str | None = None
    admin2: str | None = None
    admin1: str | None = None
    country: str | None = None
    lat: StrictInt | StrictFloat | None = None
    lon: StrictInt | StrictFloat | None = None
    precision: StrictInt | None = Field(None, description="UCDP where_prec, 1 to 7")
    radius_km: StrictInt | StrictFloat | None = None


class Range(_Form):
    """How many: from low to high; null is open."""

    low: StrictInt | None = None
    high: StrictInt | None = None


class ReportForm(_Form):
    """A field report. What, when, where and how it is known must be said."""

    what: SubEventType
    when: When
    where: Where
    who: list[str] = []
    targets: list[str] = []
    killed: StrictInt | Range | None = None
    injured: StrictInt | Range | None = None
    missing: StrictInt | Range | None = None
    abducted: StrictInt | Range | None = None
    victims: VictimGroup | None = None
    weapon: str | None = None
    how_known: HowKnown
    how_words: str | None = None
    notes: str | None = None
    by: str | None = Field(None, description="who reports: in no text and no export")
    organisation: str | None = Field(None, description="who answers for the report: its source")
    reported: Day | None = None


class Filed(BaseModel):
    """The article that was made of a report, and the incidents that it tells."""

    article: str
    kind: str
    incidents: list[str]
    opened: list[str]
    updated: list[str]
    place: dict[str, Any] | None
    warnings: list[str]


@router.post(
    "/reports",
    summary="File a field report",
    status_code=201,
    responses={409: {"description": "several places have the name: `error.candidates` holds them"}},
)
def file_report(request: Request, desk: TheDesk, form: ReportForm) -> Any:
    """Store a report as an article of its own, each value with the form's words as its evidence, and link it.

    Return the article's id and the ids of the incidents that it tells. The same report filed again is known.
    """
    from seamwatch.model.codec import place_json
    from seamwatch.model.field_report import AmbiguousPlaceError, field_report_from_json

    identity = identity_of(request)
    if identity is not LOCAL:
        form.by = identity.name
    filer = desk.reading.filer()
    try:
        report = field_report_from_json(form.model_dump(mode="json"))
        with desk.kit().lock:
            ready = filer.write(report)
        with desk.store() as store:
            done = filer.store(store, ready)
    except AmbiguousPlaceError as wrong:
        body = body_of(wrong.code, str(wrong), wrong.field)
        body["error"]["candidates"] = [place_json(place) for place in wrong.candidates]
        return JSONResponse(body, 409)
    except FieldError as wrong:
        raise RequestError(str(wrong), code=wrong.code, field=wrong.field) from wrong
    return Filed(
        article=done.article,
        kind=done.kind,
        incidents=list(done.incidents),
        opened=list(done.opened),
        updated=list(done.updated),
        place=place_json(done.place),
        warnings=list(done.warnings),
    )
