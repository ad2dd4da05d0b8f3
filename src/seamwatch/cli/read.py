"""`seamwatch read`: articles into the record."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.output import EXIT_REJECTED, EXIT_USAGE, progress, say, say_rejected, utf8_output

if TYPE_CHECKING:
    from seamwatch.pipeline.record import Recorded


def read(
    sources: list[str] = typer.Argument(
        None,
        metavar="SOURCE",
        help=(
            "Files, folders, URLs, feeds, JSON Lines, CSV files of ACLED or UCDP GED, MISP events (json) or "
            "CAP alerts (xml); "
            "'-' reads JSON Lines from standard input."
        ),
        show_default=False,
    ),
    db: str = DB_OPTION,
    published: datetime = typer.Option(
        None,
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="Publication date of articles that do not say theirs.",
        show_default=False,
    ),
    source: str = typer.Option(
        None,
        help="Outlet of articles that do not say theirs.",
        show_default=False,
    ),
    jsonl: bool = typer.Option(False, "--jsonl", help="Take every file as JSON Lines, whatever its name."),
    mentions: list[str] = typer.Option(
        None,
        metavar="FILE",
        help="Lines in the output shape of extract, each with its `article`: linked without extracting.",
        show_default=False,
    ),
    workers: int = typer.Option(1, min=1, max=64, help="Processes to extract with."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Only the summary and what was rejected."),
) -> None:
    """Read articles, link what they tell, and store it. What is printed is stored already.

    Example: seamwatch read reports/ https://example.org/feed.xml --db kirkuk.db
    """
    if not sources and not mentions:
        say("seamwatch read: name at least one SOURCE (a file, folder, URL or feed), or --mentions FILE")
        raise typer.Exit(EXIT_USAGE)
    from seamwatch.model.text import Rejected
    from seamwatch.pipeline.reading import ReadOptions, read_into

    utf8_output()
    tally: Counter[str] = Counter()
    incidents: dict[str, str] = {}
    options = ReadOptions(
        sources=tuple(sources or ()),
        mentions=tuple(mentions or ()),
        published=published.date() if published else None,
        source=source,
        jsonl=jsonl,
        workers=workers,
    )
    with open_database(db, must_exist=False) as store, progress("reading") as count:
        for result in read_into(store, options, note=say):
            count()
            if isinstance(result, Rejected):
                tally["rejected"] += 1
                say_rejected(result)
                continue
            tally[result.kind] += 1
            incidents.update(dict.fromkeys(result.updated, "updated"))
            incidents.update({i: "new" for i in result.opened if i not in incidents})
            if not quiet:
                typer.echo(_line(result))
    typer.echo(_summary(tally, Counter(incidents.values())))
    if tally["rejected"]:
        raise typer.Exit(EXIT_REJECTED)


def _line(result: Recorded) -> str:
    """Return one line on what became of an article."""
    from seamwatch.publish.plain import printable

    name = printable(f"{result.article}  {result.title or result.origin}")
    match result.kind:
        case "copy":
            return f"copy     {name}: word for word {result.other}; its outlet was added"
        case "known":
            return f"known    {name}: stored before"
        case "version":
            head = f"version  {name}: of {result.other}"
        case _:
            head = f"new      {name}"
    told = {0: "tells no incident", 1: "tells 1 incident"}.get(
        result.mentions, f"tells {result.mentions} incidents"
    )
    parts = [f"{len(result.opened)} new"] if result.opened else []
    if result.updated:
        parts.append(f"{len(result.updated)} updated")
    line = f"{head}  ({': '.join((told, ', '.join(parts))) if parts else told})"
    return line + "".join(f"\n         note: {w}" for w in result.warnings)


def _summary(tally: Counter[str], incidents: Counter[str]) -> str:
    """Return the closing lines: what came in, what is new, what was updated, what was rejected."""
    read_in = sum(tally.values())
    return (
        f"{read_in} read: {tally['new']} new, {tally['version']} new versions, {tally['copy']} copies, "
        f"{tally['known']} known, {tally['rejected']} rejected\n"
        f"incidents: {incidents['new']} new, {incidents['updated']} updated"
    )
