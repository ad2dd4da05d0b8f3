"""What people decide, in SQLite: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from seamwatch.errors import StoreError, UnknownIdError
from seamwatch.model.decision import Decision
from seamwatch.store.sqlite_database import Row, SqliteDatabase, moment, now, to_json
from seamwatch.vocabulary.codes import DecisionKind

_COLUMNS = 'd.number, d.kind, d.mentions, d.others, d.field, d.value, d."by", d.at, d.why, d.undoes'


class DecisionTables(SqliteDatabase):
    """The part of the store that keeps decisions."""

    def add_decision(self, decision: Decision) -> Decision:
        """Append a decision; return it with its number.

        StoreError where it undoes what is unknown, undone already, or an undoing itself.
        """
        with self.transaction():
            if decision.undoes is not None:
                self._check_undo(decision.undoes)
            number = int(self.read("SELECT coalesce(max(number), 0) + 1 FROM decisions")[0][0])
            self.write(
                "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    decision.kind.value,
                    to_json(list(decision.mentions)),
                    to_json(list(decision.others)),
                    decision.field,
                    None if decision.field is None else to_json(decision.value),
                    decision.by,
                    moment(decision.at) or now(),
                    decision.why,
                    decision.undoes,
                ),
            )
            self.write_all(
                "INSERT INTO decision_mentions VALUES (?, ?)",
                ((name, number) for name in dict.fromkeys((*decision.mentions, *decision.others))),
            )
        return replace(decision, number=number)

    def _check_undo(self, number: int) -> None:
        rows = self.read("SELECT kind FROM decisions WHERE number = ?", (number,))
        if not rows:
            raise StoreError(
                f"there is no decision d{number} to undo: `seamwatch decide list` lists the decisions",
                code="not_undoable",
            )
        if rows[0][0] == DecisionKind.UNDO:
            raise StoreError(
                f"d{number} undid another decision and can't be undone: decide again what should hold",
                code="not_undoable",
            )
        undone = self.read('SELECT number, "by" FROM decisions WHERE undoes = ?', (number,))
        if undone:
            by_number, by = undone[0]
            raise StoreError(f"d{number} was undone already, by {by} (d{by_number})", code="not_undoable")

    def decision(self, number: int) -> Decision:
        """Return the decision of a number; UnknownIdError where there is none."""
        rows = self.read(f"SELECT {_COLUMNS} FROM decisions d WHERE d.number = ?", (number,))
        if not rows:
            raise UnknownIdError(
                f"no decision d{number} in {self.path}: `seamwatch decide list` lists the decisions"
            )
        return self._decisions(rows)[0]

    def decisions(self) -> tuple[Decision, ...]:
        """Return all decisions by number, those that were undone and what undid them too."""
        return self._decisions(self.read(f"SELECT {_COLUMNS} FROM decisions d ORDER BY d.number"))

    def decisions_about(self, mention_ids: Iterable[str]) -> tuple[Decision, ...]:
        """Return the decisions that name one of these mentions, and what undid them, by number."""
        rows = self.read(
            # Both ways: a decision may name the mention that is gone, and so may who asks.
            "WITH RECURSIVE now (id) AS (SELECT value FROM json_each(?) UNION "
            "SELECT s.stands FROM stand_ins s JOIN now ON s.mention_id = now.id), "
            "named (id) AS (SELECT id FROM now UNION "
            "SELECT s.mention_id FROM named JOIN stand_ins s ON s.stands = named.id), "
            "about (number) AS (SELECT DISTINCT m.number FROM named JOIN decision_mentions m "
            "ON m.mention_id = named.id) "
            f"SELECT {_COLUMNS} FROM decisions d WHERE d.number IN (SELECT number FROM about) "
            "OR d.undoes IN (SELECT number FROM about) ORDER BY d.number",
            (to_json(list(mention_ids)),),
        )
        return self._decisions(rows)

    def add_stand_in(self, old: str, new: str) -> None:
        """Take note that a mention tells what another one told that is gone with its article."""
        if old == new:
            return
        with self.transaction():
            # An article that was replaced may come back: then its mentions stand for themselves.
            self.write("DELETE FROM stand_ins WHERE mention_id = ?", (new,))
            self.write("INSERT OR REPLACE INTO stand_ins VALUES (?, ?)", (old, new))

    def standing_in(self, mention_ids: Iterable[str]) -> dict[str, str]:
        """Return for each of these mentions the one that stands for it now, or itself."""
        ids = list(dict.fromkeys(mention_ids))
        leads: dict[str, str] = dict(
            self.read(
                "WITH RECURSIVE chain (id) AS (SELECT value FROM json_each(?) UNION "
                "SELECT s.stands FROM stand_ins s JOIN chain ON s.mention_id = chain.id) "
                "SELECT s.mention_id, s.stands FROM chain JOIN stand_ins s ON s.mention_id = chain.id",
                (to_json(ids),),
            )
        )
        return {name: _end(name, leads) for name in ids}

    def stood_for(self, mention_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return for each of these mentions the ids of those that it stands for; one without is left out."""
        ids = list(dict.fromkeys(mention_ids))
        rows = self.read(
            "WITH RECURSIVE older (id, now) AS ("
            "SELECT s.mention_id, s.stands FROM stand_ins s "
            "WHERE s.stands IN (SELECT value FROM json_each(?)) UNION "
            "SELECT s.mention_id, o.now FROM stand_ins s JOIN older o ON s.stands = o.id) "
            "SELECT now, id FROM older ORDER BY now, id",
            (to_json(ids),),
        )
        found: dict[str, tuple[str, ...]] = {}
        for name, old in rows:
            found[name] = (*found.get(name, ()), old)
        return found

    def _decisions(self, rows: list[Row]) -> tuple[Decision, ...]:
        found = [_decision(row) for row in rows]
        stands = self.standing_in(name for d in found for name in (*d.mentions, *d.others))
        return tuple(
            replace(
                d,
                mentions=tuple(dict.fromkeys(stands[name] for name in d.mentions)),
                others=tuple(dict.fromkeys(stands[name] for name in d.others)),
            )
            for d in found
        )


def _end(name: str, leads: dict[str, str]) -> str:
    seen = {name}
    while (further := leads.get(name)) is not None and further not in seen:
        seen.add(further)
        name = further
    return name


def _decision(row: Row) -> Decision:
    number, kind, mentions, others, field, value, by, at, why, undoes = row
    return Decision(
        kind=DecisionKind(kind),
        mentions=tuple(json.loads(mentions)),
        others=tuple(json.loads(others)),
        field=field,
        value=None if value is None else json.loads(value),
        by=by,
        at=datetime.fromisoformat(at),
        why=why,
        undoes=undoes,
        number=number,
    )
