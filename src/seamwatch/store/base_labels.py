"""What every store keeps of the labels that people gave to own articles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from seamwatch.model.label import LabelOrder


class LabelStore(Protocol):
    """Orders about labels: appended, never changed."""

    def add_label_order(self, order: LabelOrder) -> LabelOrder:
        """Append an order and give its articles their labels; return it with its number.

        UnknownIdError where an article is not stored.
        """
        ...

    def label_orders(self, articles: Collection[str] | None = None) -> tuple[LabelOrder, ...]:
        """Return the orders by number: all, or those that changed the label of one of these articles."""
        ...
