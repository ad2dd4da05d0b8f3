"""Exports: what is seen as a file, written while it is sent."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, TextIO, cast

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from seamwatch.pipeline.visibility import list_visible
from seamwatch.publish import writer_of
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.faults import RequestError
from seamwatch.serve.filters import Asked, Filters
from seamwatch.serve.incidents import check_retellable

router = APIRouter(tags=["export"])
# Ending and media type of each format.
FORMATS = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "geojson": ("geojson", "application/geo+json"),
    "jsonl": ("jsonl", "application/jsonl; charset=utf-8"),
    "json": ("json", "application/json"),
    "acled": ("csv", "text/csv; charset=utf-8"),
    "ucdp": ("csv", "text/csv; charset=utf-8"),
    "plover": ("jsonl", "application/jsonl; charset=utf-8"),
    "hxl": ("csv", "text/csv; charset=utf-8"),
    "misp": ("json", "application/json"),
    "cap": ("xml", "application/xml"),
}
_MEDIA_TYPES = [media_type.partition(";")[0] for _, media_type in FORMATS.values()]
_PIECE = 64 * 1024
_WAITING = 8  # pieces that wait to be sent
_PATIENCE = 0.5


@router.get(
    "/export",
    summary="Incidents as a file",
    response_class=Response,
    responses={200: {"description": "the file", "content": {kind: {} for kind in sorted(set(_MEDIA_TYPES))}}},
)
def export(
    desk: TheDesk,
    asked: Filters,
    format: Annotated[str, Query(description=f"One of: {', '.join(FORMATS)}.")] = "csv",
) -> Response:
    """Return the incidents that pass the filters in a format, as a download, written while it is sent."""
    _check(format)
    if not asked.plain:
        with desk.store() as store:
            check_retellable(desk, store)
    ending, media_type = FORMATS[format]
    pieces = written(desk, asked, format)
    # What goes wrong at the start is an error in the one shape; later the download would break off.
    first = next(pieces, "")

    def parts() -> Iterator[str]:
        try:
            yield first
            yield from pieces
        finally:
            pieces.close()

    day = datetime.now(UTC).date()
    kind = "" if ending == format else f"-{format}"
    name = f"seamwatch-incidents{kind}-{day}.{ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts(), media_type=media_type, headers=headers)


def _check(format: str) -> None:
    if format not in FORMATS:
        raise RequestError(
            f"format: {format[:60]!r} is no format of this version: give one of: {', '.join(FORMATS)}",
            code="bad_value",
            field="format",
        )


class _GoneError(Exception):
    """Nobody reads any longer."""


class _Pipe(io.TextIOBase):
    """A text file whose pieces another thread takes."""

    def __init__(self, put: Callable[[str], None]) -> None:
        super().__init__()
        self._put = put
        self._held: list[str] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._held.append(text)
        self._size += len(text)
        if self._size >= _PIECE:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self._held:
            held, self._held, self._size = self._held, [], 0
            self._put("".join(held))


def written(desk: Desk, asked: Asked, format: str) -> Generator[str, None, None]:
    """Yield the incidents asked for in a format; a thread writes at most some pieces ahead."""
    pieces: queue.Queue[str | BaseException | None] = queue.Queue(_WAITING)
    gone = threading.Event()

    def put(piece: str | BaseException | None) -> None:
        while not gone.is_set():
            try:
                pieces.put(piece, timeout=_PATIENCE)
            except queue.Full:
                continue
            return
        raise _GoneError

    def write() -> None:
        try:
            pipe = _Pipe(put)
            with desk.store() as store:
                # Rows that were imported go out as they came in: the store has them.
                writer = writer_of(format, store)
                found = list_visible(
                    store, asked.wanted, asked.clearance, as_of=asked.as_of, policy=asked.policy
                )
                writer(found, cast("TextIO", pipe))
            pipe.flush()
            put(None)
        except _GoneError:
            pass
        except BaseException as wrong:
            with suppress(_GoneError):
                put(wrong)

    thread = threading.Thread(target=write, name="export", daemon=True)
    thread.start()
    try:
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        gone.set()
        thread.join()
