"""What every store does. A backend joins by an entry in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_incidents import TEXT, article, extraction, incident, mention, quote
from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.area import Area, AreaShare, Authority
from seamwatch.model.codec import mention_json
from seamwatch.model.incident import Extraction, Incident, Revision, SourcedMention
from seamwatch.model.link import Link
from seamwatch.model.place import Place, PlaceMention
from seamwatch.model.text import Span
from seamwatch.model.time import TimeMention, TimeRange
from seamwatch.store import FetchMemory, IncidentFilter, Store, open_store
from seamwatch.store.base_linking import ProfileRow
from seamwatch.store.matching import listed, passes
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import RevisionKind, Status, TimexType

Factory = Callable[[], Store]
BACKENDS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: open_store(str(folder / "record.db"))
}


@pytest.fixture(params=sorted(BACKENDS))
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Factory]:
    """Return what opens the same database, each time as another program would."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(BACKENDS[request.param](tmp_path))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Factory) -> Store:
    return reopen()


def told(store: Store, name: str, **fields: object) -> SourcedMention:
    """Store an article with one mention, and return that as the store gives it."""
    a = article(name, source=f"{name} News", published=date(2020, 4, 14))
    with store.transaction():
        store.add_article(a)
        store.store_extraction(name, Extraction(mentions=(mention(a, **fields),)))
    return store.mentions_of(name)[0]


# --- articles


def test_an_article_comes_back_as_it_was(store: Store, reopen: Factory) -> None:
    """Every field of an article is there again, for this program and for another one."""
    whole = article(
        "A1",
        text="Zwei Tote in Kerkûk \U0001f4a5\r\n\tكركوك",
        title="A title",
        published=date(2020, 4, 12),
        source="Kurdistan 24",
        url="https://example.org/a",
        language="de",
        author="R. Porter",
        retrieved=datetime(2020, 4, 13, 9, 30, tzinfo=timezone(timedelta(hours=3))),
        warnings=("text cut",),
    )
    store.add_article(whole)
    assert store.article("A1") == whole
    assert reopen().article("A1") == whole
    assert store.article("A2") is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), title=st.none() | st.text(max_size=20))
def test_any_text_keeps_its_offsets(store: Store, text: str, title: str | None) -> None:
    """Any text comes back with the same length; only lone surrogates are another character (U+FFFD)."""
    name = f"A{store.counts()['articles']}"
    store.add_article(article(name, text=text, title=title))
    back = store.article(name)
    assert back is not None
    assert back.text == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert (back.title is None) == (title is None)


def test_nul_and_lone_surrogates_do_no_harm(store: Store) -> None:
    """A text with NUL and a lone surrogate is stored, found, and its quotes are still its slices."""
    a = article("A1", text="zero\0byte \ud800 " + TEXT)
    store.add_article(a)
    store.store_extraction("A1", extraction(a))
    back = store.article("A1")
    assert back is not None
    assert back.text.startswith("zero\0byte \ufffd ")
    for evidence in store.mentions_of("A1")[0].mention.evidence:
        assert back.text[evidence.span.start : evidence.span.end] == evidence.quote
    assert [hit.article.id for hit in store.search_articles("roadside\0 \ud800")] == ["A1"]


def test_an_id_is_given_once(store: Store) -> None:
    """A second article with the same id is refused, and the first stays."""
    store.add_article(article("A1"))
    with pytest.raises(StoreError, match="A1"):
        store.add_article(article("A1", text="another"))
    first = store.article("A1")
    assert first is not None
    assert first.text == TEXT


def test_a_version_knows_what_it_is_a_version_of(store: Store) -> None:
    """A new version names the article before it, which must be stored."""
    store.add_article(article("A1"))
    store.add_article(article("A2"), version_of="A1")
    ref = store.article_ref("A2")
    assert ref is not None
    assert ref.version_of == "A1"
    with pytest.raises(StoreError, match="A9"):
        store.add_article(article("A3"), version_of="A9")


