"""Sentences and paragraphs of an article, as spans of the original text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from seamwatch.model.text import Article, Part, Span

ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen lt col maj capt cpl sgt brig cmdr adm rev sen rep gov pres st mt no nos vs "
    "etc jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun inc corp co ltd "
    "approx est dept dist vic unk cas u.s u.n u.k u.a.e e.g i.e a.m p.m mil int op ops".split()
)
# A sentence ends at . ! ? (with closing quotes or brackets) before white space and a new start.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[A-Z0-9À-Þ])|[؟۔]\s+")
# In a text without capitals any word may start a sentence.
_END_LOWER = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+\S)")
_LAST_WORD = re.compile(r"([\w.]+)\.[\"'”’»)\]]*$")
# "ERBIL (Daily) - ", "BAGHDAD, Sept 16 (Agency) - ", "Agency News/ ": only names, dates and brackets.
_DATELINE = re.compile(
    r"\s*(?=[A-ZÀ-Þ])(?:(?:[A-ZÀ-Þ][\w.'’-]*|\d{1,4}|\([^)\n]{1,40}\)|of|the|and|al|el),?\s?){1,9}"
    r"(?:\s?[-–—]{1,2}\s|/\s|\s?\n)(?=\S)"
)
_POINTER = re.compile(
    r"(?:read (?:more|also|next|further)|also read|see also|related(?: \w+)?|more on this)\s*[:|]",
    re.IGNORECASE,
)
_LONGEST_HEADLINE = 160
# The dateline opens the first paragraph, or one of the next where headline and standfirst go before it.
_LAST_DATELINE = 3
_BLOCK = re.compile(r"[^\n]+(?:\n(?!\s*\n)(?=[a-z])[^\n]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence: its place in the article's order, its paragraph, and its span.

    The title is sentence 0 of paragraph -1 where there is one. `headline` marks it, a headline that
    stands as the first line of the text, and a pointer to another article ("Read more: ...").
    """

    index: int
    paragraph: int
    span: Span
    text: str
    headline: bool = False


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a full stop ends a sentence: not after an abbreviation or an initial."""
    if match.group(0)[0] != ".":
        return True
    word = _LAST_WORD.search(text[start : match.start() + 1])
    if word is None:
        return True
    token = word.group(1).lower()
    if token in ("a.m", "p.m", "etc", "cas"):  # these end a sentence as often as not
        return text[match.end() :].lstrip()[:1].isupper()
    return not (token in ABBREVIATIONS or (len(token) == 1 and token.isalpha()))


def _pieces(text: str, start: int, end: int, ending: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of one paragraph, white space left out."""
    at = start
    for match in ending.finditer(text, start, end):
        if _is_end(text, at, match):
            yield at, match.end()
            at = match.end()
    yield at, end


def _is_headline(text: str, first: str) -> bool:
    """Return whether the first line of a text is its headline: short, no full stop, and more follows."""
    line = first.strip()
    return (
        len(line) <= _LONGEST_HEADLINE
        and "\n" not in line
        and line[-1:] not in '.!?:,;"”'
        and len(line.split()) >= 4
        and len(text.strip()) > 2 * len(line)
    )


def split_sentences(article: Article) -> tuple[Sentence, ...]:
    """Return the sentences of title and text in reading order; spans are exact slices.

    >>> text = "Gen. Ali Hasan said two men died. The bomb went off at 10 a.m. on Sunday."
    >>> [s.text for s in split_sentences(Article(id="a", text=text))]
    ['Gen. Ali Hasan said two men died.', 'The bomb went off at 10 a.m. on Sunday.']
    """
    found: list[Sentence] = []

    def add(part: Part, start: int, end: int, paragraph: int, *, headline: bool = False) -> None:
        piece = article.part(part)[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if piece:
            span = Span(part=part, start=start, end=start + len(piece))
            found.append(
                Sentence(
                    index=len(found),
                    paragraph=paragraph,
                    span=span,
                    text=piece,
                    headline=headline or _POINTER.match(piece) is not None,
                )
            )

    if article.title and article.title.strip():
        add("title", 0, len(article.title), -1, headline=True)
    ending = _END if any(c.isupper() for c in article.text) else _END_LOWER
    for paragraph, block in enumerate(_BLOCK.finditer(article.text)):
        first = block.start()
        if paragraph == 0 and not found and _is_headline(article.text, block.group(0)):
            add("text", first, block.end(), paragraph, headline=True)
            continue
        dateline = _DATELINE.match(article.text, first, block.end()) if paragraph <= _LAST_DATELINE else None
        if dateline is not None and (paragraph == 0 or dateline.group(0).split()[0].strip(",").isupper()):
            # A sentence of its own: parsed with the lead it would pass for its subject.
            add("text", first, dateline.end(), paragraph)
            first = dateline.end()
        for start, end in _pieces(article.text, first, block.end(), ending):
            add("text", start, end, paragraph)
    return tuple(found)
