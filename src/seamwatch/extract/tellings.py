"""Joining the drafts of one article: each incident once, however often the article tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from seamwatch.extract.casualties import CasualtyExpression
from seamwatch.extract.dating import Dates
from seamwatch.extract.drafts import Draft, is_generic
from seamwatch.extract.places import agree, best_mention, specificity
from seamwatch.model.place import PlaceMention
from seamwatch.model.time import TimeMention, TimeRange
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import Outcome

_FAMILY = {
    SubEventType.REMOTE_EXPLOSIVE: "blast",
    SubEventType.SUICIDE_BOMB: "blast",
    SubEventType.GRENADE: "blast",
    SubEventType.AIR_DRONE_STRIKE: "strike",
    SubEventType.SHELLING: "strike",
    SubEventType.CHEMICAL_WEAPON: "strike",
    SubEventType.ARMED_CLASH: "shooting",
    SubEventType.ATTACK: "shooting",
    SubEventType.ABDUCTION: "abduction",
    SubEventType.SEXUAL_VIOLENCE: "shooting",
    SubEventType.ARRESTS: "arrests",
    SubEventType.DISRUPTED_WEAPONS_USE: "disrupted",
    SubEventType.LOOTING: "property",
    SubEventType.OTHER: "other",
}
# A telling of these kinds inside a report of something graver belongs to that report, unless it has a
# day or place of its own: the driver who planted the bomb "was arrested", the cars "burned".
_BODY = re.compile(r"\b(?:body|bodies|corpses?)\b", re.IGNORECASE)
_MINOR = frozenset(("arrests", "property", "disrupted", "other", "protest", "agreement"))


def family(kind: SubEventType) -> str:
    """Return the family of a type: tellings of one incident may differ within it."""
    if kind.event_type in (EventType.PROTESTS, EventType.RIOTS):
        return "protest"
    return _FAMILY.get(kind, kind.value)


@dataclass(slots=True)
class Telling:
    """One incident of the article while its drafts are being gathered.

    `context` are times of sentences beside it that it was dated by.
    """

    drafts: list[Draft] = field(default_factory=list)
    when: TimeRange | None = None
    places: list[PlaceMention] = field(default_factory=list)
    context: list[TimeMention] = field(default_factory=list)

    @property
    def families(self) -> set[str]:
        """Return the families of the types told with any strength."""
        return {family(kind) for draft in self.drafts for kind in draft.types}

    @property
    def strong(self) -> bool:
        """Return whether any draft tells an event, and not only harm."""
        return any(draft.strong for draft in self.drafts)

    def counts(self, outcome: Outcome) -> set[int]:
        """Return the figures told for one outcome."""
        return {
            c.best
            for draft in self.drafts
            for c in draft.casualties
            if c.outcome is outcome and c.best is not None and c.kind != "ratio"
        }

    def add(self, draft: Draft, when: TimeRange | None) -> None:
        """Take in a draft with the day it was resolved to."""
        # Where only harm is told ("ambulances took the wounded to ...") a place may be any place.
        # A headline's place is the text's in short.
        if not self.places or (draft.strong and not draft.title):
            self.places += draft.places
        self.drafts.append(draft)
        if when is None:
            return
        if self.when is None or (when.precision < self.when.precision and _overlap(when, self.when)):
            self.when = when


def _overlap(a: TimeRange, b: TimeRange) -> bool:
    return a.start <= b.end and b.start <= a.end


def draft_day(draft: Draft, focus: Telling | None, published: date | None) -> TimeRange | None:
    """Return the days of a draft's event, reckoned where it must be from the event told before.

    "The following day a second device went off" is the day after that of the telling in focus.
    """
    times = draft.event_times()
    # "three days after the blast" says the day of the blast, whatever other day stands near.
    for time in sorted(times, key=lambda t: t.anchor != "event" or t.range is None):
        if time.range is not None:
            return time.range
        if time.offset_days is not None and not draft.title:
            base = _day_of(focus) or published
            if base is not None:
                day = base + timedelta(days=time.offset_days)
                return TimeRange(start=day, end=day, precision=1)
    return None


def _day_of(telling: Telling | None) -> date | None:
    """Return the first day of a telling, or that of its report where it has none."""
    if telling is None:
        return None
    if telling.when is not None:
        return telling.when.start
    reported = report_day(telling)
    return reported[0].start if reported else None


def fits(draft: Draft, when: TimeRange | None, telling: Telling, focus: bool) -> float:
    """Return how well a draft tells a telling's incident: at or above zero it is the same one."""
    score = 0.0
    if when is not None and telling.when is not None:
        score += 2.0 if _overlap(when, telling.when) else -6.0
    mine = best_mention(draft.places)
    theirs = best_mention(telling.places)
    if mine is not None and theirs is not None:
        alike = max(agree(mine, p) for p in telling.places if specificity(p) <= specificity(theirs) + 1)
        score += (2.0 if alike > 0 else 3.0) * alike
    kinds = {family(kind) for kind in draft.types}
    known = telling.families
    if kinds and known:
        if kinds & known:
            score += 1.0
        elif "abduction" in known and _BODY.search(draft.clause.quote):
            score += 0.5
        elif kinds <= _MINOR or known <= _MINOR:
            score += 0.0 if when is None else -1.0
        else:
            score -= 2.0
    if draft.lead.novel and not draft.title:
        score -= 3.0
    if draft.fresh and not any(d.paragraph == draft.paragraph for d in telling.drafts):
        score -= 2.5
    if draft.definite:
        score += 1.5
    for outcome in (Outcome.KILLED, Outcome.INJURED):
        figures = {c.best for c in draft.casualties if c.outcome is outcome and c.best} - {None}
        told = telling.counts(outcome)
        if figures and told:
            score += 1.0 if figures & told else -0.4
    if not draft.strong:
        score += 0.5
    if when is None and mine is None:
        score += 2.0
    if "abduction" in known and _BODY.search(draft.clause.quote):
        score += 3.0
    if focus:
        score += 0.5
    if draft.title or any(d.title for d in telling.drafts):
        score += 0.5
    return score