def test_versions_have_one_root_that_can_change(store: Store) -> None:
    """All versions of a report are one family; another article can become its root."""
    days = {"A1": date(2020, 4, 14), "A2": date(2020, 4, 13), "A3": None, "B": date(2020, 4, 1)}
    for name, day in days.items():
        store.add_article(article(name, published=day))
    assert store.set_versions("A1", ["A1", "A2", "A3"]) == ("A2", "A3")
    assert store.version_family(["A3"]) == tuple((name, days[name]) for name in ("A1", "A2", "A3"))
    assert store.set_versions("A2", ["A1", "A2", "A3"]) == ("A1", "A2", "A3")
    assert store.set_versions("A2", ["A1", "A2", "A3"]) == ()
    roots = {name: ref.version_of for name in days if (ref := store.article_ref(name))}
    assert roots == {"A1": "A2", "A2": None, "A3": "A2", "B": None}
    assert store.version_family(["B"]) == (("B", days["B"]),)


def test_an_article_can_become_a_source_of_its_twin(store: Store) -> None:
    """The twin takes over outlets and versions; text, words and mentions of the other are gone."""
    a = article("A1", source="Rudaw", url="https://r.example/1")
    store.add_article(a, bands=[7])
    store.store_extraction("A1", extraction(a))
    store.add_source("A1", "AFP", None, None)
    store.add_article(article("A2"), version_of="A1")
    store.add_article(article("B1", source="Agency"), bands=[7])
    store.replace_article("A1", "B1")
    ref, version = store.article_ref("B1"), store.article_ref("A2")
    assert ref is not None
    assert version is not None
    assert (ref.sources, ref.version_of, version.version_of) == (("AFP", "Agency", "Rudaw"), None, "B1")
    assert store.article("A1") is None
    assert list(store.all_mentions()) == []
    assert [name for name, _ in store.articles_with_bands([7])] == ["B1"]
    assert store.find_by_url("https://r.example/1") == "B1"
    with pytest.raises(StoreError):
        store.replace_article("A1", "B1")


def test_copies_count_as_sources_of_one_article(store: Store) -> None:
    """Outlets that carried an article word for word stand in its reference, whichever came first."""
    store.add_article(article("A1", source="Rudaw", url="https://r.example/1"))
    assert store.add_source("A1", "AFP", "https://afp.example/1", datetime(2020, 4, 13, tzinfo=UTC))
    assert not store.add_source("A1", "AFP", "https://afp.example/1", None)
    assert not store.add_source("A1", "Rudaw", "https://r.example/1", None)
    ref = store.article_ref("A1")
    assert ref is not None
    assert ref.sources == ("AFP", "Rudaw")
    assert store.find_by_url("https://afp.example/1") == "A1"
    assert store.find_by_url("https://r.example/1") == "A1"
    assert store.find_by_url("https://r.example/2") is None
    with pytest.raises(StoreError):
        store.add_source("A2", "AFP", None, None)


def test_known_since_publication_else_since_storing(store: Store) -> None:
    """An article counts as known from its publication day, and without one from when it was stored."""
    before = datetime.now(UTC)
    store.add_article(article("A1", published=date(2020, 4, 12)))
    store.add_article(article("A2"))
    dated, undated = store.article_ref("A1"), store.article_ref("A2")
    assert dated is not None
    assert undated is not None
    assert dated.known == datetime(2020, 4, 12, tzinfo=UTC)
    assert undated.known is not None
    assert before <= undated.known <= datetime.now(UTC)


def test_duplicates_are_found_by_key_and_by_band(store: Store) -> None:
    """The same content key finds the first article; shared bands find candidates, closest first."""
    store.add_article(article("A1"), content_key="k1", fingerprint="f1", bands=[1, 2, 2**64 - 1])
    store.add_article(article("A2"), content_key="k1", fingerprint="f2", bands=[2, 3, 2**64 - 1, 3])
    assert store.find_by_content_key("k1") == "A1"
    assert store.find_by_content_key("k2") is None
    assert store.find_by_content_key("") is None
    assert store.articles_with_bands([3, 2**64 - 1, 9]) == (("A2", "f2"), ("A1", "f1"))
    assert store.articles_with_bands([-1]) == (("A1", "f1"), ("A2", "f2"))
    assert store.articles_with_bands([]) == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("roadside patrol", ["A1"]),
        ("ROADSIDE", ["A1"]),
        ("kerkuk", ["A2"]),
        ('"army patrol"', ["A1"]),
        ('"patrol army"', []),
        ("roadside NOT patrol", []),
        ('near" OR *) AND (', []),
        ("...", []),
        ("", []),
        ("headline", ["A2"]),
    ],
)
def test_words_find_articles(store: Store, words: str, found: list[str]) -> None:
    """All words must occur, in any case and without marks; no operator or bracket breaks the search."""
    store.add_article(article("A1"))
    store.add_article(article("A2", text="Zwei Tote in Kerkûk.", title="A headline"))
    assert [hit.article.id for hit in store.search_articles(words)] == found


