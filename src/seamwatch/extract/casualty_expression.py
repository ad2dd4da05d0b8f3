"""One passage's count of people harmed, as the casualty rules hand it to the tolls."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import Outcome, VictimGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyExpression:
    """One passage that says what happened to how many people. None in low, best or high is open.

    `kind` is absolute (a count of this telling), total (a stated running total), update (one of those
    already counted dies), part (a subset of a stated count), zero (none, explicitly) or ratio (a tally of a
    long period). `rival` marks another party's figure, `by_group` an armed group's own, `outdated` a
    corrected one. `adds` marks "another", "also"; `ordinal` is 2 for "a second fighter"; `definite` marks
    people already spoken of ("the three", "he"). Expressions of one passage have the same `evidence`.
    """

    outcome: Outcome
    low: int | None
    best: int | None
    high: int | None
    group: VictimGroup
    who: Evidence | None
    name: str
    evidence: Evidence
    kind: str = "absolute"
    rival: bool = False
    by_group: bool = False
    combined: bool = False
    outdated: bool = False
    adds: bool = False
    definite: bool = False
    ordinal: int = 0
