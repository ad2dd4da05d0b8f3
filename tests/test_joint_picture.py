"""The joint picture: records of several parties among the own articles, linked, replaced, withdrawn."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from party_records import all_of, bytes_of, picture_of, record, toll
from seamwatch.errors import ShapeError
from seamwatch.model.incident_codec import evidence_of, incident_json
from seamwatch.model.incident_decoding import incident_from_json
from seamwatch.pipeline.centre import record_picture
from seamwatch.pipeline.decide import Decider
from seamwatch.pipeline.forget import forget
from seamwatch.publish.explain import explain
from seamwatch.store import Store, open_store
from seamwatch.store.sqlite import SqliteStore
from seamwatch.vocabulary.codes import Status
from told_store import BOMB, groups, opened, tell


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def one_of(store: Store) -> Any:
    (found,) = all_of(store)
    return found


def test_two_parties_tell_one_incident(store: Store) -> None:
    """Their records are linked as one; each value comes with its party, and both killed figures are shown."""
    picture_of(store).show([record("north", "n1"), record("south", "s1", killed=toll(4))])
    found = one_of(store)
    row = incident_json(found)
    assert [(p["party"], p["name"], p["version"]) for p in row["parties"]] == [
        ("north", "Rescue North", 1),
        ("south", "South Watch", 1),
    ]
    assert {m["id"]: m["party"] for m in row["mentions"]} == {
        "party:north:n1#1": "north",
        "party:south:s1#1": "south",
    }
    (differ,) = [d for d in row["disagreements"] if d["field"] == "killed"]
    assert [(v["value"]["best"], v["mentions"]) for v in differ["values"]] == [
        (2, ["party:north:n1#1"]),
        (4, ["party:south:s1#1"]),
    ]
    assert row["killed"]["evidence"][0]["mention"] == "party:south:s1#1"


def test_a_received_record_joins_what_own_articles_tell(store: Store) -> None:
    """A record of what an own article tells is part of the same incident, beside it."""
    tell(store, "A1", {**BOMB, "day": 767})
    picture_of(store).show([record("north", "n1")])
    found = one_of(store)
    assert [m.article.party for m in found.mentions] == [None, "north"]


def test_a_party_is_one_voice_and_two_parties_are_two(store: Store) -> None:
    """What one party alone holds confirmed is unconfirmed, whatever it read; a second one confirms it."""
    quotes = [
        {"quote": f"two died, says {name}", "source": name, "published": None} for name in ("AFP", "DW")
    ]
    picture = picture_of(store)
    picture.show([record("north", "n1", killed=toll(2, *quotes))])
    assert (one_of(store).voices, one_of(store).status) == (1, Status.UNCONFIRMED)
    picture.show([record("south", "s1")])
    assert (one_of(store).voices, one_of(store).status) == (2, Status.CONFIRMED)


def test_two_records_of_one_party_are_told_apart(store: Store) -> None:
    """A party that holds two incidents apart knows better than the rules, however alike they are."""
    picture_of(store).show([record("north", "n1"), record("north", "n2")])
    assert groups(store) == {"party:north:n1#1", "party:north:n2#1"}
    assert not store.links_of(["party:north:n1#1"])


def test_every_value_has_its_line_as_quote(store: Store) -> None:
    """Each value is a slice of the record's text; a released quote follows as further evidence."""
    told = {"quote": "a bomb killed\n two policemen", "source": "Rudaw", "published": "2024-04-05"}
    picture_of(store).show([record("north", "n1", killed=toll(2, told), withheld=("sources",))])
    article = store.article("party:north:n1")
    assert article is not None
    (mention,) = (m.mention for m in store.mentions_of(article.id))
    found = list(evidence_of(mention))
    assert all(article.text[e.span.start : e.span.end] == e.quote for e in found)
    assert [e.quote for e in mention.killed.evidence] == ["2", "a bomb killed two policemen"]  # type: ignore[union-attr]
    assert mention.perpetrators[0].evidence[0].quote == "Islamic State"
    assert "quote: a bomb killed two policemen (Rudaw, 2024-04-05)\n" in article.text
    assert "withheld: sources\n" in article.text


