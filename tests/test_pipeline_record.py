"""What becomes of an article that was read before, in part or whole: copies, versions, ids used again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from made_incidents import article, extraction
from seamwatch.model.text import RawArticle, Rejected
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.record import Recorded, Recorder
from seamwatch.store import open_store
from seamwatch.store.base import Store

BLAST = (
    "TIKRIT - Two policemen were killed and three others wounded on Tuesday when a roadside bomb exploded "
    "near their patrol in the town of Baiji, Salahuddin province, a police captain said. The patrol was on "
    "its way back to the station when the device went off beside the road, he said."
)
QUIET = "The council met on Monday to discuss water prices. The next meeting will be held in June."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "record.db")) as opened:
        yield opened


def raw(name: str | None, text: str = BLAST, day: int = 10, **fields: str | None) -> RawArticle:
    return RawArticle(
        origin=f"{name}.txt",
        media_type="text/plain",
        content=text,
        id=name,
        published=date(2024, 4, day),
        **fields,  # type: ignore[arg-type]
    )


def read(store: Store, kit: Kit, *raws: RawArticle) -> list[Recorded | Rejected]:
    return list(Recorder(store, kit).read(raws))


def kinds(results: list[Recorded | Rejected]) -> list[str]:
    return [r.kind if isinstance(r, Recorded) else r.code for r in results]


def test_the_same_article_again_is_known(store: Store, kit: Kit) -> None:
    """Read twice, an article is stored once, with the same incident, and nothing is appended."""
    (first,) = read(store, kit, raw("A"))
    before = store.counts()
    again = read(store, kit, raw("A"))
    assert isinstance(first, Recorded)
    assert (kinds(again), len(first.opened)) == (["known"], 1)
    assert store.counts() == before


def test_a_copy_adds_its_outlet_and_no_voice(store: Store, kit: Kit) -> None:
    """The same text from a second outlet is one article with both sources, and confirms nothing."""
    read(store, kit, raw("A", source="Agency"))
    status = next(store.incidents()).status
    read_again = f"{BLAST}\n\nRead more: Blast kills three in Kirkuk"
    assert kinds(read(store, kit, raw("B", read_again, source="Daily"))) == ["copy"]
    (incident,) = store.incidents()
    assert incident.status is status
    assert [(m.article.id, m.article.sources) for m in incident.mentions] == [("A", ("Agency", "Daily"))]
    assert store.counts()["articles"] == 1


def test_an_earlier_copy_takes_the_place_of_the_later(store: Store, kit: Kit) -> None:
    """A copy that came out a day earlier gives the days; the id once given leads to the incident still."""
    (late,) = read(store, kit, raw("A", day=17, source="Daily"))
    (early,) = read(store, kit, raw("B", day=10, source="Agency"))
    assert isinstance(late, Recorded)
    assert isinstance(early, Recorded)
    assert (early.kind, early.other) == ("copy", "A")
    (incident,) = store.incidents()
    assert incident.date is not None
    assert incident.date.start == date(2024, 4, 9)
    assert [(m.mention.id, m.article.sources) for m in incident.mentions] == [("B#1", ("Agency", "Daily"))]
    assert store.resolve_id(late.opened[0]) == incident.id
    assert kinds(read(store, kit, raw("A", day=17, source="Daily"))) == ["known"]


def test_what_people_judged_of_a_copy_holds_for_its_twin(store: Store, kit: Kit) -> None:
    """A person parted two tellings; an earlier copy of one of them changes nothing of that."""
    other = BLAST.replace("a police captain", "an officer").replace("went off", "blew up")
    read(store, kit, raw("A", day=12, source="Daily"), raw("C", other, day=12, source="Post"))
    assert len(list(store.incidents())) == 1
    Decider(store, by="ana").different("A#1", "C#1")
    read(store, kit, raw("B", day=11, source="Agency"))
    told = sorted(tuple(m.mention.id for m in i.mentions) for i in store.incidents())
    assert told == [("B#1",), ("C#1",)]


def test_a_moved_number_is_a_version(store: Store, kit: Kit) -> None:
    """An article with another toll is a new version, extracted in full and linked to the old one."""
    moved = BLAST.replace("Two policemen", "Three policemen").replace("three others", "two others")
    results = read(store, kit, raw("A", source="Agency"), raw("B", moved, day=11, source="Agency"))
    assert kinds(results) == ["new", "version"]
    (incident,) = store.incidents()
    assert [(m.mention.id, m.article.version_of) for m in incident.mentions] == [("A#1", None), ("B#1", "A")]
    assert incident.killed is not None
    assert incident.killed.best == 3


def test_all_versions_have_the_first_as_their_root(store: Store, kit: Kit) -> None:
    """Read last to first, three versions are versions of the one that came out first."""
    texts = [BLAST.replace("Two policemen", f"{n} policemen") for n in ("Two", "Four", "Five")]
    for name, text, day in zip("CBA", reversed(texts), (12, 11, 10), strict=True):
        read(store, kit, raw(name, text, day=day))
    assert {a.id: store.article_ref(a.id).version_of for a in store.articles()} == {  # type: ignore[union-attr]
        "A": None,
        "B": "A",
        "C": "A",
    }


def test_an_id_used_again_loses_neither_text(store: Store, kit: Kit) -> None:
    """Another text under a known id is stored under an id of its own, as a version; so are its mentions."""
    results = read(store, kit, raw("A"), raw("A", QUIET), raw("A", BLAST.replace("Baiji", "Tikrit"), day=11))
    assert kinds(results) == ["new", "version", "version"]
    ids = [a.id for a in store.articles()]
    assert len(set(ids)) == 3
    assert all(name == "A" or name.startswith("A@") for name in ids)
    for name in ids:
        assert all(m.mention.id.startswith(f"{name}#") for m in store.mentions_of(name))
    assert kinds(read(store, kit, raw("A", QUIET))) == ["known"]


def test_a_batch_may_hold_copies_and_ids_twice_with_two_workers(store: Store, kit: Kit) -> None:
    """What is in flight at once is settled when it is stored: one article, one copy, one version."""
    raws = [raw("A"), raw("A"), raw("B", source="Daily"), raw("A", QUIET)]
    results = list(Recorder(store, kit).read(raws, workers=2))
    assert kinds(results) == ["new", "known", "copy", "version"]
    assert store.counts()["articles"] == 2


def test_given_mentions_with_a_taken_id_are_rejected(store: Store) -> None:
    """Mentions whose id belongs to another article reject that article alone."""
    recorder = Recorder(store)
    a, b = (
        article("A"),
        article("B", text=f"{article('A').text}\nA fourth soldier died on Friday in hospital."),
    )
    assert isinstance(recorder.store_given(a, extraction(a)), Recorded)
    stolen = extraction(a)
    rejected = recorder.store_given(
        b, replace(stolen, mentions=stolen.mentions), origin="given.jsonl, line 2"
    )
    assert isinstance(rejected, Rejected)
    assert rejected.code == "id_taken"
    assert [x.id for x in store.articles()] == ["A"]


def test_every_id_ever_given_leads_to_an_incident(store: Store, kit: Kit) -> None:
    """Whatever was merged meanwhile, each id that was reported leads to an incident with its article."""
    from test_read_order import with_copies_and_versions

    reported: set[str] = set()
    for result in Recorder(store, kit).read(reversed(with_copies_and_versions())):
        assert isinstance(result, Recorded)
        reported |= {*result.opened, *result.updated}
    assert {store.resolve_id(name) for name in reported} == set(store.incident_ids())
