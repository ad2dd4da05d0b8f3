"""A database of the version before linking: judgements are kept, and all is linked anew first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from made_incidents import incident
from seamwatch.link.order import incident_id
from seamwatch.model.codec import mention_json
from seamwatch.model.incident import ArticleRef, Extraction, SourcedMention
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.text import Article
from seamwatch.pipeline.reading import ReadOptions, read_into
from seamwatch.pipeline.record import Recorded
from seamwatch.pipeline.relinking import is_linked, relink_all
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store
from seamwatch.store.sqlite_database import APPLICATION_ID
from seamwatch.vocabulary.codes import DecisionKind
from told_articles import EVENTS, told, write_lines

BOMB, PUMP, _, _, CONVOY = EVENTS
BEFORE = 3  # the last schema that stored what the rules judged
AT = "2024-04-12T08:00:00.000000Z"
GIVEN = [
    told(BOMB, "Tigris Wire", "a1"),
    told(BOMB, "Zagros News", "a2", later=2),
    told(BOMB, "Hamrin Post", "a3", later=3),
    told(PUMP, "Tigris Wire", "p1"),
    told(CONVOY, "Agency Nine", "c1"),
]


def add_article(db: sqlite3.Connection, article: Article, extraction: Extraction) -> None:
    """Insert an article and what it tells as that version did."""
    db.execute(
        "INSERT INTO articles (id, text, published, source, language, stored_at) "
        "VALUES (?, ?, ?, ?, 'en', ?)",
        (article.id, article.text, article.published and article.published.isoformat(), article.source, AT),
    )
    db.execute(
        "INSERT INTO extractions (article_id, others, statements, places, dates, warnings, stored_at, given) "
        "VALUES (?, '[]', '[]', '[]', '[]', '[]', ?, 1)",
        (article.id, AT),
    )
    for number, mention in enumerate(extraction.mentions, 1):
        assert mention.date is not None
        db.execute(
            "INSERT INTO mentions (id, article_id, ordinal, json, event_type, sub_event_type, modality, "
            "date_start, date_end) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                mention.id,
                article.id,
                number,
                json.dumps(mention_json(mention)),
                mention.event_type.value,
                mention.sub_event_type.value,
                mention.modality.value,
                mention.date.start.isoformat(),
                mention.date.end.isoformat(),
            ),
        )


def add_incident(db: sqlite3.Connection, told_by: Sequence[SourcedMention]) -> str:
    """Insert an incident as that version did, and return its id."""
    name = incident_id(told_by[0].mention.id)
    row = dict(incident_json(incident(name, *told_by)))
    for newer in ("policy", "decisions", "voices"):
        row.pop(newer, None)
    db.execute(
        "INSERT INTO incidents (id, json, status, event_type, sub_event_type) "
        "VALUES (?, ?, 'confirmed', '', '')",
        (name, json.dumps(row)),
    )
    for sourced in told_by:
        db.execute("INSERT INTO incident_mentions VALUES (?, ?)", (sourced.mention.id, name))
    for sourced in told_by[1:]:
        db.execute("INSERT INTO aliases VALUES (?, ?)", (incident_id(sourced.mention.id), name))
    return name


def judge(
    db: sqlite3.Connection, left: str, right: str, verdict: str, by: str, supersedes: int | None = None
) -> int:
    row = db.execute(
        'INSERT INTO judgements (left_id, right_id, verdict, score, reasons, "by", at, supersedes) '
        "VALUES (?, ?, ?, 0.9, '[]', ?, ?, ?)",
        (left, right, verdict, by, AT, supersedes),
    )
    return int(row.lastrowid or 0)


@pytest.fixture
def old(tmp_path: Path) -> str:
    """Return a database of the old schema with five articles and four incidents.

    The rules had held a1 and a2 for one; a person bound a1 and a3, then parted them; another one bound
    p1 and a2 and was wrong, but said so.
    """
    path = tmp_path / "record.db"
    folder = resources.files("seamwatch.store") / "migrations"
    with closing(sqlite3.connect(path)) as db, db:
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".sql") and int(file.name.split("_")[0]) <= BEFORE:
                db.executescript(file.read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {BEFORE}")
        mentions = {}
        for article, extraction in GIVEN:
            add_article(db, article, extraction)
            ref = ArticleRef(id=article.id, source=article.source, published=article.published)
            mentions[article.id] = SourcedMention(mention=extraction.mentions[0], article=ref)
        for names in (("a1", "a2"), ("a3",), ("p1",), ("c1",)):
            add_incident(db, [mentions[name] for name in names])
        judge(db, "a1#1", "a2#1", "same", "rules")
        judge(db, "a1#1", "p1#1", "different", "rules")
        first = judge(db, "a1#1", "a3#1", "same", "Ms Okafor")
        judge(db, "a1#1", "a3#1", "different", "Ms Okafor", supersedes=first)
        judge(db, "a2#1", "p1#1", "same", "ana")
        db.execute(
            "INSERT INTO revisions (incident_id, at, field, before, after, because, mention) "
            "VALUES (?, ?, 'killed', '1', '2', 'told', 'a2#1')",
            (incident_id("a1#1"), AT),
        )
    return str(path)


def groups(store: Store) -> list[str]:
    found = store.incidents(IncidentFilter(statuses=None))
    return sorted(" ".join(sorted(m.mention.id for m in i.mentions)) for i in found)


def test_what_people_judged_has_become_decisions(old: str) -> None:
    """Each person's last judgement of a pair is a decision of theirs; what the rules judged is none."""
    with open_store(old) as store:
        decided = [
            (d.number, d.kind, d.mentions, d.others, d.by, d.at.isoformat()) for d in store.decisions()
        ]
        at = "2024-04-12T08:00:00+00:00"
        assert decided == [
            (1, DecisionKind.DIFFERENT, ("a1#1",), ("a3#1",), "Ms Okafor", at),
            (2, DecisionKind.SAME, ("a2#1",), ("p1#1",), "ana", at),
        ]
        assert [d.number for d in store.decisions_about(["p1#1"])] == [2]


