"""Small made-up tables of ACLED and UCDP GED, for the tests that read and write them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from seamwatch.model.text import Rejected
from seamwatch.pipeline.listing import list_incidents
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.pipeline.record import Recorded
from seamwatch.publish import writer_of
from seamwatch.store import Store
from seamwatch.store.base import IncidentFilter
from seamwatch.vocabulary.coded import ACLED, UCDP, Table

GED_ROW = {
    "id": "900001", "relid": "IRQ-2024-1-1-1", "year": "2024", "active_year": "1", "code_status": "Clear",
    "type_of_violence": "1", "conflict_dset_id": "1", "conflict_new_id": "11",
    "conflict_name": "Iraq: Government", "dyad_dset_id": "1", "dyad_new_id": "21",
    "dyad_name": "Government of Iraq - IS", "side_a_dset_id": "1", "side_a_new_id": "116",
    "side_a": "Government of Iraq", "side_b_dset_id": "234", "side_b_new_id": "234", "side_b": "IS",
    "number_of_sources": "1", "source_article": '"Made Up News,2024-03-05,Bomb near Daquq"',
    "source_office": "Made Up News", "source_date": "2024-03-05", "source_headline": "Bomb near Daquq",
    "source_original": "Police", "where_prec": "2", "where_coordinates": "Daquq town",
    "where_description": "near Daquq", "adm_1": "Kirkuk province", "adm_2": "Daquq district",
    "latitude": "35.139", "longitude": "44.449", "geom_wkt": "POINT (44.449 35.139)",
    "priogrid_gid": "180089", "country": "Iraq", "country_id": "645", "region": "Middle East",
    "event_clarity": "1", "date_prec": "1", "date_start": "2024-03-04", "date_end": "2024-03-04",
    "deaths_a": "2", "deaths_b": "1", "deaths_civilians": "0", "deaths_unknown": "1", "best": "4",
    "high": "5", "low": "3", "gwnoa": "645", "gwnob": "",
}  # fmt: skip
ACLED_ROW = {
    "event_id_cnty": "IRQ90001", "event_date": "2024-03-04", "year": "2024", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Explosions/Remote violence",
    "sub_event_type": "Remote explosive/landmine/IED", "actor1": "Islamic State (Iraq)", "assoc_actor_1": "",
    "inter1": "2", "actor2": "Civilians (Iraq)", "assoc_actor_2": "Farmers (Iraq)", "inter2": "7",
    "interaction": "27", "civilian_targeting": "Civilian targeting", "iso": "368", "region": "Middle East",
    "country": "Iraq", "admin1": "Kirkuk", "admin2": "Daquq", "admin3": "", "location": "Daquq",
    "latitude": "35.139", "longitude": "44.449", "geo_precision": "1", "source": "Made Up News",
    "source_scale": "National", "notes": "On 4 March 2024, a bomb killed two farmers near Daquq.",
    "fatalities": "2", "tags": "", "timestamp": "1710201600",
}  # fmt: skip


def ged(**cells: str) -> dict[str, str]:
    """Return a row of UCDP GED with these cells."""
    return {**GED_ROW, **cells}


def acled(**cells: str) -> dict[str, str]:
    """Return a row of ACLED with these cells."""
    return {**ACLED_ROW, **cells}


def write_csv(path: Path, rows: list[dict[str, Any]], columns: tuple[str, ...] = ()) -> Path:
    """Write rows under the columns of the first; return the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns or tuple(rows[0]), extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    return path


def read_csv(store: Store, path: Path, **options: Any) -> list[Recorded | Rejected]:
    """Return what became of the rows of a file."""
    return list(read_into(store, ReadOptions(sources=(str(path),), **options), note=lambda note: None))


def kinds(results: list[Recorded | Rejected]) -> list[str]:
    """Return in a word what became of each row."""
    return [r.code if isinstance(r, Rejected) else r.kind for r in results]


def exported(store: Store, name: str) -> list[dict[str, str]]:
    """Return the rows of all incidents in a format that is a table."""
    out = io.StringIO()
    writer_of(name, store)(list_incidents(store, IncidentFilter(statuses=None)), out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


TABLES: dict[str, tuple[Table, dict[str, str], str]] = {
    "ucdp": (UCDP, GED_ROW, "source_headline"),
    "acled": (ACLED, ACLED_ROW, "notes"),
}
