"""A situation report put into the blocks that every format writes, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator

from seamwatch.model.sitrep import Note, Section, Sitrep, TollSum
from seamwatch.publish.basemap import ATTRIBUTION
from seamwatch.publish.sitrep.blocks import (
    Block,
    Card,
    Cards,
    Document,
    Figure,
    Heading,
    Items,
    Line,
    Paragraph,
    Run,
    Source,
    Sources,
    Table,
)
from seamwatch.publish.sitrep.changed import changed_blocks
from seamwatch.publish.sitrep.chart import chart_svg
from seamwatch.publish.sitrep.entries import entry_of
from seamwatch.publish.sitrep.map import map_svg
from seamwatch.publish.sitrep.method import method_items, unknown_items
from seamwatch.publish.sitrep.plain import (
    change_words,
    clean,
    count,
    day_words,
    moment_words,
    span_words,
    sum_words,
)


def document_of(report: Sitrep) -> Document:
    """Return the document of a report; all its texts are single lines without control signs."""
    period = span_words(report.period.since, report.period.until)
    where = clean(report.area, 120) if report.area else "All areas"
    facts = [("Area", where), ("Period", f"{period} ({count(report.period.days, 'day')})")]
    if report.asked:
        facts.append(("Only", clean("; ".join(report.asked))))
    if report.recipient:
        facts.append(("For", clean(report.recipient, 200)))
    if report.label:
        facts.append(("Label", f"{report.label} (the strictest of what it tells)"))
    facts.append(("State of the record", moment_words(report.as_of or report.made)))
    if report.since_report is not None:
        facts.append(("Last report", moment_words(report.since_report)))
    title = clean(report.title or "", 200) or f"{where}, {period}"
    return Document(
        title=title,
        subtitle=f"{where}, {period}",
        made=report.made,
        facts=tuple(facts),
        blocks=tuple(_blocks(report)),
        running=f"Situation report: {title}" + (f" · {report.label}" if report.label else ""),
    )


def _blocks(report: Sitrep) -> Iterator[Block]:
    yield Paragraph(line=_summary(report), kind="lead")
    if report.period.figures.incidents:
        yield Heading(text="Key figures")
        yield _cards(report)
        yield _by_type(report)
    yield from changed_blocks(report)
    if report.period.figures.incidents:
        yield from _figures(report)
        yield Heading(text="Incidents by area")
        marks = {c.incident.id: c for c in report.changes or ()}
        for section in report.sections:
            yield Heading(text=_section_title(section), level=3)
            for reported in section.incidents:
                yield entry_of(reported, marks.get(reported.incident.id))
        unknown = tuple(unknown_items(report))
        if unknown:
            yield Heading(text="What is not known")
            yield Items(lines=unknown)
    yield Heading(text="How this report was made")
    yield Items(lines=tuple(method_items(report)))
    if report.notes:
        yield Heading(text="Sources")
        yield Sources(sources=tuple(map(_source, report.notes)))


def _summary(report: Sitrep) -> Line:
    """Return the report in two or three sentences."""
    period, before = report.period, report.before
    days = span_words(period.since, period.until)
    span = f"on {days}" if period.days == 1 else f"from {days}"
    where = f" for {clean(report.area, 120)}" if report.area else ""
    only = f" (only {clean('; '.join(report.asked))})" if report.asked else ""
    now, then = period.figures, before.figures
    if not now.incidents:
        past = (
            f" {count(then.incidents, 'incident is', 'incidents are')} known"
            if then.incidents
            else " None is known"
        )
        earlier = f"{past} of the {count(period.days, 'day')} before."
        hint = " The record may hold none, or none with these filters and statuses."
        return (Run(f"No incidents are known{where} {span}{only}.", "strong"), Run(f"{earlier}{hint}"))
    found = (
        Run(f"{count(now.incidents, 'incident is', 'incidents are')} known{where} {span}{only}", "strong"),
        Run(f", {change_words(now.incidents, then.incidents)} in the {count(period.days, 'day')} before. "),
    )
    tolls = f"{_people(now.killed, 'killed')} and {_people(now.injured, 'injured', short=True)}."
    return (*found, Run(tolls))


def _people(toll: TollSum, what: str, *, short: bool = False) -> str:
    """Return a toll in words: "3 people were killed (2 to 5)"."""
    if not (toll.low or toll.best or toll.high):
        return f"nobody is known to have been {what}" if short else f"Nobody is known to have been {what}"
    people = "" if short else (" person was" if toll.best == 1 else " people were")
    range_words = sum_words(toll)
    return f"{toll.best:,}{people} {what}{f' ({range_words})' if range_words else ''}"


def _cards(report: Sitrep) -> Cards:
    now, then = report.period.figures, report.before.figures

    def card(label: str, value: int, before: int, toll: TollSum | None = None) -> Card:
        return Card(
            value=f"{value:,}",
            label=label,
            range="" if toll is None else _range(toll),
            compared=f"{before:,} in the period before",
        )

    return Cards(
        cards=(
            card("incidents" if now.incidents != 1 else "incident", now.incidents, then.incidents),
            card("killed", now.killed.best, then.killed.best, now.killed),
            card("injured", now.injured.best, then.injured.best, now.injured),
        )
    )


def _range(toll: TollSum) -> str:
    words = sum_words(toll)
    untold = f"not told of {count(toll.untold, 'incident')}" if toll.untold else ""
    return "; ".join(part for part in (words and f"range {words}", untold) if part)


def _by_type(report: Sitrep) -> Table:
    def cell(toll: TollSum) -> str:
        words = sum_words(toll)
        return f"{toll.best:,}{f' ({words})' if words else ''}"

    rows = [
        (
            kind.value,
            f"{figures.incidents:,}",
            f"{before.incidents:,}" if (before := report.before.by_type.get(kind)) else "0",
            cell(figures.killed),
            cell(figures.injured),
        )
        for kind, figures in report.period.by_type.items()
    ]
    for kind, before in report.before.by_type.items():
        if kind not in report.period.by_type:
            rows.append((kind.value, "0", f"{before.incidents:,}", "0", "0"))
    total = report.period.figures
    rows.append(
        (
            "All types",
            f"{total.incidents:,}",
            f"{report.before.figures.incidents:,}",
            cell(total.killed),
            cell(total.injured),
        )
    )
    return Table(
        head=("Type", "Incidents", "Period before", "Killed", "Injured"), rows=tuple(rows), total=True
    )


def _figures(report: Sitrep) -> Iterator[Block]:
    total = count(report.period.figures.incidents, "incident")
    if report.view is not None:
        yield Heading(text="Where")
        left = report.view.off
        told = count(left, "incident is", "incidents are")
        off = f"{told} not on the map: the place is a whole country or not known. " if left else ""
        yield Figure(
            svg=map_svg(report.view),
            alt=f"Map of {total}; the list of incidents by area says the same in words.",
            caption=f"{off}Borders are indicative and say nothing on whose a territory is. "
            f"Map: {ATTRIBUTION}.",
        )
    yield Heading(text="When")
    inexact = sum(bar.inexact for bar in report.bars)
    vague = (
        f"{count(inexact, 'incident stands', 'incidents stand')} at the first possible day. "
        if inexact
        else ""
    )
    most = max(report.bars, key=lambda bar: sum(bar.by_type.values()))
    yield Figure(
        svg=chart_svg(report.bars, report.step),
        alt=f"Chart of {total} by {report.step}; most, {sum(most.by_type.values())}, in the {report.step} "
        f"of {day_words(most.start)}.",
        caption=vague,
    )


def _section_title(section: Section) -> str:
    name = clean(section.name, 120) or "Area not known"
    country = clean(section.country or "", 80)
    where = f"{name}, {country}" if country and country != name else name
    figures = section.figures
    told = [count(figures.incidents, "incident")]
    told += [
        f"{t.best:,} {what}"
        for what, t in (("killed", figures.killed), ("injured", figures.injured))
        if t.best
    ]
    return f"{where}: {', '.join(told)}"


def _source(note: Note) -> Source:
    ref = note.article
    day = day_words(ref.published) if ref.published else "no date"
    others = dict.fromkeys(s for s in ref.sources if s and s != ref.source)
    also = [f"also carried by {', '.join(others)}"] if others else []
    also += [f"a version of article {ref.version_of}"] if ref.version_of else []
    return Source(
        number=note.number,
        outlet=f"{clean(ref.source or 'unknown outlet', 120)}, {day}",
        title=clean(ref.title or "", 300),
        article=clean(ref.id, 120),
        url=clean(ref.url or "", 500),
        also=clean("; ".join(also)),
    )
