"""Tables of ACLED and UCDP GED into the record: each row an article of its own with one mention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.errors import InputError
from seamwatch.model.coded import RowText, row_text
from seamwatch.model.incident import Extraction, Mention
from seamwatch.model.text import Article, Rejected
from seamwatch.pipeline.coded_acled import acled_mention, acled_published
from seamwatch.pipeline.coded_ucdp import ucdp_mention
from seamwatch.pipeline.coded_values import Cells
from seamwatch.pipeline.given import check_mention
from seamwatch.vocabulary.coded import LABEL_COLUMNS, LABEL_MARK, Dataset, Table
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.ingest.coded import CodedRow
    from seamwatch.resolve.actor_register import ActorRegister


def coded_table(source: str) -> Table | None:
    """Return the dataset that a source is a table of; None where it is no CSV file of a known one."""
    if not source.lower().endswith(".csv"):
        return None
    from seamwatch.ingest.coded import table_of

    return table_of(Path(source))


def given_rows(
    source: str, table: Table, note: Callable[[str], None]
) -> Iterator[tuple[Article, Extraction, str] | Rejected]:
    """Yield the article and the mention of each row of a dataset's file, and where it stands; in order."""
    from seamwatch.ingest.coded import read_rows
    from seamwatch.resolve.actor import load_register

    register = load_register()
    for row in read_rows(Path(source), table, note):
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            article, extraction = article_of(row, register)
        except InputError as wrong:
            name = row.cells.get(table.key, "").strip() or None
            reason = f"{row.origin}: {wrong}"
            yield Rejected(origin=row.origin, stage="ingest", code=wrong.code, reason=reason, id=name)
            continue
        yield article, extraction, row.origin


def article_of(row: CodedRow, register: ActorRegister) -> tuple[Article, Extraction]:
    """Return a row as an article whose text names each column, with its one mention.

    The article's id is the dataset's and the event's: a row of the same event whose cells changed is a new
    version of it. InputError where a cell can't be read.
    """
    from seamwatch.read.article import hash_content

    table, cells = row.table, Cells(row.cells)
    event = cells.needed(table.key)
    if table.dataset is Dataset.UCDP:
        event = str(cells.number(table.key, most=10**15))
    name = f"{table.dataset.value}-{event}"
    made = row_text(table.dataset, row.cells.items())
    mention = _MENTIONS[table.dataset](f"{name}#1", made, cells, register)
    title = f"{table.name} event {event}"
    article = Article(
        id=name,
        text=made.text,
        title=title,
        published=acled_published(cells) if table.dataset is Dataset.ACLED else None,
        source=table.name,
        language="en",
        content_hash=hash_content(title, made.text),
        tlp=_label(table, cells),
    )
    check_mention(mention, article, row.origin)
    return article, Extraction(mentions=(mention,))


def _label(table: Table, cells: Cells) -> Tlp | None:
    """Return the strictest label that a table of our own making gives a row, None where it gives none."""
    parts = cells.text(LABEL_COLUMNS[table.dataset]).split(";")
    said = {part.strip().removeprefix(LABEL_MARK) for part in parts if LABEL_MARK in part}
    labels = [label for label in Tlp if label in said]
    return labels[-1] if labels else None


_MENTIONS: dict[Dataset, Callable[[str, RowText, Cells, ActorRegister], Mention]] = {
    Dataset.ACLED: acled_mention,
    Dataset.UCDP: ucdp_mention,
}
