"""Labels that people gave to own articles, in SQLite."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from seamwatch.model.label import LabelChange, LabelOrder
from seamwatch.store.sqlite_database import moment, now, to_json
from seamwatch.store.sqlite_parties import PartyRecordTables
from seamwatch.vocabulary.coordination import Tlp


def _tlp(text: str | None) -> Tlp | None:
    return Tlp(text) if text else None


class LabelTables(PartyRecordTables):
    """The part of the store that keeps what people ordered about labels."""

    def add_label_order(self, order: LabelOrder) -> LabelOrder:
        """Append an order and give its articles their labels; return it with its number."""
        with self.transaction():
            number = int(self.read("SELECT coalesce(max(number), 0) + 1 FROM label_orders")[0][0])
            self.write(
                "INSERT INTO label_orders VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(number, order.about, order.tlp, order.by, moment(order.at) or now(), order.why),
                    order.undoes,
                ),
            )
            self.write_all(
                "INSERT INTO label_order_articles VALUES (?, ?, ?, ?)",
                ((number, change.article, change.before, change.after) for change in order.changes),
            )
            for change in order.changes:
                self.set_label(change.article, change.after)
        return replace(order, number=number)

    def label_orders(self, articles: Collection[str] | None = None) -> tuple[LabelOrder, ...]:
        """Return the orders by number: all, or those that changed the label of one of these articles."""
        wanted = "1" if articles is None else "a.article IN (SELECT value FROM json_each(?))"
        values = () if articles is None else (to_json(list(articles)),)
        changes: dict[int, list[LabelChange]] = {}
        for number, article, before, after in self.read(
            "SELECT number, article, before, after FROM label_order_articles WHERE number IN "
            f"(SELECT a.number FROM label_order_articles a WHERE {wanted}) ORDER BY number, article",
            values,
        ):
            change = LabelChange(article=article, before=_tlp(before), after=_tlp(after))
            changes.setdefault(number, []).append(change)
        rows = self.read(
            'SELECT number, about, tlp, "by", at, why, undoes FROM label_orders WHERE number IN '
            "(SELECT value FROM json_each(?)) ORDER BY number",
            (to_json(list(changes)),),
        )
        return tuple(
            LabelOrder(
                number=number,
                about=about,
                tlp=_tlp(tlp),
                by=by,
                at=datetime.fromisoformat(at),
                why=why,
                undoes=undoes,
                changes=tuple(changes[number]),
            )
            for number, about, tlp, by, at, why, undoes in rows
        )
