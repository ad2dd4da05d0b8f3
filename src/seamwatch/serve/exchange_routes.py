"""What the exchange answers to other parties: how far feeds go, pages of them, and what they bring."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.exchange_codec import heads_json, page_json, read_pages, taken_json
from seamwatch.coordinate.http_signature import HttpRequest
from seamwatch.coordinate.strict import read_json
from seamwatch.pipeline.centre.papers import papers_for, take_papers
from seamwatch.serve.exchange_guard import PartedRefusalError, caller
from seamwatch.serve.exchange_nodes import Exchange, TheExchange
from seamwatch.serve.faults import RequestError

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

router = APIRouter()
API = "/exchange/v1"
MOST_PAGES = 50
MOST_PAPERS = 16_000_000
_PARTY = re.compile(r"[a-z0-9-]{1,40}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,11}")


@router.get("/healthz")
def health() -> dict[str, str]:
    """Return that the server answers."""
    return {"status": "ok"}


@router.get(f"{API}/heads")
async def heads(request: Request, exchange: TheExchange) -> Response:
    """Return how far the feeds to the party that asks go here, and those from it; 304 where that is known."""

    def answer(node: Node, party: str) -> Response:
        body = canonical(heads_json(node.heads_for(party)))
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    return await _answered(request, exchange, answer)


@router.get(f"{API}/feeds/{{sender}}/{{receiver}}")
async def feed(request: Request, exchange: TheExchange, sender: str, receiver: str) -> Response:
    """Return a page of a feed after a number of an epoch."""

    def answer(node: Node, party: str) -> Response:
        if not (_PARTY.fullmatch(sender) and _PARTY.fullmatch(receiver)):
            raise not_allowed()
        page = node.page(
            party,
            sender,
            receiver,
            epoch=_number(request, "epoch", 1),
            after=_number(request, "after", 0),
            limit=max(1, min(_number(request, "limit", 500), exchange.options.most_items)),
        )
        return Response(canonical(page_json(page)), media_type="application/json")

    return await _answered(request, exchange, answer)


@router.post(f"{API}/entries")
async def entries(request: Request, exchange: TheExchange) -> Response:
    """Return what became of each page of entries that a party brings."""

    def answer(node: Node, party: str) -> Response:
        pages = read_pages(body_of(request, exchange), most=MOST_PAGES)
        taken = [node.take(page.items, via=party) for page in pages]
        if any(t.new for t in taken):
            exchange.came()
        return Response(canonical([taken_json(t) for t in taken]), media_type="application/json")

    def body_of(request: Request, exchange: Exchange) -> bytes:
        return unpacked(body, request.headers.get("content-encoding", ""), exchange.options.most_unpacked)

    body = await request.body()
    return await _answered(request, exchange, answer)


@router.post(f"{API}/papers")
async def papers(request: Request, exchange: TheExchange) -> Response:
    """Take the charters and notices that another party goes by, and return those in force here.

    A party that takes part no longer is refused with them, as everywhere; but the papers that it shows are
    taken before, since they hold by their signatures: they may say that it was taken back.
    """

    def answer(node: Node, _: str) -> Response:
        packing = request.headers.get("content-encoding", "")
        shown = read_json(unpacked(body, packing, exchange.options.most_unpacked), "the papers", MOST_PAPERS)
        take_papers(node, shown)
        return Response(canonical(papers_for(node)), media_type="application/json")

    body = await request.body()
    return await _answered(request, exchange, answer, parted_too=True)


async def _answered(
    request: Request,
    exchange: Exchange,
    answer: Callable[[Node, str], Response],
    *,
    parted_too: bool = False,
) -> Response:
    """Return what `answer` gives for the party that signed the request; a refusal where none did.

    `parted_too`: `answer` is asked for a party that takes part no longer too, which is refused after that.
    """
    asked = HttpRequest(
        method=request.method,
        path=request.scope["raw_path"].decode("ascii", "replace"),
        query=request.scope["query_string"].decode("ascii", "replace"),
        body=await request.body(),
    )
    header = request.headers.get("authorization", "")

    def work() -> Response:
        with exchange.node() as node:
            try:
                party = caller(node, header, asked, exchange.nonces)
            except PartedRefusalError as refused:
                if not parted_too:
                    raise
                exchange.parties.take(refused.party)
                answer(node, refused.party)
                if node.state().active(refused.party) is None:
                    raise PartedRefusalError(refused.party, papers_for(node, refused.party)) from None
                party = refused.party
            else:
                exchange.parties.take(party)
            exchange.heard(party)
            return answer(node, party)

    return await run_in_threadpool(work)


def not_allowed() -> RequestError:
    """Return the one refusal of a feed that a party may not read, whether there is such a feed or not."""
    return RequestError(
        "this party may not ask for this feed: only its receiver, its sender and the relay may",
        code="not_allowed",
        status=403,
    )


def unpacked(body: bytes, packing: str, most: int) -> bytes:
    """Return a body without its gzip; RequestError where it is damaged or larger than `most` bytes."""
    if packing in ("", "identity"):
        return body
    if packing != "gzip":
        raise RequestError(
            "the body is packed in an unknown way: use gzip", code="unsupported_media_type", status=415
        )
    unpacker = zlib.decompressobj(31)
    try:
        found = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise RequestError("the body's gzip is damaged: send it again", code="bad_request") from None
    if len(found) > most:
        raise RequestError(
            f"the body has more than {most / 1_000_000:g} MB unpacked: send it in smaller parts",
            code="too_large",
            status=413,
        )
    if not unpacker.eof or unpacker.unused_data:
        raise RequestError("the body's gzip is damaged: send it again", code="bad_request")
    return found


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.getlist(name)
    if not given:
        return default
    if len(given) > 1 or _NUMBER.fullmatch(given[0]) is None:
        raise RequestError(f"{name} must be one whole number", code="bad_value", field=name)
    return int(given[0])


def error_answer(wrong: RequestError, **more: Any) -> JSONResponse:
    """Return a refusal in the one shape of errors."""
    body = {"error": {"code": wrong.code, "message": str(wrong), "field": wrong.field, **more}}
    return JSONResponse(body, wrong.status)
