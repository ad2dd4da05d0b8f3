"""What is valid in rules or a charter and does nothing here, most often by a slip: told, never refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from seamwatch.model.release import EVERYONE

if TYPE_CHECKING:
    from seamwatch.model.charter import Charter, CharterState
    from seamwatch.model.release import ReleaseRule
    from seamwatch.store.base import Store


def rule_doubts(store: Store, rules: Iterable[ReleaseRule], state: CharterState | None) -> tuple[str, ...]:
    """Return, for each rule, which of its parties the charter does not name and which areas are not stored.

    Such a rule may be written ahead of who joins. Where it is a slip, a rule that should hold something back
    holds nothing back, so whoever stores it must be told. Without a charter only areas are looked at.
    """
    found = tuple(rules)
    stored = {area.id for area in store.areas()} if any(rule.areas for rule in found) else set()
    return tuple(_doubts(found, state, stored))


def _doubts(rules: Iterable[ReleaseRule], state: CharterState | None, stored: set[str]) -> Iterator[str]:
    for number, rule in enumerate(rules, 1):
        where = f"rule {number} ({rule.id})"
        for name in rule.to:
            if state is not None and name != EVERYONE and state.charter.party(name) is None:
                does = "holds nothing back from" if rule.nothing else "gives nothing to"
                yield f"{where}: to: {name!r} is no party of the charter: it {does} anyone of this id"
        for name in rule.areas:
            if name not in stored:
                yield f"{where}: areas: no area {name!r} is stored here: `seamwatch areas list` has the ids"


def charter_doubts(store: Store, charter: Charter) -> tuple[str, ...]:
    """Return which areas of a charter are not stored here: no incident is ever found to lie in them."""
    stored = {area.id for area in store.areas()} if charter.areas else set()
    return tuple(
        f"areas: no area {area.id!r} is stored here, so no incident lies in it: `seamwatch areas add` stores "
        "it, `seamwatch areas list` has the ids"
        for area in charter.areas
        if area.id not in stored
    )
