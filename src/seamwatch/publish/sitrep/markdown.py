"""A situation report as Markdown, with its sources as a numbered list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwatch.publish.sitrep.blocks import (
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

# A colon before slashes, and an at sign, would make an address of a word.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$&@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
# What makes a list, a quote, a heading or a rule at the head of a line.
_HEAD = re.compile(r"^(\s*)(\d+)([.)])|^(\s*)([-+=])")


def write(document: Document) -> bytes:
    """Return the document as UTF-8 Markdown (CommonMark with tables).

    The map and the chart are drawings, which plain text can't hold: their words stand in their place.
    """
    lines = [f"# {_text(document.title)}", ""]
    lines += [f"- **{_text(label)}:** {_text(value)}" for label, value in document.facts]
    for block in document.blocks:
        lines += ["", *_block(block)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _text(text: str) -> str:
    r"""Return text without a sign that Markdown or HTML would act on.

    >>> print(_text("1. <b>*x*</b>"))
    1\. \<b\>\*x\*\</b\>
    """
    safe = _SIGNS.sub(r"\\\1", text)
    return _HEAD.sub(lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}", safe)


def _run(run: Run) -> str:
    core = run.text.strip()
    before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
    text = _SIGNS.sub(r"\\\1", core)
    if run.style == "strong" and core:
        text = f"**{text}**"
    notes = "".join(f"[\\[{n}\\]](#source-{n})" for n in run.notes)
    return f"{before}{text}{f' {notes}' if notes else ''}{after}"


def _line(line: Line) -> str:
    text = "".join(map(_run, line)).strip()
    return _HEAD.sub(lambda m: f"{m[1]}{m[2]}\\{m[3]}" if m[2] else f"{m[4]}\\{m[5]}", text)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {_text(block.text)}"
        case Paragraph():
            yield _line(block.line)
        case Items():
            yield from (f"- {_line(line)}" for line in block.lines)
        case Cards():
            for card in block.cards:
                about = "; ".join(part for part in (card.range, card.compared) if part)
                yield f"- **{_text(card.value)} {_text(card.label)}** ({_text(about)})"
        case Table():
            yield f"| {' | '.join(map(_text, block.head))} |"
            yield f"| --- |{' ---: |' * (len(block.head) - 1)}"
            for n, row in enumerate(block.rows):
                bold = "**" if block.total and n == len(block.rows) - 1 else ""
                yield f"| {' | '.join(f'{bold}{_text(cell)}{bold}' for cell in row)} |"
        case Figure():
            yield f"*{_text(block.alt)}*{f' {_text(block.caption)}' if block.caption else ''}"
        case Entry():
            yield from _entry(block)
        case Sources():
            yield from (_source(source) for source in block.sources)


def _entry(entry: Entry) -> Iterator[str]:
    mark = f" ({entry.mark})" if entry.mark else ""
    yield f"#### {_run(entry.day)}, {_run(entry.where)}: {_run(entry.title)}"
    yield ""
    yield f"- **Status:** {_text(entry.badge)}{mark}"
    yield from (f"- **{_text(label)}:** {_line(line)}" for label, line in entry.facts)


def _source(source: Source) -> str:
    title = f" “{_text(source.title)}”." if source.title else ""
    also = f" {_text(source.also)}." if source.also else ""
    # Code spans hold what must not be changed; a backtick would end them.
    url = f" `{source.url.replace('`', '%60')}`" if source.url else ""
    anchor = f'<a id="source-{source.number}"></a>'
    return (
        f"{source.number}. {anchor}{_text(source.outlet)}.{title} Article {_text(source.article)}.{also}{url}"
    )
