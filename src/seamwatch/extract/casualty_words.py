"""The casualty lexicon, compiled: outcome words, phrases, and who the harmed can be."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from seamwatch.extract.numbers import NUMBER_SLOT
from seamwatch.vocabulary.codes import Outcome, VictimGroup
from seamwatch.vocabulary.lexicon import Entry, read_entries

_MACRO = re.compile(r"\{([a-z]+)\}")
_UNCOUNTED = frozenset("personnel crew taliban".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeWord:
    """What one lexicon entry says: the outcome, its role in the sentence, and how its figure counts."""

    id: str
    role: str
    outcome: Outcome
    kind: str = "absolute"
    strict: bool = False
    combined: bool = False
    outdated: bool = False
    literal: bool = False
    needs: tuple[str, ...] = ()

    def may_match(self, lower: str) -> bool:
        """Return whether a lower-case sentence holds what the patterns of the entry need."""
        return not self.needs or any(need in lower for need in self.needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyWords:
    """The compiled lexicon. `words` maps a lower-case word, `phrases` run over the lower-case sentence."""

    words: dict[str, OutcomeWord]
    verbs: tuple[tuple[re.Pattern[str], OutcomeWord], ...]
    phrases: tuple[tuple[OutcomeWord, tuple[re.Pattern[str], ...]], ...]
    zeros: tuple[tuple[re.Pattern[str], OutcomeWord, tuple[Outcome, ...]], ...]
    excluded: re.Pattern[str]
    contexts: dict[str, re.Pattern[str]]
    gate: re.Pattern[str]
    heads: dict[str, tuple[VictimGroup, bool, str]]
    markers: tuple[tuple[re.Pattern[str], VictimGroup], ...]
    things: frozenset[str]


def plural_of(noun: str) -> str:
    """Return the regular plural of a noun.

    >>> plural_of("child"), plural_of("deputy"), plural_of("coach")
    ('childs', 'deputies', 'coaches')
    """
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def _singular_of(plural: str) -> str:
    """Return the singular of an irregular plural that the lexicon lists."""
    for ending, single in (
        ("women", "woman"), ("men", "man"), ("children", "child"), ("wives", "wife"), ("people", "person"),
        ("ies", "y"), ("passers-by", "passer-by"), ("passersby", "passerby"), ("s", ""),
    ):  # fmt: skip
        if plural.endswith(ending) and plural != "personnel":
            return plural[: len(plural) - len(ending)] + single
    return plural


def _word(entry: Entry) -> OutcomeWord:
    """Return the typed fields of a lexicon entry."""
    get = entry.fields.get
    return OutcomeWord(
        id=entry.id,
        role=str(entry.fields["role"]),
        outcome=Outcome(get("outcome", "killed")),
        kind=str(get("kind", "absolute")),
        strict=bool(get("strict", False)),
        combined=bool(get("combined", False)),
        outdated=bool(get("outdated", False)),
        literal=bool(get("literal", False)),
        needs=tuple(get("needs", ())),
    )


def _any_of(patterns: list[str]) -> str:
    """Return one pattern that matches any of the given ones."""
    return "|".join(f"(?:{p})" for p in patterns)


def _fill(pattern: str, macros: dict[str, str]) -> str:
    """Return a pattern with every {id} of a macro written out."""
    return _MACRO.sub(lambda m: macros[m[1]], pattern)


@functools.cache
def load_casualty_words(language: str = "en") -> CasualtyWords:
    """Return the compiled lexicons `casualties` and `people` of one language; read once a process."""
    words: dict[str, OutcomeWord] = {}
    verbs: list[tuple[re.Pattern[str], OutcomeWord]] = []
    phrases: list[tuple[OutcomeWord, tuple[re.Pattern[str], ...]]] = []
    zeros: list[tuple[re.Pattern[str], OutcomeWord, tuple[Outcome, ...]]] = []
    heads, markers, things, speakers = _people(language)
    excluded: list[str] = []
    gate: list[str] = []
    contexts: dict[str, re.Pattern[str]] = {}
    macros = {
        "speaker": f"(?:{_any_of(speakers)})",
        "n": NUMBER_SLOT,
        "num": NUMBER_SLOT.replace("?P<n>", "?:"),
    }
    for entry in read_entries("casualties", language):
        if entry.fields["role"] == "macro":
            macros[entry.id] = _any_of(list(entry.patterns))
            continue
        word, patterns = _word(entry), [_fill(p, macros) for p in entry.patterns]
        if word.role == "exclude":
            excluded.extend(patterns)
        elif word.role == "context":
            contexts[entry.id] = re.compile(_any_of(patterns))
        elif word.role == "gate":
            gate.extend(patterns)
        elif word.role == "zero":
            outcomes = tuple(Outcome(o) for o in entry.fields["outcomes"])
            zeros.append((re.compile(_any_of(patterns)), word, outcomes))
        elif word.role.endswith("phrase"):
            phrases.append((word, tuple(map(re.compile, patterns))))
        else:
            single = [p for p in patterns if " " not in p]
            several = [p for p in patterns if " " in p]
            for pattern in single:
                words.setdefault(pattern, word)
            if several:
                verbs.append((re.compile(rf"\b(?:{_any_of(several)})\b"), word))
    return CasualtyWords(
        words=words,
        verbs=tuple(verbs),
        phrases=tuple(phrases),
        zeros=tuple(zeros),
        excluded=re.compile(_any_of(excluded)),
        contexts=contexts,
        gate=re.compile(rf"\b(?:{'|'.join(map(re.escape, gate))})"),
        heads=heads,
        markers=markers,
        things=things,
    )


def _people(
    language: str,
) -> tuple[
    dict[str, tuple[VictimGroup, bool, str]],
    tuple[tuple[re.Pattern[str], VictimGroup], ...],
    frozenset[str],
    list[str],
]:
    """Return heads (word -> group, plural, singular), group markers, things and speakers."""
    heads: dict[str, tuple[VictimGroup, bool, str]] = {}
    markers: list[tuple[re.Pattern[str], VictimGroup]] = []
    things: set[str] = set()
    speakers: list[str] = []
    for entry in read_entries("people", language):
        role = entry.fields["role"]
        if role == "speaker":
            speakers.extend(entry.patterns)
            continue
        if role == "thing":
            things.update(entry.patterns, map(plural_of, entry.patterns))
            continue
        group = VictimGroup(entry.fields["group"])
        if role == "marker":
            markers.append((re.compile(rf"(?<![\w-])(?:{_any_of(list(entry.patterns))})(?![\w])"), group))
            continue
        for noun in entry.patterns:
            if entry.fields.get("plural_only"):
                heads[noun] = (group, True, noun.removesuffix("s") if noun == "peshmergas" else noun)
            else:
                heads[noun] = (group, False, noun)
                heads.setdefault(plural_of(noun), (group, True, noun))
        for noun in entry.fields.get("plurals", ()):
            heads[noun] = (group, True, noun if noun in _UNCOUNTED else _singular_of(noun))
    return heads, tuple(markers), frozenset(things), speakers
