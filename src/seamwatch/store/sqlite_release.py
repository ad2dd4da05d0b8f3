"""In SQLite: release rules, orders, approvals, what changed since the last release."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from seamwatch.errors import UnknownIdError
from seamwatch.model.release import ReleaseOrder
from seamwatch.store.base_release import IncidentRow, RulesVersion, StandingRow, TellingRow
from seamwatch.store.sqlite_database import Row, SqliteDatabase, moment, now, to_json
from seamwatch.vocabulary.coordination import OrderKind, Tlp

_IN = "IN (SELECT value FROM json_each(?))"
_MARK = "release_mark"
_ORDER = 'o.number, o.incident, o.kind, o.receiver, o.field, o.tlp, o."by", o.at, o.why, o.approved'
# An id that was ordered about leads on as incidents do, and so do mentions that others stand for now.
_HOLDS = (
    "WITH RECURSIVE wanted (id) AS (SELECT value FROM json_each(?)), "
    "older (id, incident) AS ("
    "SELECT m.mention_id, m.incident_id FROM incident_mentions m JOIN wanted w ON w.id = m.incident_id UNION "
    "SELECT s.mention_id, o.incident FROM older o JOIN stand_ins s ON s.stands = o.id), "
    "held (number, incident) AS ("
    "SELECT o.number, w.id FROM wanted w JOIN release_orders o ON o.incident = w.id UNION "
    "SELECT o.number, w.id FROM wanted w JOIN aliases a ON a.incident_id = w.id "
    "JOIN release_orders o ON o.incident = a.id UNION "
    "SELECT m.number, d.incident FROM older d JOIN release_order_mentions m ON m.mention_id = d.id) "
)

# The own mentions that orders were given about, as they are told now, each with its incident.
_ABOUT = (
    "WITH RECURSIVE now (number, id) AS ("
    "SELECT m.number, m.mention_id FROM release_order_mentions m "
    "JOIN (SELECT value FROM json_each(?)) w ON w.value = m.number UNION "
    "SELECT n.number, s.stands FROM now n JOIN stand_ins s ON s.mention_id = n.id) "
    "SELECT n.number, i.incident_id, n.id FROM now n JOIN incident_mentions i ON i.mention_id = n.id "
    "JOIN mentions m ON m.id = n.id JOIN articles a ON a.id = m.article_id WHERE a.party IS NULL"
)


class ReleaseTables(SqliteDatabase):
    """The part of the store for release rules, orders, approvals, what changed since the last release."""

    # --- rules and orders

    def release_rules(self) -> RulesVersion | None:
        """Return the own rules in force, None where none were ever given."""
        rows = self.read('SELECT version, yaml, "by", at FROM release_rules ORDER BY version DESC LIMIT 1')
        if not rows:
            return None
        version, yaml, by, at = rows[0]
        return RulesVersion(version=version, yaml=yaml, by=by, at=datetime.fromisoformat(at))

    def put_release_rules(self, yaml: str, by: str, at: datetime) -> RulesVersion:
        """Store a new version of the own rules; the older ones stay."""
        with self.transaction():
            version = int(self.read("SELECT coalesce(max(version), 0) + 1 FROM release_rules")[0][0])
            self.write(
                "INSERT INTO release_rules VALUES (?, ?, ?, ?)", (version, yaml, by, moment(at) or now())
            )
        return RulesVersion(version=version, yaml=yaml, by=by, at=at)

    def add_release_order(self, order: ReleaseOrder) -> ReleaseOrder:
        """Append an order about a stored incident; return it with its number."""
        with self.transaction():
            if not self.read("SELECT 1 FROM incidents WHERE id = ?", (order.incident,)):
                raise UnknownIdError(
                    f"no incident {order.incident} in {self.path}: `seamwatch incidents` lists the ids"
                )
            number = int(self.read("SELECT coalesce(max(number), 0) + 1 FROM release_orders")[0][0])
            self.write(
                "INSERT INTO release_orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    order.incident,
                    order.kind.value,
                    order.to,
                    order.field,
                    order.tlp.value if order.tlp else None,
                    order.by,
                    moment(order.at) or now(),
                    order.why,
                    to_json(dict(order.approved)),
                ),
            )
            self.write(
                "INSERT INTO release_order_mentions "
                "SELECT mention_id, ? FROM incident_mentions WHERE incident_id = ?",
                (number, order.incident),
            )
            self.write("INSERT OR IGNORE INTO release_changed VALUES (?)", (order.incident,))
        return replace(order, number=number)

    def release_orders(self, incident: str | None = None) -> tuple[ReleaseOrder, ...]:
        """Return all orders by number, or those that hold for an incident."""
        if incident is not None:
            return self.orders_of([incident]).get(incident, ())
        return tuple(map(_order, self.read(f"SELECT {_ORDER} FROM release_orders o ORDER BY o.number")))

    def orders_of(self, incidents: Collection[str]) -> dict[str, tuple[ReleaseOrder, ...]]:
        """Return for each of these incidents the orders that hold for it; one without is left out."""
        if not incidents or not self.read("SELECT 1 FROM release_orders LIMIT 1"):
            return {}
        rows = self.read(
            f"{_HOLDS} SELECT h.incident, {_ORDER} FROM held h JOIN release_orders o ON o.number = h.number "
            "ORDER BY o.number",
            (to_json(list(incidents)),),
        )
        about: dict[int, dict[str, set[str]]] = {}
        for number, incident, mention in self.read(
            _ABOUT, (to_json(list(dict.fromkeys(int(row[1]) for row in rows))),)
        ):
            about.setdefault(number, {}).setdefault(incident, set()).add(mention)
        found: dict[str, tuple[ReleaseOrder, ...]] = {}
        for incident, *row in rows:
            told = about.get(int(row[0]), {})
            order = replace(
                _order(tuple(row)),
                about=frozenset(told.get(incident, ())),
                split=bool(told.keys() - {incident}),
            )
            found[incident] = (*found.get(incident, ()), order)
        return found

    # --- what changed

    def changed_incidents(self, limit: int) -> tuple[str, ...]:
        """Return ids of incidents that changed, came or went since they were settled, sorted."""
        rows = self.read("SELECT incident FROM release_changed ORDER BY incident LIMIT ?", (limit,))
        return tuple(name for (name,) in rows)

    def count_changed(self) -> int:
        """Return how many incidents changed since they were settled."""
        return int(self.read("SELECT count(*) FROM release_changed")[0][0])

    def settle_changed(self, incidents: Iterable[str]) -> None:
        """Take note that these incidents were weighed as they are now."""
        self.write(f"DELETE FROM release_changed WHERE incident {_IN}", (to_json(list(incidents)),))

    def all_changed(self) -> None:
        """Count every incident as changed, and every one that was ever released."""
        self.write(
            "INSERT OR IGNORE INTO release_changed SELECT id FROM incidents UNION "
            "SELECT incident FROM sent_records WHERE state = 'released' AND incident <> ''"
        )

    def due_changed(self, now: datetime) -> int:
        """Count the incidents as changed of which more is due; return how many."""
        with self.transaction():
            found = self.write(
                "INSERT OR IGNORE INTO release_changed "
                "SELECT DISTINCT incident FROM release_due WHERE due <= ?",
                (moment(now),),
            )
            self.write("DELETE FROM release_due WHERE due <= ?", (moment(now),))
        return found

    def set_due(self, rows: Iterable[tuple[str, str, datetime | None]]) -> None:
        """Store when more of an incident is due to a receiver; None: not by time alone."""
        given = list(rows)
        self.write_all(
            "DELETE FROM release_due WHERE incident = ? AND receiver = ?",
            ((incident, receiver) for incident, receiver, _ in given),
        )
        self.write_all(
            "INSERT INTO release_due VALUES (?, ?, ?)",
            ((incident, receiver, moment(due)) for incident, receiver, due in given if due is not None),
        )

    def next_due(self) -> datetime | None:
        """Return when the next release is due by time, None where none is."""
        (due,) = self.read("SELECT min(due) FROM release_due")[0]
        return datetime.fromisoformat(due) if due else None

    def release_mark(self) -> str:
        """Return the mark under which all incidents were weighed last, "" for none."""
        rows = self.read("SELECT value FROM meta WHERE name = ?", (_MARK,))
        return str(rows[0][0]) if rows else ""

    def set_release_mark(self, mark: str) -> None:
        """Store the mark of the rules and parties under which incidents are weighed."""
        self.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_MARK, mark))

    # --- what is released

    def incident_rows(self, incidents: Collection[str], *, places: bool) -> dict[str, IncidentRow]:
        """Return these incidents with their mentions; one that is not stored is left out."""
        ids = to_json(list(incidents))
        found: dict[str, str] = dict(self.read(f"SELECT id, json FROM incidents WHERE id {_IN}", (ids,)))
        tellings: dict[str, list[TellingRow]] = {}
        named = "(SELECT e.places FROM extractions e WHERE e.article_id = a.id)" if places else "NULL"
        for incident, *row in self.read(
            "SELECT i.incident_id, m.id, a.party, a.stored_at, a.published, a.tlp, a.source, "
            "(SELECT json_group_array(json_array(s.source, s.retrieved)) FROM article_sources s "
            "WHERE s.article_id = a.id AND s.source <> ''), "
            f"json_extract(m.json, '$.place'), {named} "
            "FROM incident_mentions i JOIN mentions m ON m.id = i.mention_id "
            f"JOIN articles a ON a.id = m.article_id WHERE i.incident_id {_IN}",
            (ids,),
        ):
            tellings.setdefault(incident, []).append(_telling(row))
        return {
            name: IncidentRow(json.loads(text), tuple(tellings.get(name, ()))) for name, text in found.items()
        }

    def standing_records(self, incidents: Collection[str]) -> tuple[StandingRow, ...]:
        """Return how the records of these incidents stand at each receiver."""
        return tuple(
            StandingRow(receiver, record, incident, version, state, _at(at), _at(receipted), why)
            for receiver, record, incident, version, state, at, receipted, why in self.read(
                "SELECT receiver, record, incident, version, state, at, receipted, why FROM sent_records "
                f"WHERE incident {_IN} ORDER BY receiver, record",
                (to_json(list(incidents)),),
            )
        )

    def incidents_after(self, after: str, limit: int) -> tuple[str, ...]:
        """Return the ids of the incidents that come after one, sorted."""
        rows = self.read("SELECT id FROM incidents WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
        return tuple(name for (name,) in rows)


def _at(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _telling(row: list[object]) -> TellingRow:
    mention, party, stored, published, tlp, source, copies, place, places = row
    # The article itself is known since it was stored; a copy since it was retrieved.
    sources: list[tuple[str, datetime | None]] = [(str(source), None)] if source else []
    sources += [(name, _at(at)) for name, at in json.loads(str(copies))]
    known = _at(str(stored))
    assert known is not None
    return TellingRow(
        mention=str(mention),
        party=None if party is None else str(party),
        stored=known,
        published=date.fromisoformat(str(published)) if published else None,
        tlp=Tlp(str(tlp)) if tlp else None,
        sources=tuple(sources),
        place=json.loads(str(place)) if place else None,
        places=json.loads(str(places)) if places else (),
    )


def _order(row: Row) -> ReleaseOrder:
    number, incident, kind, receiver, field, tlp, by, at, why, approved = row
    return ReleaseOrder(
        incident=incident,
        kind=OrderKind(kind),
        by=by,
        at=datetime.fromisoformat(at),
        to=receiver,
        field=field,
        tlp=Tlp(tlp) if tlp else None,
        why=why,
        number=number,
        approved=json.loads(approved),
    )
