"""Opening a party's node: its store, and its keys in the file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.coordinate.keys import KeyRing
from seamwatch.pipeline.centre.node import Node

if TYPE_CHECKING:
    from seamwatch.store.base import Store


def keys_beside(db: str | Path) -> Path:
    """Return where the key file of a database is, unless another is named."""
    return Path(f"{db}.keys")


def open_node(db: str | Path, keys_path: Path | None, store: Store) -> Node:
    """Return the node of a party on its open store; SeamwatchError where its key file can't be read."""
    from seamwatch.pipeline.centre.charters import charter_in_force
    from seamwatch.pipeline.centre.record_picture import RecordPicture

    def name(party: str) -> str:
        state = charter_in_force(store)
        found = None if state is None else state.charter.party(party)
        return party if found is None else found.name

    keys = KeyRing.load(keys_beside(db) if keys_path is None else keys_path)
    return Node(store, keys, picture=RecordPicture(store, name))
