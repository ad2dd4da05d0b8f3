"""Which mentions are compared: all that may be one, each pair once, however they come in."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from made_profiles import DAY, anywhere, edges, named, near, profile, several, wheres
from seamwatch.link.block import may_be_one, pairs_in, probed_blocks, stored_blocks
from seamwatch.link.compare import SLACK, Profile, Where, window_of
from seamwatch.link.frame import Frame
from seamwatch.link.rules import load_link_rules
from seamwatch.vocabulary.acled import SubEventType

RULES = load_link_rules()
GRENADE, ARREST = SubEventType.GRENADE, SubEventType.ARRESTS


def fitting(held: list[Profile]) -> set[tuple[int, int]]:
    """Return the pairs of rows (i, j), i > j, that may be one, by looking at all."""
    pairs = np.array([(b, a) for a, b in combinations(range(len(held)), 2)], np.int64).reshape(-1, 2)
    fits = may_be_one(Frame(held), pairs[:, 0], pairs[:, 1], RULES)
    return {(i, j) for i, j in pairs[fits].tolist()}


def yielded(held: list[Profile]) -> list[tuple[int, int]]:
    return [pair for i, j in pairs_in(held, RULES) for pair in zip(i.tolist(), j.tolist(), strict=True)]


places = wheres(st.one_of(near, edges, anywhere))
many = several(most=9, places=places, spread=3)


@settings(max_examples=250)
@given(many)
def test_all_pairs_that_may_be_one_are_yielded_once(held: list[Profile]) -> None:
    """No pair that may be one is left out, none comes twice, and rows are given as i > j."""
    found = yielded(held)
    assert len(found) == len(set(found))
    assert all(i > j for i, j in found)
    assert fitting(held) <= set(found)


@settings(max_examples=250)
@given(several(most=2, places=places, spread=3))
def test_the_stored_blocks_of_one_hold_a_probe_of_the_other(pair: list[Profile]) -> None:
    """Whichever of two that may be one came in first, the later finds it by its blocks and days."""
    if not fitting(pair):
        return
    for stored, asking in (pair, reversed(pair)):
        assert set(stored_blocks(stored).tolist()) & set(probed_blocks(asking, RULES).tolist())
        (first, last), (begin, end) = window_of(stored), window_of(asking)  # type: ignore[misc]
        assert first <= end + SLACK and begin - SLACK <= last


@given(several(most=6, places=places))
def test_it_does_not_matter_which_is_first(held: list[Profile]) -> None:
    """Of the same mentions in the other order the same pairs may be one."""
    last = len(held) - 1
    assert {(last - b, last - a) for a, b in fitting(held[::-1])} == fitting(held)


def test_pairs_come_in_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pairs come in several runs, together the same pairs; a row's pairs are never cut apart."""
    held = [profile(f"m{n}", start=DAY + n // 4, end=DAY + n // 4, day_precision=1) for n in range(30)]
    wanted = yielded(held)
    monkeypatch.setattr("seamwatch.link.block._RUN", 5)
    runs = [set(i.tolist()) for i, _ in pairs_in(held, RULES)]
    assert len(runs) > 3
    assert all(one.isdisjoint(other) for one, other in combinations(runs, 2))
    assert yielded(held) == wanted


def at(name: str, lat: float, lon: float, radius: float = 5.0, **fields: object) -> Profile:
    """Return a telling of one day at a point in a province; its name is its id's."""
    unit = named("Province")
    where = Where(
        parts=(named(name),), admin1=unit, country="FJ", level=1, keys=frozenset({named(name)[1]}),
        lat=lat, lon=lon, radius=radius,
    )  # fmt: skip
    return profile(name, **{"start": DAY, "end": DAY, "day_precision": 1, "where": where, **fields})


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (at("one", -17.0, 179.95), at("other", -17.0, -179.95), True),
        (at("one", -17.0, 180.0), at("other", -17.0, -180.0), True),
        (at("one", -17.0, 179.0), at("other", -17.0, -179.0), False),
        (at("one", 89.99, 10.0), at("other", 89.99, -170.0), True),
        (at("one", -90.0, 0.0), at("other", -89.95, 90.0), True),
        (at("one", 70.0, 20.0), at("other", 70.0, 20.7), False),
        (at("one", 70.0, 20.0), at("other", 70.0, 20.6), True),
        (at("one", 35.0, 44.0, 400.0), at("other", 37.0, 47.0), True),
        (at("one", 35.0, 44.0, 4000.0), at("other", 45.0, 50.0), True),
        (at("one", 35.0, 44.0), at("other", 35.3, 44.0), False),
    ],
)
def test_places_meet_across_the_map(one: Profile, other: Profile, meet: bool) -> None:
    """Points meet within their radii, over the 180th meridian, at the poles, small beside large."""
    for held in ([one, other], [other, one]):
        assert fitting(held) == ({(1, 0)} if meet else set())
        assert not meet or yielded(held) == [(1, 0)]