def test_a_fetch_is_remembered(store: Store) -> None:
    """What a server said last of a URL is what is remembered."""
    assert store.fetch_memory("u") is None
    store.remember_fetch("u", '"1"', None)
    store.remember_fetch("u", '"2"', "Mon, 13 Apr 2020 10:00:00 GMT")
    assert store.fetch_memory("u") == FetchMemory(etag='"2"', last_modified="Mon, 13 Apr 2020 10:00:00 GMT")


# --- what articles say


def test_an_extraction_comes_back_in_the_contracts_shape(store: Store) -> None:
    """What was extracted is given back as the line that `extract` prints."""
    a = article("A1", language="en")
    here = Span(start=0, end=9)
    places = [PlaceMention(span=here, quote="TAL HAMIS", phrase=here, kind="populated")]
    dates = [
        TimeMention(span=Span(start=62, end=68), quote="Monday", type=TimexType.DATE, value="2020-04-13")
    ]
    store.add_article(a)
    assert store.extraction_json("A1") is None
    store.store_extraction("A1", extraction(a), places, dates)
    row = store.extraction_json("A1")
    assert row is not None
    assert row["mentions"] == [mention_json(mention(a))]
    assert [o["kind"] for o in row["others"]] == ["roundup"]
    assert [s["speaker"] for s in row["statements"]] == ["a spokesman"]
    assert [p["quote"] for p in row["places"]] == ["TAL HAMIS"]
    assert [d["value"] for d in row["dates"]] == ["2020-04-13"]
    assert (row["id"], row["language"], row["warnings"]) == ("A1", "en", ["a warning"])


def test_mentions_come_back_as_they_were(store: Store) -> None:
    """A mention is the same after storing, and comes with its article's reference."""
    a = article("A1", source="Rudaw", title="T")
    first, second = mention(a, 1), mention(a, 2, date=None, place=None, killed=None)
    store.add_article(a)
    store.store_extraction("A1", Extraction(mentions=(first, second)))
    assert [m.mention for m in store.mentions_of("A1")] == [first, second]
    assert [m.mention for m in store.all_mentions()] == [first, second]
    assert store.mentions(["A1#2", "A9#1"]).keys() == {"A1#2"}
    assert store.mentions(["A1#2"])["A1#2"].article == store.article_ref("A1")


def test_extracting_again_takes_the_place_of_what_was(store: Store) -> None:
    """A second extraction replaces the first; a mention told again stays with its incident."""
    a = article("A1")
    store.add_article(a)
    store.store_extraction("A1", Extraction(mentions=(mention(a, 1), mention(a, 2))))
    store.replace_incidents([incident("I1", *store.mentions_of("A1"))])
    store.store_extraction("A1", Extraction(mentions=(mention(a, 1, killed=None), mention(a, 3))))
    assert [m.mention.id for m in store.all_mentions()] == ["A1#1", "A1#3"]
    assert store.mentions_of("A1")[0].mention.killed is None
    assert store.incidents_of(["A1#1", "A1#2", "A1#3"]) == {"A1#1": "I1"}


def test_a_mentions_id_is_its_own(store: Store) -> None:
    """Two articles can't have the same mention, nor one the same twice, nor an unknown article any."""
    a, b = article("A1"), article("A2")
    store.add_article(a)
    store.add_article(b)
    store.store_extraction("A1", Extraction(mentions=(mention(a),)))
    with pytest.raises(StoreError, match="A1#1"):
        store.store_extraction("A2", Extraction(mentions=(mention(a),)))
    with pytest.raises(StoreError, match="A2#1"):
        store.store_extraction("A2", Extraction(mentions=(mention(b), mention(b))))
    with pytest.raises(StoreError, match="A3"):
        store.store_extraction("A3", Extraction())
    assert store.mentions_of("A2") == ()


# --- what linking works on


def row(name: str, *keys: int, first: int = 1, last: int = 1) -> ProfileRow:
    return ProfileRow(name, f"what {name} tells", keys, first, last)


