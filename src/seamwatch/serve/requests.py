"""The requests board: what parties ask one another, and the incidents that nobody answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from seamwatch.errors import FieldError, SeamwatchError, StoreError, UnknownIdError
from seamwatch.serve.access import TheIdentity
from seamwatch.serve.answers import json_answer
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.rows import cursor_of, read_cursor, row_of, wrong_cursor
from seamwatch.serve.schemas_requests import AnswerAsk, OneRequest, RequestAsk, RequestList, UnansweredList
from seamwatch.store.base_requests import RequestMark
from seamwatch.vocabulary.coordination import RequestKind, RequestState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seamwatch.model.account import Identity
    from seamwatch.model.charter import AnswerTime
    from seamwatch.model.incident import Incident
    from seamwatch.model.request import Request as AskedRequest
    from seamwatch.model.request import RequestView, ToldRequest
    from seamwatch.pipeline.centre.node import Node
    from seamwatch.store.base import Store

router = APIRouter(tags=["centre"])
Json = dict[str, Any]
MOST_REQUESTS = 500
_TELLS = "text: the words may tell what the rules do not give; write it otherwise, or send it all the same"
# What hinders because of how this node is set up, or what it was asked, not because the server failed.
_STATUS = {
    **dict.fromkeys(("no_charter", "no_keys", "bad_key", "no_party", "not_party"), 409),
    "not_allowed": 409,
    "tells_withheld": 409,
    "not_asked": 403,
}


@router.get("/requests", summary="What parties ask one another", response_model=RequestList)
def list_requests(
    desk: TheDesk,
    identity: TheIdentity,
    state: Annotated[RequestState | None, Query(description="Only those in this state.")] = None,
    direction: Annotated[
        Literal["in", "out"] | None, Query(description="in: what others ask; out: what we ask.")
    ] = None,
    party: Annotated[
        str | None, Query(max_length=40, description="Only those from or to this party.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_REQUESTS, description="How many a page has.")] = 100,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
) -> Response:
    """Return a page of requests with where they stand now, the newest first.

    There are none where the record is no party yet.
    """
    from seamwatch.pipeline.centre.request_views import request_page

    after = _mark(cursor) if cursor else None
    with desk.store() as store:
        card = store.own_party()
        if card is None:
            return json_answer({"requests": [], "next": None})
        found, end = request_page(
            store,
            str(card["id"]),
            _now(),
            _times(store),
            state=state,
            direction=direction,
            party=party,
            after=after,
            limit=limit,
        )
        further = None if end is None else cursor_of("request", end.at.isoformat(), end.id, end.sender)
        return json_answer({"requests": _values(store, identity, found), "next": further})


def _mark(cursor: str) -> RequestMark:
    match read_cursor(cursor):
        case ["request", str(at), str(name), str(sender)]:
            try:
                moment = datetime.fromisoformat(at)
            except ValueError:
                raise wrong_cursor() from None
            if moment.tzinfo is not None:
                return RequestMark(at=moment, id=name, sender=sender)
    raise wrong_cursor()


@router.get("/requests/{request_id}", summary="One request with its answers", response_model=OneRequest)
def get_request(desk: TheDesk, identity: TheIdentity, request_id: str) -> Response:
    """Return one request as it stands now. The id may be said with who asks, as in `ngo:ID`."""
    with desk.store() as store:
        return _one(store, identity, _known(store, request_id))


@router.post("/requests", summary="Ask other parties", response_model=OneRequest)
def ask(desk: TheDesk, identity: TheIdentity, asked: RequestAsk) -> Response:
    """Sign and store a request; the next exchange sends it. Of the incident only its record's id goes out."""
    from seamwatch.pipeline.centre.requesting import new_request, respond

    def make(node: Node) -> RequestView:
        if asked.incident is not None and _seen(node.store, identity, asked.incident) is None:
            raise UnknownIdError(asked.incident)
        about: Json = {
            "text": asked.text,
            "deadline": asked.deadline,
            "incident": asked.incident,
            "area": asked.area,
            "by": asked.by,
            "actor": identity.name,
            "as_written": asked.as_written,
        }
        if asked.to == [node.me]:
            if asked.kind is not RequestKind.RESPONSE:
                raise FieldError("kind: one takes only a response upon oneself", field="kind")
            return respond(node, **about)
        return new_request(node, to=asked.to, kind=asked.kind, priority=asked.priority, **about)

    return _done(desk, identity, make)


