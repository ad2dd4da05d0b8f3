"""One incident explained: every value with its quotes and sources, what is disputed, how it changed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TextIO

from seamwatch.model.decision import last_set
from seamwatch.model.incident import Incident
from seamwatch.model.incident_codec import tellers
from seamwatch.model.label import LabelOrder
from seamwatch.model.party_record import PartyRecord
from seamwatch.model.text import Article, Evidence
from seamwatch.publish.areas import authority_words, share_words
from seamwatch.publish.excerpt import Excerpt, excerpts
from seamwatch.publish.labels import said_label
from seamwatch.publish.plain import (
    CLAIM_WORDS,
    date_words,
    place_words,
    printable,
    toll_words,
    value_words,
)
from seamwatch.publish.source_words import decided_words, labelled_words, source_words, telling_words
from seamwatch.vocabulary.codes import Policy

WIDTH = 80
ALIASES = 5
DATE_PRECISION = ("", "that day", "within 2 to 6 days", "that week", "that month", "that year")
WHERE_PRECISION = (
    *("", "the place itself", "near the place", "the district", "the province"),
    *("along a line or border", "the country", "not resolved"),
)
_TOLLS = ("killed", "injured", "missing", "abducted")
_BOLD, _QUOTE, _DIM, _OFF = "\x1b[1m", "\x1b[1;33m", "\x1b[2m", "\x1b[0m"
# Stand for the marks of a quote while its line is wrapped; `printable` text never has them.
_OPEN, _CLOSE = "\x01", "\x02"


class _Page:
    """Paragraphs of at most WIDTH columns; quotes in colour, or in square brackets without."""

    def __init__(self, out: TextIO, colour: bool) -> None:
        self._out = out
        self._colour = colour

    def line(self, text: str = "", *, indent: int = 0, hang: int = 2, style: str = "") -> None:
        """Write one paragraph of text from our own words and an article's names."""
        self._write(printable(text), indent, hang, style)

    def _write(self, text: str, indent: int, hang: int, style: str) -> None:
        rows = textwrap.wrap(
            text,
            WIDTH,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_on_hyphens=False,
        )
        for row in rows or [""]:
            marked = row.replace(_OPEN, _QUOTE if self._colour else "[")
            marked = marked.replace(_CLOSE, _OFF if self._colour else "]")
            self._out.write(f"{style}{marked}{_OFF}\n" if style and self._colour else f"{marked}\n")

    def heading(self, text: str) -> None:
        """Write a section's heading."""
        self.line()
        self.line(text.upper(), style=_BOLD)

    def excerpt(self, found: Excerpt) -> None:
        """Write a quote in its line, and the article that it is from."""
        text = "".join(f"{_OPEN}{printable(p)}{_CLOSE}" if q else printable(p) for p, q in found.pieces)
        self._write(f'"{text.strip()}"', 4, 1, "")
        self.line(source_words(found.article), indent=6, style=_DIM)


