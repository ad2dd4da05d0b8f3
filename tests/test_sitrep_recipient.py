"""A situation report for a party: made only from what is released to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agreed_parties import parties
from party_records import picture_of, record
from seamwatch.coordinate.rule_codec import rules_from_yaml
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.link.order import incident_id
from seamwatch.pipeline.centre.recipient import gather_for, recipient_of
from seamwatch.publish.sitrep import render
from seamwatch.store import Store
from seamwatch.store.base import IncidentFilter
from serving import serving
from told_store import BOMB, RAID, tell

RULES = """
rules:
  - id: bombs-coarse
    to: [b]
    tlp: TLP:AMBER+STRICT
    types: [Explosions/Remote violence]
    fields: {place: district, sources: withheld, quotes: withheld, weapons: withheld}
"""
MADE = datetime.now(UTC).replace(microsecond=0)
WANTED = IncidentFilter(since=date(2022, 1, 1), until=date(2022, 12, 31), statuses=None)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder with party a's record: a bomb that goes to b, a raid that does not, a received one."""
    with parties(tmp_path, "ab", rules=rules_from_yaml(RULES)) as nodes:
        store = nodes["a"].store
        tell(store, "A1", BOMB)
        tell(store, "A2", RAID)
        picture_of(store).show([record("north", "n1", place=None, killed=None)])
        yield tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    from seamwatch.store import open_store

    with open_store(str(folder / "a.db")) as made:
        yield made


def test_it_tells_what_is_released_and_nothing_else(store: Store) -> None:
    """The raid, the other party's record, the sources and the weapon are not in it; the place is coarse."""
    report = gather_for(store, "b", WANTED, made=MADE)
    text = render(report, "md").decode()
    assert report.period.figures.incidents == 1 and report.period.figures.killed.best == 2
    hidden = ("Rutba", "Rescue North", "what A1 tells", "roadside bomb", "A1", "So A1 tells it")
    assert not [word for word in hidden if word in text]
    (told,) = (one.incident for section in report.sections for one in section.incidents)
    assert told.place is not None and told.place.precision >= 3 and told.place.radius_km >= 15  # type: ignore[operator]
    assert told.weapons == ()


def test_it_says_for_whom_it_is_and_its_label(store: Store) -> None:
    """The head names the party and the strictest label of what is told; every page has the label."""
    report = gather_for(store, "b", WANTED, made=MADE)
    assert (report.recipient, report.label) == ("Party B", "TLP:AMBER+STRICT")
    for format in ("md", "html"):
        text = render(report, format).decode()
        assert "TLP:AMBER+STRICT" in text


def test_the_ids_in_it_are_not_those_of_the_record(store: Store) -> None:
    """An incident that never went out has an id that leads to nothing of the own record."""
    own = set(store.incident_ids())
    given = {incident.id for incident, _ in recipient_of(store, "b").incidents}
    # Nor can who guesses an article make its incident's id and the one that follows from it.
    assert given and not given & (own | {incident_id(f"party:a:{name}#1") for name in own})


@pytest.mark.parametrize(
    "more",
    [
        {"as_of": MADE - timedelta(days=1)},
        {"since_report": MADE - timedelta(days=1)},
    ],
)
def test_another_moment_is_refused(store: Store, more: dict[str, datetime]) -> None:
    """What was released at another moment is not kept, so that no report of it is made."""
    with pytest.raises(InputError, match="now"):
        gather_for(store, "b", WANTED, made=MADE, **more)


def test_a_stranger_gets_no_report(store: Store) -> None:
    """For who is no party that receives, there is none."""
    with pytest.raises(SeamwatchError, match="receives no records"):
        gather_for(store, "z", WANTED, made=MADE)


def test_the_command_and_the_desk_make_it(folder: Path) -> None:
    """`--for` and `for=` give the same report."""
    days = ["--since", "2022-01-01", "--until", "2022-12-31", "--status", "all", "--format", "md"]
    program = str(Path(sys.executable).parent / "seamwatch")
    command = [program, "sitrep", "--db", str(folder / "a.db"), "--for", "b", *days]
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    with serving(folder / "a.db") as client:
        asked = {"for": "b", "since": "2022-01-01", "until": "2022-12-31", "status": "all", "format": "md"}
        answer = client.get("/api/v1/sitrep", params=asked)
        assert client.get("/api/v1/sitrep", params={**asked, "for": "z"}).json()["error"]["field"] == "for"
    assert answer.status_code == 200
    for text in (made, answer.text):
        assert "TLP:AMBER+STRICT" in text and "Rutba" not in text and "Daquq" in text