def test_what_a_party_keeps_back_is_said(store: Store) -> None:
    """A withheld field is unknown here, and the incident says that the party withholds it."""
    picture_of(store).show(
        [record("north", "n1", killed=None, withheld=("killed", "sources"), coarse={"place": "district"})]
    )
    found = one_of(store)
    (party,) = incident_json(found)["parties"]
    assert found.killed is None
    assert (party["withheld"], party["coarse"]) == (["killed", "sources"], {"place": "district"})
    assert party["status"] == "confirmed"


def test_an_incident_comes_back_from_its_json_with_its_parties(store: Store) -> None:
    """JSON alone, without the mentions, still says which mention is which party's, and under which label."""
    picture_of(store).show([record("north", "n1", tlp="TLP:RED", coarse={"date": "week"})])
    row = incident_json(one_of(store))
    assert incident_json(incident_from_json(row))["parties"] == row["parties"]


def test_a_newer_version_takes_the_place_of_the_older(store: Store, tmp_path: Path) -> None:
    """The ids stay, values and text are the new ones, and no byte has anything of the older text."""
    picture = picture_of(store)
    secret = {"quote": "the Okonkwo bridge checkpoint", "source": "Wire", "published": None}
    picture.show([record("north", "n1", killed=toll(2, secret)), record("south", "s1")])
    before = one_of(store)
    shown = picture.show([record("north", "n1", 2, killed=toll(9))])
    after = one_of(store)
    assert (shown.new, shown.replaced) == (0, 1)
    assert (after.id, [m.mention.id for m in after.mentions]) == (
        before.id,
        [m.mention.id for m in before.mentions],
    )
    assert after.killed is not None and after.killed.best == 9
    assert not store.search_articles("Okonkwo") and store.search_articles("9")
    assert not store.has_traces() and b"Okonkwo" not in bytes_of(tmp_path)


def test_showing_the_same_again_changes_nothing(store: Store) -> None:
    """A record that is shown just so already is left alone: showing may be repeated after a crash."""
    picture = picture_of(store)
    picture.show([record("north", "n1")])
    mark = store.read("SELECT max(number) FROM map_changes")  # type: ignore[attr-defined]
    assert picture.show([record("north", "n1")]).known == 1
    assert store.read("SELECT max(number) FROM map_changes") == mark  # type: ignore[attr-defined]


def test_a_withdrawal_leaves_no_byte(store: Store, tmp_path: Path) -> None:
    """What only the withdrawn record said is in no table, no index and no byte of the files."""
    picture = picture_of(store)
    secret = {"quote": "near the Okonkwo bridge", "source": "Wire", "published": None}
    picture.show(
        [record("north", "n1", killed=toll(7, secret)), record("south", "s1"), record("north", "n2")]
    )
    assert b"Okonkwo" in bytes_of(tmp_path)
    assert picture.withdraw([record("north", "n1"), record("east", "never-shown")]) == 1
    assert (
        sorted(groups(store)) == sorted({"party:north:n2#1", "party:south:s1#1"}) or len(groups(store)) == 1
    )
    assert all("party:north:n1#1" not in group for group in groups(store))
    assert not store.has_traces() and b"Okonkwo" not in bytes_of(tmp_path)
    with sqlite3.connect(tmp_path / "record.db") as db:
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            rows = db.execute(f'SELECT * FROM "{table}"').fetchall()
            assert "Okonkwo" not in repr(rows), table


def test_what_stays_is_told_without_what_was_withdrawn(store: Store) -> None:
    """The other party's telling stays, the incident is derived anew, and the old id leads to it."""
    picture = picture_of(store)
    picture.show([record("north", "n1", killed=toll(7)), record("south", "s1")])
    old = one_of(store).id
    picture.withdraw([record("north", "n1")])
    found = one_of(store)
    assert (found.killed.best, found.voices, found.disagreements) == (2, 1, ())
    assert store.resolve_id(old) == found.id


