"""`seamwatch decide`: what a person decides about incidents, undoable and kept for ever."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.decided import change_lines, contradiction_lines
from seamwatch.cli.output import say, utf8_output
from seamwatch.errors import InputError

if TYPE_CHECKING:
    from seamwatch.pipeline.decide import Decided, Decider
    from seamwatch.store.base import Store

ABOUT = "An incident's id, or a mention's."
ID = typer.Argument(..., metavar="ID", help=ABOUT)
ONE = typer.Argument(..., metavar="ONE", help=ABOUT)
OTHER = typer.Argument(..., metavar="OTHER", help=ABOUT)
BY_OPTION = typer.Option(
    None,
    "--by",
    envvar="SEAMWATCH_USER",
    metavar="NAME",
    help="Who decides. Without it, your login name.",
    show_default=False,
)
WHY_OPTION = typer.Option(
    "", "--why", metavar="TEXT", help="The reason, for whoever reads it later.", show_default=False
)
DRY_RUN_OPTION = typer.Option(False, "--dry-run", help="Say what would change, and change nothing.")

app = typer.Typer(
    name="decide",
    help=(
        "Decide what the rules can't: that two are one incident or not, that it happened, what a value is. "
        "Your decision wins over the rules and over later articles, names you, and can be undone."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class ListFormat(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"


def who_decides(by: str | None) -> str:
    """Return the name given, else that of the login; InputError where there is none."""
    if by is not None and by.strip():
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise InputError("who decides? give your name with --by, or set SEAMWATCH_USER") from None


def _decide(db: str | None, by: str | None, dry_run: bool, make: Callable[[Decider, Store], Decided]) -> None:
    """Make one decision, and say what it changed."""
    from seamwatch.pipeline.decide import Decider

    utf8_output()
    with open_database(db) as store:
        decided = make(Decider(store, by=who_decides(by), dry_run=dry_run), store)
    for line in change_lines(decided):
        typer.echo(line)
    for line in contradiction_lines(decided.contradictions):
        say(line)


@app.command("confirm")
def confirm(
    id: str = ID,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Confirm that an incident happened, whatever the number of its sources.

    Example: seamwatch decide confirm i-4f7x2m9qpa --why "our office called the hospital" --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.confirm(id, why=why))


@app.command("same")
def same(
    one: str = ONE,
    other: str = OTHER,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Decide that two incidents are one. The earlier one's id stays, the other id leads to it.

    If you name two mentions and somebody held others of the two incidents
    apart, it is about these two mentions alone.

    Example: seamwatch decide same i-4f7x2m9qpa i-7cd2k5wzta --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.same(one, other, why=why))


@app.command("different")
def different(
    one: str = ONE,
    other: str = OTHER,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Decide that two mentions, or two incidents, are not one: no later article makes them one.

    Example: seamwatch decide different "N7#1" "N9#1" --why "two roads" --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.different(one, other, why=why))


@app.command("unsure")
def unsure(
    one: str = ONE,
    other: str = OTHER,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Decide that it can't be told whether two are one: they leave the review queue.

    Example: seamwatch decide unsure "N7#1" "N9#1" --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.unsure(one, other, why=why))


@app.command("split")
def split(
    id: str = typer.Argument(..., metavar="ID", help="The incident's id."),
    mentions: list[str] = typer.Argument(
        ..., metavar="MENTION...", help="The mentions that tell another incident."
    ),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Part mentions from an incident: they tell another one. The id stays with the earliest mention.

    Example: seamwatch decide split i-4f7x2m9qpa "N9#1" "N11#2" --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.split(id, mentions, why=why))


@app.command("merge")
def merge(
    ids: list[str] = typer.Argument(..., metavar="ID...", help="The incidents' ids, two or more."),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Make several incidents one, whatever was decided of their mentions before.

    Example: seamwatch decide merge i-4f7x2m9qpa i-7cd2k5wzta i-b3nq8xw2le --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.merge(ids, why=why))


@app.command("correct")
def correct(
    id: str = ID,
    field: str = typer.Argument(
        ...,
        metavar="FIELD",
        help="killed, injured, missing, abducted, date, place, type, perpetrators or status.",
    ),
    value: str = typer.Argument(
        ...,
        metavar="VALUE",
        help="As 3, 2..4 or 2/3/4; 2024-03-02 or 2024-03-01..2024-03-07; a place; names; none: not known.",
    ),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Correct one value of an incident. What the articles say stays beside it, as disagreements.

    Example: seamwatch decide correct i-4f7x2m9qpa place "Daquq, Kirkuk" --db kirkuk.db
    """
    from seamwatch.pipeline.correction_words import field_name, written_value

    name = field_name(field)
    _decide(
        db,
        by,
        dry_run,
        lambda decider, store: decider.correct(id, name, written_value(name, value, store), why=why),
    )


@app.command("retract")
def retract(
    id: str = ID,
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Retract an incident: it did not happen. It stays in the record and is listed only when asked for.

    Example: seamwatch decide retract i-4f7x2m9qpa --why "a controlled explosion" --db kirkuk.db
    """
    _decide(db, by, dry_run, lambda decider, _: decider.retract(id, why=why))


@app.command("undo")
def undo(
    number: str = typer.Argument(..., metavar="DECISION", help="A decision's number, as d12."),
    db: str = DB_OPTION,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    dry_run: bool = DRY_RUN_OPTION,
) -> None:
    """Undo a decision: it no longer holds, and stays in the list as undone.

    Example: seamwatch decide undo d12 --db kirkuk.db
    """
    wanted = decision_number(number)
    _decide(db, by, dry_run, lambda decider, _: decider.undo(wanted, why=why))


def decision_number(written: str) -> int:
    """Return the number of a decision as the user calls it, d12 or 12; InputError where it is none."""
    digits = written.strip().lower().removeprefix("d")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise InputError(f"{written!r} is no decision's number; `seamwatch decide list` shows them, as d12")
    return int(digits)


@app.command("list")
def list_(
    db: str = DB_OPTION,
    about: str = typer.Option(
        None, "--about", metavar="ID", help="Only those about this incident.", show_default=False
    ),
    format: ListFormat = typer.Option(ListFormat.TABLE, "--format", "-f", help="How to write them."),
) -> None:
    """List the decisions, the latest first, also those that were undone.

    Example: seamwatch decide list --about i-4f7x2m9qpa --db kirkuk.db
    """
    from seamwatch.pipeline.history import decisions_told
    from seamwatch.publish.decisions import write_json, write_table

    utf8_output()
    with open_database(db) as store:
        write = write_json if format is ListFormat.JSON else write_table
        write(decisions_told(store, about), sys.stdout)