keys = st.sets(st.integers(-3, 3), max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(keys, max_size=6), wanted=keys)
def test_profiles_are_found_by_their_keys(store: Store, rows: list[set[int]], wanted: set[int]) -> None:
    """Exactly those under one of the keys are found, each key with those under it."""
    name = f"A{store.counts()['articles']}"
    a = article(name)
    store.add_article(a)
    store.store_extraction(name, Extraction(mentions=tuple(mention(a, n) for n in range(len(rows)))))
    made = [row(f"{name}#{n}", *sorted(under)) for n, under in enumerate(rows)]
    store.put_profiles(made)
    found = store.profiles_in(wanted)
    mine = {n: text for n, text in found.profiles.items() if n.startswith(f"{name}#")}
    assert mine == {r.id: r.data for r in made if wanted.intersection(r.keys)}
    for key in wanted:
        under = sorted(n for n in found.under.get(key, ()) if n.startswith(f"{name}#"))
        assert under == [r.id for r in made if key in r.keys]


def test_a_profile_takes_the_place_of_the_mentions_old_one(store: Store) -> None:
    """Stored again, a mention is found by its new keys alone, and its links are gone, the others' not."""
    told(store, "A1"), told(store, "A2"), told(store, "A3")
    store.put_profiles([row("A1#1", 1, 2), row("A2#1", 1), row("A3#1", 1)])
    store.add_links([Link("A1#1", "A2#1", 500), Link("A1#1", "A3#1", 600), Link("A2#1", "A3#1", 700)])
    store.put_profiles([row("A1#1", 3)])
    assert store.profiles_in([2]) == ({}, {})
    assert store.profiles_in([1, 3]).profiles.keys() == {"A1#1", "A2#1", "A3#1"}
    assert store.links_of(["A1#1", "A2#1", "A3#1"]) == [Link("A2#1", "A3#1", 700)]


def test_links_are_found_from_either_side(store: Store, reopen: Factory) -> None:
    """A link comes back once, whichever of its mentions is asked for; one of its pair takes its place."""
    told(store, "A1"), told(store, "A2"), told(store, "A3")
    one, other = Link("A1#1", "A2#1", -250), Link("A2#1", "A3#1", 4000)
    store.add_links([one, other])
    for store_ in (store, reopen()):
        assert store_.links_of(["A1#1"]) == [one]
        assert store_.links_of(["A2#1"]) == store_.links_of(["A1#1", "A2#1", "A3#1"]) == [one, other]
        assert store_.links_of([]) == []
    store.add_links([one._replace(odds=900)])
    assert store.links_of(["A1#1"]) == [Link("A1#1", "A2#1", 900)]


def test_what_is_said_of_mentions_not_stored_is_left_out(store: Store) -> None:
    """A profile or link of an unknown mention leaves nothing, and stops nothing."""
    told(store, "A1"), told(store, "A2")
    store.put_profiles([row("A1#1", 1), row("A9#1", 1)])
    store.add_links([Link("A1#1", "A9#1", 500), Link("A1#1", "A2#1", 600)])
    assert store.profiles(["A1#1", "A9#1"]) == {"A1#1": "what A1#1 tells"}
    assert store.links_of(["A1#1", "A9#1"]) == [Link("A1#1", "A2#1", 600)]
    store.fill_links([row("A9#1", 1), row("A2#1", 1)], [Link("A2#1", "A9#1", 1), Link("A1#1", "A2#1", 2)])
    assert store.profiles(["A1#1", "A2#1", "A9#1"]) == {"A2#1": "what A2#1 tells"}
    assert store.links_of(["A1#1", "A2#1", "A9#1"]) == [Link("A1#1", "A2#1", 2)]


def test_a_mention_that_goes_takes_its_profile_and_links_with_it(store: Store) -> None:
    """What follows from a mention is gone with it; a new mention of that id begins with nothing."""
    told(store, "A1"), told(store, "A2")
    store.put_profiles([row("A1#1", 1), row("A2#1", 1)])
    store.add_links([Link("A1#1", "A2#1", 500)])
    store.store_extraction("A1", Extraction())
    assert store.links_of(["A1#1", "A2#1"]) == []
    assert store.profiles_in([1]).under == {1: ["A2#1"]}
    store.store_extraction("A1", Extraction(mentions=(mention(article("A1")),)))
    assert store.profiles(["A1#1"]) == {}
    assert store.links_of(["A1#1", "A2#1"]) == []


def test_the_least_sure_links_come_first(store: Store) -> None:
    """Links near even odds are listed, the least sure first; sure ones are not."""
    told(store, "A1"), told(store, "A2"), told(store, "A3")
    links = [Link("A1#1", "A2#1", 900), Link("A1#1", "A3#1", -300), Link("A2#1", "A3#1", 4000)]
    store.add_links(links)
    assert list(store.unsure_links()) == [links[1], links[0]]
    assert list(store.unsure_links(1)) == [links[1]]


