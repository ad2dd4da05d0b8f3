"""The command `seamwatch`: its verbs, its exit codes, and how errors look."""

from __future__ import annotations

import sys

import typer

from seamwatch import __version__
from seamwatch.cli import demo, explain, extract, incidents, read
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
app.command("incidents")(incidents.incidents)
app.command("explain")(explain.explain)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line; an error of ours is one line on standard error and exit code 1."""
    try:
        app()
    except SeamwatchError as wrong:
        typer.echo(f"seamwatch: {wrong}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("seamwatch: interrupted; what was reported as stored is stored", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
