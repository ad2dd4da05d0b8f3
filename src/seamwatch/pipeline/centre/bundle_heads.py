"""How far feeds go, told by bundles: who only uses files learns so that it was restored, and gets its tail.

Three things are told. What the maker holds of the receiver's own feeds is proven by the receiver's signature
on the newest entry. How far the maker's own feed goes tells the receiver that the maker was restored. And
what the maker holds of the receiver's feed may be less than it has receipted: then it was restored too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from seamwatch.coordinate.bundle_manifest import Bundle, BundleHeads
from seamwatch.errors import SeamwatchError
from seamwatch.model.exchange import Entry, Head, Page
from seamwatch.pipeline.centre.noting import refuse
from seamwatch.pipeline.centre.own_work import release_due
from seamwatch.pipeline.centre.papers import papers_for
from seamwatch.pipeline.centre.restoring import is_own, proven

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node


def heads_for(node: Node, to: str) -> BundleHeads:
    """Return what a bundle for a party tells of heads; to who takes no part the papers alone."""
    store, state = node.store, node.state()
    papers = papers_for(node)
    if state.active(to) is None:
        return BundleHeads(papers=papers)
    held = (store.feed_item(to, head.receiver, head.epoch, head.number) for head in _own_feeds_of(node, to))
    return BundleHeads(
        head=_head_shown(node, to),
        held=tuple(item.entry for item in held if item is not None),
        papers=papers,
    )


def _head_shown(node: Node, to: str) -> Head:
    """Return how far our feed to a party goes, as far as it can be the feed that the party holds.

    Where entries are lost here and others were said since, more or as many, ours ends further than theirs and
    is another one: nothing of it is shown, so that all of the epoch comes back.
    """
    head, lost = node.store.feed_head(node.me, to), node.store.feed_marks(node.me, to).lost
    if lost[0] and (head.epoch, head.number) >= lost:
        return Head(sender=node.me, receiver=to, epoch=lost[0])
    return head


def lost_pages(node: Node, to: str, *, whole: bool) -> Iterator[Page]:
    """Yield what a party lost of its own feeds, as its newest bundle told; `whole`: all that is held here."""
    for head in _own_feeds_of(node, to):
        epoch, number = node.store.feed_marks(to, head.receiver).lost
        # In a newer epoch since it has restated everything.
        if whole or epoch == head.epoch:
            yield from pages_after(node, head, to, head.epoch, 0 if whole else number)


def pages_after(node: Node, head: Head, to: str, epoch: int, after: int) -> Iterator[Page]:
    """Yield the pages of a feed that a party may have, after an entry."""
    while True:
        page = node.page(to, head.sender, head.receiver, epoch=epoch, after=after)
        if not page.items:
            return
        yield page
        last = page.items[-1].entry
        epoch, after = last.epoch, last.number


def _own_feeds_of(node: Node, party: str) -> list[Head]:
    state = node.state()
    return [
        head
        for head in node.store.feed_heads(sender=party)
        if head.receiver == node.me or state.active(head.receiver) is not None
    ]


def lost_here(node: Node, bundle: Bundle) -> dict[str, Head]:
    """Return the heads of own feeds, by receiver, that a bundle proves and that are unknown here.

    One that does not bear this party's signature is noted as forged, and proves nothing.
    """
    for entry in bundle.heads.held:
        if entry.sender != node.me or not is_own(node, entry):
            _forged(node, entry, bundle.sender)
    return {head.receiver: head for head in node.restored_from(proven(node, bundle.heads.held))}


def _forged(node: Node, entry: Entry, via: str) -> None:
    at = Head(sender=entry.sender, receiver=entry.receiver, epoch=entry.epoch, number=entry.number)
    said = f"{via} tells of entry {entry.number} to {entry.receiver} as this party's, which has not signed it"
    refuse(node, at, via=via, problem="forged", text=said)


def begin_anew(node: Node, before: dict[str, Head], adopted: Collection[str], *, own_work: bool) -> list[str]:
    """Begin new epochs of the own feeds whose tails were adopted whole; return what hindered that.

    The others are marked: their entries come with the next bundle of who holds them.
    """
    still = {head.receiver for head in node.restored_from(tuple(before.values()))}
    problems: list[str] = []
    with node.store.transaction():
        for receiver in sorted(before):
            if receiver in still:
                head = before[receiver]
                node.store.mark_feed(node.me, receiver, lost=(head.epoch, head.number))
        begun = sorted(set(adopted) - still)
        for receiver in begun:
            node.begin_epoch(receiver)
        if begun and own_work:
            # What is no longer released is withdrawn before anybody gets that it was restated.
            problems += release_due(node)
    return problems


def note_heads(node: Node, bundle: Bundle, *, lost: Collection[str], fork: bool) -> Head | None:
    """Take note of how far feeds go at the maker of a bundle; return its head where its own feed was lost.

    Only of the newest bundle: an older one that comes late, or again, tells nothing of now. `lost`: to whom
    own entries are lost here; `fork`: the maker said other entries than those that are held here.
    """
    store, head = node.store, bundle.heads.head
    marks = store.feed_marks(bundle.sender, bundle.receiver)
    if head is None or (marks.told_at is not None and bundle.made <= marks.told_at):
        return None
    if (head.sender, head.receiver) != (bundle.sender, bundle.receiver):
        return None
    # A clock that was ahead once must not make all later bundles old ones.
    store.mark_feed(bundle.sender, bundle.receiver, told_at=min(bundle.made, node.clock()))
    if bundle.receiver == node.me:
        _note_held(node, bundle, lost)
    ours = store.feed_head(bundle.sender, bundle.receiver)
    further = (head.epoch, head.number) > (ours.epoch, ours.number)
    if head == ours or head.epoch > ours.epoch or (further and not fork):
        store.mark_feed(bundle.sender, bundle.receiver, lost=(0, 0))
        return None
    of = (head.sender, head.receiver, head.epoch, head.number, head.number)
    same = head.epoch == ours.epoch and store.feed_hashes(*of).get(head.number) == head.hash
    store.mark_feed(bundle.sender, bundle.receiver, lost=(ours.epoch, head.number if same else 0))
    node.rolled_back([head], via=bundle.sender)
    return head


def _note_held(node: Node, bundle: Bundle, lost: Collection[str]) -> None:
    """Take note of how much of our feed its receiver holds: less than it receipted is sent again."""
    to = bundle.sender
    held = [e for e in bundle.heads.held if (e.sender, e.receiver) == (node.me, to)]
    told = max(((e.epoch, e.number) for e in held), default=(0, 0))
    marks = node.store.feed_marks(node.me, to)
    if told < marks.receipted:
        node.store.mark_feed(node.me, to, receipted=told)
    if marks.lost[0] and to not in lost:
        # What it once held beyond what we know it has lost itself: we go on from what is known.
        node.store.mark_feed(node.me, to, lost=(0, 0))


def must_take_part(node: Node, party: str, file: str) -> None:
    """Raise SeamwatchError (not_party) where who wrote a file takes no part by the papers known here."""
    if node.state().active(party) is None:
        raise SeamwatchError(
            f"{file}: {party}, who wrote it, takes no part in the charter now; nothing but its charters and "
            "notices was taken",
            code="not_party",
        )
