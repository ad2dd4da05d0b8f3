"""The change story of an incident: what was believed when, and which telling or person changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from seamwatch.link.belief import Belief, State
from seamwatch.link.corrections import UNCORRECTED, Corrections, corrections_of
from seamwatch.link.names import fold, skeleton
from seamwatch.link.order import Telling, aware
from seamwatch.link.short import short_date, short_place
from seamwatch.model.codec import TOLLS
from seamwatch.model.decision import Decision, field_set
from seamwatch.model.incident import Claim, Revision
from seamwatch.model.place import Place
from seamwatch.vocabulary.codes import ClaimKind, DecisionKind, RevisionKind, Status

CLAIM_WORDS = {
    ClaimKind.CLAIMS: "claimed by {by}",
    ClaimKind.DENIES: "denied by {by}",
    ClaimKind.ACCUSED: "accused by {by}",
}
CLAIM_KINDS = {
    ClaimKind.CLAIMS: RevisionKind.CLAIM_MADE,
    ClaimKind.DENIES: RevisionKind.CLAIM_DENIED,
    ClaimKind.ACCUSED: RevisionKind.ACCUSED,
}
DECISION_WORDS = {
    DecisionKind.CONFIRM: "confirmed",
    DecisionKind.RETRACT: "retracted",
    DecisionKind.CORRECT: "corrected",
    DecisionKind.SAME: "told to be one with another telling",
    DecisionKind.DIFFERENT: "told apart from another telling",
    DecisionKind.UNSURE: "left open against another telling",
    DecisionKind.SPLIT: "split",
    DecisionKind.MERGE: "merged",
}

Move = tuple[RevisionKind, str, object, object, str]  # kind, field, before, after, because


@dataclass(frozen=True, slots=True)
class _Turn:
    """A decision made or undone, and what holds from then on."""

    at: datetime
    decision: Decision
    because: str
    corrected: Corrections


def _turns(decisions: Iterable[Decision], as_of: datetime | None) -> Iterator[_Turn]:
    """Yield in order of time what people decided and undid by a moment."""
    made = sorted(decisions, key=lambda d: (aware(d.at), d.number))
    if as_of is not None:
        made = [d for d in made if aware(d.at) <= aware(as_of)]
    held: dict[int, Decision] = {}
    undone: set[int] = set()
    for number, decision in enumerate(made):
        what = decision
        if decision.kind is not DecisionKind.UNDO:
            if decision.number and decision.number in undone:
                continue
            held[decision.number or -number - 1] = decision
            words = f"{DECISION_WORDS[decision.kind]} by {decision.by} ({decision.name})"
        elif decision.undoes is not None:
            undone.add(decision.undoes)
            if decision.undoes not in held:
                continue
            what = held.pop(decision.undoes)
            words = f"{what.name} undone by {decision.by} ({decision.name})"
        else:
            continue
        why = " ".join(decision.why.split())
        because = f"{words}: {why}" if why else words
        yield _Turn(aware(decision.at), what, because, corrections_of(held.values()))


def _only_respelt(before: Place | None, after: Place | None) -> bool:
    """Return whether two places say the same, but for the spelling of the name."""
    if before is after:
        return True
    if before is None or after is None:
        return False
    units = ("admin2", "admin1", "country", "precision")
    if any(getattr(before, unit) != getattr(after, unit) for unit in units):
        return False
    names = (before.name, after.name)
    if None in names or names[0] == names[1]:
        return names[0] == names[1]
    one, other = (skeleton(fold(name or "")) for name in names)
    return one == other


def _figures(before: State, after: State, t: Telling, belief: Belief) -> Iterator[Move]:
    """Yield the tolls that one telling moved."""
    if before.figures == after.figures:
        return
    died = belief.tolls.died
    pairs = dict(zip(TOLLS, zip(before.figures, after.figures, strict=True), strict=True))
    dead, hurt = (((new or 0) - (old or 0)) for old, new in (pairs["killed"], pairs["injured"]))
    death = 0 < died == dead == -hurt
    for name, (old, new) in pairs.items():
        if old == new:
            continue
        kind = RevisionKind.TOLL
        if death and name in ("killed", "injured"):
            kind, why = RevisionKind.DIED, f"{died} of the wounded died ({t.source})"
        elif new is None:
            kind, why = _lost(after, t)
        elif before.status is Status.RETRACTED:
            why = f"told again by {t.source}"
        elif old is None:
            why = f"first given by {t.source}"
        elif new > old:
            why = f"raised by {t.source}"
        else:
            why = f"{'corrected' if belief.tolls.corrected else 'lowered'} by {t.source}"
        yield kind, name, old, new, why


def _lost(after: State, t: Telling) -> tuple[RevisionKind, str]:
    if after.status is Status.RETRACTED:
        return RevisionKind.RETRACTED, f"the report was withdrawn ({t.source})"
    return RevisionKind.TOLL, f"not given by {t.source}, the first to tell that it happened"


def _told_claims(claims: Sequence[Claim]) -> Iterator[Move]:
    for claim in claims:
        value = {"by": claim.by, "via": claim.via, "kind": claim.kind.value}
        yield CLAIM_KINDS[claim.kind], "claims", None, value, CLAIM_WORDS[claim.kind].format(by=claim.by)


def _moved(before: State, after: State, claims: Sequence[Claim], source: str) -> Iterator[Move]:
    """Yield the fields but the tolls that one telling changed."""
    if before.date is not after.date and short_date(before.date) != short_date(after.date):
        new = after.date
        finer = new is not None and (before.date is None or new.precision < before.date.precision)
        why = f"date {'refined' if finer else 'changed'} by {source}"
        yield RevisionKind.DATE, "date", short_date(before.date), short_date(new), why
    if not _only_respelt(before.place, after.place):
        old, place = before.place, after.place
        finer = place is not None and (
            old is None or place.precision < old.precision or place.name == old.name
        )
        why = f"place {'refined' if finer else 'changed'} by {source}"
        yield RevisionKind.PLACE, "place", short_place(old), short_place(place), why
    if before.type is not after.type:
        why = f"{source} tells it as {after.type}"
        yield RevisionKind.TYPE, "sub_event_type", before.type.value, after.type.value, why
    if before.names != after.names:
        named = [name for name in after.names if name not in before.names]
        why = f"{', '.join(named)} named by {source}" if named else f"others named by {source}"
        yield RevisionKind.ACTOR, "perpetrators", list(before.names), list(after.names), why
    yield from _told_claims(claims)
    if before.status is not after.status:
        kind = RevisionKind.STATUS
        why = f"{after.status} through {source}"
        if after.status is Status.RETRACTED:
            kind, why = RevisionKind.RETRACTED, f"the report was withdrawn ({source})"
        elif after.status is Status.DENIED:
            why = f"denied ({source})"
        yield kind, "status", before.status.value, after.status.value, why


def _first(state: State, claims: Sequence[Claim], source: str) -> Iterator[Move]:
    first: dict[str, object] = {"date": short_date(state.date), "place": short_place(state.place)}
    first |= {name: n for name, n in zip(TOLLS, state.figures, strict=True) if n is not None}
    first["status"] = state.status.value
    yield RevisionKind.REPORTED, "incident", None, first, f"first report by {source}"
    yield from _told_claims(claims)


def _values(state: State) -> dict[str, object]:
    return {
        **dict(zip(TOLLS, state.figures, strict=True)),
        "date": short_date(state.date),
        "place": short_place(state.place),
        "sub_event_type": state.type.value,
        "perpetrators": list(state.names),
        "status": state.status.value,
    }


def _decided(before: State, after: State, turn: _Turn) -> Iterator[Move]:
    """Yield the field that a decision sets, whether it moved or not, and all others that moved with it."""
    name = field_set(turn.decision)
    if name is None:
        yield RevisionKind.DECIDED, "incident", None, turn.decision.kind.value, turn.because
        return
    old, new = _values(before), _values(after)
    for key in old:
        if key == name or old[key] != new[key]:
            yield RevisionKind.DECIDED, key, old[key], new[key], turn.because


class _Beliefs:
    """What is believed after each telling, as they became known.

    An undated article comes last in telling order, however early it was known: what becomes known after it
    is told anew from the start, and all that one moment changes then is put down to one of its tellings.
    """

    def __init__(self, told: Sequence[Telling], begin: Callable[[], Belief]) -> None:
        self._told = told
        self._begin = begin
        self._known: list[int] = []
        self._claimed: set[tuple[ClaimKind, str]] = set()
        self.now = begin()

    def steps(self) -> Iterator[tuple[Telling, tuple[int, ...]]]:
        """Yield the tellings whose changes are told one by one, with the numbers of those each stands for."""
        told = self._told
        if all(one.at <= other.at for one, other in pairwise(told)):
            yield from ((t, (number,)) for number, t in enumerate(told))
            return
        last = -1
        numbers = sorted(range(len(told)), key=lambda number: told[number].at)
        for _, moment in groupby(numbers, key=lambda number: told[number].at):
            fresh = tuple(moment)
            if fresh[0] > last:
                yield from ((told[number], (number,)) for number in fresh)
            else:
                yield told[fresh[-1]], fresh
            last = max(last, fresh[-1])

    def take(self, fresh: tuple[int, ...]) -> Sequence[Claim]:
        """Take in the tellings of one step; return the claims that nobody told before."""
        known = self._known
        later = not known or fresh[0] > known[-1]
        known += fresh
        if later:
            claims = [claim for number in fresh for claim in self.now.tell(self._told[number])]
        else:
            known.sort()
            self.now = self._begin()
            claims = [claim for number in known for claim in self.now.tell(self._told[number])]
            claims = [claim for claim in claims if (claim.kind, fold(claim.by)) not in self._claimed]
        self._claimed.update((claim.kind, fold(claim.by)) for claim in claims)
        return claims


@dataclass(frozen=True, slots=True)
class Story:
    """The change story of an incident, and what holds at its end."""

    revisions: tuple[Revision, ...]
    belief: Belief
    state: State
    corrected: Corrections


def replay(
    told: Sequence[Telling],
    begin: Callable[[], Belief],
    decisions: Sequence[Decision] = (),
    as_of: datetime | None = None,
) -> Story:
    """Return the change story of tellings and decisions; `begin` gives a belief that holds nothing yet.

    One telling of "two killed", then "one of the wounded later died": the first report, then killed 2 -> 3
    and injured 3 -> 2 because one of the wounded died. Within one moment tellings come before decisions.
    """
    story: list[Revision] = []

    def add(moves: Iterable[Move], at: datetime, mention: str) -> None:
        for kind, name, old, new, why in moves:
            story.append(
                Revision(kind=kind, at=at, field=name, before=old, after=new, because=why, mention=mention)
            )

    turns = list(_turns(decisions, as_of)) if decisions else []
    turns.reverse()
    corrected = UNCORRECTED
    beliefs = _Beliefs(told, begin)
    state: State | None = None
    start = min(t.at for t in told)

    def decide(before: State) -> State:
        nonlocal corrected
        turn = turns.pop()
        corrected = turn.corrected
        after = beliefs.now.state(corrected)
        add(_decided(before, after, turn), max(turn.at, start), "")
        return after

    for t, numbers in beliefs.steps():
        while state is not None and turns and turns[-1].at < t.at:
            state = decide(state)
        claims = beliefs.take(numbers)
        after = beliefs.now.state(corrected)
        if state is None:
            add(_first(after, claims, t.source), t.at, t.mention.id)
        else:
            add(_figures(state, after, t, beliefs.now), t.at, t.mention.id)
            add(_moved(state, after, claims, t.source), t.at, t.mention.id)
        state = after
    assert state is not None
    while turns:
        state = decide(state)
    return Story(tuple(story), beliefs.now, state, corrected)