def explain(
    incident: Incident,
    articles: Mapping[str, Article],
    out: TextIO,
    *,
    colour: bool,
    labels: Iterable[LabelOrder] = (),
) -> None:
    """Write an incident with every value, its quotes and sources, the disagreements and the revisions.

    A value that a person set stands with who set it and why; what the articles say of it is a disagreement.
    `articles` are those of the incident's mentions by id; of one that is missing the quotes stand alone.
    `labels` are the orders about their labels by number: of each article the last one is told.
    Readable at 80 columns; without colour the quoted words stand in square brackets.
    """
    page = _Page(out, colour)
    told_by = tellers(incident)
    decided = last_set(incident.decisions)

    def value(text: str, evidence: Iterable[Evidence]) -> None:
        page.line(text, indent=2)
        for found in excerpts(evidence, told_by, articles):
            page.excerpt(found)

    def origin(field: str) -> None:
        if field in decided:
            page.line(decided_words(decided[field]), indent=4)

    _headline(page, incident)
    page.heading("what")
    triggers = [e for m in incident.mentions for e in m.mention.evidence[:1]]
    page.line(f"{incident.sub_event_type} ({incident.event_type})", indent=2)
    origin("sub_event_type")
    for found in excerpts(triggers, told_by, articles):
        page.excerpt(found)
    if incident.date or "date" in decided:
        page.heading("when")
        value(_when(incident), incident.date.evidence if incident.date else ())
        origin("date")
    if incident.place or "place" in decided:
        page.heading("where")
        value(_whereabouts(incident), incident.place.evidence if incident.place else ())
        origin("place")
    _areas(page, incident)
    if incident.perpetrators or "perpetrators" in decided:
        page.heading("by whom")
        for actor in incident.perpetrators:
            value(f"{actor.name} ({actor.kind}, {actor.certainty})", actor.evidence)
        if not incident.perpetrators:
            page.line("not known", indent=2)
        origin("perpetrators")
    if incident.targets:
        page.heading("against")
        for target in incident.targets:
            value(f"{target.name} ({target.kind})", target.evidence)
    if incident.victims:
        page.heading("harmed")
        for victim in incident.victims:
            number = "" if victim.count is None else f"{victim.count} "
            value(f"{number}{victim.name} ({victim.group}, {victim.outcome})", victim.evidence)
    if incident.weapons:
        page.heading("with")
        for weapon in incident.weapons:
            value(weapon.name, weapon.evidence)
    for name in _TOLLS:
        toll = getattr(incident, name)
        if toll or name in decided:
            page.heading(name)
            best = f", best {toll.best}" if toll and toll.best is not None and toll.low != toll.high else ""
            value(f"{toll_words(toll)}{best}" if toll else "not known", toll.evidence if toll else ())
            origin(name)
    if incident.claims:
        page.heading("responsibility")
        for claim in incident.claims:
            value(
                f"{claim.by} {CLAIM_WORDS[claim.kind]}{f' via {claim.via}' if claim.via else ''}",
                claim.evidence,
            )
    disputed = {d.field for d in incident.disagreements}
    silent = [
        name
        for name in ("date", "place", "perpetrators", "targets", "victims", "weapons", *_TOLLS)
        if not getattr(incident, name) and name not in decided and name not in disputed
    ]
    if silent:
        page.line()
        page.line(f"Not told: {', '.join(silent)}.")
    _disagreements(page, incident)
    _revisions(page, incident)
    _sources(page, incident, {c.article: order for order in labels for c in order.changes})


def _headline(page: _Page, incident: Incident) -> None:
    parts = (incident.sub_event_type.value, place_words(incident.place), date_words(incident.date))
    page.line(" · ".join(part for part in parts if part), style=_BOLD)
    telling = {m.article.id for m in incident.mentions if m.mention.modality.counts}
    everyone = {m.article.id for m in incident.mentions}
    refs, groups = len(telling or everyone), incident.voices
    against = len(everyone - telling) if telling else 0
    more = f"; {against} more sa{'y' if against > 1 else 'ys'} otherwise" if against else ""
    page.line(
        f"Incident {incident.id}: {incident.status}, told by {refs} article{'s' * (refs != 1)} of "
        f"{groups} independent source{'s' * (groups != 1)}{more}."
    )
    status = last_set(incident.decisions).get("status")
    if status:
        page.line(f"Its status was {decided_words(status)}.")
    if incident.policy is not Policy.UCDP:
        page.line(f"Where sources differ, values are chosen by the policy {incident.policy.value!r}.")
    if (label := said_label(incident)) is not None:
        page.line(f"Label: {label.value}, the strictest of what tells it.")
    if incident.aliases:
        left = len(incident.aliases) - ALIASES
        rest = f" and {left} more ids" if left > 0 else ""
        page.line(f"Also known as {', '.join(incident.aliases[:ALIASES])}{rest}.")


