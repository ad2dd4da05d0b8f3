"""Lexicons: YAML files of entries, each with patterns, fields and example sentences that a test runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from seamwatch.errors import VocabularyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An example sentence of an entry and what it must give (a value that the entry's reader knows)."""

    text: str
    gives: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: its id, its patterns, its own fields, and its examples (at least one)."""

    id: str
    patterns: tuple[str, ...]
    fields: Mapping[str, Any]
    examples: tuple[Example, ...]


def read_entries(name: str, language: str = "en") -> tuple[Entry, ...]:
    """Return the entries of lexicons/<language>/<name>.yaml, checked; raise VocabularyError with the place.

    The file is `{entries: [{id, patterns: [...], examples: [{text, gives}], ...own fields}]}`.
    """
    file = resources.files("seamwatch.vocabulary") / "lexicons" / language / f"{name}.yaml"
    where = f"lexicons/{language}/{name}.yaml"
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        rows = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)["entries"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as wrong:
        raise VocabularyError(f"{where}: not a lexicon with a list `entries` ({wrong})") from wrong
    entries, seen = [], set()
    for number, row in enumerate(rows, 1):
        at = f"{where}, entry {number} ({row.get('id', 'no id') if isinstance(row, dict) else row!r})"
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            raise VocabularyError(f"{at}: every entry needs an `id`")
        if row["id"] in seen:
            raise VocabularyError(f"{at}: this id stands twice")
        seen.add(row["id"])
        examples = row.get("examples") or []
        if not examples or not all(isinstance(e, dict) and "text" in e and "gives" in e for e in examples):
            raise VocabularyError(f"{at}: every entry needs `examples`, each with `text` and `gives`")
        patterns = row.get("patterns") or []
        if not all(isinstance(p, str) and p for p in patterns):
            raise VocabularyError(f"{at}: `patterns` must be texts")
        entries.append(
            Entry(
                id=row["id"],
                patterns=tuple(patterns),
                fields={k: v for k, v in row.items() if k not in ("id", "patterns", "examples")},
                examples=tuple(Example(text=e["text"], gives=e["gives"]) for e in examples),
            )
        )
    return tuple(entries)
