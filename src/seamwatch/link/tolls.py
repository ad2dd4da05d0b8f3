"""How figures follow one another: raised, corrected, a wounded man dies; rivals stay as low and high."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from seamwatch.link.names import fold, words_of
from seamwatch.link.order import Telling, best_of
from seamwatch.link.rules import LinkRules
from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import Mention, Toll
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import Modality, Policy

NO_FIGURES: tuple[int | None, ...] = (None,) * len(TOLLS)
SAME_DEATH = timedelta(days=2)  # within which two voices that tell of a late death tell of the same one
RECALLED_AFTER = 2  # days after which a telling without all figures may only look back


class _Given(NamedTuple):
    """What one voice holds of one figure, and whether it only gives a bound ("dozens")."""

    best: int
    low: int
    high: int
    open: bool
    evidence: tuple[Evidence, ...]

    def moved(self, by: int, evidence: tuple[Evidence, ...]) -> _Given:
        """Return the figure after some deaths."""
        low, best, high = (max(0, n + by) for n in (self.low, self.best, self.high))
        return _Given(best, low, high, self.open, evidence)


_NOBODY = _Given(0, 0, 0, False, ())


@dataclass(slots=True)
class _Figure:
    """One figure of an incident.

    `newest` is the newest sure one, `giver` who gave it; `rivals` what voices hold that no later figure has
    overtaken; `voices` what each voice gave last; `last` what was told last.
    """

    newest: _Given
    giver: str
    last: _Given
    rivals: dict[str, _Given]
    voices: dict[str, _Given]

    def hear(self, voice: str, given: _Given) -> None:
        """Note what a voice says now."""
        self.rivals[voice] = given
        self.voices.pop(voice, None)
        self.voices[voice] = given  # the last one told stands last


def toll_words(mention: Mention, rules: LinkRules) -> frozenset[str]:
    """Return which of corrected, withdrawn and died_later a telling's passages say."""
    quotes = dict.fromkeys(e.quote for e in mention.evidence)
    for toll in (mention.killed, mention.injured):
        quotes |= dict.fromkeys(e.quote for e in (toll.evidence if toll else ()))
    found: set[str] = set()
    for quote in quotes:
        found |= rules.find_groups(words_of(quote))
    said = {group for group in found if rules.layers[group] == "toll"}
    deaths = mention.killed.evidence if mention.killed else ()
    if any(rules.late_death.search(fold(e.quote)) for e in deaths):
        said.add("died_later")
    return frozenset(said)


def tolls_of(mention: Mention) -> list[tuple[str, Toll]]:
    """Return the tolls that a mention gives, by name."""
    tolls = (mention.killed, mention.injured, mention.missing, mention.abducted)
    return [(name, toll) for name, toll in zip(TOLLS, tolls, strict=True) if toll is not None]


def _given(toll: Toll, best: int) -> _Given:
    low = toll.low if toll.low is not None else best
    high = toll.high if toll.high is not None else best
    return _Given(best, low, high, toll.best is None, toll.evidence)


def _looks_back(t: Telling) -> bool:
    """Return whether a telling only recalls the incident: days later, and not all of its figures."""
    mention, told = t.mention, t.sourced.article.published
    if mention.date is None or told is None or (mention.killed and mention.injured):
        return False
    return (told - mention.date.end).days >= RECALLED_AFTER


