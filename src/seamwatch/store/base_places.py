"""What every store keeps of the places that the analyst added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from seamwatch.model.incident import Revision
from seamwatch.model.own_place import OwnPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFile:
    """A file of places that was added: its name without folders, its content's sha256, how many rows it gave.

    `folding` tells by which rules its names were folded. `applied` says whether the articles that name one
    of its places were looked for.
    """

    name: str
    sha256: str
    format: str
    folding: str = ""
    rows: int = 0
    added_at: datetime | None = None
    applied: bool = False


class PlaceStore(Protocol):
    """Places of the analyst, the articles to read again for them, and what that changed."""

    def add_place_file(
        self, file: PlaceFile, places: Iterable[tuple[OwnPlace, Mapping[str, bool]]]
    ) -> PlaceFile:
        """Store the places of a file, each with its folded names and whether it is named so; return the file.

        All or nothing, in place of an earlier file of that name. A place takes over from one of another
        file with the same GeoNames id. `places` may be an iterator; what it raises leaves all as it was.
        """
        ...

    def place_files(self) -> tuple[PlaceFile, ...]:
        """Return the files that were added, the oldest first."""
        ...

    def fold_place_names_again(
        self, name: str, folding: str, keys: Iterable[tuple[int, Mapping[str, bool]]]
    ) -> None:
        """Store other folded names for the places of a file, by their ids: the rules have changed."""
        ...

    def mark_applied(self, name: str) -> None:
        """Take note that the articles that name a place of this file were looked for."""
        ...

    def find_places_of(self, name: str) -> tuple[int, ...]:
        """Return the ids of the places of a file; empty where no file has this name."""
        ...

    def remove_places(self, ids: Iterable[int]) -> int:
        """Remove own places, and files that are empty then; return how many places there were."""
        ...

    def all_own_places(self) -> Iterator[OwnPlace]:
        """Return every own place by file and row, those that only add names too."""
        ...

    def own_places_url(self) -> str | None:
        """Return where another process can open this store for its places, or None where it has none."""
        ...

    def own_place_names(self, keys: Sequence[str]) -> Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return for each key that is known the ids of the places named so, and of those so called too."""
        ...

    def own_places(self, ids: Sequence[int]) -> Sequence[OwnPlace]:
        """Return the places of these ids; an id that is gone is left out."""
        ...

    def own_places_of(self, geonameids: Sequence[int]) -> Mapping[int, int]:
        """Return the id of the own place that stands for each of these GeoNames ids, where one does."""
        ...

    def own_place_keys(self, start: str) -> Sequence[str]:
        """Return every folded name that begins so, sorted."""
        ...

    def names_among(self, keys: Iterable[str], ids: Sequence[int] | None = None) -> bool:
        """Return whether a key is a name of an own place: of these, or of any in a file not yet applied."""
        ...

    def read_again_later(self, article_ids: Iterable[str]) -> None:
        """Remember articles to be read again."""
        ...

    def to_read_again(self) -> tuple[str, ...]:
        """Return the articles to be read again, in the order in which they were stored."""
        ...

    def read_again_done(self, article_id: str) -> None:
        """Forget that an article is to be read again."""
        ...

    def is_given(self, article_id: str) -> bool:
        """Return whether another program gave what the article says."""
        ...

    def place_rows(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return (article id, entry of `places`) of every stored place name of a kind."""
        ...

    def has_places_without_kind(self) -> bool:
        """Return whether an earlier version stored place names, which did not say what was resolved."""
        ...

    def add_place_revisions(self, revisions: Iterable[Revision]) -> None:
        """Append what a change of the gazetteer changed, each under its mention."""
        ...

    def place_revisions(self, mention_ids: Iterable[str]) -> tuple[Revision, ...]:
        """Return what changes of the gazetteer changed in these mentions, the oldest first."""
        ...
