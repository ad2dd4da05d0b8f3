"""What every store keeps of the records of other parties, and of labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from seamwatch.model.incident import Mention
from seamwatch.model.text import Article
from seamwatch.vocabulary.coordination import Tlp


class RecordRow(NamedTuple):
    """A party's record as an article with its one mention, and since when it is known."""

    article: Article
    mention: Mention
    known: datetime


class LabelledIncident(NamedTuple):
    """An incident by the store's own number and its id; `mixed`: articles with other labels tell it too."""

    key: int
    id: str
    mixed: bool


class PartyRecordStore(Protocol):
    """Articles that are records of other parties, and who may see what."""

    def put_records(self, rows: Iterable[RecordRow]) -> None:
        """Store records as articles, new or in place of those of their ids; ids of mentions stay.

        Of an older text nothing is left in any row. What was linked stays as it was until it is linked anew.
        """
        ...

    def record_articles(self, ids: Iterable[str]) -> Mapping[str, Article]:
        """Return the articles of these ids that are records of parties."""
        ...

    def erase_record(self, article_id: str, by: str, at: datetime) -> None:
        """Erase a party's record with all that hangs on it, as `forget_article` does, without a tombstone."""
        ...

    def set_label(self, article_id: str, tlp: Tlp | None) -> None:
        """Give an article a label, or take it away; UnknownIdError where there is no such article."""
        ...

    def incidents_labelled(
        self, labels: Collection[Tlp], *, unlabelled: bool = False
    ) -> tuple[LabelledIncident, ...]:
        """Return the incidents that an article with one of these labels tells, by their numbers.

        With `unlabelled` also those that an article without a label tells.
        """
        ...

    def count_labelled(
        self, labels: Collection[Tlp], *, unlabelled: bool = False, party: str | None = None
    ) -> Mapping[str, int]:
        """Return how many articles have one of these labels, and how many mentions these tell.

        With `unlabelled` also those without a label; with `party` only records of that one.
        """
        ...

    def map_keys_of(self, incident_ids: Iterable[str]) -> tuple[int, ...]:
        """Return the store's own number of each of these incidents, in their order; 0 of one not stored."""
        ...

    def parties_of(self, incident_ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each of these incidents the parties whose records tell it; one without is left out."""
        ...

    def count_pending_records(self) -> int:
        """Return how many received records were not carried out yet."""
        ...

    def may_hold_traces(self) -> None:
        """Take note that bytes of what was replaced or erased may be in the files: see `has_traces`."""
        ...

    def size(self) -> int:
        """Return the bytes of the database's file."""
        ...

    def make_room(self, much: bool) -> None:
        """Hold more of the file in memory while very much is written, or as much as usual again."""
        ...

    def in_transaction(self) -> bool:
        """Return whether a transaction is open: then the files can't be written anew."""
        ...
