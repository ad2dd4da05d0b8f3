"""Roles around a trigger: who did it, what was hit, with what; from the dependency tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.extract.things import Thing, noun_phrase, noun_phrase_with_of, plain_name
from seamwatch.extract.triggers import HARM, Trigger
from seamwatch.model.incident import Actor, Target, Weapon
from seamwatch.model.reading import ActorMention, Reading
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import ActorKind, Certainty, TargetKind, VictimGroup

if TYPE_CHECKING:
    from spacy.tokens import Token

_SUBJECT = ("nsubj", "csubj")
_PASSIVE = ("nsubjpass",)
_TARGET_PREPS = frozenset("against on at upon toward towards into beside near under beneath inside".split())
_NEAR_PREPS = frozenset("aboard under beneath beside underneath inside near outside against at next".split())
_SUSPECT = frozenset("suspected alleged believed presumed".split())
_DOING = frozenset(
    "carried carry carrying carries launched launch launches launching conducted conduct staged stage "
    "mounted mount committed executed waged led made perpetrated undertook undertaken "
    "fire fired fires firing threw throw throws thrown hurled lobbed tossed detonated detonate detonates "
    "planted plant plants planting dropped drop drops used use uses set triggered laid placed attached "
    "exploded".split()
)
_INSTRUMENTS = frozenset("bombing explosion blast attack raid strike ambush assault shelling".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What a sentence says of the parts in one event."""

    perpetrators: tuple[Actor, ...] = ()
    targets: tuple[Target, ...] = ()
    weapons: tuple[Weapon, ...] = ()
    armed_target: bool = False
    civilian_target: bool = False


def _conjuncts(token: Token) -> list[Token]:
    return [token, *token.conjuncts]


def _verb_of(token: Token) -> Token:
    """Return the verb that governs a token (itself where it is one)."""
    while token.head.i != token.i and not token.tag_.startswith("VB"):
        token = token.head
    return token


def _subject(verb: Token) -> list[Token]:
    """Return the agent of a verb: its active subject, its by-phrase, or its head's subject for "-ing"."""
    agents = [t for t in verb.lefts if t.dep_ in _SUBJECT]
    for child in verb.rights:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            agents += [t for t in child.rights if t.dep_ == "pobj"]
    passive = any(t.dep_ in _PASSIVE or t.dep_ == "auxpass" for t in verb.lefts)
    if (
        not agents
        and not passive
        and verb.dep_ in ("conj", "advcl", "xcomp", "ccomp")
        and verb.head.tag_[:2] == "VB"
    ):
        return _subject(verb.head)
    if not agents and verb.dep_ in ("relcl", "acl") and verb.tag_ != "VBN":
        agents = [verb.head]
    if agents and agents[0].lower_ in ("who", "which", "that") and verb.dep_ == "relcl":
        agents = [verb.head]
    return agents


def _objects(verb: Token) -> list[Token]:
    """Return what a verb acts on: its object, or its subject where it is passive."""
    objects = [t for t in verb.rights if t.dep_ in ("dobj", "obj")]
    objects += [t for t in verb.lefts if t.dep_ in _PASSIVE]
    if verb.dep_ == "acl" and verb.tag_ == "VBN":
        objects.append(verb.head)
    return objects


def _of(noun: Token, preps: frozenset[str]) -> list[Token]:
    return [
        t
        for child in noun.rights
        if child.dep_ in ("prep", "agent") and child.lower_ in preps
        for t in child.rights
        if t.dep_ == "pobj"
    ]


