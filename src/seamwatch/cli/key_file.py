"""What verbs of the centre share: which key file they sign with, and the node of a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import database_path, open_database

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

KEYS_OPTION = typer.Option(
    None,
    "--keys",
    envvar="SEAMWATCH_KEYS",
    metavar="FILE",
    help="The party's key file. Without it, DB.keys beside the database.",
    show_default=False,
)
PRIVATE_OPTION = typer.Option(
    False,
    "--private-addresses",
    help="Exchange with parties at addresses of private networks and of this machine too.",
)


@contextmanager
def open_party(db: str | None, keys: Path | None) -> Iterator[Node]:
    """Yield the node of the party that a database is, open; SeamwatchError where its keys can't be read."""
    from seamwatch.pipeline.centre.opening import open_node

    with open_database(db) as store:
        yield open_node(database_path(db), keys, store)
