"""One exchange with the other parties: what is due goes out, what they have comes in, and is carried out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from seamwatch.errors import PartedError, SeamwatchError
from seamwatch.model.charter import CharterState
from seamwatch.model.exchange import Contact
from seamwatch.model.party import Party
from seamwatch.pipeline.centre.exchanging import Run, exchange, show_papers
from seamwatch.pipeline.centre.lines import PartyLine
from seamwatch.pipeline.centre.own_work import escalate_due, release_due, told
from seamwatch.pipeline.centre.papers import differ, take_papers
from seamwatch.pipeline.centre.side_by_side import EndedError, Turns, ask_all
from seamwatch.vocabulary.coordination import PartyRole, PartyState

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.node import Node

LOG = logging.getLogger("seamwatch.exchange")
# How often a contact that brought nothing new is written: each write makes the desk look at the record again.
RARELY = timedelta(minutes=5)
PARTED = {
    PartyState.LEFT: "by the signed papers this party has left the charter: nothing is exchanged any more",
    PartyState.SUSPENDED: "by the signed papers this party is suspended: nothing is exchanged until it is "
    "taken back, and it goes on asking whether it was",
}
"""What the signed papers say of a party that takes part no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What one party gave and took: entries that were new here, and there. `error` None where all went well.

    `party` is this node's own id where its own releases or what came in could not be dealt with. `parted`:
    it took nothing since by the signed papers this node takes part no longer, as `error` says.
    """

    party: str
    came: int = 0
    went: int = 0
    error: str | None = None
    parted: bool = False

    @property
    def ok(self) -> bool:
        """Return whether all went well."""
        return self.error is None


def sync(
    node: Node,
    client_for: Callable[[Party], PartyLine],
    parties: Iterable[str] | None = None,
    *,
    own_work: bool = True,
    waiting: Callable[[tuple[str, ...]], None] = lambda _: None,
    turns: Turns | None = None,
) -> tuple[SyncResult, ...]:
    """Return what became of an exchange with each party that this node asks, or with those named.

    With a relay in the charter that is the relay alone, else each party that has an address. They are asked
    side by side; the results stand in the charter's order. What fails with one party does not stop the
    others; it stands in that party's result and contact. SeamwatchError where no charter is in force.
    Without `own_work` only what was said before is exchanged: no releases that are due by now, no requests
    that are passed on. `waiting` gets the parties that are waited for, every few seconds. `turns` says whose
    turn on the store it is: by default that of whose answer came.
    """
    state = began = node.state()
    # Who has left or is suspended says nothing new.
    own = release_due(node) if own_work and state.active(node.me) is not None else []
    asked = partners(state, node.me, parties)
    silent = _suspended_to_ask(node, state) if parties is None else ()
    found = ask_all(
        {p.id: p for p in (*asked, *silent)},
        lambda party, turns: _with_party(node, party, client_for, turns),
        by_the_way=[p.id for p in silent],
        turns=turns,
        waiting=waiting,
    )
    # That a suspended party does not answer is no fault of the exchange.
    results = [found[p.id] for p in asked]
    state = node.state()  # what came in may have changed it
    if own_work and state.active(node.me) is not None:
        if state.states != began.states or not node.store.release_mark():
            # Who was taken back, or takes part no longer: what goes to whom is another thing now. Or own
            # entries came back and then the line broke: by the rules of now less may stand than they say.
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


def _suspended_to_ask(node: Node, state: CharterState) -> tuple[Party, ...]:
    """Return the suspended parties to ask now and then for their papers, and for nothing else.

    Two that suspended one another would each wait for the other; and this database may be an older copy
    that does not know that they were taken back. A relay that takes part has all papers.
    """
    own = state.charter.party(node.me)
    others = [p for p in state.charter.parties if p.id != node.me]
    relayed = any(p.role is PartyRole.RELAY and state.active(p.id) is not None for p in others)
    if own is None or relayed or state.states[own.id] is PartyState.LEFT:
        return ()
    now = node.clock()
    found = []
    for party in others:
        if party.address is not None and state.states[party.id] is PartyState.SUSPENDED:
            tried = node.store.contact(party.id).tried
            if tried is None or not timedelta(0) <= now - tried < RARELY:
                found.append(party)
    return tuple(found)


def _with_party(
    node: Node, party: Party, client_for: Callable[[Party], PartyLine], turns: Turns
) -> SyncResult:
    before = node.store.contact(party.id)
    run: Run | None = None
    parted: str | None = None
    contact = replace(before, tried=node.clock())
    try:
        with closing(client_for(party)) as line:
            run = Run(node=node, party=party, state=node.state(), line=turns.apart(line))
            try:
                contact = exchange(run, contact)
            except PartedError as wrong:
                take_papers(node, wrong.papers)
                # Each may know a paper that the other does not: two that suspended one another, or a restore.
                if differ(node, wrong.papers):
                    show_papers(run)
                raise
        problem = "; ".join(run.problems) or None
    except PartedError as wrong:
        take_papers(node, wrong.papers)
        parted = PARTED.get(node.state().states.get(node.me, PartyState.ACTIVE))
        problem = parted or str(wrong)
    except SeamwatchError as wrong:
        problem = str(wrong)
    except EndedError:
        raise
    except Exception as wrong:
        LOG.exception("the exchange with %s failed", party.id)
        problem = f"the exchange failed ({type(wrong).__name__}): the log says where"
    came, went = (run.came, run.went) if run is not None else (0, 0)
    contact = replace(contact, problem=problem, etag=contact.etag if problem is None else None)
    if came or went or _worth_writing(before, contact):
        node.store.save_contact(contact)
    return SyncResult(party=party.id, came=came, went=went, error=problem, parted=parted is not None)


def _worth_writing(before: Contact, after: Contact) -> bool:
    if (before.problem, before.etag, before.counts) != (after.problem, after.etag, after.counts):
        return True
    last, now = before.tried, after.tried
    return last is None or now is None or now - last >= RARELY
