"""`seamwatch label`: TLP labels of own articles, with who gave them, when and why."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.decide import BY_OPTION, WHY_OPTION, who_decides
from seamwatch.cli.output import json_line, say, utf8_output
from seamwatch.errors import InputError
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.model.label import LabelOrder

ID = typer.Argument(
    ..., metavar="ID", help="An article's id; or an incident's, for all own articles that tell it."
)

app = typer.Typer(
    name="label",
    help=(
        "Give own articles a TLP label: it decides which accounts see them, stands in exports, and raises "
        "the label under which what they tell is released. Who, when and why stays; it can be undone."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def label_named(words: str) -> Tlp:
    """Return the label that is typed, with or without "TLP:"; InputError where it is none."""
    name = words.strip().upper().removeprefix("TLP:")
    try:
        return Tlp(f"TLP:{name}")
    except ValueError:
        known = ", ".join(label.value.removeprefix("TLP:").lower() for label in Tlp)
        raise InputError(f"{words[:60]!r} is no label; these are: {known}") from None


@app.command("set")
def set_(
    id: str = ID,
    label: str = typer.Argument(..., metavar="LABEL", help="clear, green, amber, amber+strict or red."),
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Give an article, or all own articles that tell an incident, a label. To a freer one, say why.

    Example: seamwatch label set i-4f7x2m9qpa red --why "the witness is in danger" --db kirkuk.db
    """
    from seamwatch.pipeline.labels import set_label

    utf8_output()
    wanted = label_named(label)
    with open_database(db) as store:
        _tell(set_label(store, id, wanted, by=who_decides(by), why=why))


@app.command("clear")
def clear(
    id: str = ID,
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Take the label away. An own article without one counts as TLP:AMBER.

    Example: seamwatch label clear A17 --why "published by the ministry" --db kirkuk.db
    """
    from seamwatch.pipeline.labels import set_label

    utf8_output()
    with open_database(db) as store:
        _tell(set_label(store, id, None, by=who_decides(by), why=why))


@app.command("undo")
def undo(
    number: str = typer.Argument(..., metavar="NUMBER", help="As `label list` shows it: l3."),
    by: str = BY_OPTION,
    why: str = WHY_OPTION,
    db: str = DB_OPTION,
) -> None:
    """Take a label back: the articles bear what they bore before it.

    Example: seamwatch label undo l3 --db kirkuk.db
    """
    from seamwatch.pipeline.labels import undo_label

    utf8_output()
    digits = number.strip().lower().removeprefix("l")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise InputError(f"{number!r} is no label's number; `seamwatch label list` shows them, as l3")
    with open_database(db) as store:
        _tell(undo_label(store, int(digits), by=who_decides(by), why=why))


@app.command("list")
def list_(
    about: str = typer.Argument(None, metavar="[ID]", help="Only about this article or incident."),
    json: bool = typer.Option(False, "--json", help="Write JSON, one order a line."),
    db: str = DB_OPTION,
) -> None:
    """List the labels that people gave, the latest first: who, when and why.

    Example: seamwatch label list i-4f7x2m9qpa --db kirkuk.db
    """
    from seamwatch.pipeline.labels import labels_told
    from seamwatch.publish.columns import write_columns
    from seamwatch.publish.labels import label_order_json

    utf8_output()
    with open_database(db) as store:
        orders = labels_told(store, about)
    if json:
        for order in orders:
            typer.echo(json_line(label_order_json(order)))
        return
    if not orders:
        say("nobody gave a label; articles that came with one say so in `seamwatch explain ID`")
        return
    rows = [
        (o.name, _day(o.at), o.by, o.tlp.value if o.tlp else "none", " ".join(_changed(o)), _why(o))
        for o in orders
    ]
    write_columns(("NO", "WHEN", "WHO", "LABEL", "ARTICLES", "WHY"), rows, sys.stdout)


def _tell(order: LabelOrder) -> None:
    from seamwatch.publish.plain import printable

    label = order.tlp.value if order.tlp else "no label"
    word = "undone" if order.undoes is not None else "set"
    typer.echo(printable(f"{order.name}: {word}: {label} on {', '.join(_changed(order))}"))
    say("what other parties hold of it follows with the next `seamwatch release run` or exchange")


def _changed(order: LabelOrder) -> list[str]:
    return [change.article for change in order.changes]


def _why(order: LabelOrder) -> str:
    return f"undoes l{order.undoes}{f': {order.why}' if order.why else ''}" if order.undoes else order.why


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
