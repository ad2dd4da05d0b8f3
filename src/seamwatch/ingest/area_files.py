"""Files of areas, GeoJSON and GeoPackage: what can be loaded, and row by row what can't, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamwatch.errors import InputError
from seamwatch.ingest.area_outlines import CONVERT, read_outline
from seamwatch.ingest.area_rows import AreaDefaults, make_area, row_id, row_name, slug
from seamwatch.ingest.geopackage import Row, is_geopackage, read_geopackage
from seamwatch.model.area import Area

MOST_BYTES = 200_000_000
_GEOMETRIES = tuple(
    "Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection".split()
)
_WGS84 = ("EPSG::4326", "EPSG:4326", "CRS84", "WGS84", "WGS 84")
# Other kinds of files with outlines, by how they begin.
_OTHERS = (
    (b"PK\x03\x04", "a packed file: unpack it first"),
    (b"\x00\x00\x27\x0a", "a shapefile"),
    (b"<?xml", "XML (KML or GML)"),
    (b"<kml", "KML"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaNote:
    """What was wrong with a row (numbered from 1): it was rejected, or loaded after mending."""

    row: int
    id: str | None
    rejected: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFile:
    """The areas of a file in its order, the row of each (from 1), and what was wrong."""

    areas: tuple[Area, ...] = ()
    rows: tuple[int, ...] = ()
    notes: tuple[AreaNote, ...] = ()

    @property
    def rejected(self) -> tuple[AreaNote, ...]:
        """Return the notes of the rows that gave no area."""
        return tuple(note for note in self.notes if note.rejected)


def read_area_file(path: Path, defaults: AreaDefaults | None = None, *, layer: str | None = None) -> AreaFile:
    """Return the areas of a GeoJSON file or of a GeoPackage's layer, and what is wrong row by row.

    A wrong row never stops the rest. InputError where the file can't be opened, is of another kind or
    not in degrees on WGS 84; its line says how to convert it.
    """
    defaults = defaults or AreaDefaults()
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(64)
            if is_geopackage(head):
                return _read_rows(read_geopackage(path, layer), defaults)
            if size > MOST_BYTES:
                raise InputError(
                    f"{path}: {size // 1_000_000} MB; most is {MOST_BYTES // 1_000_000}: simplify the "
                    "outlines, or save it as a GeoPackage"
                )
            content = head + file.read()
    except OSError as wrong:
        raise InputError(f"{path}: can't be opened ({wrong.strerror}); check the path") from wrong
    return _read_rows(_features(_parsed(content, str(path)), str(path)), defaults)


def read_areas(content: bytes, origin: str, defaults: AreaDefaults | None = None) -> AreaFile:
    """Return the areas of GeoJSON in memory; `origin` names it in messages."""
    return _read_rows(_features(_parsed(content, origin), origin), defaults or AreaDefaults())


def _parsed(content: bytes, origin: str) -> Any:
    other = next((what for start, what in _OTHERS if content[:64].lstrip().startswith(start)), None)
    if other is not None:
        raise InputError(f"{origin}: is {other}; {CONVERT}")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise InputError(
            f"{origin}: is no UTF-8 text (byte {wrong.start + 1}); give GeoJSON in UTF-8, or a GeoPackage"
        ) from None
    except RecursionError:
        raise InputError(f"{origin}: its JSON is nested too deeply for GeoJSON; export it again") from None
    except ValueError as wrong:
        said = f"{origin}: is no JSON ({wrong}); give GeoJSON or a GeoPackage"
        raise InputError(said) from None


def _features(document: Any, origin: str) -> Iterator[Row]:
    """Return the rows of a GeoJSON document: a FeatureCollection, a Feature or a geometry."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        features = document["features"]
    elif kind == "Feature":
        features = [document]
    elif kind in _GEOMETRIES:
        features = [{"type": "Feature", "properties": {}, "geometry": document}]
    else:
        raise InputError(
            f"{origin}: is no GeoJSON: its type is {str(kind)[:40]!r}, not FeatureCollection or Feature"
        )
    _check_system(document, origin)
    return _rows(features)


def _check_system(document: dict[str, Any], origin: str) -> None:
    """Raise InputError where a document names (as GeoJSON of 2008 could) another reference system."""
    system = document.get("crs")
    given = system.get("properties") if isinstance(system, dict) else None
    name = given.get("name") if isinstance(given, dict) else None
    if isinstance(name, str) and not any(known in name for known in _WGS84):
        raise InputError(f"{origin}: has the reference system {name[:80]}, not WGS 84; {CONVERT}")


def _rows(features: list[Any]) -> Iterator[Row]:
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type", "Feature") != "Feature":
            yield number, {}, InputError("it is no GeoJSON Feature; check how the file was written")
            continue
        given = feature.get("properties")
        # A feature's own id counts where no column gives one.
        row = dict(given) if isinstance(given, dict) else {}
        if row.get("id") in (None, "") and feature.get("id") is not None:
            row["id"] = feature["id"]
        yield number, row, feature.get("geometry")


def _read_rows(rows: Iterator[Row], defaults: AreaDefaults) -> AreaFile:
    areas: list[Area] = []
    notes: list[AreaNote] = []
    seen: dict[str, int] = {}
    for number, row, geometry in rows:
        name: str | None = None
        mended: list[str] = []
        try:
            name = row_id(row, defaults) or slug(row_name(row, defaults))
            if isinstance(geometry, InputError):
                raise geometry
            if not name:
                raise InputError("its name has no letter to make an id of; give it an id")
            if name in seen:
                raise InputError(f"its id is row {seen[name]}'s too; give each row its own (--id-field)")
            polygons, outline_notes = read_outline(geometry)
            mended += outline_notes
            areas.append(make_area(name, row, polygons, defaults, mended))
            seen[name] = number
        except InputError as wrong:
            notes.append(AreaNote(row=number, id=name, rejected=True, text=str(wrong)))
            continue
        except Exception as wrong:  # one bad row never stops a file
            text = (
                f"it could not be read ({type(wrong).__name__}: {str(wrong)[:200]}); please report this row"
            )
            notes.append(AreaNote(row=number, id=name, rejected=True, text=text))
            continue
        notes += [AreaNote(row=number, id=name, rejected=False, text=text) for text in mended]
    return AreaFile(areas=tuple(areas), rows=tuple(seen.values()), notes=tuple(notes))


def without(found: AreaFile, ids: Collection[str], text: str) -> AreaFile:
    """Return what a file holds with the areas of these ids rejected, for the reason in `text`."""
    if not ids:
        return found
    pairs = list(zip(found.areas, found.rows, strict=True))
    told = [AreaNote(row=row, id=area.id, rejected=True, text=text) for area, row in pairs if area.id in ids]
    return AreaFile(
        areas=tuple(area for area, _ in pairs if area.id not in ids),
        rows=tuple(row for area, row in pairs if area.id not in ids),
        notes=tuple(sorted([n for n in found.notes if n.id not in ids] + told, key=lambda n: n.row)),
    )
