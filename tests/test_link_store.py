"""Linking in a real store: bit by bit, in batches, after decisions or all anew, as at once in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from link_tellings import rows, telling, tellings
from seamwatch.link.linker import link_all
from seamwatch.link.order import incident_id
from seamwatch.link.rules import load_link_rules
from seamwatch.model.decision import Decision
from seamwatch.model.incident import Extraction, Incident, SourcedMention
from seamwatch.model.text import Article
from seamwatch.pipeline.linking import Linker, mark_of
from seamwatch.pipeline.relinking import is_linked, relink_all
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store
from seamwatch.vocabulary.codes import DecisionKind
from told_store import BOMB, RAID

RULES = load_link_rules()
EVERY = IncidentFilter(statuses=None)
AT = datetime(2026, 11, 1, tzinfo=UTC)
SOME = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None
)


@contextmanager
def a_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "record.db")) as store:
        yield store


def articles_of(mentions: Sequence[SourcedMention]) -> dict[str, list[SourcedMention]]:
    found: dict[str, list[SourcedMention]] = {}
    for sourced in mentions:
        found.setdefault(sourced.article.id, []).append(sourced)
    return found


def put(store: Store, told: Sequence[SourcedMention]) -> None:
    """Store an article with these mentions, all it tells; or what it tells now."""
    ref = told[0].article
    if store.article(ref.id) is None:
        text = f"What {ref.id} tells."
        store.add_article(Article(id=ref.id, text=text, source=ref.source, published=ref.published))
    store.store_extraction(ref.id, Extraction(mentions=tuple(m.mention for m in told)), given=True)


def add(store: Store, articles: dict[str, list[SourcedMention]], names: Sequence[str]) -> None:
    """Store and link these articles in one transaction."""
    with store.transaction():
        for name in names:
            put(store, articles[name])
        Linker(store).link([m for name in names for m in store.mentions_of(name)])


def held(store: Store) -> list[Incident]:
    """Return the stored incidents by id; ids that lead to them sorted, as they come from nowhere in order."""
    found = (replace(i, aliases=tuple(sorted(i.aliases))) for i in store.incidents(EVERY))
    return sorted(found, key=lambda i: i.id)


def at_once(store: Store) -> list[Incident]:
    """Return the incidents that all stored mentions tell, linked in memory."""
    made = link_all(store.all_mentions(), RULES, decisions=store.decisions())
    return sorted((replace(i, aliases=tuple(sorted(i.aliases))) for i in made), key=lambda i: i.id)


def check_at_once(store: Store) -> None:
    """What is stored is what linking at once gives; ids of mentions that are gone may lead to it too."""
    stored, memory = held(store), at_once(store)
    assert [replace(i, aliases=()) for i in stored] == [replace(i, aliases=()) for i in memory]
    for one, other in zip(stored, memory, strict=True):
        assert set(one.aliases) >= set(other.aliases)


@SOME
@given(st.lists(rows, min_size=1, max_size=9), st.data())
def test_any_order_and_batches_are_as_all_at_once(drawn: list[dict[str, Any]], data: st.DataObject) -> None:
    """One by one, in batches, in any order: the incidents are those of all mentions linked in memory."""
    articles = articles_of(tellings(drawn))
    order = data.draw(st.permutations(list(articles)))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order)), max_size=len(order))))
    with a_store() as store:
        for first, last in zip([0, *cuts], [*cuts, len(order)], strict=True):
            add(store, articles, order[first:last])
            assert held(store) == at_once(store)


@SOME
@given(st.lists(rows, min_size=1, max_size=9))
def test_linking_anew_changes_nothing(drawn: list[dict[str, Any]]) -> None:
    """What was linked bit by bit is what linking everything anew makes of it, in the store and its links."""
    articles = articles_of(tellings(drawn))
    with a_store() as store:
        for name in articles:
            add(store, articles, [name])
        ids = [m.mention.id for m in store.all_mentions()]
        before = (held(store), store.links_of(ids), store.profiles(ids))
        assert relink_all(store, dry_run=True).changed == relink_all(store).changed == ()
        assert (held(store), store.links_of(ids), store.profiles(ids)) == before


@SOME
@given(st.lists(rows, min_size=2, max_size=9))
def test_a_store_that_was_never_linked_is_linked_anew(drawn: list[dict[str, Any]]) -> None:
    """Mentions that are only stored become the incidents that they tell, and the store says by what rules."""
    with a_store() as store:
        for told in articles_of(tellings(drawn)).values():
            put(store, told)
        assert not is_linked(store)
        done = relink_all(store)
        assert held(store) == at_once(store)
        assert done.incidents == len(held(store))
        assert {change.kind for change in done.changed} <= {"new"}
        assert is_linked(store)
        assert store.link_mark() == mark_of(RULES)


@SOME
@given(st.lists(rows, min_size=2, max_size=8), st.lists(rows, min_size=1, max_size=4), st.data())
def test_what_articles_tell_anew_takes_the_place_of_what_they_told(
    drawn: list[dict[str, Any]], later: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Read again, an article's mentions link by what they say now, and its old ones leave no trace."""
    articles = articles_of(tellings(drawn))
    again = {name: told for name, told in articles_of(tellings(later)).items() if name in articles}
    with a_store() as store:
        add(store, articles, data.draw(st.permutations(list(articles))))
        for name, told in again.items():
            linker = Linker(store)
            with store.transaction():
                old = [m.mention.id for m in store.mentions_of(name)]
                gone = dict.fromkeys(store.incidents_of(old).values(), "")
                beside = linker.connected(old).difference(old)
                put(store, told)
                linker.link(store.mentions_of(name), gone, beside)
            check_at_once(store)