def test_a_withdrawn_record_can_be_released_again(store: Store) -> None:
    """No tombstone stands in the way of a higher version; the incident's ids lead to it again."""
    picture = picture_of(store)
    picture.show([record("north", "n1")])
    old = one_of(store).id
    picture.withdraw([record("north", "n1", 2)])
    assert not all_of(store)
    picture.show([record("north", "n1", 3, killed=toll(4))])
    assert one_of(store).id == old and one_of(store).killed.best == 4


def test_a_decision_about_a_withdrawn_record_loses_its_words(store: Store) -> None:
    """As when an article is forgotten: that somebody decided stays, what they wrote does not."""
    picture = picture_of(store)
    picture.show([record("north", "n1")])
    Decider(store, by="Ana").correct(one_of(store).id, "killed", 5, why="the hospital's list")
    picture.withdraw([record("north", "n1")])
    made = store.decisions()[0]
    assert (made.value, made.why, made.by) == (None, "", "Ana")


def test_what_was_forgotten_here_does_not_come_back(store: Store) -> None:
    """A record that a person forgot is not shown again by a newer version of it."""
    picture = picture_of(store)
    picture.show([record("north", "n1")])
    forget(store, "party:north:n1", by="Ana", why="a court's order")
    assert picture.show([record("north", "n1", 2)]).forgotten == 1
    assert not all_of(store)


@pytest.mark.parametrize(
    ("status", "alone", "beside_a_report"),
    [
        ("confirmed", Status.UNCONFIRMED, Status.CONFIRMED),
        ("claimed", Status.CLAIMED, Status.UNCONFIRMED),
        ("denied", Status.DENIED, Status.UNCONFIRMED),
        ("retracted", Status.RETRACTED, Status.UNCONFIRMED),
        ("foiled", Status.FOILED, Status.UNCONFIRMED),
        (None, Status.UNCONFIRMED, Status.CONFIRMED),
    ],
)
def test_the_status_carries_over(
    store: Store, status: str | None, alone: Status, beside_a_report: Status
) -> None:
    """A party's denial is shown as one; beside another party's report it takes nothing away from that."""
    picture = picture_of(store)
    picture.show([record("north", "n1", status=status)])
    assert one_of(store).status is alone
    picture.show([record("south", "s1")])
    found = one_of(store)
    assert found.status is beside_a_report
    denied = status in ("denied", "retracted", "foiled")
    assert ("status" in {d.field for d in found.disagreements}) is denied


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"killed": {"low": 5, "best": 2, "high": 1}}, "killed"),
        ({"killed": {"low": -1, "best": 2, "high": 3}}, "killed"),
        ({"perpetrators": [{"name": "x" * 2000}]}, "at most 1000"),
        ({"perpetrators": [{"name": " "}]}, "no name"),
        ({"perpetrators": [{"name": "a"}] * 300}, "at most 200"),
        ({"event_type": "Weather"}, "event_type"),
        ({"status": "sure"}, "status"),
        ({"place": {"lat": 300, "lon": 0}}, "lat"),
        ({"date": {"start": "2024-05-05", "end": "2024-04-05", "precision": 1}}, "date"),
        ({"killed": toll(1, {"quote": "q" * 20_000})}, "at most 10000"),
    ],
)
def test_a_content_that_is_none_is_refused(store: Store, broken: dict[str, Any], said: str) -> None:
    """What another party sends is read strictly: the error names the field, and nothing of it is stored."""
    with pytest.raises(ShapeError, match=said):
        picture_of(store).show([record("north", "n1"), record("north", "n2", **broken)])
    assert not all_of(store)


