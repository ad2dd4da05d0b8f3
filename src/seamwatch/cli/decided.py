"""What a decision changed, in a line or two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seamwatch.link.decisions import Contradiction
    from seamwatch.model.incident import Incident
    from seamwatch.pipeline.decide import Decided


def change_lines(decided: Decided) -> list[str]:
    """Return what a decision changed, and what it overrides, for standard output."""
    from seamwatch.publish.plain import printable

    name = decided.decision.name if decided.kept else "dry run"
    lines = [f"{name}: {_change(decided)}"]
    for earlier in decided.overridden:
        overrides = "overrides" if decided.kept else "would override"
        lines.append(f"{name} {overrides} {earlier.name} ({earlier.kind.value}, by {earlier.by})")
    return [printable(line) for line in lines]


def contradiction_lines(found: Iterable[Contradiction]) -> list[str]:
    """Return what contradicts what, and what to do about it, for standard error."""
    from seamwatch.publish.plain import printable

    return [
        printable(
            f"contradiction: {one.text}. Undo the one that is wrong, as in: "
            f"seamwatch decide undo {one.decisions[-1].name}"
        )
        for one in found
    ]


def _change(decided: Decided) -> str:
    before, after = decided.before, decided.after
    if _groups(before) == _groups(after):
        changed = [text for old, new in zip(before, after, strict=True) if (text := _values(old, new))]
        if changed:
            return "; ".join(changed)
        return "stored; no incident changed" if decided.kept else "no incident would change"
    if len(after) == 1 and len(before) > 1:
        one = "are one incident now" if decided.kept else "would be one incident"
        return f"{_names(before)} {one}: {_told(after[0])}"
    if len(before) == 1 and len(after) > 1:
        number = ("two", "three", "four")[len(after) - 2] if len(after) < 5 else str(len(after))
        are = f"is {number} incidents now" if decided.kept else f"would be {number} incidents"
        return f"{before[0].id} {are}: {_all_told(after)}"
    became = "became" if decided.kept else "would become"
    return f"{_all_told(before) or 'no incident'} {became} {_all_told(after) or 'no incident'}"


def _groups(incidents: Iterable[Incident]) -> list[tuple[str, frozenset[str]]]:
    return [(i.id, frozenset(m.mention.id for m in i.mentions)) for i in incidents]


def _names(incidents: tuple[Incident, ...]) -> str:
    ids = [incident.id for incident in incidents]
    return f"{', '.join(ids[:-1])} and {ids[-1]}"


def _told(incident: Incident) -> str:
    number = len(incident.mentions)
    return f"{incident.id} ({number} mention{'s' * (number != 1)})"


def _all_told(incidents: tuple[Incident, ...]) -> str:
    parts = [_told(incident) for incident in incidents]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _values(old: Incident, new: Incident) -> str:
    """Return which values of an incident changed, from what to what; "" where none did."""
    was, now = _shown(old), _shown(new)
    changes = [
        f"{field} {was[field] or '–'} -> {now[field] or '–'}" for field in was if was[field] != now[field]
    ]
    return f"{new.id}: {', '.join(changes)}" if changes else ""


def _shown(incident: Incident) -> dict[str, str]:
    from seamwatch.model.codec import TOLLS
    from seamwatch.publish.plain import actor_words, date_words, place_words, toll_words

    return {
        "status": incident.status.value,
        "type": incident.sub_event_type.value,
        "date": date_words(incident.date),
        "place": place_words(incident.place),
        "perpetrators": actor_words(incident.perpetrators),
        **{name: toll_words(getattr(incident, name)) for name in TOLLS},
    }
