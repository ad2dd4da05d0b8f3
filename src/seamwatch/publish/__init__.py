"""Incidents written for people and programs, one file a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TextIO

from seamwatch.model.incident import Incident

if TYPE_CHECKING:
    from seamwatch.publish.cells import Articles

Writer = Callable[[Iterable[Incident], TextIO], None]


FORMATS = ("table", "json", "jsonl", "csv", "geojson", "acled", "ucdp", "plover", "hxl", "misp", "cap")


def writer_of(name: str, articles: Articles | None = None) -> Writer:
    """Return the writer of one of FORMATS. KeyError for any other.

    `articles` (a store) has the texts of rows that were imported: with it acled and ucdp give such a row
    back as it was; without it they code what the record says of the incident.
    """
    from seamwatch.publish import (
        acled,
        cap,
        geojson,
        hxl,
        incident_csv,
        jsonl,
        misp,
        plover,
        record,
        table,
        ucdp,
    )

    writers: dict[str, Writer] = {
        "table": table.write,
        "json": record.write,
        "jsonl": jsonl.write,
        "csv": incident_csv.write,
        "geojson": geojson.write,
        "acled": partial(acled.write, articles=articles),
        "ucdp": partial(ucdp.write, articles=articles),
        "plover": plover.write,
        "hxl": hxl.write,
        "misp": misp.write,
        "cap": cap.write,
    }
    return writers[name]
