"""What the verbs share: output, progress on standard error, rejected inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from seamwatch.model.text import Rejected

if TYPE_CHECKING:
    from rich.progress import Progress

EXIT_FAILED, EXIT_USAGE, EXIT_REJECTED = 1, 2, 3


def say(line: str) -> None:
    """Write one message line to standard error."""
    typer.echo(line, err=True)


def say_rejected(rejected: Rejected) -> None:
    """Write one line about an input that gave no article: what, where, what to do."""
    from seamwatch.publish.plain import printable

    reason = " ".join(rejected.reason.split())
    where = "" if rejected.origin in reason else f"{rejected.origin}: "
    say(printable(f"rejected: {where}{reason}"))


def json_line(row: dict[str, Any]) -> str:
    """Return one compact JSON line; lone surrogates are escaped, so that it is always valid UTF-8."""
    import json

    line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(row, separators=(",", ":"))
    return line


@contextmanager
def progress(label: str, *, enabled: bool = True) -> Iterator[Any]:
    """Yield a function that counts one article more on a progress line on standard error.

    Nothing is drawn where standard error is no terminal.
    """
    if not enabled or not sys.stderr.isatty():
        yield lambda *_: None
        return
    with _bar() as bar:
        task = bar.add_task(label, total=None)
        yield lambda total=None: bar.update(task, advance=1, total=total)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that shows on a progress line what is done, how much of it, and of how much.

    Nothing is drawn where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with _bar() as bar:
        task = bar.add_task("", total=None)
        yield lambda label, done, total: bar.update(task, description=label, completed=done, total=total)


def _bar() -> Progress:
    """Return a progress line on standard error that goes when it is done."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    # Data goes past the bar only where both are on one terminal; a file or pipe gets it untouched.
    shared = sys.stdout.isatty()
    return Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=shared)


def utf8_output() -> None:
    """Make standard output UTF-8 whatever the terminal's locale says: data is JSON."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
