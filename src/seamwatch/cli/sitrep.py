"""`seamwatch sitrep`: a period and an area as a situation report."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.filter_words import MOMENT, check_type, statuses_of
from seamwatch.cli.incidents import POLICY_OPTION
from seamwatch.cli.output import EXIT_USAGE, say
from seamwatch.vocabulary.codes import Policy

_DAY = ["%Y-%m-%d"]


class ReportFormat(StrEnum):
    """How a report is written."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    MD = "md"


def sitrep(
    db: str = DB_OPTION,
    since: datetime = typer.Option(
        None,
        formats=_DAY,
        metavar="DATE",
        help="First day. Without it: 7 days up to the last.",
        show_default=False,
    ),
    until: datetime = typer.Option(
        None,
        formats=_DAY,
        metavar="DATE",
        help="Last day. Without it: today, or the day of --as-of.",
        show_default=False,
    ),
    area: str = typer.Option(
        None, help="A place, district, province, country code (IQ) or stored area.", show_default=False
    ),
    format: ReportFormat = typer.Option(
        None,
        "--format",
        "-f",
        help="How to write it. Without it: as --output ends, else html.",
        show_default=False,
    ),
    output: Path = typer.Option(
        None,
        "--output",
        "-o",
        metavar="FILE",
        help="Where to write it. Without it: standard output.",
        show_default=False,
    ),
    title: str = typer.Option(None, help="The report's title.", show_default=False),
    recipient: str = typer.Option(None, help="For whom it is.", show_default=False),
    party: str = typer.Option(
        None,
        "--for",
        metavar="PARTY",
        help="A party of the charter: made only from what is released to it now.",
        show_default=False,
    ),
    since_report: datetime = typer.Option(
        None,
        "--since-report",
        formats=MOMENT,
        metavar="DATETIME",
        help="When the last report was made: tell what is new, revised or retracted since.",
        show_default=False,
    ),
    type: str = typer.Option(
        None, "--type", help="Only an ACLED event type or sub-event type.", show_default=False
    ),
    actor: str = typer.Option(None, help="Only with this actor's name or a part of it.", show_default=False),
    as_of: datetime = typer.Option(
        None,
        "--as-of",
        formats=MOMENT,
        metavar="DATETIME",
        help="The state as it was believed then (a day counts to its end).",
        show_default=False,
    ),
    status: str = typer.Option(
        "confirmed,unconfirmed,claimed",
        help="Statuses to count, with commas: also denied, retracted, foiled; or all.",
    ),
    policy: Policy = POLICY_OPTION,
) -> None:
    """Make a situation report: figures, map, chart, incidents with their sources, what is not known.

    Example: seamwatch sitrep --area Kirkuk --since 2024-03-04 --until 2024-03-10 -o kirkuk.pdf
    """
    from seamwatch.pipeline.sitrep import gather_sitrep
    from seamwatch.publish.sitrep import render
    from seamwatch.store.base import IncidentFilter

    check_type(type, "sitrep")
    kind = _format(format, output)
    wanted = IncidentFilter(
        since=since.date() if since else None,
        until=until.date() if until else None,
        area=area,
        type=type,
        actor=actor,
        statuses=statuses_of(status, "sitrep"),
    )
    with open_database(db) as store:
        made = datetime.now(UTC).replace(microsecond=0)
        if party is not None:
            from seamwatch.pipeline.centre.recipient import gather_for

            report = gather_for(
                store,
                party,
                wanted,
                made=made,
                title=title,
                as_of=as_of,
                since_report=since_report,
                policy=policy,
            )
        else:
            report = gather_sitrep(
                store,
                wanted,
                made=made,
                title=title,
                recipient=recipient,
                as_of=as_of,
                since_report=since_report,
                policy=policy,
            )
    _write(render(report, kind.value), output)
    figures = report.period.figures
    if output is not None:
        days = f"{report.period.since} to {report.period.until}"
        say(f"{output}: {figures.incidents} incidents of {days}, {len(report.notes)} articles")
    if not figures.incidents:
        where = f" for {area}" if area else ""
        say(
            f"No incidents are known{where} from {report.period.since} to {report.period.until}. "
            "The report says so. Widen the period, the area or --status where that is not what you expect."
        )


def _format(format: ReportFormat | None, output: Path | None) -> ReportFormat:
    """Return the format that is asked for, or that the file's name ends in."""
    ending = output.suffix.lower().lstrip(".") if output is not None else ""
    if format is None:
        known = {kind.value: kind for kind in ReportFormat} | {"htm": ReportFormat.HTML}
        known["markdown"] = ReportFormat.MD
        if ending and ending not in known:
            say(
                f"seamwatch sitrep: --output {output}: no format ends in .{ending}; "
                f"give --format, one of: {', '.join(ReportFormat)}"
            )
            raise typer.Exit(EXIT_USAGE)
        format = known.get(ending, ReportFormat.HTML)
    if output is None and format in (ReportFormat.PDF, ReportFormat.DOCX) and sys.stdout.isatty():
        say(f"seamwatch sitrep: a {format} is nothing for the screen: give --output FILE.{format}")
        raise typer.Exit(EXIT_USAGE)
    return format


def _write(content: bytes, output: Path | None) -> None:
    from seamwatch.errors import SeamwatchError

    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as wrong:
        raise SeamwatchError(
            f"{output}: the report can't be written there ({wrong.strerror}): check the folder, or name "
            "another file",
            code="not_written",
        ) from wrong
