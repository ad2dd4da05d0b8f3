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
from seamwatch.pipeline.centre.bundle_heads import (
    begin_anew,
    heads_for,
    lost_here,
    lost_pages,
    must_take_part,
    note_heads,
    pages_after,
)
from seamwatch.pipeline.centre.noting import audit
from seamwatch.pipeline.centre.papers import former_key, take_papers
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.coordinate.bundle_manifest import Bundle
    from seamwatch.pipeline.centre.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleTaken(Taken):
    """What became of a bundle: who wrote it, and how many entries of each kind were new.

    `back` are the parties to whom own entries came back that a restore from a backup had lost; `lost` those
    to whom own entries are lost and not in this bundle. `behind`: who wrote it has lost own entries itself.
    """

    sender: str
    kinds: Mapping[EntryKind, int] = field(default_factory=dict)
    back: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    behind: bool = False


def export_bundle(node: Node, to: str, file: Path, *, whole: bool = False) -> int:
    """Write what a party has not receipted yet to a bundle; return how many entries that are.

    With it goes what the party lost of its own entries, where its newest bundle shows that. `whole` writes
    all feeds from their start. A relay writes all that it holds for the party. Who takes part no longer gets
    the signed papers that say so, and no entry. InputError where the file can't be written or would be too
    large; SeamwatchError (not_party) where the charter does not name the party.
    """
    if to == node.me:
        raise InputError(f"{to} is this party itself: name with --to the party that the bundle is for")
    if node.state().charter.party(to) is None:
        node.active(to)
    try:
        count = write_bundle(
            file,
            _pages(node, to, whole),
            keys=node.keys,
            receiver=to,
            made=node.clock(),
            charter=_digest(node),
            heads=heads_for(node, to),
        )
    except OSError as wrong:
        raise InputError(f"can't write the bundle {file} ({wrong.strerror or wrong})") from wrong
    with node.store.transaction():
        audit(node, "bundle.exported", to, receiver=to, entries=count)
    return count


def _digest(node: Node) -> str:
    return node.state().signed.digest


def _pages(node: Node, to: str, whole: bool) -> Iterator[Page]:
    if node.state().active(to) is None:
        return
    yield from lost_pages(node, to, whole=whole)
    for head in node.heads_for(to).feeds:
        epoch, after = 1, 0
        if head.sender == node.me:
            marks = node.store.feed_marks(node.me, to)
            if marks.lost[0]:
                continue  # what was said since a restore contradicts what the other holds: it is said anew
            if not whole:
                epoch, after = marks.receipted
        yield from pages_after(node, head, to, epoch, after)


def import_bundle(node: Node, file: Path, *, own_work: bool = True) -> BundleTaken:
    """Take the pages of a bundle as if they had come over the line; return what became of all of them.

    A feed that meets a problem is taken no further, the others are; the first problem is told. Without
    `own_work` what is said anew after a restore is not weighed by the rules of now. InputError where the
    file is no bundle or is not for this party; SeamwatchError (not_party) where who wrote it, or this party,
    takes no part, by the papers in the bundle too.
    """

    def sign_key_of(party: str) -> str | None:
        found = node.state().active(party)
        return former_key(node, party) if found is None else found.sign_key

    with open_bundle(file, sign_key_of) as bundle:
        if bundle.receiver != node.me and not node.is_relay:
            raise InputError(f"{file.name} is for {bundle.receiver}: bring it there", code="not_for_us")
        state = node.state()
        if state.active(bundle.sender) is None or state.active(node.me) is None:
            # Who does not take part has no feed that would tell it otherwise.
            take_papers(node, bundle.heads.papers)
            must_take_part(node, bundle.sender, file.name)
            node.active(node.me)
        return _taken(node, bundle, own_work)


def _taken(node: Node, bundle: Bundle, own_work: bool) -> BundleTaken:
    new = known = 0
    kinds: Counter[EntryKind] = Counter()
    problem: Taken | None = None
    stopped: set[tuple[str, str]] = set()
    adopted: set[str] = set()
    fork = False
    before = lost_here(node, bundle) if bundle.receiver == node.me else {}
    for page in bundle.pages:
        if not page.items:
            continue
        first = page.items[0].entry
        if (first.sender, first.receiver) in stopped:
            continue
        if first.sender == bundle.receiver:
            # Its own entries, back: only where it is shown that they are lost, and never for a relay.
            if first.receiver not in before:
                continue
            taken = node.adopt_tail(page.items)
            if taken.new:
                adopted.add(first.receiver)
        else:
            taken = node.take(page.items, via=bundle.sender)
            # What was known comes first: a feed grows only at its end.
            kinds.update(i.entry.kind for i in page.items[taken.known : taken.known + taken.new])
            new, known = new + taken.new, known + taken.known
        if taken.problem is not None:
            stopped.add((first.sender, first.receiver))
            fork = fork or (first.sender == bundle.sender and taken.problem == "fork")
            problem = problem or taken
    problems = begin_anew(node, before, adopted, own_work=own_work)
    if problems:
        problem = problem or Taken(problem="own_work", text="; ".join(problems))
    lost = {head.receiver for head in node.restored_from(tuple(before.values()))}
    with node.store.transaction():
        behind = note_heads(node, bundle, lost=lost, fork=fork)
        audit(
            node,
            "bundle.imported",
            bundle.sender,
            sender=bundle.sender,
            manifest=bundle.digest,
            new=new,
            known=known,
        )
    # Last, as over a line: what was said before a notice of leaving is still taken.
    take_papers(node, bundle.heads.papers)
    told = problem or Taken()
    return BundleTaken(
        sender=bundle.sender,
        kinds=kinds,
        new=new,
        known=known,
        problem=told.problem,
        text=told.text,
        head=told.head,
        back=tuple(sorted(adopted - lost)),
        lost=tuple(sorted(lost)),
        behind=behind is not None,
    )
