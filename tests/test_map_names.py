"""Actors and words in memory: they find what the store finds, whatever was changed since they were read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from made_incidents import article, incident, mention
from map_points import PLACES, varied
from seamwatch.model.area import AreaShare
from seamwatch.model.incident import Extraction
from seamwatch.serve import map_names
from seamwatch.serve.map_names import NameIndex
from seamwatch.store import Store, open_store
from seamwatch.store.base import Located

ASKED = (
    *(("area", name) for name in ("Kirkuk", "IQ", "daquq", "North", "Garmiyan", "nowhere at all", "")),
    *(("actor", name) for name in ("Islamic State", "state", "Islam", "army", "Riders", "")),
    *(("text", words) for words in ("bridge", '"roadside bomb"', "bridge bomb", "zebra", "unheard", "!")),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(str(path)) as opened:
        yield opened


def index_of(path: Path) -> NameIndex:
    """Return an index that has read all names of a database."""

    def lend() -> AbstractContextManager[Store]:
        return open_store(str(path), create=False)

    index = NameIndex(lend)
    index.read()
    return index


def check(index: NameIndex, store: Store) -> None:
    """Check every question of the cases against the store's own answer."""
    ask = {"area": store.map_keys_in, "actor": store.map_keys_by, "text": store.map_keys_told}
    for kind, name in ASKED:
        found = index.find(store, kind, name)
        assert set(found.tolist()) == set(ask[kind](name).tolist()), (kind, name)


def change(store: Store) -> None:
    """Add an incident, remove one, give one another place and actors, and one another area."""
    a = article("new", text=article("new").text + " A zebra crossed the bridge.")
    store.add_article(a)
    store.store_extraction("new", Extraction(mentions=(mention(a),)))
    told = store.incident("IV1x3")
    moved = replace(told, place=PLACES[0], perpetrators=())
    store.replace_incidents([incident("Inew", *store.mentions_of("new")), moved], ["IV1x1"])
    share = AreaShare(id="garmiyan", name="Garmiyan", kind="administration", weight=1.0)
    store.set_areas([Located(id="IV1x2", areas=(share,))])


def test_names_find_what_the_store_finds(store: Store, path: Path) -> None:
    """Areas, actors and words give the same incidents from memory as from the store."""
    varied(store, 60)

    check(index_of(path), store)


def test_an_empty_record_has_no_names(store: Store, path: Path) -> None:
    """Without any incident nothing is found, and nothing fails."""
    check(index_of(path), store)


def test_what_changed_since_is_found_too(store: Store, path: Path) -> None:
    """Added, changed and removed incidents are found as they are now, after each of two changes."""
    varied(store, 60)
    index = index_of(path)

    change(store)
    check(index, store)
    store.replace_incidents([], ["IV1x5", "Inew"])
    check(index, store)


def test_after_many_changes_all_names_are_read_anew(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store answers while that goes on; afterwards memory does."""
    varied(store, 60)
    index = index_of(path)
    monkeypatch.setattr(map_names, "MOST_CHANGES", 2)

    change(store)
    check(index, store)
    index.read()
    check(index, store)


def test_names_are_read_run_by_run(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few names are read at once, each is there once."""
    varied(store, 60)
    whole = [(name, keys.tolist()) for name, keys in store.map_actors()]
    monkeypatch.setattr("seamwatch.store.sqlite_map.NAMES", 1)

    assert [(name, keys.tolist()) for name, keys in store.map_actors()] == whole
    assert len({name for name, _ in whole}) == len(whole) > 1
