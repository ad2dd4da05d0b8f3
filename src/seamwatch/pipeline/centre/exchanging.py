"""The exchange with one party: own entries back after a restore, what it has for us, what we have for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seamwatch.errors import SeamwatchError
from seamwatch.model.charter import CharterState
from seamwatch.model.exchange import Contact, Head, Heads, Page, Taken
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.lines import PartyLine
from seamwatch.pipeline.centre.node import PAGE_BYTES
from seamwatch.pipeline.centre.own_work import release_due, told
from seamwatch.pipeline.centre.papers import papers_for, papers_mark, take_papers
from seamwatch.vocabulary.coordination import PartyRole, PartyState

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

PAGE_ITEMS = 500


@dataclass(slots=True, kw_only=True)
class Run:
    """The exchange with one party while it goes on; `whole` while the heads that were read hold after it."""

    node: Node
    party: Party
    state: CharterState
    line: PartyLine
    came: int = 0
    went: int = 0
    whole: bool = True
    problems: list[str] = field(default_factory=list)


def exchange(run: Run, contact: Contact) -> Contact:
    """Return the contact after an exchange; what goes wrong with single feeds stands in `run.problems`."""
    node = run.node
    if run.state.active(run.party.id) is None:
        # It may have papers that say that it was taken back; nothing else goes to it or comes from it.
        show_papers(run)
        return contact
    takes_part = run.state.active(node.me) is not None
    nothing_new = contact.counts == _own_heads(run)
    # Who is suspended goes on asking: it may have been taken back.
    left = run.state.states.get(node.me) is PartyState.LEFT
    if left and nothing_new:
        return contact
    heads, etag = run.line.heads(contact.etag if nothing_new else None)
    contact = replace(contact, reached=node.clock())
    if heads is None:
        return contact
    if takes_part:
        for head in node.restored_from(heads.held):
            _fetch_back(run, head)
        _take_in(run, heads)
    run.state = node.state()
    if _pushes(run):
        # What came in may have made receipts and answers: they go out now. Who has left says so, last.
        for receiver in _receivers(run):
            _push(run, receiver, heads)
    # Mostly the same papers came through the feeds by now; not where one of both was restored from a backup.
    if not left and heads.charter != papers_mark(node.store):
        show_papers(run)
        run.state = node.state()
        if not takes_part and run.state.active(node.me) is not None:
            _take_in(run, heads)
    # Where pages were fewer than the heads say (an answer of before), or more went, they are read again.
    return replace(contact, etag=etag if run.whole else None, counts=_own_heads(run))


def show_papers(run: Run) -> None:
    """Show the other our papers and take its own. Whoever brings them, they hold by their signatures."""
    take_papers(run.node, run.line.papers(papers_for(run.node)))


def _take_in(run: Run, heads: Heads) -> None:
    node = run.node
    behind = node.rolled_back(heads.feeds, via=run.party.id)
    for head in behind:
        run.problems.append(
            f"{head.sender} shows fewer entries than it has sent ({head.number} of epoch {head.epoch}): was "
            "it restored from a backup? It must first fetch its own entries back"
        )
    for head in heads.feeds:
        wanted = head.receiver == node.me and head.sender != node.me and head not in behind
        if wanted and run.state.active(head.sender) is not None:
            _pull(run, head)
    run.problems += told(node.carry_out)


def _pushes(run: Run) -> bool:
    """Return whether we bring our entries: to a relay, or where nobody can fetch them from us."""
    own = run.state.charter.party(run.node.me)
    return run.party.role is PartyRole.RELAY or own is None or own.address is None


def _receivers(run: Run) -> tuple[str, ...]:
    """Return the parties whose feeds from us the other takes."""
    if run.party.role is not PartyRole.RELAY:
        return (run.party.id,)
    me = run.node.me
    return tuple(p.id for p in run.state.charter.parties if p.id != me and run.state.active(p.id) is not None)


def _own_heads(run: Run) -> dict[str, int]:
    """Return how far our feeds go that the other takes: where that changed, its heads must be asked anew."""
    found: dict[str, int] = {}
    if _pushes(run):
        for receiver in _receivers(run):
            head = run.node.store.feed_head(run.node.me, receiver)
            found |= {f"epoch:{receiver}": head.epoch, f"number:{receiver}": head.number}
    return found


def _pull(run: Run, head: Head) -> None:
    """Take what a feed to us has beyond what we hold."""
    held = run.node.store.feed_head(head.sender, head.receiver)
    if (head.epoch, head.number) < (held.epoch, held.number) or head == held:
        return  # a relay may be behind; of a sender that is behind itself `rolled_back` tells
    after = held.number if held.epoch == head.epoch else 0
    if after and after == head.number:
        after -= 1  # another entry of the same number: have it looked at, and told
    for page in _pages(run, head, after):
        taken = run.node.take(page.items, via=run.party.id)
        run.came += taken.new
        if taken.problem is not None:
            run.problems.append(f"{head.sender}: {taken.text or taken.problem}")
            return
    now = run.node.store.feed_head(head.sender, head.receiver)
    run.whole = run.whole and (now.epoch, now.number) >= (head.epoch, head.number)


def _fetch_back(run: Run, head: Head) -> None:
    """Take our own entries back that the other holds and we lost with a restore from a backup."""
    mine = run.node.store.feed_head(head.sender, head.receiver)
    after = mine.number if mine.epoch == head.epoch and mine.number < head.number else 0
    problem = _adopt(run, head, after)
    if problem is not None and problem.problem == "gap" and after:
        problem = _adopt(run, head, 0)
    if problem is not None:
        run.problems.append(f"own entries to {head.receiver}: {problem.text or problem.problem}")
        return
    if run.node.restored_from([head]):
        # Only what this party has signed shows that it was restored; a number that is told does not.
        run.problems.append(
            f"{run.party.id} says that it holds entry {head.number} of epoch {head.epoch} to {head.receiver} "
            "of ours, and does not give it: nothing was begun anew"
        )
        return
    # What is no longer released is withdrawn before anybody can fetch that it was restated.
    with run.node.store.transaction():
        run.node.begin_epoch(head.receiver)
        run.problems += release_due(run.node)


def _adopt(run: Run, head: Head, after: int) -> Taken | None:
    """Return what hinders own entries to be taken back, else None."""
    for page in _pages(run, head, after):
        taken = run.node.adopt_tail(page.items)
        if taken.problem is not None:
            return taken
    return None


def _push(run: Run, receiver: str, heads: Heads) -> None:
    """Bring what the other does not hold yet of one of our feeds."""
    node = run.node
    mine = node.store.feed_head(node.me, receiver)
    held = next((h for h in heads.held if (h.sender, h.receiver) == (node.me, receiver)), None)
    after = held.number if held is not None and held.epoch == mine.epoch else 0
    # Asked before each page: what comes from another party meanwhile may end who takes part.
    while after < mine.number and node.state().active(receiver) is not None:
        # Read from the store: who has left may ask for nothing, and still says so.
        items = node.store.feed_items(
            node.me, receiver, mine.epoch, after=after, limit=PAGE_ITEMS, most_bytes=PAGE_BYTES
        )
        if not items:
            return
        # The heads that were read are of before: the next exchange must read them anew, not ask whether they
        # changed. A relay that was restored in between would have them just so again.
        run.whole = False
        for taken in run.line.bring([Page(items=items, head=mine)]):
            run.went += taken.new
            if taken.problem is not None:
                run.problems.append(f"{run.party.id} takes no more to {receiver}: {taken.text}")
                return
        after = items[-1].entry.number


def _pages(run: Run, head: Head, after: int) -> Iterable[Page]:
    """Yield the pages of a feed at the other up to a head; smaller ones where it says they are too large."""
    limit = PAGE_ITEMS
    while after < head.number:
        try:
            page = run.line.page(head.sender, head.receiver, epoch=head.epoch, after=after, limit=limit)
        except SeamwatchError as wrong:
            if wrong.code != "too_large" or limit == 1:
                raise
            limit = max(1, limit // 8)
            continue
        if not page.items or page.items[-1].entry.number <= after:
            return
        yield page
        after = page.items[-1].entry.number
