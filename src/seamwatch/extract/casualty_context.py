"""What stands around a figure: whose it is, whether it is outdated, a tally, an update or a part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from seamwatch.extract.casualty_view import Harmed, View
from seamwatch.extract.casualty_words import OutcomeWord
from seamwatch.vocabulary.codes import Outcome

_REACH = 260
_NEW_CLAUSE = re.compile(r"[.;!?][\"”’)]*\s")
_DEAD_BEFORE = re.compile(r"\b(?:dead|killed|deaths|died|martyrs)\b[^.;]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A sentence's surroundings of its figures: offsets are characters of the sentence."""

    view: View
    period: tuple[int, int] | None
    claims: tuple[tuple[int, int], ...]

    def kind_of(self, word: OutcomeWord, person: Harmed, first: int, last: int) -> str:
        """Return the kind of one figure: ratio, part, update, or the one its word has."""
        doc, lower, patterns = self.view.doc, self.view.lower, self.view.lexicon.contexts
        start, end = doc[person.first].idx, doc[last].idx + len(doc[last])
        if self.is_ratio(start, end):
            return "ratio"
        after_number = doc[person.last].idx + len(doc[person.last])
        if person.head in self.view.numbers:
            at = self.view.numbers[person.head][1]
            after_number = doc[at].idx + len(doc[at])
        of_them = patterns["of-them"].match(lower[after_number : after_number + 30])
        kind = word.kind
        dying = (
            word.outcome == Outcome.KILLED and word.role in ("subject", "subject_phrase") and kind != "part"
        )
        if dying:
            before = lower[start : doc[first].idx]
            hurt = (
                person.hurt_before
                or patterns["hurt-before"].search(before)
                or (of_them and "dead" not in of_them.group())
            )
            if of_them and "whom" in of_them.group() and _DEAD_BEFORE.search(lower[:start]):
                return "part"  # "three dead, one of whom died in hospital" counts him already
            if kind == "update" or hurt or patterns["update-after"].match(lower[end : end + 110]):
                return "update"
        struck = person.first > first  # "wounded four of them": of those attacked, nobody was counted before
        if (of_them and not struck) or patterns["part-before"].search(lower[max(0, start - 25) : start]):
            return "part"
        killed = word.outcome == Outcome.KILLED
        if killed and kind == "absolute" and person.count[1] is not None and self.is_all(start, end):
            return "total"
        return kind

    def is_all(self, start: int, end: int) -> bool:
        """Return whether "in all", "all told" or "with him" says that the figure counts everyone."""
        patterns, lower = self.view.lexicon.contexts, self.view.lower
        return bool(
            patterns["in-all"].search(lower[max(0, start - 70) : start])
            or patterns["in-all-after"].match(lower[end : end + 60])
        )

    def is_ratio(self, start: int, end: int) -> bool:
        """Return whether the figure at start..end counts a long period that the same sentence names."""
        if self.period is None:
            return False
        first, last = min(start, self.period[0]), max(end, self.period[1])
        between = self.view.lower[min(end, self.period[1]) : max(start, self.period[0])]
        return last - first < _REACH and not _NEW_CLAUSE.search(between)

    def source_of(self, first: int, last: int) -> tuple[bool, bool, bool]:
        """Return (by an armed group, rival, outdated) of the figure on tokens first..last."""
        doc = self.view.doc
        return self.source_at(doc[first].idx, doc[last].idx + len(doc[last]))

    def source_at(self, start: int, end: int) -> tuple[bool, bool, bool]:
        """Return (by an armed group, rival, outdated) of the figure on characters start..end."""
        patterns = self.view.lexicon.contexts
        before, after = self.view.lower[max(0, start - 110) : start], self.view.lower[end : end + 60]
        outdated = bool(patterns["outdated-before"].search(before) or patterns["outdated-after"].match(after))
        rival = bool(patterns["spoken-before"].search(before))
        return any(a <= start < b for a, b in self.claims), rival, outdated

    def also(self, first: int) -> bool:
        """Return whether "also" stands before the casualty word."""
        at = self.view.doc[first].idx
        return bool(self.view.lexicon.contexts["also-before"].search(self.view.lower[max(0, at - 40) : at]))


def make_context(view: View) -> Context:
    """Return the context of a sentence: whether it tallies a period, and where a group's own claims stand."""
    patterns = view.lexicon.contexts
    period = patterns["period"].search(view.lower)
    ratio = period is not None and not patterns["no-tally"].search(view.lower[: period.start()])
    span = period.span() if period is not None and ratio else None
    return Context(view=view, period=span, claims=tuple(_claims(view)))


def _claims(view: View) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a sentence whose figures are an armed group's own."""
    patterns, lower = view.lexicon.contexts, view.lower
    claim = patterns["own-claim"].search(lower)
    if claim is not None:
        yield claim.end(), len(lower)
    for match in patterns["own-claim-after"].finditer(lower):
        begin, end = lower.rfind(";", 0, match.start()) + 1, lower.find(";", match.end())
        if match.group().startswith("credited"):
            stop = lower.find(",", match.end())
            yield match.end(), stop if stop > 0 else len(lower)
        elif match.group()[0] in ',"”’':
            yield begin, match.start()
        else:
            yield begin, end if end > 0 else len(lower)
