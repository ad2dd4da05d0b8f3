"""What a key means in a part being read, and the two ends of roads: "the Qayyara-Haj Ali road"."""

from __future__ import annotations

from dataclasses import replace

from seamwatch.resolve.gazetteer import NO_NAME, Gazetteer, Unit
from seamwatch.resolve.place_names import ARABIC, ARTICLES, bare_name
from seamwatch.resolve.place_phrases import read_setting
from seamwatch.resolve.place_reading import Found, Reading


def meaning_of(reading: Reading, key: str, gazetteer: Gazetteer) -> tuple[list[Unit], frozenset[int]]:
    """Return the units of a key (also without its article), and which of them have it only as an alias."""
    name = reading.names.get(key, NO_NAME)
    parts = key.split()
    if not name.own and not name.alias and len(parts) == 1:
        return [], frozenset()
    units, aliases = gazetteer.units(name.ids), frozenset(name.alias)
    if len(parts) > 1 and parts[-1] not in ARTICLES and any(w in ARTICLES for w in parts):
        more = reading.names.get(bare_name(key), NO_NAME)
        known = {u.id for u in units}
        units = units + [u for u in gazetteer.units(more.ids) if u.country in ARABIC and u.id not in known]
        aliases |= frozenset(more.alias)
    return units, aliases


def find_road_ends(reading: Reading, low: int, high: int, gazetteer: Gazetteer) -> list[Found]:
    """Return both ends of a road where only one of them is known: "the Qayyara-Haj Ali road"."""
    tokens, words = reading.tokens, gazetteer.words
    last = high - 1
    if last > low and words.generic.get(tokens[last].key) == "road":
        last -= 1
    if (
        last + 1 >= len(tokens)
        or words.generic.get(tokens[last + 1].key) != "road"
        or tokens[last + 1].gap != " "
    ):
        return []
    for at in range(low + 1, last + 1):
        if tokens[at].gap not in ("-", "–") or {tokens[at - 1].key, tokens[at].key} & ARTICLES:
            continue
        sides = ((low, at - 1), (at, last))
        keys = [" ".join(t.key for t in tokens[a : b + 1]) for a, b in sides]
        known = [meaning_of(reading, key, gazetteer) for key in keys]
        if bool(known[0][0]) == bool(known[1][0]) or any(len(key) < 3 for key in keys):
            continue
        whole = read_setting(tokens, low, last, words)
        return [
            Found(
                reading.part, a, b, tokens[a].start, tokens[b].end, key,
                replace(whole, level="", generic="", relation="road", strong=True), units, aliases,
                strength=2.0, reasons=["an end of a road"],
            )
            for (a, b), key, (units, aliases) in zip(sides, keys, known, strict=True)
        ]  # fmt: skip
    return []
