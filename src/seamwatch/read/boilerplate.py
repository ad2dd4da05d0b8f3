"""What outlets put around a report (datelines, bylines, "Read more"), found so that it can be left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from seamwatch.errors import VocabularyError
from seamwatch.vocabulary.lexicon import read_entries

_LONGEST_LINE = 400
_LONGEST_LEAD = 160
_EARLY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """The compiled patterns of lexicons/en/boilerplate.yaml by what they take off."""

    lines: tuple[re.Pattern[str], ...]
    leads: tuple[re.Pattern[str], ...]
    early: tuple[re.Pattern[str], ...]
    phrases: tuple[re.Pattern[str], ...]

    def strip(self, text: str, source: str | None = None) -> str:
        """Return the text without boilerplate; `source` is the outlet's own name.

        >>> load_boilerplate().strip("ERBIL (Example 24) - Two men died.\\n\\nRead more: Blast kills 3")
        'Two men died.'
        """
        kept = [line.strip() for line in text.splitlines()]
        kept = [line for line in kept if line and not self._goes(line, source)]
        if kept:
            first = self._without_lead(kept[0], source)
            # A dateline may stand on a line of its own, but a text is never only a dateline.
            kept[0] = first if first or len(kept) > 1 else kept[0]
            for at, line in enumerate(kept[:_EARLY]):
                kept[at] = _after(self.early, line) or line
        body = "\n".join(line for line in kept if line)
        for pattern in self.phrases:
            body = pattern.sub(_keep, body)
        return body

    def _goes(self, line: str, source: str | None) -> bool:
        if len(line) > _LONGEST_LINE:
            return False
        bare = line.rstrip(" .)|")
        if source and bare.casefold() == source.casefold():
            return True
        return any(p.fullmatch(line) or p.fullmatch(bare) for p in self.lines)

    def _without_lead(self, line: str, source: str | None) -> str:
        rest = _after(self.leads, line)
        if rest is not None:
            return rest
        if source and line.casefold().startswith(source.casefold()):
            rest = line[len(source) :].lstrip()
            if rest[:1] in ("/", ":", "-", "–", "—", "|"):
                return rest[1:].lstrip()
        return line


@cache
def load_boilerplate() -> Boilerplate:
    """Return the patterns of lexicons/en/boilerplate.yaml; raise VocabularyError on a broken one."""
    kinds: dict[str, list[re.Pattern[str]]] = {"line": [], "lead": [], "early": [], "phrase": []}
    for entry in read_entries("boilerplate"):
        flags = re.NOFLAG if entry.fields.get("case") else re.IGNORECASE
        try:
            kinds[str(entry.fields.get("kind"))] += [re.compile(p, flags) for p in entry.patterns]
        except (KeyError, re.error) as wrong:
            raise VocabularyError(f"lexicons/en/boilerplate.yaml, entry {entry.id}: {wrong}") from wrong
    return Boilerplate(
        lines=tuple(kinds["line"]),
        leads=tuple(kinds["lead"]),
        early=tuple(kinds["early"]),
        phrases=tuple(kinds["phrase"]),
    )


def _after(patterns: tuple[re.Pattern[str], ...], line: str) -> str | None:
    """Return the line behind the first pattern that it begins with, or None."""
    found = next((m for p in patterns if (m := p.match(line, 0, _LONGEST_LEAD))), None)
    return line[found.end() :] if found else None


def _keep(found: re.Match[str]) -> str:
    return found.groupdict().get("keep") or ""
