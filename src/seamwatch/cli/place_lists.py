"""How the lists of added and missing places are written."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from seamwatch.cli.output import say

if TYPE_CHECKING:
    from seamwatch.model.own_place import OwnPlace
    from seamwatch.pipeline.place_listing import MissingName
    from seamwatch.store.base import Store


class ListFormat(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def write_missing(store: Store, format: ListFormat) -> None:
    """Write the names that nothing resolved."""
    from seamwatch.pipeline.place_listing import missing_json, missing_names

    if store.has_places_without_kind():
        say(
            "note: some articles were read by an earlier version, which did not tell resolved names apart; "
            "to have them counted: seamwatch places again --all"
        )
    found = missing_names(store)
    if format is ListFormat.TABLE:
        if not found:
            typer.echo(
                "No name is missing: every place that the stored articles name is known, or none is stored "
                "yet (seamwatch read SOURCE...)."
            )
            return
        from seamwatch.publish.columns import write_columns

        write_columns(
            ("name", "times ", "articles ", "within", "quote"), [_missing_cells(m) for m in found], sys.stdout
        )
        typer.echo("Add them as a CSV (name, lat, lon, aliases): seamwatch places add FILE")
        return
    _write_rows([missing_json(m) for m in found], format, _MISSING)


_MISSING = ("name", "mentions", "articles", "spellings", "within", "why", "quote", "article")
_OWN = (
    "id", "name", "kind", "admin2", "admin1", "country", "lat", "lon", "population", "radius_km", "geonameid",
    "aliases", "file",
)  # fmt: skip


def _missing_cells(missing: MissingName) -> list[str]:
    name = f"{missing.name} ({', '.join(missing.spellings[:2])})" if missing.spellings else missing.name
    within = missing.within[0] if missing.within else ""
    return [name, str(missing.mentions), str(missing.articles), within, missing.quote]


def write_own(store: Store, format: ListFormat) -> None:
    """Write the places that were added."""
    rows = [_own_json(place) for place in store.all_own_places() if not place.names_only]
    if format is not ListFormat.TABLE:
        _write_rows(rows, format, _OWN)
        return
    if not rows:
        typer.echo(
            "No places were added. See which are missing with: seamwatch places list --missing; "
            "add them with: seamwatch places add FILE"
        )
        return
    from seamwatch.publish.columns import write_columns

    titles = ("id", "name", "kind", "admin2", "admin1", "country", "lat ", "lon ", "file")
    keys = ("id", "name", "kind", "admin2", "admin1", "country")
    cells = [
        [*(str(r[k] or "") for k in keys), *(f"{r[k]:.3f}" for k in ("lat", "lon")), r["file"]] for r in rows
    ]
    write_columns(titles, cells, sys.stdout)


def _own_json(place: OwnPlace) -> dict[str, Any]:
    from seamwatch.model.own_place import FIRST_OWN

    row = {key: getattr(place, key) for key in _OWN if key not in ("id", "aliases")}
    return {"id": f"P{place.id - FIRST_OWN}", **row, "aliases": list(place.aliases)}


def _write_rows(rows: list[dict[str, Any]], format: ListFormat, columns: tuple[str, ...]) -> None:
    if format is ListFormat.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow("; ".join(row[c]) if isinstance(row[c], list) else row[c] for c in columns)