def _when(incident: Incident) -> str:
    when = incident.date
    if when is None:
        return "not known"
    return f"{date_words(when)} ({DATE_PRECISION[when.precision]}, precision {when.precision})"


def _whereabouts(incident: Incident) -> str:
    place = incident.place
    if place is None:
        return "not known"
    units = dict.fromkeys(u for u in (place.name, place.admin2, place.admin1, place.country) if u)
    text = f"{', '.join(units)} ({WHERE_PRECISION[place.precision]}, precision {place.precision}"
    if place.lat is not None and place.lon is not None:
        radius = f" within {place.radius_km:g} km" if place.radius_km else ""
        text += f"; {place.lat:.3f}, {place.lon:.3f}{radius}"
    return f"{text})"


def _areas(page: _Page, incident: Incident) -> None:
    """Write the areas that the incident lies in, each with who administers, claims or secures it."""
    if not incident.areas:
        return
    page.heading("areas")
    for share in incident.areas:
        page.line(share_words(share), indent=2)
        for authority in share.authorities:
            source = f" ({authority.source})" if authority.source else ""
            page.line(f"{authority_words(authority)}{source}", indent=4)


def _disagreements(page: _Page, incident: Incident) -> None:
    if not incident.disagreements:
        return
    refs = {m.mention.id: m.article for m in incident.mentions}
    page.heading("where the sources disagree")
    for disagreement in incident.disagreements:
        page.line(disagreement.field.replace("_", " "), indent=2)
        for told in disagreement.values:
            who = dict.fromkeys(source_words(refs[m]) if m in refs else m for m in told.mentions)
            page.line(f"{value_words(told.value)}: {'; '.join(who)}", indent=4)


def _revisions(page: _Page, incident: Incident) -> None:
    if not incident.revisions:
        return
    refs = {m.mention.id: m.article for m in incident.mentions}
    page.heading("how the record changed")
    for revision in sorted(incident.revisions, key=lambda r: r.at):
        if revision.before is None or revision.before == revision.after:
            change = value_words(revision.after)
        else:
            change = f"{value_words(revision.before)} -> {value_words(revision.after)}"
        field = "" if revision.field == "incident" else f"{revision.field.replace('_', ' ')}: "
        source = refs[revision.mention].source if revision.mention in refs else None
        who = f" ({source})" if source and source not in revision.because else ""
        page.line(f"{revision.at:%Y-%m-%d}  {field}{change}; {revision.because}{who}", indent=2, hang=12)


def _sources(page: _Page, incident: Incident, labels: Mapping[str, LabelOrder]) -> None:
    page.heading("sources")
    told = {m.article.id: m.mention for m in incident.mentions}
    for ref in dict.fromkeys(m.article for m in incident.mentions):
        page.line(f"{source_words(ref)}{f': {ref.title}' if ref.title else ''}", indent=2)
        others = [s for s in ref.sources if s != ref.source]
        if others:
            page.line(f"also carried by {', '.join(others)}", indent=4)
        if ref.id in labels:
            page.line(labelled_words(labels[ref.id]), indent=4)
        if ref.version_of:
            page.line(f"a new version of {ref.version_of}", indent=4)
        if ref.url:
            page.line(ref.url, indent=4)
        if ref.party is not None:
            page.line(f"tells: {telling_words(told[ref.id])}", indent=4)
        if ref.record is not None:
            _kept_back(page, ref.source or ref.party or "", ref.record)


def _kept_back(page: _Page, name: str, record: PartyRecord) -> None:
    """Say what a party keeps to itself: its silence is no silence of its sources."""
    if record.status is not None:
        page.line(f"held {record.status} by {name} itself", indent=4)
    if record.withheld:
        page.line(f"withheld by {name}: {', '.join(record.withheld)}", indent=4)
    if record.coarse:
        coarse = ", ".join(f"{field} ({grain.value})" for field, grain in sorted(record.coarse.items()))
        page.line(f"made coarser by {name}: {coarse}", indent=4)
