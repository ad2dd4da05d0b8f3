"""Incidents as a table for the terminal."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from typing import TextIO

from seamwatch.model.incident import Incident
from seamwatch.publish.areas import areas_words
from seamwatch.publish.labels import strictest_said
from seamwatch.publish.plain import (
    actor_words,
    date_words,
    place_words,
    printable,
    toll_words,
)
from seamwatch.vocabulary.codes import Status

NARROWEST, WIDEST, UNKNOWN_WIDTH = 80, 160, 100
# Below this the status stands under the id and areas are not shown, so that place, type and actor keep room
# for their words.
ROOMY = 110
EMPTY = (
    "No incidents match. Either none are stored yet (seamwatch read SOURCE...), or a filter leaves none: "
    "widen --since, --until, --area, --type, --actor or --as-of, or add --status all for the denied, "
    "retracted and foiled ones.\n"
)
LABELLED = "strictest label: {label}\n"
LEGEND = "~ days not known exactly   ? claimed, accused or suspected   – nobody says\n"
_STYLES = {Status.CONFIRMED: "green", Status.CLAIMED: "yellow", Status.DENIED: "red", Status.RETRACTED: "red"}
_BREAK = re.compile(r"(?<=[/ ])(?=\S)")


def _width(out: TextIO) -> int:
    # A pipe has no width, and its reader's is not known.
    if not out.isatty() and "COLUMNS" not in os.environ:
        return UNKNOWN_WIDTH
    return min(max(shutil.get_terminal_size((UNKNOWN_WIDTH, 24)).columns, NARROWEST), WIDEST)


def shares(needs: Sequence[int], room: int) -> list[int]:
    """Return how wide each column may be: what it needs, and for wide ones an equal share of what is left.

    >>> shares([5, 40, 30], 45)
    [5, 20, 20]
    """
    given = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda i: needs[i])
    for number, column in enumerate(waiting):
        given[column] = min(needs[column], room // (len(needs) - number))
        room -= given[column]
    return given


def wrap(text: str, width: int) -> str:
    """Return the text in lines of at most `width`, broken after spaces and slashes where that is possible.

    >>> wrap("Remote explosive/landmine/IED", 12).splitlines()
    ['Remote', 'explosive/', 'landmine/IED']
    """
    lines = [""]
    for piece in _BREAK.split(text):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def write(incidents: Iterable[Incident], out: TextIO, *, width: int | None = None) -> None:
    """Write a table as wide as the terminal (80 to 160 columns), or one line that nothing matches."""
    found = list(incidents)
    if not found:
        out.write(EMPTY)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = width or _width(out)
    roomy = width >= ROOMY
    fixed = [
        (
            printable(i.id),
            date_words(i.date) if roomy else date_words(i.date).replace("/", "\n/"),
            toll_words(i.killed),
            toll_words(i.injured),
            str(i.voices),
        )
        for i in found
    ]
    heads = ["place", "what", "who"]
    words = [
        [
            printable(cell)
            for cell in (place_words(i.place), i.sub_event_type.value, actor_words(i.perpetrators))
        ]
        for i in found
    ]
    if roomy and any(i.areas for i in found):
        heads.insert(1, "areas")
        for cells, incident in zip(words, found, strict=True):
            cells.insert(1, printable(areas_words(incident.areas)))
    titles = ("id", "date", "killed", "injured", "sources")
    status_width = max(len(i.status) for i in found)
    taken = [
        max(len(title), *(len(line) for row in fixed for line in row[n].split("\n")))
        for n, title in enumerate(titles)
    ]
    if roomy:
        taken.append(status_width)
    else:
        taken[0] = max(taken[0], status_width)
    gaps = len(taken) + len(heads) - 1
    room = max(width - sum(taken) - gaps, 24)
    widths = shares([max(8, *(len(row[n]) for row in words)) for n in range(len(heads))], room)

    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
    # What is copied or compared stays whole; the rest wraps.
    table.add_column("id", no_wrap=True, width=taken[0])
    table.add_column("date", no_wrap=True, width=taken[1])
    for title, share in zip(heads, widths, strict=True):
        table.add_column(title, width=share, overflow="fold")
    for title, share in zip(titles[2:], taken[2:], strict=False):
        table.add_column(title, width=share, justify="right", no_wrap=True)
    if roomy:
        table.add_column("status", no_wrap=True, width=status_width)
    for incident, row, cells in zip(found, fixed, words, strict=True):
        status = Text(incident.status.value, style=_STYLES.get(incident.status, "dim"))
        # Text, not str: rich would read an article's square brackets as its own markup.
        head = Text(row[0]) if roomy else Text("\n").join([Text(row[0]), status])
        wrapped = [Text(wrap(cell, share) or "–") for cell, share in zip(cells, widths, strict=True)]
        rest = [Text(cell or "–") for cell in row[2:]]
        table.add_row(head, Text(row[1] or "–"), *wrapped, *rest, *([status] if roomy else []))
    console = Console(file=out, width=width, highlight=False)
    with console.capture() as drawn:
        console.print(table)
    out.writelines(f"{line.rstrip()}\n" for line in drawn.get().splitlines())
    out.write(LEGEND)
    if (label := strictest_said(found)) is not None:
        out.write(LABELLED.format(label=label.value))
