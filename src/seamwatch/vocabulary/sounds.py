"""How names sound: what the transliterations of one name from Arabic, Kurdish or Persian have in common."""

from __future__ import annotations

import re

# Sounds that transliterations write in several ways, longest first.
_SOUNDS = (
    ("sch", "s"), ("kh", "x"), ("gh", "g"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("ch", "c"), ("ou", "u"),
    ("oo", "u"), ("aw", "u"), ("au", "u"), ("ee", "i"), ("ei", "i"), ("ai", "i"), ("ay", "i"), ("ey", "i"),
    ("q", "k"), ("w", "u"), ("v", "u"), ("o", "u"), ("y", "i"), ("e", "i"),
)  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")


def sound_of(text: str) -> str:
    """Return how a folded name without blanks sounds.

    >>> sound_of("hawija") == sound_of("huwayjah"), sound_of("kulajo") == sound_of("kolajaw")
    (True, True)
    """
    for written, sound in _SOUNDS:
        text = text.replace(written, sound)
    text = _DOUBLE.sub(r"\1", text)
    return text[:-1] if text.endswith("h") and len(text) > 3 else text
