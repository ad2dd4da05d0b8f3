"""The review queue: two tellings side by side of which the rules are not sure."""

from __future__ import annotations

from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query
from starlette.responses import Response

from seamwatch.model.codec import mention_json
from seamwatch.model.incident import SourcedMention
from seamwatch.model.review import ReviewItem
from seamwatch.pipeline.review_memory import ReviewMemory
from seamwatch.serve.answers import json_answer
from seamwatch.serve.articles import head_value
from seamwatch.serve.clearance import TheClearance
from seamwatch.serve.context import Desk, TheDesk
from seamwatch.serve.rows import cursor_of, read_cursor, wrong_cursor
from seamwatch.serve.schemas_decisions import ReviewPage
from seamwatch.vocabulary.coordination import Tlp

router = APIRouter(tags=["review"])
MOST_ITEMS = 100
# After a decision nearly all of the queue is as it was.
_MEMORIES: WeakKeyDictionary[Desk, ReviewMemory] = WeakKeyDictionary()


def _side(told: SourcedMention) -> dict[str, Any]:
    return {**mention_json(told.mention), "article": head_value(told.article)}


def item_value(item: ReviewItem) -> dict[str, Any]:
    """Return one item of the queue as JSON."""
    from seamwatch.publish.review import change_words

    return {
        "left": _side(item.left),
        "right": _side(item.right),
        "score": round(item.probability, 3),
        "reasons": [{"feature": r.feature, "weight": r.weight, "text": r.text} for r in item.reasons],
        "incidents": [incident.id for incident in item.incidents],
        "would": change_words(item),
        "contradiction": item.conflict or None,
    }


@router.get("/review", summary="What people should decide", response_model=ReviewPage)
def review(
    desk: TheDesk,
    clearance: TheClearance,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many a page has.")] = 20,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before.")] = None,
) -> Response:
    """Return a page of the queue: contradictions first, then what would change most.

    After a change of the database what it touched is weighed anew; a cursor is a place in the queue.
    """
    from seamwatch.pipeline.review import review_queue, with_reasons

    match read_cursor(cursor) if cursor else ["review", 0]:
        case ["review", int(start)] if start >= 0:
            pass
        case _:
            raise wrong_cursor()
    with desk.store() as store:
        memory = _MEMORIES.setdefault(desk, ReviewMemory())
        queue = desk.remembered(
            clearance,
            lambda: review_queue(store, memory=memory, clearance=clearance),
            shelf="review",
            most=len(Tlp),
        )
        items = [item_value(with_reasons(store, item)) for item in queue[start : start + limit]]
    end = start + len(items)
    return json_answer(
        {
            "items": items,
            "next": cursor_of("review", end) if end < len(queue) else None,
            "total": len(queue),
        }
    )
