"""Counts that stand in a phrase of their own: tolls, labels ("KIA: 2"), corrections ("six, not seven")."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain

from seamwatch.extract.casualty_context import Context
from seamwatch.extract.casualty_expression import CasualtyExpression
from seamwatch.extract.casualty_view import View
from seamwatch.extract.numbers import parse_number
from seamwatch.vocabulary.codes import VictimGroup

# The token where an expression begins, its head's token (-1 where it has none), and the expression.
Found = tuple[int, int, CasualtyExpression]

_NOT_NUMBER = re.compile(r"\bnot (?=\w+\s*(?:[,.;]|and\b|as\b|$))")


def apply_counts(view: View, context: Context, found: list[Found]) -> list[Found]:
    """Return the expressions with stated totals ("rose to nine") and corrected ones ("not nine") marked."""
    for word, patterns in view.lexicon.phrases:
        countable = word.role == "count_phrase" and (view.numbers or word.literal)
        if not countable or not word.may_match(view.lower):
            continue
        for match in chain.from_iterable(p.finditer(view.lower) for p in patterns):
            at = view.token_at(match.start("n"))
            read = parse_number(match["n"]) if word.literal else None
            start, _, count = view.numbers.get(at, (at, at, read))
            if count is None:
                continue
            same = [k for k, f in enumerate(found) if f[1] in view.numbers and view.numbers[f[1]][0] == start]
            same += [k for k, f in enumerate(found) if k not in same and f[1] >= 0 and f[0] == start]
            kind = word.kind
            if context.is_ratio(match.start(), match.end()):
                kind = "ratio"
            elif kind == "absolute" and not word.outdated and context.is_all(match.start(), match.end()):
                kind = "total"
            if same:
                following = [k for k, f in enumerate(found) if f[0] >= start and f[2].kind == "absolute"]
                for k in {*same, *following}:
                    e = found[k][2]
                    if e.kind in ("absolute", "update"):
                        new = replace(e, kind=kind, outdated=word.outdated or e.outdated)
                        found[k] = (found[k][0], found[k][1], replace(new, rival=e.rival or word.outdated))
                continue
            evidence = view.parsed.chars(match.start(), match.end(), f"casualty:{word.id}")
            _, rival, outdated = context.source_at(match.start(), match.end())
            by_group = context.source_at(match.start("n"), match.end())[0]
            expression = CasualtyExpression(
                outcome=word.outcome, low=count[0], best=count[1], high=count[2], group=VictimGroup.UNKNOWN,
                who=None, name="", evidence=evidence, kind=kind, by_group=by_group,
                rival=rival or by_group or outdated or word.outdated, outdated=outdated or word.outdated,
            )  # fmt: skip
            found.append((start, at, expression))
    for match in _NOT_NUMBER.finditer(view.lower):
        at = view.token_at(match.end())
        before = [f for f in found if f[0] < at and f[2].kind != "zero"]
        if at in view.numbers and before and not any(f[1] == at for f in found):
            last = before[-1][2]
            low, best, high = view.numbers[at][2]
            evidence = view.parsed.evidence(
                view.token_at(match.start()), view.numbers[at][1], "casualty:corrected"
            )
            found.append(
                (
                    at,
                    at,
                    replace(
                        last,
                        low=low,
                        best=best,
                        high=high,
                        evidence=evidence,
                        rival=True,
                        outdated=True,
                        kind="absolute",
                        who=None,
                    ),
                )
            )
    return found
