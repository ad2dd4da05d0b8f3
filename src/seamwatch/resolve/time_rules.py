"""The rules of times, made from the table: a pattern over word classes, and the reader of what it matches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from seamwatch.resolve.time_calendar_table import Reader
from seamwatch.resolve.time_table import LATE, TABLE
from seamwatch.resolve.time_words import CODES


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One pattern: its kind, its compiled form, and its reader; `late` waits for the days of the sentence."""

    kind: str
    pattern: re.Pattern[str]
    first: frozenset[str]
    read: Reader
    late: bool


def _compile(pattern: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return a pattern as a regular expression over codes, with the codes that it can start with."""
    parts: list[str] = []
    first: set[str] = set()
    open_start = True
    for item in pattern.split():
        body = re.fullmatch(r"(.+?)(\?|\*|\+|\{\d,\d\})?", item)
        assert body is not None
        names, repeat = body[1].split("|"), body[2] or ""
        codes = "".join(CODES[name] for name in names)
        parts.append(f"[{codes}]{repeat}")
        if open_start:
            first.update(codes)
            open_start = repeat in ("?", "*") or repeat.startswith("{0")
    return re.compile("".join(parts)), frozenset(first)


@cache
def load_rules() -> dict[str, tuple[Rule, ...]]:
    """Return the rules by the class codes that they can start with, in the order of the table."""
    rules: list[Rule] = []
    for kind, read, patterns in TABLE:
        for pattern in patterns:
            compiled, first = _compile(pattern)
            rules.append(Rule(kind=kind, pattern=compiled, first=first, read=read, late=kind in LATE))
    codes = {code for rule in rules for code in rule.first}
    return {code: tuple(rule for rule in rules if code in rule.first) for code in codes}
