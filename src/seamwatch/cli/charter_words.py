"""The charter in lines for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.charter_codec import charter_json, notice_json
from seamwatch.coordinate.keys import fingerprint
from seamwatch.publish.plain import printable
from seamwatch.vocabulary.coordination import NoticeKind, PartyState

if TYPE_CHECKING:
    from seamwatch.coordinate.charter import Standing
    from seamwatch.coordinate.quorum import Quorum
    from seamwatch.model.charter import Charter, CharterState, Notice
    from seamwatch.model.party import Party


def charter_lines(now: Standing) -> Iterator[str]:
    """Yield the lines that `seamwatch charter show` prints."""
    state = now.state
    if state is None:
        yield "no charter is in force"
    else:
        charter = state.charter
        yield printable(f"{charter.name}, version {charter.version}, {state.signed.digest[:12]}")
        yield f"changes need: {charter.change}; suspensions need: {charter.suspend} of the others"
        named = (f"{a.name} (contested)" if a.contested else a.name for a in charter.areas)
        yield f"areas: {printable(', '.join(named)) or 'none'}"
        for party in charter.parties:
            role = "" if party.role.value == "member" else f", {party.role.value}"
            yield printable(
                f"  {party.id}: {party.name}, {_part(state, party)}{role}, "
                f"{party.address or 'no address'}, {fingerprint(party.sign_key)}"
            )
        for problem in state.problems:
            yield f"problem: {problem}"
    for version, quorum in now.proposals:
        yield f"proposed: version {version.charter.version}, {version.digest[:12]}; {_signatures(quorum)}"
    for notice, quorum in now.waiting:
        yield (
            f"proposed: {notice.kind.value} {notice.party}, {notice.digest[:12]}; {_signatures(quorum)}"
            + (printable(f" ({notice.why})") if notice.why else "")
        )


def card_lines(charter: Charter) -> Iterator[str]:
    """Yield the fingerprint of each party's key, as comments after the YAML: compared before one signs."""
    yield "# fingerprints, to be compared with each party before you sign:"
    for party in charter.parties:
        yield printable(f"#   {party.id}: {fingerprint(party.sign_key)}")


_DONE = {
    NoticeKind.LEAVE: "has left the charter",
    NoticeKind.SUSPEND: "is suspended",
    NoticeKind.RESUME: "is taken back",
}
_WANTED = {
    NoticeKind.LEAVE: "to leave",
    NoticeKind.SUSPEND: "to suspend {}",
    NoticeKind.RESUME: "to take {} back",
}


def notice_done(made: Notice, now: Standing) -> Iterator[str]:
    """Yield what a signed notice does, or which signatures it still waits for; its digest comes last."""
    quorum = next((q for n, q in now.waiting if n.digest == made.digest), None)
    if quorum is None:
        yield printable(f"{made.party} {_DONE[made.kind]}; the others are told with the next exchange")
    else:
        yield printable(f"you have signed {_WANTED[made.kind].format(made.party)}; it is not enough yet")
        yield _signatures(quorum)
        if now.state is not None:
            yield f"needed: {now.state.charter.suspend} of the others"
    yield f"signed: {made.digest}"


def came_into_force(before: Standing, now: Standing) -> Iterator[str]:
    """Yield what is in force now and was not before: versions by their number, notices with who and why."""
    known = {v.digest for v in before.chain}
    for version in now.chain:
        if version.digest not in known:
            charter = version.charter
            yield printable(f"came into force: {charter.name}, version {charter.version}")
    had = {n.digest for n in before.state.notices} if before.state is not None else set()
    held = now.state.notices if now.state is not None else ()
    for notice in sorted(held, key=lambda n: n.at):
        if notice.digest not in had:
            yield printable(f"came into force: {notice.party} {_DONE[notice.kind]}, {_when_and_why(notice)}")


def _part(state: CharterState, party: Party) -> str:
    """Return how a party stands; of one that left or is suspended since when, and why."""
    stands = state.states[party.id]
    kind = {PartyState.LEFT: NoticeKind.LEAVE, PartyState.SUSPENDED: NoticeKind.SUSPEND}.get(stands)
    found = [n for n in state.notices if (n.party, n.term, n.kind) == (party.id, party.term, kind)]
    return f"{stands.value} {_when_and_why(max(found, key=lambda n: n.at))}" if found else stands.value


def _when_and_why(notice: Notice) -> str:
    return f"{notice.at:%Y-%m-%d %H:%M} UTC" + (f" ({notice.why})" if notice.why else "")


def _signatures(quorum: Quorum) -> str:
    signed = ", ".join(quorum.signed) or "nobody"
    missing = f"; missing: {', '.join(quorum.missing)}" if quorum.missing else ""
    return f"signed by {signed}{missing}" + (f"; {quorum.problem}" if quorum.problem else "")


def standing_json(now: Standing) -> dict[str, Any]:
    """Return the charter in force, the parties' states, and what waits, as JSON."""
    state = now.state
    return {
        "charter": None if state is None else charter_json(state.charter),
        "digest": None if state is None else state.signed.digest,
        "states": {} if state is None else {p: s.value for p, s in sorted(state.states.items())},
        "notices": [] if state is None else [notice_json(n) for n in state.notices],
        "problems": [] if state is None else list(state.problems),
        "proposals": [
            {"digest": v.digest, "version": v.charter.version, **_quorum_json(q)} for v, q in now.proposals
        ],
        "waiting": [{**notice_json(n), **_quorum_json(q)} for n, q in now.waiting],
    }


def _quorum_json(quorum: Quorum) -> dict[str, Any]:
    return {"signed": list(quorum.signed), "missing": list(quorum.missing), "problem": quorum.problem}
