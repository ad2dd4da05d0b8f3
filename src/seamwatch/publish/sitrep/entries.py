"""One incident of a situation report as an entry: every statement with the sources that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from seamwatch.model.area import AreaShare
from seamwatch.model.decision import last_set
from seamwatch.model.incident import Incident, Toll
from seamwatch.model.sitrep import Change, Reported
from seamwatch.publish.areas import authority_words, percent
from seamwatch.publish.plain import CLAIM_WORDS, value_words
from seamwatch.publish.sitrep.blocks import Entry, Line, Run
from seamwatch.publish.sitrep.plain import clean, count, figure_words, site_words, when_words, where_words
from seamwatch.vocabulary.codes import Certainty, Status

_TOLLS = ("killed", "injured", "missing", "abducted")
_CERTAINTY: dict[Certainty | None, str] = {
    None: "",
    Certainty.ASSERTED: "",
    Certainty.REPORTED: "",
    Certainty.CLAIMED: " (by its own claim)",
    Certainty.ACCUSED: " (accused)",
    Certainty.SUSPECTED: " (suspected)",
}
_DAY_WORDS = ("", "", "2 to 6 days", "a week", "a month", "a year")
_CALM = (Status.CONFIRMED,)
_MOST_VALUES = 8
LONG = 2000


def entry_of(reported: Reported, change: Change | None = None) -> Entry:
    """Return the entry of an incident; one that is new or revised since the last report is marked so."""
    incident, notes = reported.incident, reported.notes
    return Entry(
        title=Run(incident.sub_event_type.value, "", notes.get("what", ())),
        where=Run(clean(site_words(incident.place), 200), "", notes.get("place", ())),
        day=Run(when_words(incident.date), "", notes.get("date", ())),
        badge=incident.status.value,
        calm=incident.status in _CALM,
        facts=tuple((label, line) for label, line in _facts(reported) if line),
        id=clean(incident.id, 80),
        mark=change.kind if change and change.kind in ("new", "revised") else "",
    )


def _facts(reported: Reported) -> Iterator[tuple[str, Line]]:
    incident, notes = reported.incident, reported.notes

    def cited(name: str, text: str) -> Run:
        return Run(clean(text, LONG), "", notes.get(name, ()))

    yield "Toll", tuple(_tolls(reported))
    yield "By", _names(reported, "perpetrators")
    yield "Against", _names(reported, "targets")
    yield "Harmed", _victims(reported)
    yield "With", _names(reported, "weapons")
    claims = "; ".join(
        f"{c.by} {CLAIM_WORDS[c.kind]}{f' through {c.via}' if c.via else ''}" for c in incident.claims
    )
    yield "Claims", (cited("claims", claims),) if claims else ()
    yield "How precise", (Run(clean(f"{where_words(incident.place)}; {_day_words(incident)}")),)
    yield "Areas", (Run(clean("; ".join(map(_area_words, incident.areas)), LONG)),) if incident.areas else ()
    yield "Sources differ", tuple(_disagreements(reported))
    yield "Set by a person", tuple(_decided(incident))
    yield "Told by", tuple(_told_by(reported))


def _tolls(reported: Reported) -> Iterator[Run]:
    tolls: list[tuple[str, Toll | None]] = [(name, getattr(reported.incident, name)) for name in _TOLLS]
    told = [(name, toll) for name, toll in tolls if toll is not None]
    for n, (name, toll) in enumerate(told):
        if n:
            yield Run("; ")
        yield Run(f"{figure_words(toll)} {name}", "strong", reported.notes.get(name, ()))
    silent = [name for name, toll in tolls[:2] if toll is None]
    if silent:
        words = f"obody says how many were {' or '.join(silent)}"
        yield Run(f"; n{words}" if told else f"N{words}", "soft")


def _names(reported: Reported, name: str) -> Line:
    entries = getattr(reported.incident, name)
    words = dict.fromkeys(f"{e.name}{_CERTAINTY.get(getattr(e, 'certainty', None), '')}" for e in entries)
    if not words:
        return (Run("not known", "soft"),) if name == "perpetrators" else ()
    return (Run(clean("; ".join(words), LONG), "", reported.notes.get(name, ())),)


def _victims(reported: Reported) -> Line:
    words = dict.fromkeys(
        f"{'' if v.count is None else f'{v.count} '}{v.name} ({v.outcome.value})"
        for v in reported.incident.victims
    )
    return (Run(clean("; ".join(words), LONG), "", reported.notes.get("victims", ())),) if words else ()


def _day_words(incident: Incident) -> str:
    when = incident.date
    if when is None:
        return "the day is not known"
    if when.start == when.end and when.precision == 1:
        return "the day is known"
    return f"the day is known to {_DAY_WORDS[when.precision] or 'some days'}"


def _area_words(share: AreaShare) -> str:
    """Return an area with how much of the place lies in it, and who administers and secures it."""
    part = percent(share.weight)
    about: list[str] = [share.kind] if share.kind == "disputed" else []
    about += [f"{part} of where it may lie"] if part else []
    about += [authority_words(a) for a in share.authorities if a.role != "claims"]
    told = f" ({', '.join(about)})" if about else ""
    return f"{share.name}{told}"


def _disagreements(reported: Reported) -> Iterator[Run]:
    incident = reported.incident
    for n, disagreement in enumerate(incident.disagreements):
        name = clean(disagreement.field.replace("_", " "), 80)
        yield Run(f"{'; ' if n else ''}{name}: ", "soft")
        values = disagreement.values[:_MOST_VALUES]
        for m, told in enumerate(values):
            numbers = reported.values[n][m] if n < len(reported.values) else ()
            yield Run(f"{' or ' if m else ''}{clean(value_words(told.value))}", "", numbers)
        left = len(disagreement.values) - len(values)
        if left:
            yield Run(f" and {count(left, 'more value')}", "soft")


def _decided(incident: Incident) -> Iterator[Run]:
    decided = last_set(incident.decisions)
    words = [f"{name.replace('_', ' ')} ({d.kind.value}, decision {d.name})" for name, d in decided.items()]
    if words:
        yield Run(clean("; ".join(words)))


def _told_by(reported: Reported) -> Iterator[Run]:
    incident = reported.incident
    against = reported.notes.get("against", ())
    articles = {m.article.id for m in incident.mentions}
    voices = count(incident.voices, "independent source")
    yield Run(f"{count(len(articles), 'article')} of {voices}")
    if against:
        yield Run("; told otherwise by", "soft", against)
    yield Run(f" · {clean(incident.id, 80)}", "soft")
