"""What is kept and what is held back where a run meets trouble, and what a second look at claims says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from seamwatch.cli.database import open_database
from seamwatch.errors import ShapeError, StoreError
from seamwatch.extract.claims import FoundClaim, merge_claims
from seamwatch.ingest.memory import Validators
from seamwatch.model.decoding import place_from_json
from seamwatch.model.incident import Claim, Extraction, OtherPassage
from seamwatch.model.text import Article, RawArticle
from seamwatch.pipeline.extraction import extract_article
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.privacy import load_privacy_rules, withhold_private_names
from seamwatch.pipeline.reading import _PageMemory
from seamwatch.read.article import read_article
from seamwatch.store import open_store
from seamwatch.vocabulary.codes import ClaimKind, OtherKind

PAGE = Validators(etag="x", last_modified=None)


def test_a_page_is_remembered_once_its_articles_are_stored(tmp_path: Path) -> None:
    """Until then it waits; after an article that was missed no page is kept, and those before it are."""
    with open_store(str(tmp_path / "x.db")) as store:
        memory = _PageMemory(store)
        memory.put("https://a.example/", PAGE)
        assert memory.get("https://a.example/") is None
        memory.flush()
        assert memory.get("https://a.example/") == PAGE
        memory.put("https://b.example/", PAGE)
        memory.missed()
        memory.flush()
        memory.put("https://c.example/", PAGE)
        memory.flush()
        known = [memory.get(f"https://{site}.example/") for site in "abc"]
        assert known == [PAGE, None, None]


@pytest.mark.parametrize("form", ["~/none.db", "sqlite:///{home}/none.db"])
def test_every_form_of_a_path_to_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """A mistyped database is not made by listing it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(StoreError, match="there is no database at"):
        open_database(form.format(home=tmp_path))
    assert not list(tmp_path.iterdir())
    open_database(form.format(home=tmp_path), must_exist=False).close()
    assert (tmp_path / "none.db").exists()


def test_a_number_too_large_is_bad_shape() -> None:
    """A latitude of four hundred digits is told of, and ends nothing."""
    with pytest.raises(ShapeError, match="too large"):
        place_from_json("here", {"name": "X", "lat": 10**400})


def test_a_title_with_half_a_character_is_read() -> None:
    """A lone surrogate in a title becomes U+FFFD."""
    raw = RawArticle(origin="a", media_type="text/plain", content=b"Two died.", title="Bomb \ud800 kills")
    article = read_article(raw)
    assert isinstance(article, Article) and article.title == "Bomb \ufffd kills"


def test_an_html_mail_is_read_in_the_charset_that_it_names() -> None:
    """The mail's header counts where the page inside says nothing."""
    body = "<html><body><article><p>\u015e\u0131rnak: two soldiers died.</p></article></body></html>"
    head = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    kind = b"Content-Type: text/html; charset=iso-8859-9\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    raw = RawArticle(origin="m", media_type="message/rfc822", content=head + kind + body.encode("iso-8859-9"))
    article = read_article(raw)
    assert isinstance(article, Article) and article.text.startswith("\u015e\u0131rnak")


def test_a_private_name_is_in_no_passage_that_is_no_incident() -> None:
    """The quotes of `others` are stored as those of incidents are: without the name."""
    article = Article(id="A", text="Taxi driver Hasan Karim was injured in a car accident last week.")
    passage = OtherPassage(kind=OtherKind.ACCIDENT, evidence=(article.evidence(0, len(article.text)),))
    stored = withhold_private_names(Extraction(others=(passage,)), load_privacy_rules())
    quotes = [e.quote for o in stored.others for e in o.evidence]
    assert quotes and not [q for q in quotes if "Karim" in q]
    assert all(article.text[e.span.start : e.span.end] == e.quote for o in stored.others for e in o.evidence)


@pytest.mark.parametrize(
    ("speaker", "accuses"),
    [("Turkey's defence ministry", False), ("Ankara", False), ("The village council", True)],
)
def test_a_state_does_not_accuse_itself(kit: Kit, speaker: str, accuses: bool) -> None:
    """Who reports the deed of the own forces accuses nobody."""
    text = f"{speaker} said Turkish jets bombed a village near Amedi, Iraq, on 3 May 2020. Two men died."
    report = extract_article(kit, Article(id="A", text=text))
    claims = [c.kind for m in report.extraction.mentions for c in m.claims]
    assert (ClaimKind.ACCUSED in claims) is accuses


def test_merged_claims_keep_the_name_of_the_accused_with_the_words(kit: Kit) -> None:
    """The second passage names whom the first leaves open: words and name are taken together."""
    article = Article(id="A", text="The governor accused PKK militants. The governor blamed others.")
    said = Claim(by="governor", kind=ClaimKind.ACCUSED, evidence=(article.evidence(0, 12),))
    named = FoundClaim(claim=said, accused=article.evidence(21, 34), accused_name="Kurdistan Workers' Party")
    (merged,) = merge_claims([FoundClaim(claim=said), named])
    assert (merged.accused, merged.accused_name) == (named.accused, named.accused_name)
    others = [replace(named, claim=replace(said, by=by)) for by in ("US", "Russia")]
    assert len(merge_claims(others)) == 2
