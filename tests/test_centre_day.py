"""A scripted day of the Kirkuk-Diyala area: two, three and five parties, as real processes on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from centre_day import Before, made_before, opened_day
from centre_day_sights import wrongs

SCRIPT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases/centre_day.yaml").read_text(encoding="utf-8")
)
DAYS = SCRIPT["days"]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Before:
    return made_before(tmp_path_factory.mktemp("before"), SCRIPT["articles"])


@pytest.mark.parametrize("day", DAYS, ids=[day["name"] for day in DAYS])
def test_a_day_at_the_centre(day: dict[str, Any], tmp_path: Path, before: Before) -> None:
    """After each hour every party sees what the rules gave it, and nothing else."""
    with opened_day(tmp_path, SCRIPT, day["parties"], before) as made:
        for hour in day["hours"]:
            made.hour(hour["do"])
            found = wrongs(made, hour["then"])
            assert not found, f"{hour['at']}: {hour['what']}\n" + "\n".join(found)
