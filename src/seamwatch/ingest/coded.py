"""Tables of coded events: which dataset a CSV file is of, by its header, and its rows one by one."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from seamwatch.ingest.files import show_path
from seamwatch.model.text import Rejected
from seamwatch.vocabulary.coded import TABLES, Table

# So much of what a row needs must stand in a header for the file to be a dataset's.
_ENOUGH = 0.6
_NAME = re.compile(r"[^\s:][^:\n\r]{0,80}")
_LINE_END = re.compile("\r\n?")
# A cell that our own writers guarded against being run as a formula; see publish/cells.py.
_GUARDED = re.compile("'[=+\\-@\t\r\n＝＋－＠]")
_LONGEST = 1_000_000  # characters of one cell
_HEADER = 20_000  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedRow:
    """One row of a dataset's table. `number` is its place in the file as a spreadsheet shows it."""

    table: Table
    cells: dict[str, str]
    number: int
    origin: str


def table_of(path: Path) -> Table | None:
    """Return the dataset that a file is a table of; None where it is no CSV file of a known one."""
    if path.suffix.lower() != ".csv":
        return None
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except (OSError, ValueError):
        return None
    first = head.decode("utf-8-sig", errors="replace").splitlines()[:1]
    return _table(next(csv.reader(first), []))


def _table(header: Sequence[str]) -> Table | None:
    names = {name.strip() for name in header}
    share = {t.dataset: len(names.intersection(t.needed)) / len(t.needed) for t in TABLES.values()}
    best = max(TABLES.values(), key=lambda t: share[t.dataset])
    return best if share[best.dataset] >= _ENOUGH else None


def read_rows(path: Path, table: Table, note: Callable[[str], None]) -> Iterator[CodedRow | Rejected]:
    """Yield the rows of a dataset's CSV file (UTF-8) in order; a row that can't be read gives a rejection.

    A header that lacks a column, or has one twice, gives one rejection that says which. Columns that the
    dataset's codebook does not know are kept with the row; `note` is told of them.
    """
    shown = show_path(path)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            before = csv.field_size_limit(_LONGEST)
            try:
                yield from _rows(csv.reader(file), table, shown, note)
            finally:
                csv.field_size_limit(before)
    except OSError as wrong:
        reason = f"{shown}: can't be read ({wrong.strerror}); check the path and its permissions"
        yield Rejected(origin=shown, stage="ingest", code="unreadable", reason=reason)


def _rows(
    lines: Iterator[list[str]], table: Table, shown: str, note: Callable[[str], None]
) -> Iterator[CodedRow | Rejected]:
    header = [name.strip() for name in next(lines, [])]
    wrong = _wrong_header(header, table)
    if wrong:
        yield Rejected(origin=shown, stage="ingest", code="bad_columns", reason=f"{shown}: {wrong}")
        return
    more = [name for name in header if name not in table.columns]
    kept = [bool(_NAME.fullmatch(name)) and name.isprintable() for name in header]
    if more:
        note(f"{shown}: columns that {table.name} does not know are kept but not used: {', '.join(more)}")
    number = 1
    while True:
        number += 1
        origin = f"{shown}, row {number}"
        try:
            cells = next(lines, None)
            if cells is None:
                return
            if not any(cells):
                continue
            reason = _wrong_cells(cells, header)
        except csv.Error as broken:
            cells, reason = [], f"it is no CSV ({broken}); quote its cells"
        if reason:
            yield Rejected(origin=origin, stage="ingest", code="bad_row", reason=f"{origin}: {reason}")
            continue
        pairs = zip(header, cells, kept, strict=True)
        row = {name: _plain(cell) for name, cell, keep in pairs if keep}
        yield CodedRow(table=table, cells=row, number=number, origin=origin)


def _plain(cell: str) -> str:
    """Return a cell with plain line ends, and as it was before it was guarded."""
    cell = _LINE_END.sub("\n", cell)
    return cell[1:] if _GUARDED.match(cell) else cell


def _wrong_header(header: Sequence[str], table: Table) -> str:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        return f"the column {twice[0]} stands there twice; leave one of them out"
    missing = [name for name in table.needed if name not in header]
    if not missing:
        return ""
    others = [name for name in header if name not in table.columns]
    near = get_close_matches(missing[0], others, 1)
    known = "column" if len(missing) == 1 else "columns"
    instead = f"; is {near[0]!r} meant as {missing[0]}?" if near else "; add what is missing"
    return f"a table of {table.name}, but without the {known} {', '.join(missing)}{instead}"


def _wrong_cells(cells: Sequence[str], header: Sequence[str]) -> str:
    if len(cells) != len(header):
        return f"it has {len(cells)} cells, the header has {len(header)}; quote cells that hold commas"
    for name, cell in zip(header, cells, strict=True):
        if any("\ud800" <= sign <= "\udfff" for sign in cell):
            return f"{name} is not UTF-8; save the file as UTF-8"
    return ""
