"""Feeds carried as a file between places without a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.coordinate.bundle import open_bundle, write_bundle
from seamwatch.errors import InputError
from seamwatch.model.exchange import Page, Taken
from seamwatch.pipeline.centre.noting import audit
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleTaken(Taken):
    """What became of a bundle: who wrote it, and how many entries of each kind were new."""

    sender: str
    kinds: Mapping[EntryKind, int] = field(default_factory=dict)


def export_bundle(node: Node, to: str, file: Path, *, whole: bool = False) -> int:
    """Write what a party has not receipted yet to a bundle; return how many entries that are.

    `whole` writes the feed from its start. A relay writes all that it holds for the party. InputError where
    the file can't be written or would be too large; SeamwatchError (not_party) where the party is not active.
    """
    node.active(to)
    try:
        count = write_bundle(
            file,
            _pages(node, to, whole),
            keys=node.keys,
            receiver=to,
            made=node.clock(),
            charter=_digest(node),
        )
    except OSError as wrong:
        raise InputError(f"can't write the bundle {file} ({wrong.strerror or wrong})") from wrong
    with node.store.transaction():
        audit(node, "bundle.exported", to, receiver=to, entries=count)
    return count


def _digest(node: Node) -> str:
    return node.state().signed.digest


def _pages(node: Node, to: str, whole: bool) -> Iterator[Page]:
    for head in node.heads_for(to).feeds:
        epoch, after = 1, 0
        if head.sender == node.me and not whole:
            epoch, after = node.store.feed_marks(node.me, to).receipted
        while True:
            page = node.page(to, head.sender, to, epoch=epoch, after=after)
            if not page.items:
                break
            yield page
            last = page.items[-1].entry
            epoch, after = last.epoch, last.number


def import_bundle(node: Node, file: Path) -> BundleTaken:
    """Take the pages of a bundle as if they had come over the line; return what became of all of them.

    A feed that meets a problem is taken no further, the others are; the first problem is told. InputError
    where the file is no bundle, is not for this party, or was not written by an active one.
    """

    def sign_key_of(party: str) -> str | None:
        found = node.state().active(party)
        return None if found is None else found.sign_key

    new = known = 0
    kinds: Counter[EntryKind] = Counter()
    problem: Taken | None = None
    stopped: set[tuple[str, str]] = set()
    node.active(node.me)
    with open_bundle(file, sign_key_of) as bundle:
        if bundle.receiver != node.me and not node.is_relay:
            raise InputError(f"{file.name} is for {bundle.receiver}: bring it there", code="not_for_us")
        for page in bundle.pages:
            if not page.items:
                continue
            first = page.items[0].entry
            if (first.sender, first.receiver) in stopped:
                continue
            taken = node.take(page.items, via=bundle.sender)
            new, known = new + taken.new, known + taken.known
            # What was known comes first: a feed grows only at its end.
            kinds.update(i.entry.kind for i in page.items[taken.known : taken.known + taken.new])
            if taken.problem is not None:
                stopped.add((first.sender, first.receiver))
                problem = problem or taken
        with node.store.transaction():
            audit(
                node,
                "bundle.imported",
                bundle.sender,
                sender=bundle.sender,
                manifest=bundle.digest,
                new=new,
                known=known,
            )
        sender = bundle.sender
    if problem is None:
        return BundleTaken(sender=sender, kinds=kinds, new=new, known=known)
    return BundleTaken(
        sender=sender,
        kinds=kinds,
        new=new,
        known=known,
        problem=problem.problem,
        text=problem.text,
        head=problem.head,
    )
