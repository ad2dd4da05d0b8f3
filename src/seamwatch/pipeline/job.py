"""One job: what it does, how it stands, and what became of each article."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from seamwatch.model.text import Rejected
from seamwatch.pipeline.storing import Recorded

# What became of so many articles of one job is held; of a longer one only the last ones.
MOST_EVENTS = 20_000


class JobState(StrEnum):
    """How a job stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Return whether nothing more will come."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


Results = Iterator[Recorded | Rejected]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a job does: `read` yields what became of each article, `count` how many there are, if known.

    `read` is given a function that takes remarks. `drop` is called once, when the job has ended in whatever
    way: it removes what was kept for it. `stop` makes `read` take nothing more: it still yields what became
    of all that it took. Without it a job that is cancelled ends after the article at hand.
    """

    title: str
    read: Callable[[Callable[[str], None]], Results]
    count: Callable[[], int | None] = lambda: None
    drop: Callable[[], None] = lambda: None
    stop: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """What became of one article; `number` counts from 1 within its job."""

    number: int
    data: dict[str, Any]


@dataclass(slots=True)
class Job:
    """One job as it stands; changed by its runner alone, under the runner's lock."""

    id: str
    work: Work
    created: datetime
    state: JobState = JobState.QUEUED
    done: int = 0
    of: int | None = None
    tally: Counter[str] = field(default_factory=Counter)
    incidents: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None
    cancelling: bool = False
    started: datetime | None = None
    ended: datetime | None = None
    version: int = 0
    events: deque[JobEvent] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS))
    left: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the job's state: `done` articles `of` so many (None: not known), by what became of them."""
        changed = Counter(self.incidents.values())
        return {
            "id": self.id,
            "title": self.work.title,
            "state": self.state.value,
            "done": self.done,
            "of": self.of,
            "tally": {kind: self.tally[kind] for kind in ("new", "version", "copy", "known", "rejected")},
            "incidents": {kind: changed[kind] for kind in ("new", "updated")},
            "notes": list(self.notes),
            "error": self.error,
            "cancelling": self.cancelling,
            "created": self.created.isoformat(),
            "started": self.started.isoformat() if self.started else None,
            "ended": self.ended.isoformat() if self.ended else None,
        }


def result_json(result: Recorded | Rejected) -> dict[str, Any]:
    """Return what became of one article, as `seamwatch read` says it."""
    if isinstance(result, Rejected):
        error = {"code": result.code, "message": result.reason}
        return {"kind": "rejected", "article": result.id, "origin": result.origin, "error": error}
    return {
        "kind": result.kind,
        "article": result.article,
        "origin": result.origin,
        "title": result.title,
        "other": result.other,
        "mentions": result.mentions,
        "opened": list(result.opened),
        "updated": list(result.updated),
        "warnings": list(result.warnings),
    }
