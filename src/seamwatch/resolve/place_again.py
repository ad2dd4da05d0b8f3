"""Later bare mentions of names that an article introduced once as those of places."""

from __future__ import annotations

from collections.abc import Sequence, Set

from seamwatch.resolve.place_names import skeleton
from seamwatch.resolve.place_phrases import PlaceWords, Token, read_setting
from seamwatch.resolve.place_reading import Found, Reading

_LETTERS = str.maketrans("qwvoey", "kuuuii")
_LEAST = 5


def find_again(reading: Reading, found: list[Found], unknown: Set[str], words: PlaceWords) -> list[Found]:
    """Return the names of a part with the later bare mentions of the unknown ones added.

    "a raid on the village of Kulajo ... after Kulajaw was attacked": another spelling counts too.
    """
    tokens = reading.tokens
    taken = {at for f in found for at in range(f.first, f.last + 1)}
    heads = {key.split()[0] for key in unknown}
    spoken = {s for s in map(skeleton, unknown) if len(s) >= _LEAST}
    letters = {s[0] for s in spoken}
    added = []
    for first, token in enumerate(tokens):
        if first in taken or not (token.capital or token.key == "al"):
            continue
        same = token.key in heads
        if not same and (token.key[:1].translate(_LETTERS) not in letters or token.number):
            continue
        for last in range(min(first + 3, len(tokens) - 1), first - 1, -1):
            key = " ".join(t.key for t in tokens[first : last + 1])
            if not (same and key in unknown) and not (
                last - first < 3 and _is_variant(reading, tokens[first : last + 1], key, spoken)
            ):
                continue
            if not any(at in taken for at in range(first, last + 1)):
                setting = read_setting(tokens, first, last, words)
                start, end = token.start, tokens[last].end
                added.append(Found(reading.part, first, last, start, end, key, setting, strength=1.0))
                taken.update(range(first, last + 1))
            break
    return sorted([*found, *added], key=lambda f: f.start) if added else found


def _is_variant(reading: Reading, tokens: Sequence[Token], key: str, spoken: Set[str]) -> bool:
    """Return whether some words are another spelling of an unknown place's name."""
    if any(not t.capital or t.number for t in tokens) or any(t.gap not in (" ", "-") for t in tokens[1:]):
        return False
    if key in reading.persons or key in reading.lower_words or not 4 < len(key) < 30:
        return False
    return skeleton(key) in spoken
