"""Releases: what each party would receive and why, orders about single incidents, and the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from seamwatch.errors import FieldError, SeamwatchError, UnknownIdError
from seamwatch.model.release import ReleaseOrder, ReleaseRule
from seamwatch.pipeline.visibility import hidden_altogether, is_own
from seamwatch.serve.access import TheIdentity, require, who
from seamwatch.serve.answers import json_answer
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.rows import cursor_of, read_cursor, row_of, wrong_cursor
from seamwatch.serve.schemas_releases import (
    OrderAnswer,
    OrderAsk,
    OrderList,
    ReleasePreview,
    Rules,
    RulesAsk,
)
from seamwatch.vocabulary.coordination import OrderKind
from seamwatch.vocabulary.permissions import Permission

if TYPE_CHECKING:
    from seamwatch.model.account import Identity
    from seamwatch.model.charter import CharterState
    from seamwatch.model.incident import Incident
    from seamwatch.pipeline.centre.previewing import Previewed
    from seamwatch.pipeline.centre.weighing import Weighing
    from seamwatch.store.base import Store
    from seamwatch.vocabulary.coordination import Tlp

router = APIRouter(tags=["centre"])
Json = dict[str, Any]
# Incidents that one request weighs at most: less than a second.
MOST_WEIGHED = 2_000
_STATUS = {
    **dict.fromkeys(("no_charter", "no_party", "not_waiting", "second_person"), 409),
    "not_party": 404,
}
State = Literal["released", "waits", "approval", "held", "none"]


@contextmanager
def _faults() -> Iterator[None]:
    """Give the errors of the rules their statuses."""
    try:
        yield
    except SeamwatchError as wrong:
        if wrong.code in _STATUS:
            field = "to" if wrong.code == "not_party" else None
            raise RequestError(
                str(wrong), code=wrong.code, status=_STATUS[wrong.code], field=field
            ) from wrong
        raise


def _party(store: Store) -> tuple[str, CharterState]:
    """Return this party's id and the charter in force; SeamwatchError where there is none."""
    from seamwatch.pipeline.centre.agreeing import charter_state

    card = store.own_party()
    if card is None:
        raise SeamwatchError(
            "this record is no party of a centre yet: `seamwatch party init`", code="no_party"
        )
    return str(card["id"]), charter_state(store)


def _seen(store: Store, identity: Identity, incident_id: str) -> Incident | None:
    """Return an incident as the account may see it, None where it may see nothing of it."""
    from seamwatch.pipeline.visibility import visible_by_id

    return visible_by_id(store, incident_id, identity.clearance)


def _item(one: Previewed, store: Store, identity: Identity) -> Json | None:
    """Return an item as the account may see it: without the content where a part of it is above that."""
    from seamwatch.model.incident_codec import incident_json
    from seamwatch.pipeline.centre.previewing import previewed_json

    incident = _seen(store, identity, one.verdict.incident)
    if incident is None:
        return None
    row = previewed_json(one)
    # Only own articles make what goes out: of others nothing would.
    own = {m.mention.id for m in store.incident(one.verdict.incident).mentions if is_own(m)}
    if not own <= {m.mention.id for m in incident.mentions}:
        said = "more of it than you may see would go out: somebody with a higher clearance can look at it"
        row |= {"content": None, "reasons": [], "text": said}
    row["incident"] = row_of(incident_json(incident))
    return row


@router.get("/releases/preview", summary="What a party would receive, and why", response_model=ReleasePreview)
def preview(
    desk: TheDesk,
    identity: TheIdentity,
    to: Annotated[str, Query(max_length=40, description="The party that would receive it.")],
    incident: Annotated[str | None, Query(max_length=500, description="Only this incident.")] = None,
    state: Annotated[State | None, Query(description="Only what is in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")] = None,
) -> Response:
    """Return exactly what would go out now, by the ids of incidents. Nothing is sent.

    A request weighs some thousand incidents at most: a page may be short, or empty, and have a `next`.
    """
    from seamwatch.pipeline.centre.previewing import check_receiver, preview_of
    from seamwatch.pipeline.centre.previewing import preview as weighed
    from seamwatch.pipeline.centre.weighing import Weighing

    after = _after(cursor)
    with _faults(), desk.store() as store:
        me, charter = _party(store)
        weighing = Weighing(store, charter, me, datetime.now(UTC))
        check_receiver(weighing, to)
        items: list[Json] = []
        further: str | None = None
        if incident is not None:
            try:
                one = _item(preview_of(weighing, to, incident), store, identity)
            except UnknownIdError:
                one = None
            if one is None:
                raise unknown_id("incident", incident[:80], "/api/v1/incidents")
            items.append(one)
        else:
            for number, found in enumerate(weighed(weighing, to, after=after), 1):
                if state is None or state in found.is_in:
                    row = _item(found, store, identity)
                    items += [row] if row is not None else []
                if len(items) >= limit or number >= MOST_WEIGHED:
                    further = cursor_of(found.verdict.incident)
                    break
        counts, counted = _counts(desk, weighing, to, identity.clearance)
    return json_answer({"to": to, "items": items, "counts": counts, "counted": counted, "next": further})


