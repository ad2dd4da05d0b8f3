"""Which database a verb works on: --db, else SEAMWATCH_DB, else a file in the user's data folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from seamwatch.store.base import Store

DB_OPTION = typer.Option(
    None,
    "--db",
    envvar="SEAMWATCH_DB",
    metavar="DB",
    help="Database: a path. Without it, the one in your user data folder.",
    show_default=False,
)


def database_path(db: str | None) -> str:
    """Return the database to use; the user's data folder is made where it is needed."""
    if db:
        return db
    import platformdirs

    folder = Path(platformdirs.user_data_dir("seamwatch"))
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / "seamwatch.db")


def open_database(db: str | None, *, must_exist: bool = True) -> Store:
    """Return the opened store; where it must exist and does not, an error says how to make one."""
    from seamwatch.store import open_store

    return open_store(database_path(db), create=not must_exist)
