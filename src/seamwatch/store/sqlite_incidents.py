"""Incidents as derived last, every id ever given, and revisions, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.incident import Incident
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.incident_decoding import incident_from_json
from seamwatch.model.region import box_around, ring_text
from seamwatch.store.base import IncidentFilter
from seamwatch.store.matching import fold, names_of
from seamwatch.store.sqlite_areas import area_rows
from seamwatch.store.sqlite_articles import match_words
from seamwatch.store.sqlite_database import CHUNK, Row, chunks, to_json
from seamwatch.store.sqlite_mentions import MentionTables, box_sql

_IN = "IN (SELECT value FROM json_each(?))"


def _row(incident: Incident) -> Row:
    when, where = incident.date, incident.place
    return (
        incident.id,
        # Which ids lead here is kept in the table of aliases alone.
        to_json({**incident_json(incident), "aliases": []}),
        incident.status.value,
        incident.event_type.value,
        incident.sub_event_type.value,
        when.start.isoformat() if when else None,
        when.end.isoformat() if when else None,
        where.lat if where else None,
        where.lon if where else None,
        incident.killed.best if incident.killed else None,
    )


def _where(wanted: IncidentFilter) -> tuple[str, list[Any]]:
    parts: list[str] = ["1"]
    values: list[Any] = []
    if wanted.statuses is not None:
        parts.append(f"i.status {_IN}")
        values.append(to_json(list(wanted.statuses)))
    if wanted.since is not None:
        parts.append("i.date_end >= ?")
        values.append(wanted.since.isoformat())
    if wanted.until is not None:
        parts.append("i.date_start <= ?")
        values.append(wanted.until.isoformat())
    if wanted.type is not None:
        parts.append("(lower(i.event_type) = ? OR lower(i.sub_event_type) = ?)")
        values += [wanted.type.strip().lower()] * 2
    if wanted.types:
        parts.append(f"(lower(i.event_type) {_IN} OR lower(i.sub_event_type) {_IN})")
        values += [to_json([name.strip().lower() for name in wanted.types])] * 2
    if wanted.min_killed is not None:
        parts.append("i.killed >= ?")
        values.append(wanted.min_killed)
    if wanted.precision is not None:
        parts.append("json_extract(i.json, '$.place.precision') <= ?")
        values.append(wanted.precision)
    if wanted.area is not None:
        parts.append("EXISTS (SELECT 1 FROM incident_names WHERE key = i.key AND kind = 'area' AND name = ?)")
        values.append(fold(wanted.area))
    if wanted.actor is not None:
        # Whole words: "IS" is not a part of "Islamists".
        parts.append(
            "EXISTS (SELECT 1 FROM incident_names WHERE key = i.key AND kind = 'actor' "
            "AND instr(' ' || name || ' ', ?))"
        )
        values.append(f" {fold(wanted.actor)} ")
    if wanted.bbox is not None:
        inside, box = box_sql("i", "incident_points", wanted.bbox)
        parts.append(inside)
        values += box
    if wanted.within is not None:
        inside, box = box_sql("i", "incident_points", box_around(wanted.within))
        parts.append(f"{inside} AND in_ring(i.lon, i.lat, ?)")
        values += [*box, ring_text(wanted.within)]
    if wanted.text is not None:
        words = match_words(wanted.text)
        parts.append(
            "i.key IN (SELECT t.incident FROM article_words w JOIN told_in t ON t.article = w.rowid "
            "WHERE w.article_words MATCH ?)"
            if words
            else "?"
        )
        values.append(words or 0)
    return " AND ".join(parts), values


class IncidentTables(MentionTables):
    """The part of the store that keeps incidents."""

    def replace_incidents(self, incidents: Iterable[Incident], removed_ids: Iterable[str] = ()) -> None:
        """Store incidents as derived now, new or in place of those of their ids, and remove others."""
        kept = list(incidents)
        ids = {incident.id for incident in kept}
        removed = sorted(set(removed_ids) - ids)
        mentions = [(m.mention.id, incident.id) for incident in kept for m in incident.mentions]
        if len(ids) < len(kept) or len({mention for mention, _ in mentions}) < len(mentions):
            raise StoreError("the incidents to store share an id or a mention: each needs its own")
        with self.transaction():
            self._check_owners(mentions, ids.union(removed))
            told = self._told_by(removed)
            self.write(f"DELETE FROM incidents WHERE id {_IN}", (to_json([*ids, *removed]),))
            self._insert_incidents(kept)
            self._lead_on(kept, told)

    def replace_all_incidents(self, incidents: Iterable[Incident]) -> None:
        """Store these incidents in place of all; every id ever given leads on."""
        with self.transaction():
            told = self._told_by([name for (name,) in self.read("SELECT id FROM incidents")])
            self.write("DELETE FROM incidents")
            run: list[Incident] = []
            for incident in incidents:
                told.pop(incident.id, None)
                run.append(incident)
                if len(run) >= CHUNK:
                    self._insert_incidents(run)
                    self._lead_on(run, {})
                    run = []
            self._insert_incidents(run)
            self._lead_on(run, told)

    def _insert_incidents(self, kept: Sequence[Incident]) -> None:
        if kept:
            self.write_all(
                "INSERT INTO incidents (id, json, status, event_type, sub_event_type, date_start, date_end, "
                "lat, lon, killed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_row, kept),
            )
            self.write_all(
                "INSERT INTO incident_mentions (mention_id, incident_id) VALUES (?, ?)",
                ((m.mention.id, incident.id) for incident in kept for m in incident.mentions),
            )
            ids = to_json([incident.id for incident in kept])
            keys: dict[str, int] = dict(self.read(f"SELECT id, key FROM incidents WHERE id {_IN}", (ids,)))
            self.write_all(
                "INSERT INTO incident_names VALUES (?, ?, ?)",
                ((keys[incident.id], *name) for incident in kept for name in sorted(names_of(incident))),
            )
            self.write_all(
                "INSERT INTO incident_areas VALUES (?, ?, ?)",
                (row for incident in kept for row in area_rows(incident.id, incident.areas)),
            )

    def _check_owners(self, mentions: list[tuple[str, str]], touched: set[str]) -> None:
        ids = to_json([mention for mention, _ in mentions])
        stored = self.read(f"SELECT id FROM mentions WHERE id {_IN}", (ids,))
        missing = {mention for mention, _ in mentions}.difference(name for (name,) in stored)
        if missing:
            raise StoreError(f"an incident has the mention {min(missing)}, which is not stored")
        for mention, owner in self.read(
            f"SELECT mention_id, incident_id FROM incident_mentions WHERE mention_id {_IN}", (ids,)
        ):
            if owner not in touched:
                raise StoreError(f"mention {mention} belongs to incident {owner}: replace or remove that too")

    def _told_by(self, removed: list[str]) -> dict[str, list[str]]:
        rows = self.read(
            "SELECT i.id, json_extract(m.value, '$.id') FROM incidents i, json_each(i.json, '$.mentions') m "
            f"WHERE i.id {_IN} ORDER BY i.id, m.key",
            (to_json(removed),),
        )
        told: dict[str, list[str]] = {name: [] for name in removed}
        for name, mention in rows:
            told[name].append(mention)
        return told

    def _lead_on(self, kept: Sequence[Incident], told: dict[str, list[str]]) -> None:
        # Keeps the promise that every id ever given leads to its incident.
        self.write(f"DELETE FROM aliases WHERE id {_IN}", (to_json([i.id for i in kept]),))
        leads = {alias: i.id for i in kept for alias in i.aliases if alias != i.id}
        alive = self.read(f"SELECT id FROM incidents WHERE id {_IN}", (to_json(sorted(leads)),))
        if alive:
            raise StoreError(
                f"{alive[0][0]} is an incident of its own and can't be an alias: remove it first"
            )
        owners = self.incidents_of([mention for mentions in told.values() for mention in mentions])
        for name, mentions in told.items():
            leads.setdefault(name, next((owners[m] for m in mentions if m in owners), ""))
        for name in told:
            self.write(
                "UPDATE aliases SET incident_id = ? WHERE incident_id = ?", (leads[name] or None, name)
            )
        self.write_all(
            "INSERT OR REPLACE INTO aliases VALUES (?, ?)",
            ((alias, target or None) for alias, target in leads.items()),
        )

    def resolve_id(self, incident_id: str) -> str:
        """Return the id of the incident that an id or alias leads to; UnknownIdError where none does."""
        if self.read("SELECT 1 FROM incidents WHERE id = ?", (incident_id,)):
            return incident_id
        rows = self.read("SELECT incident_id FROM aliases WHERE id = ?", (incident_id,))
        if rows and rows[0][0]:
            return str(rows[0][0])
        if rows:
            raise UnknownIdError(f"{incident_id} was an incident that no stored article tells any longer")
        raise UnknownIdError(f"no incident {incident_id} in {self.path}: `seamwatch incidents` lists the ids")

    def incident(self, incident_id: str) -> Incident:
        """Return the incident that an id or alias leads to; UnknownIdError where none does."""
        rows = self.read("SELECT key FROM incidents WHERE id = ?", (self.resolve_id(incident_id),))
        return next(self._incidents([rows[0][0]]))

    def incidents(self, wanted: IncidentFilter | None = None) -> Iterator[Incident]:
        """Return the incidents that pass the filter, by first day and id; those without a day last."""
        where, values = _where(wanted or IncidentFilter())
        rows = self.read(
            f"SELECT i.key FROM incidents i WHERE {where} ORDER BY i.date_start IS NULL, i.date_start, i.id",
            values,
        )
        return self._incidents([key for (key,) in rows])

    def _incidents(self, keys: list[int]) -> Iterator[Incident]:
        for run in chunks(keys):
            rows = self.read(f"SELECT key, json FROM incidents WHERE key {_IN}", (to_json(run),))
            payloads = {key: json.loads(row) for key, row in rows}
            mentions = self.mentions(m["id"] for payload in payloads.values() for m in payload["mentions"])
            aliases: dict[str, list[str]] = {}
            for alias, name in self.read(
                f"SELECT id, incident_id FROM aliases WHERE incident_id {_IN} ORDER BY id",
                (to_json([payload["id"] for payload in payloads.values()]),),
            ):
                aliases.setdefault(name, []).append(alias)
            for key in run:
                if key in payloads:
                    payload = {**payloads[key], "aliases": aliases.get(payloads[key]["id"], [])}
                    yield incident_from_json(payload, f"{self.path}, incident {payload['id']}", mentions)

    def incident_ids(self) -> tuple[str, ...]:
        """Return the ids of all incidents, without aliases, sorted."""
        return tuple(name for (name,) in self.read("SELECT id FROM incidents ORDER BY id"))

    def incidents_of(self, mention_ids: Iterable[str]) -> dict[str, str]:
        """Return for each mention that is part of an incident that incident's id."""
        return dict(
            self.read(
                f"SELECT mention_id, incident_id FROM incident_mentions WHERE mention_id {_IN}",
                (to_json(list(mention_ids)),),
            )
        )

    def stored_just_so(self, incidents: Sequence[Incident]) -> frozenset[str]:
        """Return the ids of those incidents that are stored as they are, their aliases leading to them."""
        given = to_json([i.id for i in incidents])
        stored: dict[str, str] = dict(self.read(f"SELECT id, json FROM incidents WHERE id {_IN}", (given,)))
        leads = {i.id: {a for a in i.aliases if a != i.id} for i in incidents}
        for alias, name in self.read(
            f"SELECT id, incident_id FROM aliases WHERE id {_IN}",
            (to_json([alias for aliases in leads.values() for alias in aliases]),),
        ):
            leads.get(name, set()).discard(alias)
        return frozenset(i.id for i in incidents if not leads[i.id] and stored.get(i.id) == _row(i)[1])

    def incident_sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Return how many mentions each of these incidents has by now."""
        return dict(
            self.read(
                f"SELECT incident_id, count(*) FROM incident_mentions WHERE incident_id {_IN} "
                "GROUP BY incident_id",
                (to_json(list(ids)),),
            )
        )
