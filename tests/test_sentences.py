"""Sentences: exact slices in order, datelines and headlines apart."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from seamwatch.extract.sentences import split_sentences
from seamwatch.model.text import Article


def texts(text: str, title: str | None = None) -> list[str]:
    return [s.text for s in split_sentences(Article(id="a", text=text, title=title))]


def test_abbreviations_and_clock_times_do_not_end_a_sentence() -> None:
    """'Gen.', 'a.m.' and initials stay inside their sentence."""
    text = "Gen. Ali K. Hasan said two men died. The bomb went off at 10 a.m. on Sunday."
    assert texts(text) == [
        "Gen. Ali K. Hasan said two men died.",
        "The bomb went off at 10 a.m. on Sunday.",
    ]


def test_a_dateline_is_a_piece_of_its_own() -> None:
    """'TIKRIT (Agency) -' is cut off, so that it does not pass for the lead's subject."""
    assert texts("TIKRIT (Agency) - Two men died in a blast.")[0] == "TIKRIT (Agency) -"


def test_a_first_line_without_full_stop_is_a_headline() -> None:
    """A headline that stands in the text, and a pointer to another article, are marked."""
    text = "Two killed in blast near Tikrit market\n\nTwo men died on Monday.\n\nRead more: Blast kills two"
    marked = [s.text for s in split_sentences(Article(id="a", text=text)) if s.headline]
    assert marked == ["Two killed in blast near Tikrit market", "Read more: Blast kills two"]


def test_a_text_without_capitals_is_split_at_its_full_stops() -> None:
    """Old wire texts in lower case still have sentences."""
    assert texts("the mayor was shot. his driver fled.") == ["the mayor was shot.", "his driver fled."]


def test_the_title_comes_first() -> None:
    """The title is sentence 0, in paragraph -1."""
    first = split_sentences(Article(id="a", text="It rained.", title="Rain"))[0]
    assert (first.text, first.paragraph, first.span.part) == ("Rain", -1, "title")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300), st.none() | st.text(max_size=40))
def test_sentences_are_exact_slices_in_order_without_overlap(text: str, title: str | None) -> None:
    """Whatever the text, each sentence is its slice, in order, none overlapping another."""
    article = Article(id="a", text=text, title=title)
    found = split_sentences(article)
    for sentence in found:
        span = sentence.span
        assert article.part(span.part)[span.start : span.end] == sentence.text
        assert sentence.text.strip()
    body = [s.span for s in found if s.span.part == "text"]
    assert all(a.end <= b.start for a, b in itertools.pairwise(body))
    kept = "".join("".join(s.text.split()) for s in found if s.span.part == "text")
    assert kept == "".join(text.split())
