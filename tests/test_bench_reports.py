"""The simulated reports of real events: what they say, what is wrong with them, and how they are scored."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from seamwatch.cli.main import app

BENCH = Path(__file__).parent.parent / "bench"
sys.path.insert(0, str(BENCH))

from ged_copies import copies  # noqa: E402
from ged_events import Event, Events, read_events  # noqa: E402
from ged_noise import CHANCES, other_days, other_spelling, other_toll  # noqa: E402
from ged_reports import fresh_reports, simulate  # noqa: E402
from ged_scores import Truth, recall_by_noise, score  # noqa: E402
from growth_chart import draw, fit_exponent  # noqa: E402

PLACES = [
    # name, governorate, district, latitude, longitude, where_prec
    ("Qasr al Shaykh town", "Wadi Governorate", "Markaz Wadi district", 34.10, 37.10, 1),
    ("Khirbat an Nahr village", "Wadi Governorate", "Markaz Wadi district", 34.15, 37.25, 2),
    ("Deir ez Zayt town", "Sahel Governorate", "Ar Raml district", 35.20, 36.40, 1),
    ("Sahel Governorate", "Sahel Governorate", "", 35.30, 36.30, 4),
]
SIDES = [("Government of Syria", "Syrian insurgents", 1), ("IS", "SDF", 2), ("IS", "Civilians", 3)]
HEADLINES = [
    "Warplanes target the north",
    "Shells fall on a town",
    "An IED goes off",
    "Violent clashes go on",
]


def _rows(count: int) -> Iterator[dict[str, object]]:
    rng = Random(7)
    for number in range(count):
        name, admin1, admin2, lat, lon, level = PLACES[number % len(PLACES)]
        side_a, side_b, violence = rng.choice(SIDES)
        start = date(2018, 1, 1) + timedelta(days=number)
        days = rng.choice((0, 0, 0, 2, 12))
        best = rng.choice((0, 1, 2, 3, 9, 25))
        yield {
            "id": f"{1000 + number}.0", "type_of_violence": f"{violence}.0",
            "side_a": side_a, "side_b": side_b,
            "source_headline": rng.choice(HEADLINES), "where_prec": f"{level}.0", "where_coordinates": name,
            "adm_1": admin1, "adm_2": admin2, "latitude": lat, "longitude": lon, "country": "Syria",
            "date_prec": {0: "1.0", 2: "2.0", 12: "4.0"}[days], "date_start": start.isoformat(),
            "date_end": (start + timedelta(days=days)).isoformat(), "best": best,
            "deaths_a": min(best, 1), "deaths_b": max(0, best - 1) if violence != 3 else 0,
            "deaths_civilians": max(0, best - 1) if violence == 3 else 0,
        }  # fmt: skip


def _write(path: Path, count: int) -> Path:
    rows = list(_rows(count))
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return read_events(_write(tmp_path_factory.mktemp("ged") / "ged.csv", 600))


@pytest.fixture(scope="module")
def reports(events: Events) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return list(simulate(events))


def _evidence(value: object) -> Iterator[dict[str, Any]]:
    """Yield every evidence within a JSON value."""
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for inner in value.values():
            yield from _evidence(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _evidence(inner)


def test_each_event_is_told_by_one_to_six_outlets(reports: list[Any], events: Events) -> None:
    """Every event has 1 to 6 reports, about evenly, in outlets that differ."""
    outlets = defaultdict(list)
    for row, truth in reports:
        outlets[truth["event"]].append(row["article"]["source"])
    assert len(outlets) == len(events.events)
    assert all(len(set(names)) == len(names) for names in outlets.values())
    counts = Counter(len(names) for names in outlets.values())
    assert set(counts) == set(range(1, 7))
    assert all(60 <= n <= 140 for n in counts.values())


def test_each_kind_of_noise_has_the_share_that_is_promised(reports: list[Any]) -> None:
    """30, 20, 25, 25 and 15 per cent of the reports, within four standard errors and what can't be done."""
    seen = Counter(kind.split()[0] for _, truth in reports for kind in truth["noise"])
    for kind, chance in CHANCES.items():
        assert seen[kind] / len(reports) == pytest.approx(chance, abs=0.04), kind


def test_kinds_of_noise_are_independent(reports: list[Any]) -> None:
    """A report with a wrong toll has a wrong day as often as others."""
    wrong = [{kind.split()[0] for kind in truth["noise"]} for _, truth in reports]
    with_toll = [kinds for kinds in wrong if "toll" in kinds]
    assert sum("date" in kinds for kinds in with_toll) / len(with_toll) == pytest.approx(0.25, abs=0.07)


def test_quotes_are_slices_of_their_text(reports: list[Any]) -> None:
    """Every piece of evidence is exactly what stands at its offsets, and every value has some."""
    for row, _ in reports:
        text = row["article"]["text"]
        [mention] = row["mentions"]
        for item in _evidence(mention):
            assert item["in"] == "text"
            assert text[item["start"] : item["end"]] == item["quote"] != ""
        valued = [mention, mention["date"], mention["place"], mention["killed"]]
        assert all(value["evidence"] for value in valued + mention["perpetrators"] + mention["victims"])


