"""Claims: who claims an attack, denies it, or accuses another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.extract.claims import ClaimReader, FoundClaim, load_claims, merge_claims
from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.syntax import load_parser, parse_sentences
from seamwatch.model.reading import ActorMention, Reading
from seamwatch.model.text import Article, Span
from seamwatch.vocabulary.codes import ActorKind, VictimGroup
from seamwatch.vocabulary.lexicon import read_entries

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "claims.yaml").read_text(encoding="utf-8"))
EXAMPLES = [
    {"text": x.text, "gives": x.gives, "lexicon": True} for e in read_entries("claims") for x in e.examples
]
ORGANISATION, STATE = ActorKind.ORGANIZATION, ActorKind.STATE
KNOWN = {
    "Islamic State": (r"Daesh|ISIS|(?:the )?Islamic State|Amaq", ORGANISATION),
    "Taliban": (r"Taliban", ORGANISATION),
    "PKK": (r"PKK", ORGANISATION),
    "Hezbollah": (r"Hezbollah", ORGANISATION),
    "Turkey": (r"Turkey|Ankara|Turkish (?:army|artillery|drone|jets)", STATE),
}


def read(article: Article) -> Reading:
    """Mark the few actors that the case tables use."""
    found = [
        ActorMention(
            span=Span(part=part, start=m.start(), end=m.end()),
            quote=m.group(0),
            name=name,
            kind=kind,
            side=VictimGroup.STATE if kind is STATE else VictimGroup.NONSTATE,
            outlet=m.group(0) == "Amaq",
        )
        for part in ("title", "text")
        for name, (pattern, kind) in KNOWN.items()
        for m in re.finditer(rf"\b(?:{pattern})\b", article.part(part))
    ]
    return Reading(article=article, actors=tuple(sorted(found, key=lambda a: a.span.start)))


@pytest.fixture(scope="module")
def nlp() -> Any:
    return load_parser()


@pytest.fixture(scope="module")
def claims() -> ClaimReader:
    return load_claims()


def find(nlp: Any, claims: ClaimReader, article: Article) -> list[FoundClaim]:
    parsed = list(parse_sentences(nlp, split_sentences(article)))
    reading = read(article)
    return [f for n, p in enumerate(parsed) for f in claims.find_claims(p, reading, parsed[:n])]


def plain(found: FoundClaim, keys: set[str]) -> dict[str, str]:
    values = {
        "kind": found.claim.kind.value,
        "by": found.claim.by,
        "via": found.claim.via,
        "accused": found.accused.quote if found.accused else None,
        "name": found.accused_name,
    }
    return {k: v for k, v in values.items() if v is not None and k in keys}


@pytest.mark.parametrize("case", CASES + EXAMPLES, ids=lambda c: c["text"][:60])
def test_claims_of_a_sentence(case: dict[str, Any], nlp: Any, claims: ClaimReader) -> None:
    """Each case makes exactly its claims, by whom, through what, and against whom."""
    keys = {"kind", "by", "via", "accused"} | (set() if "lexicon" in case else {"name"})
    found = find(nlp, claims, Article(id="a", text=case["text"]))
    assert [plain(f, keys) for f in found] == case["gives"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_every_quote_is_the_exact_slice(case: dict[str, Any], nlp: Any, claims: ClaimReader) -> None:
    """The evidence of claim, accused and denied matter is the slice of the text that its span says."""
    article = Article(id="a", text="A line before.\n\n" + case["text"])
    for found in find(nlp, claims, article):
        for evidence in (*found.claim.evidence, found.accused, found.denied_what):
            if evidence is not None:
                assert article.text[evidence.span.start : evidence.span.end] == evidence.quote


def test_denial_says_what_is_denied(nlp: Any, claims: ClaimReader) -> None:
    """A denial carries the passage that is denied."""
    (found,) = find(nlp, claims, Article(id="a", text="The police denied that officers had shot the boy."))
    assert found.denied_what is not None
    assert found.denied_what.quote == "that officers had shot the boy"


def test_title_claim_is_told_once(nlp: Any, claims: ClaimReader) -> None:
    """A claim of the title counts only where the body makes none of its kind."""
    body = "The Taliban said its fighters had attacked the post."
    both = find(nlp, claims, Article(id="a", title="Insurgents claim attack on post", text=body))
    assert len(both) == 2
    (merged,) = merge_claims(both)
    assert merged.claim.by == "Taliban"
    assert len(merged.claim.evidence) == 2
    alone = find(nlp, claims, Article(id="a", title="Taliban claims attack on post", text="It was cold."))
    assert [f.claim.by for f in merge_claims(alone)] == ["Taliban"]
