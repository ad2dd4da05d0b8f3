"""Incidents as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from seamwatch.model.incident import Incident
from seamwatch.publish.labels import labelled_json
from seamwatch.publish.plain import json_line


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write one incident a line, each in the contract's shape."""
    for incident in incidents:
        out.write(f"{json_line(labelled_json(incident))}\n")
