"""Giving pages of feeds to who may have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError, UnknownIdError
from seamwatch.model.exchange import Page
from seamwatch.vocabulary.coordination import PartyRole, PartyState

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node


def offered(node: Node, sender: str) -> bool:
    """Return whether feeds of a sender are given to others: its own a node gives even after it has left.

    So does a relay with what it took before: the last of it is the notice, which the others need.
    """
    standing = node.state().states.get(sender)
    return sender == node.me or standing in (PartyState.ACTIVE, PartyState.LEFT)


def page(node: Node, asker: str, sender: str, receiver: str, *, epoch: int, after: int, limit: int) -> Page:
    """Return the entries of a feed after one; see `Node.page`."""
    from seamwatch.pipeline.centre.node import MOST_PAGE, PAGE_BYTES

    who = node.active(asker)
    if asker not in (sender, receiver) and who.role is not PartyRole.RELAY:
        raise SeamwatchError(
            f"the feed from {sender} to {receiver} is for these two alone, and for the relay",
            code="not_for_you",
        )
    if asker != sender and not offered(node, sender):
        node.active(sender)
    if asker != receiver:
        node.active(receiver)
    head = node.store.feed_head(sender, receiver)
    if head.number == 0 and node.me not in (sender, receiver):
        raise UnknownIdError(f"no feed from {sender} to {receiver} is held here")
    if epoch < head.epoch:
        epoch, after = head.epoch, 0
    items = node.store.feed_items(
        sender,
        receiver,
        epoch,
        after=max(0, after),
        limit=max(1, min(limit, MOST_PAGE)),
        most_bytes=PAGE_BYTES,
    )
    return Page(items=items, head=head)
