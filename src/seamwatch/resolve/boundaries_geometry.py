"""Whether a point lies in an outline, and how far from it; plain Python, in steps of the boundaries file."""

from __future__ import annotations

import math

from seamwatch.resolve.boundaries_file import STEPS, Line, Parts

KM_PER_STEP = 111.195 / STEPS

Box = tuple[int, int, int, int]
"""West, south, east, north in steps."""


class Outline:
    """Polygons with the box of each, ready for look-ups."""

    __slots__ = ("_boxes", "parts")

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._boxes = tuple(_box(part[0]) for part in parts)

    def has(self, x: float, y: float) -> bool:
        """Return whether a point (in steps) lies inside."""
        for (west, south, east, north), part in zip(self._boxes, self.parts, strict=True):
            if west <= x <= east and south <= y <= north and sum(_crosses(r, x, y) for r in part) % 2:
                return True
        return False

    def distance(self, x: float, y: float, most: float) -> float:
        """Return how many km a point (in steps) outside is from the nearest edge; inf beyond `most` km."""
        shrink = max(0.01, math.cos(math.radians(y / STEPS)))
        tall = most / KM_PER_STEP
        wide = tall / shrink
        best = math.inf
        for (west, south, east, north), part in zip(self._boxes, self.parts, strict=True):
            if west - wide <= x <= east + wide and south - tall <= y <= north + tall:
                best = min(best, *(_away(ring, x, y, shrink) for ring in part))
        km = math.sqrt(best) * KM_PER_STEP
        return km if km <= most else math.inf


def _box(ring: Line) -> Box:
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _crosses(ring: Line, x: float, y: float) -> int:
    """Return how many edges of a ring a ray from the point to the east crosses."""
    count = 0
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            count += 1
        x1, y1 = x2, y2
    return count


def _away(ring: Line, x: float, y: float, shrink: float) -> float:
    """Return the square of the distance to the nearest edge, in steps of latitude."""
    best = math.inf
    x1, y1 = (ring[-1][0] - x) * shrink, ring[-1][1] - y
    for lon, lat in ring:
        x2, y2 = (lon - x) * shrink, lat - y
        dx, dy = x2 - x1, y2 - y1
        long = dx * dx + dy * dy
        t = 0.0 if long == 0 else min(1.0, max(0.0, -(x1 * dx + y1 * dy) / long))
        near_x, near_y = x1 + t * dx, y1 + t * dy
        best = min(best, near_x * near_x + near_y * near_y)
        x1, y1 = x2, y2
    return best
