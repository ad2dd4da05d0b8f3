"""An incident's story: what was decided of it beside how its state changed."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.model.decision import Decision
from seamwatch.model.incident import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDecision:
    """A decision, the incidents that it is about now, and the decision that undid it."""

    decision: Decision
    incidents: tuple[str, ...] = ()
    undone_by: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An incident with its revisions, what people decided about its mentions, and other ids that lead to it.

    `decisions` stand in order of time. `former_ids` come with the mention that each was made of, None
    where that is no longer stored.
    """

    incident: Incident
    decisions: tuple[ToldDecision, ...] = ()
    former_ids: tuple[tuple[str, str | None], ...] = ()
