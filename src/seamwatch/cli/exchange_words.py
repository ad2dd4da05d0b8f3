"""What the exchange did, in words: for who takes part no longer, and what a bundle brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seamwatch.errors import REFUSED
from seamwatch.vocabulary.coordination import EntryKind, PartyState

if TYPE_CHECKING:
    from seamwatch.model.charter import CharterState
    from seamwatch.pipeline.centre.bundling import BundleTaken
    from seamwatch.pipeline.centre.syncing import SyncResult

_MANY = {"entry": "entries", "version or notice": "versions and notices"}


def counted(number: int, word: str) -> str:
    """Return a number with its word, in the plural where it is not one.

    >>> counted(1, "entry"), counted(2, "entry"), counted(0, "receipt")
    ('1 entry', '2 entries', '0 receipts')
    """
    return f"{number} {word if number == 1 else _MANY.get(word, word + 's')}"


def brought(kinds: Mapping[EntryKind, int], known: int) -> str:
    """Return what came that was new, by kind, and how much was known.

    >>> brought({EntryKind.WITHDRAWAL: 1, EntryKind.RELEASE: 2}, 1)
    '2 releases, 1 withdrawal; 1 was known'
    >>> brought({}, 0)
    'nothing new; 0 were known'
    """
    new = ", ".join(counted(kinds[kind], kind.value) for kind in EntryKind if kinds.get(kind))
    return f"{new or 'nothing new'}; {known} {'was' if known == 1 else 'were'} known"


def restored(taken: BundleTaken) -> Iterator[str]:
    """Yield what a bundle tells of restores from a backup, and what to do."""
    for party in taken.back:
        yield f"entries to {party} that a restore from a backup lost are back; all that holds is said anew"
    for party in taken.lost:
        yield (
            f"this party was restored from a backup: entries to {party} are lost here. Bring {taken.sender} "
            f"a file (seamwatch exchange export FILE --to {taken.sender}); its next one brings them back"
        )
    if taken.behind:
        yield (
            f"{taken.sender} was restored from a backup and has lost entries. Bring it a file (seamwatch "
            f"exchange export FILE --to {taken.sender}): they are in it"
        )


def with_own_part(
    results: Sequence[SyncResult], own: PartyState | None
) -> tuple[tuple[SyncResult, ...], str | None]:
    """Return the results, and a line for who takes part no longer: that others refuse it is no fault then."""
    if own is PartyState.LEFT:
        said = "you have left this charter; nothing is exchanged any more"
    elif own is PartyState.SUSPENDED:
        asked = ", ".join(r.party for r in results if r.error is None or _refused(r))
        were = "were" if ", " in asked else "was"
        said = f"this party is suspended; {asked or 'nobody'} {were} asked whether it was taken back"
    else:
        return tuple(results), None
    return tuple(replace(r, error=None) if _refused(r) else r for r in results), said


def _refused(result: SyncResult) -> bool:
    return result.parted or (result.error is not None and result.error.startswith(REFUSED))


def without_address(parties: Iterable[str], state: CharterState) -> Iterator[str]:
    """Yield how what was said comes to each active party that has no address in the charter."""
    for name in parties:
        found = state.active(name)
        if found is not None and found.address is None:
            yield (
                f"{name} has no address: it fetches this itself, or bring it as a file: "
                f"seamwatch exchange export FILE --to {name}"
            )
