"""How often a name whose place is not in the gazetteer is left open, or given only what is around it.

    python bench/abstention.py GOLD.xml [GOLD.xml ...] [--out bench/results/abstention.json]

GOLD.xml is a corpus in the format of LGL, TR-News or GeoVirus. Of every article up to four names that are
resolved rightly (within 161 km of the gold) are tried, each by itself: every unit of that name within 161 km
of the gold is taken out of the gazetteer, its namesakes elsewhere stay, and the article is resolved again.
Right is what is no longer recognised, left open, given only the division or country that the article names,
or still within 161 km. Wrong is a namesake.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from gold_places import NEAR_KM, distance, read_gold
from seamwatch.model.place import PlaceMention
from seamwatch.model.text import Article
from seamwatch.resolve.gazetteer import Gazetteer, Name
from seamwatch.resolve.place import find_places
from seamwatch.resolve.place_names import bare_name, fold_name
from seamwatch.resolve.place_phrases import load_place_words

A_TEXT = 4
SEED = 1


class WithoutSome(Gazetteer):
    """The shipped gazetteer without the units whose ids are in `hidden`."""

    hidden: frozenset[int] = frozenset()

    def names(self, keys: Iterable[str]) -> dict[str, Name]:
        """Return what each key may mean without what is hidden."""
        found = super().names(keys)
        if not self.hidden:
            return found
        return {
            key: Name(
                tuple(i for i in name.own if i not in self.hidden),
                tuple(i for i in name.alias if i not in self.hidden),
                name.flags,
            )
            if self.hidden.intersection(name.ids)
            else name
            for key, name in found.items()
        }

    def hide(self, name: str, lat: float, lon: float) -> bool:
        """Take out the units of a name near a point; return whether there was one."""
        self.hidden = frozenset()
        key = fold_name(name)
        units = [u for k in (key, bare_name(key)) for u in self.units(self.names([k])[k].ids)]
        self.hidden = frozenset(u.id for u in units if distance(lat, lon, u.lat, u.lon) <= NEAR_KM)
        return bool(self.hidden)


def load_without_some() -> WithoutSome:
    """Return the shipped gazetteer, of which units can be hidden."""
    path = Path(str(resources.files("seamwatch.resolve") / "gazetteer.sqlite"))
    return WithoutSome(path, load_place_words())


def at(places: Iterable[PlaceMention], start: int, end: int) -> PlaceMention | None:
    """Return the place named at some passage of the text."""
    named = (p for p in places if p.span.part == "text")
    return next((p for p in named if p.span.start < end and start < p.span.end), None)


def judge(found: PlaceMention | None, lat: float, lon: float) -> str:
    """Return what became of a name whose place is hidden."""
    if found is None:
        return "not recognised"
    place = found.place
    if place is None or place.lat is None:
        return "left open"
    if distance(lat, lon, place.lat, place.lon) <= NEAR_KM:
        return "near"
    return "division only" if found.kind == "unknown" and place.precision >= 3 else "wrong"


def measure(path: Path, gazetteer: WithoutSome) -> dict[str, object]:
    """Return the figures of one corpus."""
    outcomes: Counter[str] = Counter()
    chance = random.Random(SEED)
    for number, (text, gold) in enumerate(read_gold(path)):
        article = Article(id=str(number), text=text)
        gazetteer.hidden = frozenset()
        places = find_places(article, gazetteer)
        names: dict[str, tuple[int, int, float, float]] = {}
        for start, end, lat, lon in gold:
            hit = at(places, start, end)
            if hit is None or hit.place is None or hit.kind in ("nationality", "unknown"):
                continue
            if distance(lat, lon, hit.place.lat, hit.place.lon) <= NEAR_KM:
                names.setdefault(hit.quote.lower(), (hit.span.start, hit.span.end, lat, lon))
        picked = chance.sample(sorted(names), min(A_TEXT, len(names)))
        for start, end, lat, lon in (names[name] for name in picked):
            if gazetteer.hide(text[start:end], lat, lon):
                outcomes[judge(at(find_places(article, gazetteer), start, end), lat, lon)] += 1
    tried = sum(outcomes.values())
    return {
        "names_tried": tried,
        "right_percent": round(100 * (tried - outcomes["wrong"]) / tried, 1) if tried else None,
        "outcomes": dict(sorted(outcomes.items())),
    }


def main() -> None:
    """Measure every corpus; print the figures and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("bench/results/abstention.json"))
    options = parser.parse_args()
    gazetteer = load_without_some()
    figures: dict[str, object] = {"command": "python bench/abstention.py GOLD.xml [GOLD.xml ...]"}
    figures |= {path.stem: measure(path, gazetteer) for path in options.gold}
    json.dump(figures, sys.stdout, indent=1)
    print()
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
