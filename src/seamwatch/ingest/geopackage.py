"""GeoPackage: the rows of one layer, with the standard library's sqlite3.

The format is OGC's GeoPackage Encoding Standard: an SQLite file whose table `gpkg_geometry_columns` names the
layers; a geometry is a short header ("GP", version, flags, reference system, box) before well-known binary.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seamwatch.errors import InputError

Row = tuple[int, dict[str, Any], object]
"""A row's number from 1, its columns, its geometry: GeoJSON, None, or an InputError on what is wrong."""

MAGIC = b"SQLite format 3\0"
# Geographic coordinates in degrees on WGS 84, by who numbers the reference system.
_WGS84 = {("EPSG", 4326), ("OGC", 84), ("OGC", 4326), ("CRS", 84)}
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def is_geopackage(head: bytes) -> bool:
    """Return whether a file that begins so is an SQLite file, as every GeoPackage is."""
    return head.startswith(MAGIC)


def read_geopackage(path: Path, layer: str | None = None) -> Iterator[Row]:
    """Yield the rows of a layer; InputError where the file, its layers or its reference system don't fit."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        db.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        table, column = _layer(db, path, layer)
        rows = db.execute(f"SELECT * FROM {_quoted(table)}")
        names = [str(c[0]) for c in rows.description]
        at = next(n for n, name in enumerate(names) if name.lower() == column.lower())
        for number, row in enumerate(rows, 1):
            values = {
                n: v for i, (n, v) in enumerate(zip(names, row, strict=True)) if i != at and v is not None
            }
            yield number, values, _geometry(row[at])
    except (sqlite3.Error, StopIteration) as wrong:
        raise InputError(
            f"{path}: this GeoPackage can't be read ({wrong}); open and save it again in a GIS"
        ) from wrong
    finally:
        db.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _layer(db: sqlite3.Connection, path: Path, wanted: str | None) -> tuple[str, str]:
    """Return the table and geometry column of the layer to read, its reference system checked."""
    tables = {
        name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    }
    if "gpkg_geometry_columns" not in tables:
        raise InputError(f"{path}: an SQLite file without GeoPackage layers; give a GeoPackage or GeoJSON")
    found = db.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
    named = ", ".join(sorted(str(row[0]) for row in found))
    if not found:
        raise InputError(f"{path}: this GeoPackage has no layer; export the areas again")
    fitting = [row for row in found if wanted is None or row[0] == wanted]
    if not fitting:
        raise InputError(f"{path}: no layer {wanted!r}; it has: {named}")
    if len(fitting) > 1:
        raise InputError(f"{path}: several layers, name one with --layer: {named}")
    table, column, srs = fitting[0]
    _check_system(db, path, str(table), srs)
    return str(table), str(column)


def _check_system(db: sqlite3.Connection, path: Path, table: str, srs: object) -> None:
    known = db.execute(
        "SELECT srs_name, organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        (srs,),
    ).fetchone()
    name, body, number = known or ("unknown", "", None)
    # 0 stands for degrees of no stated system; out of range they would be told row by row.
    if srs in (0, 4326) or (str(body).upper(), number) in _WGS84:
        return
    raise InputError(
        f"{path}: layer {table} has the reference system {name} ({body}:{number}), not WGS 84; convert it "
        f"with: ogr2ogr -t_srs EPSG:4326 new.gpkg {path.name}"
    )


def _geometry(blob: object) -> object:
    """Return a GeoPackage geometry as GeoJSON; None where there is none, an InputError where it is broken."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        return InputError("its geometry is no GeoPackage geometry; save the layer again in a GIS")
    flags = blob[3]
    start = 8 + _BOX_BYTES.get((flags >> 1) & 7, -1)
    if start < 8 or len(blob) < start:
        return InputError("its geometry has a broken header; save the layer again in a GIS")
    if flags & 16:
        return None
    import shapely
    from shapely.geometry import mapping

    try:
        return _lists(mapping(shapely.from_wkb(blob[start:])))
    except (shapely.errors.ShapelyError, struct.error, ValueError, TypeError, AttributeError) as wrong:
        said = " ".join(str(wrong).split())[:120]
        return InputError(f"its geometry can't be read ({said}); save the layer again in a GIS")


def _lists(value: Any) -> Any:
    """Return shapely's mapping with lists for tuples, as JSON has them."""
    if isinstance(value, dict):
        return {key: _lists(v) for key, v in value.items()}
    return [_lists(v) for v in value] if isinstance(value, list | tuple) else value
