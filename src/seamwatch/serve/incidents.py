"""Incidents: the list page by page, one with its evidence, and the articles that tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from seamwatch.errors import UnknownIdError
from seamwatch.model.area_codec import area_share_json
from seamwatch.model.codec import mention_json
from seamwatch.model.incident import Incident
from seamwatch.model.incident_codec import incident_json
from seamwatch.pipeline.visibility import FULL, list_visible, visible_by_id
from seamwatch.publish.labels import labelled_json
from seamwatch.serve.answers import json_answer
from seamwatch.serve.articles import article_value
from seamwatch.serve.clearance import TheClearance, hidden_of, may_read, mixed_of, seen
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.decisions import decision_value
from seamwatch.serve.decisions_seen import told_to
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.filters import Asked, Filters, moment_of, policy_of
from seamwatch.serve.rows import cursor_of, merged, read_cursor, row_of, wrong_cursor
from seamwatch.serve.schemas_record import IncidentAnswer, IncidentArticles, RowPage
from seamwatch.store.base import IncidentFilter, Store
from seamwatch.store.base_pages import PageMark, PageRow, PageSort
from seamwatch.vocabulary.coordination import Tlp

router = APIRouter(tags=["incidents"])
MOST_ROWS = 500
FEW_ROWS = 20_000
# With more stored incidents no other moment or policy is listed: all would be told anew.
MOST_RETOLD = 200_000

Json = dict[str, Any]
AsOf = Annotated[str | None, Query(description="The state as it was believed then: a day, or a moment.")]
PolicyName = Annotated[str | None, Query(description="By which policy values are chosen.")]


@router.get("/incidents", summary="Incidents, page by page", response_model=RowPage)
def incidents(
    desk: TheDesk,
    asked: Filters,
    sort: Annotated[PageSort, Query(description="The order; `-` is falling.")] = PageSort.LATEST,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many a page has.")] = 50,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
) -> Response:
    """Return a page of the incidents that pass the filters, and how many pass altogether.

    With `as_of` or another policy than the default the whole list is told anew, which takes its time.
    """
    if asked.plain:
        return json_answer(_stored_page(desk, asked, sort, limit, cursor))
    return json_answer(_told_page(desk, asked, sort, limit, cursor))


def _stored_page(desk: Desk, asked: Asked, sort: PageSort, limit: int, cursor: str | None) -> Json:
    after = _mark(sort, cursor) if cursor else None
    wanted = asked.wanted
    hidden = hidden_of(desk, asked.clearance)
    total = desk.remembered(("total", wanted, asked.clearance), lambda: _total(desk, asked))
    # The map knows which they are; of many the store finds a page sooner by itself.
    among = _keys(desk, asked) if total <= FEW_ROWS and desk.map_is_warm.is_set() else None
    with desk.store() as store:
        # One more than the page has: then there is a next one.
        found: Sequence[PageRow] = store.incident_page(
            wanted,
            sort,
            after=after,
            limit=limit + 1,
            total=total,
            among=among,
            without=hidden.keys.tolist() if among is None else (),
        )
        if hidden.mixed:
            parts = mixed_of(desk, wanted, asked.clearance)
            keys = dict(zip((i.id for i in parts), store.map_keys_of([i.id for i in parts]), strict=True))
            found = merged(found, [(keys[i.id], incident_json(i)) for i in parts], sort, after)
            total += len(parts)
    # What came to be hidden while the page was read.
    late = hidden_of(desk, asked.clearance).ids - hidden.ids
    found = [row for row in found if row.json["id"] not in late]
    page = found[:limit]
    more = len(found) > limit
    return {
        "incidents": [row_of(row.json) for row in page],
        "next": cursor_of(sort.value, page[-1].mark.value, page[-1].mark.key) if more else None,
        "total": total,
    }


def _total(desk: Desk, asked: Asked) -> int:
    # The map of the same filter is mostly asked for at the same time: who comes second has it for nothing.
    if desk.map_is_warm.is_set():
        return len(desk.map.selection(asked).rows)
    with desk.store() as store:
        if asked.clearance is FULL:
            return store.count_incidents(asked.wanted)
        return len(desk.map.selection(asked).rows)


def _keys(desk: Desk, asked: Asked) -> list[int]:
    selection = desk.map.selection(asked)
    keys: list[int] = selection.of.key[selection.rows].tolist()
    return keys


def _mark(sort: PageSort, cursor: str) -> PageMark:
    match read_cursor(cursor):
        case [str(name), int() | None as value, int(key)] if name == sort.value:
            return PageMark(value=value, key=key)
    raise wrong_cursor()


def _told_page(desk: Desk, asked: Asked, sort: PageSort, limit: int, cursor: str | None) -> Json:
    match read_cursor(cursor) if cursor else ["at", sort.value, 0]:
        case ["at", str(name), int(start)] if name == sort.value and start >= 0:
            pass
        case _:
            raise wrong_cursor()
    rows = desk.remembered((asked, sort), lambda: _told_rows(desk, asked, sort), shelf="told", most=4)
    page = rows[start : start + limit]
    end = start + len(page)
    return {
        "incidents": page,
        "next": cursor_of("at", sort.value, end) if end < len(rows) else None,
        "total": len(rows),
    }


def _told_rows(desk: Desk, asked: Asked, sort: PageSort) -> list[Json]:
    with desk.store() as store:
        check_retellable(desk, store)
        rows = [
            row_of(incident_json(incident))
            for incident in list_visible(
                store, asked.wanted, asked.clearance, as_of=asked.as_of, policy=asked.policy
            )
        ]
    return sorted_rows(rows, sort)


def check_retellable(desk: Desk, store: Store) -> None:
    """Raise RequestError where the store has more incidents than can be told anew for one request."""
    held = desk.remembered("held", lambda: store.count_incidents(IncidentFilter(statuses=None)))
    if held > MOST_RETOLD:
        raise RequestError(
            f"as_of and policy tell all {held} incidents anew, too many here (most: {MOST_RETOLD}): "
            "leave them out, or use: seamwatch incidents --as-of DATE",
            code="too_many",
            field="as_of",
        )


def sorted_rows(rows: list[Json], sort: PageSort) -> list[Json]:
    """Return rows in an order; those without its value stand at the end."""

    def value(row: Json) -> Any:
        match sort:
            case PageSort.DEADLIEST:
                return row["killed"] and row["killed"]["best"]
            case PageSort.UPDATED:
                return row["updated"]
            case _:
                return row["date"] and row["date"]["start"]

    known = sorted(
        (row for row in rows if value(row) is not None),
        key=lambda row: (value(row), row["id"]),
        reverse=sort is not PageSort.EARLIEST,
    )
    return known + [row for row in rows if value(row) is None]


@router.get(
    "/incidents/{incident_id}", summary="An incident with its evidence", response_model=IncidentAnswer
)
def incident(
    desk: TheDesk,
    clearance: TheClearance,
    incident_id: str,
    as_of: AsOf = None,
    policy: PolicyName = None,
) -> Response:
    """Return an incident: every value with its quotes, disagreements, revisions, decisions and areas.

    An id that was given once leads to its incident for ever. With `as_of` it is told as it was believed then.
    """
    from seamwatch.pipeline.history import decisions_told

    with desk.store() as store:
        _check_known(store, incident_id, clearance)
        whole = _found(store, incident_id, as_of, policy)
        found = seen(store, whole, clearance, as_of=moment_of(as_of))
        if found is None:
            raise _not_known_yet(incident_id, as_of)
        decided = decisions_told(store, incident_id)
        decided = told_to(store, decided, clearance, len(decided))
    return json_answer(
        {
            "incident": labelled_json(found),
            "asked": incident_id,
            "decisions": [decision_value(told) for told in decided],
            "areas": [area_share_json(area) for area in found.areas],
        }
    )


def _found(store: Store, name: str, as_of: str | None, policy: str | None) -> Incident:
    from seamwatch.pipeline.listing import incident_by, incident_then

    moment, by = moment_of(as_of), policy_of(policy)
    try:
        if moment is None:
            return incident_by(store, name, by)
        found = incident_then(store, name, moment, by)
    except UnknownIdError as unknown:
        raise _unknown(name, unknown) from unknown
    if found is None:
        raise _not_known_yet(name, as_of)
    return found


def _check_known(store: Store, name: str, clearance: Tlp) -> None:
    """Raise RequestError where an id leads to nothing that a clearance may see, at whatever moment."""
    try:
        if clearance is FULL or visible_by_id(store, name, clearance) is not None:
            return
    except UnknownIdError as unknown:
        raise _unknown(name, unknown) from unknown
    raise unknown_id("incident", name, "/api/v1/incidents")


def _not_known_yet(name: str, as_of: str | None) -> RequestError:
    return RequestError(
        f"no article that tells {name} was known by {as_of}: choose a later as_of",
        code="not_known_yet",
        status=404,
        field="as_of",
    )


def _unknown(name: str, wrong: UnknownIdError) -> RequestError:
    if "no stored article" in str(wrong):
        return RequestError(str(wrong), code="unknown_incident", status=404)
    return unknown_id("incident", name, "/api/v1/incidents")


@router.get(
    "/incidents/{incident_id}/articles",
    summary="The articles that tell an incident",
    response_model=IncidentArticles,
)
def incident_articles(desk: TheDesk, clearance: TheClearance, incident_id: str) -> Response:
    """Return the articles that tell an incident, the earliest first, each with its mentions of it."""
    with desk.store() as store:
        try:
            found = store.incident(incident_id)
        except UnknownIdError as unknown:
            raise _unknown(incident_id, unknown) from unknown
        _check_known(store, incident_id, clearance)
        mentions = [told for told in found.mentions if may_read(told.article, clearance)]
        refs = {told.article.id: told.article for told in mentions}
        texts = {article.id: article for article in store.articles(refs)}
    told: dict[str, list[Json]] = {}
    for sourced in mentions:
        told.setdefault(sourced.article.id, []).append(mention_json(sourced.mention))
    order = sorted(texts, key=lambda name: (str(refs[name].published or "9"), name))
    return json_answer(
        {"articles": [{**article_value(texts[name], refs[name]), "mentions": told[name]} for name in order]}
    )
