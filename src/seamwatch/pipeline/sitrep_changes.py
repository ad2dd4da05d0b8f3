"""What changed between two moments: incidents that are new, revised, retracted, or gone from a report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from seamwatch.model.incident import Incident
from seamwatch.model.sitrep import Change, FieldChange
from seamwatch.pipeline.sitrep_notes import Notes
from seamwatch.vocabulary.codes import Status

Kind = Literal["new", "revised", "retracted", "gone"]
_ORDER: tuple[Kind, ...] = ("new", "revised", "retracted", "gone")
_TOLLS = ("killed", "injured", "missing", "abducted")


def changes_between(
    then: Sequence[Incident],
    now: Sequence[Incident],
    moment: datetime,
    statuses: Collection[Status] | None,
    notes: Notes,
) -> tuple[Change, ...]:
    """Return what became of the incidents of a period and area since a moment: new ones first.

    `then` and `now` are those of every status at the two moments. An incident is the same as one of before
    where they share a mention, whatever its id was.
    """
    shown = set(Status) if statuses is None else set(statuses)
    before: dict[str, Incident] = {m.mention.id: i for i in then for m in i.mentions}
    after: dict[str, Incident] = {m.mention.id: i for i in now for m in i.mentions}
    found: list[Change] = []
    for incident in now:
        old = _same(incident, before)
        was = old is not None and old.status in shown
        if incident.status not in shown:
            if was and old is not None:
                fields = tuple(_differences(old, incident, moment, notes))
                found.append(Change(kind="retracted", incident=incident, fields=fields))
        elif not was:
            fields = () if old is None else tuple(_differences(old, incident, moment, notes))
            found.append(Change(kind="new", incident=incident, fields=fields))
        elif old is not None and (fields := tuple(_differences(old, incident, moment, notes))):
            found.append(Change(kind="revised", incident=incident, fields=fields))
    for old in then:
        holder = _same(old, after)
        # One of several that became one is gone into it; the one whose value it goes on from is revised.
        if old.status in shown and (holder is None or _same(holder, before) is not old):
            found.append(Change(kind="gone", incident=old, into=holder.id if holder else None))
    return tuple(sorted(found, key=lambda change: _ORDER.index(change.kind)))


def _same(incident: Incident, others: dict[str, Incident]) -> Incident | None:
    """Return the one of others that tells most of an incident's mentions; of equal ones that of its id."""
    shares: dict[str, int] = {}
    by_id: dict[str, Incident] = {}
    for m in incident.mentions:
        other = others.get(m.mention.id)
        if other is not None:
            shares[other.id] = shares.get(other.id, 0) + 1
            by_id[other.id] = other
    if not shares:
        return None
    return by_id[max(shares, key=lambda name: (shares[name], name == incident.id, name))]


def _differences(old: Incident, new: Incident, moment: datetime, notes: Notes) -> Iterator[FieldChange]:
    """Yield each value of an incident that is another one now, with the revision that says why."""
    for name, before, after in _values(old, new):
        if before == after:
            continue
        told = [r for r in new.revisions if r.at > moment and r.field in (name, _group(name))]
        last = max(told, key=lambda r: r.at) if told else None
        because = [m for m in new.mentions if last is not None and m.mention.id == last.mention]
        yield FieldChange(
            field=name,
            before=before,
            after=after,
            because=last.because if last else "",
            notes=notes.of(because),
        )


def _group(name: str) -> str:
    return "sub_event_type" if name == "type" else name


def _values(old: Incident, new: Incident) -> Iterable[tuple[str, object, object]]:
    """Yield (field, value before, value now) of what a report tells, as JSON."""
    from seamwatch.model.incident_codec import incident_json

    first, last = _told(incident_json(old)), _told(incident_json(new))
    return [(name, first[name], last[name]) for name in first]


def _told(row: dict[str, object]) -> dict[str, object]:
    """Return what a report tells of an incident, without evidence."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            dropped = ("evidence", "geonameid", "radius_km", "lat", "lon", "shape")
            return {key: plain(part) for key, part in value.items() if key not in dropped}
        return [plain(part) for part in value] if isinstance(value, list) else value

    told = {"status": row["status"], "type": row["sub_event_type"]}
    for name in ("date", "place", *_TOLLS):
        told[name] = plain(row.get(name))
    for name in ("perpetrators", "targets"):
        entries = row.get(name)
        names = [entry.get("name") for entry in entries] if isinstance(entries, list) else []
        told[name] = sorted({str(n) for n in names})
    told["claims"] = plain(row.get("claims"))
    return told
