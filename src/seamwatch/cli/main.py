"""The command `seamwatch`: its verbs, its exit codes, and how errors look."""

from __future__ import annotations

import errno
import os
import signal
import sys

import typer

from seamwatch import __version__
from seamwatch.cli import (
    account,
    areas,
    audit,
    charter,
    compact,
    decide,
    demo,
    exchange,
    explain,
    extract,
    forget,
    history,
    incidents,
    label,
    link,
    party,
    places,
    read,
    release,
    report,
    request,
    review,
    serve,
    sitrep,
    unanswered,
)
from seamwatch.cli.output import EXIT_FAILED
from seamwatch.errors import SeamwatchError

app = typer.Typer(
    name="seamwatch",
    help=(
        "Turns what is written about armed incidents into one sourced record.\n\n"
        "Start with [bold]seamwatch demo[/bold]. Read your own articles with [bold]seamwatch read[/bold], "
        "list what they tell with [bold]seamwatch incidents[/bold], and see every value with its quotes "
        "with [bold]seamwatch explain ID[/bold].\n\n"
        "Data goes to standard output, progress and messages to standard error. "
        "Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 some articles were rejected."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"seamwatch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    pass


app.command("extract")(extract.extract)
app.command("read")(read.read)
app.command("report")(report.report)
app.command("incidents")(incidents.incidents)
app.command("explain")(explain.explain)
app.command("sitrep")(sitrep.sitrep)
app.command("history")(history.history)
app.command("review")(review.review)
app.add_typer(decide.app)
app.command("forget")(forget.forget)
app.add_typer(label.app)
app.command("link")(link.link)
app.command("compact")(compact.compact)
app.add_typer(areas.app)
app.add_typer(places.app)
app.add_typer(party.app)
app.add_typer(charter.app)
app.add_typer(audit.app)
app.add_typer(release.app)
app.add_typer(request.app)
app.command("unanswered")(unanswered.unanswered)
app.add_typer(exchange.app)
app.command("serve")(serve.serve)
app.add_typer(account.app)
app.command("demo")(demo.demo)


class _Interrupted(BaseException):
    """Ctrl-C. Not KeyboardInterrupt: the command framework would end with a message of its own."""


# Python drops an exception that a signal raises inside a destructor or a callback from C. So it is raised
# again until it has arrived; the pause is longer than what is cleaned up on its way.
_AGAIN_SECONDS = 2.0


def _interrupt(*_: object) -> None:
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
    raise _Interrupted


def _arrived() -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Run the command line; an error of ours is one line on standard error and exit code 1."""
    code = _run()
    try:
        sys.stdout.flush()
    except OSError as wrong:
        code = _lost_output(wrong)
    sys.exit(code)


def _run() -> int:
    """Return the exit code of the verb that the command line names."""
    signal.signal(signal.SIGINT, _interrupt)
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except SeamwatchError as wrong:
        typer.echo(f"seamwatch: {wrong}", err=True)
        return EXIT_FAILED
    except OSError as wrong:
        return _lost_output(wrong)
    except _Interrupted:
        _arrived()
        typer.echo("seamwatch: interrupted; what was reported as stored is stored", err=True)
        return EXIT_FAILED
    return 0


def _lost_output(wrong: OSError) -> int:
    """Return the exit code where standard output can't be written; `| head` is no news."""
    # What is left in the buffer would be tried again, and told of, when the program ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if wrong.errno != errno.EPIPE:
        typer.echo(f"seamwatch: can't write the output ({wrong.strerror}): check where it goes", err=True)
    return EXIT_FAILED


if __name__ == "__main__":
    main()
