"""People told beside a count: parts of it, those who fared likewise, a bomber who died of his own bomb."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from seamwatch.extract.casualty_counts import Found
from seamwatch.extract.casualty_expression import CasualtyExpression
from seamwatch.extract.casualty_people import bare_person, harmed_right
from seamwatch.extract.casualty_rules import listed
from seamwatch.extract.casualty_view import ORDINALS, Harmed, View
from seamwatch.extract.numbers import parse_number
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.vocabulary.codes import Outcome, VictimGroup

_INCLUDING = re.compile(
    r"\b(?:including|among them|among whom|counting|as well as)(?: (?:is|are|was|were))?\b"
)
_LIKEWISE = re.compile(
    r"\b(?:so (?:did|was|were|has|have)|as (?:did|was|were)|"
    r"and (?:so too|likewise|with (?:him|her|them)|after (?:him|her|them)))\b"
)
_IN_HOSPITAL = re.compile(
    r"\b(?:and|while|but) (?=(?:a|an|another|one|the|two|three) (?:[\w-]+ ){0,2}?(?:later|"
    r"shortly after|on the way|(?:in|at) (?:a |the )?(?:\w+ )?(?:hospital|clinic)|"
    r"of (?:his|her|their) (?:wounds|injuries|burns))\b)"
)
_AGED = re.compile(
    r"\b(?:the|an?|his|her|their)\s+(?:\w+,?\s+)?\d{1,2}-year-old\b(?!\s+(?:\w+\s)?(?:boy|girl|man|woman|son|"
    r"daughter|child|driver|\w+er|\w+or)\b)[^.;]{0,120}?\b(?:died|dies|passed away|succumbed)\b",
    re.IGNORECASE,
)
_HURT = re.compile(r"\b(?:wounded|injured|hurt|shot|burned|hit|maimed|lost both)\b", re.IGNORECASE)
_OF_NUMBER = re.compile(r"\s+of\s+(\w+)\b")
_GROUP_NOUN = re.compile(r"\b(?:family|group|crew|party|team|gang)\b", re.IGNORECASE)


def collective(parsed: ParsedSentence, one: CasualtyExpression) -> CasualtyExpression:
    """Return "a family of four" as the four that it says, anything else as it is."""
    if one.who is None or one.best != 1:
        return one
    after = parsed.sentence.text[one.who.span.end - parsed.start :]
    match = _OF_NUMBER.match(after) or _OF_NUMBER.search(one.who.quote)
    count = parse_number(match.group(1)) if match and _GROUP_NOUN.search(one.who.quote) else None
    if count is None or count[1] is None:
        return one
    return replace(one, low=count[0], best=count[1], high=count[2])


def aged_deaths(
    parsed: ParsedSentence, found: tuple[CasualtyExpression, ...]
) -> tuple[CasualtyExpression, ...]:
    """Return the expressions with somebody told by age alone who dies: "a 19-year-old shot there died"."""
    match = _AGED.search(parsed.sentence.text)
    if match is None:
        return found
    evidence = parsed.chars(match.start(), match.end(), "casualty:aged")
    kind = "update" if _HURT.search(match.group(0)) else "absolute"
    aged = CasualtyExpression(
        outcome=Outcome.KILLED, low=1, best=1, high=1, group=VictimGroup.UNKNOWN, who=None, name="",
        evidence=evidence, kind=kind,
    )  # fmt: skip
    rest = [c for c in found if not (c.outcome is Outcome.KILLED and c.evidence.span.overlaps(evidence.span))]
    told = [c for c in found if c not in rest and c.best is not None]
    return found if told else (aged, *rest)


def add_parts(view: View, found: list[Found]) -> list[Found]:
    """Return the expressions with the parts that "including" and "among them" name."""
    parts: list[Found] = []
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


def add_likewise(view: View, found: list[Found]) -> list[Found]:
    """Return the expressions with those of "so did one of the attackers", "and a fourth in hospital"."""
    more: list[Found] = []
    heads = {head for _, head, _ in found}
    for pattern in (_LIKEWISE, _IN_HOSPITAL):
        for match in pattern.finditer(view.lower):
            at = view.token_at(match.end() - 1) + 1
            before = [f for f in found if f[0] < at and f[2].kind in ("absolute", "update") and f[1] >= 0]
            if not before or at >= len(view.words):
                continue
            whole = before[-1][2]
            person = harmed_right(view, at) or _ordinal_at(view, at)
            if person is None or person.head in heads or (person.bare and not person.adds):
                continue
            later = pattern is _IN_HOSPITAL
            if later and (whole.outcome != Outcome.KILLED or _told_after(found, person.head)):
                continue
            heads.add(person.head)
            evidence = view.parsed.evidence(
                view.token_at(match.start()), max(person.last, at), "casualty:likewise"
            )
            low, best, high = person.count
            more.append(
                (person.first, person.head, replace(
                    whole, low=low, best=best, high=high, group=person.group, name=person.name, who=None,
                    evidence=evidence, kind="update" if later else whole.kind, adds=True, definite=False,
                    ordinal=0,
                ))
            )  # fmt: skip
    return [*found, *more]


def _told_after(found: list[Found], head: int) -> bool:
    """Return whether something else is said of what happened to the people at head."""
    return any(head - 2 <= at <= head + 1 for at, _, _ in found)


def _ordinal_at(view: View, at: int) -> Harmed | None:
    """Return the one behind "a fourth", "the other"."""
    for i in (at, at + 1):
        if view.word(i) in ORDINALS or view.word(i) == "other":
            return bare_person(view, i)
    return None


def add_bombers(view: View, found: list[Found]) -> list[Found]:
    """Return the expressions with the bomber of "took three lives besides his own"."""
    more: list[Found] = []
    pattern = view.lexicon.contexts["himself-too"]
    heads = {head for _, head, _ in found}
    for at, _, e in found:
        end = e.evidence.span.end - view.parsed.start
        match = pattern.match(view.lower[end : end + 80]) if e.outcome == Outcome.KILLED else None
        if match is None or e.best is None or e.kind not in ("absolute", "total"):
            continue
        own = view.token_at(end + match.end() - 1)
        if own not in heads:
            heads.add(own)
            bomber = replace(
                e, low=1, best=1, high=1, group=VictimGroup.NONSTATE, who=None, name="", definite=False,
                adds=False,
            )  # fmt: skip
            more.append((at, own, bomber))
    return [*found, *more]


def inherit(found: Iterable[CasualtyExpression]) -> Iterator[CasualtyExpression]:
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
