"""Names on a map that don't cover one another."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_ROOM = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How a name is written: its size in pixels, its colour, whether bold or widely spaced."""

    size: float
    colour: str
    bold: bool = False
    spaced: bool = False


class Labels:
    """Places names beside points as long as there is room; what is drawn already is taken."""

    def __init__(self, width: float, height: float) -> None:
        self._width, self._height = width, height
        self._taken: list[tuple[float, float, float, float]] = []

    def take(self, x: float, y: float, radius: float) -> None:
        """Keep the room around a mark free of names."""
        self._taken.append((x - radius, y - radius, x + radius, y + radius))

    def place(self, text: str, at: tuple[float, float], face: Face, *, away: float | None = None) -> str:
        """Return a name as SVG text, `away` from a point or else upon it; "" where it would cover another."""
        x, y = at
        size = face.size
        wide = len(text) * size * (0.62 if face.bold else 0.56) + (len(text) * 1.5 if face.spaced else 0)
        spots = [(x, y, "middle")]
        if away is not None:
            spots = [
                (x + away, y + size * 0.35, "start"),
                (x - away, y + size * 0.35, "end"),
                (x, y - away, "middle"),
                (x, y + away + size * 0.8, "middle"),
            ]
        for left, base, anchor in spots:
            start = {"start": left, "end": left - wide, "middle": left - wide / 2}[anchor]
            box = (start, base - size, start + wide, base + size * 0.25)
            if self._free(box):
                self._taken.append(box)
                style = ' font-weight="bold"' if face.bold else ""
                style += ' letter-spacing="1.5"' if face.spaced else ""
                text = escape(text)
                head = (
                    f'<text x="{left:.1f}" y="{base:.1f}" text-anchor="{anchor}" font-size="{size:g}"{style}'
                )
                edge = 'stroke="#fff" stroke-width="2.6" stroke-opacity="0.8" stroke-linejoin="round"'
                # Two texts, for what prints SVG does not always know how to draw an edge first.
                return f'{head} {edge} fill="#fff">{text}</text>{head} fill="{face.colour}">{text}</text>'
        return ""

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        west, north, east, south = box
        if west < 2 or north < 2 or east > self._width - 2 or south > self._height - 2:
            return False
        return not any(
            west < right + _ROOM and east > left - _ROOM and north < bottom + _ROOM and south > top - _ROOM
            for left, top, right, bottom in self._taken
        )
