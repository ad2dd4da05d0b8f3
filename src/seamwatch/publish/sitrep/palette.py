"""Colours of a situation report: one for each event type, the same as on the desk."""

from __future__ import annotations

from seamwatch.vocabulary.acled import EventType

COLOURS = {
    EventType.BATTLES: "#b3261e",
    EventType.EXPLOSIONS: "#c25700",
    EventType.VIOLENCE_AGAINST_CIVILIANS: "#7a2a8c",
    EventType.PROTESTS: "#1567a8",
    EventType.RIOTS: "#8a6100",
    EventType.STRATEGIC_DEVELOPMENTS: "#2a6f57",
}
INK, SOFT, RULE = "#1d2730", "#5d6a75", "#cfd6dc"
LAND, SEA = "#f6f4ee", "#dfe9ef"
FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', 'Libertinus Serif', sans-serif"
