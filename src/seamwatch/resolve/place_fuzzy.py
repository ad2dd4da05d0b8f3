"""Names spelt otherwise than in the gazetteer: only where the article says in which country they lie."""

from __future__ import annotations

from collections.abc import Sequence

from seamwatch.resolve.gazetteer import COUNTRY, DIVISION1, POPULATED, Gazetteer, Unit
from seamwatch.resolve.place_coherence import Tally
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_names import ARABIC, skeleton

# Countries whose names reach English through a transliteration, in several spellings. Elsewhere a name that
# differs by a letter is another name.
TRANSLITERATED = ARABIC | frozenset(
    "IR TR AF PK RU UA BY GE AM AZ KZ UZ TM TJ KG ET ER MM NP BD KE UG TD".split()
)
_LEAST = 6
_MOST = 3  # letters that may differ; they are vowels, or consonants that transliterations exchange
_START = 3
_NO_VOWELS = str.maketrans("", "", "aiu")
_SCORE = 3.0
_CONFIDENCE = 0.6
_KNOWN = 15_000


def match_spellings(resolved: Sequence[Resolved], tally: Tally, gazetteer: Gazetteer) -> None:
    """Give unknown names the place of the article's country or province that is spelt otherwise.

    Nothing is taken where several places are as close.
    """
    country = tally.country()
    if country is None or country not in TRANSLITERATED:
        return
    divisions = tally.by_division()
    done: dict[str, Unit | None] = {}
    for item in resolved:
        found = item.found
        if item.unit is not None or found.candidates or found.nationality or found.region or found.label:
            continue
        if len(found.key) < _LEAST or item.reasons or item.doubtful:
            continue
        if found.key not in done:
            done[found.key] = _closest(found.key, country, set(divisions), gazetteer)
        unit = done[found.key]
        if unit is not None:
            item.unit, item.score, item.confidence = unit, _SCORE, _CONFIDENCE
            item.reasons = [f"spelt like {unit.name}, in the country the article speaks of"]


def _closest(key: str, country: str, divisions: set[int], gazetteer: Gazetteer) -> Unit | None:
    from rapidfuzz.distance import Levenshtein

    bones = _consonants(key)
    near = []
    for other in gazetteer.keys_from(key[:_START]):
        if abs(len(other) - len(key)) <= _MOST:
            away = Levenshtein.distance(key, other, score_cutoff=_MOST)
            if away <= _MOST and _consonants(other) == bones:
                near.append((away, other))
    if not near:
        return None
    names = gazetteer.names([other for _, other in near])
    hits: dict[int, tuple[int, Unit]] = {}
    for away, other in sorted(near):
        for unit in gazetteer.units(names[other].own):
            if unit.country == country and unit.kind != COUNTRY and _fits(unit, divisions, gazetteer):
                hits.setdefault(unit.id, (away, unit))
    if not hits:
        return None
    best = min(away for away, _ in hits.values())
    closest = [unit for away, unit in hits.values() if away == best]
    first = min(closest, key=lambda u: (u.kind != POPULATED, -u.population, u.id))
    # a town and its district are one; two towns are a guess
    same = all(u.id == first.id or gazetteer.inside(first, u) or gazetteer.inside(u, first) for u in closest)
    return first if same else None


def _consonants(key: str) -> str:
    """Return what is left of a name's sounds without its vowels: "khanaqeen" and "khanaqin" are one."""
    return skeleton(key).translate(_NO_VOWELS)


def _fits(unit: Unit, divisions: set[int], gazetteer: Gazetteer) -> bool:
    """Return whether a unit lies in a division of which the article speaks, or is known beyond it."""
    division = gazetteer.above(unit, DIVISION1)
    return (division is not None and division.id in divisions) or unit.population >= _KNOWN
