"""A notice of one event as other programs exchange it: a MISP event or a CAP alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

INCIDENT_KEY = "seamwatch:incident"
"""Under this name the machine-readable incident stands in a MISP attribute or a CAP parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """One event as its file tells it. `id` is the file's own, `source` who issued it.

    `content` is the incident as Seamwatch writes it, as it stands in the file and not yet checked, None where
    the file tells the event in words alone.
    """

    kind: Literal["misp", "cap"]
    id: str
    title: str
    text: str
    source: str | None = None
    published: date | None = None
    content: Mapping[str, Any] | None = None
    origin: str = ""
