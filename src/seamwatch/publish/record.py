"""Incidents as one JSON document: the contract's `--format json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from seamwatch.model.incident import Incident
from seamwatch.publish.labels import labelled_json
from seamwatch.publish.plain import json_line


def write(incidents: Iterable[Incident], out: TextIO) -> None:
    """Write `{"incidents": [...]}`, one incident a line: it streams, and versions compare well."""
    out.write('{"incidents": [')
    for number, incident in enumerate(incidents):
        out.write(f"{',' if number else ''}\n{json_line(labelled_json(incident))}")
    out.write("\n]}\n")
