"""The parts of a document that every format writes: headings, lines, tables, figures, entries, sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Style = Literal["", "strong", "soft"]


@dataclass(frozen=True, slots=True)
class Run:
    """Some plain text, never markup, and the numbers of the sources that it rests on."""

    text: str
    style: Style = ""
    notes: tuple[int, ...] = ()


Line = tuple[Run, ...]

WHOLE = 5
"""Of up to so many notes the numbers stay on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: level 2 of a part, level 3 within one."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph. A lead is the summary at the top; small is for what stands under a figure."""

    line: Line
    kind: Literal["plain", "lead", "small"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of lines."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One key figure: the number, what it is, its range, and how it compares."""

    value: str
    label: str
    range: str = ""
    compared: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Key figures beside one another."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; all columns but the first hold numbers. `total` says that the last row sums the others."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing as SVG, with what it shows for those who can't see it, and a caption."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One incident: what it was; where and when; a badge; what is told of it, line by line with a label."""

    title: Run
    where: Run
    day: Run
    badge: str
    calm: bool
    facts: tuple[tuple[str, Line], ...]
    id: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source by its number: outlet and day, the article's title, its id, and its address."""

    number: int
    outlet: str
    title: str
    article: str
    url: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The numbered sources."""

    sources: tuple[Source, ...]


Block = Heading | Paragraph | Items | Cards | Table | Figure | Entry | Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report ready to be written: its head, its parts in order, and its foot.

    `facts` are the lines of its head: (label, value). `running` stands on every page.
    """

    title: str
    subtitle: str
    made: datetime
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = field(default=())
    running: str = ""
