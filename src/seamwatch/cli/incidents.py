"""`seamwatch incidents`: list what the record holds."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum

import typer

from seamwatch.cli.database import DB_OPTION, open_database
from seamwatch.cli.filter_words import MOMENT, check_type, statuses_of
from seamwatch.cli.output import utf8_output
from seamwatch.vocabulary.codes import Policy
from seamwatch.vocabulary.coordination import Tlp

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
    MISP = "misp"
    CAP = "cap"


class Label(StrEnum):
    """The labels of TLP 2.0, as they are typed."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"


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
        formats=MOMENT,
        metavar="DATETIME",
        help="The state as it was believed then (a day counts to its end).",
        show_default=False,
    ),
    status: str = typer.Option(
        "confirmed,unconfirmed,claimed",
        help="Statuses to list, with commas: also denied, retracted, foiled; or all.",
    ),
    policy: Policy = POLICY_OPTION,
    max_tlp: Label = typer.Option(
        None,
        "--max-tlp",
        help="Only what bears this label or a freer one; the rest is told without what is above.",
        show_default=False,
    ),
) -> None:
    """List incidents: one line each, or in a format for other programs.

    Example: seamwatch incidents --db kirkuk.db --area Kirkuk --since 2024-03-01
    """
    from seamwatch.pipeline.visibility import FULL, list_visible
    from seamwatch.publish import writer_of
    from seamwatch.store.base import IncidentFilter

    utf8_output()
    check_type(type, "incidents")
    wanted = IncidentFilter(
        since=since.date() if since else None,
        until=until.date() if until else None,
        area=area,
        type=type,
        actor=actor,
        statuses=statuses_of(status, "incidents"),
    )
    with open_database(db) as store:
        clearance = FULL if max_tlp is None else Tlp(f"TLP:{max_tlp.value.upper()}")
        found = list_visible(store, wanted, clearance, as_of=as_of, policy=policy)
        writer_of(format.value, store)(found, sys.stdout)