def test_a_record_can_forge_no_line_of_its_text(store: Store) -> None:
    """A line break within a value makes no further line that looks like another value."""
    picture_of(store).show([record("north", "n1", weapons=[{"name": "bomb\nkilled: 90", "evidence": []}])])
    article = store.article("party:north:n1")
    assert article is not None and "\nkilled: 90" not in article.text


def test_many_are_linked_in_one_pass_at_the_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many are expected they wait for `settle`; the result is that of linking them one by one."""
    monkeypatch.setattr(record_picture, "MANY", 4)
    records = [record("north", f"n{n}", killed=toll(n)) for n in range(3)] + [record("south", "s1")]
    picture = picture_of(store)
    picture.expect(len(records))
    picture.show(records[:2])
    assert not all_of(store)
    picture.show(records[2:])
    picture.settle()
    assert store.link_mark() != record_picture.UNLINKED
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as other:
        for one in records:
            picture_of(other).show([one])
        assert [incident_json(i) for i in all_of(other)] == [incident_json(i) for i in all_of(store)]


def test_many_records_leave_the_database_as_few_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that are linked in one pass at the end leave every table and index, and no more room taken."""
    monkeypatch.setattr(record_picture, "MANY", 3)
    assert isinstance(store, SqliteStore)

    def made() -> tuple[object, ...]:
        schema = store.read("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
        return schema, store.read("PRAGMA cache_size"), store.read("PRAGMA wal_autocheckpoint")

    before = made()
    picture = picture_of(store)
    picture.expect(4)
    assert made() != before
    picture.show([record("north", f"r{number}") for number in range(4)])
    picture.settle()
    assert made() == before
    assert store.read("PRAGMA integrity_check") == [("ok",)]
    assert store.read("SELECT count(*) FROM blocks")[0][0] > 4


def test_an_end_in_the_middle_of_many_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that were stored when the program ended are linked by whoever settles next."""
    monkeypatch.setattr(record_picture, "MANY", 2)
    with opened(tmp_path) as store:
        picture = picture_of(store)
        picture.expect(2)
        picture.show([record("north", "n1"), record("south", "s1")])
    with open_store(str(tmp_path / "record.db")) as store:
        picture_of(store).settle()
        assert len(one_of(store).mentions) == 2


def test_explain_names_the_parties(store: Store) -> None:
    """The explanation says whose record each source is, and what the party withholds."""
    picture_of(store).show([record("north", "n1", withheld=("killed",), killed=None), record("south", "s1")])
    out = io.StringIO()
    explain(one_of(store), {}, out, colour=False)
    text = out.getvalue()
    assert "Rescue North" in text and "South Watch" in text
    assert "withheld by Rescue North: killed" in text


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["north", "south", "east"]), st.integers(1, 2), st.integers(1, 3), st.booleans()
    ),
    max_size=10,
)


@settings(max_examples=15, deadline=None)
@given(steps=STEPS, seed=st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(steps: list[tuple[str, int, int, bool]], seed: Any) -> None:
    """Whatever was shown, replaced and withdrawn on the way, the same records at last make one picture."""
    final: dict[tuple[str, int], tuple[int, bool]] = {}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        with opened(Path(one)) as store:
            picture = picture_of(store)
            for version, (party, number, killed, gone) in enumerate(steps, 1):
                final[party, number] = (killed, gone)
                made = replace(record(party, f"r{number}", version, killed=toll(killed)))
                (picture.withdraw if gone else picture.show)([made])
            was = [_bare(incident_json(i)) for i in all_of(store)]
        with opened(Path(two)) as store:
            left = [
                record(party, f"r{number}", killed=toll(killed))
                for (party, number), (killed, gone) in final.items()
                if not gone
            ]
            seed.shuffle(left)
            for made in left:
                picture_of(store).show([made])
            assert [_bare(incident_json(i)) for i in all_of(store)] == was


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    """Return an incident without versions, and without ids that it once had."""
    return {**row, "parties": [{**p, "version": 0} for p in row["parties"]], "aliases": []}
