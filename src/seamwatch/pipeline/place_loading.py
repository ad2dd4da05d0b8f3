"""Files of places into a store: all of a file or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.ingest.gazetteer_files import PlaceFormat, file_sum, sniff_format
from seamwatch.pipeline.place_completion import Completion, Keyed, LoadedFile
from seamwatch.resolve.gazetteer import load_gazetteer
from seamwatch.resolve.place_keys import folding_mark, keys_of

if TYPE_CHECKING:
    from seamwatch.store.base import Store

__all__ = ["LoadedFile", "load_place_file", "own_places_url"]


def load_place_file(path: Path, store: Store | None, *, format: PlaceFormat | None = None) -> LoadedFile:
    """Return what became of a file of places; without a store it is only looked through.

    InputError where it can't be read at all. A file without a usable row is not stored.
    """
    result = LoadedFile(file=path.name, format=format or sniff_format(path))
    earlier = [f for f in store.place_files() if f.name == path.name] if store is not None else []
    digest = file_sum(path)
    if earlier and earlier[0].sha256 == digest:
        result.known = True
        return result
    own = store if store is not None and store.own_places_url() else None
    gazetteer = load_gazetteer(own=own)
    try:
        places = Completion(gazetteer, result, path, store).places()
        if store is None:
            for _ in places:
                pass
            return result
        from seamwatch.store.base_places import PlaceFile

        try:
            file = PlaceFile(name=path.name, sha256=digest, format=result.format, folding=folding_mark())
            store.add_place_file(file, _some(places))
        except _NothingError:
            return result
        result.replaced = earlier[0].rows if earlier else 0
    finally:
        gazetteer.close()
    return result


class _NothingError(Exception):
    """A file gave no row to store."""


def _some(places: Iterator[Keyed]) -> Iterator[Keyed]:
    empty = True
    for place in places:
        empty = False
        yield place
    if empty:
        raise _NothingError


def own_places_url(store: Store) -> str | None:
    """Return where another process can open a store for its own places, ready for use; None without any.

    Names that an earlier version folded by other rules are folded again: they would not be found.
    """
    url = store.own_places_url()
    if url is None:
        return None
    mark = folding_mark()
    for file in store.place_files():
        if file.folding != mark:
            spoken = file.format != PlaceFormat.GEONAMES
            places = store.own_places(store.find_places_of(file.name))
            store.fold_place_names_again(
                file.name,
                mark,
                (
                    (p.id, keys_of(() if p.names_only else (p.name,), p.aliases, spoken=spoken))
                    for p in places
                ),
            )
    return url
