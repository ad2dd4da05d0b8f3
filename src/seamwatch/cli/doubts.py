"""What is valid in rules or a charter and does nothing here, said on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seamwatch.cli.database import database_path, open_database
from seamwatch.cli.output import say

if TYPE_CHECKING:
    from seamwatch.model.release import ReleaseRule


def doubts_of_rules(rules: Sequence[ReleaseRule], db: str | None) -> tuple[str, ...]:
    """Return what in rules fits nothing that this database knows; nothing where there is no database yet."""
    from seamwatch.pipeline.centre.charters import charter_in_force
    from seamwatch.pipeline.centre.doubts import rule_doubts

    if not Path(database_path(db)).exists():
        return ()
    with open_database(db) as store:
        return rule_doubts(store, rules, charter_in_force(store))


def say_doubts(doubts: Iterable[str]) -> None:
    """Say each doubt on a line of its own."""
    from seamwatch.publish.plain import printable

    for doubt in doubts:
        say(printable(f"doubt: {doubt}"))
