"""The requests board: where requests stand now, which incidents they are about, and what nobody answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from seamwatch.coordinate.requests import INCIDENT, Waiting, answer_time, unanswered, view_request
from seamwatch.errors import UnknownIdError
from seamwatch.model.request import Request, RequestView, ToldRequest, Unanswered
from seamwatch.pipeline.visibility import FULL, hidden_from_clearance, mixed_visible
from seamwatch.store.base import IncidentFilter
from seamwatch.store.base_requests import RequestMark
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import RequestState, Tlp

if TYPE_CHECKING:
    from seamwatch.model.charter import AnswerTime, CharterState
    from seamwatch.store.base import Store

COUNTED = tuple(status for status in Status if status.shown)
Record = tuple[str, str]
_RUN = 500


def requests(
    store: Store,
    me: str,
    now: datetime,
    times: Sequence[AnswerTime] = (),
    *,
    state: RequestState | None = None,
    direction: str | None = None,
    party: str | None = None,
) -> tuple[ToldRequest, ...]:
    """Return where the requests stand now, the newest first.

    `direction` "out" are those that we asked, "in" those of others. `party` keeps those that it asked or was
    asked in. `times` are the charter's.
    """
    return tuple(_kept(_told(store, me, store.requests(), now, times), state, direction, party))


def request_page(
    store: Store,
    me: str,
    now: datetime,
    times: Sequence[AnswerTime] = (),
    *,
    state: RequestState | None = None,
    direction: str | None = None,
    party: str | None = None,
    after: RequestMark | None = None,
    limit: int,
) -> tuple[tuple[ToldRequest, ...], RequestMark | None]:
    """Return a page of what `requests` gives, and the mark of its end where there is more."""
    found: list[ToldRequest] = []
    while run := store.requests(after=after, limit=_RUN):
        found += _kept(_told(store, me, run, now, times), state, direction, party)
        after = _mark(run[-1])
        # One more than the page has: then there is a next one.
        if len(found) > limit:
            return tuple(found[:limit]), _mark(found[limit - 1].view.request)
    return tuple(found), None


def _kept(
    told: Iterable[ToldRequest], state: RequestState | None, direction: str | None, party: str | None
) -> Iterator[ToldRequest]:
    for one in told:
        request = one.view.request
        if (
            (state is None or one.view.state is state)
            and (direction is None or one.direction == direction)
            and (party is None or party == request.sender or party in request.to)
        ):
            yield one


def _mark(request: Request) -> RequestMark:
    return RequestMark(at=request.at, id=request.id, sender=request.sender)


def one_request(
    store: Store, me: str, request: Request, now: datetime, times: Sequence[AnswerTime] = ()
) -> ToldRequest:
    """Return where one request stands now."""
    return _told(store, me, [request], now, times)[0]


def named_request(store: Store, written: str) -> Request:
    """Return the request of an id, which may be said with its sender, as in `ngo:3f6f2c1e-...`.

    UnknownIdError where there is none; StoreError (code "request_ambiguous") where several senders have one.
    """
    sender, colon, name = written.rpartition(":")
    return store.request(name, sender if colon else None)


def request_like(store: Store, written: str) -> Request:
    """Return the request whose id begins with these characters, with or without its sender before them.

    UnknownIdError where not one does.
    """
    sender, colon, start = written.strip().lower().rpartition(":")
    found = [
        request
        for request in (store.requests() if start else ())
        if request.id.startswith(start) and (not colon or request.sender == sender)
    ]
    exact = [request for request in found if request.id == start] or found
    if len(exact) == 1:
        return exact[0]
    if len({request.id for request in exact}) == 1:
        senders = " or ".join(f"{request.sender}:{request.id}" for request in exact)
        raise UnknownIdError(f"several parties have this request id: say whose, as in {senders}")
    several = "several requests begin with" if found else "no request begins with"
    raise UnknownIdError(f"{several} {written[:60]!r}: `seamwatch request list` lists them")


def _told(
    store: Store, me: str, wanted: Sequence[Request], now: datetime, times: Sequence[AnswerTime]
) -> list[ToldRequest]:
    ids = [request.id for request in wanted]
    answers = store.answers_to(ids)
    onward = store.escalations_of(ids)
    incidents = incidents_of_records(store, me, (r.record for r in wanted if r.record is not None))
    return [
        ToldRequest(
            view=view_request(request, answers.get(request.id, ()), now, times),
            direction=_direction(request, me),
            incident=None if request.record is None else incidents.get(request.record),
            escalated_by=onward.get((request.sender, request.id)),
        )
        for request in wanted
    ]


def _direction(request: Request, me: str) -> str:
    return "out" if request.sender == me else "in"


def incidents_of_records(store: Store, me: str, records: Iterable[Record]) -> Mapping[Record, str]:
    """Return for each of these records that is here the id of the incident that it is part of now."""
    wanted = set(records)
    found: dict[Record, str] = {}
    for record in wanted:
        if record[0] == me and (own := store.incident_of_record(record[1])) is not None:
            try:
                found[record] = store.resolve_id(own)
            except UnknownIdError:
                continue
    mentions = {f"party:{party}:{name}#1": (party, name) for party, name in wanted if party != me}
    for mention, incident in store.incidents_of(mentions).items():
        found[mentions[mention]] = incident
    return found


def unanswered_incidents(
    store: Store,
    me: str,
    state: CharterState,
    now: datetime,
    *,
    areas: Collection[str] | None = None,
    clearance: Tlp = FULL,
) -> tuple[Unanswered, ...]:
    """Return the incidents in contested areas that no party answered in time, the longest overdue first.

    They are own and received ones that count (confirmed, unconfirmed, claimed) and lie, if only in part, in
    an area that the charter calls contested. An answer is a request for a response about it that a party
    accepted or has done, also one that it took upon itself unasked. `areas` keeps those of these areas;
    an incident of which a clearance may see a part counts as that part tells it.
    """
    charter = state.charter
    contested = [a.id for a in charter.areas if a.contested and (areas is None or a.id in areas)]
    rule = answer_time(charter.answer_times, INCIDENT, None)
    if not contested or rule is None or rule.answer_hours is None:
        return ()
    until = now - timedelta(hours=rule.answer_hours)
    hidden = hidden_from_clearance(store, clearance)
    waiting = [
        Waiting(incident=one.incident, areas=one.areas, known=one.known)
        for one in store.known_in_areas(contested, COUNTED, until)
        if one.incident not in hidden
    ]
    waiting += _seen_in_part(store, contested, until, clearance)
    about: dict[str, list[RequestView]] = {}
    if waiting:
        for told in requests(store, me, now, charter.answer_times):
            if told.incident is not None:
                about.setdefault(told.incident, []).append(told.view)
    return unanswered(waiting, about, charter.answer_times, now)


def _seen_in_part(
    store: Store, contested: Collection[str], until: datetime, clearance: Tlp
) -> Iterator[Waiting]:
    """Yield the incidents of which a clearance may see a part that waits in these areas."""
    for incident in mixed_visible(store, IncidentFilter(statuses=COUNTED), clearance):
        areas = tuple(sorted(share.id for share in incident.areas if share.id in contested))
        known = min((m.article.known for m in incident.mentions if m.article.known), default=None)
        if areas and known is not None and known <= until:
            yield Waiting(incident=incident.id, areas=areas, known=known)