@router.post("/requests/{request_id}/answers", summary="Answer a request", response_model=OneRequest)
def answer(desk: TheDesk, identity: TheIdentity, request_id: str, said: AnswerAsk) -> Response:
    """Sign and store our answer; the next exchange tells who asked and all others who were asked.

    The id may be said with who asks, as in `ngo:ID`.
    """
    from seamwatch.pipeline.centre.requesting import answer_request

    with desk.store() as store:
        asked = _known(store, request_id)
    return _done(
        desk,
        identity,
        lambda node: answer_request(
            node,
            asked.id,
            said.state,
            said.text,
            sender=asked.sender,
            by=said.by,
            actor=identity.name,
            as_written=said.as_written,
        ),
    )


@router.get("/unanswered", summary="Incidents that nobody answered in time", response_model=UnansweredList)
def unanswered(desk: TheDesk, identity: TheIdentity) -> Response:
    """Return the incidents in contested areas without an answer after the charter's time."""
    from seamwatch.model.incident_codec import incident_json
    from seamwatch.pipeline.centre.agreeing import charter_in_force
    from seamwatch.pipeline.centre.request_views import unanswered_incidents
    from seamwatch.publish.requests import unanswered_json

    with desk.store() as store:
        card, state = store.own_party(), charter_in_force(store)
        if card is None or state is None:
            return json_answer({"unanswered": []})
        rows = []
        for one in unanswered_incidents(store, str(card["id"]), state, _now(), clearance=identity.clearance):
            incident = _seen(store, identity, one.incident)
            if incident is not None:
                rows.append(unanswered_json(one, row_of(incident_json(incident))))
    return json_answer({"unanswered": rows})


def _now() -> datetime:
    return datetime.now(UTC)


def _times(store: Store) -> tuple[AnswerTime, ...]:
    from seamwatch.pipeline.centre.agreeing import charter_in_force

    state = charter_in_force(store)
    return () if state is None else state.charter.answer_times


def _seen(store: Store, identity: Identity, incident_id: str) -> Incident | None:
    """Return an incident as the account may see it, None where it may not."""
    from seamwatch.pipeline.visibility import visible_by_id

    return visible_by_id(store, incident_id, identity.clearance)


def _values(store: Store, identity: Identity, found: Iterable[ToldRequest]) -> list[Json]:
    """Return requests as JSON, without the ids of incidents that the account may not see."""
    from seamwatch.pipeline.visibility import hidden_from_clearance
    from seamwatch.publish.requests import told_json

    hidden = hidden_from_clearance(store, identity.clearance)
    rows = []
    for told in found:
        row = told_json(told)
        if (
            told.incident is not None
            and told.incident in hidden
            and _seen(store, identity, told.incident) is None
        ):
            row["incident"] = None
        rows.append(row)
    return rows


def _known(store: Store, written: str) -> AskedRequest:
    from seamwatch.pipeline.centre.request_views import named_request

    try:
        return named_request(store, written)
    except UnknownIdError:
        raise unknown_id("request", written[:80], "/api/v1/requests") from None
    except StoreError as wrong:
        if wrong.code != "request_ambiguous":
            raise
        raise RequestError(str(wrong), code=wrong.code, status=409) from wrong


def _one(store: Store, identity: Identity, asked: AskedRequest) -> Response:
    from seamwatch.pipeline.centre.request_views import one_request

    card = store.own_party()
    me = "" if card is None else str(card["id"])
    told = one_request(store, me, asked, _now(), _times(store))
    return json_answer({"request": _values(store, identity, [told])[0]})


def _done(desk: Desk, identity: Identity, make: Callable[[Node], RequestView]) -> Response:
    from seamwatch.pipeline.centre.opening import open_node
    from seamwatch.pipeline.visibility import hidden_from_clearance

    with desk.store() as store:
        try:
            view = make(open_node(desk.options.db, desk.options.keys, store))
        except UnknownIdError as unknown:
            raise RequestError(
                "incident: no incident has this id: /api/v1/incidents lists the incidents",
                code="unknown_incident",
                status=404,
                field="incident",
            ) from unknown
        except SeamwatchError as wrong:
            if wrong.code in _STATUS:
                field = getattr(wrong, "field", None)
                # What a rule hides, and from whom, would tell of what is hidden from the account itself.
                partly = wrong.code == "tells_withheld" and hidden_from_clearance(store, identity.clearance)
                raise RequestError(
                    _TELLS if partly else str(wrong), code=wrong.code, status=_STATUS[wrong.code], field=field
                ) from wrong
            raise
        return _one(store, identity, view.request)