def test_links_above_zero_are_counted_from_both_sides(store: Store) -> None:
    """How many others are near a mention: what counts are links above zero; one without is left out."""
    told(store, "A1"), told(store, "A2"), told(store, "A3"), told(store, "A4")
    store.add_links([Link("A1#1", "A2#1", 1), Link("A1#1", "A3#1", 4000), Link("A1#1", "A4#1", 0)])
    names = ["A1#1", "A2#1", "A3#1", "A4#1", "A9#1"]
    assert store.near_counts(names) == {"A1#1": 2, "A2#1": 1, "A3#1": 1}


def test_the_mark_of_linking_is_kept(store: Store, reopen: Factory) -> None:
    """A fresh store has no mark; the last one set is there for other programs too."""
    assert store.link_mark() is None
    store.set_link_mark("one")
    store.set_link_mark("other")
    assert (store.link_mark(), reopen().link_mark()) == ("other", "other")


# --- incidents


def test_an_incident_comes_back_as_it_was(store: Store, reopen: Factory) -> None:
    """An incident is the same after storing, with its mentions in full."""
    whole = incident(
        "I1",
        told(store, "A1"),
        told(store, "A2"),
        status=Status.CLAIMED,
        revisions=(
            Revision(
                kind=RevisionKind.DIED,
                at=datetime(2020, 4, 14, tzinfo=UTC),
                field="killed",
                before={"low": 1, "best": 1, "high": 1},
                after=None,
                because="a wounded man died",
                mention="A2#1",
            ),
        ),
    )
    store.replace_incidents([whole])
    assert store.incident("I1") == whole
    assert list(reopen().incidents()) == [whole]
    assert store.incidents_of(["A1#1", "A2#1", "A3#1"]) == {"A1#1": "I1", "A2#1": "I1"}


def test_after_a_merge_both_ids_lead_to_the_one(store: Store) -> None:
    """A removed incident's id leads to the incident that names it, and so does what led to it before."""
    one, two, three = told(store, "A1"), told(store, "A2"), told(store, "A3")
    store.replace_incidents([incident("I1", one), incident("I2", two), incident("I3", three)])
    store.replace_incidents([incident("I2", two, three, aliases=("I3",))], ["I3"])
    store.replace_incidents([incident("I1", one, two, three, aliases=("I2",))], ["I2"])
    assert [store.resolve_id(name) for name in ("I1", "I2", "I3")] == ["I1", "I1", "I1"]
    assert store.incident("I3").aliases == ("I2", "I3")
    assert store.incident_ids() == ("I1",)


def test_an_id_that_nobody_names_follows_its_first_mention(store: Store) -> None:
    """Where no incident takes a removed id as alias, it leads to where its first mention went."""
    one, two = told(store, "A1"), told(store, "A2")
    store.replace_incidents([incident("I1", one, two)])
    store.replace_incidents([incident("I2", two), incident("I3", one)], ["I1"])
    assert store.resolve_id("I1") == "I3"


def test_after_a_split_an_id_can_be_an_incident_again(store: Store) -> None:
    """An alias that becomes an incident again leads to itself."""
    one, two = told(store, "A1"), told(store, "A2")
    store.replace_incidents([incident("I1", one, two, aliases=("I2",))])
    assert store.resolve_id("I2") == "I1"
    store.replace_incidents([incident("I1", one), incident("I2", two)])
    assert store.resolve_id("I2") == "I2"
    assert store.incident("I1").aliases == ()


def test_an_id_without_any_telling_says_so(store: Store) -> None:
    """An id that no mention is left for, and one never given, raise errors that tell them apart."""
    store.replace_incidents([incident("I1", told(store, "A1"))])
    store.store_extraction("A1", Extraction())
    store.replace_incidents([], ["I1"])
    with pytest.raises(UnknownIdError, match="no stored article tells"):
        store.incident("I1")
    with pytest.raises(UnknownIdError, match="no incident I9"):
        store.incident("I9")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=6))
