"""Incidents as CSV, one row each."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

from seamwatch.model.incident import Incident
from seamwatch.publish.plain import flat_row, printable

_TOLLS = tuple(
    f"{outcome}_{part}"
    for outcome in ("killed", "injured", "missing", "abducted")
    for part in ("low", "best", "high")
)
COLUMNS = (
    *"id event_type sub_event_type status date_start date_end date_precision".split(),
    *"place admin2 admin1 country lat lon where_precision radius_km geonameid".split(),
    *"perpetrators targets victims weapons".split(),
    *_TOLLS,
    *"claims disagreements voices sources articles urls aliases areas parties tlp".split(),
)
"""The header, in this order for ever; new columns are added at the end."""

# A spreadsheet runs a cell that begins so, and a name from an article may. The wide forms count too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> Any:
    """Return a value as a cell: a text that a spreadsheet would run gets an apostrophe before it.

    >>> cell("=HYPERLINK(...)"), cell(-33.5)
    ("'=HYPERLINK(...)", -33.5)
    """
    if not isinstance(value, str):
        return value
    return f"'{printable(value)}" if value.startswith(_FORMULA) else printable(value)


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write a header and one row for each incident."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for incident in incidents:
        row = flat_row(incident)
        rows.writerow([cell(row[column]) for column in COLUMNS])
