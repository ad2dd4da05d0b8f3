"""Incidents written for people and programs, one file a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TextIO

from seamwatch.model.incident import Incident

Writer = Callable[[Iterable[Incident], TextIO], None]


def writer_of(name: str) -> Writer:
    """Return the writer of a format: table, json, jsonl, csv or geojson. KeyError for any other."""
    from seamwatch.publish import geojson, incident_csv, jsonl, record, table

    writers: dict[str, Writer] = {
        "table": table.write,
        "json": record.write,
        "jsonl": jsonl.write,
        "csv": incident_csv.write,
        "geojson": geojson.write,
    }
    return writers[name]
