"""What people ordered about the labels of own articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seamwatch.vocabulary.coordination import Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """One article whose label an order changed: from `before` to `after`, None for no label of its own."""

    article: str
    before: Tlp | None
    after: Tlp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrder:
    """Who gave own articles a label (`tlp`, None takes it away), when and why.

    `about` is the id that was named, an article's or an incident's; `changes` has each article whose label it
    changed. `undoes` is the number of an order that it takes back. `number` is the store's.
    """

    about: str
    tlp: Tlp | None
    by: str
    at: datetime
    why: str = ""
    undoes: int | None = None
    changes: tuple[LabelChange, ...] = ()
    number: int = 0

    @property
    def name(self) -> str:
        """Return the order's number as people call it, as l3."""
        return f"l{self.number}"
