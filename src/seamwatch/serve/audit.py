"""The audit log at the desk: listed, handed over signed, and another party's log verified."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.responses import Response

from seamwatch.errors import SeamwatchError
from seamwatch.serve.answers import json_answer
from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError
from seamwatch.serve.rows import cursor_of, read_cursor, wrong_cursor

router = APIRouter(tags=["audit"])
_NOT_SET_UP = frozenset({"no_keys", "bad_key", "no_party", "wrong_keys"})
_LARGEST = 1 << 53


class AuditHead(BaseModel):
    """The newest entry: 0 and "" where there is none."""

    number: int
    hash: str


class AuditPage(BaseModel):
    """Entries, the newest first, and the head of the log."""

    entries: list[dict[str, Any]]
    next: str | None
    head: AuditHead


class Verified(BaseModel):
    """Whether another party's log holds, what is wrong, and what was compared."""

    party: str
    at: str
    ok: bool
    entries: int
    head: str
    problems: list[str]
    checked: list[str]


@router.get("/audit", summary="What this node did and took", response_model=AuditPage)
def audit(
    desk: TheDesk,
    kind: Annotated[
        str | None, Query(max_length=60, description="A kind, as entry.sent, or its first part, as charter.")
    ] = None,
    subject: Annotated[str | None, Query(max_length=200, description="About one subject, by its id.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many a page has.")] = 100,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
) -> Response:
    """Return the entries of this node's audit log, the newest first."""
    from seamwatch.coordinate.audit import entry_json

    match read_cursor(cursor) if cursor else ["audit", _LARGEST]:
        case ["audit", int(before)] if 0 < before <= _LARGEST:
            pass
        case _:
            raise wrong_cursor()
    with desk.store() as store:
        number, head = store.audit_head()
        found = store.audit_entries(
            kind=kind, subject=subject, before=before, limit=limit + 1, newest_first=True
        )
    shown = found[:limit]
    return json_answer(
        {
            "entries": [entry_json(entry) for entry in shown],
            "next": cursor_of("audit", shown[-1].number) if len(found) > limit else None,
            "head": {"number": number, "hash": head},
        }
    )


@router.get(
    "/audit/export",
    summary="The whole audit log, signed",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {}}}},
)
def export_audit(desk: TheDesk) -> Response:
    """Return the log as JSON Lines with this party's signature, for another party to verify."""
    from seamwatch.coordinate.keys import KeyRing
    from seamwatch.pipeline.centre.auditing import export_log
    from seamwatch.pipeline.centre.opening import keys_beside

    options = desk.options
    try:
        keys = KeyRing.load(keys_beside(options.db) if options.keys is None else options.keys)
    except SeamwatchError as wrong:
        raise _not_set_up(wrong) from wrong

    def lines() -> Any:
        with desk.store() as store:
            yield from export_log(store, keys)

    return StreamingResponse(
        lines(),
        media_type="application/jsonl",
        headers={"content-disposition": f'attachment; filename="{keys.party}.audit.jsonl"'},
    )


@router.post("/audit/verify", summary="Verify another party's audit log", response_model=Verified)
def verify_audit(
    desk: TheDesk, file: Annotated[UploadFile, File(description="A log that was exported.")]
) -> Response:
    """Return whether another party's log holds.

    Its chain, its signature by the charter known here, and what this node itself sent and took are compared.
    """
    from seamwatch.pipeline.centre.audit_checking import lines_of, report_json, verify_log

    with desk.store() as store:
        return json_answer(report_json(verify_log(store, lines_of(file.file))))


def _not_set_up(wrong: SeamwatchError) -> SeamwatchError:
    """Return a fault that says 409 where it is about how this node is set up."""
    if wrong.code in _NOT_SET_UP:
        return RequestError(str(wrong), code=wrong.code, status=409)
    return wrong
