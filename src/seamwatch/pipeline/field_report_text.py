"""A field report as an article of its own: labelled lines, and one mention whose values quote them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from seamwatch.model.field_report import FieldReport, ReportedCount, ReportedPlace
from seamwatch.model.incident import Actor, Mention, Target, Toll, Victim, Weapon
from seamwatch.model.place import Place
from seamwatch.model.text import Article, Evidence, Span
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.privacy import PrivacyRules, find_person
from seamwatch.vocabulary.codes import (
    ActorKind,
    Certainty,
    HowKnown,
    Modality,
    Outcome,
    TargetKind,
    VictimGroup,
)
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import read_entries

if TYPE_CHECKING:
    from seamwatch.resolve.actor import ActorRegister

_BY = "field report"
_GROUPS = {
    VictimGroup.STATE: "members of state forces",
    VictimGroup.NONSTATE: "members of armed groups",
    VictimGroup.CIVILIAN: "civilians",
    VictimGroup.UNKNOWN: "people of an unknown side",
}


class _Form:
    """The text as it is written, line by line, and where each value stands in it."""

    def __init__(self) -> None:
        self.text = ""

    def line(self, label: str, values: tuple[str, ...], more: str = "") -> tuple[Evidence, ...]:
        """Write "Label: one; other." and return the evidence of each value."""
        self.text += f"\n{label}: " if self.text else f"{label}: "
        found = []
        for at, value in enumerate(values):
            self.text += "; " if at else ""
            start = len(self.text)
            self.text += value
            found.append(Evidence(span=Span(start=start, end=len(self.text)), quote=value, by=_BY))
        end = "" if self.text.endswith((".", "!", "?")) else "."
        self.text += f"{end}{' ' if more else ''}{more}"
        return tuple(found)

    def whole_line(self, value: Evidence) -> Evidence:
        """Return the evidence of a value's line with its label."""
        start = self.text.rfind("\n", 0, value.span.start) + 1
        end = value.span.end
        return Evidence(span=Span(start=start, end=end), quote=self.text[start:end], by=_BY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWriter:
    """Writes field reports; `physical` are the nouns of things that are attacked."""

    register: ActorRegister
    privacy: PrivacyRules
    physical: frozenset[str]

    def write(self, report: FieldReport, place: Place, day: date) -> tuple[Article, Mention]:
        """Return the article of a report, and the mention whose every value quotes it.

        `place` is what the form's place was resolved to, `day` when the report was written. The writer's
        name stands in no text; it is the article's author only where an organisation answers for it.
        """
        from seamwatch.read.article import hash_content

        form = _Form()
        (what,) = form.line("What", (report.what.value,))
        when = form.line("When", (_days(report),))
        where = form.line("Where", (_place_words(report.where, place),))
        sure = report.how_known is HowKnown.SEEN
        who = tuple(
            self._actor(n, e, sure)
            for n, e in zip(report.who, self._names(form, "Who", report.who), strict=True)
        )
        hit = self._names(form, "Target", report.targets)
        tolls = {}
        for outcome, label in _OUTCOMES:
            count: ReportedCount | None = getattr(report, outcome.value)
            if count is not None:
                low, high = count.low, count.high
                best = low if low is not None and high is not None else None
                tolls[outcome] = Toll(
                    low=low, best=best, high=high, evidence=form.line(label, (_count_words(count),))
                )
        victims: tuple[Victim, ...] = ()
        if report.victims is not None:
            group = form.line("Victims", (_GROUPS[report.victims],))
            victims = tuple(_victims(report.victims, tolls, group))
        weapons = self._names(form, "Weapon", (report.weapon,) if report.weapon else ())
        form.line("How it is known", (report.how_known.value,), " ".join((report.how_words or "").split()))
        if report.notes:
            form.line("Notes", (report.notes,))
        if report.organisation:
            form.line("Reported by", (report.organisation,))
        title = f"Field report: {report.what.value}, {place.name or _point(report.where)}, {_days(report)}"
        digest = hash_content(title, form.text)
        article = Article(
            id=f"f-{digest[:12]}",
            text=form.text,
            title=title,
            published=day,
            source=report.organisation,
            author=report.by if report.organisation else None,
            language="en",
            content_hash=digest,
        )
        mention = Mention(
            id=f"{article.id}#1",
            event_type=report.what.event_type,
            sub_event_type=report.what,
            modality=Modality.ASSERTED if sure else Modality.REPORTED,
            date=_range(report, when),
            place=replace(place, evidence=where),
            perpetrators=who,
            targets=tuple(
                Target(name=name, kind=self._target_kind(name), evidence=(e,))
                for name, e in zip(report.targets, hit, strict=True)
            ),
            victims=victims,
            weapons=tuple(Weapon(name=e.quote, evidence=(e,)) for e in weapons),
            evidence=(form.whole_line(what), *(form.whole_line(e) for e in (*when, *where))),
            killed=tolls.get(Outcome.KILLED),
            injured=tolls.get(Outcome.INJURED),
            missing=tolls.get(Outcome.MISSING),
            abducted=tolls.get(Outcome.ABDUCTED),
        )
        return article, mention

    def _names(self, form: _Form, label: str, names: tuple[str, ...]) -> tuple[Evidence, ...]:
        return form.line(label, names) if names else ()

    def _actor(self, name: str, evidence: Evidence, sure: bool) -> Actor:
        """Return a perpetrator: an actor of the register by its name there, a person, or an unnamed group."""
        entry = self.register.resolve(name)
        kind = ActorKind.GROUP
        if entry is not None:
            kind = entry.kind
        elif find_person(name, self.privacy) is not None:
            kind = ActorKind.INDIVIDUAL
        return Actor(
            name=entry.name if entry is not None else name,
            kind=kind,
            certainty=Certainty.ASSERTED if sure else Certainty.REPORTED,
            evidence=(evidence,),
        )

    def _target_kind(self, name: str) -> TargetKind:
        """Return what a target is by its noun: "a checkpoint of the police" is a thing, a guard no thing."""
        noun = name.split(" of ", maxsplit=1)[0].casefold().split()
        tails = (" ".join(noun[at:]) for at in range(len(noun)))
        return TargetKind.PHYSICAL if any(t in self.physical for t in tails) else TargetKind.HUMAN


_OUTCOMES = (
    (Outcome.KILLED, "Killed"),
    (Outcome.INJURED, "Injured"),
    (Outcome.MISSING, "Missing"),
    (Outcome.ABDUCTED, "Abducted"),
)


def load_physical_nouns() -> frozenset[str]:
    """Return the nouns of lexicons/en/things.yaml that are things and not people or weapons."""
    rows = (e for e in read_entries("things") if "physical" in str(e.fields["gives"]).split("+"))
    return frozenset(form.casefold() for e in rows for pattern in e.patterns for form in expand(pattern))


def _victims(group: VictimGroup, tolls: dict[Outcome, Toll], words: tuple[Evidence, ...]) -> Iterator[Victim]:
    """Yield the group of victims once for each outcome that the form counts anybody of."""
    for outcome, toll in tolls.items():
        if toll.high == 0:
            continue
        count = toll.low if toll.low == toll.high else None
        yield Victim(
            name=_GROUPS[group], group=group, outcome=outcome, count=count, evidence=(*words, *toll.evidence)
        )


def _day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _days(report: FieldReport) -> str:
    first, last = _day_words(report.start), _day_words(report.end)
    return first if report.start == report.end else f"{first} to {last}"


def _range(report: FieldReport, evidence: tuple[Evidence, ...]) -> TimeRange:
    days = (report.end - report.start) // timedelta(days=1) + 1
    precision = next((code for code, most in enumerate((1, 6, 7, 31), 1) if days <= most), 5)
    return TimeRange(start=report.start, end=report.end, precision=precision, evidence=evidence)


def _count_words(count: ReportedCount) -> str:
    if count.low is None:
        return f"up to {count.high}"
    if count.high is None:
        return f"at least {count.low}"
    return str(count.low) if count.low == count.high else f"{count.low} to {count.high}"


def _point(where: ReportedPlace) -> str:
    numbers = (f"{degrees:.5f}".rstrip("0").rstrip(".") for degrees in (where.lat, where.lon))
    return ", ".join(numbers)


def _place_words(where: ReportedPlace, place: Place) -> str:
    """Return the form's own words for where; a point without a name is told by the nearest place."""
    names = [n for n in (where.name, where.admin2, where.admin1, where.country) if n]
    if where.lat is None:
        return ", ".join(names)
    if not where.name and place.name:
        names.insert(0, f"near {place.name}")
    return f"{', '.join(names)} ({_point(where)})" if names else _point(where)
