"""Rows of coded datasets as articles: the text that a row becomes, and the row that such a text was.

A row's text names each column on a line of its own: nothing of the row is lost, every value has its quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seamwatch.model.incident import Mention
from seamwatch.model.text import Evidence, Span
from seamwatch.vocabulary.coded import TABLES, Dataset

_LINE = re.compile(r"([^\s:][^:\n]*): (.*)", re.DOTALL)
_INDENT = "    "  # begins the further lines of a cell that has several


@dataclass(frozen=True, slots=True, kw_only=True)
class RowText:
    """A row as text. `lines` are the spans of the columns' lines, `values` those of their cells alone."""

    dataset: Dataset
    text: str
    lines: Mapping[str, Span]
    values: Mapping[str, Span]

    def line(self, column: str) -> tuple[Evidence, ...]:
        """Return a column's line as evidence: its name and its cell; nothing where the cell is empty."""
        return self._evidence(self.lines.get(column))

    def value(self, column: str) -> tuple[Evidence, ...]:
        """Return a column's cell as evidence."""
        return self._evidence(self.values.get(column))

    def part(self, column: str, words: str) -> tuple[Evidence, ...]:
        """Return the first place in a column's cell that has these words as evidence."""
        span = self.values[column]
        start = self.text.index(words, span.start, span.end)
        return self._evidence(Span(start=start, end=start + len(words)))

    def _evidence(self, span: Span | None) -> tuple[Evidence, ...]:
        if span is None:
            return ()
        return (Evidence(span=span, quote=self.text[span.start : span.end], by=self.dataset.value),)


def row_text(dataset: Dataset, cells: Iterable[tuple[str, str]]) -> RowText:
    r"""Return the text of a row: what it is, then a line for each cell that is not empty.

    Line ends in a cell must be "\n". A further line of a cell is indented, so that it is never taken for
    another column.

    >>> made = row_text(Dataset.UCDP, [("id", "7"), ("side_a", ""), ("best", "2")])
    >>> made.text
    'A row of UCDP GED.\n\nid: 7\nbest: 2\n'
    >>> made.line("best")[0].quote, cells_of(made.text)
    ('best: 2', {'id': '7', 'best': '2'})
    """
    text = f"A row of {TABLES[dataset].name}.\n\n"
    lines: dict[str, Span] = {}
    values: dict[str, Span] = {}
    for column, cell in cells:
        if cell:
            start, begin = len(text), len(text) + len(column) + 2
            text += f"{column}: {cell.replace(chr(10), chr(10) + _INDENT)}"
            lines[column], values[column] = Span(start=start, end=len(text)), Span(start=begin, end=len(text))
            text += "\n"
    return RowText(dataset=dataset, text=text, lines=lines, values=values)


def cells_of(text: str) -> dict[str, str]:
    """Return the cells of the row that `row_text` made a text of; those that were empty are left out."""
    _, _, rows = text.partition("\n\n")
    cells: dict[str, str] = {}
    column = ""
    for line in rows.removesuffix("\n").split("\n"):
        if line.startswith(_INDENT) and column:
            cells[column] += "\n" + line.removeprefix(_INDENT)
        elif match := _LINE.fullmatch(line):
            column, cells[match[1]] = match[1], match[2]
    return cells


def event_of(mention: Mention) -> tuple[str, str] | None:
    """Return the dataset and the event's id in it, where a mention is a dataset's row; else None.

    The row's own line says it: `event_id_cnty: SYR123`, found by "acled".
    """
    for evidence in mention.evidence:
        if evidence.by in _MARKS:
            table = TABLES[Dataset(evidence.by)]
            if evidence.quote.startswith(f"{table.key}: "):
                return evidence.by, evidence.quote.partition(": ")[2].strip().removesuffix(".0")
    return None


_MARKS = frozenset(Dataset)
