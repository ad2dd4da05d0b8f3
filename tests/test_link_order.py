"""Whatever the order and the batches in which articles and decisions come, the record is the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seamwatch.link.order import incident_id
from seamwatch.model.decision import Decision
from seamwatch.model.incident import Extraction, Mention
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.text import Article, Evidence, Span
from seamwatch.pipeline.linking import relink
from seamwatch.pipeline.record import Recorded, Recorder
from seamwatch.pipeline.relinking import relink_all
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store
from seamwatch.vocabulary.codes import DecisionKind, Modality
from told_articles import EVENTS, copied, told

Given = tuple[Article, Extraction]
BOMB, PUMP, GUARD, POLICE, CONVOY = EVENTS
AT = datetime(2026, 11, 1, tzinfo=UTC)


def recalling(one: Given, other: Given) -> Given:
    """Return an article that tells an incident, and recalls another one in the words of its own report."""
    (article, said), (before, recalled) = one, other
    start = len(article.text) + 1

    def moved(values: Any) -> Any:
        if isinstance(values, Evidence):
            span = Span(start=values.span.start + start, end=values.span.end + start)
            return replace(values, span=span)
        if isinstance(values, tuple):
            return tuple(map(moved, values))
        fields = getattr(values, "__dataclass_fields__", {})
        return replace(values, **{n: moved(getattr(values, n)) for n in fields}) if fields else values

    second: Mention = replace(moved(recalled.mentions[0]), id=f"{article.id}#2")
    return replace(article, text=f"{article.text} {before.text}"), Extraction(
        mentions=(*said.mentions, second)
    )


_FIRST = told(BOMB, "Tigris Wire", "a1")
_SECOND = told(BOMB, "Zagros News", "a2", later=2, dated=False)
# Each group is one text: copies come as articles of their own, and only the first of them stays one.
GROUPS: tuple[tuple[Given, ...], ...] = (
    (_FIRST, copied(*_FIRST, "a0", "Mirror", later=-1), copied(*_FIRST, "a9", "Late Mirror", later=3)),
    (told(BOMB, "Tigris Wire", "a1v", killed=3, later=2, tail=True),),
    (told(BOMB, "Tigris Wire", "a1w", killed=4, later=1, tail=True),),
    (_SECOND, copied(*_SECOND, "b9", "Mirror")),
    (told(BOMB, "Hamrin Post", "a3", killed=3, later=3),),
    (told(BOMB, "Agency Nine", "a4", later=4, modality=Modality.DENIED),),
    (told(PUMP, "Tigris Wire", "p1"),),
    (told(PUMP, "Hamrin Post", "p2", dated=False),),
    (told(GUARD, "Zagros News", "g1"), copied(*told(GUARD, "Zagros News", "g1"), "g0", "Mirror")),
    (told(GUARD, "Agency Nine", "g2", killed=2, modality=Modality.CLAIMED),),
    (told(POLICE, "Tigris Wire", "k1", dated=False),),
    (told(POLICE, "Zagros News", "k2", killed=6),),
    (recalling(told(CONVOY, "Hamrin Post", "c1"), told(BOMB, "Zagros News", "c1", killed=1)),),
    (told(CONVOY, "Agency Nine", "c2", dated=False),),
)
ARTICLES = {given[0].id: given for group in GROUPS for given in group}
TEXTS = tuple(f"{group[0][0].id}#{n}" for group in GROUPS for n, _ in enumerate(group[0][1].mentions, 1))
# For each mention of a text the mentions of its copies: one of them is stored, once one came in.
ALIKE = {
    f"{group[0][0].id}#{n}": [f"{a.id}#{n}" for a, _ in group]
    for group in GROUPS
    for n, _ in enumerate(group[0][1].mentions, 1)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Articles read by one command, and the decisions made after it where what they are about is stored."""

    articles: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


names = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2, unique=True)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Decision, ...]:
    """Return up to four decisions about texts; the last may undo one of the others."""
    made: list[Decision] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(st.sampled_from([k for k in DecisionKind if k is not DecisionKind.UNDO or made]))
        mentions, others, undoes = tuple(draw(names)), (), None
        fields: dict[str, Any] = {}
        if kind is DecisionKind.UNDO:
            free = [d.number for d in made if d.undoes is None and d.number not in {m.undoes for m in made}]
            if not free:
                continue
            mentions, undoes = (), draw(st.sampled_from(free))
        elif kind is DecisionKind.CORRECT:
            fields = {"field": "killed", "value": {"low": number, "best": 10, "high": 20}}
        elif kind not in (DecisionKind.CONFIRM, DecisionKind.RETRACT):
            others = tuple(name for name in draw(names) if name not in mentions)
            if not others:
                continue
        made.append(
            Decision(
                kind=kind, mentions=mentions, others=others, undoes=undoes, by="ana", why="seen",
                at=AT + timedelta(minutes=number), number=len(made) + 1, **fields,
            )
        )  # fmt: skip
    return tuple(made)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Step, ...]:
    """Return the articles in any order and batches, with decisions between them."""
    order = draw(st.permutations(tuple(ARTICLES)))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=len(order))))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    waiting = list(draw(decisions()))
    steps = []
    for number, batch in enumerate(batches, 1):
        last = number == len(batches)
        many = len(waiting) if last else draw(st.integers(0, len(waiting)))
        steps.append(Step(articles=tuple(batch), decisions=tuple(waiting[:many])))
        waiting = waiting[many:]
    return tuple(steps)