def join_drafts(drafts: Sequence[Draft], published: date | None) -> list[Telling]:
    """Return the incidents that the drafts tell, in order of their first telling.

    Drafts are taken in reading order; each goes to the incident it fits best, or opens a new one.
    """
    tellings: list[Telling] = []
    focus: Telling | None = None
    paragraph = 0
    for draft in drafts:
        if draft.title:
            continue
        if focus is not None and focus is not tellings[0] and paragraph != draft.paragraph:
            focus = main_again(focus, tellings[0])
        paragraph = draft.paragraph
        when = draft_day(draft, focus, published)
        if not draft.strong and _BODY.search(draft.clause.quote):
            when = None  # the day on which bodies were found
        chosen = _best_fit(draft, when, tellings, focus)
        if chosen is None and opens(draft, when):
            chosen = Telling()
            tellings.append(chosen)
        if chosen is not None and not _vague(draft, when):
            chosen.add(draft, when)
            focus = chosen
    # The title tells what the text tells; it opens an incident only where the text has none.
    for draft in drafts:
        if draft.title:
            when = draft_day(draft, tellings[0] if tellings else None, published)
            chosen = _best_fit(draft, when, tellings, tellings[0] if tellings else None)
            if chosen is None and not tellings and opens(draft, when):
                chosen = Telling()
                tellings.append(chosen)
            if chosen is not None:
                # The figures of a title may be those of any of several incidents.
                chosen.add(draft if len(tellings) == 1 else replace(draft, casualties=()), when)
    return tellings


def _vague(draft: Draft, when: TimeRange | None) -> bool:
    """Return whether a draft only speaks of violence in general: "protests and attacks plague the area"."""
    return is_generic(draft) and when is None and not draft.casualties and not draft.definite


def main_again(focus: Telling, main: Telling) -> Telling:
    """Return the telling that a new paragraph goes on with: an earlier incident is only recalled."""
    recalled = focus.when is not None and main.when is not None and focus.when.end < main.when.start
    return main if recalled else focus


def _best_fit(
    draft: Draft, when: TimeRange | None, tellings: Sequence[Telling], focus: Telling | None
) -> Telling | None:
    """Return the incident that a draft tells best, or None where it tells none of them."""
    scored = [(fits(draft, when, t, t is focus), -i) for i, t in enumerate(tellings)]
    score, place = max(scored, default=(-1.0, 0))
    return tellings[-place] if score >= 0.0 else None


def opens(draft: Draft, when: TimeRange | None) -> bool:
    """Return whether a draft says enough to be an incident of its own."""
    named = [p for p in draft.places if p.kind not in ("country", "nationality")]
    harmed = [c for c in draft.casualties if c.kind not in ("ratio", "part", "update", "zero")]
    if not draft.strong:
        dated = when is not None or any(d.time.range is not None for d in draft.datings)
        return bool(harmed) and bool((dated and named) or draft.roles.perpetrators)
    if is_generic(draft):
        exact = when is not None and when.precision <= 2 and bool(named)
        return exact or (bool(harmed) and bool(when or named))
    return bool(when or named or harmed or draft.roles.perpetrators or draft.roles.targets)


def report_day(telling: Telling) -> tuple[TimeRange, Dates] | None:
    """Return the day of a report or claim about the incident: it dates it only where nothing else does."""
    for wanted in (Dates.REPORT, Dates.CLAIM):
        for draft in telling.drafts:
            for dating in draft.datings:
                if dating.dates is wanted and dating.time.range is not None:
                    return dating.time.range, wanted
    return None


def casualties_of(telling: Telling) -> tuple[CasualtyExpression, ...]:
    """Return the casualty expressions of all tellings in reading order.

    A headline's figures count only for outcomes of which the text gives none: it tells them in short.
    """
    drafts = sorted(telling.drafts, key=lambda d: d.sentence)
    counted = [c for d in drafts if not d.title for c in d.casualties if c.kind not in ("part", "ratio")]
    told = {c.outcome for c in counted if c.best is not None}
    return tuple(c for d in drafts for c in d.casualties if not d.title or c.outcome not in told)
