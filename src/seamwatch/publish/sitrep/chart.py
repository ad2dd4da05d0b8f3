"""The chart of a situation report as SVG: incidents by type above, people killed below."""

from __future__ import annotations

import math
from datetime import date
from html import escape

from seamwatch.model.sitrep import Bar, Step
from seamwatch.publish.sitrep.palette import COLOURS, FONTS, INK, RULE, SOFT
from seamwatch.vocabulary.acled import EventType

WIDTH = 720
_LEFT, _RIGHT = 34, 6
_TOP, _UPPER, _GAP, _LOWER, _FOOT = 20, 120, 30, 56, 22
_LEGEND_ROW = 17
_MOST_LABELS = 12


def chart_svg(bars: tuple[Bar, ...], step: Step) -> str:
    """Return the chart, 720 wide: bars of incidents stacked by type, and of killed (best figures)."""
    width = (WIDTH - _LEFT - _RIGHT) / max(1, len(bars))
    gap = min(2.0, width * 0.2)
    most = max((sum(bar.by_type.values()) for bar in bars), default=0)
    deadliest = max((bar.killed for bar in bars), default=0)
    parts: list[str] = []
    upper, lower = _TOP + _UPPER, _TOP + _UPPER + _GAP + _LOWER
    parts += [
        _title(_TOP - 8, f"Incidents by {step}"),
        _title(upper + _GAP - 8, f"Killed by {step} (best figures)"),
    ]
    for base, height, top in ((upper, _UPPER, most), (lower, _LOWER, deadliest)):
        parts += _axis(base, height, top)
    for n, bar in enumerate(bars):
        x = _LEFT + n * width + gap / 2
        y = float(upper)
        for kind in EventType:
            count = bar.by_type.get(kind, 0)
            if count:
                high = count * _UPPER / _ceiling(most)
                y -= high
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{width - gap:.1f}" height="{high:.1f}" '
                    f'fill="{COLOURS[kind]}"/>'
                )
        if bar.killed:
            high = bar.killed * _LOWER / _ceiling(deadliest)
            parts.append(
                f'<rect x="{x:.1f}" y="{lower - high:.1f}" width="{width - gap:.1f}" height="{high:.1f}" '
                f'fill="{INK}"/>'
            )
    parts += _days(bars, step, width, lower)
    kinds = [kind for kind in EventType if any(bar.by_type.get(kind) for bar in bars)]
    legend, rows = _legend(kinds, lower + _FOOT + 12)
    height = lower + _FOOT + rows * _LEGEND_ROW + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="{FONTS}" font-size="11">{"".join(parts)}{legend}</svg>'
    )


def _title(y: float, text: str) -> str:
    return f'<text x="0" y="{y:.0f}" fill="{INK}" font-weight="bold">{escape(text)}</text>'


def _ceiling(most: int) -> int:
    """Return the round number at which an axis ends.

    >>> [_ceiling(n) for n in (0, 1, 3, 7, 12, 46, 230)]
    [4, 4, 4, 8, 20, 50, 300]
    """
    if most <= 10:
        return max(4, most + most % 2)
    ten: int = 10 ** int(math.log10(most))
    return math.ceil(most / ten) * ten


def _axis(base: float, height: float, most: int) -> list[str]:
    top = _ceiling(most)
    ticks = [0, top // 2, top]
    found: list[str] = []
    for tick in ticks:
        y = base - tick * height / top
        found.append(
            f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="{SOFT if not tick else RULE}" '
            f'stroke-width="{1 if not tick else 0.6}"/>'
        )
        found.append(f'<text x="{_LEFT - 6}" y="{y + 3.8:.1f}" text-anchor="end" fill="{SOFT}">{tick}</text>')
    return found


def _label(day: date, step: Step) -> str:
    if step == "year":
        return str(day.year)
    return f"{day:%b} {day.year}" if step == "month" else f"{day.day} {day:%b}"


def _days(bars: tuple[Bar, ...], step: Step, width: float, base: float) -> list[str]:
    every = max(1, math.ceil(len(bars) / _MOST_LABELS))
    if step == "day" and every > 1:
        every = math.ceil(every / 7) * 7 if every > 4 else every
    found: list[str] = []
    for n, bar in enumerate(bars):
        if n % every == 0:
            x = _LEFT + (n + 0.5) * width
            found.append(
                f'<text x="{x:.1f}" y="{base + 15:.1f}" text-anchor="middle" fill="{SOFT}">'
                f"{_label(bar.start, step)}</text>"
            )
    return found


def _legend(kinds: list[EventType], y: float) -> tuple[str, int]:
    """Return the types with their colours, three a row, and how many rows there are."""
    found: list[str] = []
    for n, kind in enumerate(kinds):
        x, row = _LEFT + (n % 3) * 220, y + (n // 3) * _LEGEND_ROW
        found.append(
            f'<rect x="{x}" y="{row - 9:.1f}" width="10" height="10" fill="{COLOURS[kind]}"/>'
            f'<text x="{x + 15}" y="{row:.1f}" fill="{INK}">{escape(kind.value)}</text>'
        )
    return "".join(found), math.ceil(len(kinds) / 3)