BARE = Where()
IRAQ = Where(country="IQ")
SYRIA = Where(country="SY")
VILLAGE = Where(
    parts=(named("Kulajo"),), admin1=named("Diyala"), country="IQ", level=1,
    keys=frozenset({named("Kulajo")[1], named("Diyala")[1]}), lat=34.7, lon=45.1, radius=5.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({"where": IRAQ}, {"where": VILLAGE}, True),
        ({"where": SYRIA}, {"where": VILLAGE}, False),
        ({"where": BARE, "type": GRENADE}, {"where": VILLAGE, "type": GRENADE}, True),
        ({"where": BARE, "type": ARREST}, {"where": VILLAGE, "type": GRENADE}, False),
        ({"where": IRAQ, "type": ARREST}, {"where": VILLAGE, "type": GRENADE}, True),
        ({"where": BARE}, {"where": BARE}, True),
        ({"days": (0, 364)}, {"days": (200, 200)}, True),
        ({"days": (0, 364)}, {"days": (367, 367)}, False),
        ({"days": (0, 364)}, {"days": (366, 366)}, True),
        ({"days": (0, 0)}, {"days": (1, 1)}, True),
        ({"days": (0, 0)}, {"days": (2, 2)}, False),
        ({"days": (0, 0)}, {"days": (2, 4)}, True),
        ({"told": 10}, {"days": (0, 0)}, True),
        ({"told": 46}, {"days": (0, 0)}, False),
        ({"told": 10}, {"told": 40}, True),
        ({}, {"days": (0, 0)}, False),
        ({}, {}, False),
    ],
)
def test_days_and_missing_places_meet(one: dict, other: dict, meet: bool) -> None:  # type: ignore[type-arg]
    """Year-long ranges, tellings without a day or a country: what may be one is found either way."""
    held = [_made(name, dict(fields)) for name, fields in (("one", one), ("other", other))]
    for pair in (held, held[::-1]):
        assert fitting(pair) == ({(1, 0)} if meet else set())
        assert not meet or yielded(pair) == [(1, 0)]


def _made(name: str, fields: dict) -> Profile:  # type: ignore[type-arg]
    days, told = fields.pop("days", None), fields.pop("told", None)
    if days is None and told is None and "where" in fields:
        days = (0, 0)
    if days is not None:
        exact = 1 if days[0] == days[1] else 3
        fields |= {"start": DAY + days[0], "end": DAY + days[1], "day_precision": exact}
    if told is not None:
        fields["told"] = DAY + told
    return profile(name, **fields)


def test_what_has_neither_day_nor_telling_is_in_no_block() -> None:
    """Without a day and without a day on which it was told a mention is compared with none."""
    bare = profile("a")
    assert len(stored_blocks(bare)) == len(probed_blocks(bare, RULES)) == 0
    assert yielded([bare, bare]) == []


def test_many_days_apart_are_not_compared() -> None:
    """Tellings of one place over years make few pairs: the work does not grow with their square."""
    held = [at("same", 35.0, 44.0, start=DAY + 9 * n, end=DAY + 9 * n) for n in range(300)]
    assert len(yielded(held)) < 3 * len(held)


@example(0)
@given(st.integers(1, 60))
def test_the_first_days_of_all_have_blocks(ordinal: int) -> None:
    """An undated mention told in the first days of the calendar has days before them, and is found."""
    held = [profile(name, told=max(1, ordinal), where=IRAQ) for name in "ab"]
    assert yielded(held) == [(1, 0)]
