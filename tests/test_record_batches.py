"""Articles stored in batches: one that fails fails alone, and nothing is told before it is stored."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from seamwatch.model.incident import Extraction
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.pipeline.record import Recorded, Recorder
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store
from seamwatch.store.sqlite import SqliteStore
from test_web import Site, html, site
from told_articles import EVENTS, told

__all__ = ["site"]
BOMB, PUMP, GUARD, POLICE, CONVOY = EVENTS
Given = tuple[Article, Extraction, str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "record.db")) as opened:
        yield opened


def given(*articles: tuple[Article, Extraction]) -> list[Given]:
    return [(article, said, f"{article.id}.jsonl, line 1") for article, said in articles]


def stealing(article: Article, said: Extraction, of: str) -> tuple[Article, Extraction]:
    """Return an article whose mention has the id of another article's."""
    return article, Extraction(mentions=(replace(said.mentions[0], id=of),))


def nowhere(article: Article, said: Extraction) -> tuple[Article, Extraction]:
    """Return an article whose mention lies at no point of the Earth: storing works, linking does not."""
    (mention,) = said.mentions
    assert mention.place is not None
    place = replace(mention.place, lat=float("inf"))
    return article, Extraction(mentions=(replace(mention, place=place),))


def told_by_two() -> list[Given]:
    """Return all events as two outlets tell them, the second one after all of the first."""
    pairs = [(n, outlet) for outlet in ("Tigris Wire", "Zagros News") for n in range(len(EVENTS))]
    return given(*(told(EVENTS[n], outlet, f"{n}{outlet[0]}") for n, outlet in pairs))


def groups(store: Store) -> list[str]:
    found = store.incidents(IncidentFilter(statuses=None))
    return sorted(" ".join(sorted(m.mention.id for m in i.mentions)) for i in found)


def test_an_article_that_can_not_be_stored_is_rejected_alone(store: Store) -> None:
    """One whose mention's id is another's is told why; those around it are stored, linked, and in order."""
    articles = given(
        told(BOMB, "Tigris Wire", "a1"),
        stealing(*told(PUMP, "Tigris Wire", "p1"), of="a1#1"),
        told(BOMB, "Zagros News", "a2", later=2),
    )
    first, wrong, last = Recorder(store).store_all_given(articles)
    assert isinstance(first, Recorded) and isinstance(last, Recorded)
    assert isinstance(wrong, Rejected)
    assert (wrong.code, wrong.id, wrong.origin) == ("id_taken", "p1", "p1.jsonl, line 1")
    assert [a.id for a in store.articles()] == ["a1", "a2"]
    assert groups(store) == ["a1#1 a2#1"]
    # Stored in one transaction, both are what opened their incident.
    assert first.opened == last.opened


def test_an_article_that_can_not_be_linked_is_rejected_alone(store: Store) -> None:
    """A bug that one article hits while the batch is linked costs this article and no other."""
    articles = given(
        told(BOMB, "Tigris Wire", "a1"),
        nowhere(*told(GUARD, "Zagros News", "g1")),
        told(BOMB, "Zagros News", "a2", later=2),
        told(CONVOY, "Agency Nine", "c1"),
    )
    results = list(Recorder(store).store_all_given(articles))
    assert [r.code if isinstance(r, Rejected) else r.article for r in results] == [
        "a1",
        "internal",
        "a2",
        "c1",
    ]
    wrong = results[1]
    assert isinstance(wrong, Rejected)
    assert (wrong.id, wrong.stage) == ("g1", "store")
    assert "please report this article" in wrong.reason
    assert [a.id for a in store.articles()] == ["a1", "a2", "c1"]
    assert groups(store) == ["a1#1 a2#1", "c1#1"]


def test_what_was_rejected_before_stays_in_its_place(store: Store) -> None:
    """Inputs that were rejected before the store come out between the others, in the order of the input."""
    bad = Rejected(origin="x", stage="ingest", code="bad_json", reason="x: no JSON; mend it")
    first, last = given(told(BOMB, "Tigris Wire", "a1"), told(CONVOY, "Agency Nine", "c1"))
    results = list(Recorder(store).store_all_given([bad, first, bad, last]))
    assert [r.article if isinstance(r, Recorded) else r for r in results] == [bad, "a1", bad, "c1"]
    assert list(Recorder(store).store_all_given([bad, bad])) == [bad, bad]


