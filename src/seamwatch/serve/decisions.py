"""Decisions: what people decided, a new one, and one taken back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from seamwatch.errors import UnknownIdError
from seamwatch.model.history import ToldDecision
from seamwatch.model.incident_codec import decision_json
from seamwatch.pipeline.visibility import FULL
from seamwatch.serve.access import who
from seamwatch.serve.answers import json_answer
from seamwatch.serve.clearance import TheClearance
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.decisions_seen import check_seen, in_part, readable, told_to
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.schemas_decisions import DecisionAnswer, DecisionAsk, DecisionList, UndoAsk
from seamwatch.vocabulary.codes import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seamwatch.link.decisions import Contradiction
    from seamwatch.pipeline.decide import Decided, Decider
    from seamwatch.store.base import Store
    from seamwatch.vocabulary.coordination import Tlp

router = APIRouter(tags=["decisions"])
Json = dict[str, Any]
MOST_DECISIONS = 1_000
_PAIRS = (DecisionKind.SAME, DecisionKind.DIFFERENT, DecisionKind.UNSURE)


def decision_value(told: ToldDecision) -> Json:
    """Return a decision as JSON, with what undid it and the incidents that it is about now."""
    decision = told.decision
    return {
        **decision_json(decision),
        "number": decision.number,
        "undoes": None if decision.undoes is None else f"d{decision.undoes}",
        "undone_by": told.undone_by.name if told.undone_by else None,
        "incidents": list(told.incidents),
    }


@router.get("/decisions", summary="What people decided", response_model=DecisionList)
def decisions(
    desk: TheDesk,
    clearance: TheClearance,
    mention: Annotated[
        str | None, Query(max_length=500, description="Those about a mention, or about an incident.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_DECISIONS, description="How many at most.")] = 200,
) -> Response:
    """Return the decisions, the latest first: all, or those about a mention or an incident."""
    from seamwatch.pipeline.history import decisions_told

    with desk.store() as store:
        about = mention
        if mention is not None:
            try:
                check_seen(store, [mention], clearance)
            except UnknownIdError:
                raise unknown_id("mention", str(mention), "an incident's `mentions`") from None
            about = store.incidents_of(store.standing_in([mention]).values()).get(
                store.standing_in([mention])[mention], mention
            )
        try:
            told = decisions_told(store, about)
        except UnknownIdError:
            raise unknown_id("mention", str(mention), "an incident's `mentions`") from None
        if mention is not None and about != mention:
            named = store.standing_in([mention])[mention]
            told = tuple(t for t in told if named in (*t.decision.mentions, *t.decision.others))
        told = told_to(store, told, clearance, limit)
    return json_answer({"decisions": [decision_value(one) for one in told]})


@router.post("/decisions", summary="Decide something", response_model=DecisionAnswer)
def decide(request: Request, desk: TheDesk, clearance: TheClearance, ask: DecisionAsk) -> Response:
    """Store a decision and link again what it touches; return what that changed. All of it, or nothing."""
    by = who(request, ask.by)
    kind = _kind(ask)
    with desk.store() as store, _known():
        check_seen(store, (*ask.mentions, *ask.others), clearance)
    first, why = ask.mentions[0], ask.reason or ""
    field, value = _correction(desk, ask) if kind is DecisionKind.CORRECT else ("", None)

    def made(decider: Decider) -> Decided:
        match kind:
            case DecisionKind.CONFIRM:
                return decider.confirm(first, why=why)
            case DecisionKind.RETRACT:
                return decider.retract(first, why=why)
            case DecisionKind.CORRECT:
                return decider.correct(first, field, value, why=why)
            case DecisionKind.SAME:
                return decider.same(first, ask.others[0], why=why)
            case DecisionKind.DIFFERENT:
                return decider.different(first, ask.others[0], why=why)
            case DecisionKind.UNSURE:
                return decider.unsure(first, ask.others[0], why=why)
            case DecisionKind.MERGE:
                return decider.merge((*ask.mentions, *ask.others), why=why)
            case _:
                return decider.split(first, ask.mentions, why=why)

    return _decided(desk, by, clearance, made, dry_run=ask.dry_run)


def _kind(ask: DecisionAsk) -> DecisionKind:
    """Return the kind of decision; RequestError where it is none, or what it needs is missing."""
    known = [kind for kind in DecisionKind if kind is not DecisionKind.UNDO]
    if ask.kind not in known:
        more = ": post to /api/v1/decisions/NUMBER/undo" if ask.kind == "undo" else ""
        raise RequestError(
            f"kind: {ask.kind[:60]!r} is none of: {', '.join(known)}{more}", code="bad_value", field="kind"
        )
    kind = DecisionKind(ask.kind)
    if kind in _PAIRS and not ask.others:
        raise RequestError(
            f"others: {kind.value} needs one id to compare with", code="bad_value", field="others"
        )
    if kind is DecisionKind.MERGE and len(ask.mentions) + len(ask.others) < 2:
        raise RequestError("others: merge needs at least two ids", code="bad_value", field="others")
    if kind is DecisionKind.CORRECT and not ask.field:
        raise RequestError("field: correct needs the field to set", code="bad_value", field="field")
    return kind


def _correction(desk: Desk, ask: DecisionAsk) -> tuple[str, Any]:
    """Return the field to set and its value: JSON as it is, words as `decide correct` reads them."""
    from seamwatch.pipeline.correction_words import field_name, written_value

    field = field_name(ask.field or "")
    if not isinstance(ask.value, str):
        return field, ask.value
    with desk.store() as store:
        return field, written_value(field, ask.value, store)


@router.post("/decisions/{number}/undo", summary="Take a decision back", response_model=DecisionAnswer)
def undo(request: Request, desk: TheDesk, clearance: TheClearance, number: str, ask: UndoAsk) -> Response:
    """Store that a decision (12 or d12) no longer holds; return what that changed."""
    by = who(request, ask.by)
    digits = number.removeprefix("d")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
        raise RequestError(
            f"{number[:60]!r} is no decision: give its number, as 12 or d12", code="bad_value", field="number"
        )
    with desk.store() as store:
        try:
            plain = ToldDecision(decision=store.decision(int(digits)), incidents=(), undone_by=None)
            if not told_to(store, [plain], clearance, 1):
                raise UnknownIdError(number)
        except UnknownIdError:
            raise unknown_id("decision", number, "/api/v1/decisions") from None
    return _decided(desk, by, clearance, lambda decider: decider.undo(int(digits), why=ask.reason or ""))


@contextmanager
def _known() -> Iterator[None]:
    """Give an id that leads to nothing its one answer."""
    try:
        yield
    except UnknownIdError as unknown:
        said = str(unknown).partition(": `seamwatch")[0]
        raise RequestError(
            f"{said}: /api/v1/incidents lists the incidents, each has its mentions",
            code="unknown_incident",
            status=404,
            field="mentions",
        ) from unknown


def _decided(
    desk: Desk, by: str, clearance: Tlp, make: Callable[[Decider], Decided], *, dry_run: bool = False
) -> Response:
    from seamwatch.pipeline.decide import Decider

    with desk.store() as store:
        with _known():
            done = make(Decider(store, by=by, dry_run=dry_run))
        named = (*done.decision.mentions, *done.decision.others)
        owners = store.incidents_of(named)
        contradictions = [one.text for one in done.contradictions if _told_whole(store, one, clearance)]
    before = {incident.id: incident for incident in done.before if in_part(incident, clearance)}
    after = {incident.id: incident for incident in done.after if in_part(incident, clearance)}
    told = ToldDecision(
        decision=done.decision,
        incidents=tuple(dict.fromkeys(owners[name] for name in named if name in owners)),
        undone_by=None,
    )
    return json_answer(
        {
            "decision": decision_value(told),
            "opened": sorted(after.keys() - before.keys()),
            "updated": sorted(name for name in after.keys() & before.keys() if after[name] != before[name]),
            "removed": sorted(before.keys() - after.keys()),
            "contradictions": contradictions,
        }
    )


def _told_whole(store: Store, one: Contradiction, clearance: Tlp) -> bool:
    """Return whether a clearance may see all that a contradiction is about."""
    names = {one.left, one.right, *(n for d in one.decisions for n in (*d.mentions, *d.others))}
    return clearance is FULL or readable(store, names, clearance) >= names
