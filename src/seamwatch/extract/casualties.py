"""Casualty expressions: who was killed, injured, missing or abducted in a sentence, and how many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from seamwatch.extract.casualty_context import Context, make_context
from seamwatch.extract.casualty_hits import Hit, find_hits, spans_of
from seamwatch.extract.casualty_people import harmed_right
from seamwatch.extract.casualty_rules import listed
from seamwatch.extract.casualty_view import HARMED_WORDS, View, make_view
from seamwatch.extract.casualty_words import CasualtyWords, load_casualty_words
from seamwatch.extract.numbers import parse_number
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import Outcome, VictimGroup

_INCLUDING = re.compile(
    r"\b(?:including|among them|among whom|counting|as well as)(?: (?:is|are|was|were))?\b"
)
_NOT_NUMBER = re.compile(r"\bnot (?=\w+\s*(?:[,.;]|and\b|as\b|$))")

_OF_NUMBER = re.compile(r"\s+of\s+(\w+)\b")
_GROUP_NOUN = re.compile(r"\b(?:family|group|crew|party|team|gang)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyExpression:
    """One passage that says what happened to how many people. None in low, best or high is open.

    `kind` is absolute (a count of this telling), total (a stated running total), update (one of those
    already counted dies), part (a subset of a stated count), zero (none, explicitly) or ratio (a tally of a
    long period). `rival` marks another party's figure, `by_group` an armed group's own, `outdated` a
    corrected one. `adds` marks "another", "also"; `ordinal` is 2 for "a second fighter"; `definite` marks
    people already spoken of ("the three", "he"). Expressions of one passage have the same `evidence`.
    """

    outcome: Outcome
    low: int | None
    best: int | None
    high: int | None
    group: VictimGroup
    who: Evidence | None
    name: str
    evidence: Evidence
    kind: str = "absolute"
    rival: bool = False
    by_group: bool = False
    combined: bool = False
    outdated: bool = False
    adds: bool = False
    definite: bool = False
    ordinal: int = 0


def _express(view: View, hit: Hit, context: Context) -> Iterator[CasualtyExpression]:
    """Yield one expression for each group of people that a casualty word harms."""
    first = min(hit.first, *(p.first for p in hit.people))
    last = max(hit.last, *(p.last for p in hit.people))
    evidence = view.parsed.evidence(first, last, f"casualty:{hit.word.id}")
    for person in hit.people:
        low, best, high = person.count
        if hit.combined:
            low, best = None, None
        kind = context.kind_of(hit.word, person, hit.first, hit.last)
        who = (
            None
            if not person.name and (person.bare or view.words[person.head] in HARMED_WORDS)
            else view.parsed.evidence(person.first, person.last, "people")
        )
        by_group, rival, outdated = context.source_of(first, last)
        yield CasualtyExpression(
            outcome=hit.word.outcome, low=low, best=best, high=high, group=person.group, who=who,
            name=person.name, evidence=evidence, kind=kind, by_group=by_group,
            rival=rival or by_group or outdated,
            combined=hit.combined, outdated=outdated, adds=person.adds or context.also(hit.first),
            definite=person.definite, ordinal=person.ordinal,
        )  # fmt: skip


def find_casualties(
    parsed: ParsedSentence, lexicon: CasualtyWords | None = None
) -> tuple[CasualtyExpression, ...]:
    """Return what a sentence says of people killed, injured, missing or abducted, in order of position.

    >>> from seamwatch.extract.sentences import split_sentences
    >>> from seamwatch.extract.syntax import load_parser, parse_sentences
    >>> from seamwatch.model.text import Article
    >>> article = Article(id="a", text="Two policemen were killed and three others injured.")
    >>> (parsed,) = parse_sentences(load_parser(), split_sentences(article))
    >>> [(str(e.outcome), e.best, e.name, e.evidence.quote) for e in find_casualties(parsed)]
    [('killed', 2, 'policeman', 'Two policemen were killed'), ('injured', 3, '', 'three others injured')]
    """
    lexicon = lexicon or load_casualty_words()
    text = parsed.sentence.text.lower()
    if not lexicon.gate.search(text):
        return ()
    view = make_view(parsed, lexicon)
    found: list[tuple[int, int, CasualtyExpression]] = []
    closed = spans_of(lexicon.excluded, view.lower)
    context = make_context(view)
    for pattern, none, outcomes in lexicon.zeros:
        if not none.may_match(view.lower):
            continue
        for match in pattern.finditer(view.lower):
            evidence = parsed.chars(match.start(), match.end(), "casualty:none")
            by_group, rival, outdated = context.source_at(match.start(), match.end())
            closed.append(match.span())
            for outcome in outcomes:
                zero = CasualtyExpression(
                    outcome=outcome, low=0, best=0, high=0, group=VictimGroup.UNKNOWN, who=None, name="",
                    evidence=evidence, kind="zero", rival=rival or by_group or outdated, by_group=by_group,
                    outdated=outdated,
                )  # fmt: skip
                found.append((view.token_at(match.start()), -1, zero))
    claimed: set[tuple[int, Outcome]] = set()
    for hit in sorted(find_hits(view, closed), key=lambda h: h.first):
        fresh = tuple(p for p in hit.people if (p.head, hit.word.outcome) not in claimed)
        if fresh:
            claimed.update((p.head, hit.word.outcome) for p in fresh)
            expressions = _express(view, replace(hit, people=fresh), context)
            found.extend((e[1].first, e[1].head, e[0]) for e in zip(expressions, fresh, strict=True))
    found = _apply_counts(view, context, found)
    dying = {head for _, head, e in found if e.kind == "update"}
    found = [  # "a guard who was hurt in the blast died": one of those counted as injured elsewhere
        (at, head, replace(e, kind="part") if e.outcome == Outcome.INJURED and head in dying else e)
        for at, head, e in found
    ]
    found.sort(key=lambda f: f[0])
    return tuple(_inherit([_collective(parsed, e) for _, _, e in _add_parts(view, found)]))


def _collective(parsed: ParsedSentence, one: CasualtyExpression) -> CasualtyExpression:
    """Return "a family of four" as the four that it says, anything else as it is."""
    if one.who is None or one.best != 1:
        return one
    after = parsed.sentence.text[one.who.span.end - parsed.start :]
    match = _OF_NUMBER.match(after) or _OF_NUMBER.search(one.who.quote)
    count = parse_number(match.group(1)) if match and _GROUP_NOUN.search(one.who.quote) else None
    if count is None or count[1] is None:
        return one
    return replace(one, low=count[0], best=count[1], high=count[2])


def _apply_counts(
    view: View, context: Context, found: list[tuple[int, int, CasualtyExpression]]
) -> list[tuple[int, int, CasualtyExpression]]:
    """Return the expressions with stated totals ("rose to nine") and corrected ones ("not nine") marked."""
    for pattern, word in view.lexicon.phrases:
        if word.role != "count_phrase" or not view.numbers or not word.may_match(view.lower):
            continue
        for match in pattern.finditer(view.lower):
            at = view.token_at(match.start("n"))
            start, _, count = view.numbers.get(at, (at, at, (None, None, None)))
            if at not in view.numbers:
                continue
            same = [k for k, f in enumerate(found) if f[1] in view.numbers and view.numbers[f[1]][0] == start]
            same += [k for k, f in enumerate(found) if k not in same and f[1] >= 0 and f[0] == start]
            kind = "ratio" if context.is_ratio(match.start(), match.end()) else word.kind
            if same:
                following = [k for k, f in enumerate(found) if f[0] >= start and f[2].kind == "absolute"]
                for k in {*same, *following}:
                    e = found[k][2]
                    if e.kind in ("absolute", "update"):
                        new = replace(e, kind=kind, outdated=word.outdated or e.outdated)
                        found[k] = (found[k][0], found[k][1], replace(new, rival=e.rival or word.outdated))
                continue
            evidence = view.parsed.chars(match.start(), match.end(), f"casualty:{word.id}")
            by_group, rival, outdated = context.source_at(match.start(), match.end())
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


def _add_parts(
    view: View, found: list[tuple[int, int, CasualtyExpression]]
) -> list[tuple[int, int, CasualtyExpression]]:
    """Return the expressions with the parts that "including" and "among them" name."""
    parts: list[tuple[int, int, CasualtyExpression]] = []
    heads = {h for _, h, _ in found}
    for match in _INCLUDING.finditer(view.lower):
        before = [f for f in found if f[0] < view.token_at(match.start()) and f[2].kind != "zero"]
        at = view.token_at(match.end() - 1) + 1
        phrase = harmed_right(view, at) if before and at < len(view.words) else None
        if phrase is None or match.group().startswith("as well"):
            continue
        for person in listed(view, phrase, phrase.head):
            if person.head in heads:
                continue
            evidence = view.parsed.evidence(person.first, person.last, "casualty:part")
            low, best, high = person.count
            whole = before[-1][2]
            parts.append(
                (person.first, person.head, replace(
                    whole, low=low, best=best, high=high, group=person.group, name=person.name, who=evidence,
                    evidence=evidence, kind="part", adds=False, definite=person.definite, ordinal=0,
                ))
            )  # fmt: skip
    return sorted([*found, *parts], key=lambda f: f[0])


def _inherit(found: list[CasualtyExpression]) -> Iterator[CasualtyExpression]:
    """Yield the expressions; bare numbers and "others" take over the people named before them."""
    named: CasualtyExpression | None = None
    for e in found:
        if e.kind in ("absolute", "update", "total") and e.name:
            named = e
        if (
            named is not None
            and not e.name
            and e.kind in ("absolute", "total")
            and e.who is None
            and not e.rival
        ):
            yield replace(e, name=named.name, group=named.group)
        else:
            yield e
