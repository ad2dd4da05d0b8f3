"""Labels of own articles: who gave which, a new one, and one taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from seamwatch.errors import InputError, UnknownIdError
from seamwatch.publish.labels import label_order_json
from seamwatch.serve.access import who
from seamwatch.serve.answers import json_answer
from seamwatch.serve.clearance import TheClearance
from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import RequestError, unknown_id
from seamwatch.serve.schemas_labels import LabelAnswer, LabelAsk, LabelList, LabelUndo

if TYPE_CHECKING:
    from seamwatch.model.label import LabelOrder

router = APIRouter(tags=["labels"])
MOST_LABELS = 1_000
_CONFLICTS = ("same_label", "no_own_article", "not_undoable")


@router.get("/labels", summary="The labels that people gave", response_model=LabelList)
def labels(
    desk: TheDesk,
    clearance: TheClearance,
    about: Annotated[
        str | None, Query(max_length=500, description="Those of an article, or of what tells an incident.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LABELS, description="How many at most.")] = 200,
) -> Response:
    """Return who gave own articles which label, when and why, the latest first."""
    from seamwatch.pipeline.labels import labels_told

    with desk.store() as store, _faults(about or ""):
        found = labels_told(store, about, clearance=clearance)
    return json_answer({"labels": [label_order_json(order) for order in found[:limit]]})


@router.post("/labels", summary="Give a label", response_model=LabelAnswer)
def give(request: Request, desk: TheDesk, clearance: TheClearance, ask: LabelAsk) -> Response:
    """Give an own article, or all own ones that tell an incident, a label; what they release follows."""
    from seamwatch.pipeline.labels import set_label

    by = who(request, ask.by)
    with desk.store() as store, _faults(ask.about):
        made = set_label(store, ask.about, ask.tlp, by=by, why=ask.why, clearance=clearance)
    return _answer(made)


@router.post("/labels/{number}/undo", summary="Take a label back", response_model=LabelAnswer)
def undo(request: Request, desk: TheDesk, clearance: TheClearance, number: str, ask: LabelUndo) -> Response:
    """Take a label (3 or l3) back: its articles bear what they bore before it."""
    from seamwatch.pipeline.labels import undo_label

    by = who(request, ask.by)
    digits = number.removeprefix("l")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
        raise RequestError(
            f"{number[:60]!r} is no label: give its number, as 3 or l3", code="bad_value", field="number"
        )
    with desk.store() as store, _faults(number, kind="label"):
        made = undo_label(store, int(digits), by=by, why=ask.why, clearance=clearance)
    return _answer(made)


def _answer(made: LabelOrder) -> Response:
    return json_answer({"label": label_order_json(made)})


@contextmanager
def _faults(name: str, kind: str = "article") -> Iterator[None]:
    """Give an id that leads to nothing its one answer, and what is so already its status."""
    try:
        yield
    except UnknownIdError:
        where = "/api/v1/labels" if kind == "label" else "/api/v1/incidents"
        raise unknown_id(kind, name[:80], where) from None
    except InputError as wrong:
        if wrong.code in _CONFLICTS:
            raise RequestError(str(wrong), code=wrong.code, status=409) from wrong
        raise
