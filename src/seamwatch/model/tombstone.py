"""What is left of an article that was forgotten: who had it erased, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An article that was forgotten. It holds nothing of what the article said."""

    article: str
    by: str
    at: datetime
    why: str
