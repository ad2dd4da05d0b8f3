"""Draws a part of the base map as a PNG, to look at it: python training/draw_basemap.py Z W S E N OUT.png.

Run with PYTHONPATH=src in an environment with pillow, pyyaml and shapely. W, S, E and N are degrees; an E
beyond 180 goes on over the 180th meridian (170 to 190).
"""

from __future__ import annotations

import math
import sys
from itertools import pairwise

from PIL import Image, ImageDraw

from basemap_tiles import EXTENT, LINE, POINT, POLYGON, read_layers
from seamwatch.publish.basemap import read_tile

SIDE = 512  # pixels a tile
SEA, LAND = "#cfe0ea", "#f4f1ea"
BORDER = {0: "#7a6a5a", 1: "#c9bfb2"}
DISPUTED = "#c0392b"


def row_of(lat: float, zoom: int) -> float:
    """Return the row of a latitude, in tiles from the north."""
    return (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * 2**zoom


def draw(zoom: int, west: float, south: float, east: float, north: float) -> Image.Image:
    """Return the picture of a box."""
    left, right = ((west / 360 + 0.5) * 2**zoom, (east / 360 + 0.5) * 2**zoom)
    top, bottom = max(0.0, row_of(north, zoom)), min(2.0**zoom, row_of(south, zoom))
    picture = Image.new("RGB", (round((right - left) * SIDE), round((bottom - top) * SIDE)), SEA)
    texts = []
    for x in range(math.floor(left), math.ceil(right)):
        for y in range(math.floor(top), math.ceil(bottom)):
            tile = read_tile(zoom, x % 2**zoom, y)
            if tile is not None:
                corner = round((x - left) * SIDE), round((y - top) * SIDE)
                picture.paste(draw_tile(tile), corner)
                texts.append((corner, tile))
    for corner, tile in texts:
        write_names(picture, corner, tile)
    return picture


def draw_tile(tile: bytes) -> Image.Image:
    """Return the picture of one tile."""
    picture = Image.new("RGB", (SIDE, SIDE), SEA)
    pen = ImageDraw.Draw(picture)
    scale = SIDE / EXTENT
    for layer, kind, lines, tags in read_layers(tile):
        points = [[(x * scale, y * scale) for x, y in line] for line in lines]
        if kind == POLYGON and layer in ("land", "countries"):
            for ring, whole in zip(points, lines, strict=True):
                outer = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(whole)) > 0
                pen.polygon(ring, fill=LAND if outer else SEA, outline="#9db4c0" if layer == "land" else None)
        elif kind == LINE:
            colour = DISPUTED if tags["disputed"] else BORDER[tags["level"]]
            for line in points:
                pen.line(line, fill=colour, width=1 if tags["level"] else 2)
    return picture


def write_names(picture: Image.Image, corner: tuple[int, int], tile: bytes) -> None:
    """Draw the towns and labels of one tile over the whole picture."""
    pen = ImageDraw.Draw(picture)
    scale = SIDE / EXTENT
    for layer, kind, lines, tags in read_layers(tile):
        if kind == POINT:
            x, y = (corner[n] + lines[0][0][n] * scale for n in (0, 1))
            if layer == "places":
                pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill="#b03a2e" if tags["capital"] else "#333333")
                pen.text((x + 4, y - 6), str(tags["name"]), fill="#333333")
            else:
                pen.text((x, y), str(tags["name"]).upper(), fill="#8a7f72", anchor="mm")


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit("usage: draw_basemap.py ZOOM WEST SOUTH EAST NORTH OUT.png")
    draw(int(sys.argv[1]), *map(float, sys.argv[2:6])).save(sys.argv[6])