def test_a_report_says_what_its_noise_says(reports: list[Any], events: Events) -> None:
    """A field differs from the event where the gold says so, and by as much as allowed."""
    by_id = {event.id: event for event in events.events}
    for row, truth in reports:
        event, [mention] = by_id[truth["event"]], row["mentions"]
        noise = {kind.split()[0] for kind in truth["noise"]}
        apart = abs(mention["killed"]["best"] - event.best)
        assert (1 <= apart <= 3) if "toll" in noise else apart == 0
        assert mention["killed"]["best"] >= 0
        assert (mention["sub_event_type"] != event.sub_type) == ("type" in noise)
        coarser = mention["place"]["precision"] > event.spot.level
        assert coarser == ("place" in noise)
        if not noise & {"place", "spelling"}:
            assert (mention["place"]["name"], mention["place"]["lat"]) == (event.spot.name, event.spot.lat)
        start, end = (date.fromisoformat(mention["date"][side]) for side in ("start", "end"))
        if "date week" in truth["noise"]:
            assert start <= event.start <= event.end <= end == start + timedelta(days=6)
            assert mention["date"]["precision"] == 3
        elif "date off" in truth["noise"]:
            assert abs((start - event.start).days) == 1 == abs((end - event.end).days)
        else:
            assert (start, end) == (event.start, event.end)
        published = date.fromisoformat(row["article"]["published"])
        assert 0 <= (published - event.end).days <= 3
        assert start <= published


def test_a_coarser_place_is_the_next_unit_with_its_own_point(events: Events) -> None:
    """A town becomes its district: named so, at the mean of its events, with a radius that holds most."""
    town = next(event for event in events.events if event.spot.name == "Qasr al Shaykh")
    found = events.coarser(town)
    assert (found.name, found.admin1, found.admin2, found.level) == ("Markaz Wadi", "Wadi", "Markaz Wadi", 3)
    assert found.lat == pytest.approx(34.125, abs=0.01)
    assert found.radius is not None and found.radius >= 8
    whole = next(event for event in events.events if event.spot.level == 4)
    assert events.coarser(whole).name == "Syria"


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two processes with other hash seeds write the same files; another seed writes others."""
    ged = _write(tmp_path / "ged.csv", 40)
    written = []
    for seed, hashes in ((1, "1"), (1, "2"), (2, "1")):
        reports, gold = tmp_path / "reports.jsonl", tmp_path / "gold.jsonl"
        command = [sys.executable, BENCH / "ged_reports.py", ged, reports, gold, "--seed", str(seed)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": hashes})
        written.append(reports.read_bytes() + gold.read_bytes())
    assert written[0] == written[1] != written[2]


def test_the_program_takes_every_report(tmp_path: Path) -> None:
    """`seamwatch read --mentions` stores each as a new article: none is rejected, or another's copy."""
    found = list(simulate(read_events(_write(tmp_path / "ged.csv", 30))))
    reports = tmp_path / "reports.jsonl"
    reports.write_text("".join(json.dumps(row) + "\n" for row, _ in found), encoding="utf-8")
    command = ["read", "--quiet", "--mentions", str(reports), "--db", str(tmp_path / "reports.db")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert (
        f"{len(found)} read: {len(found)} new, 0 new versions, 0 copies, 0 known, 0 rejected" in result.output
    )


def test_some_events_are_told_as_among_all(events: Events) -> None:
    """A draw of events gives the same reports of them as the whole does, but for their ids."""

    def told(count: int | None) -> set[tuple[str, str]]:
        found = simulate(events, count=count)
        return {(truth["event"], row["article"]["text"]) for row, truth in found}

    some = told(50)
    assert len({event for event, _ in some}) == 50
    assert some < told(None)


def test_copies_lie_in_other_years_or_countries(events: Events) -> None:
    """Any number of mentions can be had: exactly that many, with ids of their own, none in a copy's place."""
    found = list(simulate(events, mentions=7000, more=True))
    assert len({row["id"] for row, _ in found}) == len(found) == 7000
    where = {(m["place"]["country"], m["date"]["start"][:4]) for row, _ in found for m in row["mentions"]}
    assert {country for country, _ in where} == {"SY", "XA"}
    assert ("SY", "2014") in where
    days = [row["article"]["published"] for row, _ in found]
    assert days == sorted(days)
    with pytest.raises(SystemExit, match="--copies"):
        list(simulate(events, mentions=7000))


def test_a_copy_has_the_names_and_points_of_no_other(events: Events) -> None:
    """Copies in invented countries share no name with the first one, and keep the distances within it."""
    event = events.events[0]
    spots = [copy.event(event).spot for copy, _ in zip(copies(), range(12), strict=False)]
    by_country = {spot.country: spot for spot in spots}
    assert len({(spot.name, spot.lon) for spot in by_country.values()}) == len(by_country) >= 4
    assert all(spot.lat == event.spot.lat for spot in spots)


def test_fresh_reports_are_of_events_in_the_store(events: Events) -> None:
    """Further reports for a store have ids of their own and tell what the store's reports tell."""
    held = {row["article"]["text"] for row, _ in simulate(events, mentions=500, more=True)}
    fresh = list(fresh_reports(events, 20, seed=2, mentions=500))
    assert [row["id"] for row in fresh][:2] == ["N0000001", "N0000002"]
    assert not held & {row["article"]["text"] for row in fresh}


@given(st.sampled_from([place[0].rsplit(" ", 1)[0] for place in PLACES]), st.integers())
def test_another_spelling_is_another_and_near(name: str, seed: int) -> None:
    """A spelling differs from the name, and most of its letters stay."""
    spelled = other_spelling(name, Random(seed))
    assert spelled.casefold() != name.casefold()
    assert abs(len(spelled) - len(name)) <= 5
    assert sum((Counter(spelled.lower()) & Counter(name.lower())).values()) >= 0.5 * len(name)


def test_english_words_of_a_name_keep_their_spelling() -> None:
    """Only what is transliterated can be spelled in another way."""
    assert {other_spelling("Road 47", Random(n)) for n in range(20)} == {"Road 47"}
    assert all(other_spelling("Qasr airbase", Random(n)).endswith(" airbase") for n in range(20))


@given(st.integers(0, 50), st.integers())
def test_another_toll_is_off_by_one_to_three(best: int, seed: int) -> None:
    """A toll is never below none, and never the true one."""
    toll = other_toll(best, Random(seed))
    assert toll >= 0
    assert 1 <= abs(toll - best) <= 3


@given(st.integers(0, 3), st.integers())
def test_a_day_is_never_after_the_report_of_it(lag: int, seed: int) -> None:
    """A report that comes out on the day itself may give the day before, not the next."""
    event = _event(date(2018, 3, 7))
    start, _, _, how = other_days(event, lag, Random(seed))
    assert how in ("off", "week")
    assert start <= event.end + timedelta(days=lag)


def _event(day: date) -> Event:
    spot: Any = None
    return Event(
        id="1", violence=1, side_a=("A",), side_b=("B",), spot=spot, country_name="Syria", start=day, end=day,
        date_prec=1, best=1, harmed=(), sub_type="Attack",
    )  # fmt: skip


def _truth(mention: int, event: int, *noise: str) -> Truth:
    return Truth(mention=f"M{mention}", event=f"E{event}", start=date(2018, 1, 1), noise=frozenset(noise))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25))