class TollStory:
    """The figures of one incident while its tellings come in, in telling order.

    What only the group itself says never is a figure where others give one: it stays as low or high. A later
    article that only recalls a lower figure changes nothing. A wounded man who dies is no conflict: what
    others said of the wounded and the dead moves with him. A bound ("dozens") gives way to a number.

    UCDP: the newest figure; what others still hold, and it has not overtaken, as low and high. CONSERVATIVE:
    the lowest of what each voice told last. LATEST: the figure told last. CORROBORATED: the figure that most
    voices told last; of equals that of UCDP, else the one told last.
    """

    __slots__ = (
        "_claimed",
        "_deaths",
        "_figures",
        "_policy",
        "_rules",
        "_said",
        "corrected",
        "died",
        "figures",
    )

    def __init__(self, rules: LinkRules, policy: Policy = Policy.UCDP) -> None:
        self._rules = rules
        self._policy = policy
        self._figures: dict[str, _Figure] = {}
        self._claimed: dict[str, _Figure] = {}
        self.died = 0  # how many of the wounded the last telling says have died
        self.corrected = False  # whether the last telling says that it corrects
        self.figures = NO_FIGURES  # what holds, as in TOLLS
        self._said: frozenset[str] | None = None
        self._deaths: list[tuple[int, Telling]] = []

    def tell(self, t: Telling) -> None:
        """Take in one telling."""
        self.died, self.corrected, self._said = 0, False, None
        given = {
            field: _given(toll, best)
            for field, toll in tolls_of(t.mention)
            if (best := best_of(toll)) is not None
        }
        if not given:
            return
        if t.mention.modality is Modality.CLAIMED:
            for field, figure in given.items():
                self._take(self._claimed, field, figure, t)
        else:
            self._weigh(given, t)
        self.figures = tuple(map(self._best, TOLLS))

    def _says(self, t: Telling, word: str) -> bool:
        """Return whether the telling that is taken in says one of the words of `toll_words`."""
        if self._said is None:
            self._said = toll_words(t.mention, self._rules)
        return word in self._said

    def _weigh(self, given: dict[str, _Given], t: Telling) -> None:
        """Take in the figures of one telling that is not the group's own."""
        hurt = self._figures.get("injured")
        if hurt and "killed" in given:
            held = self._figures.get("killed")
            killed = held.newest if held else _NOBODY
            if "injured" in given:
                rise = given["killed"].best - killed.best
                if rise > 0 and hurt.newest.best - given["injured"].best == rise:
                    self.died = rise
            else:
                self.died = self._late_deaths(t, given["killed"].best, killed.best, hurt.newest.best)
            evidence = given["killed"].evidence
            partial = "injured" not in given and given["killed"].best < killed.best
            if partial and self.died and self._told_before(t):
                given["killed"], self.died = killed.moved(0, evidence), 0
            elif self.died:
                if "injured" not in given:
                    given["killed"] = killed.moved(self.died, evidence)
                    given["injured"] = hurt.newest.moved(-self.died, evidence)
                self._move_others(t.voice, killed, evidence)
                self._deaths.append((self.died, t))
        for field, figure in given.items():
            self._take(self._figures, field, figure, t)

    def _late_deaths(self, t: Telling, count: int, dead: int, hurt: int) -> int:
        """Return how many of the wounded a telling says have died, where it says no more than that.

        "A wounded officer died in hospital" gives one dead; after a report of two dead and three
        wounded that makes three dead and two wounded, not one dead.
        """
        died = count if count < dead else count - dead
        if not 0 < died <= hurt or count == dead:
            return 0
        return died if self._says(t, "died_later") else 0

    def _told_before(self, t: Telling) -> bool:
        """Return whether another voice told just before that as many of the wounded died: the same ones.

        "A wounded officer died" in a second outlet of that day is no second death.
        """
        return any(
            died == self.died and other.voice != t.voice and t.at - other.at <= SAME_DEATH
            for died, other in self._deaths
        )

    def _move_others(self, voice: str, before: _Given, evidence: tuple[Evidence, ...]) -> None:
        """Move what other voices hold along with those who died; a higher count of the dead stays."""
        for field, by in (("killed", self.died), ("injured", -self.died)):
            figure = self._figures.get(field)
            for table in (figure.rivals, figure.voices) if figure else ():
                for other, held in table.items():
                    if other != voice and (by < 0 or held.best <= before.best):
                        table[other] = held.moved(by, evidence)

    def _take(self, figures: dict[str, _Figure], field: str, given: _Given, t: Telling) -> None:
        """Weigh one figure against what is held of it."""
        voice = t.voice
        held = figures.get(field)
        if held is None:
            figures[field] = _Figure(given, voice, given, {voice: given}, {voice: given})
            return
        best, before = given.best, held.newest.best
        if given.open and not held.newest.open and best < before:
            return  # "dozens" after "31 dead" says nothing new
        held.last = given
        exact = held.newest.open and not given.open
        if best == before and not exact:
            held.hear(voice, given)
            return
        if best < before and not exact and not self.died:
            corrected = self._says(t, "corrected")
            if not corrected and voice != held.giver and _looks_back(t):
                return
            if corrected:
                self.corrected = True
                held.rivals.clear()
        elif best > before:
            held.rivals = {v: r for v, r in held.rivals.items() if r.high > best or v == voice}
        if exact:
            held.rivals = {v: r for v, r in held.rivals.items() if not r.open}
            held.voices = {v: r for v, r in held.voices.items() if not r.open}
        held.hear(voice, given)
        held.newest, held.giver = given, voice

    def _best(self, field: str) -> int | None:
        held = self._figures.get(field) or self._claimed.get(field)
        return None if held is None else self._chosen(held).best

    def _chosen(self, held: _Figure) -> _Given:
        policy = self._policy
        if policy is Policy.UCDP:
            return held.newest
        if policy is Policy.LATEST:
            return held.last
        if policy is Policy.CONSERVATIVE:
            return min(held.voices.values(), key=lambda g: g.best)
        counts: dict[int, int] = {}
        for given in held.voices.values():
            counts[given.best] = counts.get(given.best, 0) + 1
        most = max(counts.values())
        if counts.get(held.newest.best) == most:
            return held.newest
        told = [given for given in held.voices.values() if counts[given.best] == most]
        return told[-1]

    def toll(self, field: str) -> Toll | None:
        """Return the figure that holds, with the rival ones as low and high."""
        sure, claimed = self._figures.get(field), self._claimed.get(field)
        held = sure or claimed
        if held is None:
            return None
        chosen = self._chosen(held)
        if len(held.voices) == 1 and held.last is chosen and not (sure and claimed):
            return Toll(low=chosen.low, best=chosen.best, high=chosen.high, evidence=chosen.evidence)
        wide = self._policy in (Policy.CONSERVATIVE, Policy.CORROBORATED)
        rivals = list((held.voices if wide else held.rivals).values())
        if sure and claimed:
            rivals += claimed.voices.values()
        return Toll(
            low=min([chosen.best, *(r.low for r in rivals)]),
            best=chosen.best,
            high=max([chosen.best, *(r.high for r in rivals)]),
            evidence=chosen.evidence,
        )
