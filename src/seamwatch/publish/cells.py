"""Tables for the field: cells that no spreadsheet runs, and the row that an incident was imported from."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from seamwatch.model.coded import cells_of, event_of
from seamwatch.model.incident import Incident, Mention
from seamwatch.model.text import Article
from seamwatch.publish.incident_csv import cell
from seamwatch.vocabulary.coded import Table

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_ID = re.compile(f"i-([{_LETTERS}]{{10}})")

Row = dict[str, Any]


class Articles(Protocol):
    """Where the texts of imported rows are kept; a store is one."""

    def article(self, article_id: str) -> Article | None:
        """Return the article, or None where there is none of this id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The row that tells an incident: its cells, the mention made of it, and whether it is all there is."""

    cells: Mapping[str, str]
    mention: Mention
    alone: bool


def imported_row(incident: Incident, table: Table, articles: Articles | None) -> Imported | None:
    """Return the row of a dataset that an incident was imported from, the one read last; else None.

    None too where its text is not at hand: without `articles`, or after it was erased.
    """
    if articles is None:
        return None
    rows = [m for m in incident.mentions if (event_of(m.mention) or ("",))[0] == table.dataset.value]
    if not rows:
        return None
    last = max(rows, key=lambda m: (m.article.known is not None, m.article.known, m.article.id))
    article = articles.article(last.article.id)
    if article is None:
        return None
    alone = len(incident.mentions) == 1 and not incident.decisions
    return Imported(cells=cells_of(article.text), mention=last.mention, alone=alone)


def changed(incident: Incident, mention: Mention, fields: Iterable[str]) -> bool:
    """Return whether the incident by now has another value than the mention in one of these fields."""
    return any(getattr(incident, name) != getattr(mention, name) for name in fields)


def merged_row(
    incident: Incident, row: Imported, own: Row, groups: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
) -> Row:
    """Return an imported row with what has changed since.

    `groups` are fields of an incident with the columns that follow from them: where one of the fields has
    another value than the row's, all of these columns are the incident's own.
    """
    stale = {c for fields, columns in groups if changed(incident, row.mention, fields) for c in columns}
    return {name: value if name in stale else row.cells.get(name, "") for name, value in own.items()}


def write_table(
    incidents: Iterable[Incident], out: TextIO, columns: Sequence[str], row: Callable[[Incident], Row]
) -> None:
    """Write a header and the row of each incident as CSV; what is None is an empty cell."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(columns)
    for incident in incidents:
        found = row(incident)
        rows.writerow([safe(found[name]) for name in columns])


def safe(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet runs; a number stays one, also written as text.

    >>> safe("-33.5"), safe("-1+cmd"), safe(None)
    ('-33.5', "'-1+cmd", '')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) and _NUMBER.fullmatch(value) else cell(value)


def number_of(incident_id: str) -> int:
    """Return the number of an incident, below 2**50 and the same for ever: its id read as base 32.

    >>> number_of("i-aaaaaaaabc")
    34
    """
    match = _ID.fullmatch(incident_id)
    if match is None:  # an id that another program gave
        from hashlib import sha256

        return int.from_bytes(sha256(incident_id.encode()).digest()[:7], "big") >> 6
    number = 0
    for letter in match[1]:
        number = number * 32 + _LETTERS.index(letter)
    return number
