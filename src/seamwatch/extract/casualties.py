"""Casualty expressions: who was killed, injured, missing or abducted in a sentence, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seamwatch.extract.casualty_context import Context, make_context
from seamwatch.extract.casualty_counts import Found, apply_counts
from seamwatch.extract.casualty_expression import CasualtyExpression
from seamwatch.extract.casualty_hits import Hit, find_hits, spans_of
from seamwatch.extract.casualty_more import (
    add_bombers,
    add_likewise,
    add_parts,
    aged_deaths,
    collective,
    inherit,
)
from seamwatch.extract.casualty_view import HARMED_WORDS, View, make_view
from seamwatch.extract.casualty_words import CasualtyWords, load_casualty_words
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.vocabulary.codes import Outcome, VictimGroup

__all__ = ["CasualtyExpression", "find_casualties"]


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
    found: list[Found] = []
    closed = spans_of(lexicon.excluded, view.lower)
    context = make_context(view)
    said: list[tuple[int, int, Outcome]] = []
    for pattern, none, outcomes in lexicon.zeros:
        if not none.may_match(view.lower):
            continue
        for match in pattern.finditer(view.lower):
            evidence = parsed.chars(match.start(), match.end(), "casualty:none")
            by_group, rival, outdated = context.source_at(match.start(), match.end())
            closed.append(match.span())
            for outcome in outcomes:
                if any(a < match.end() and match.start() < b for a, b, o in said if o == outcome):
                    continue
                said.append((*match.span(), outcome))
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
    found = add_bombers(view, add_likewise(view, apply_counts(view, context, found)))
    dying = {head for _, head, e in found if e.kind == "update"}
    found = [  # "a guard who was hurt in the blast died": one of those counted as injured elsewhere
        (at, head, replace(e, kind="part") if e.outcome == Outcome.INJURED and head in dying else e)
        for at, head, e in found
    ]
    found.sort(key=lambda f: f[0])
    told = tuple(inherit(collective(parsed, e) for _, _, e in add_parts(view, found)))
    return aged_deaths(parsed, told)