@contextmanager
def told_in(steps: Sequence[Step], shown: set[str]) -> Iterator[Store]:
    """Yield the store after all steps, each by a store opened anew; gather every id that it ever showed."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "record.db")
        waiting: list[Decision] = []
        for step in steps:
            with open_store(path) as store:
                lines = ((*ARTICLES[name], name) for name in step.articles)
                for result in Recorder(store).store_all_given(lines):
                    assert isinstance(result, Recorded), result
                shown.update(store.incident_ids())
                waiting += step.decisions
                while waiting and decide(store, waiting[0]):
                    waiting.pop(0)
                    shown.update(store.incident_ids())
        assert not waiting
        with open_store(path) as store:
            yield store


def decide(store: Store, decision: Decision) -> bool:
    """Store a decision, if all that it is about came in already; return whether it is stored."""
    stands = {name: next(iter(store.mentions(ALIKE[name])), "") for name in ALIKE}
    about = (*decision.mentions, *decision.others)
    if not all(stands[name] for name in about):
        return False
    made = replace(
        decision,
        mentions=tuple(stands[n] for n in decision.mentions),
        others=tuple(stands[n] for n in decision.others),
    )
    with store.transaction():
        made = store.add_decision(made)
        named = made if made.undoes is None else store.decision(made.undoes)
        touched = {*named.mentions, *named.others}
        for owner in set(store.incidents_of(touched).values()):
            touched.update(m.mention.id for m in store.incident(owner).mentions)
        relink(store, sorted(touched))
    return True


def record_of(store: Store) -> list[dict[str, Any]]:
    """Return every incident with all that is shown of it, but for the ids that it also had.

    An undated article is known from the moment when it was stored. So the moments of the story are left out,
    and the whole story where two such articles tell it: which of them came first is part of it.
    """
    rows = []
    for incident in store.incidents(IncidentFilter(statuses=None)):
        row = incident_json(incident)
        undated = sum(m.article.published is None for m in incident.mentions)
        story = [{**revision, "at": None} for revision in row["revisions"]]
        rows.append({**row, "aliases": None, "revisions": story if undated < 2 else len(incident.mentions)})
    return sorted(rows, key=lambda row: str(row["id"]))


def check_ids(store: Store, shown: set[str]) -> None:
    """Every id ever shown leads to the incident that holds its mention now."""
    mention_of = {incident_id(name): name for alike in ALIKE.values() for name in alike}
    assert shown <= mention_of.keys()
    for shown_id in sorted(shown):
        name = mention_of[shown_id]
        stands = store.standing_in([name])[name]
        assert store.resolve_id(shown_id) == store.incidents_of([stands])[stands], (shown_id, name, stands)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(stories())
def test_any_order_and_any_batches_give_one_record(steps: tuple[Step, ...]) -> None:
    """Articles, copies, versions and decisions in any order and batches: one record, and no id is lost."""
    made = tuple(decision for step in steps for decision in step.decisions)
    with told_in([Step(articles=tuple(ARTICLES), decisions=made)], set()) as store:
        wanted = record_of(store)
    shown: set[str] = set()
    with told_in(steps, shown) as store:
        assert record_of(store) == wanted
        check_ids(store, shown)
        again = relink_all(store)
        assert again.changed == ()
        assert record_of(store) == wanted
        check_ids(store, shown)


def test_the_pool_has_what_makes_it_hard(tmp_path: Path) -> None:
    """Read in one go, the articles make incidents of several tellings, with copies, versions and recalls."""
    shown: set[str] = set()
    with told_in([Step(articles=tuple(ARTICLES))], shown) as store:
        counts = store.counts()
        assert (counts["articles"], counts["copies"]) == (len(GROUPS), len(ARTICLES) - len(GROUPS))
        assert counts["versions"] == 2
        groups = sorted(
            sorted(m.mention.id for m in i.mentions) for i in store.incidents(IncidentFilter(statuses=None))
        )
    assert ["a0#1", "a1v#1", "a1w#1", "a2#1", "a3#1", "a4#1", "c1#2"] in groups
    assert ["p1#1", "p2#1"] in groups
    assert ["c1#1", "c2#1"] in groups
