"""`seamwatch review`: the queue of what people should decide, one item after the other."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.decide import BY_OPTION, who_decides
from seamwatch.cli.output import utf8_output

if TYPE_CHECKING:
    from seamwatch.store.base import Store


class QueueFormat(StrEnum):
    """How the queue is written."""

    TABLE = "table"
    JSON = "json"


def review(
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    format: QueueFormat = typer.Option(
        None,
        "--format",
        "-f",
        help="List the queue instead of going through it; as it is done where there is no terminal.",
        show_default=False,
    ),
    limit: int = typer.Option(20, min=1, max=10_000, help="How many to list at most."),
) -> None:
    """Go through what the rules are not sure of: two tellings side by side, one key decides.

    What would change most comes first. Decisions that contradict one another
    come before all.

    Keys: s same, d different, u unsure, c confirm, k skip, z undo, o open,
    q quit. A decision is stored at once.

    Example: seamwatch review --db kirkuk.db
    """
    utf8_output()
    with open_database(db) as store:
        if format is None and sys.stdin.isatty() and sys.stdout.isatty():
            from seamwatch.cli.review_keys import go_through

            go_through(store, by=who_decides(by))
        else:
            _list(store, format or QueueFormat.TABLE, limit)


def _list(store: Store, format: QueueFormat, limit: int) -> None:
    from seamwatch.pipeline.review import review_queue, with_reasons
    from seamwatch.publish.review import write_json, write_table

    queue = review_queue(store)
    if format is QueueFormat.JSON:
        write_json([with_reasons(store, item) for item in queue[:limit]], len(queue), sys.stdout)
    else:
        write_table(queue[:limit], len(queue), sys.stdout)