def test_no_id_is_ever_lost(store: Store, rounds: list[list[int]]) -> None:
    """However mentions are grouped and regrouped, every id ever given leads to an incident that is there."""
    base = store.counts()["articles"]
    mentions = [told(store, f"A{base + n}") for n in range(4)]
    given_ids: set[str] = set()
    for groups in rounds:
        made = {}
        for group, m in zip(groups, mentions, strict=True):
            made.setdefault(f"I{base}-{group}", []).append(m)
        owned = set(store.incidents_of([m.mention.id for m in mentions]).values())
        store.replace_incidents([incident(n, *ms) for n, ms in made.items()], owned - set(made))
        given_ids |= set(made)
        alive = set(store.incident_ids())
        assert all(store.resolve_id(name) in alive for name in given_ids)


def test_a_mention_is_in_one_incident(store: Store) -> None:
    """A mention can't be in two incidents, nor be taken from one that is left as it was."""
    one = told(store, "A1")
    store.replace_incidents([incident("I1", one)])
    for wrong in ([incident("I2", one)], [incident("I1", one), incident("I2", one)]):
        with pytest.raises(StoreError):
            store.replace_incidents(wrong)
    assert store.incidents_of(["A1#1"]) == {"A1#1": "I1"}
    assert store.incident_ids() == ("I1",)


FILTERS = [
    (IncidentFilter(), ["clash", "bomb", "vague"]),
    (IncidentFilter(statuses=None), ["clash", "bomb", "denied", "vague"]),
    (IncidentFilter(statuses=(Status.DENIED,)), ["denied"]),
    (IncidentFilter(since=date(2020, 4, 10)), ["bomb"]),
    (IncidentFilter(until=date(2020, 4, 9)), ["clash"]),
    (IncidentFilter(since=date(2020, 4, 8), until=date(2020, 4, 8)), ["clash"]),
    (IncidentFilter(type="battles"), ["clash"]),
    (IncidentFilter(type="Remote explosive/landmine/IED"), ["bomb", "vague"]),
    (IncidentFilter(area="hasakah"), ["bomb"]),
    (IncidentFilter(area="IQ"), ["clash"]),
    (IncidentFilter(area="Tal-Hamis"), ["bomb"]),
    (IncidentFilter(area="Hamis"), []),
    (IncidentFilter(actor="islamic state"), ["clash", "bomb", "vague"]),
    (IncidentFilter(actor="army"), ["clash", "bomb", "vague"]),
    (IncidentFilter(actor="arm"), []),
    (IncidentFilter(bbox=(41.0, 36.0, 42.0, 37.0)), ["bomb"]),
    (IncidentFilter(text="sandstorm"), ["clash"]),
    (IncidentFilter(text="!?"), []),
    (IncidentFilter(since=date(2020, 4, 1), area="IQ", type="Armed clash", text="patrol"), ["clash"]),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS, ids=lambda v: str(v) if isinstance(v, list) else None)
def test_filters(store: Store, wanted: IncidentFilter, found: list[str]) -> None:
    """Each part of a filter keeps what it says, in order of days; parts hold together."""
    bomb = told(store, "A1")
    vague = told(store, "A2", date=None, place=None)
    denied = told(store, "A3")
    a = article("A4", text=TEXT + " A sandstorm hid them.")
    store.add_article(a)
    where = Place(name="Kulajo", admin1="Diyala", country="IQ", lat=34.6, lon=45.0)
    when = TimeRange(start=date(2020, 4, 7), end=date(2020, 4, 9), precision=2, evidence=quote(a, "Monday"))
    clash = mention(a, sub_event_type=SubEventType.ARMED_CLASH, place=where, date=when)
    store.store_extraction("A4", Extraction(mentions=(clash,)))
    store.replace_incidents(
        [
            incident("bomb", bomb),
            incident("vague", vague, status=Status.CLAIMED),
            incident("denied", denied, status=Status.DENIED),
            incident("clash", *store.mentions_of("A4"), status=Status.UNCONFIRMED),
        ]
    )
    assert [i.id for i in store.incidents(wanted)] == found
    # The same filter without a database, as for the state of an earlier day.
    everything = store.incidents(IncidentFilter(statuses=None))
    hits = None if wanted.text is None else {h.article.id for h in store.search_articles(wanted.text)}
    assert [i.id for i in listed(i for i in everything if passes(i, wanted, hits))] == found


