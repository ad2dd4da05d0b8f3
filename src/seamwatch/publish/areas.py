"""Areas written for people and programs: a table, JSON without outlines, one area as GeoJSON."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TextIO

from seamwatch.model.area import Area, AreaShare, Authority
from seamwatch.model.area_codec import area_json
from seamwatch.publish.plain import json_line, printable

EMPTY = (
    "No areas are stored. Add your own with seamwatch areas add FILE (GeoJSON or GeoPackage), or the "
    "example with seamwatch areas add --example northern-iraq.\n"
)


def days_words(since: date | None, until: date | None) -> str:
    """Return from when to when, or "" where both ends are open.

    >>> days_words(date(2014, 6, 12), date(2017, 10, 16)), days_words(None, date(2017, 10, 16))
    ('2014-06-12 to 2017-10-16', 'until 2017-10-16')
    """
    if since is not None and until is not None:
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""


def authority_words(authority: Authority) -> str:
    """Return who administers, claims or secures, and from when to when.

    >>> authority_words(Authority(name="Peshmerga", role="secures", until=date(2017, 10, 16)))
    'secured by Peshmerga until 2017-10-16'
    """
    done = {"administers": "administered", "claims": "claimed", "secures": "secured"}[authority.role]
    return f"{done} by {authority.name} {days_words(authority.since, authority.until)}".rstrip()


def share_words(share: AreaShare) -> str:
    """Return an incident's area in one line: its name, kind and weight, and whether it is indicative.

    >>> share_words(AreaShare(id="g", name="Garmiyan Administration", kind="administration", weight=0.62))
    'Garmiyan Administration (administration, 62 % of where it may lie; border indicative)'
    """
    part = percent(share.weight) or "all"
    border = "; border indicative" if share.indicative else ""
    return f"{share.name} ({share.kind}, {part} of where it may lie{border})"


def percent(weight: float) -> str:
    """Return a weight as a whole percentage; "" where all of the region is inside.

    >>> percent(0.077), percent(0.999)
    ('8 %', '')
    """
    return "" if weight >= 0.995 else f"{weight * 100:.0f} %"


def areas_words(shares: Iterable[AreaShare]) -> str:
    """Return the areas of an incident, the most certain first; those that hold only a part with its size.

    >>> front = AreaShare(id="f", name="Front", kind="front", weight=1.0)
    >>> areas_words([front, AreaShare(id="k", name="Kifri district", kind="disputed", weight=0.89)])
    'Front; Kifri district 89 %'
    """
    return "; ".join(f"{share.name} {percent(share.weight)}".rstrip() for share in shares)


def write_table(areas: Iterable[Area], incidents: Mapping[str, int], out: TextIO) -> None:
    """Write a table of areas with how many incidents lie in each, or one line that there are none."""
    found = list(areas)
    if not found:
        out.write(EMPTY)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = min(max(shutil.get_terminal_size((100, 24)).columns, 80), 160) if out.isatty() else 100
    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
    table.add_column("id", overflow="fold", ratio=4)
    table.add_column("name", overflow="fold", ratio=4)
    table.add_column("kind", no_wrap=True)
    table.add_column("country", no_wrap=True)
    table.add_column("administered by", overflow="fold", ratio=4)
    table.add_column("incidents", justify="right", no_wrap=True)
    for area in found:
        when = days_words(area.since, area.until)
        name = f"{area.name} ({when})" if when else area.name
        who = "; ".join(dict.fromkeys(a.name for a in area.authorities if a.role == "administers"))
        cells = (area.id, name, area.kind, area.country or "–", who or "–", str(incidents.get(area.id, 0)))
        # Text, not str: rich would read square brackets in a name as its own markup.
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console = Console(file=out, width=width, highlight=False)
    with console.capture() as drawn:
        console.print(table)
    out.writelines(f"{line.rstrip()}\n" for line in drawn.get().splitlines())


def write_json(areas: Iterable[Area], incidents: Mapping[str, int], out: TextIO) -> None:
    """Write `{"areas": [...]}` without outlines, one area a line, each with its number of incidents."""
    out.write('{"areas": [')
    for number, area in enumerate(areas):
        row = {**area_json(area)["properties"], "incidents": incidents.get(area.id, 0)}
        out.write(f"{',' if number else ''}\n{json_line(row)}")
    out.write("\n]}\n")


def write_feature(area: Area, out: TextIO) -> None:
    """Write one area as a GeoJSON Feature, as `seamwatch areas add` reads it."""
    out.write(f"{json_line(area_json(area))}\n")
