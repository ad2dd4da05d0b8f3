"""Rows of words as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from seamwatch.publish.plain import printable
from seamwatch.publish.table import _width, shares, wrap


def write_columns(titles: Sequence[str], rows: Sequence[Sequence[str]], out: TextIO) -> None:
    """Write rows under their titles, as wide as the terminal (80 to 160 columns); long cells wrap.

    A title that ends in a blank stands over numbers, which are set to the right.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = _width(out)
    cells = [[printable(cell) for cell in row] for row in rows]
    needs = [max(len(t.strip()), *(len(row[n]) for row in cells)) for n, t in enumerate(titles)]
    widths = shares(needs, width - len(titles) + 1)
    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False)
    for title, share in zip(titles, widths, strict=True):
        right = title.endswith(" ")
        table.add_column(title.strip(), width=share, justify="right" if right else "left", overflow="fold")
    for row in cells:
        # Text, not str: rich would read square brackets as its own markup.
        table.add_row(*(Text(wrap(cell, share) or "–") for cell, share in zip(row, widths, strict=True)))
    console = Console(file=out, width=width, highlight=False)
    with console.capture() as drawn:
        console.print(table)
    out.writelines(f"{line.rstrip()}\n" for line in drawn.get().splitlines())
