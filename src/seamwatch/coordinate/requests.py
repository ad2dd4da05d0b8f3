"""Where requests stand: at a moment, from what was asked and answered, in whatever order that was heard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from seamwatch.coordinate.request_codec import GIVEN
from seamwatch.model.charter import AnswerTime
from seamwatch.model.request import Answer, Request, RequestView, Unanswered
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

OPEN, ACKNOWLEDGED, ACCEPTED, DECLINED, DONE, EXPIRED = RequestState
INCIDENT = "incident"
"""The `kind` of the charter's answer time for incidents in contested areas."""

# A party may accept what it declined before; what it accepted it may still decline, with a reason.
_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    OPEN: frozenset((ACKNOWLEDGED, ACCEPTED, DECLINED, DONE)),
    ACKNOWLEDGED: frozenset((ACCEPTED, DECLINED, DONE)),
    ACCEPTED: frozenset((DECLINED, DONE)),
    DECLINED: frozenset((ACCEPTED, DONE)),
    DONE: frozenset(),
}
# One party's answers of one moment count in this order, whichever was heard first.
_RANK = {state: rank for rank, state in enumerate((ACKNOWLEDGED, DECLINED, ACCEPTED, DONE))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An incident in contested areas (by their ids) that counts, and since when it is known."""

    incident: str
    areas: tuple[str, ...]
    known: datetime


def allowed_moves(state: RequestState) -> tuple[RequestState, ...]:
    """Return what a party in a state may answer next. What is open after its deadline may be answered late.

    >>> [move.value for move in allowed_moves(RequestState.ACCEPTED)]
    ['declined', 'done']
    """
    moves = _MOVES[OPEN if state is EXPIRED else state]
    return tuple(move for move in GIVEN if move in moves)


def given_late(request: Request, answer: Answer) -> bool:
    """Return whether an answer was given after the deadline."""
    return answer.at > request.deadline


def in_order(request: Request, answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the answers of parties that were asked, each once, as they were given one after the other."""
    asked = {
        replace(answer, sender=request.sender)
        for answer in answers
        if answer.request == request.id
        and answer.sender in ("", request.sender)
        and answer.party in request.to
        and answer.state in _RANK
    }
    return tuple(sorted(asked, key=lambda a: (a.at, _RANK[a.state], a.party, a.text, a.by)))


def view_request(
    request: Request, answers: Iterable[Answer], now: datetime, times: Sequence[AnswerTime] = ()
) -> RequestView:
    """Return where a request stands at a moment, as far as its answers are known.

    The order of the answers does not matter, nor that one is told twice. Every answer that is known counts,
    also one from a clock that is ahead of `now`. An answer that its party could not give after what it had
    said before (acknowledged after done) is shown and changes nothing.

    Over all parties a request is done once one of them has done it, else accepted once one has accepted,
    else acknowledged or open while one may still answer, else expired where one gave no answer in time,
    else declined.
    """
    told = in_order(request, answers)
    own = {party: tuple(answer for answer in told if answer.party == party) for party in request.to}
    states = {party: _state_of(request, said, now) for party, said in own.items()}
    rule = answer_time(times, request.kind.value, request.priority)
    late = tuple(p for p in request.to if rule and _is_late(request, own[p], states[p], rule, now))
    return RequestView(
        request=request,
        state=_over_all(states.values()),
        states=tuple(states.items()),
        answers=told,
        late=late,
    )


def _state_of(request: Request, own: Iterable[Answer], now: datetime) -> RequestState:
    state, last = OPEN, None
    for answer in own:
        if answer.state in _MOVES[state]:
            state, last = answer.state, answer
    if now < request.deadline or (last is not None and given_late(request, last)):
        return state
    if state in (OPEN, ACKNOWLEDGED):
        return EXPIRED
    # Who took on to find something out owes it by the deadline; who took on a response goes on with it.
    if state is ACCEPTED and request.kind is not RequestKind.RESPONSE:
        return EXPIRED
    return state


def _over_all(states: Collection[RequestState]) -> RequestState:
    for state in (DONE, ACCEPTED, ACKNOWLEDGED, OPEN, EXPIRED):
        if state in states:
            return state
    return DECLINED


def answer_time(times: Sequence[AnswerTime], kind: str, priority: Priority | None) -> AnswerTime | None:
    """Return the charter's answer time of a kind: the one for the priority, else the one for all."""
    for wanted in (priority.value if priority else None, None):
        for rule in times:
            if rule.kind == kind and rule.priority == wanted:
                return rule
    return None


def _is_late(
    request: Request, own: Collection[Answer], state: RequestState, rule: AnswerTime, now: datetime
) -> bool:
    if not own and _passed(request.at, rule.acknowledge_hours, now):
        return True
    accepted = any(answer.state is ACCEPTED for answer in own)
    waited_for = state in (OPEN, ACKNOWLEDGED) or (state is EXPIRED and not accepted)
    return waited_for and _passed(request.at, rule.answer_hours, now)


def _passed(start: datetime, hours: float | None, now: datetime) -> bool:
    return hours is not None and now >= start + timedelta(hours=hours)


# --- escalation


def escalate_to(
    view: RequestView,
    times: Sequence[AnswerTime],
    active: Collection[str],
    earlier: Collection[str] = (),
) -> tuple[str, ...]:
    """Return whom to ask now because no answer came in time; () where there is nothing to escalate.

    It is so where nobody accepted or did it, where nobody is left who may still answer in time, and where at
    least one party is late or let the deadline pass: that all declined is an answer. Those who are asked next
    are the charter's; who kept silent is asked again with them. `earlier` are the parties that the requests
    before this one named: nobody new is left where all were asked, and then it ends.
    """
    request = view.request
    if view.state in (ACCEPTED, DONE) or request.to == (request.sender,):
        return ()
    silent = [party for party, state in view.states if state is EXPIRED or party in view.late]
    if not silent or any(s in (OPEN, ACKNOWLEDGED) and p not in view.late for p, s in view.states):
        return ()
    rule = answer_time(times, request.kind.value, request.priority)
    known = {request.sender, *request.to, *earlier}
    fresh = [p for p in dict.fromkeys(rule.escalate_to if rule else ()) if p in active and p not in known]
    return (*fresh, *(p for p in silent if p in active)) if fresh else ()


def escalated(request: Request, name: str, to: tuple[str, ...], now: datetime) -> Request:
    """Return the request that asks on under an id: the same words, with as much time as the first gave."""
    return Request(
        id=name,
        sender=request.sender,
        to=to,
        kind=request.kind,
        text=request.text,
        at=now,
        deadline=now + (request.deadline - request.at),
        priority=request.priority,
        record=request.record,
        area=request.area,
        by=request.by,
        escalated_from=request.id,
    )


# --- unanswered incidents


def answers_an_incident(view: RequestView) -> bool:
    """Return whether a request tells that somebody responds: one for a response, accepted or done."""
    return view.request.kind is RequestKind.RESPONSE and view.state in (ACCEPTED, DONE)


def unanswered(
    waiting: Iterable[Waiting],
    about: Mapping[str, Sequence[RequestView]],
    times: Sequence[AnswerTime],
    now: datetime,
) -> tuple[Unanswered, ...]:
    """Return the incidents to which nobody answered within the charter's time, the longest overdue first.

    `about` are the requests about each incident, by its id. Nothing is expected where the charter gives no
    time for incidents.
    """
    rule = answer_time(times, INCIDENT, None)
    if rule is None or rule.answer_hours is None:
        return ()
    wait = timedelta(hours=rule.answer_hours)
    found = []
    for one in waiting:
        views = about.get(one.incident, ())
        if one.known + wait <= now and not any(map(answers_an_incident, views)):
            found.append(
                Unanswered(
                    incident=one.incident,
                    areas=one.areas,
                    known=one.known,
                    due=one.known + wait,
                    asked=tuple(sorted({view.request.id for view in views})),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.due, one.incident)))
