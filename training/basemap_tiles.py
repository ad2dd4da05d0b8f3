"""Writes Mapbox vector tiles (version 2) and a PMTiles archive (version 3); reads a tile back."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from seamwatch.publish.basemap import read_varints

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
ROOT_ENTRIES = 2000  # so many fit the 16 KB that a reader fetches first
Value = str | int | bool


@dataclass(slots=True)
class Layer:
    """Features of one layer of a tile, with geometry in whole steps of the tile."""

    name: str
    keys: dict[str, int] = field(default_factory=dict)
    values: dict[tuple[type, Value], int] = field(default_factory=dict)
    features: list[bytes] = field(default_factory=list)

    def add(self, kind: int, commands: list[int], tags: dict[str, Value]) -> None:
        """Add a feature; None and empty values are left out."""
        numbers = []
        for key, value in tags.items():
            if value is not None and value != "":
                numbers.append(self.keys.setdefault(key, len(self.keys)))
                numbers.append(self.values.setdefault((type(value), value), len(self.values)))
        body = _bytes(2, _packed(numbers)) + _number(3, kind) + _bytes(4, _packed(commands))
        self.features.append(_bytes(2, body))

    def encoded(self) -> bytes:
        """Return the layer as a field of a tile."""
        parts = [_bytes(1, self.name.encode()), *self.features]
        parts += [_bytes(3, key.encode()) for key in self.keys]
        parts += [_bytes(4, _value(value)) for _, value in self.values]
        parts += [_number(5, EXTENT), _number(15, 2)]
        return _bytes(3, b"".join(parts))


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return _number(7, int(value))
    if isinstance(value, int):
        return _number(5, value)
    return _bytes(1, value.encode())


def varint(number: int) -> bytes:
    """Return a number of 0 or more as a varint."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(varint, numbers))


def _number(tag: int, number: int) -> bytes:
    return varint(tag << 3) + varint(number)


def _bytes(tag: int, data: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(data)) + data


def commands_of(shape: BaseGeometry) -> tuple[int, list[int]] | None:
    """Return the kind and the drawing commands of a geometry on whole steps; None where nothing is left."""
    pen = Pen()
    kind = 0
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and part.area > 0:
            kind = POLYGON
            # y runs downwards: outer rings have a positive area on the screen, holes a negative one
            part = shapely.orient_polygons(part)  # noqa: PLW2901
            for ring in (part.exterior, *part.interiors):
                pen.draw([(round(x), round(y)) for x, y in ring.coords[:-1]], closed=True)
        elif part.geom_type == "LineString" and part.length > 0:
            kind = LINE
            pen.draw([(round(x), round(y)) for x, y in part.coords], closed=False)
        elif part.geom_type == "Point":
            kind = POINT
            pen.draw([(round(part.x), round(part.y))], closed=False)
    return (kind, pen.commands) if pen.commands else None


@dataclass(slots=True)
class Pen:
    """Turns points into the commands of a tile: each is told by its step from the last."""

    commands: list[int] = field(default_factory=list)
    x: int = 0
    y: int = 0

    def draw(self, points: list[tuple[int, int]], *, closed: bool) -> None:
        """Add a line, a ring or a point."""
        self._go(1, points[:1])
        if len(points) > 1:
            self._go(2, points[1:])
        if closed:
            self.commands.append(1 << 3 | 7)

    def _go(self, command: int, points: list[tuple[int, int]]) -> None:
        self.commands.append(len(points) << 3 | command)
        for x, y in points:
            dx, dy = x - self.x, y - self.y
            self.commands += [(dx << 1) ^ (dx >> 31), (dy << 1) ^ (dy >> 31)]
            self.x, self.y = x, y


def write_archive(path: Path, tiles: dict[int, bytes], zooms: int, metadata: dict[str, Any]) -> None:
    """Write tiles by their ids, packed; the same tiles give the same bytes."""
    body = bytearray()
    entries: list[tuple[int, int, int, int]] = []
    for number in sorted(tiles):
        packed = gzip.compress(tiles[number], 9, mtime=0)
        entries.append((number, 1, len(body), len(packed)))
        body += packed
    if len(entries) <= ROOT_ENTRIES:
        root, leaves = _directory(entries), b""
    else:
        tops, leaf_bytes = [], bytearray()
        for at in range(0, len(entries), ROOT_ENTRIES):
            leaf = _directory(entries[at : at + ROOT_ENTRIES])
            tops.append((entries[at][0], 0, len(leaf_bytes), len(leaf)))
            leaf_bytes += leaf
        root, leaves = _directory(tops), bytes(leaf_bytes)
    about = gzip.compress(json.dumps(metadata, sort_keys=True, ensure_ascii=False).encode(), 9, mtime=0)
    root_at = 127
    about_at = root_at + len(root)
    leaves_at = about_at + len(about)
    body_at = leaves_at + len(leaves)
    count = len(entries)
    header = struct.pack(
        "<7sB11Q6B4iB2i", b"PMTiles", 3, root_at, len(root), about_at, len(about), leaves_at, len(leaves),
        body_at, len(body), count, count, count, 1, 2, 2, 1, 0, zooms, -1_800_000_000, -850_511_290,
        1_800_000_000, 850_511_290, 2, 440_000_000, 350_000_000,
    )  # fmt: skip
    path.write_bytes(header + root + about + leaves + bytes(body))


def _directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    numbers = [len(entries)]
    last = 0
    for number, *_ in entries:
        numbers.append(number - last)
        last = number
    numbers += [run for _, run, _, _ in entries]
    numbers += [length for *_, length in entries]
    end = -1
    for _, _, offset, length in entries:
        numbers.append(0 if offset == end else offset + 1)
        end = offset + length
    return gzip.compress(_packed(numbers), 9, mtime=0)


def read_layers(tile: bytes) -> Iterator[tuple[str, int, list[list[tuple[int, int]]], dict[str, Value]]]:
    """Yield (layer, kind, lines, tags) of every feature of a tile; a ring ends where it starts."""
    for _, layer in _fields(tile):
        name, keys, values, features = "", [], [], []
        for tag, data in _fields(layer):
            if tag == 1:
                name = data.decode()
            elif tag == 2:
                features.append(data)
            elif tag == 3:
                keys.append(data.decode())
            elif tag == 4:
                ((kind, value),) = _fields(data)
                values.append(value.decode() if kind == 1 else bool(value) if kind == 7 else value)
        for feature in features:
            parts = dict(_fields(feature))
            numbers = list(read_varints(parts.get(2, b"")))
            tags = {keys[k]: values[v] for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
            yield name, parts[3], _lines(list(read_varints(parts[4]))), tags


def _lines(commands: list[int]) -> list[list[tuple[int, int]]]:
    lines: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            lines[-1].append(lines[-1][0])
            continue
        for _ in range(count):
            x += (commands[at] >> 1) ^ -(commands[at] & 1)
            y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            at += 2
            if command == 1:
                lines.append([(x, y)])
            else:
                lines[-1].append((x, y))
    return lines


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return value

    while at < len(data):
        tag = number()
        if tag & 7 == 0:
            yield tag >> 3, number()
        else:
            size = number()
            yield tag >> 3, data[at : at + size]
            at += size
