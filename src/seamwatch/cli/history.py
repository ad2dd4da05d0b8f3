"""`seamwatch history`: how an incident came to be what it is."""

from __future__ import annotations

import sys
from enum import StrEnum

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.output import utf8_output


class HistoryFormat(StrEnum):
    """How a history is written."""

    TEXT = "text"
    JSON = "json"


def history(
    id: str = typer.Argument(
        ..., metavar="ID", help="The incident's id, or one that it had: all lead to it for ever."
    ),
    db: str = DB_OPTION,
    format: HistoryFormat = typer.Option(HistoryFormat.TEXT, "--format", "-f", help="How to write it."),
) -> None:
    """Tell an incident's story in order of time: what changed and why, what people decided, former ids.

    Example: seamwatch history i-4f7x2m9qpa --db kirkuk.db
    """
    from seamwatch.pipeline.history import incident_history
    from seamwatch.publish.history import write_json, write_text

    utf8_output()
    with open_database(db) as store:
        story = incident_history(store, id)
    write = write_json if format is HistoryFormat.JSON else write_text
    write(story, sys.stdout)
