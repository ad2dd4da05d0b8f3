"""The tables that linking compares with: weights as log-odds, word groups, sub-types that stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from seamwatch.errors import VocabularyError
from seamwatch.link.likelihood import Likelihood
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.lexicon import Entry, read_entries

TypePair = tuple[SubEventType, SubEventType]
TYPES = {kind: number for number, kind in enumerate(SubEventType)}
KINDS = ("same", "same_group", "close", "weak", "other", "never")  # how two sub-types fit


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """All that comparing needs, read once by `load_link_rules` and passed in.

    `weights` is by "group.name"; `odds` is the same in thousandths, so that sums are exact. `noise` is how
    tellings miss what happened, `likelihood` what follows from it. `types` says how every ordered pair of
    sub-types fits. `groups` leads from a pattern's words to the groups it stands for, `starts` from its
    first word to the number of words of the longest pattern that begins so; `layers` from a group to its
    layer; `within` from a kind of weapon to the wider kind; `agencies` from each name of a news agency, as
    written, to its id. `late_death` finds, in a folded passage, that a wounded one died.
    """

    weights: Mapping[str, float]
    types: Mapping[TypePair, str]
    groups: Mapping[str, tuple[str, ...]]
    starts: Mapping[str, int]
    layers: Mapping[str, str]
    within: Mapping[str, str]
    place_words: frozenset[str]
    common_words: frozenset[str]
    agencies: Mapping[str, str]
    late_death: re.Pattern[str]
    noise: Mapping[str, float]
    likelihood: Likelihood
    odds: Mapping[str, int]
    type_odds: npt.NDArray[np.int64]
    fits: npt.NDArray[np.bool_]

    def find_groups(self, words: Iterable[str]) -> frozenset[str]:
        """Return the word groups that a text of lower-case words names; the longest pattern counts.

        >>> from seamwatch.link.rules import load_link_rules
        >>> sorted(load_link_rules().find_groups("a roadside bomb hit a police patrol".split()))
        ['patrol', 'police', 'roadside_bomb']
        """
        words = list(words)
        starts = self.starts
        found: set[str] = set()
        groups, at, end = self.groups, 0, len(words)
        while at < end:
            for size in range(min(starts.get(words[at], 0), end - at), 0, -1):
                hit = groups.get(words[at] if size == 1 else " ".join(words[at : at + size]))
                if hit:
                    found.update(hit)
                    at += size
                    break
            else:
                at += 1
        return frozenset(found)


def _types(raw: Mapping[str, Any]) -> dict[TypePair, str]:
    """Return how every ordered pair of sub-types fits."""
    listed: dict[frozenset[SubEventType], str] = {}
    for name in ("weak", "close"):
        for left, right in raw[name]:
            listed[frozenset((SubEventType(left), SubEventType(right)))] = name
    never = {frozenset((EventType(left), EventType(right))) for left, right in raw["never"]}
    table = {}
    for a in SubEventType:
        for b in SubEventType:
            word = listed.get(frozenset((a, b)), "other")
            if a is b:
                word = "same"
            elif word == "other" and a.event_type is b.event_type:
                word = "same_group"
            elif frozenset((a.event_type, b.event_type)) in never:
                word = "never"
            table[a, b] = word
    return table


def _words_of(entries: Iterable[Entry], layer: str) -> frozenset[str]:
    return frozenset(p for e in entries if e.fields["layer"] == layer for p in e.patterns)


def _states(entries: Iterable[Entry]) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the names of news agencies with their ids, and what finds that a wounded one died."""
    agencies: dict[str, str] = {}
    words: dict[str, list[str]] = {"hurt": [], "dies": []}
    for entry in entries:
        if entry.fields["layer"] == "agency":
            agencies.update(dict.fromkeys(entry.patterns, entry.id))
        else:
            words[entry.fields["layer"]] += entry.patterns
    hurt, dies = ("|".join(map(re.escape, words[layer])) for layer in ("hurt", "dies"))
    # "Four wounded and two dead" are two groups of people: no "and", comma or stop may stand between.
    return agencies, re.compile(rf"\b(?:{hurt})\b(?:(?!\band\b)[^.;,]){{0,80}}?\b(?:{dies})\b")


@lru_cache(maxsize=1)
def load_link_rules() -> LinkRules:
    """Return the rules of vocabulary/link_weights.yaml and lexicons/en/linking.yaml.

    They are read once: that takes 70 ms, and every decision and every record of another party needs them.
    """
    where = "vocabulary/link_weights.yaml"
    file = resources.files("seamwatch.vocabulary") / "link_weights.yaml"
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        weights: dict[str, float] = {"cap": float(raw["cap"])}
        noise = {f"{g}.{n}": float(v) for g, values in raw.pop("noise").items() for n, v in values.items()}
        for group, values in raw.items():
            if isinstance(values, dict):
                weights.update({f"{group}.{name}": float(value) for name, value in values.items()})
        types = _types(raw)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as wrong:
        raise VocabularyError(f"{where}: not a table of weights ({wrong})") from wrong
    likelihood = Likelihood(noise, types)
    kinds = np.array([[KINDS.index(types[a, b]) for b in TYPES] for a in TYPES], np.int64)
    entries = read_entries("linking")
    groups: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if entry.fields["layer"] not in ("place", "common"):
            for pattern in entry.patterns:
                groups[pattern] = (*groups.get(pattern, ()), entry.id)
    agencies, late_death = _states(read_entries("states"))
    starts: dict[str, int] = {}
    for pattern in groups:
        words = pattern.split()
        starts[words[0]] = max(starts.get(words[0], 0), len(words))
    return LinkRules(
        weights=weights,
        types=types,
        groups=groups,
        starts=starts,
        layers={e.id: e.fields["layer"] for e in entries},
        within={e.id: e.fields["within"] for e in entries if "within" in e.fields},
        place_words=_words_of(entries, "place"),
        common_words=_words_of(entries, "common"),
        agencies=agencies,
        late_death=late_death,
        noise=noise,
        likelihood=likelihood,
        odds={name: round(1000 * value) for name, value in weights.items()},
        type_odds=np.array([[likelihood.two_kinds(a, b) for b in TYPES] for a in TYPES], np.int64),
        fits=~np.isin(kinds, [KINDS.index("other"), KINDS.index("never")]),
    )
