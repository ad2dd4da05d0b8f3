"""What a person decides: named incidents resolved, the decision stored, and what it touches linked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seamwatch.errors import InputError, UnknownIdError
from seamwatch.model.decision import Decision, standing
from seamwatch.model.incident import Incident
from seamwatch.vocabulary.codes import DecisionKind, Verdict

if TYPE_CHECKING:
    from seamwatch.link.decisions import Contradiction
    from seamwatch.store.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision changed.

    `before` are the incidents that it was about, `after` all that linking changed or left of them, both
    by id. `contradictions` are those that it brought up, `overridden` earlier decisions that said
    otherwise of one of its pairs. `kept` is False after a dry run: nothing was stored.
    """

    decision: Decision
    before: tuple[Incident, ...] = ()
    after: tuple[Incident, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    overridden: tuple[Decision, ...] = ()
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What a user's id leads to: an incident, and the mention where it was one that was named."""

    incident: Incident
    mention: str | None = None

    @property
    def mentions(self) -> tuple[str, ...]:
        """Return all mentions of the incident, the named one first."""
        ids = tuple(m.mention.id for m in self.incident.mentions)
        return ids if self.mention is None else (self.mention, *(i for i in ids if i != self.mention))


class _DryRunError(Exception):
    """Leaves a transaction, so that nothing of it is kept."""


class Decider:
    """Stores one person's decisions, each in one transaction with all that follows from it.

    The ids that a user gives, of incidents or of mentions, are resolved inside that transaction: whoever
    else decides at the same time, nothing is decided about what is no longer so. StoreError and InputError
    leave the store as it was.
    """

    def __init__(self, store: Store, *, by: str, dry_run: bool = False) -> None:
        """Take who decides; with `dry_run` every decision is taken back at once."""
        self._store = store
        self._by = " ".join(by.split())
        self._dry_run = dry_run
        if not self._by:
            raise InputError("who decides? give your name with --by, or set SEAMWATCH_USER")

    def confirm(self, incident: str, *, why: str = "") -> Decided:
        """Store that an incident happened as the record has it; return what that changed."""
        return self._decide(lambda: self._about_one(DecisionKind.CONFIRM, incident, why))

    def retract(self, incident: str, *, why: str = "") -> Decided:
        """Store that an incident did not happen; return what that changed."""
        return self._decide(lambda: self._about_one(DecisionKind.RETRACT, incident, why))

    def correct(self, incident: str, field: str, value: object, *, why: str = "") -> Decided:
        """Store the right value (JSON) of an incident's field; return what that changed.

        ShapeError or InputError where the field can't be corrected or the value is none of its kind.
        """
        from seamwatch.link.corrections import parse_correction

        parse_correction(field, value)
        return self._decide(
            lambda: replace(
                self._about_one(DecisionKind.CORRECT, incident, why),
                field=field,
                value=value,
            )
        )

    def same(self, one: str, other: str, *, why: str = "") -> Decided:
        """Store that two incidents, or the incidents of two mentions, are one; return what that changed."""
        return self._decide(lambda: self._same(one, other, why))

    def different(self, one: str, other: str, *, why: str = "") -> Decided:
        """Store that two mentions, or two incidents, are not one; return what that changed."""
        return self._decide(lambda: self._pair(DecisionKind.DIFFERENT, one, other, why))

    def unsure(self, one: str, other: str, *, why: str = "") -> Decided:
        """Store that it can't be told whether two are one; return what that changed."""
        return self._decide(lambda: self._pair(DecisionKind.UNSURE, one, other, why))

    def merge(self, incidents: Sequence[str], *, why: str = "") -> Decided:
        """Store that all these incidents are one, whatever was decided before; return what that changed."""
        return self._decide(lambda: self._merge(incidents, why))

    def split(self, incident: str, mentions: Sequence[str], *, why: str = "") -> Decided:
        """Store that these mentions of an incident tell another one; return what that changed."""
        return self._decide(lambda: self._split(incident, mentions, why))

    def undo(self, number: int, *, why: str = "") -> Decided:
        """Store that an earlier decision no longer holds; return what that changed."""
        return self._decide(lambda: self._new(DecisionKind.UNDO, why=why, undoes=number))

    # --- one decision

    def _decide(self, make: Callable[[], Decision]) -> Decided:
        try:
            with self._store.transaction():
                done = self._done(make())
                if self._dry_run:
                    raise _DryRunError
        except _DryRunError:
            return replace(done, kept=False)
        return done

    def _done(self, made: Decision) -> Decided:
        """Store a decision and link again; the caller holds the transaction."""
        from seamwatch.link.decisions import contradictions_of
        from seamwatch.pipeline.linking import relink

        store = self._store
        # First of all: it refuses what can't be undone.
        decision = store.add_decision(made)
        named = _mentions_of(decision)
        if decision.undoes is not None:
            named = _mentions_of(store.decision(decision.undoes))
        before = self._incidents(named)
        touched = dict.fromkeys((*named, *(m.mention.id for i in before for m in i.mentions)))
        connected = connected_decisions(store, touched)
        earlier = standing(tuple(d for d in connected if d.number != decision.number))
        known = {_numbers(c) for c in contradictions_of(earlier)}
        change = relink(store, tuple(touched))
        left = dict.fromkeys((*change.incidents, *store.incidents_of(touched).values()))
        return Decided(
            decision=decision,
            before=before,
            after=tuple(store.incident(i) for i in sorted(left)),
            contradictions=tuple(
                c for c in contradictions_of(standing(connected)) if _numbers(c) not in known
            ),
            overridden=_overridden(decision, earlier),
        )

    def _incidents(self, mention_ids: Iterable[str]) -> tuple[Incident, ...]:
        ids = self._store.incidents_of(mention_ids).values()
        return tuple(self._store.incident(i) for i in sorted(set(ids)))

    def _new(
        self,
        kind: DecisionKind,
        mentions: Iterable[str] = (),
        others: Iterable[str] = (),
        *,
        why: str,
        undoes: int | None = None,
    ) -> Decision:
        return Decision(
            kind=kind,
            mentions=tuple(mentions),
            others=tuple(others),
            by=self._by,
            at=datetime.now(UTC),
            why=" ".join(why.split()),
            undoes=undoes,
        )

    # --- what the user names

    def _named(self, written: str) -> _Named:
        """Return what an id leads to; UnknownIdError where that is no incident and no mention of one."""
        written = written.strip()
        try:
            return _Named(incident=self._store.incident(written))
        except UnknownIdError as unknown:
            mention = self._store.standing_in([written])[written]
            if not self._store.mentions([mention]):
                raise UnknownIdError(
                    f"no incident and no mention {written}: `seamwatch incidents` lists the incidents, "
                    "`seamwatch incidents --format json` their mentions"
                ) from unknown
        owner = self._store.incidents_of([mention]).get(mention)
        if owner is None:
            raise InputError(
                f"mention {written} is part of no incident: what it tells is planned, background or the "
                "like, and is not linked"
            )
        return _Named(incident=self._store.incident(owner), mention=mention)

    def _about_one(self, kind: DecisionKind, written: str, why: str) -> Decision:
        return self._new(kind, self._named(written).mentions, why=why)

    def _merge(self, written: Sequence[str], why: str) -> Decision:
        named = [self._named(name) for name in written]
        distinct = {n.incident.id: n for n in reversed(named)}
        if len(distinct) < 2:
            raise InputError(f"{' and '.join(written)} lead to one incident already: name two to merge")
        first = named[0]
        others = (m for n in named if n is distinct[n.incident.id] and n is not first for m in n.mentions)
        return self._new(
            DecisionKind.MERGE,
            first.mentions,
            (m for m in dict.fromkeys(others) if m not in first.mentions),
            why=why,
        )

    def _same(self, one: str, other: str, why: str) -> Decision:
        left, right = self._two(one, other)
        if left.incident.id == right.incident.id:
            if left.mention is None or right.mention is None:
                raise InputError(f"{one} and {other} lead to one incident already")
            # Both in one already: this holds them together, and says nothing of the rest.
            return self._new(DecisionKind.SAME, [left.mention], [right.mention], why=why)
        mentions, others = left.mentions, right.mentions
        if left.mention is None or right.mention is None:
            mentions, others = _first_named(mentions, others, self._best_pair(left, right))
        elif self._held_apart(mentions, others):
            # Who says that two tellings are one does not say it of all that the rules put beside them,
            # least where somebody held those apart.
            mentions, others = mentions[:1], others[:1]
        return self._new(DecisionKind.SAME, mentions, others, why=why)

    def _held_apart(self, mentions: tuple[str, ...], others: tuple[str, ...]) -> bool:
        """Return whether a person held two mentions across for different."""
        from seamwatch.link.decisions import holding

        held = holding(standing(connected_decisions(self._store, (*mentions, *others))))
        apart = {pair for pair, (verdict, _) in held.items() if verdict is Verdict.DIFFERENT}
        return any((min(a, b), max(a, b)) in apart for a in mentions for b in others)

    def _pair(self, kind: DecisionKind, one: str, other: str, why: str) -> Decision:
        left, right = self._two(one, other)
        if left.mention is not None and right.mention is not None:
            return self._new(kind, [left.mention], [right.mention], why=why)
        if left.incident.id == right.incident.id:
            raise InputError(
                f"{one} and {other} lead to one incident: name two of its mentions, or part it with "
                f"seamwatch decide split {left.incident.id} MENTION..."
            )
        first, second = self._best_pair(left, right)
        return self._new(kind, [first], [second], why=why)

    def _two(self, one: str, other: str) -> tuple[_Named, _Named]:
        left, right = self._named(one), self._named(other)
        if left.mention is not None and left.mention == right.mention:
            raise InputError(f"{one} and {other} are one mention: name two")
        return left, right

    def _best_pair(self, left: _Named, right: _Named) -> tuple[str, str]:
        """Return the two mentions of two incidents that are likest; a mention that was named stays."""
        ones = left.mentions if left.mention is None else (left.mention,)
        others = right.mentions if right.mention is None else (right.mention,)
        across = {
            pair: link.odds
            for link in self._store.links_of(ones)
            for pair in ((link.left, link.right), (link.right, link.left))
            if pair[0] in ones and pair[1] in others
        }
        return min(across, key=lambda pair: (-across[pair], pair)) if across else (ones[0], others[0])

    def _split(self, written: str, mentions: Sequence[str], why: str) -> Decision:
        incident = self._named(written).incident
        told = [m.mention.id for m in incident.mentions]
        parted = [self._store.standing_in([name.strip()])[name.strip()] for name in mentions]
        for name, mention in zip(mentions, parted, strict=True):
            if mention not in told:
                raise InputError(f"{name} is no mention of {incident.id}; that has: {', '.join(told)}")
        rest = [name for name in told if name not in parted]
        if not rest:
            raise InputError(f"these are all mentions of {incident.id}: name only those to part off")
        return self._new(DecisionKind.SPLIT, dict.fromkeys(parted), rest, why=why)


def _mentions_of(decision: Decision) -> tuple[str, ...]:
    return (*decision.mentions, *decision.others)


def _numbers(contradiction: Contradiction) -> tuple[int, ...]:
    return tuple(d.number for d in contradiction.decisions)


def _first_named(
    mentions: tuple[str, ...], others: tuple[str, ...], pair: tuple[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return both sides with the mentions of a pair first."""
    one, other = pair
    return (one, *(m for m in mentions if m != one)), (other, *(m for m in others if m != other))


def _overridden(decision: Decision, earlier: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the earlier decisions that said the contrary of a pair that a decision is about."""
    from seamwatch.link.decisions import holding, pairs_of

    held = holding(earlier)
    found: dict[int, Decision] = {}
    for pair, verdict in pairs_of(decision):
        said, by = held.get(pair, (verdict, decision))
        if said is not verdict and Verdict.UNSURE not in (said, verdict):
            found[by.number] = by
    return tuple(found[number] for number in sorted(found))


def connected_decisions(store: Store, mention_ids: Iterable[str]) -> tuple[Decision, ...]:
    """Return all decisions that concern these mentions, or mentions that such decisions name, by number."""
    known = set(mention_ids)
    fresh = set(known)
    found: dict[int, Decision] = {}
    while fresh:
        reached = {d.number: d for d in store.decisions_about(fresh)}
        found |= reached
        fresh = {name for d in reached.values() for name in _mentions_of(d)} - known
        known |= fresh
    return tuple(found[number] for number in sorted(found))
