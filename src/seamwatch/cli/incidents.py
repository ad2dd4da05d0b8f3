"""`seamwatch incidents`: list what the record holds."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.output import EXIT_USAGE, say, utf8_output
from seamwatch.vocabulary.codes import Policy

if TYPE_CHECKING:
    from seamwatch.vocabulary.codes import Status

POLICY_OPTION = typer.Option(
    Policy.UCDP,
    "--policy",
    metavar="POLICY",
    help=(
        "Which value is shown where sources differ. ucdp: the newest sure figure, rivals as low and high. "
        "conservative: the lowest figure. latest: what was told last. "
        "corroborated: what most independent sources give."
    ),
)


class Format(StrEnum):
    """How incidents are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    GEOJSON = "geojson"
    ACLED = "acled"
    UCDP = "ucdp"
    PLOVER = "plover"
    HXL = "hxl"


def incidents(
    db: str = DB_OPTION,
    format: Format = typer.Option(
        Format.TABLE, "--format", "-f", help="How to write them: see docs/reference/formats.md."
    ),
    since: datetime = typer.Option(
        None, formats=["%Y-%m-%d"], metavar="DATE", help="From this day on.", show_default=False
    ),
    until: datetime = typer.Option(
        None, formats=["%Y-%m-%d"], metavar="DATE", help="Up to this day.", show_default=False
    ),
    area: str = typer.Option(
        None, help="A place, district, province, country code (IQ) or stored area.", show_default=False
    ),
    type: str = typer.Option(
        None, "--type", help="An ACLED event type or sub-event type.", show_default=False
    ),
    actor: str = typer.Option(None, help="An actor's name or a part of it.", show_default=False),
    as_of: datetime = typer.Option(
        None,
        "--as-of",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        metavar="DATETIME",
        help="The state as it was believed then (a day counts to its end).",
        show_default=False,
    ),
    status: str = typer.Option(
        "confirmed,unconfirmed,claimed",
        help="Statuses to list, with commas: also denied, retracted, foiled; or all.",
    ),
    policy: Policy = POLICY_OPTION,
) -> None:
    """List incidents: one line each, or in a format for other programs.

    Example: seamwatch incidents --db kirkuk.db --area Kirkuk --since 2024-03-01
    """
    from seamwatch.pipeline.listing import list_incidents
    from seamwatch.publish import writer_of
    from seamwatch.store.base import IncidentFilter

    utf8_output()
    _check_type(type)
    wanted = IncidentFilter(
        since=since.date() if since else None,
        until=until.date() if until else None,
        area=area,
        type=type,
        actor=actor,
        statuses=_statuses(status),
    )
    with open_database(db) as store:
        writer_of(format.value, store)(list_incidents(store, wanted, as_of, policy), sys.stdout)


def _check_type(text: str | None) -> None:
    """End with the list of types where `text` is none of them."""
    from seamwatch.vocabulary.acled import EventType, SubEventType

    known = [*EventType, *SubEventType]
    if text is not None and text.strip().lower() not in {name.value.lower() for name in known}:
        say(f"seamwatch incidents: --type {text!r} is no type; give one of: {', '.join(known)}")
        raise typer.Exit(EXIT_USAGE)


def _statuses(text: str) -> tuple[Status, ...] | None:
    """Return the statuses of a comma list; None for all of them."""
    from seamwatch.vocabulary.codes import Status

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if "all" in names:
        return None
    try:
        return tuple(Status(name) for name in names)
    except ValueError:
        say(f"seamwatch incidents: --status {text!r}: give all, or some of: {', '.join(Status)}")
        raise typer.Exit(EXIT_USAGE) from None
