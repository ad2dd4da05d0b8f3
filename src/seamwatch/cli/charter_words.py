"""The charter in lines for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seamwatch.coordinate.charter_codec import charter_json, notice_json
from seamwatch.coordinate.keys import fingerprint
from seamwatch.publish.plain import printable

if TYPE_CHECKING:
    from seamwatch.coordinate.charter import Standing
    from seamwatch.coordinate.quorum import Quorum


def charter_lines(now: Standing) -> Iterator[str]:
    """Yield the lines that `seamwatch charter show` prints."""
    state = now.state
    if state is None:
        yield "no charter is in force"
    else:
        charter = state.charter
        yield printable(f"{charter.name}, version {charter.version}, {state.signed.digest[:12]}")
        yield f"changes need: {charter.change}; suspensions need: {charter.suspend} of the others"
        yield f"areas: {printable(', '.join(a.name for a in charter.areas)) or 'none'}"
        for party in charter.parties:
            role = "" if party.role.value == "member" else f", {party.role.value}"
            yield printable(
                f"  {party.id}: {party.name}, {state.states[party.id].value}{role}, "
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
