"""Private persons: stored as roles, never by name. Names stay in the article's own text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TypeVar

from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import Actor, Claim, Extraction, Mention, Target, Victim
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import ActorKind, ClaimKind, TargetKind
from seamwatch.vocabulary.lexicon import read_entries

NOBODY = "person"
_CAPITAL = r"[A-ZÀ-ÞĞİŞḤḌṬṢẒʿʻ‘]"
_PARTICLE = (
    r"(?:al|el|as|ar|ad|an|at|az|ul|bin|ben|ibn|abu|abd|de|da|del|della|dos|la|le|van|von|der|ould|ag)"
)
# "Hasan", "al-Rawi", "Na'lisha", "O'Neil", "Abd al-Rahman", "Daniel R. Hill"
_WORD = rf"(?:(?:{_PARTICLE}[-‐ ])*{_CAPITAL}[\w'’ʼ-]*\.?)"
_RUN = re.compile(rf"\b{_WORD}(?:\s+{_WORD})*", re.UNICODE)
_PREPOSITION = re.compile(
    r"\b(?:of|from|in|at|near|for|by|with|to|on|the|a|an|and|or|between|outside|inside|against)$"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_NUMBERS = frozenset("one two three four five six seven eight nine ten dozens several".split())
_EDGE = " \t\r\n,;:.\"'“”‘’()[]–-"
P = TypeVar("P", Actor, Target, Victim)


@dataclass(frozen=True, kw_only=True)
class PrivacyRules:
    """The word lists that tell a person's name from an office, a group or a place, by layer."""

    layers: dict[str, frozenset[str]]

    @cached_property
    def _longest(self) -> int:
        return max(len(title.split()) for title in self.layers["office"])

    def titled(self, words: list[str]) -> int:
        """Return how many of the first words are the title of an office."""
        plain = [w.rstrip(".").lower() for w in words]
        for size in range(min(len(words), self._longest), 0, -1):
            if " ".join(plain[:size]) in self.layers["office"]:
                return size
        return 0

    def has(self, layer: str, words: Iterable[str]) -> bool:
        """Return whether one of the words is of a layer."""
        known = self.layers[layer]
        return any(_POSSESSIVE.sub("", w.lower()).rstrip(".") in known or w.lower() in known for w in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A person's name in a phrase: the name alone, and the phrase without it. `office`: of a title."""

    name: str
    role: str
    office: bool


@lru_cache(maxsize=1)
def load_privacy_rules() -> PrivacyRules:
    """Return the rules of lexicons/en/persons.yaml; the nouns for people are those of people.yaml."""
    layers: dict[str, set[str]] = {"noun": set()}
    for entry in read_entries("persons"):
        layers.setdefault(entry.fields["layer"], set()).update(entry.patterns)
    for entry in read_entries("people"):
        if entry.fields.get("role") == "head":
            heads = {pattern.split()[-1] for pattern in entry.patterns}
            plurals = {pattern.split()[-1] for pattern in entry.fields.get("plurals", ())}
            layers["noun"] |= heads | {f"{head}s" for head in heads} | plurals
    return PrivacyRules(layers={name: frozenset(words) for name, words in layers.items()})


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def find_person(
    phrase: str, rules: PrivacyRules, *, sure: bool = True, places: Collection[str] = ()
) -> _Found | None:
    """Return the person whom a noun phrase names, or None where it names an office, a group or a place.

    Where it is not `sure` that the phrase means a person, only a known given name or title tells one.

    >>> rules = load_privacy_rules()
    >>> [f.role for p in ("farmer Hasan Karim", "Colonel Hadi Karim") if (f := find_person(p, rules))]
    ['farmer', 'Colonel']
    >>> find_person("member of the Federal Police", rules) is None
    True
    """
    for match in _RUN.finditer(phrase):
        words = match.group().split()
        before, after = phrase[: match.start()].rstrip(), phrase[match.end() :]
        nouns, words = _leading(words, lambda w: rules.has("noun", [w]) or w.lower() in _NUMBERS)
        size = rules.titled(nouns + words)
        titled, words = (nouns + words)[:size], (nouns + words)[size:] if size else words
        honours, words = _leading(words, lambda w: rules.has("honorific", [w]))
        if not words or rules.has("group", words) or rules.has("noun", words):
            continue
        if all(_is_acronym(w) for w in words) or match.group() in places:
            continue
        given = rules.has("given", words[:1])
        last = before.split()[-1:]
        led = bool(rules.titled(last) or rules.titled(before.split()[-2:]))
        kin = last == ["of"] and rules.has("kin", before.split()[-2:-1])
        owner = words[-1].endswith(("'s", "’s")) and rules.has("kin", after.split()[:1])
        noun = bool(nouns) or rules.has("noun", last)
        if not (kin or owner or titled or honours):
            if _PREPOSITION.search(before) or re.match(r"\s+[a-z]", after):
                continue  # "policeman from Baiji", "Daquq resident"
            if len(words) == 1 and not given and ((before and not (led or noun)) or _is_plural(words[0])):
                continue
            if not (sure or given or led):
                continue
        role = _role(" ".join([before, *([] if titled else nouns)]).strip(), " ".join(titled), after)
        return _Found(name=_POSSESSIVE.sub("", " ".join(words)), role=role, office=bool(titled) or led)
    return None


def people_in(sentence: str, rules: PrivacyRules, places: Collection[str] = ()) -> Iterator[str]:
    """Yield the names of private persons in a sentence: of two words, with a given name or after a role.

    >>> sentence = "A farmer, Hasan Karim, was shot near Daquq, Major Ali Said said."
    >>> list(people_in(sentence, load_privacy_rules()))
    ['Hasan Karim']
    """
    for match in _RUN.finditer(sentence):
        before = sentence[: match.start()].rstrip()
        words = match.group().split()
        skipped, words = _leading(words, lambda w: rules.has("noun", [w]) or rules.has("honorific", [w]))
        if len(words) < 2 or rules.has("group", words) or " ".join(words) in places:
            continue
        title = (before.split()[-2:], before.split()[-1:], skipped + words, words)
        if any(rules.titled(part) for part in title):
            continue
        role = re.search(r"([\w-]+)(?: named|,)$", before)
        if rules.has("given", words[:1]) or (role and rules.has("noun", [role.group(1)])):
            yield _POSSESSIVE.sub("", " ".join(words))


def _leading(words: list[str], known: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """Return the first words as far as they are known, and the rest."""
    size = next((n for n, word in enumerate(words) if not known(word)), len(words))
    return words[:size], words[size:]


def _is_plural(word: str) -> bool:
    return word.lower().endswith("s")


def _role(before: str, title: str, after: str) -> str:
    """Return what a phrase says of a person beside the name."""
    kept = re.sub(r"\s+of$", "", before).strip(_EDGE)
    if title:
        return f"{kept} {title}".strip()
    if kept and kept.lower() not in ("a", "an", "the"):
        return kept
    rest = re.sub(r"^(?:,|\()?\s*(?:an?|the)?\s*", "", after.strip()).strip(_EDGE)
    rest = re.split(r"[,;(]", rest)[0].strip()
    return rest if rest and not _RUN.search(rest) and not rest[:1].isdigit() else NOBODY


class _Withheld:
    """The private names of one article, and what is stored in their place."""

    def __init__(self, extraction: Extraction, rules: PrivacyRules, places: Iterable[str]) -> None:
        self._rules = rules
        units = (m.place for m in extraction.mentions if m.place is not None)
        self._places = {*places, *(n for p in units for n in (p.name, p.admin1, p.admin2, p.country) if n)}
        self._offices = {
            s.speaker.lower(): s.role or s.organisation or NOBODY
            for s in extraction.statements
            if s.role or s.organisation
        }
        self._groups = {
            a.name.lower()
            for m in extraction.mentions
            for a in m.perpetrators
            if a.kind is not ActorKind.INDIVIDUAL
        }
        names = {
            found.name
            for m in extraction.mentions
            for phrase, sure in _phrases(m)
            if (found := self.person(phrase, sure=sure)) and not found.office
        }
        for quote in {e.quote for e in _all_quotes(extraction)}:
            names |= {n for n in people_in(quote, rules, self._places) if self._office_of(n) is None}
        parts = {w for n in names for w in n.split() if len(w) > 3 and w[0].isupper()}
        places = {w for place in self._places for w in place.split()}
        wanted = sorted(names | (parts - places), key=lambda n: (-len(n), n))
        self._names = (
            re.compile(rf"\b(?:{'|'.join(map(re.escape, wanted))})(?:['’]s)?(?!\w)") if wanted else None
        )

    def person(self, phrase: str, *, sure: bool = True) -> _Found | None:
        """Return the person whom a phrase names; a speaker with an office counts by that."""
        office = self._office_of(phrase)
        if office is not None:
            return _Found(name=phrase, role=office, office=True)
        if phrase.lower() in self._groups:
            return None
        return find_person(phrase, self._rules, sure=sure, places=self._places)

    def _office_of(self, phrase: str) -> str | None:
        folded = phrase.lower()
        for speaker, office in self._offices.items():
            if folded == speaker or (" " not in folded and speaker.endswith(f" {folded}")):
                return office
        return None

    def evidence(self, evidence: tuple[Evidence, ...], *, first: bool = False) -> tuple[Evidence, ...]:
        """Return the evidence with each quote cut around the names; `first`: in order, else by length."""
        if self._names is None or not any(self._names.search(e.quote) for e in evidence):
            return evidence
        kept: list[Evidence] = []
        for item in evidence:
            parts = list(_around(item, self._names))
            kept += parts if first else sorted(parts, key=lambda e: (-len(e.quote), e.span.start))
        return tuple(kept)


def _phrases(mention: Mention) -> Iterable[tuple[str, bool]]:
    """Yield the phrases of a mention that may name a private person, and whether they surely mean people."""
    yield from ((v.name, True) for v in mention.victims)
    yield from ((t.name, True) for t in mention.targets if t.kind is TargetKind.HUMAN)
    yield from ((a.name, True) for a in mention.perpetrators if a.kind is ActorKind.INDIVIDUAL)
    yield from ((c.by, False) for c in mention.claims if c.kind is not ClaimKind.CLAIMS)
    for evidence in (*(v.evidence for v in mention.victims), *(t.evidence for t in mention.targets)):
        yield from ((e.quote, True) for e in evidence[:1] if len(e.quote) < 80)


def _all_quotes(extraction: Extraction) -> Iterable[Evidence]:
    for mention in extraction.mentions:
        yield from _quotes(mention)
    for other in extraction.others:
        yield from other.evidence
    for statement in extraction.statements:
        yield from statement.evidence


def _quotes(mention: Mention) -> Iterable[Evidence]:
    """Yield the evidence of a mention that may be whole clauses."""
    yield from mention.evidence
    for name in (*TOLLS, "place", "date"):
        value = getattr(mention, name)
        yield from value.evidence if value is not None else ()
    for name in ("claims", "weapons", "victims", "targets", "perpetrators"):
        for value in getattr(mention, name):
            yield from value.evidence


def _around(item: Evidence, names: re.Pattern[str]) -> Iterable[Evidence]:
    """Yield the pieces of a quote between the names, each a slice of the article still."""
    edges = [0]
    for match in names.finditer(item.quote):
        edges += match.span()
    edges.append(len(item.quote))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        piece = item.quote[start:end]
        left = start + len(piece) - len(piece.lstrip(_EDGE))
        right = end if end == len(item.quote) else start + len(piece.rstrip(_EDGE))
        if right > left and any(c.isalpha() for c in item.quote[left:right]):
            span = replace(item.span, start=item.span.start + left, end=item.span.start + right)
            yield replace(item, span=span, quote=item.quote[left:right])


def _mention(mention: Mention, withheld: _Withheld) -> Mention:
    trigger = withheld.evidence(mention.evidence)

    def as_role(value: P) -> P:
        found = withheld.person(value.name)
        evidence = withheld.evidence(value.evidence, first=True) or (trigger[:1] if value.evidence else ())
        return replace(value, name=found.role if found else value.name, evidence=evidence)

    def claim(value: Claim) -> Claim:
        found = None if value.kind is ClaimKind.CLAIMS else withheld.person(value.by, sure=False)
        by = found.role if found else value.by
        return replace(value, by=by, evidence=withheld.evidence(value.evidence))

    tolls = {
        name: replace(toll, evidence=withheld.evidence(toll.evidence))
        for name in TOLLS
        if (toll := getattr(mention, name)) is not None
    }
    place, when = mention.place, mention.date
    return replace(
        mention,
        victims=tuple(as_role(v) for v in mention.victims),
        targets=tuple(as_role(t) if t.kind is TargetKind.HUMAN else t for t in mention.targets),
        perpetrators=tuple(
            as_role(a)
            if a.kind is ActorKind.INDIVIDUAL
            else replace(a, evidence=withheld.evidence(a.evidence, first=True))
            for a in mention.perpetrators
        ),
        weapons=tuple(replace(w, evidence=withheld.evidence(w.evidence)) for w in mention.weapons),
        claims=tuple(claim(c) for c in mention.claims),
        place=replace(place, evidence=withheld.evidence(place.evidence)) if place else None,
        date=replace(when, evidence=withheld.evidence(when.evidence)) if when else None,
        evidence=trigger,
        **tolls,
    )


def withhold_private_names(
    extraction: Extraction, rules: PrivacyRules, places: Iterable[str] = ()
) -> Extraction:
    """Return the extraction as it may be stored: private persons only as roles, their names in no quote.

    Office holders stay as speakers of statements; elsewhere they stand by their office. Groups and
    forces keep their names; `places` are names in the article that are surely no person's.
    """
    withheld = _Withheld(extraction, rules, places)
    others = (replace(o, evidence=withheld.evidence(o.evidence)) for o in extraction.others)
    return replace(
        extraction,
        mentions=tuple(_mention(m, withheld) for m in extraction.mentions),
        # A passage that is nothing but a name says nothing without it.
        others=tuple(o for o in others if o.evidence),
        statements=tuple(
            replace(s, evidence=withheld.evidence(s.evidence, first=True)) for s in extraction.statements
        ),
    )
