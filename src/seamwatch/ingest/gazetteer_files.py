"""Files of places: GeoNames dumps and alternate names, CSV, GeoJSON; told apart by their content."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from seamwatch.errors import InputError
from seamwatch.ingest.geonames_dump import COLUMNS, read_alternate_names, read_dump
from seamwatch.ingest.place_rows import NameRow, PlaceRow, RowNote
from seamwatch.ingest.place_tables import MOST_BYTES, known_columns, read_csv, read_geojson

_HEAD = 65_536
# A line beyond this is no row: it is cut, and told as one that is too long.
_MOST_LINE = 1_000_000


class PlaceFormat(StrEnum):
    """How a file of places is written."""

    GEONAMES = "geonames"
    ALTERNATE = "alternate-names"
    CSV = "csv"
    GEOJSON = "geojson"


def sniff_format(path: Path) -> PlaceFormat:
    """Return the format of a file by its content; InputError where it is none, with what to do."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    if not head.strip():
        raise InputError(f"{path}: it is empty", code="empty")
    if head[:2] == b"PK":
        raise InputError(
            f"{path}: it is a zip file; unpack it and add the text file in it", code="bad_format"
        )
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path}: it is UTF-16; save it as UTF-8", code="bad_encoding")
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        return PlaceFormat.GEOJSON
    lines = [line.split("\t") for line in text.splitlines()[:50] if line.strip()]
    if sum(len(c) == COLUMNS and c[0].isdigit() for c in lines) * 2 > len(lines):
        return PlaceFormat.GEONAMES
    if sum(4 <= len(c) <= 10 and c[0].isdigit() and c[1].isdigit() for c in lines) * 2 > len(lines):
        return PlaceFormat.ALTERNATE
    first = next(line for line in text.splitlines() if line.strip())
    try:
        header = next(csv.reader([first], delimiter=max("\t;|,", key=first.count)), [])
    except csv.Error:
        header = []
    if "name" in known_columns(header):
        return PlaceFormat.CSV
    raise InputError(
        f"{path}: no format that is known; give a GeoNames dump, alternate names, a CSV with a header "
        "(name, lat, lon) or GeoJSON points, and say which with --format",
        code="bad_format",
    )


def file_sum(path: Path) -> str:
    """Return the sha256 of a file's content."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as wrong:
        raise _unreadable(path, wrong) from None


def read_place_file(path: Path, format: PlaceFormat) -> Iterator[PlaceRow | NameRow | RowNote]:
    """Yield the rows of a file in order, and a note for each that is broken or doubtful.

    The file is read as it is asked for; bytes that are no UTF-8 make their row a broken one.
    """
    try:
        if format is PlaceFormat.GEOJSON:
            if path.stat().st_size > MOST_BYTES:
                raise InputError(f"{path}: GeoJSON of more than {MOST_BYTES // 10**6} MB; give it as CSV")
            yield from read_geojson(path.read_text(encoding="utf-8", errors="surrogateescape"))
            return
        reader = {
            PlaceFormat.GEONAMES: read_dump,
            PlaceFormat.ALTERNATE: read_alternate_names,
            PlaceFormat.CSV: read_csv,
        }[format]
        yield from reader(_lines(path))
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    except InputError as wrong:
        raise wrong if str(path) in str(wrong) else InputError(f"{path}: {wrong}", code=wrong.code) from None


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as stream:
        while line := stream.readline(_MOST_LINE):
            yield line
            while len(line) == _MOST_LINE and not line.endswith("\n"):
                line = stream.readline(_MOST_LINE)


def _unreadable(path: Path, wrong: OSError) -> InputError:
    return InputError(
        f"{path}: can't be read ({wrong.strerror}); check the path and its permissions", code="not_found"
    )
