"""Situation reports: what the filters keep, as a document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.sitrep import Sitrep
from seamwatch.pipeline.sitrep import gather_sitrep
from seamwatch.pipeline.visibility import FULL
from seamwatch.publish.sitrep import FORMATS, file_name, render
from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError
from seamwatch.serve.filters import MOST_TEXT, Asked, Filters, moment_of
from seamwatch.serve.incidents import check_retellable
from seamwatch.store.base import Store

router = APIRouter(tags=["sitrep"])
_FIELDS = {
    "bad_period": "since",
    "too_many": "since",
    "bad_last_report": "since_report",
    "bad_recipient": "for",
}
# The desk shows the page in a frame. It runs nothing and loads nothing.
_FRAMED = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups",
    "x-frame-options": "SAMEORIGIN",
}


@router.get(
    "/sitrep",
    summary="A situation report",
    response_class=Response,
    responses={200: {"description": "the report", "content": {name: {} for name in FORMATS.values()}}},
)
def sitrep(
    desk: TheDesk,
    asked: Filters,
    format: Annotated[str, Query(description=f"One of: {', '.join(FORMATS)}.")] = "html",
    title: Annotated[str | None, Query(max_length=MOST_TEXT, description="The report's title.")] = None,
    recipient: Annotated[str | None, Query(max_length=MOST_TEXT, description="For whom it is.")] = None,
    party: Annotated[
        str | None,
        Query(
            alias="for",
            max_length=40,
            description="A party of the charter: the report is made only from what is released to it now.",
        ),
    ] = None,
    since_report: Annotated[
        str | None,
        Query(description="When the last report was made: what is new, revised or retracted since is told."),
    ] = None,
) -> Response:
    """Return a report of the period (the 7 days up to `until`, or to today, where none is given).

    HTML is shown in the browser, the other formats are downloads.
    """
    if format not in FORMATS:
        raise RequestError(
            f"format: {format[:60]!r} is no format of a report: give one of: {', '.join(FORMATS)}",
            code="bad_value",
            field="format",
        )
    last = moment_of(since_report, "since_report")
    try:
        with desk.store() as store:
            if last is not None or not asked.plain:
                check_retellable(desk, store)
            made = datetime.now(UTC).replace(microsecond=0)
            if party is not None:
                report = _for_party(store, asked, party, made, title, last)
            else:
                report = gather_sitrep(
                    store,
                    asked.wanted,
                    made=made,
                    title=title,
                    recipient=recipient,
                    as_of=asked.as_of,
                    since_report=last,
                    policy=asked.policy,
                    clearance=asked.clearance,
                )
    except InputError as wrong:
        if wrong.code not in _FIELDS:
            raise
        raise RequestError(str(wrong), code=wrong.code, field=_FIELDS[wrong.code]) from wrong
    shown = "inline" if format == "html" else "attachment"
    headers = {"content-disposition": f'{shown}; filename="{file_name(report, format)}"'}
    if format == "html":
        headers |= _FRAMED
    return Response(render(report, format), media_type=FORMATS[format], headers=headers)


def _for_party(
    store: Store, asked: Asked, party: str, made: datetime, title: str | None, last: datetime | None
) -> Sitrep:
    from seamwatch.pipeline.centre.recipient import gather_for

    if asked.clearance is not FULL:
        raise RequestError(
            "a report for a party is made from all own incidents: your account may not see all of them",
            code="forbidden",
            status=403,
            field="for",
        )
    try:
        return gather_for(
            store,
            party,
            asked.wanted,
            made=made,
            title=title,
            as_of=asked.as_of,
            since_report=last,
            policy=asked.policy,
        )
    except InputError:
        raise
    except SeamwatchError as wrong:
        raise RequestError(str(wrong), code=wrong.code, field="for") from wrong
