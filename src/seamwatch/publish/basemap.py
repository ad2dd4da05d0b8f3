"""The shipped base map: vector tiles of the world in one PMTiles archive, and a reader of single tiles."""

from __future__ import annotations

import gzip
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path

from seamwatch.errors import SeamwatchError

ATTRIBUTION = (
    "Natural Earth; GeoNames (CC BY 4.0); Empirical Studies of Conflict (ESOC) Iraq district boundaries"
)
"""What a map must show. Borders are indicative and say nothing on whose a territory is."""

_HEADER = struct.Struct("<7sB11Q6B4iB2i")  # of PMTiles version 3: 127 bytes
_GZIP = 2

_Entry = tuple[int, int, int, int]
"""First tile id, run length (0 where it points to a leaf directory), offset and length in bytes."""


def basemap_path() -> Path:
    """Return the archive's path: PMTiles version 3 with Mapbox vector tiles, zoom 0 to 6.

    Layers: `land`, `countries`, `divisions`, `borders` (with `level`: 0 between countries, 1 between
    divisions, and `disputed`), `places` (with `rank`: the zoom from which a town shows) and `labels`. A web
    server hands the file out by ranges.
    """
    return Path(str(resources.files("seamwatch.publish") / "basemap.pmtiles"))


def read_tile(z: int, x: int, y: int, path: Path | None = None) -> bytes | None:
    """Return one vector tile, unpacked; None where the map has none (open sea, or deeper than its zooms).

    `z`, `x` and `y` count as on web maps: x from 180 degrees west, y from the north. Numbers that no tile
    has raise SeamwatchError, and so does an archive that can't be read.
    """
    if z < 0 or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise SeamwatchError(
            f"tile {z}/{x}/{y}: no such tile; x and y run from 0 to 2^z - 1", code="bad_tile"
        )
    where = path or basemap_path()
    try:
        return _tile(where, tile_id(z, x, y))
    except (OSError, ValueError, EOFError, zlib.error, struct.error, IndexError) as wrong:
        raise SeamwatchError(
            f"{where}: the base map can't be read ({wrong}); install Seamwatch again, "
            "or run training/build_basemap.py",
            code="no_basemap",
        ) from wrong


def tile_id(z: int, x: int, y: int) -> int:
    """Return a tile's number in the archive: zoom by zoom, along a Hilbert curve."""
    number = ((1 << 2 * z) - 1) // 3
    side = 1 << z >> 1
    while side:
        right, low = bool(x & side), bool(y & side)
        number += side * side * ((3 * right) ^ low)
        if not low:
            if right:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
        side >>= 1
    return number


def _tile(path: Path, number: int) -> bytes | None:
    stat = path.stat()
    tiles_at, leaves_at, packed, entries = _open(path, stat.st_mtime_ns, stat.st_size)
    with path.open("rb") as file:
        for _ in range(4):  # the root, then at most three leaves, as the format has it
            found = bisect_right(entries, (number, 1 << 62, 0, 0)) - 1
            if found < 0:
                return None
            first, run, offset, length = entries[found]
            if run:
                if number >= first + run:
                    return None
                file.seek(tiles_at + offset)
                data = file.read(length)
                return gzip.decompress(data) if packed else data
            file.seek(leaves_at + offset)
            entries = _directory(file.read(length))
    raise ValueError("directories too deep")


@lru_cache(maxsize=4)
def _open(path: Path, _changed: int, _size: int) -> tuple[int, int, bool, list[_Entry]]:
    """Return where tiles and leaf directories start, whether tiles are packed, and the root directory."""
    with path.open("rb") as file:
        header = _HEADER.unpack(file.read(_HEADER.size))
        magic, version, root_at, root_length, *_ = header
        if magic != b"PMTiles" or version != 3:
            raise ValueError("no PMTiles archive of version 3")
        file.seek(root_at)
        entries = _directory(file.read(root_length))
    return header[8], header[6], header[15] == _GZIP, entries


def _directory(packed: bytes) -> list[_Entry]:
    """Return the entries of a directory: counts, ids, runs, lengths and offsets, each as a row of varints."""
    numbers = read_varints(gzip.decompress(packed))
    count = next(numbers)
    ids, runs, lengths = ([next(numbers) for _ in range(count)] for _ in range(3))
    entries: list[_Entry] = []
    number = end = 0
    for step, run, length in zip(ids, runs, lengths, strict=True):
        number += step
        written = next(numbers)
        offset = written - 1 if written else end
        end = offset + length
        entries.append((number, run, offset, length))
    return entries


def read_varints(data: bytes) -> Iterator[int]:
    """Yield the numbers of a run of Protocol Buffers' variable-length integers."""
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            yield value
            value = shift = 0
