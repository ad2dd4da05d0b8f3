"""`seamwatch extract`: print what articles say, as JSON Lines, without a database."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.output import (
    EXIT_REJECTED,
    EXIT_USAGE,
    json_line,
    progress,
    say,
    say_rejected,
    utf8_output,
)

if TYPE_CHECKING:
    from seamwatch.model.text import RawArticle, Rejected


def extract(
    files: list[str] = typer.Argument(
        None,
        metavar="FILE",
        help="Articles to read; '-' or nothing reads standard input.",
        show_default=False,
    ),
    published: datetime = typer.Option(
        None,
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="When the articles were published: 'Saturday' is reckoned from it.",
        show_default=False,
    ),
    title: str = typer.Option(None, help="The title of the article.", show_default=False),
    source: str = typer.Option(None, help="The outlet that published it.", show_default=False),
    jsonl: bool = typer.Option(
        False, "--jsonl", help="Read one article a line (id, text, title, published, source, url, language)."
    ),
    workers: int = typer.Option(
        1, min=1, max=64, help="Processes to read with; output keeps the input's order."
    ),
) -> None:
    """Read articles and print what each says, one JSON line an article. Stores nothing.

    Example: seamwatch extract report.txt --published 2020-04-12
    """
    from seamwatch.model.report import rejected_json, report_json
    from seamwatch.model.text import Rejected
    from seamwatch.pipeline.extraction import extract_all

    utf8_output()
    if title and (jsonl or len(files or []) > 1):
        say("seamwatch extract: --title is for one article; with --jsonl give it in each line")
        raise typer.Exit(EXIT_USAGE)
    if jsonl:
        raws = _lines(files or ["-"])
    else:
        raws = _files(files or ["-"], published, title, source)
    rejected = 0
    with progress("extracting") as count:
        for result in extract_all(raws, workers=workers):
            if isinstance(result, Rejected):
                rejected += 1
                say_rejected(result)
                print(json_line(rejected_json(result)), flush=True)
            else:
                print(json_line(report_json(result)), flush=True)
            count()
    if rejected:
        raise typer.Exit(EXIT_REJECTED)


def _lines(files: Iterable[str]) -> Iterator[RawArticle | Rejected]:
    """Yield the raw articles of JSON Lines files, '-' being standard input."""
    from seamwatch.ingest.jsonl import limit_lines, read_jsonl_lines
    from seamwatch.model.text import Rejected

    for name in files:
        if name == "-":
            yield from read_jsonl_lines(limit_lines(sys.stdin.buffer), "standard input")
            continue
        try:
            with Path(name).open("rb") as lines:
                yield from read_jsonl_lines(limit_lines(lines), name)
        except OSError as wrong:
            reason = f"{name}: can't be opened ({wrong.strerror}); check the path and its permissions"
            yield Rejected(origin=name, stage="ingest", code="not_found", reason=reason)


def _files(
    files: Iterable[str], published: datetime | None, title: str | None, source: str | None
) -> Iterator[RawArticle | Rejected]:
    """Yield the raw articles of files, with what the options say of them."""
    from dataclasses import replace

    from seamwatch.ingest.options import MOST_BYTES, IngestOptions
    from seamwatch.ingest.sources import gather
    from seamwatch.model.text import RawArticle, Rejected

    day = published.date() if published else None
    for name in files:
        if name == "-":
            # One byte more than allowed: standard input may have no end.
            text = sys.stdin.buffer.read(MOST_BYTES + 1)
            if len(text) > MOST_BYTES:
                reason = (
                    f"standard input is longer than {MOST_BYTES // 1_000_000} MB; give one article, or "
                    "articles as JSON Lines with --jsonl"
                )
                yield Rejected(origin="standard input", stage="ingest", code="too_large", reason=reason)
                continue
            yield RawArticle(
                origin="standard input",
                media_type="text/plain",
                content=text,
                id="stdin",
                title=title,
                published=day,
                source=source,
            )
            continue
        for raw in gather([name], IngestOptions()):
            if not isinstance(raw, RawArticle):
                yield raw
                continue
            yield replace(
                raw,
                title=title or raw.title,
                published=day or raw.published,
                source=source or raw.source,
            )
