"""What every store keeps of what people decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from seamwatch.model.decision import Decision


class DecisionStore(Protocol):
    """Decisions of people: appended, never changed or removed.

    Where an article took another one's place, the mentions that a decision names come back as those that
    stand for them now, each once.
    """

    def add_decision(self, decision: Decision) -> Decision:
        """Append a decision; return it with its number.

        StoreError where it undoes what is unknown, undone already, or an undoing itself.
        """
        ...

    def decision(self, number: int) -> Decision:
        """Return the decision of a number; UnknownIdError where there is none."""
        ...

    def decisions(self) -> tuple[Decision, ...]:
        """Return all decisions by number, those that were undone and what undid them too."""
        ...

    def decisions_about(self, mention_ids: Iterable[str]) -> tuple[Decision, ...]:
        """Return the decisions that name one of these mentions, and what undid them, by number."""
        ...

    def add_stand_in(self, old: str, new: str) -> None:
        """Take note that a mention tells what another one told that is gone with its article."""
        ...

    def standing_in(self, mention_ids: Iterable[str]) -> Mapping[str, str]:
        """Return for each of these mentions the one that stands for it now, or itself."""
        ...

    def stood_for(self, mention_ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each of these mentions the ids of those that it stands for; one without is left out."""
        ...