def _counts(desk: Desk, weighing: Weighing, to: str, clearance: Tlp) -> tuple[dict[str, int], int]:
    """Return how many incidents that may be seen are in each state, and of how many that was counted."""
    from seamwatch.pipeline.centre.previewing import empty_counts
    from seamwatch.pipeline.centre.previewing import preview as weighed

    def made() -> tuple[dict[str, int], int]:
        found: Counter[str] = Counter()
        hidden = hidden_altogether(weighing.store, clearance)
        number = 0
        for one in weighed(weighing, to):
            if one.verdict.incident in hidden:
                continue
            found.update(one.is_in)
            number += 1
            if number >= MOST_WEIGHED:
                break
        return {**empty_counts(), **found}, number

    # Time alone changes them too: they are at most a minute old.
    key = (to, clearance, f"{weighing.now:%Y%m%d%H%M}")
    return desk.remembered(key, made, shelf="release counts", most=8)


def _after(cursor: str | None) -> str:
    if cursor is None:
        return ""
    parts = read_cursor(cursor)
    if len(parts) != 1 or not isinstance(parts[0], str):
        raise wrong_cursor()
    return parts[0]


@router.post("/releases/orders", summary="Order something about one release", response_model=OrderAnswer)
def order(desk: TheDesk, identity: TheIdentity, request: Request, ask: OrderAsk) -> Response:
    """Store an order, and carry it out where this server has the party's keys: a hold withdraws at once."""
    from seamwatch.pipeline.centre.agreeing import charter_in_force
    from seamwatch.pipeline.centre.ordering import approve, give_order
    from seamwatch.pipeline.centre.previewing import order_json

    require(request, Permission.APPROVE if ask.kind is OrderKind.APPROVE else Permission.RELEASE)
    by = who(request, ask.by)
    with _faults(), desk.store() as store:
        wanted = ReleaseOrder(
            incident=_known(store, identity, ask.incident),
            kind=ask.kind,
            by=by,
            at=datetime.now(UTC),
            to=ask.to,
            field=ask.field,
            tlp=ask.tlp,
            why=ask.why,
        )
        if ask.kind is OrderKind.APPROVE:
            me, charter = _party(store)
            made = approve(store, charter, me, wanted)
        else:
            made = (give_order(store, wanted, charter_in_force(store)),)
        _carry_out(desk, store, wanted.incident)
    rows = [order_json(one) for one in made]
    return json_answer({"order": rows[0], "orders": rows})


def _known(store: Store, identity: Identity, incident: str) -> str:
    try:
        if _seen(store, identity, incident) is not None:
            return store.resolve_id(incident)
    except UnknownIdError:
        pass
    raise unknown_id("incident", incident[:80], "/api/v1/incidents")


def _carry_out(desk: Desk, store: Store, incident: str) -> None:
    """Release or withdraw an incident as ordered, where this server has the keys; else the next run does."""
    from seamwatch.pipeline.centre.opening import open_node
    from seamwatch.pipeline.centre.releasing import release_incidents

    try:
        release_incidents(open_node(desk.options.db, desk.options.keys, store), [incident])
    except SeamwatchError as wrong:
        if wrong.code not in ("no_keys", "bad_key", "no_charter", "not_party"):
            raise


@router.get("/releases/orders", summary="Orders about an incident", response_model=OrderList)
def orders(
    desk: TheDesk,
    identity: TheIdentity,
    incident: Annotated[str, Query(max_length=500, description="The incident.")],
) -> Response:
    """Return the orders that hold or held for an incident, the latest first."""
    from seamwatch.pipeline.centre.previewing import order_json

    with desk.store() as store:
        found = store.release_orders(_known(store, identity, incident))
    return json_answer({"orders": [order_json(one) for one in reversed(found)]})


@router.get("/releases/rules", summary="The release rules", response_model=Rules)
def get_rules(desk: TheDesk) -> Response:
    """Return the own rules and the charter's, in the order in which they are tried."""
    with desk.store() as store:
        return json_answer(_rules(store))


@router.put("/releases/rules", summary="Set the own release rules", response_model=Rules)
def put_rules(desk: TheDesk, request: Request, ask: RulesAsk) -> Response:
    """Store new own rules; what is wrong with one names it and its field. They hold from the next run on.

    With `check` the answer is the same, with the new rules read, but nothing is stored.
    """
    from seamwatch.coordinate.rule_codec import rules_from_yaml, rules_json
    from seamwatch.pipeline.centre.ordering import put_rules as put

    with desk.store() as store:
        try:
            if ask.check:
                read = rules_from_yaml(ask.yaml)
                return json_answer({**_rules(store, read), "rules": rules_json(read)})
            put(store, ask.yaml, who(request, ask.by), datetime.now(UTC))
        except FieldError as wrong:
            raise RequestError(str(wrong), code=wrong.code, status=400, field=wrong.field) from wrong
        return json_answer(_rules(store))


def _rules(store: Store, read: Sequence[ReleaseRule] | None = None) -> Json:
    """Return the rules in force; what is doubtful is of those that were read, where they are tried out."""
    from seamwatch.coordinate.rule_codec import rules_json
    from seamwatch.pipeline.centre.agreeing import charter_in_force
    from seamwatch.pipeline.centre.doubts import rule_doubts
    from seamwatch.pipeline.centre.weighing import own_rules

    stored, state = store.release_rules(), charter_in_force(store)
    own = own_rules(store)
    return {
        "yaml": stored.yaml if stored else "",
        "version": stored.version if stored else 0,
        "by": stored.by if stored else None,
        "at": stored.at.isoformat() if stored else None,
        "rules": rules_json(own),
        "charter_rules": rules_json(state.charter.rules) if state else [],
        "doubts": list(rule_doubts(store, own if read is None else read, state)),
    }