def test_pairs_counted_by_cells_are_the_pairs(labels: list[tuple[int, int]]) -> None:
    """The counts are those of looking at each pair."""
    truths = [_truth(number, event) for number, (event, _) in enumerate(labels)]
    found = {f"M{number}": f"I{incident}" for number, (_, incident) in enumerate(labels)}
    figures = score(truths, found)
    pairs = list(combinations(labels, 2))
    assert figures["pairs_real"] == sum(a[0] == b[0] for a, b in pairs)
    assert figures["pairs_made"] == sum(a[1] == b[1] for a, b in pairs)
    assert figures["pairs_right"] == sum(a == b for a, b in pairs)


def test_b_cubed_of_a_known_example() -> None:
    """Two events of two mentions, all in one incident: recall is whole, precision a half."""
    truths = [_truth(n, n // 2) for n in range(4)]
    figures = score(truths, {truth.mention: "I" for truth in truths})
    assert (figures["b_cubed_precision"], figures["b_cubed_recall"]) == (50.0, 100.0)
    assert figures["pair_precision"] == 33.33


def test_a_mention_without_an_incident_stands_alone() -> None:
    """What the incidents leave out is linked with nothing."""
    figures = score([_truth(1, 1), _truth(2, 1)], {"M1": "I"})
    assert (figures["incidents"], figures["pairs_made"], figures["pair_recall"]) == (2, 0, 0.0)


def test_recall_is_told_by_what_was_wrong() -> None:
    """A pair counts for each kind of noise on either side, and as clean where there is none."""
    truths = [_truth(1, 1), _truth(2, 1), _truth(3, 1, "toll")]
    found = recall_by_noise(truths, {"M1": "I", "M2": "I", "M3": "J"})
    assert found["clean"] == {"pairs": 1, "recall": 100.0}
    assert found["only toll"] == found["toll"] == {"pairs": 2, "recall": 0.0}


def test_the_exponent_of_a_power_law_is_found() -> None:
    """Times that grow with the square of the size have the exponent two."""
    exponent, factor = fit_exponent([(n, 3 * n**2) for n in (10, 100, 1000)])
    assert exponent == pytest.approx(2)
    assert factor == pytest.approx(3)


def test_a_chart_shows_every_series() -> None:
    """The SVG names each series with its exponent, and is well-formed."""
    from xml.etree import ElementTree

    picture = draw("T & t", "n", "s", {"read": [(10, 1), (100, 10)], "again": [(10, 2)]})
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "read: n^1.00" in picture
    assert ">again<" in picture
