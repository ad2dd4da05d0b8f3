"""Articles: one with all that it says, and the search in their words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from seamwatch.model.incident import ArticleRef
from seamwatch.model.text import Article
from seamwatch.pipeline.visibility import FULL
from seamwatch.serve.answers import json_answer
from seamwatch.serve.clearance import TheClearance, may_read
from seamwatch.serve.context import TheDesk
from seamwatch.serve.faults import unknown_id
from seamwatch.serve.schemas_record import ArticleAnswer, FoundArticles

router = APIRouter(tags=["articles"])
Json = dict[str, Any]
MOST_ARTICLES = 200
MOST_LOOKED_AT = 5_000


def head_value(ref: ArticleRef) -> Json:
    """Return where an article comes from, as JSON."""
    return {
        "id": ref.id,
        "title": ref.title,
        "source": ref.source,
        "sources": list(ref.sources),
        "published": ref.published.isoformat() if ref.published else None,
        "url": ref.url,
        "party": ref.party,
        "tlp": ref.tlp.value if ref.tlp else None,
    }


def article_value(article: Article, ref: ArticleRef) -> Json:
    """Return an article with its text, as JSON. The text is plain text: it is never to be read as HTML."""
    return {**head_value(ref), "text": article.text, "language": article.language}


@router.get("/articles", summary="Articles by their words", response_model=FoundArticles)
def articles(
    desk: TheDesk,
    clearance: TheClearance,
    text: Annotated[
        str | None, Query(max_length=500, description="Words, or phrases in double quotes.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ARTICLES, description="How many at most.")] = 20,
) -> Response:
    """Return the articles with all these words, the best first; without words those stored last."""
    # What may not be read takes no place of what may: more are looked at where something is kept back.
    most = limit if clearance is FULL else MOST_LOOKED_AT
    with desk.store() as store:
        if text and text.strip():
            found = [(hit.article, hit.passage) for hit in store.search_articles(text, limit=most)]
        else:
            found = [(ref, "") for ref in store.newest_articles(most)]
    shown = [{**head_value(ref), "passage": passage} for ref, passage in found if may_read(ref, clearance)]
    return json_answer({"articles": shown[:limit]})


# An id that a user gave may have slashes.
@router.get(
    "/articles/{article_id:path}", summary="An article with what it says", response_model=ArticleAnswer
)
def article(desk: TheDesk, clearance: TheClearance, article_id: str) -> Response:
    """Return an article, and what was extracted from it as `seamwatch extract` prints it."""
    with desk.store() as store:
        found, ref = store.article(article_id), store.article_ref(article_id)
        if found is None or ref is None or not may_read(ref, clearance):
            raise unknown_id("article", article_id, "/api/v1/articles?text=")
        extraction = store.extraction_json(article_id)
    return json_answer({"article": article_value(found, ref), "extraction": extraction})