@pytest.mark.parametrize("size", [1, 2, 3, 250])
def test_nothing_is_told_before_it_is_stored(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Whenever a result comes out, another program finds the article and the incidents that it names."""
    monkeypatch.setattr("seamwatch.pipeline.record.GIVEN_BATCH", size)
    articles = told_by_two()
    with open_store(str(tmp_path / "record.db")) as other:
        seen = 0
        for result in Recorder(store).store_all_given(articles):
            assert isinstance(result, Recorded)
            seen += 1
            assert other.article(result.article) is not None
            assert other.counts()["articles"] >= seen
            for incident in (*result.opened, *result.updated):
                assert result.article in {m.article.id for m in other.incident(incident).mentions}
        assert seen == len(articles)


@pytest.mark.parametrize("size", [1, 3, 250])
def test_the_size_of_a_batch_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Whatever the batches, the incidents are the same, and every article opened or updated its own."""
    articles = told_by_two()
    monkeypatch.setattr("seamwatch.pipeline.record.GIVEN_BATCH", size)
    with open_store(str(tmp_path / "record.db")) as store:
        results = list(Recorder(store).store_all_given(articles))
        assert groups(store) == [f"{n}T#1 {n}Z#1" for n in range(len(EVENTS))]
        for result in results:
            assert isinstance(result, Recorded)
            owner = store.incidents_of([f"{result.article}#1"])[f"{result.article}#1"]
            assert {store.resolve_id(name) for name in (*result.opened, *result.updated)} == {owner}


def test_a_copy_in_the_batch_of_its_original_is_one_article(store: Store) -> None:
    """The same words twice in one batch are stored once; the earlier outlet's is the one that stays."""
    article, said = told(BOMB, "Tigris Wire", "a1", later=2)
    twin = replace(said.mentions[0], id="b1#1")
    early = replace(article, id="b1", source="Mirror", published=BOMB.day)
    articles = given(
        (article, said), (early, Extraction(mentions=(twin,))), told(CONVOY, "Agency Nine", "c1")
    )
    results = list(Recorder(store).store_all_given(articles))
    assert [r.kind for r in results if isinstance(r, Recorded)] == ["new", "copy", "new"]
    assert groups(store) == ["b1#1", "c1#1"]
    assert store.standing_in(["a1#1"]) == {"a1#1": "b1#1"}


def test_a_full_disk_rejects_what_has_no_room(tmp_path: Path) -> None:
    """Where the disk is full, the article without room is told so, the rest is stored, and it can go on."""
    articles = given(*(told(event, "Tigris Wire", f"{n}T") for n, event in enumerate(EVENTS)))
    whole, said, origin = articles[1]
    articles[1] = (replace(whole, text=whole.text + " word" * 40_000), said, origin)
    with SqliteStore(tmp_path / "record.db", create=True) as store:
        recorder = Recorder(store)
        pages = store.read("PRAGMA page_count")[0][0]
        store.read(f"PRAGMA max_page_count = {pages + 20}")
        results = list(recorder.store_all_given(articles))
        assert [r.code for r in results if isinstance(r, Rejected)] == ["store_full"]
        assert isinstance(results[1], Rejected)
        kept = ["0T", "2T", "3T", "4T"]
        assert [a.id for a in store.articles()] == kept
        assert groups(store) == [f"{name}#1" for name in kept]
        store.read("PRAGMA max_page_count = 100000")
        assert all(isinstance(r, Recorded) for r in recorder.store_all_given(articles))
        assert groups(store) == [f"{n}T#1" for n in range(len(EVENTS))]


def test_a_busy_database_rejects_the_batch_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer that does not end costs one wait, not one for each article; all can come again."""
    monkeypatch.setattr("seamwatch.store.sqlite_database.BUSY_SECONDS", 0.1)
    articles = given(*(told(event, "Tigris Wire", f"{n}T") for n, event in enumerate(EVENTS)))
    path = str(tmp_path / "record.db")
    with open_store(path) as one, open_store(path) as two:
        recorder = Recorder(two)
        with one.transaction():
            one.remember_fetch("https://a.example/", "x", None)
            results = list(recorder.store_all_given(articles))
        assert [r.code for r in results if isinstance(r, Rejected)] == ["store_busy"] * len(articles)
        assert two.counts()["articles"] == 0
        assert all(isinstance(r, Recorded) for r in recorder.store_all_given(articles))


def test_articles_that_are_extracted_come_in_batches_too(store: Store, kit: Kit) -> None:
    """Read from texts, one that is no article and one read twice do not disturb the others of their batch."""
    day = BOMB.day

    def raw(name: str, text: str) -> RawArticle | Rejected:
        return RawArticle(origin=name, media_type="text/plain", content=text, id=name, published=day)

    told_in = (
        "Two policemen were killed when a roadside bomb hit their patrol in Baiji on Monday, police said."
    )
    other = "Gunmen shot dead a farmer near Hatra on Friday, a mayor said. The attackers fled to the hills."
    bad = Rejected(origin="x", stage="ingest", code="not_found", reason="x: not there; check it")
    results = list(Recorder(store, kit).read([raw("a", told_in), bad, raw("a2", told_in), raw("b", other)]))
    assert [r.kind if isinstance(r, Recorded) else r.code for r in results] == [
        "new",
        "not_found",
        "known",
        "new",
    ]
    assert len(groups(store)) == 2


def test_a_page_is_remembered_after_its_article_is_stored(tmp_path: Path, site: Site) -> None:
    """Killed while the next page is fetched, a page whose article still waited is asked for again."""
    site.answers["/a"] = html(ETag='"1"')
    program = str(Path(sys.executable).parent / "seamwatch")
    db = str(tmp_path / "record.db")
    running: list[subprocess.Popen[bytes]] = []

    def killed(_: object) -> None:
        while not running:
            time.sleep(0.01)
        running[0].kill()

    site.answers["/b"] = killed  # type: ignore[assignment]
    pages = (f"{site.url}/a", f"{site.url}/b")
    running.append(subprocess.Popen([program, "read", *pages, "--db", db], stdout=subprocess.DEVNULL))
    running[0].wait(timeout=120)
    site.answers["/b"] = html(
        b"<p>Nothing happened in Hatra on Friday, the mayor said in the evening.</p>" * 3
    )
    with open_store(db) as store:
        assert store.counts()["articles"] == 0
        assert store.fetch_memory(pages[0]) is None
        (first, _) = read_into(store, ReadOptions(sources=pages), note=lambda _: None)
        assert isinstance(first, Recorded)
        assert store.fetch_memory(pages[0]) is not None
