"""Scope and domain: which words take a passage out of plain fact, and what an article is about."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from seamwatch.errors import VocabularyError
from seamwatch.extract.domain import Domain, DomainReader, load_domain
from seamwatch.extract.patterns import PhraseBook, compile_pattern, split_words
from seamwatch.extract.scope import ScopeReader, load_scope
from seamwatch.extract.sentences import split_sentences
from seamwatch.extract.syntax import load_parser, parse_sentences
from seamwatch.model.text import Article
from seamwatch.vocabulary.lexicon import read_entries

CASES = Path(__file__).parent / "cases"
PUBLISHED = date(2024, 3, 10)
SENTENCES = yaml.safe_load((CASES / "scope.yaml").read_text(encoding="utf-8"))
DOMAINS = yaml.safe_load((CASES / "domains.yaml").read_text(encoding="utf-8"))
EXAMPLES = [
    {"text": x.text, "trigger": x.gives["trigger"], "kinds": x.gives["kinds"]}
    for entry in read_entries("scope")
    for x in entry.examples
]


@pytest.fixture(scope="module")
def nlp() -> Any:
    return load_parser()


@pytest.fixture(scope="module")
def scopes() -> ScopeReader:
    return load_scope()


@pytest.fixture(scope="module")
def domains() -> DomainReader:
    return load_domain()


def kinds_of(nlp: Any, scopes: ScopeReader, text: str, trigger: str) -> list[str]:
    article = Article(id="a", text=text)
    parsed = next(parse_sentences(nlp, split_sentences(article)))
    at = [t.lower_ for t in parsed.doc].index(trigger)
    scope = scopes.scope_of(parsed, at, at, PUBLISHED)
    for evidence in scope.evidence:
        assert article.text[evidence.span.start : evidence.span.end] == evidence.quote
    return sorted(scope.kinds)


@pytest.mark.parametrize("case", SENTENCES + EXAMPLES, ids=lambda c: c["text"][:50])
def test_trigger_stands_in_the_scope_of_its_sentence(
    case: dict[str, Any], nlp: Any, scopes: ScopeReader
) -> None:
    """Each sentence of the case table and each lexicon example puts its trigger in exactly these scopes."""
    assert kinds_of(nlp, scopes, case["text"], case["trigger"]) == sorted(case["kinds"])


def test_years_are_not_long_past_without_a_publication_date(nlp: Any, scopes: ScopeReader) -> None:
    """Without a publication date no year counts as history."""
    parsed = next(
        parse_sentences(nlp, split_sentences(Article(id="a", text="A bomb killed two men in 2014.")))
    )
    assert not scopes.scope_of(parsed, 2, 2, None).kinds
    assert scopes.scope_of(parsed, 2, 2, PUBLISHED).kinds


@pytest.mark.parametrize("case", DOMAINS, ids=lambda c: c["domain"])
def test_article_domain(case: dict[str, Any], domains: DomainReader) -> None:
    """An article's words decide what it is about; a bombed market and shot fans stay conflict."""
    found = domains.article_domain(Article(id="a", title=case["title"], text=case["text"]))
    assert found.domain == Domain(case["domain"])
    assert found.quiet == (found.domain not in (Domain.CONFLICT, Domain.UNCLEAR))


@pytest.mark.parametrize("entry", read_entries("domain"), ids=lambda e: e.id)
def test_domain_examples(entry: Any, domains: DomainReader) -> None:
    """Each example of the domain lexicon is of the domain that it states."""
    for example in entry.examples:
        assert domains.article_domain(Article(id="a", text=example.text)).domain == example.gives


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a string of *2 attack~", "a string of small attacks", True),
        ("a string of *2 attack~", "a string of small and deadly attacks", False),
        ("live-fire drill", "a live-fire drill", True),
        ("did not? happen", "it did happen", True),
        ("in #year", "in 2017", True),
        ("in #year", "in 20177", False),
        ("#num times last year", "four times last year", True),
        ("@deed *1 took place", "a raid took place", True),
    ],
)
def test_pattern_language(pattern: str, text: str, found: bool) -> None:
    """Patterns match words, alternatives, stems, gaps, optional words and classes as documented."""
    book = PhraseBook([("key", [pattern])], {"deed": ["raid", "attack~"]})
    assert bool(book.find(split_words(text))) == found


@pytest.mark.parametrize("pattern", ["maybe?", "*3", "@unknown attack"])
def test_pattern_that_could_match_nothing_is_refused(pattern: str) -> None:
    """A pattern of optional words only, or with an unknown class, is an error that names it."""
    with pytest.raises(VocabularyError):
        compile_pattern(pattern, {})