def test_what_was_stored_is_there_before_it_is_linked_anew(old: str) -> None:
    """Opened, the database has its articles, mentions, incidents and ids, but is not linked yet."""
    with open_store(old) as store:
        assert groups(store) == ["a1#1 a2#1", "a3#1", "c1#1", "p1#1"]
        assert store.resolve_id(incident_id("a2#1")) == incident_id("a1#1")
        assert {m.mention for m in store.all_mentions()} == {e.mentions[0] for _, e in GIVEN}
        assert not is_linked(store)


def test_reading_links_it_anew_first_and_says_so(old: str, tmp_path: Path) -> None:
    """The first `read` tells that everything is linked anew; what it reads joins what was linked so."""
    lines = write_lines(tmp_path / "more.jsonl", [told(CONVOY, "Tigris Wire", "c2", later=2)])
    said: list[str] = []
    with open_store(old) as store:
        results = list(read_into(store, ReadOptions(mentions=(str(lines),)), note=said.append))
        (result,) = results
        assert isinstance(result, Recorded)
        assert said == ["the rules of linking have changed: 5 mentions are linked anew first"]
        assert is_linked(store)
        # What a person bound is one, and with it what the rules hold for the same; what one parted is not.
        owner = store.incidents_of(["a1#1", "a2#1", "a3#1", "p1#1", "c1#1", "c2#1"])
        assert owner["a2#1"] == owner["p1#1"]
        assert owner["a1#1"] != owner["a3#1"]
        assert owner["a2#1"] in (owner["a1#1"], owner["a3#1"])
        assert owner["c1#1"] == owner["c2#1"]
        assert relink_all(store).changed == ()
        said.clear()
        assert list(read_into(store, ReadOptions(mentions=(str(lines),)), note=said.append)) != []
        assert said == []


def test_every_id_still_leads_to_its_mention(old: str) -> None:
    """Linked anew, every id that was ever given leads to the incident that holds its mention now."""
    with open_store(old) as store:
        given = {incident_id(m.mention.id): m.mention.id for m in store.all_mentions()}
        relink_all(store)
        for name, mention in given.items():
            assert store.resolve_id(name) == store.incidents_of([mention])[mention]


def test_an_empty_database_says_nothing(tmp_path: Path) -> None:
    """Where nothing is stored there is nothing to say; it counts as linked."""
    said: list[str] = []
    with open_store(str(tmp_path / "record.db")) as store:
        assert list(read_into(store, ReadOptions(), note=said.append)) == []
        assert (said, is_linked(store)) == ([], True)
