"""`seamwatch exchange export` and `import`: bundles, for a way without a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from seamwatch.cli.database import DB_OPTION
from seamwatch.cli.key_file import KEYS_OPTION, open_party
from seamwatch.cli.output import say
from seamwatch.errors import SeamwatchError


def export(
    file: Path = typer.Argument(..., metavar="FILE", help="Where to write the bundle."),
    to: str = typer.Option(..., "--to", metavar="ID", help="The party that it is for."),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
    whole: bool = typer.Option(False, "--whole", help="Write all from the start, receipted or not."),
) -> None:
    """Write all that a party has not receipted yet to a file, for a way without a line.

    Only that party can read what is in it.

    Example: seamwatch exchange export south.bundle --to south --db north.db
    """
    from seamwatch.cli.exchange_words import counted
    from seamwatch.pipeline.centre.bundling import export_bundle

    with open_party(db, keys) as node:
        node.state()
        _release_due(node)
        count = export_bundle(node, to, file, whole=whole)
    typer.echo(f"{counted(count, 'entry')} for {to} written to {file}")


def import_(
    file: Path = typer.Argument(..., metavar="FILE", help="A bundle that another party wrote."),
    db: str = DB_OPTION,
    keys: Path = KEYS_OPTION,
) -> None:
    """Take what another party wrote to a file, as if it had come over the line. Twice does no harm.

    Example: seamwatch exchange import north.bundle --db south.db
    """
    from seamwatch.cli.exchange_words import brought, restored
    from seamwatch.pipeline.centre.bundling import import_bundle
    from seamwatch.pipeline.centre.syncing import PARTED
    from seamwatch.vocabulary.coordination import PartyState

    with open_party(db, keys) as node:
        taken = import_bundle(node, file)
        node.carry_out()
        parted = PARTED.get(node.state().states.get(node.me, PartyState.ACTIVE))
    typer.echo(f"from {taken.sender}: {brought(taken.kinds, taken.known)}")
    for line in (*restored(taken), *([] if parted is None else [parted])):
        say(line)
    if taken.problem is not None:
        raise SeamwatchError(taken.text or taken.problem, code=taken.problem)


def _release_due(node: Any) -> None:
    from seamwatch.pipeline.centre.own_work import release_due

    for problem in release_due(node):
        say(problem)