kinds = st.sampled_from([kind for kind in DecisionKind if kind is not DecisionKind.UNDO])


@SOME
@given(st.lists(rows, min_size=2, max_size=8), st.data())
def test_decisions_in_between_are_as_if_all_was_known(
    drawn: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Decisions made and undone between articles: the record is that of all mentions and all decisions."""
    articles = articles_of(tellings(drawn))
    with a_store() as store:
        for name in articles:
            add(store, articles, [name])
            for _ in range(data.draw(st.integers(0, 2))):
                _decide(store, data)
            assert held(store) == at_once(store)
        before = held(store)
        assert relink_all(store).changed == ()
        assert held(store) == before


def _decide(store: Store, data: st.DataObject) -> None:
    """Make a decision about stored mentions of incidents, or undo one; link as deciding does."""
    names = [m.mention.id for i in held(store) for m in i.mentions]
    made = store.decisions()
    undone = {d.undoes for d in made}
    open_ = [d.number for d in made if d.undoes is None and d.number not in undone]
    number = len(made) + 1
    decision = Decision(kind=DecisionKind.UNDO, by="ana", at=AT + timedelta(hours=number))
    if open_ and data.draw(st.booleans()):
        decision = replace(decision, undoes=data.draw(st.sampled_from(open_)))
    elif len(names) > 1:
        one, other = data.draw(st.permutations(names))[:2]
        kind = data.draw(kinds)
        decision = replace(decision, kind=kind, mentions=(one,))
        if kind is DecisionKind.CORRECT:
            decision = replace(decision, field="killed", value=number)
        elif kind not in (DecisionKind.CONFIRM, DecisionKind.RETRACT):
            decision = replace(decision, others=(other,))
    else:
        return
    with store.transaction():
        decision = store.add_decision(decision)
        about = decision if decision.undoes is None else store.decision(decision.undoes)
        touched = {*about.mentions, *about.others}
        for owner in set(store.incidents_of(touched).values()):
            touched.update(m.mention.id for m in store.incident(owner).mentions)
        Linker(store).relink(touched)


# --- what a change says


def _told(name: str, row: dict[str, Any], **more: Any) -> dict[str, list[SourcedMention]]:
    return articles_of([telling(f"{name}#1", {**row, **more, "article": name})])


def test_an_earlier_mention_takes_the_old_id_as_alias() -> None:
    """When an earlier telling comes in later, the incident's id is its, and the old id leads to it."""
    with a_store() as store:
        late, early = _told("x", BOMB, told=9), _told("y", BOMB, told=8)
        add(store, late, ["x"])
        assert [i.id for i in held(store)] == [incident_id("x#1")]
        add(store, early, ["y"])
        assert [i.id for i in held(store)] == [incident_id("y#1")]
        assert store.resolve_id(incident_id("x#1")) == incident_id("y#1")


def test_a_change_says_what_it_opened_updated_and_removed() -> None:
    """A new incident is opened, one that gained a telling updated; an id that is none any more is removed."""
    with a_store() as store:
        told = _told("x", BOMB, told=9) | _told("z", RAID) | _told("y", BOMB, told=8)
        linker = Linker(store)
        for name, opened, updated, removed in (
            ("x", ("x#1",), (), ()),
            ("z", ("z#1",), (), ()),
            ("y", (), ("y#1",), ("x#1",)),
        ):
            with store.transaction():
                put(store, told[name])
                change = linker.link(store.mentions_of(name))
            said = (change.opened, change.updated, change.removed)
            assert said == tuple(tuple(map(incident_id, names)) for names in (opened, updated, removed))


def test_a_telling_of_something_else_rewrites_no_incident() -> None:
    """An article that tells another event leaves the incidents that are there as they are."""
    with a_store() as store:
        add(store, _told("x", BOMB), ["x"])
        told = _told("z", RAID)
        with store.transaction():
            put(store, told["z"])
            change = Linker(store).link(store.mentions_of("z"))
        assert change.incidents == (incident_id("z#1"),)


def test_a_dry_run_tells_what_would_change_and_changes_nothing() -> None:
    """After links were lost, linking anew would merge; a dry run says so and leaves all as it is."""
    with a_store() as store:
        add(store, _told("x", BOMB, told=9), ["x"])
        put(store, _told("y", BOMB, told=8)["y"])
        told = relink_all(store, dry_run=True)
        (change,) = told.changed
        assert (change.id, change.before) == (incident_id("y#1"), (incident_id("x#1"),))
        assert "mentions" in change.fields
        assert store.incidents_of(["x#1", "y#1"]) == {"x#1": incident_id("x#1")}
        assert relink_all(store).changed == told.changed
        assert store.resolve_id(incident_id("x#1")) == incident_id("y#1")


def test_other_rules_have_another_mark() -> None:
    """A store linked by other weights has to be linked anew."""
    other = replace(RULES, odds={**RULES.odds, "place.same_site": 1})
    noise = replace(RULES, noise={**RULES.noise, "toll.right": 0.5})
    assert len({mark_of(RULES), mark_of(other), mark_of(noise)}) == 3
    with a_store() as store:
        relink_all(store)
        assert is_linked(store, RULES)
        assert not is_linked(store, other)
