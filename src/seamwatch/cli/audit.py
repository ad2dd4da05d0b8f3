"""`seamwatch audit`: the log of what a node did and took; another party's log verified."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.key_file import KEYS_OPTION, open_party
from seamwatch.cli.output import EXIT_FAILED, json_line, say, utf8_output

app = typer.Typer(
    name="audit",
    help=(
        "The append-only log of what this node did and took. Each entry holds the hash of the one before, so "
        "that nobody can change it unnoticed. Another party's log is verified without trusting who sent it."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("show")
def show(
    kind: str = typer.Option(None, help="Of one kind, as charter or entry.sent.", show_default=False),
    subject: str = typer.Option(None, help="About one subject, by its id.", show_default=False),
    limit: int = typer.Option(50, min=1, max=100_000, help="At most so many, the newest."),
    as_json: bool = typer.Option(False, "--json", help="One JSON line an entry, for programs."),
    db: str = DB_OPTION,
) -> None:
    """Show the newest entries of this node's log.

    Example: seamwatch audit show --kind charter --db north.db
    """
    from seamwatch.coordinate.audit import entry_json
    from seamwatch.publish.plain import printable

    utf8_output()
    with open_database(db) as store:
        found = store.audit_entries(kind=kind, subject=subject, limit=limit, newest_first=True)
    if not found and not as_json:
        say("No such entries: without --kind and --subject the newest are listed.")
    for entry in reversed(found):
        if as_json:
            typer.echo(json_line(entry_json(entry)))
            continue
        details = " ".join(f"{key}={_short(value)}" for key, value in entry.details.items())
        at = entry.at.isoformat(sep=" ", timespec="seconds")
        line = f"{entry.number} {at} {entry.actor} {entry.kind} {_short(entry.subject)} {details}"
        typer.echo(printable(line.rstrip()))


@app.command("export")
def export(
    output: Path = typer.Option(None, "--output", "-o", metavar="FILE", help="Write it to a file."),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Write the whole log, signed, as JSON Lines for another party to verify.

    Example: seamwatch audit export --db north.db -o north.audit.jsonl
    """
    from seamwatch.errors import SeamwatchError
    from seamwatch.pipeline.centre.auditing import export_log

    utf8_output()
    with open_party(db, keys) as node:
        lines = export_log(node.store, node.keys, node.clock())
        if output is None:
            sys.stdout.writelines(lines)
            return
        try:
            with output.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(lines)
        except OSError as wrong:
            raise SeamwatchError(f"can't write {output} ({wrong.strerror}): choose another path") from wrong
    typer.echo(str(output))


@app.command("verify")
def verify(
    file: Path = typer.Argument(metavar="FILE", help="A log made with export.", show_default=False),
    as_json: bool = typer.Option(False, "--json", help="As JSON, for programs."),
    db: str = DB_OPTION,
) -> None:
    """Verify another party's log with the keys of the charter and with what this node sent and took itself.

    Exit code 1 where it does not hold.

    Example: seamwatch audit verify north.audit.jsonl --db south.db
    """
    from seamwatch.cli.exchange_words import counted
    from seamwatch.errors import InputError
    from seamwatch.pipeline.centre.audit_checking import lines_of, report_json, verify_log
    from seamwatch.publish.plain import printable

    utf8_output()
    with open_database(db) as store:
        try:
            with file.open("rb") as lines:
                report = verify_log(store, lines_of(lines))
        except OSError as wrong:
            raise InputError(f"can't read {file} ({wrong.strerror}): check the path") from wrong
    if as_json:
        typer.echo(json_line(report_json(report)))
    else:
        at = report.at.isoformat(sep=" ", timespec="seconds")
        entries = counted(report.entries, "entry")
        typer.echo(printable(f"log of {report.party}, as of {at}: {entries}"))
        for line in report.problems:
            typer.echo(printable(f"problem: {line}"))
        for line in report.checked:
            typer.echo(printable(f"compared: {line}"))
        typer.echo("it holds" if report.ok else "it does not hold")
    if not report.ok:
        say(f"seamwatch: the log in {file} does not hold")
        raise typer.Exit(EXIT_FAILED)


def _short(value: object) -> str:
    """Return a value for a line; of a digest its beginning."""
    text = str(value)
    return text[:12] if len(text) == 64 else text
