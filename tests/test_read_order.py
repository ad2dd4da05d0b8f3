"""Whatever the order in which articles come, one by one or together, the record is the same."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seamwatch.model.incident_codec import incident_json
from seamwatch.model.text import RawArticle
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.record import Recorder
from seamwatch.samples import sample_articles
from seamwatch.store import IncidentFilter, open_store
from seamwatch.store.base import Store


def record_of(store: Store) -> list[dict[str, Any]]:
    """Return every incident with all that is shown of it, but for the ids that it also had."""
    return [
        {**incident_json(incident), "aliases": None}
        for incident in store.incidents(IncidentFilter(statuses=None))
    ]


def read_all(path: Path, batches: Iterable[Iterable[RawArticle]], kit: Kit, workers: int = 1) -> Any:
    with open_store(str(path)) as store:
        recorder = Recorder(store, kit)
        for batch in batches:
            for _ in recorder.read(batch, workers=workers):
                pass
        return record_of(store)


def with_copies_and_versions() -> tuple[RawArticle, ...]:
    """Return the samples with copies by other outlets on other days, and versions with a moved figure."""
    samples = list(sample_articles())
    more = []
    for number, raw in enumerate(samples[:9]):
        assert raw.published is not None
        later = raw.published.replace(day=min(28, raw.published.day + number % 3))
        more.append(replace(raw, id=f"copy-{number}", source="Agency Mirror", published=later))
        if number % 2:
            more.append(replace(raw, id=f"0-copy-{number}", source="Evening Mirror"))
        text = str(raw.content).replace(" two ", " three ").replace(" five ", " six ")
        if text != raw.content:
            more.append(replace(raw, id=f"version-{number}", content=text))
            more.append(replace(raw, id=f"0-version-{number}", content=text.replace(" three ", " seven ")))
    return tuple(samples + more)


@pytest.fixture(scope="module")
def wanted(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return read_all(tmp_path_factory.mktemp("order") / "a.db", [with_copies_and_versions()], kit)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_articles_does_not_matter(kit: Kit, tmp_path: Path, wanted: Any, seed: int) -> None:
    """Shuffled and in one go or one by one, the same articles give the same incidents to the last value."""
    articles = list(with_copies_and_versions())
    random.Random(seed).shuffle(articles)
    batches = [articles] if seed == 1 else [[a] for a in articles]
    found = read_all(tmp_path / "b.db", batches, kit)
    assert [i["id"] for i in found] == [i["id"] for i in wanted]
    assert found == wanted
    assert len(wanted) > 10


def test_two_workers_give_the_same_record(kit: Kit, tmp_path: Path, wanted: Any) -> None:
    """Two processes that extract give the record that one gives."""
    articles = list(with_copies_and_versions())
    random.Random(4).shuffle(articles)
    assert read_all(tmp_path / "c.db", [articles], kit, workers=2) == wanted
