"""The centre: the parties of the charter, what came and went, and what was withdrawn."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from seamwatch.errors import SeamwatchError, UnknownIdError
from seamwatch.pipeline.visibility import FULL
from seamwatch.serve.answers import json_answer
from seamwatch.serve.centre_sync import sync_now
from seamwatch.serve.clearance import TheClearance, may_read
from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError
from seamwatch.store.base import Store
from seamwatch.vocabulary.coordination import Tlp

router = APIRouter(tags=["centre"])
# What hinders an exchange because of how this node is set up, not because the server failed.
_NOT_SET_UP = frozenset({"no_charter", "no_keys", "bad_key", "no_party", "no_address"})


class CentreView(BaseModel):
    """This party, the charter in force, the parties, the proposals, and what happened last."""

    me: dict[str, Any] | None
    charter: dict[str, Any] | None
    parties: list[dict[str, Any]]
    proposals: list[dict[str, Any]]
    log: list[dict[str, Any]]


class SyncWish(BaseModel):
    """With whom to exchange: one party by its id, or all."""

    party: Annotated[str | None, Field(max_length=40)] = None


class SyncOutcome(BaseModel):
    """What one party gave and took; `error` null where all went well."""

    party: str
    ok: bool
    came: int
    went: int
    error: str | None


class SyncOutcomes(BaseModel):
    """What became of an exchange with each party."""

    results: list[SyncOutcome]


class WithdrawalList(BaseModel):
    """What was withdrawn, the latest first, and who has receipted it."""

    withdrawals: list[dict[str, Any]]


@router.get("/centre", summary="The charter, the parties, what came and went", response_model=CentreView)
def centre(desk: TheDesk, clearance: TheClearance) -> Response:
    """Return what this node knows of its centre; `me` is null where the record is no party yet.

    Records are counted as far as the account may see them. Who may not see all gets no numbers of entries:
    they count the others too.
    """
    from seamwatch.pipeline.centre.overview import centre_json

    with desk.store() as store:
        return json_answer(centre_json(store, clearance))


@router.post("/centre/sync", summary="Exchange with the other parties now")
def exchange_now(desk: TheDesk, wish: SyncWish) -> SyncOutcomes:
    """Return what became of an exchange with each party; a failure with one does not stop the others."""
    try:
        results = sync_now(desk, None if wish.party is None else [wish.party])
    except SeamwatchError as wrong:
        if wrong.code == "not_party":
            raise RequestError(str(wrong), code=wrong.code, status=404, field="party") from wrong
        raise _not_set_up(wrong) from wrong
    return SyncOutcomes(
        results=[
            SyncOutcome(party=r.party, ok=r.ok, came=r.came, went=r.went, error=r.error) for r in results
        ]
    )


@router.get(
    "/centre/withdrawals",
    summary="What was withdrawn, and who has receipted it",
    response_model=WithdrawalList,
)
def withdrawals(desk: TheDesk, clearance: TheClearance) -> Response:
    """Return records and fields that were withdrawn from other parties, the latest first.

    A receipt says that the other node has carried the withdrawal out. A party that does not cooperate can
    keep what it has read. What is about an incident that the account may not see is left out.
    """
    from seamwatch.pipeline.centre.opening import open_node
    from seamwatch.pipeline.centre.overview import withdrawals_json

    options = desk.options
    with desk.store() as store:
        if store.own_party() is None:
            return json_answer({"withdrawals": []})
        try:
            node = open_node(options.db, options.keys, store)
        except SeamwatchError as wrong:
            raise _not_set_up(wrong) from wrong
        found = tuple(w for w in node.withdrawals() if _may_see(store, w.incident, clearance))
        return json_answer(withdrawals_json(found))


def _may_see(store: Store, incident: str, clearance: Tlp) -> bool:
    """Return whether a clearance may see anything of an incident; of one that is no more nobody knows."""
    if clearance is FULL:
        return True
    try:
        return any(may_read(m.article, clearance) for m in store.incident(incident).mentions)
    except UnknownIdError:
        return False


def _not_set_up(wrong: SeamwatchError) -> SeamwatchError:
    """Return a fault that says 409 where it is about how this node is set up."""
    if wrong.code in _NOT_SET_UP:
        return RequestError(str(wrong), code=wrong.code, status=409)
    return wrong
