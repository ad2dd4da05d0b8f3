"""Judgements about pairs of mentions, in SQLite: appended, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from seamwatch.errors import StoreError
from seamwatch.model.incident import Judgement, Reason
from seamwatch.store.sqlite_database import Row, SqliteDatabase, moment, now, to_json
from seamwatch.vocabulary.codes import Verdict

_COLUMNS = 'j.left_id, j.right_id, j.verdict, j.score, j.reasons, j."by", j.at, j.supersedes'
_STANDING = "NOT EXISTS (SELECT 1 FROM judgements s WHERE s.supersedes = j.key)"


def _judgement(row: Row) -> Judgement:
    left, right, verdict, score, reasons, by, at, supersedes = row
    return Judgement(
        left=left,
        right=right,
        verdict=Verdict(verdict),
        score=score,
        reasons=tuple(Reason(feature=f, weight=w, text=t) for f, w, t in json.loads(reasons)),
        by=by,
        at=datetime.fromisoformat(at),
        supersedes=supersedes,
    )


class JudgementTables(SqliteDatabase):
    """The part of the store that keeps judgements."""

    def add_judgements(self, judgements: Iterable[Judgement]) -> int:
        """Append judgements; return how many were new.

        One that repeats its author's standing judgement on the pair (same verdict and score) is not new,
        so that linking the same mentions again adds nothing. One that names nothing to supersede
        supersedes its author's standing one; another author's stands beside it.
        """
        new = 0
        with self.transaction():
            for judgement in judgements:
                if not judgement.left < judgement.right:
                    raise StoreError(
                        f"a judgement's mentions must be two and in sorted order, "
                        f"not {judgement.left} and {judgement.right}"
                    )
                standing = self.read(
                    "SELECT j.key, j.verdict, j.score FROM judgements j "
                    "WHERE j.left_id = ? AND j.right_id = ? "
                    f'AND j."by" = ? AND {_STANDING} ORDER BY j.key DESC LIMIT 1',
                    (judgement.left, judgement.right, judgement.by),
                )
                supersedes = judgement.supersedes
                if supersedes is None and standing:
                    key, verdict, score = standing[0]
                    if verdict == judgement.verdict and score == judgement.score:
                        continue
                    supersedes = key
                new += self.write(
                    "INSERT INTO judgements (left_id, right_id, verdict, score, reasons, "
                    '"by", at, supersedes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
                    (
                        judgement.left,
                        judgement.right,
                        judgement.verdict.value,
                        judgement.score,
                        to_json([(r.feature, r.weight, r.text) for r in judgement.reasons]),
                        judgement.by,
                        moment(judgement.at) or now(),
                        supersedes,
                    ),
                )
        return new

    def judgements_about(self, mention_ids: Iterable[str]) -> tuple[Judgement, ...]:
        """Return the standing judgements with any of these mentions: one a pair and author, oldest first."""
        ids = to_json(list(mention_ids))
        rows = self.read(
            f"SELECT {_COLUMNS} FROM judgements j WHERE j.key IN ("
            "SELECT key FROM judgements WHERE left_id IN (SELECT value FROM json_each(?)) UNION "
            "SELECT key FROM judgements WHERE right_id IN (SELECT value FROM json_each(?))"
            f") AND {_STANDING} ORDER BY j.key",
            (ids, ids),
        )
        return tuple(map(_judgement, rows))

    def all_judgements(self) -> Iterator[Judgement]:
        """Return every standing judgement, oldest first."""
        return map(
            _judgement, self.read(f"SELECT {_COLUMNS} FROM judgements j WHERE {_STANDING} ORDER BY j.key")
        )
