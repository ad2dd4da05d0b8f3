"""Quotes inside the line of the article that they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from seamwatch.model.incident import ArticleRef, SourcedMention
from seamwatch.model.text import Article, Evidence, Span

CONTEXT = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A passage of one article as pieces of text, each with whether it is quoted."""

    article: ArticleRef
    pieces: tuple[tuple[str, bool], ...]


def _line(text: str, span: Span) -> tuple[int, int]:
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return start, len(text) if end < 0 else end


def _cut(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    # A paragraph may be long: what is shown begins and ends at a word, some way from the quotes.
    if first - start > CONTEXT:
        start = text.find(" ", first - CONTEXT, first) + 1 or first - CONTEXT
    if end - last > CONTEXT:
        end = max(text.rfind(" ", last, last + CONTEXT), last)
    return start, end


def _narrowest(spans: Iterable[Span]) -> list[Span]:
    # A phrase and the sentence around it are often both evidence: the phrase is what to look at.
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s.end - s.start, s.start)):
        if not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _pieces(text: str, spans: list[Span]) -> tuple[tuple[str, bool], ...]:
    line_start, line_end = _line(text, Span(start=spans[0].start, end=spans[-1].end))
    start, end = _cut(text, line_start, line_end, spans[0].start, spans[-1].end)
    pieces = [("…" if start > line_start else "", False)]
    at = start
    for span in spans:
        pieces += [(text[at : span.start], False), (text[span.start : span.end], True)]
        at = span.end
    pieces += [(text[at:end], False), ("…" if end < line_end else "", False)]
    return tuple((" ".join(piece.split("\n")), quoted) for piece, quoted in pieces if piece)


def excerpts(
    evidence: Iterable[Evidence],
    tellers: Mapping[Evidence, tuple[SourcedMention, ...]],
    articles: Mapping[str, Article],
) -> Iterator[Excerpt]:
    """Yield each line that the evidence stands in once, with every quote in it marked, article by article.

    Where an article's text is not at hand, or is no longer the one quoted, the quote stands alone.
    """
    by_article: dict[ArticleRef, list[Evidence]] = {}
    for passage in evidence:
        for ref in dict.fromkeys(m.article for m in tellers.get(passage, ())):
            by_article.setdefault(ref, []).append(passage)
    for ref, passages in by_article.items():
        article = articles.get(ref.id)
        lines: dict[tuple[str, int], list[Span]] = {}
        for passage in passages:
            span = passage.span
            text = article.part(span.part) if article else ""
            if text[span.start : span.end] != passage.quote:
                yield Excerpt(article=ref, pieces=((passage.quote, True),))
            else:
                lines.setdefault((span.part, _line(text, span)[0]), []).append(span)
        for (_, _), spans in sorted(lines.items()):
            assert article is not None
            yield Excerpt(article=ref, pieces=_pieces(article.part(spans[0].part), _narrowest(spans)))
