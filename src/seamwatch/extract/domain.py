"""What an article is about: armed conflict, or sports, markets, weather, mishaps, exercises, culture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from seamwatch.errors import VocabularyError
from seamwatch.extract.patterns import PhraseBook, split_words
from seamwatch.extract.scope import word_classes
from seamwatch.model.text import Article
from seamwatch.vocabulary.lexicon import Entry, read_entries

_MOST_COUNTED = 3  # one word said often tells no more than one said three times
_TITLE_WEIGHT = 2
_WORDS_READ = 1500
_ENOUGH = 3.5
_OVER_CONFLICT = 1.2


class Domain(StrEnum):
    """What an article is about. `unclear` has too few words of any kind."""

    CONFLICT = "conflict"
    SPORTS = "sports"
    MARKETS = "markets"
    WEATHER = "weather"
    ACCIDENT = "accident"
    EXERCISE = "exercise"
    CULTURE = "culture"
    CLEARANCE = "clearance"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainScore:
    """The domain of an article and the score of every domain that has words in it."""

    domain: Domain
    scores: Mapping[Domain, float]

    @property
    def quiet(self) -> bool:
        """Return whether words of violence in it are most likely figures of speech or mishaps."""
        return self.domain not in (Domain.CONFLICT, Domain.UNCLEAR)


class DomainReader:
    """Weighs the words of an article."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        """Compile the lexicon's entries."""
        self._weights: dict[str, tuple[Domain, float]] = {}
        for entry in entries:
            try:
                found = Domain(entry.fields["domain"]), float(entry.fields["weight"])
            except (KeyError, ValueError) as wrong:
                raise VocabularyError(f"lexicons/en/domain.yaml, entry {entry.id}: {wrong}") from wrong
            self._weights[entry.id] = found
        self._book = PhraseBook(((e.id, e.patterns) for e in entries), word_classes(entries))

    def article_domain(self, article: Article) -> DomainScore:
        """Return the domain of an article with the scores of all domains.

        >>> text = "The striker scored a late goal and the fans bombarded the coach with flowers."
        >>> load_domain().article_domain(Article(id="a", text=text)).domain
        <Domain.SPORTS: 'sports'>
        """
        counts: Counter[tuple[str, str]] = Counter()
        for text, weight in ((article.title or "", _TITLE_WEIGHT), (article.text, 1)):
            words = split_words(text)[:_WORDS_READ]
            for match in self._book.find(words):
                counts[match.key, " ".join(words[match.first : match.last + 1])] += weight
        scores: dict[Domain, float] = {}
        for (key, _), count in counts.items():
            domain, weight_of = self._weights[key]
            scores[domain] = scores.get(domain, 0.0) + weight_of * min(count, _MOST_COUNTED)
        conflict = scores.get(Domain.CONFLICT, 0.0)
        others = {d: s for d, s in scores.items() if d is not Domain.CONFLICT}
        best = max(others, key=lambda d: (others[d], d.value), default=None)
        if best is not None and others[best] >= _ENOUGH and others[best] > _OVER_CONFLICT * conflict:
            return DomainScore(domain=best, scores=scores)
        clear = conflict >= 1
        return DomainScore(domain=Domain.CONFLICT if clear else Domain.UNCLEAR, scores=scores)


def load_domain() -> DomainReader:
    """Return the domain reader with the lexicon `domain`."""
    return DomainReader(read_entries("domain"))
