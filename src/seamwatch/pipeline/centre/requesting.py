"""Requests of a node: asked, answered, taken from others, and asked on where no answer comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from seamwatch.coordinate.request_codec import (
    answer_from_json,
    check_answer,
    check_request,
    request_from_json,
)
from seamwatch.coordinate.requests import allowed_moves, escalate_to, escalated, view_request
from seamwatch.errors import FieldError, InputError, SeamwatchError, StoreError, UnknownIdError
from seamwatch.model.request import Answer, Request, RequestView
from seamwatch.pipeline.centre.noting import audit
from seamwatch.pipeline.centre.request_sending import (
    check_area,
    check_receivers,
    concerned_by,
    incident_of,
    members_of,
    record_of_incident,
    send_answer,
    send_request,
)
from seamwatch.pipeline.centre.request_words import check_words, withheld_from
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

if TYPE_CHECKING:
    from seamwatch.model.charter import CharterState
    from seamwatch.model.exchange import Entry
    from seamwatch.pipeline.centre.node import Node


def new_request(
    node: Node,
    *,
    to: Sequence[str],
    kind: RequestKind,
    text: str,
    deadline: datetime,
    priority: Priority = Priority.ROUTINE,
    incident: str | None = None,
    area: str | None = None,
    by: str = "",
    actor: str = "node",
    as_written: bool = False,
) -> RequestView:
    """Ask other parties for something; return the request, which is on its way to each of them.

    `incident` (an id) and `area` (an area of the charter) say what it is about. Of the incident only the id
    of its record is sent, and not to all: see `sent_record`. FieldError names the field that can't be, and
    (code "tells_withheld") what the text tells of the incident that the rules do not give those asked: with
    `as_written` it is sent all the same. UnknownIdError for an unknown incident.
    """
    state = node.state()
    members = members_of(state)
    check_receivers(to, members, node.me)
    check_area(state, area)
    with node.store.transaction():
        told = None if incident is None else node.store.incident(incident)
        request = Request(
            id=str(uuid4()),
            sender=node.me,
            to=tuple(to),
            kind=kind,
            text=text,
            at=node.clock(),
            deadline=deadline,
            priority=priority,
            record=None if told is None else record_of_incident(node, told, to),
            area=area,
            by=by.strip(),
        )
        check_request(request)
        beyond = check_words(node, text, told, to, as_written=as_written)
        send_request(node, request, to, told, actor, as_written=beyond)
    return _view(node, request, state)


def respond(
    node: Node,
    *,
    text: str,
    deadline: datetime,
    incident: str | None = None,
    area: str | None = None,
    by: str = "",
    actor: str = "node",
    as_written: bool = False,
) -> RequestView:
    """Tell all parties that we cover something, unasked; return it as a request that is accepted.

    It is a request for a response to oneself, told to all members, and accepted at once. So it stands on
    every party's board, and `answer_request` ends it: done, or declined with the reason.
    """
    state = node.state()
    check_area(state, area)
    others = [party for party in members_of(state) if party != node.me]
    with node.store.transaction():
        told = None if incident is None else node.store.incident(incident)
        at = node.clock()
        request = Request(
            id=str(uuid4()),
            sender=node.me,
            to=(node.me,),
            kind=RequestKind.RESPONSE,
            text=text,
            at=at,
            deadline=deadline,
            record=None if told is None else record_of_incident(node, told, others),
            area=area,
            by=by.strip(),
        )
        check_request(request)
        beyond = check_words(node, text, told, others, as_written=as_written)
        send_request(node, request, others, told, actor, as_written=beyond)
        answer = Answer(
            request=request.id,
            sender=node.me,
            party=node.me,
            state=RequestState.ACCEPTED,
            at=at,
            by=request.by,
        )
        send_answer(node, request, answer, actor)
    return _view(node, request, state)


def answer_request(
    node: Node,
    request_id: str,
    state: RequestState,
    text: str = "",
    *,
    sender: str | None = None,
    by: str = "",
    actor: str = "node",
    as_written: bool = False,
) -> RequestView:
    """Answer a request; return where it stands then. The asking party and all others asked are told.

    `sender` says whose request it is, where several parties have one of this id. FieldError where the answer
    can't be given: declined without a reason, or after a word that ended it; and (code "tells_withheld")
    where its text tells one of them what the rules do not give it, and it is not sent `as_written`.
    SeamwatchError (code "not_asked") where we were not asked.
    """
    charter = node.state()
    with node.store.transaction():
        request = node.store.request(request_id, sender)
        if node.me not in request.to:
            raise SeamwatchError(
                f"this party was not asked in request {request.id}: only {', '.join(request.to)} can answer",
                code="not_asked",
            )
        answer = Answer(
            request=request.id,
            sender=request.sender,
            party=node.me,
            state=state,
            at=node.clock(),
            text=text,
            by=by.strip(),
        )
        check_answer(answer)
        held = dict(_view(node, request, charter).states)[node.me]
        if state not in allowed_moves(held):
            can = ", ".join(allowed_moves(held)) or "nothing more: it is done"
            raise FieldError(
                f"state: this party's answer is {held.value} and can't become {state.value}; "
                f"it can become: {can}",
                field="state",
                code="not_allowed",
            )
        about = incident_of(node, request.record) if request.record is not None and text.strip() else None
        beyond = check_words(node, text, about, concerned_by(node, request), as_written=as_written)
        send_answer(node, request, answer, actor, as_written=beyond)
    return _view(node, request, charter)


def escalate_due(node: Node) -> tuple[RequestView, ...]:
    """Ask on where no answer came in the charter's time; return the new requests.

    Only the asking party does so, once for each request, however often and by how many processes this is
    called. Who kept silent is asked again beside the next party, so all concerned hear of it. To whom nobody
    named the words go only where they tell nothing that the rules do not give it.
    """
    state = node.state()
    if state.active(node.me) is None:
        return ()
    made = []
    for request in node.store.requests():
        if request.sender == node.me:
            with node.store.transaction():
                found = _escalate(node, request, state)
            if found is not None:
                made.append(_view(node, found, state))
    return tuple(made)


def _escalate(node: Node, request: Request, state: CharterState) -> Request | None:
    if (node.me, request.id) in node.store.escalations_of([request.id]):
        return None
    times = state.charter.answer_times
    to = escalate_to(_view(node, request, state), times, members_of(state), _asked_before(node, request))
    if not to:
        return None
    # The same after a restore from a backup, and nobody else can take it beforehand.
    name = UUID(
        bytes=bytes.fromhex(node.keys.own_digest(b"escalated\0" + request.id.encode()))[:16], version=4
    )
    made = escalated(request, str(name), to, node.clock())
    incident = None if made.record is None else incident_of(node, made.record)
    named = _named_first(node, request)
    hidden = withheld_from(node, made, incident, [party for party in to if party not in named])
    made = replace(made, withheld=tuple(party for party in to if party in hidden))
    send_request(node, made, to, incident, "node")
    return made


def _named_first(node: Node, request: Request) -> tuple[str, ...]:
    """Return whom a person named: those asked by the first request. None where that is not known."""
    seen: set[str] = set()
    while request.escalated_from is not None:
        if request.id in seen:
            return ()
        seen.add(request.id)
        try:
            request = node.store.request(request.escalated_from, node.me)
        except UnknownIdError:
            return ()
    return request.to


def _asked_before(node: Node, request: Request) -> set[str]:
    """Return whom the requests named from which this one was escalated."""
    named: set[str] = set()
    seen = {request.id}
    while request.escalated_from is not None and request.escalated_from not in seen:
        seen.add(request.escalated_from)
        try:
            request = node.store.request(request.escalated_from, node.me)
        except UnknownIdError:
            break
        named.update(request.to)
    return named


# --- what others say


def take_request(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    """Store a request that another party sent, or our own that came back after a restore.

    InputError where it is not what its entry says, or where its sender's request of this id is another one.
    """
    request = request_from_json(dict(content))
    if request.sender != entry.sender or request.id != entry.subject:
        raise InputError(f"{entry.sender} sent a request under another party's name or id", code="forged")
    own = entry.sender == node.me
    if not own and node.me not in request.to and request.to != (request.sender,):
        raise InputError(f"{entry.sender} sent a request that is not to this party", code="not_for_us")
    if request.to == (request.sender,) and request.kind is not RequestKind.RESPONSE:
        raise InputError(f"{entry.sender} sent a {request.kind.value} request to itself", code="forged")
    try:
        new = node.store.add_request(request)
    except StoreError as wrong:
        if wrong.code != "request_differs" or own:
            # An own request came back as it was sent to one party, without what that one may not see.
            if own and wrong.code == "request_differs":
                return
            raise
        raise InputError(str(wrong), code=wrong.code) from wrong
    if new:
        audit(node, "request.taken", request.id, sender=request.sender, asks=request.kind.value)


def take_answer(node: Node, entry: Entry, content: Mapping[str, Any]) -> None:
    """Store an answer that another party sent, or our own that came back; its request may come later.

    InputError where it is not what its entry says, or of a party that was not asked.
    """
    answer = answer_from_json(dict(content))
    if answer.party != entry.sender or answer.request != entry.subject:
        raise InputError(f"{entry.sender} sent an answer under another party's name or id", code="forged")
    found = [r for r in node.store.requests_of(answer.request) if answer.sender in ("", r.sender)]
    if found and not any(answer.party in request.to for request in found):
        raise InputError(f"{answer.party} answered a request that was not to it", code="not_asked")
    if node.store.add_answer(answer):
        audit(node, "request.answered", answer.request, party=answer.party, state=answer.state.value)


def _view(node: Node, request: Request, state: CharterState) -> RequestView:
    answers = node.store.answers_to([request.id]).get(request.id, ())
    return view_request(request, answers, node.clock(), state.charter.answer_times)