def test_changes_of_the_gazetteer_are_kept_by_mention(store: Store) -> None:
    """What a change of the gazetteer did to a place is found by its mention, in order of time."""

    def revision(day: int, mention_id: str) -> Revision:
        at = datetime(2020, 4, day, tzinfo=UTC)
        kind = RevisionKind.PLACE
        return Revision(
            kind=kind, at=at, field="place", before=None, after=[1], because="refined", mention=mention_id
        )

    told(store, "A1"), told(store, "A2")
    store.add_place_revisions([revision(15, "A1#1"), revision(14, "A2#1")])
    store.add_place_revisions([revision(13, "A1#1")])
    assert store.place_revisions(["A1#1"]) == (revision(13, "A1#1"), revision(15, "A1#1"))
    found = store.place_revisions(["A2#1", "A1#1"])
    assert [r.at.day for r in found] == [13, 14, 15]
    assert store.place_revisions(["A3#1"]) == store.place_revisions([]) == ()


# --- areas

FRONT = AreaShare(
    id="qt-hamrin", name="Qara Tapa–Hamrin front", names=("the front",), kind="front", weight=0.5
)


def square(name: str, west: float, south: float, **fields: object) -> Area:
    ring = ((west, south), (west + 1, south), (west + 1, south + 1), (west, south + 1), (west, south))
    return Area(id=name, name=name, kind="own", polygons=((ring,),), **fields)  # type: ignore[arg-type]


def test_an_area_comes_back_as_it_was(store: Store, reopen: Factory) -> None:
    """Every field of an area is there again, for this program and for another one."""
    who = Authority(name="KRG", role="claims", since=date(2005, 1, 1), until=date(2030, 1, 1), source="s")
    ring = ((44.0, 34.0), (45.5, 34.0), (45.5, 35.25), (44.0, 34.0))
    hole = ((44.9, 34.2), (45.0, 34.3), (45.0, 34.2), (44.9, 34.2))
    whole = Area(
        id="garmiyan",
        name="Garmiyan گەرمیان",
        names=("Garmian",),
        kind="administration",
        country="IQ",
        polygons=((ring, hole), (ring,)),
        authorities=(who,),
        since=date(2012, 1, 1),
        until=date(2040, 1, 1),
        indicative=False,
        source="a map",
        note="a note",
    )
    assert store.add_areas([whole, square("B", 10, 10)]) == 2
    for one in (store, reopen()):
        assert one.area("garmiyan") == whole
        assert [a.id for a in one.areas()] == ["B", "garmiyan"]
        assert one.counts()["areas"] == 2


def test_areas_are_replaced_and_removed_by_their_id(store: Store) -> None:
    """An area of a known id takes its place; the mark changes with every change; what is gone is unknown."""
    marks = [store.areas_mark()]
    assert store.add_areas([square("A", 10, 10), square("B", 10, 10)]) == 2
    marks.append(store.areas_mark())
    assert store.add_areas([square("A", 20, 20), square("C", 10, 10)]) == 1
    marks.append(store.areas_mark())
    assert [a.id for a in store.areas(bbox=(20.2, 20.2, 20.4, 20.4))] == ["A"]
    store.remove_area("A")
    marks.append(store.areas_mark())
    assert len(set(marks)) == 4
    assert [a.id for a in store.areas()] == ["B", "C"]
    for act in (store.area, store.remove_area):
        with pytest.raises(UnknownIdError, match="no area A"):
            act("A")
    assert store.areas_mark() == marks[-1]


def test_areas_are_stored_all_or_none(store: Store, reopen: Factory) -> None:
    """Where one can't be stored, none is, and what was there stays; others see nothing of it meanwhile."""
    store.add_areas([square("A", 10, 10)])
    for wrong in (square("A", 30, 30), Area(id="C", name="C", kind="own", polygons=())):
        with pytest.raises(StoreError):
            store.add_areas([square("A", 20, 20), wrong])
    assert [a.polygons[0][0][0] for a in store.areas()] == [(10.0, 10.0)]
    other = reopen()
    with store.transaction():
        store.add_areas([square("B", 20, 20)])
        assert [a.id for a in other.areas()] == ["A"]
    assert [a.id for a in other.areas()] == ["A", "B"]


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ((10.5, 10.5, 10.6, 10.6), ["A"]),
        ((-180.0, -90.0, 180.0, 90.0), ["A", "Fiji"]),
        ((11.0000001, 10.0, 12.0, 11.0), []),
        ((170.0, -30.0, -170.0, 0.0), ["Fiji"]),
    ],
)
def test_areas_are_found_by_a_box(
    store: Store, bbox: tuple[float, float, float, float], found: list[str]
) -> None:
    """A box finds the areas whose own box it meets, over the 180th meridian too."""
    store.add_areas([square("A", 10, 10), square("Fiji", 178, -18)])
    assert [a.id for a in store.areas(bbox)] == found


