"""In SQLite: requests and answers, only added to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import groupby

from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.request import Answer, Request
from seamwatch.store.base_requests import KnownInArea, RequestMark
from seamwatch.store.sqlite_database import Row, SqliteDatabase, chunks, moment, to_json
from seamwatch.vocabulary.codes import Status
from seamwatch.vocabulary.coordination import Priority, RequestKind, RequestState

_REQUEST = (
    "r.id, r.sender, r.receivers, r.kind, r.text, r.at, r.deadline, r.priority, r.record_party, r.record_id, "
    'r.area, r."by", r.escalated_from, r.withheld'
)
_IN = "IN (SELECT value FROM json_each(?))"
_NEWEST = "ORDER BY r.at DESC, r.id, r.sender"


class RequestTables(SqliteDatabase):
    """The part of the store for requests and answers."""

    def add_request(self, request: Request) -> bool:
        """Store a request; return whether it is new. StoreError where its sender's of this id is another."""
        party, record = request.record or (None, None)
        with self.transaction():
            known = self.read(
                f"SELECT {_REQUEST} FROM requests r WHERE r.id = ? AND r.sender = ?",
                (request.id, request.sender),
            )
            if known:
                if _request(known[0]) != request:
                    raise StoreError(
                        f"{request.sender} has another request with the id {request.id}: the first one "
                        "stays, a request is never changed; ask again under an id of its own",
                        code="request_differs",
                    )
                return False
            self.write(
                "INSERT INTO requests (id, sender, receivers, kind, text, at, deadline, priority, "
                'record_party, record_id, area, "by", escalated_from, withheld) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    request.id,
                    request.sender,
                    to_json(list(request.to)),
                    request.kind.value,
                    request.text,
                    moment(request.at),
                    moment(request.deadline),
                    request.priority.value,
                    party,
                    record,
                    request.area,
                    request.by,
                    request.escalated_from,
                    to_json(list(request.withheld)),
                ),
            )
        return True

    def add_answer(self, answer: Answer) -> bool:
        """Store an answer, also before its request is known; return whether it is new."""
        return bool(
            self.write(
                'INSERT OR IGNORE INTO answers (sender, request, party, state, at, text, "by") '
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    answer.sender,
                    answer.request,
                    answer.party,
                    answer.state.value,
                    moment(answer.at),
                    answer.text,
                    answer.by,
                ),
            )
        )

    def request(self, request_id: str, sender: str | None = None) -> Request:
        """Return a sender's request of this id, or the only one; UnknownIdError where there is none."""
        found = [r for r in self.requests_of(request_id) if sender in (None, r.sender)]
        if not found:
            raise UnknownIdError(
                f"no request {request_id} in {self.path}: `seamwatch request list` lists the ids"
            )
        if len(found) > 1:
            senders = ", ".join(r.sender for r in found)
            raise StoreError(
                f"several parties have a request with the id {request_id} ({senders}): say whose, as in "
                f"{found[0].sender}:{request_id}",
                code="request_ambiguous",
            )
        return found[0]

    def requests_of(self, request_id: str) -> tuple[Request, ...]:
        """Return the requests of this id, one of each sender at most."""
        rows = self.read(f"SELECT {_REQUEST} FROM requests r WHERE r.id = ? ORDER BY r.sender", (request_id,))
        return tuple(map(_request, rows))

    def requests(self, *, after: RequestMark | None = None, limit: int | None = None) -> tuple[Request, ...]:
        """Return all requests, the newest first, or as many as `limit` of those that stand after a mark."""
        where, values = "", []
        if after is not None:
            at = moment(after.at)
            where = "WHERE r.at < ? OR (r.at = ? AND (r.id, r.sender) > (?, ?))"
            values = [at, at, after.id, after.sender]
        most = "" if limit is None else f"LIMIT {limit}"
        rows = self.read(f"SELECT {_REQUEST} FROM requests r {where} {_NEWEST} {most}", values)
        return tuple(map(_request, rows))

    def requests_about(self, records: Iterable[tuple[str, str]]) -> tuple[Request, ...]:
        """Return the requests that name one of these records, the newest first."""
        rows = self.read(
            f"SELECT {_REQUEST} FROM requests r JOIN json_each(?) w "
            "ON r.record_id = json_extract(w.value, '$[1]') "
            "AND r.record_party = json_extract(w.value, '$[0]') "
            f"WHERE r.record_id IS NOT NULL {_NEWEST}",
            (to_json(sorted(set(records))),),
        )
        return tuple(map(_request, rows))

    def answers_to(self, request_ids: Iterable[str]) -> dict[str, tuple[Answer, ...]]:
        """Return the answers to these requests, by the request's id; one without answers is left out."""
        rows = self.read(
            f'SELECT request, party, state, at, text, "by", sender FROM answers WHERE request {_IN} '
            "ORDER BY request, at, key",
            (to_json(list(request_ids)),),
        )
        return {name: tuple(map(_answer, run)) for name, run in groupby(rows, key=lambda row: str(row[0]))}

    def escalations_of(self, request_ids: Iterable[str]) -> dict[tuple[str, str], str]:
        """Return by sender and id the id of the request that asks on, of requests of these ids."""
        rows = self.read(
            # Only the asking party asks on: what another says that it escalated does not count.
            "SELECT o.sender, o.id, e.id FROM requests e JOIN requests o ON o.id = e.escalated_from "
            f"AND o.sender = e.sender WHERE e.escalated_from {_IN} ORDER BY e.at DESC, e.id DESC",
            (to_json(list(request_ids)),),
        )
        return {(sender, name): onward for sender, name, onward in rows}

    def known_in_areas(
        self, areas: Iterable[str], statuses: Iterable[Status], until: datetime
    ) -> tuple[KnownInArea, ...]:
        """Return the incidents of these statuses in these areas that were known at `until`, by id."""
        wanted = to_json(list(areas))
        rows = self.read(
            f"SELECT i.id, i.key, json_group_array(a.area_id) FROM incident_areas a "
            f"JOIN incidents i ON i.id = a.incident_id WHERE a.area_id {_IN} AND i.status {_IN} "
            "GROUP BY i.id ORDER BY i.id",
            (wanted, to_json([status.value for status in statuses])),
        )
        found: list[KnownInArea] = []
        for run in chunks(rows):
            known = self._known([key for _, key, _ in run])
            found += (
                KnownInArea(incident=name, areas=tuple(sorted(json.loads(held))), known=known[key])
                for name, key, held in run
                if key in known and known[key] <= until
            )
        return tuple(found)

    def _known(self, keys: list[int]) -> dict[int, datetime]:
        """Return for each of these incidents when the first article that tells it was known."""
        rows = self.read(
            "SELECT t.incident, min(coalesce(a.published, a.stored_at)) FROM told_in t "
            f"JOIN articles a ON a.key = t.article WHERE t.incident {_IN} GROUP BY t.incident",
            (to_json(keys),),
        )
        return {key: _moment(text) for key, text in rows}


def _moment(text: str) -> datetime:
    """Return the moment of a day (its start in UTC) or of a moment as the store writes them."""
    if len(text) == len("2020-04-12"):
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    return datetime.fromisoformat(text)


def _request(row: Row) -> Request:
    name, sender, receivers, kind, text, at, deadline, priority, party, record, area, by, *more = row
    source, withheld = more
    return Request(
        id=name,
        sender=sender,
        to=tuple(json.loads(receivers)),
        kind=RequestKind(kind),
        text=text,
        at=datetime.fromisoformat(at),
        deadline=datetime.fromisoformat(deadline),
        priority=Priority(priority),
        record=None if record is None else (party, record),
        area=area,
        by=by,
        escalated_from=source,
        withheld=tuple(json.loads(withheld)),
    )


def _answer(row: Row) -> Answer:
    request, party, state, at, text, by, sender = row
    return Answer(
        request=request,
        party=party,
        state=RequestState(state),
        at=datetime.fromisoformat(at),
        text=text,
        by=by,
        sender=sender,
    )
