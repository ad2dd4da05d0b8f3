"""What is believed of an incident while its tellings come in, and what a person's decisions make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from seamwatch.link.compare import Where
from seamwatch.link.corrections import Corrections
from seamwatch.link.fields import ActorField, ClaimField, DateField, TypeField
from seamwatch.link.order import Telling, best_of
from seamwatch.link.rules import LinkRules
from seamwatch.link.standing import StatusField
from seamwatch.link.tolls import NO_FIGURES, TollStory
from seamwatch.link.whereabouts import Fits, PlaceField
from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import Actor, Claim, Toll
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import Policy, Status

NOWHERE = Where()


class State(NamedTuple):
    """What holds at one moment: of the perpetrators their names, of the tolls (as in TOLLS) the figures."""

    type: SubEventType
    date: TimeRange | None
    place: Place | None
    names: tuple[str, ...]
    status: Status
    figures: tuple[int | None, ...]


class Belief:
    """The fields of an incident, each by one policy, while its tellings come in, in telling order.

    Only tellings that count make them; where none counts, those that deny or foil it. `wheres` are the
    tellings' places for comparison by the mention's id.
    """

    def __init__(self, rules: LinkRules, policy: Policy, wheres: Mapping[str, Where], fits: Fits) -> None:
        self._rules = rules
        self._policy = policy
        self._wheres = wheres
        self._fits = fits
        self._counting = self._told = False
        self._status = StatusField(rules)
        self._claims = ClaimField()
        self._begin()

    def _begin(self) -> None:
        self._type = TypeField(self._policy)
        self._date = DateField(self._policy)
        self._place = PlaceField(self._policy, self._fits)
        self._actors = ActorField(self._policy)
        self.tolls = TollStory(self._rules, self._policy)

    def tell(self, t: Telling) -> Sequence[Claim]:
        """Take in one telling; return the claims that nobody told before."""
        if t.counts and not self._counting:
            self._counting = True
            if self._told:
                self._begin()
        self._told = True
        if t.counts or not self._counting:
            self._type.tell(t)
            self._date.tell(t)
            self._place.tell(t, self._wheres.get(t.mention.id, NOWHERE))
            self._actors.tell(t)
            self.tolls.tell(t)
        self._status.tell(t)
        return self._claims.tell(t)

    def state(self, corrected: Corrections) -> State:
        """Return what holds; what a person set wins over everything told.

        An incident that is retracted holds no figures but corrected ones: what was told stays a
        disagreement.
        """
        status = corrected.status or self._status.value
        gone = status is Status.RETRACTED
        figures = NO_FIGURES if gone else self.tolls.figures
        if not corrected.given:
            return State(
                self._type.value, self._date.value, self._place.value, self._actors.names, status, figures
            )
        given, tolls = corrected.given, corrected.tolls
        return State(
            corrected.sub_event_type or self._type.value,
            corrected.date if "date" in given else self._date.value,
            corrected.place if "place" in given else self._place.value,
            tuple(a.name for a in corrected.perpetrators) if "perpetrators" in given else self._actors.names,
            status,
            tuple(best_of(tolls[n]) if n in tolls else f for n, f in zip(TOLLS, figures, strict=True)),
        )

    def toll(self, name: str, state: State, corrected: Corrections) -> Toll | None:
        """Return a toll with its low, high and passages."""
        if name in corrected.tolls:
            return corrected.tolls[name]
        return None if state.status is Status.RETRACTED else self.tolls.toll(name)

    def actors(self, corrected: Corrections) -> tuple[Actor, ...]:
        """Return the perpetrators with their passages."""
        return corrected.perpetrators if "perpetrators" in corrected.given else self._actors.actors()

    def claims(self) -> tuple[Claim, ...]:
        """Return all claims, denials and accusations with their passages."""
        return self._claims.claims()