def test_incidents_keep_their_areas(store: Store) -> None:
    """Areas of an incident are stored with it, counted, found by every name, and replaced with it."""
    one, two = told(store, "A1"), told(store, "A2")
    store.replace_incidents([incident("I1", one, areas=(FRONT,)), incident("I2", two)])
    assert store.incident("I1").areas == (FRONT,)
    assert store.incidents_by_area() == {"qt-hamrin": 1}
    for name in ("QT-Hamrin", "qara tapa hamrin front", "The Front", "Tal Hamis"):
        wanted = IncidentFilter(area=name)
        found = [i.id for i in store.incidents(wanted)]
        assert found == (["I1", "I2"] if name == "Tal Hamis" else ["I1"])
        assert [i.id for i in store.incidents() if passes(i, wanted)] == found
    store.replace_incidents([incident("I1", one), incident("I2", two)])
    assert (store.incidents_by_area(), list(store.incidents(IncidentFilter(area="the front")))) == ({}, [])


def test_areas_of_incidents_can_be_set(store: Store) -> None:
    """Setting areas changes these and the names that find them, and nothing else of an incident."""
    whole = incident("I1", told(store, "A1"))
    store.replace_incidents([whole, incident("I2", told(store, "A2"), place=None, date=None)])
    first, second = store.located()
    assert (first.id, first.place, first.date, first.areas) == ("I1", whole.place, whole.date, ())
    assert (second.place, second.date) == (None, None)
    before = store.incident("I1")
    store.set_areas([replace(first, areas=(FRONT,)), replace(second, areas=(FRONT,))])
    assert store.incident("I1") == replace(before, areas=(FRONT,))
    assert [i.id for i in store.incidents(IncidentFilter(area="the front"))] == ["I1", "I2"]
    assert [i.id for i in store.incidents(IncidentFilter(area="Hasakah"))] == ["I1"]
    assert [one.areas for one in store.located()] == [(FRONT,), (FRONT,)]
    store.set_areas([replace(one, areas=()) for one in store.located()])
    assert store.incident("I1") == before
    assert store.incidents_by_area() == {}


# --- transactions


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store, reopen: Factory) -> None:
    """What a transaction wrote before an exception is gone, and writing afterwards works."""
    with pytest.raises(ZeroDivisionError), store.transaction():
        told(store, "A1")
        raise ZeroDivisionError
    assert store.counts()["articles"] == 0
    told(store, "A1")
    assert reopen().counts() == store.counts() | {"articles": 1, "mentions": 1}


def test_an_inner_transaction_can_fail_alone(store: Store) -> None:
    """An exception that is caught inside a transaction undoes what was written since the inner one began."""
    with store.transaction():
        told(store, "A1")
        with pytest.raises(ZeroDivisionError), store.transaction():
            told(store, "A2")
            raise ZeroDivisionError
        told(store, "A3")
    assert [a.id for a in store.articles()] == ["A1", "A3"]
    with pytest.raises(ZeroDivisionError), store.transaction():
        with store.transaction():
            told(store, "A4")
        raise ZeroDivisionError
    assert [a.id for a in store.articles()] == ["A1", "A3"]


def test_others_see_nothing_of_an_open_transaction(store: Store, reopen: Factory) -> None:
    """Another program reads the state before, until the transaction is done."""
    other = reopen()
    with store.transaction():
        told(store, "A1")
        assert other.article("A1") is None
        assert list(other.all_mentions()) == []
    assert other.article("A1") is not None


def test_an_incident_can_be_replaced_while_incidents_are_read(store: Store) -> None:
    """Reading a list and writing each one back sees each once."""
    made = [incident(f"I{n}", told(store, f"A{n}")) for n in range(3)]
    store.replace_incidents(made)
    seen: list[Incident] = []
    for one in store.incidents():
        seen.append(one)
        store.replace_incidents([replace(one, status=Status.CLAIMED)])
    assert [i.id for i in seen] == ["I0", "I1", "I2"]
    assert {i.status for i in store.incidents()} == {Status.CLAIMED}


def test_closing_twice_does_no_harm(store: Store) -> None:
    """A store can be closed twice, and be used as a context."""
    with store as same:
        assert same.counts()["incidents"] == 0
    store.close()
