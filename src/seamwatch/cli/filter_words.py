"""The words of filters on the command line, checked: a type, a list of statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from seamwatch.cli.output import EXIT_USAGE, say

if TYPE_CHECKING:
    from seamwatch.vocabulary.codes import Status

MOMENT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
"""How a day or a moment is written."""


def check_type(text: str | None, verb: str) -> None:
    """End with the list of types where `text` is none of them."""
    from seamwatch.vocabulary.acled import EventType, SubEventType

    known = [*EventType, *SubEventType]
    if text is not None and text.strip().lower() not in {name.value.lower() for name in known}:
        say(f"seamwatch {verb}: --type {text!r} is no type; give one of: {', '.join(known)}")
        raise typer.Exit(EXIT_USAGE)


def statuses_of(text: str, verb: str) -> tuple[Status, ...] | None:
    """Return the statuses of a comma list; None for all of them."""
    from seamwatch.vocabulary.codes import Status

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if "all" in names:
        return None
    try:
        return tuple(Status(name) for name in names)
    except ValueError:
        say(f"seamwatch {verb}: --status {text!r}: give all, or some of: {', '.join(Status)}")
        raise typer.Exit(EXIT_USAGE) from None
