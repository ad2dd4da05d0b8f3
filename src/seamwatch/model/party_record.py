"""What a record that another party released says of itself: its number of version, what it withholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seamwatch.vocabulary.coordination import Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRecord:
    """A received record behind an article: `id` is the party's public id of it, `version` counts from 1.

    `withheld` are the fields that the party keeps to itself, `coarse` the grain of those that it made
    coarser. `status` is what the party itself holds of the incident, None where it does not say so.
    """

    id: str
    version: int
    withheld: tuple[str, ...] = ()
    coarse: Mapping[str, Grain] = field(default_factory=dict, hash=False)
    status: str | None = None
