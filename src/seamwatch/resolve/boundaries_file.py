"""How outlines lie in the boundaries file: whole steps of 0.0001 degrees, differences, byte planes, zlib."""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate

STEPS = 10_000
"""Steps of a degree; one is about 11 m of latitude."""

SCHEMA = """
CREATE TABLE source(id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE division(id TEXT PRIMARY KEY, kind TEXT, name TEXT, country TEXT, indicative INTEGER,
  source INTEGER, outline INTEGER);
CREATE TABLE leaf(division TEXT PRIMARY KEY, outline INTEGER, west INTEGER, south INTEGER, east INTEGER,
  north INTEGER);
CREATE TABLE outline(id INTEGER PRIMARY KEY, rings BLOB);
CREATE TABLE border(id INTEGER PRIMARY KEY, name TEXT, lines BLOB);
CREATE TABLE info(key TEXT PRIMARY KEY, value TEXT);
"""
"""`leaf` is what a point is looked up in: the divisions, and what a country has beside them (or instead).
`border` holds disputed lines."""

Line = tuple[tuple[int, int], ...]
"""Points as (longitude, latitude) in steps; of a ring the last point, which is the first, is left out."""

Parts = tuple[tuple[Line, ...], ...]
"""Polygons: outer ring, then holes. Lines stand as parts of one line each."""


def pack_parts(parts: Sequence[Sequence[Line]]) -> bytes:
    """Return the bytes of polygons (or of lines, one a part)."""
    head: list[int] = [len(parts)]
    xs: list[int] = []
    ys: list[int] = []
    for part in parts:
        head.append(len(part))
        for line in part:
            head.append(len(line))
            xs += [x for x, _ in line]
            ys += [y for _, y in line]
    numbers = (head, _differences(xs), _differences(ys))
    return zlib.compress(struct.pack("<I", len(head)) + b"".join(_planes(n) for n in numbers), 9)


def unpack_parts(packed: bytes) -> Parts:
    """Return the polygons (or lines) that `pack_parts` packed."""
    raw = zlib.decompress(packed)
    after_head = 4 + 4 * struct.unpack_from("<I", raw)[0]
    middle = (after_head + len(raw)) // 2
    counts = iter(_numbers(raw[4:after_head]))
    points = list(
        zip(accumulate(_numbers(raw[after_head:middle])), accumulate(_numbers(raw[middle:])), strict=True)
    )
    parts = []
    start = 0
    for _ in range(next(counts)):
        part = []
        for _ in range(next(counts)):
            end = start + next(counts)
            part.append(tuple(points[start:end]))
            start = end
        parts.append(tuple(part))
    return tuple(parts)


def _differences(numbers: list[int]) -> list[int]:
    return [b - a for a, b in zip([0, *numbers], numbers, strict=False)]


def _planes(numbers: Sequence[int]) -> bytes:
    """Return the lowest byte of every number, then the next byte of every number ...: this packs best."""
    raw = struct.pack(f"<{len(numbers)}i", *numbers)
    return b"".join(raw[n::4] for n in range(4))


def _numbers(planes: bytes) -> array[int]:
    count = len(planes) // 4
    raw = bytearray(len(planes))
    for n in range(4):
        raw[n::4] = planes[n * count : (n + 1) * count]
    found = array("i", bytes(raw))
    if sys.byteorder == "big":
        found.byteswap()
    return found
