"""How figures follow one another: raised, corrected, a wounded man dies; rivals stay as low and high."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.link.names import words_of
from seamwatch.link.order import best_of, name_of, voice_of
from seamwatch.link.rules import LinkRules
from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import Mention, SourcedMention, Toll
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import Modality

RECALLED_AFTER = 2  # days after which a telling without all figures may only look back


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure that a telling moved, and why in plain words."""

    field: str
    before: int | None
    after: int
    because: str


@dataclass(slots=True)
class _Figure:
    """What is held of one field: the figure, who gave it, and what every voice holds."""

    best: int
    giver: str
    claimed: bool
    evidence: tuple[Evidence, ...]
    voices: dict[str, tuple[int, int]]


def toll_words(mention: Mention, rules: LinkRules) -> frozenset[str]:
    """Return which of corrected, withdrawn and died_later a telling's passages say."""
    quotes = {e.quote for e in mention.evidence}
    for toll in (mention.killed, mention.injured):
        quotes.update(e.quote for e in (toll.evidence if toll else ()))
    found: set[str] = set()
    for quote in quotes:
        found |= rules.find_groups(words_of(quote))
    return frozenset(g for g in found if rules.layers[g] == "toll")


def _looks_back(sourced: SourcedMention) -> bool:
    """Return whether a telling only recalls the incident: days later, and not all of its figures."""
    mention, told = sourced.mention, sourced.article.published
    if mention.date is None or told is None or (mention.killed and mention.injured):
        return False
    return (told - mention.date.end).days >= RECALLED_AFTER


class TollStory:
    """The figures of one incident while its tellings come in, in telling order."""

    def __init__(self, rules: LinkRules) -> None:
        self._rules = rules
        self._held: dict[str, _Figure] = {}

    def tell(self, sourced: SourcedMention) -> tuple[Change, ...]:
        """Take in one telling; return what it changed."""
        mention = sourced.mention
        given = {f: toll for f in TOLLS if (toll := getattr(mention, f)) and best_of(toll) is not None}
        if not given:
            return ()
        died = self._died_later(sourced, given)
        if died:
            return died
        changes = [c for f, toll in given.items() if (c := self._take(f, toll, sourced))]
        return self._as_death(sourced, tuple(changes))

    def toll(self, field: str) -> Toll | None:
        """Return the figure that holds, with the rival ones as low and high."""
        held = self._held.get(field)
        if held is None:
            return None
        low = min([held.best, *(r[0] for r in held.voices.values())])
        high = max([held.best, *(r[1] for r in held.voices.values())])
        return Toll(low=low, best=held.best, high=high, evidence=held.evidence)

    def _died_later(self, sourced: SourcedMention, given: dict[str, Toll]) -> tuple[Change, ...]:
        """Return the changes of a telling that says only that some of the wounded died.

        "A wounded officer died in hospital" gives one dead; after a report of two dead and three
        wounded that makes three dead and two wounded, not one dead.
        """
        killed, injured = self._held.get("killed"), self._held.get("injured")
        count = best_of(given.get("killed"))
        if not killed or not injured or not count or "injured" in given:
            return ()
        if count == killed.best or "died_later" not in toll_words(sourced.mention, self._rules):
            return ()
        died = count if count < killed.best else count - killed.best
        if not 0 < died <= injured.best:
            return ()
        why = f"{died} of the wounded died ({name_of(sourced)})"
        dead, hurt = killed.best + died, injured.best - died
        changes = (
            Change(field="killed", before=killed.best, after=dead, because=why),
            Change(field="injured", before=injured.best, after=hurt, because=why),
        )
        self._held["killed"].voices.clear()
        self._move_rivals(died, voice_of(sourced))
        killed.best, injured.best = dead, hurt
        killed.evidence = injured.evidence = given["killed"].evidence
        killed.giver = injured.giver = voice_of(sourced)
        killed.voices[killed.giver], injured.voices[killed.giver] = (dead, dead), (hurt, hurt)
        return changes

    def _take(self, field: str, toll: Toll, sourced: SourcedMention) -> Change | None:
        """Weigh one figure against what is held; return the change where it holds from now on."""
        best = best_of(toll)
        assert best is not None
        low = toll.low if toll.low is not None else best
        high = toll.high if toll.high is not None else best
        voice, claimed = voice_of(sourced), sourced.mention.modality is Modality.CLAIMED
        held = self._held.get(field)
        if held is None:
            self._held[field] = _Figure(
                best=best, giver=voice, claimed=claimed, evidence=toll.evidence, voices={voice: (low, high)}
            )
            return Change(field=field, before=None, after=best, because=f"first given by {name_of(sourced)}")
        before = held.best
        if claimed and not held.claimed:
            held.voices[voice] = (low, high)
            return None
        if best == before:
            held.voices[voice] = (low, high)
            held.claimed = held.claimed and claimed
            return None
        corrected = best < before and "corrected" in toll_words(sourced.mention, self._rules)
        if best < before and not corrected and voice != held.giver and _looks_back(sourced):
            return None
        if corrected:
            held.voices.clear()
        elif best > before:
            held.voices = {v: r for v, r in held.voices.items() if r[1] > best or v == voice}
        held.voices[voice] = (low, high)
        held.best, held.giver, held.claimed, held.evidence = best, voice, claimed, toll.evidence
        word = "raised" if best > before else "corrected" if corrected else "lowered"
        return Change(field=field, before=before, after=best, because=f"{word} by {name_of(sourced)}")

    def _as_death(self, sourced: SourcedMention, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """Return the changes; a rise in killed with as great a fall in injured is a wounded man's death."""
        by_field = {c.field: c for c in changes}
        killed, injured = by_field.get("killed"), by_field.get("injured")
        if not killed or not injured or injured.before is None:
            return changes
        died = killed.after - (killed.before or 0)
        if died <= 0 or injured.before - injured.after != died:
            return changes
        why = f"{died} of the wounded died ({name_of(sourced)})"
        self._move_rivals(died, voice_of(sourced))
        return tuple(
            Change(field=c.field, before=c.before, after=c.after, because=why)
            if c.field in ("killed", "injured")
            else c
            for c in changes
        )

    def _move_rivals(self, died: int, voice: str) -> None:
        """Take the deaths off what other voices hold of the injured."""
        figure = self._held["injured"].voices
        for other, (low, high) in list(figure.items()):
            if other != voice:
                figure[other] = (max(0, low - died), max(0, high - died))