class RoleFinder:
    """Finds the roles of one event in one parsed sentence."""

    def __init__(self, parsed: ParsedSentence, reading: Reading, things: dict[int, Thing]) -> None:
        self._parsed = parsed
        self._doc = parsed.doc
        self._things = things
        self._actors: dict[int, ActorMention] = {}
        self._actor_span: dict[int, tuple[int, int]] = {}
        for actor in reading.actors:
            tokens = parsed.tokens_in(actor.span)
            if tokens is not None:
                for token in tokens:
                    self._actors[token.i] = actor
                    self._actor_span[token.i] = (tokens.start, tokens.end - 1)

    def roles(self, triggers: tuple[Trigger, ...]) -> Roles:
        """Return the roles around all triggers of one event, best evidence first."""
        perpetrators: dict[str, Actor] = {}
        targets: dict[str, Target] = {}
        armed = civilian = False
        for trigger in triggers:
            agents, themes = self._arguments(trigger)
            for token in (c for t in agents for c in _conjuncts(t)):
                actor = self._perpetrator(token)
                if actor is not None:
                    perpetrators.setdefault(actor.name.lower(), actor)
            for token in (c for t in themes for c in _conjuncts(t)):
                target = self._target(token)
                if target is None:
                    continue
                targets.setdefault(target.name.lower(), target)
                seen = self._side_of(token)
                armed = armed or seen in (VictimGroup.STATE, VictimGroup.NONSTATE) or self._armed(token)
                civilian = civilian or (target.kind is TargetKind.HUMAN and not armed)
        for name in set(perpetrators) & set(targets):
            del targets[name]
        if not targets and any(not t.noun or t.word.strength > 1 for t in triggers):
            targets = {t.name.lower(): t for t in self._struck()}
        return Roles(
            perpetrators=tuple(perpetrators.values()),
            targets=tuple(targets.values()),
            weapons=self.weapons(),
            armed_target=armed,
            civilian_target=civilian and not armed,
        )

    def _struck(self) -> list[Target]:
        """Return the things that a sentence names as struck without being a verb's object.

        "It wounded two people aboard a vehicle to which a device was attached" gives the vehicle.
        """
        found = []
        for index, thing in self._things.items():
            token = self._doc[index]
            if "physical" not in thing.gives or "weapon" in thing.gives or token.dep_ != "pobj":
                continue
            if token.head.lower_ in _NEAR_PREPS:
                target = self._target(token)
                if target is not None:
                    found.append(target)
        return found

    def _arguments(self, trigger: Trigger) -> tuple[list[Token], list[Token]]:
        token = self._doc[trigger.head]
        if not trigger.noun:
            verb = _verb_of(token)
            themes = _objects(verb) if trigger.word.gives != HARM else []
            if trigger.word.gives != HARM:
                themes += [
                    t
                    for c in verb.rights
                    if c.dep_ == "prep" and c.lower_ in _TARGET_PREPS
                    for t in c.rights
                    if t.dep_ == "pobj"
                ]
            return _subject(verb), themes
        agents = _of(token, frozenset(("by",)))
        # "a Turkish strike" names who did it; "a police bombing" whom it hit.
        agents += [t for t in token.lefts if t.dep_ in ("poss", "compound", "amod") and not self._forces(t)]
        themes = _of(token, _TARGET_PREPS | {"of"})
        if token.dep_ in ("nsubj",) and token.head.tag_.startswith("VB"):
            themes += _objects(token.head)
        elif token.dep_ in ("dobj", "pobj"):
            verb = _verb_of(token)
            if verb.lower_ in _DOING:
                agents += [t for t in _subject(verb) if t.i != token.i]
        return agents, themes

    def _forces(self, token: Token) -> bool:
        """Return whether a noun is a body of state in general: police, army, security forces."""
        thing = self._things.get(token.i)
        return thing is not None and "armed" in thing.gives and "group" not in thing.gives

    def _perpetrator(self, token: Token) -> Actor | None:
        """Return the perpetrator that a noun names: a known actor or an unnamed group."""
        thing = self._things.get(token.i)
        actor = self._actors.get(token.i)
        # "Islamic State gunmen", "Turkish artillery", but not "a police pickup"
        if actor is None and thing is not None and thing.gives != "physical":
            actor = next((self._actors[t.i] for t in token.lefts if t.i in self._actors), None)
        group = thing is not None and "group" in thing.gives
        if actor is None:
            # "militants of ISIS", "four members of the Islamic State", "a group of ISIS terrorists"
            inner = _of(token, frozenset(("of",)))
            near = [n for t in inner for n in (t, *t.lefts)]
            known = next((self._actors[t.i] for t in near if t.i in self._actors), None)
            if (
                known is None
                and not group
                and not any((th := self._things.get(t.i)) is not None and "group" in th.gives for t in inner)
            ):
                return None
            actor = known
        if actor is not None and actor.outlet:
            return None
        first, last = noun_phrase(token)
        words = {t.lower_ for t in self._doc[first : last + 1]}
        certainty = Certainty.SUSPECTED if words & _SUSPECT else Certainty.ASSERTED
        evidence = self._parsed.evidence(first, last, "roles.perpetrator")
        if actor is not None:
            return Actor(name=actor.name, kind=actor.kind, certainty=certainty, evidence=(evidence,))
        kind = (
            ActorKind.INDIVIDUAL
            if token.tag_ == "NN"
            and not token.lower_.endswith(("group", "men", "cell", "squad", "faction", "gang"))
            else ActorKind.GROUP
        )
        return Actor(name=plain_name(evidence.quote), kind=kind, certainty=certainty, evidence=(evidence,))

    def _side_of(self, token: Token) -> VictimGroup | None:
        near = [token, *token.lefts, *_of(token, frozenset(("of",)))]
        return next((self._actors[t.i].side for t in near if t.i in self._actors), None)

    def _armed(self, token: Token) -> bool:
        near = [token, *token.lefts, *_of(token, frozenset(("of",)))]
        return any((th := self._things.get(t.i)) is not None and "armed" in th.gives for t in near)

    def _target(self, token: Token) -> Target | None:
        """Return the target that a noun names, or None where it is a weapon, a time or a pronoun."""
        thing = self._things.get(token.i)
        if token.tag_[:2] not in ("NN",) or (thing is not None and thing.gives == "weapon"):
            return None
        if token.lower_ in _INSTRUMENTS or token.ent_type_ or self._is_time(token):
            return None
        physical = thing is not None and "physical" in thing.gives
        actor = token.i in self._actors
        human = (thing is not None and ("armed" in thing.gives or "group" in thing.gives)) or actor
        if not (physical or human):
            return None
        first, last = noun_phrase(token)
        name_first, name_last = noun_phrase_with_of(token)
        evidence: tuple[Evidence, ...] = (self._parsed.evidence(first, last, "roles.target"),)
        name = plain_name(evidence[0].quote)
        if (name_first, name_last) != (first, last):
            evidence += (self._parsed.evidence(name_first, name_last, "roles.target"),)
        return Target(
            name=name, kind=TargetKind.PHYSICAL if physical else TargetKind.HUMAN, evidence=evidence
        )

    def _weapon_start(self, thing: Thing) -> int:
        """Return where a weapon's phrase begins: article, number and adjectives, but no owner or actor."""
        first = thing.first
        while first > 0:
            left = self._doc[first - 1]
            if left.i in self._actors or left.dep_ not in ("det", "nummod", "amod", "quantmod"):
                break
            if left.tag_ in ("NNP", "NNPS") or left.lower_ in _SUSPECT:
                break
            first -= 1
        return first

    def _is_time(self, token: Token) -> bool:
        return token.lower_ in _TIME_WORDS

    def weapons(self) -> tuple[Weapon, ...]:
        """Return the weapons that a sentence names, each as its shortest noun phrase."""
        found: dict[str, Weapon] = {}
        for index, thing in self._things.items():
            if thing.gives != "weapon":
                continue
            token = self._doc[index]
            if token.tag_[:2] != "NN" and token.tag_ not in ("CD", "VBG"):
                continue
            first = thing.first
            if not (token.dep_ in ("compound", "amod") and token.head.tag_[:2] == "NN"):
                first = self._weapon_start(thing)
            evidence = self._parsed.evidence(first, index, "roles.weapon")
            name = plain_name(evidence.quote)
            found.setdefault(thing.phrase, Weapon(name=name, evidence=(evidence,)))
        return tuple(found.values())


_TIME_WORDS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday morning evening night noon dawn afternoon "
    "midnight week month year day hour time yesterday today".split()
)
