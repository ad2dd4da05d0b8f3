"""One exchange with the other parties: what is due goes out, what they have comes in, and is carried out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from seamwatch.errors import PartedError, SeamwatchError
from seamwatch.model.charter import CharterState
from seamwatch.model.exchange import Contact, Head, Heads, Page, Taken
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.lines import PartyLine
from seamwatch.pipeline.centre.node import PAGE_BYTES
from seamwatch.pipeline.centre.own_work import escalate_due, release_due, told
from seamwatch.pipeline.centre.papers import papers_for, papers_mark, take_papers
from seamwatch.vocabulary.coordination import PartyRole, PartyState

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

LOG = logging.getLogger("seamwatch.exchange")
PAGE_ITEMS = 500
# How often a contact that brought nothing new is written: each write makes the desk look at the record again.
RARELY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What one party gave and took: entries that were new here, and there. `error` None where all went well.

    `party` is this node's own id where its own releases or what came in could not be dealt with.
    """

    party: str
    came: int = 0
    went: int = 0
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Return whether all went well."""
        return self.error is None


@dataclass(slots=True, kw_only=True)
class _Run:
    """The exchange with one party while it goes on; `whole` while the heads that were read hold after it."""

    node: Node
    party: Party
    state: CharterState
    line: PartyLine
    came: int = 0
    went: int = 0
    whole: bool = True
    problems: list[str] = field(default_factory=list)


def sync(
    node: Node,
    client_for: Callable[[Party], PartyLine],
    parties: Iterable[str] | None = None,
    *,
    own_work: bool = True,
) -> tuple[SyncResult, ...]:
    """Return what became of an exchange with each party that this node asks, or with those named.

    With a relay in the charter that is the relay alone, else each party that has an address. What fails with
    one party does not stop the others; it stands in that party's result and contact. SeamwatchError where
    no charter is in force. Without `own_work` only what was said before is exchanged: no releases that are
    due by now, no requests that are passed on.
    """
    state = began = node.state()
    results = []
    # Who has left or is suspended says nothing new.
    own = release_due(node) if own_work and state.active(node.me) is not None else []
    for party in partners(state, node.me, parties):
        results.append(_with_party(node, state, party, client_for))
        state = node.state()  # what came in may have changed it
    if own_work and state.active(node.me) is not None:
        if state.states != began.states:
            # Who was taken back, or takes part no longer: what goes to whom is another thing now.
            own += release_due(node)
        own += escalate_due(node)
    own += told(node.carry_out)
    if own:
        results.append(SyncResult(party=node.me, error="; ".join(own)))
    return tuple(results)


def partners(state: CharterState, me: str, parties: Iterable[str] | None = None) -> tuple[Party, ...]:
    """Return the parties that a node asks: the relay alone, else all with an address; or those named.

    SeamwatchError (code "not_party") where a named one is no active party of the charter.
    """
    if parties is not None:
        named = []
        for name in parties:
            found = state.active(name) if name != me else None
            if found is None:
                raise SeamwatchError(
                    f"{name} is no other active party of the charter: `seamwatch exchange status` lists them",
                    code="not_party",
                )
            named.append(found)
        return tuple(named)
    others = [p for p in state.charter.parties if p.id != me and state.active(p.id) is not None]
    own = state.charter.party(me)
    if own is not None and own.role is PartyRole.RELAY:
        return ()  # to a relay the others come
    relays = [p for p in others if p.role is PartyRole.RELAY]
    return tuple(p for p in (relays or others) if p.address is not None)


def _with_party(
    node: Node, state: CharterState, party: Party, client_for: Callable[[Party], PartyLine]
) -> SyncResult:
    before = node.store.contact(party.id)
    run: _Run | None = None
    contact = replace(before, tried=node.clock())
    try:
        with closing(client_for(party)) as line:
            run = _Run(node=node, party=party, state=state, line=line)
            contact = _exchange(run, contact)
        problem = "; ".join(run.problems) or None
    except PartedError as wrong:
        take_papers(node, wrong.papers)
        problem = str(wrong)
    except SeamwatchError as wrong:
        problem = str(wrong)
    except Exception as wrong:
        LOG.exception("the exchange with %s failed", party.id)
        problem = f"the exchange failed ({type(wrong).__name__}): the log says where"
    came, went = (run.came, run.went) if run is not None else (0, 0)
    contact = replace(contact, problem=problem, etag=contact.etag if problem is None else None)
    if came or went or _worth_writing(before, contact):
        node.store.save_contact(contact)
    return SyncResult(party=party.id, came=came, went=went, error=problem)


def _worth_writing(before: Contact, after: Contact) -> bool:
    if (before.problem, before.etag, before.counts) != (after.problem, after.etag, after.counts):
        return True
    last, now = before.tried, after.tried
    return last is None or now is None or now - last >= RARELY


def _exchange(run: _Run, contact: Contact) -> Contact:
    """Return the contact after an exchange; what goes wrong with single feeds stands in `run.problems`."""
    node = run.node
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
        take_papers(node, run.line.papers(papers_for(node)))
        run.state = node.state()
        if not takes_part and run.state.active(node.me) is not None:
            _take_in(run, heads)
    # Where pages were fewer than the heads say (an answer of before), or more went, they are read again.
    return replace(contact, etag=etag if run.whole else None, counts=_own_heads(run))


def _take_in(run: _Run, heads: Heads) -> None:
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


def _pushes(run: _Run) -> bool:
    """Return whether we bring our entries: to a relay, or where nobody can fetch them from us."""
    own = run.state.charter.party(run.node.me)
    return run.party.role is PartyRole.RELAY or own is None or own.address is None


def _receivers(run: _Run) -> tuple[str, ...]:
    """Return the parties whose feeds from us the other takes."""
    if run.party.role is not PartyRole.RELAY:
        return (run.party.id,)
    me = run.node.me
    return tuple(p.id for p in run.state.charter.parties if p.id != me and run.state.active(p.id) is not None)


def _own_heads(run: _Run) -> dict[str, int]:
    """Return how far our feeds go that the other takes: where that changed, its heads must be asked anew."""
    found: dict[str, int] = {}
    if _pushes(run):
        for receiver in _receivers(run):
            head = run.node.store.feed_head(run.node.me, receiver)
            found |= {f"epoch:{receiver}": head.epoch, f"number:{receiver}": head.number}
    return found


def _pull(run: _Run, head: Head) -> None:
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


def _fetch_back(run: _Run, head: Head) -> None:
    """Take our own entries back that the other holds and we lost with a restore from a backup."""
    mine = run.node.store.feed_head(head.sender, head.receiver)
    after = mine.number if mine.epoch == head.epoch and mine.number < head.number else 0
    problem = _adopt(run, head, after)
    if problem is not None and problem.problem == "gap" and after:
        problem = _adopt(run, head, 0)
    if problem is not None:
        run.problems.append(f"own entries to {head.receiver}: {problem.text or problem.problem}")
        return
    # What is no longer released is withdrawn before anybody can fetch that it was restated.
    with run.node.store.transaction():
        run.node.begin_epoch(head.receiver)
        run.problems += release_due(run.node)


def _adopt(run: _Run, head: Head, after: int) -> Taken | None:
    """Return what hinders own entries to be taken back, else None."""
    for page in _pages(run, head, after):
        taken = run.node.adopt_tail(page.items)
        if taken.problem is not None:
            return taken
    return None


def _push(run: _Run, receiver: str, heads: Heads) -> None:
    """Bring what the other does not hold yet of one of our feeds."""
    node = run.node
    mine = node.store.feed_head(node.me, receiver)
    held = next((h for h in heads.held if (h.sender, h.receiver) == (node.me, receiver)), None)
    after = held.number if held is not None and held.epoch == mine.epoch else 0
    while after < mine.number:
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


def _pages(run: _Run, head: Head, after: int) -> Iterable[Page]:
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
