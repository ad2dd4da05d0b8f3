"""A small chart of times over sizes on logarithmic axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 680, 400, 80, 210, 40, 50
_COLOURS = ("#1b6ca8", "#c0562f", "#3f7f4f", "#7a4f9a")
_MARKS = ("circle", "square", "diamond", "triangle")


def fit_exponent(points: Points) -> tuple[float, float]:
    """Return the exponent and the factor of the power law nearest to the points, by least squares of logs.

    >>> exponent, factor = fit_exponent([(10, 20), (100, 200), (1000, 2000)])
    >>> round(exponent, 3), round(factor, 3)
    (1.0, 2.0)
    """
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x = math.fsum(x for x, _ in logs) / len(logs)
    mean_y = math.fsum(y for _, y in logs) / len(logs)
    spread = math.fsum((x - mean_x) ** 2 for x, _ in logs)
    exponent = math.fsum((x - mean_x) * (y - mean_y) for x, y in logs) / spread
    return exponent, math.exp(mean_y - exponent * mean_x)


def draw(title: str, x_label: str, y_label: str, series: Mapping[str, Points]) -> str:
    """Return an SVG with the points of each series and, through two or more, its fitted line."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    x_low, x_high = _decades(xs)
    y_low, y_high = _decades(ys)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / (x_high - x_low)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="#222"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(x_low, x_high + 1):
        x, low = at(10.0**power, 10.0**y_low)
        _, high = at(10.0**power, 10.0**y_high)
        parts.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{low + 18:.1f}" text-anchor="middle">{_figure(power)}</text>')
    for power in range(y_low, y_high + 1):
        left, y = at(10.0**x_low, 10.0**power)
        right, _ = at(10.0**x_high, 10.0**power)
        parts.append(f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{_figure(power)}</text>')
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_label)}</text>')
    turned = "rotate(-90)"
    centre = TOP + (HEIGHT - TOP - BOTTOM) / 2
    parts.append(
        f'<text transform="translate(18 {centre:.1f}) {turned}" text-anchor="middle">{escape(y_label)}</text>'
    )
    for number, (name, points) in enumerate(series.items()):
        colour, mark = _COLOURS[number % len(_COLOURS)], _MARKS[number % len(_MARKS)]
        label = name
        if len(points) > 1:
            exponent, factor = fit_exponent(points)
            label = f"{name}: n^{exponent:.2f}"
            ends = [
                at(x, factor * x**exponent) for x in (min(p[0] for p in points), max(p[0] for p in points))
            ]
            line = "L".join(f"{x:.1f} {y:.1f}" for x, y in ends)
            parts.append(f'<path d="M{line}" stroke="{colour}" fill="none" stroke-dasharray="5 3"/>')
        parts += [_mark(mark, *at(x, y), colour) for x, y in points]
        row = TOP + 14 + 22 * number
        parts.append(_mark(mark, WIDTH - RIGHT + 16, row, colour))
        parts.append(f'<text x="{WIDTH - RIGHT + 28}" y="{row + 4}">{escape(label)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _figure(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"


def _mark(kind: str, x: float, y: float, colour: str) -> str:
    match kind:
        case "circle":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'
        case "square":
            return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'
        case "diamond":
            return f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z" fill="{colour}"/>'
        case _:
            return f'<path d="M{x:.1f} {y - 5:.1f}l5.5 9.5h-11z" fill="{colour}"/>'
