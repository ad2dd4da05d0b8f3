"""How alike two mentions are, and what linking changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Link(NamedTuple):
    """The log-odds, in thousandths, that two mentions tell one incident: what the rules say of a pair.

    `left` < `right` are ids. A pair without a link says that they do not.
    """

    left: str
    right: str
    odds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """People's judgements that can't all hold: `same` binds together what `different` keeps apart."""

    same: tuple[str, str]
    different: tuple[str, str]
