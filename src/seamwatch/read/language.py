"""The language of a text, told by its letters and its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from seamwatch.vocabulary.lexicon import read_entries

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ARABIC_SCRIPT = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_SAMPLE = 6_000
# Share of stop words from which a text of Latin letters counts as written in a language, and how far
# the first must be ahead of the second. Security logs in English have the fewest: about 0.2.
_LEAST_SHARE = 0.12
_LEAD = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What tells a language: its commonest words, letters only it has, letters that rule it out."""

    code: str
    words: frozenset[str]
    letters: frozenset[str]
    never: frozenset[str]
    arabic_script: bool


@cache
def load_languages() -> tuple[Language, ...]:
    """Return the languages of lexicons/mul/languages.yaml."""
    return tuple(
        Language(
            code=entry.id,
            words=frozenset(entry.patterns),
            letters=frozenset(str(entry.fields.get("letters", ""))),
            never=frozenset(str(entry.fields.get("never", ""))),
            arabic_script=entry.fields.get("script") == "Arab",
        )
        for entry in read_entries("languages", language="mul")
    )


def detect_language(text: str) -> str | None:
    """Return en, ar, ckb, ku, tr, fa, ur, ps, fr, es or de, or None where it isn't sure.

    >>> detect_language("Two policemen were killed by a bomb in the south of the city.")
    'en'
    >>> detect_language("دوو پێشمەرگە لە هێرشێکی چەکداراندا کوژران و سێی دیکەش بریندار بوون")
    'ckb'
    """
    sample = text[:_SAMPLE]
    letters = sum(1 for c in sample if c.isalpha())
    if not letters:
        return None
    arabic = len(_ARABIC_SCRIPT.findall(sample))
    words = [w.replace("’", "'") for w in _WORD.findall(sample.lower())]
    if arabic > 0.5 * letters:
        return _by_score(_arabic_scores(sample, words))
    latin = sum(1 for c in sample if c.isalpha() and c < "\u0250")
    if latin < 0.8 * letters or len(words) < 4:
        return None
    return _by_score(_latin_scores(sample, words), least=_LEAST_SHARE)


def _by_score(scores: Mapping[str, float], least: float = 0.02) -> str | None:
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    (best, first), (_, second) = ranked[0], ranked[1]
    return best if first >= least and first >= _LEAD * second else None


def _arabic_scores(sample: str, words: list[str]) -> dict[str, float]:
    # Letters weigh more than words here: each of these alphabets has some that its neighbours lack.
    counts = Counter(sample)
    total = sum(n for c, n in counts.items() if _ARABIC_SCRIPT.match(c)) or 1
    scores = {}
    for language in load_languages():
        if not language.arabic_script:
            continue
        own = sum(counts[c] for c in language.letters) / total
        never = sum(counts[c] for c in language.never) / total
        common = sum(1 for w in words if w in language.words) / max(1, len(words))
        scores[language.code] = max(0.0, common + 2 * own - 2 * never)
    return scores


def _latin_scores(sample: str, words: list[str]) -> dict[str, float]:
    lowered = Counter(sample.lower())
    scores = {}
    for language in load_languages():
        if language.arabic_script:
            continue
        common = sum(1 for w in words if w in language.words) / len(words)
        own = sum(lowered[c] for c in language.letters) / len(words)
        never = sum(lowered[c] for c in language.never) / len(words)
        scores[language.code] = max(0.0, common + min(0.2, 0.5 * own) - min(0.3, 0.5 * never))
    return scores
