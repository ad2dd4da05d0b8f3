"""The lines, polygons and names of the base map's vector tiles, read for a printed map."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from seamwatch.publish.basemap import read_tile

DEEPEST = 6
EXTENT = 4096
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_CLOSE = 7
Tag = str | float | int | bool
World = tuple[float, float]
"""A point of the Web Mercator square: x from 180 degrees west, y from the north, both 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One feature of the base map: its layer, its lines (or rings, or single points) and its tags."""

    layer: str
    lines: tuple[tuple[World, ...], ...]
    tags: dict[str, Tag]


def world_of(lon: float, lat: float) -> World:
    """Return a point of the Web Mercator square; latitudes beyond 85 degrees lie on its edge."""
    held = math.radians(max(-85.0511, min(85.0511, lat)))
    return lon / 360 + 0.5, 0.5 - math.asinh(math.tan(held)) / (2 * math.pi)


def features(west: float, north: float, east: float, south: float, pixels: float) -> Iterator[Drawn]:
    """Yield what the base map has within a window of the square that is to be drawn `pixels` wide.

    `east` may be above 1, and `west` below 0: the map goes round the globe.
    """
    wanted = math.floor(math.log2(max(1.0, pixels / 256 / max(east - west, 1e-6))))
    zoom = min(DEEPEST, max(0, wanted))
    side = 1 << zoom
    for tile_y in range(max(0, math.floor(north * side)), min(side - 1, math.floor(south * side)) + 1):
        for tile_x in range(math.floor(west * side), math.floor(east * side) + 1):
            raw = read_tile(zoom, tile_x % side, tile_y)
            if raw:
                yield from _features(raw, tile_x / side, tile_y / side, 1 / side / EXTENT)


def _features(raw: bytes, left: float, top: float, step: float) -> Iterator[Drawn]:
    for _, layer in _fields(raw):
        name, keys, values, packed = "", [], [], []
        for tag, value in _fields(_bytes(layer)):
            if tag == 1:
                name = _bytes(value).decode()
            elif tag == 2:
                packed.append(_bytes(value))
            elif tag == 3:
                keys.append(_bytes(value).decode())
            elif tag == 4:
                values.append(_value(_bytes(value)))
        for feature in packed:
            own = dict(_fields(feature))
            pairs = list(_varints(_bytes(own.get(2, b""))))
            tags = {keys[k]: values[v] for k, v in zip(pairs[::2], pairs[1::2], strict=True)}
            lines = tuple(
                tuple((left + x * step, top + y * step) for x, y in line)
                for line in _lines(_bytes(own.get(4, b"")))
            )
            yield Drawn(layer=name, lines=lines, tags=tags)


def _bytes(value: bytes | int | float) -> bytes:
    return value if isinstance(value, bytes) else b""


def _value(raw: bytes) -> Tag:
    """Return a tag's value: 1 is a string, 2 and 3 are numbers with a point, 7 is true or false."""
    for tag, value in _fields(raw):
        if tag == 1:
            return _bytes(value).decode()
        if tag == 7:
            return bool(value)
        if tag == 6 and isinstance(value, int):
            return (value >> 1) ^ -(value & 1)
        return value if not isinstance(value, bytes) else 0
    return 0


def _lines(raw: bytes) -> list[list[tuple[int, int]]]:
    """Return the points of drawing commands: 1 moves, 2 draws, 7 closes a ring."""
    numbers = list(_varints(raw))
    found: list[list[tuple[int, int]]] = []
    at = x = y = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == _CLOSE:
            found[-1].append(found[-1][0])
            continue
        for _ in range(count):
            dx, dy = numbers[at], numbers[at + 1]
            at += 2
            x += (dx >> 1) ^ -(dx & 1)
            y += (dy >> 1) ^ -(dy & 1)
            if command == 1:
                found.append([])
            found[-1].append((x, y))
    return found


def _varints(raw: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in raw:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


def _fields(raw: bytes) -> Iterator[tuple[int, bytes | int | float]]:
    """Yield (field number, value) of a protocol buffer."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(raw):
        head = varint()
        wire = head & 7
        if wire == _VARINT:
            yield head >> 3, varint()
        elif wire == _BYTES:
            size = varint()
            yield head >> 3, raw[at : at + size]
            at += size
        elif wire == _FIXED64:
            yield head >> 3, struct.unpack_from("<d", raw, at)[0]
            at += 8
        elif wire == _FIXED32:
            yield head >> 3, struct.unpack_from("<f", raw, at)[0]
            at += 4
        else:
            raise ValueError(f"wire type {wire}")
