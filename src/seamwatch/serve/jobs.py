"""Jobs that read what is added: texts, addresses and files, with their progress as server-sent events."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from seamwatch.errors import FetchError
from seamwatch.model.account import Identity
from seamwatch.pipeline.job import JobState
from seamwatch.pipeline.jobs import JobRunner, JobsFullError
from seamwatch.serve.access import TheIdentity
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.extract import ArticleDraft
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.reading_desk import Upload

router = APIRouter(tags=["add"])
MOST_FILES = 200
# Seconds between looks at a job, between states that are sent, and after which a comment is sent.
_LOOK, _PROGRESS, _ALIVE = 0.1, 0.25, 15.0


class Address(BaseModel):
    """An address to read: a page, a document or a feed."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=4000, examples=["https://example.org/feed.xml"])


class JobBody(BaseModel):
    """How a job stands: `done` articles of `of`, null where that is not known."""

    id: str
    title: str
    state: JobState
    done: int
    of: int | None
    tally: dict[str, int]
    incidents: dict[str, int]
    notes: list[str]
    error: dict[str, str] | None
    cancelling: bool
    created: str
    started: str | None
    ended: str | None


class OneJob(BaseModel):
    """One job."""

    job: JobBody


class JobList(BaseModel):
    """The jobs of the last hour, the newest first."""

    jobs: list[JobBody]


_TEXT = ArticleDraft.model_json_schema()
_FILES = {
    "type": "object",
    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    "required": ["files"],
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"anyOf": [_TEXT, Address.model_json_schema()]}},
            "multipart/form-data": {"schema": _FILES},
        },
    }
}


@router.post(
    "/jobs",
    summary="Read a text, an address or files into the record",
    status_code=202,
    response_model=OneJob,
    responses={429: {"description": "too many jobs wait already"}},
    openapi_extra=_BODY,
)
async def add_job(request: Request, desk: TheDesk, identity: TheIdentity) -> JSONResponse:
    """Return a new job, which waits for its turn: one runs at a time."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            job = await _files_job(request, desk)
        else:
            job = await _json_job(request, desk)
    except JobsFullError as wrong:
        raise RequestError(str(wrong), code=wrong.code, status=429) from wrong
    desk.reading.belongs(job["id"], identity.name)
    return JSONResponse({"job": job}, 202, headers={"location": f"/api/v1/jobs/{job['id']}"})


async def _json_job(request: Request, desk: Desk) -> dict[str, Any]:
    from seamwatch.ingest.address import check_url

    try:
        row = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise RequestError(
            "the body is no valid JSON: check it at the place where it breaks off", code="bad_json"
        ) from None
    if not isinstance(row, dict) or ("text" in row) == ("url" in row):
        raise RequestError('give an object with either "text" or "url"', code="bad_value", field="text")
    try:
        if "text" in row:
            draft = ArticleDraft.model_validate(row)
            return await run_in_threadpool(desk.reading.read_text, draft.row())
        url = check_url(Address.model_validate(row).url)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or None
        raise RequestError(f"{field}: {first['msg']}", code="bad_value", field=field) from wrong
    except FetchError as wrong:
        raise RequestError(f"url: {wrong}", code=wrong.code, field="url") from wrong
    return await run_in_threadpool(desk.reading.read_url, url)


async def _files_job(request: Request, desk: Desk) -> dict[str, Any]:
    async with request.form(max_files=MOST_FILES, max_fields=20) as form:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
        if not files:
            raise RequestError(
                'there is no file in the form: send one or more as "files"', code="no_file", field="files"
            )
        upload = Upload()
        try:
            await run_in_threadpool(_keep, upload, files)
        except BaseException:
            upload.drop()
            raise
    return await run_in_threadpool(desk.reading.read_files, upload)


def _keep(upload: Upload, files: list[UploadFile]) -> None:
    for file in files:
        with upload.place(file.filename or "").open("wb") as kept:
            shutil.copyfileobj(file.file, kept)


@router.get("/jobs", summary="The jobs of the last hour")
def list_jobs(desk: TheDesk, identity: TheIdentity) -> JobList:
    """Return the jobs that run, wait, or ended within the last hour, the newest first.

    An account that may not read what jobs add (TLP:AMBER) gets its own alone.
    """
    jobs = [job for job in desk.reading.runner.jobs() if _may_follow(desk, identity, job["id"])]
    return JobList.model_validate({"jobs": jobs})


@router.get("/jobs/{job_id}", summary="How a job stands")
def show_job(desk: TheDesk, identity: TheIdentity, job_id: str) -> OneJob:
    """Return one job."""
    _check(desk, identity, job_id)
    return OneJob.model_validate({"job": _known(desk.reading.runner.job(job_id), job_id)})


@router.delete("/jobs/{job_id}", summary="Cancel a job")
def cancel_job(desk: TheDesk, identity: TheIdentity, job_id: str) -> OneJob:
    """Return a job that is to end: one that waits at once, one that runs after its article.

    What it has stored stays stored. A job that has ended stays as it is.
    """
    _check(desk, identity, job_id)
    return OneJob.model_validate({"job": _known(desk.reading.runner.cancel(job_id), job_id)})


def _may_follow(desk: Desk, identity: Identity, job_id: str) -> bool:
    return desk.reading.may_follow(job_id, identity.name, identity.clearance)


def _check(desk: Desk, identity: Identity, job_id: str) -> None:
    """Raise RequestError for a job that is not there, or not for this account."""
    seen = desk.reading.runner.job(job_id) if _may_follow(desk, identity, job_id) else None
    _known(seen, job_id)


def _known(job: dict[str, Any] | None, name: str) -> dict[str, Any]:
    if job is None:
        raise unknown_id("job", name[:60], "GET /api/v1/jobs (those of the last hour)")
    return job


@router.get(
    "/jobs/{job_id}/events",
    summary="What becomes of a job, as server-sent events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "progress, article, end"}},
)
def follow_job(request: Request, desk: TheDesk, identity: TheIdentity, job_id: str) -> StreamingResponse:
    """Return a stream of events until the job has ended.

    `progress` is the job as it stands; `article` what became of one article, with its number as the event's
    id; `end` the job when it has ended. A client that comes back with Last-Event-ID gets the articles after
    that one.
    """
    _check(desk, identity, job_id)
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
    return StreamingResponse(
        _events(desk.reading.runner, job_id, after),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(runner: JobRunner, job_id: str, after: int) -> AsyncIterator[str]:
    version, sent, spoke = -2, 0.0, time.monotonic()
    while True:
        now = time.monotonic()
        found, articles, state = runner.news(job_id, after, version)
        if found == -1:
            return
        for event in articles:
            after = event.number
            yield f"id: {event.number}\nevent: article\ndata: {json.dumps(event.data)}\n\n"
        if articles:
            spoke = now
            if len(articles) > 1:
                continue  # there may be more
        if state is not None:
            ended = JobState(state["state"]).ended
            if ended and after >= state["done"]:
                yield f"event: end\ndata: {json.dumps(state)}\n\n"
                return
            if now - sent >= _PROGRESS:
                yield f"event: progress\ndata: {json.dumps(state)}\n\n"
                version, sent, spoke = found, now, now
        if now - spoke >= _ALIVE:
            yield ": still here\n\n"
            spoke = now
        await asyncio.sleep(_LOOK)
