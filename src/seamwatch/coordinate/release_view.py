"""What a release is made from: an incident as own mentions alone tell it, and where those come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from seamwatch.vocabulary.coordination import Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One own mention of an incident, as far as a release needs it.

    `sources` are all outlets of its article, `stored` the moment from which it is in the record, `tlp` the
    article's label, None where nobody gave it one. `names` are the names of places that the mention and its
    article have, `regions` those of provinces, `phrases` the article's words for the incident's place.
    """

    mention: str
    stored: datetime
    sources: tuple[str, ...] = ()
    published: date | None = None
    tlp: Tlp | None = None
    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """An incident in the contract's JSON, made from the own mentions `tellings` alone."""

    incident: Mapping[str, Any]
    tellings: tuple[Telling, ...]

    @property
    def status(self) -> str:
        """Return the incident's status."""
        return str(self.incident["status"])

    @property
    def decided_by(self) -> str | None:
        """Return who made the newest standing decision on it, None where nobody did."""
        made = self.incident.get("decisions") or ()
        return max(made, key=lambda d: int(str(d["id"])[1:]))["by"] if made else None
