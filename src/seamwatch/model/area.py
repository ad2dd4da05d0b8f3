"""Areas: outlines with a name, who holds them, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

AreaKind = Literal["country", "division1", "division2", "administration", "front", "disputed", "own"]
"""What an area is: an official unit (the first three), or one beside them: an unofficial administration,
a military front or sector, a disputed territory, or what the user drew."""

AuthorityRole = Literal["administers", "claims", "secures"]

AREA_KINDS: tuple[AreaKind, ...] = get_args(AreaKind)
AUTHORITY_ROLES: tuple[AuthorityRole, ...] = get_args(AuthorityRole)

Ring = tuple[tuple[float, float], ...]
"""Closed line of (longitude, latitude) in degrees, WGS 84; the first point is also the last."""

Polygon = tuple[Ring, ...]
"""Outer ring, then holes."""


def _overlaps(since: date | None, until: date | None, start: date | None, end: date | None) -> bool:
    return not (
        (since is not None and end is not None and end < since)
        or (until is not None and start is not None and start > until)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who administers, claims or secures an area; `since` and `until` are days, both included, or open."""

    name: str
    role: AuthorityRole
    since: date | None = None
    until: date | None = None
    source: str | None = None

    def holds(self, start: date | None, end: date | None) -> bool:
        """Return whether this held on any day of start..end; None is an open end."""
        return _overlaps(self.since, self.until, start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A named outline, with its authorities and the days on which it existed.

    `indicative` says that the outline is no legal border and may be off by kilometres. `source` says where
    the outline and what is said of it come from.
    """

    id: str
    name: str
    kind: AreaKind
    polygons: tuple[Polygon, ...]
    names: tuple[str, ...] = ()
    country: str | None = None
    authorities: tuple[Authority, ...] = ()
    since: date | None = None
    until: date | None = None
    indicative: bool = True
    source: str | None = None
    note: str | None = None

    def holds(self, start: date | None, end: date | None) -> bool:
        """Return whether the area existed on any day of start..end; None is an open end."""
        return _overlaps(self.since, self.until, start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShare:
    """How much of where an incident may lie is in an area (`weight`, above 0 to 1), and who held it then.

    `names` are the area's other names, by which a list of incidents finds it too.
    """

    id: str
    name: str
    kind: AreaKind
    weight: float
    names: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()
    indicative: bool = True
