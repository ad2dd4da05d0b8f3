"""`seamwatch compact`: the database's files written anew, without a trace of what was erased."""

from __future__ import annotations

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.output import stages, utf8_output

TRACES = (
    "bytes of what was withdrawn or erased may be left in the database's files: seamwatch compact writes "
    "them anew"
)


def compact(
    db: str = DB_OPTION,
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Say whether traces may be left and what room is needed; change nothing."
    ),
) -> None:
    """Write the database's files anew: no byte is left in them of what was withdrawn, replaced or erased.

    `forget` does this by itself, and so does an exchange where the database
    has at most 256 MB. Nothing of the record changes. Other programs may have
    the database open; while it is written they wait, and say so. After a
    crash the record is whole, and the command can be run again.

    Not erased: files that you exported or copied, backups, and what your disk
    keeps of files that were overwritten.

    Example: seamwatch compact --db kirkuk.db
    """
    utf8_output()
    with open_database(db) as store:
        before = store.size()
        if dry_run:
            typer.echo(TRACES if store.has_traces() else "nothing was erased since it was last written anew")
            for room in store.room_to_erase():
                typer.echo(f"needs {_mb(room.needed)} MB in {room.folder}; {_mb(room.free)} MB are free")
            return
        with stages() as progress:
            store.erase_traces(progress)
        after = store.size()
    typer.echo(
        f"written anew: {_mb(before)} MB before, {_mb(after)} MB now; no byte of what was erased is left"
    )


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f}"
