"""A situation report as one HTML page: no script, nothing loaded, light, made for print too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib import resources

from seamwatch.publish.sitrep.blocks import (
    WHOLE,
    Block,
    Cards,
    Document,
    Entry,
    Figure,
    Heading,
    Items,
    Line,
    Paragraph,
    Run,
    Source,
    Sources,
    Table,
)

# A browser that is told so runs nothing and asks nobody, whatever a text may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(document: Document) -> bytes:
    """Return the document as UTF-8 HTML; every text is escaped, and letters from right to left keep apart."""
    head = "".join(f"<dt>{_text(label)}</dt><dd>{_text(value)}</dd>" for label, value in document.facts)
    body = "\n".join(part for block in document.blocks for part in _block(block))
    page = (
        '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="kicker">Situation report</p>\n<h1>{_text(document.title)}</h1>\n'
        f'<dl class="head">{head}</dl>\n{body}\n<footer>{_text(document.running)}</footer>\n'
        "</main>\n</body>\n</html>\n"
    )
    return page.encode("utf-8")


@cache
def _style() -> str:
    return (resources.files("seamwatch.publish.sitrep") / "report.css").read_text("utf-8")


def _text(text: str) -> str:
    """Return text escaped; where it has letters from right to left, they turn nothing else round.

    >>> _text("<b>")
    '&lt;b&gt;'
    """
    safe = escape(text)
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text if c > "\u0590"):
        return f"<bdi>{safe}</bdi>"
    return safe


def _run(run: Run) -> str:
    text = _text(run.text)
    if run.style == "strong":
        text = f"<strong>{text}</strong>"
    elif run.style == "soft":
        text = f'<span class="soft">{text}</span>'
    notes = ", ".join(f'<a href="#source-{n}">{n}</a>' for n in run.notes)
    whole = ' class="whole"' if len(run.notes) <= WHOLE else ""
    return f"{text}<sup{whole}>[{notes}]</sup>" if notes else text


def _line(line: Line) -> str:
    return "".join(map(_run, line))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h{block.level}>{_text(block.text)}</h{block.level}>"
        case Paragraph():
            yield f'<p class="{block.kind}">{_line(block.line)}</p>'
        case Items():
            yield f'<ul class="items">{"".join(f"<li>{_line(line)}</li>" for line in block.lines)}</ul>'
        case Cards():
            yield '<ul class="cards">'
            for card in block.cards:
                below = "".join(f"<span>{_text(part)}</span>" for part in (card.range, card.compared) if part)
                label = f'<span class="label">{_text(card.label)}</span>'
                yield f"<li><b>{_text(card.value)}</b>{label}{below}</li>"
            yield "</ul>"
        case Table():
            yield _table(block)
        case Figure():
            # The drawing is ours: every text in it is escaped where it is drawn.
            caption = f"<figcaption>{_text(block.caption)}</figcaption>" if block.caption else ""
            svg = block.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(block.alt)}" ', 1)
            yield f"<figure>{svg}{caption}</figure>"
        case Entry():
            yield _entry(block)
        case Sources():
            yield '<ol class="sources">'
            yield from map(_source, block.sources)
            yield "</ol>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.head)
    rows = []
    for n, row in enumerate(table.rows):
        total = ' class="total"' if table.total and n == len(table.rows) - 1 else ""
        rows.append(f"<tr{total}>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _entry(entry: Entry) -> str:
    mark = f'<span class="badge mark">{_text(entry.mark)}</span> ' if entry.mark else ""
    care = "" if entry.calm else " care"
    facts = "".join(f"<dt>{_text(label)}</dt><dd>{_line(line)}</dd>" for label, line in entry.facts)
    return (
        f'<article class="entry"><header><h4>{_run(entry.title)}</h4>'
        f'<span>{mark}<span class="badge{care}">{_text(entry.badge)}</span></span></header>'
        f"<p>{_run(entry.day)} · {_run(entry.where)}</p><dl>{facts}</dl></article>"
    )


def _source(source: Source) -> str:
    title = f" “{_text(source.title)}”." if source.title else ""
    also = f" {_text(source.also)}." if source.also else ""
    url = ""
    if source.url:
        shown = _text(source.url)
        known = source.url.lower().startswith(("http://", "https://"))
        href = f'<a href="{escape(source.url)}" rel="noopener noreferrer nofollow">{shown}</a>'
        url = f" {href if known else shown}"
    article = f'<span class="soft">Article <code>{_text(source.article)}</code>.{also}</span>'
    return (
        f'<li id="source-{source.number}"><span class="n">{source.number}</span>'
        f"<span>{_text(source.outlet)}.{title} {article}{url}</span></li>"
    )
