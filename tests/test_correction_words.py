"""Corrected values as people write them, from a table of cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.errors import InputError
from seamwatch.link.corrections import parse_correction
from seamwatch.pipeline.correction_words import field_name, written_date, written_toll, written_value
from seamwatch.store import Store, open_store

CASES = yaml.safe_load((Path(__file__).parent / "cases/correction_words.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(str(tmp_path_factory.mktemp("words") / "x.db")) as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['field']}: {case['write']}")
def test_values_of_the_table(case: dict[str, Any], store: Store) -> None:
    """Each value becomes what the table says, which the record takes; or is refused in these words."""
    if "wrong" in case:
        with pytest.raises(InputError) as refused:
            written_value(field_name(case["field"]), case["write"], store)
        assert case["wrong"] in str(refused.value)
        return
    field = field_name(case["field"])
    value = written_value(field, case["write"], store)
    if isinstance(value, dict) and field == "place":
        assert {key: value[key] for key in case["value"]} == case["value"]
        assert value["lat"] is not None
    else:
        assert value == case["value"]
    parse_correction(field, value)


@given(st.lists(st.integers(0, 9_999_999), min_size=3, max_size=3).map(sorted))
def test_any_low_best_high_is_read_back(numbers: list[int]) -> None:
    """Three numbers in order are low, best and high."""
    low, best, high = numbers
    assert written_toll("killed", f"{low}/{best}/{high}") == {"low": low, "best": best, "high": high}


@given(st.dates(), st.dates())
def test_any_two_days_in_order_are_a_date(one: Any, other: Any) -> None:
    """First and last day come back, with a precision of UCDP's."""
    first, last = sorted((one, other))
    value = written_date(f"{first}..{last}")
    assert (value["start"], value["end"]) == (str(first), str(last))
    assert 1 <= value["precision"] <= 5


@given(st.text(max_size=20))
def test_any_text_is_a_value_or_is_refused_in_words(text: str) -> None:
    """No text ends otherwise than in a value or an error of ours."""
    for read in (lambda: written_toll("killed", text), lambda: written_date(text)):
        try:
            read()
        except InputError as wrong:
            assert "write" in str(wrong)
