"""What a person should look at: two tellings that may or may not be one incident."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.model.decision import Decision
from seamwatch.model.incident import Incident, Reason, SourcedMention


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """Two tellings of which the rules are not sure, or on which people contradict one another.

    `incidents` are the two that they belong to, or the one that both are in. `pairs` is how many unsure
    pairs connect the same; `left` and `right` are the one to look at, `probability` that they are one.
    `killed`, `others` (hurt, missing, abducted) and `moved` (mentions) are what deciding otherwise than
    the record has it would change; `weight` is the place in the queue. `against` are the decisions that
    contradict one another, by number, and `conflict` says it in words.
    """

    left: SourcedMention
    right: SourcedMention
    incidents: tuple[Incident, ...]
    pairs: int = 1
    probability: float = 0.5
    killed: int = 0
    others: int = 0
    moved: int = 1
    weight: float = 0.0
    against: tuple[Decision, ...] = ()
    conflict: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def inside(self) -> bool:
        """Return whether both tellings are in one incident now."""
        return len(self.incidents) == 1
