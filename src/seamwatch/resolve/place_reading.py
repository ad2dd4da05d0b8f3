"""What the recognition of place names works on: a part of an article being read, and names found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from seamwatch.model.text import Part
from seamwatch.resolve.gazetteer import Name, Unit
from seamwatch.resolve.place_names import skeleton
from seamwatch.resolve.place_phrases import Setting, Token, read_tokens

Spans = dict[int, list[tuple[int, str]]]
"""The names that may begin at a token: (last token, key), the longest first."""


@dataclass(slots=True)
class Found:
    """A name that may be a place: its tokens, what it may mean, and the signs for and against it."""

    part: Part
    first: int
    last: int
    start: int
    end: int
    key: str
    setting: Setting
    candidates: list[Unit] = field(default_factory=list)
    aliases: frozenset[int] = frozenset()
    nationality: Unit | None = None
    strength: float = 0.0
    source_name: bool = False
    dateline: bool = False
    person: bool = False
    region: bool = False
    label: bool = False
    respelt: bool = False
    reasons: list[str] = field(default_factory=list)
    clues: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """One part of the article while it is read; `names` holds what the keys of its word runs mean."""

    part: Part
    text: str
    tokens: list[Token]
    names: dict[str, Name]
    lower_words: frozenset[str]
    persons: set[str]
    source: str
    accepted: int = -100
    hits: list[Found] = field(default_factory=list)
    spans: Spans = field(default_factory=dict)


def joined(token: Token) -> bool:
    """Return whether a word may belong to the name before it: a space or a hyphen parts them."""
    gap = token.gap
    return gap in (" ", "-", "–", "‑", "\n", "") or (gap == ". ")


def read_part(part: Part, text: str, source: str, persons: set[str]) -> Reading:
    """Return a part of the article ready to be read for names."""
    tokens = read_tokens(text)
    lower = frozenset(t.key for t in tokens if not t.capital)
    return Reading(part, text, tokens, {}, lower, persons, source)


def skeleton_keys(found: Sequence[Found]) -> dict[str, str]:
    """Return the transliteration keys of the unknown names."""
    return {f.key: "~" + skeleton(f.key) for f in found if not f.candidates and f.nationality is None}
