"""Breaches planted in the program, one for each rule: the test of histories must catch each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

from seamwatch.vocabulary.coordination import EntryKind, Grain, Tlp

CENTRE = "seamwatch.pipeline.centre"
COORDINATE = "seamwatch.coordinate"


@contextmanager
def replaced(where: str, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Put what `make` makes of a function in its place; `where` is a module, or a class in one."""
    module, _, of = where.partition(":")
    holder = import_module(module)
    if of:
        holder = getattr(holder, of)
    real = holder.__dict__[name]
    setattr(holder, name, make(real))
    try:
        yield
    finally:
        setattr(holder, name, real)


Fault = Callable[[], Any]


def _orders(**changes: Any) -> Fault:
    return lambda: replaced(
        f"{COORDINATE}.release",
        "standing_orders",
        lambda real: lambda orders, to: replace(real(orders, to), **changes),
    )


def _grain(name: str) -> Fault:
    """Return the fault that a field is always given whole."""

    def made(real: Any) -> Any:
        def ruled(self: Any, chosen: Any) -> Any:
            return {**real(self, chosen), name: (Grain.EXACT, "a fault")}

        return ruled

    return lambda: replaced(f"{COORDINATE}.release:_Weigher", "_ruled", made)


def _delayed(real: Any) -> Any:
    return lambda self, view, rule: (view, None)


def _approved(real: Any) -> Any:
    def approval(orders: Any, by: Any, tellings: Any = ()) -> Any:
        found = real(orders, by, tellings)
        return found if found[0] is not None else (_ANY, "")

    return approval


class _Any:
    """Stands for an approval of everything."""

    approved: Mapping[str, int] = {}


_ANY = _Any()


def _without_withdrawals(real: Any) -> Any:
    def folded(old: Any, item: Any) -> Any:
        if item.entry.kind is EntryKind.WITHDRAWAL and old is not None:
            return old, False
        return real(old, item)

    return folded


def _everybody(real: Any) -> Any:
    return lambda self, party: self.charter.party(party)


def _no_label(real: Any) -> Any:
    return lambda self, rule, view: rule.tlp


def _not_red(real: Any) -> Any:
    def verdict(*args: Any, **options: Any) -> Any:
        made = real(*args, **options)
        if made.state == "none" and made.tlp is Tlp.RED:
            case, rules, orders, to = args
            named = [
                replace(r, rule=replace(r.rule, to=(*r.rule.to, to.party))) if made.rule == r.name else r
                for r in rules
            ]
            return real(case, named, orders, to, **options)
        return made

    return verdict


def _nothing(real: Any) -> Any:
    return lambda *args, **options: 0


def _no_heads(real: Any) -> Any:
    return lambda *args, **options: ()


def _no_receipts(real: Any) -> Any:
    return lambda node: None


def _silent_log(real: Any) -> Any:
    """Leave what was sent out of the log, as a node would that hides it."""

    def audit(node: Any, kind: str, *args: Any, **details: Any) -> Any:
        return None if kind == "entry.sent" else real(node, kind, *args, **details)

    return audit


def _changed_log(real: Any) -> Any:
    def export(*args: Any, **options: Any) -> Any:
        for number, line in enumerate(real(*args, **options)):
            yield line.replace("entry.taken", "entry.tokan", 1) if number == 3 else line

    return export


def _as_it_comes(real: Any) -> Any:
    return lambda told, view, units: real(deepcopy(told), view, units)


def _further(real: Any) -> Any:
    """Show a point that is still that of the village."""

    def coarsen(place: Any, grain: Any, units: Any) -> Any:
        return replace(real(place, grain, units) or place, lat=place.lat, lon=place.lon, name=place.name)

    return coarsen


def _week(real: Any) -> Any:
    def coarsen(when: Any, grain: Any) -> Any:
        made = real(when, grain)
        return replace(made, end=made.start + timedelta(days=1))

    return coarsen


FAULTS: Mapping[str, Fault] = {
    "a held incident goes out": _orders(held=None),
    "a label is not raised": lambda: replaced(f"{COORDINATE}.release:_Weigher", "_label", _no_label),
    "a withheld field goes out by order": _orders(withheld={}),
    "the delay is not kept": lambda: replaced(f"{COORDINATE}.release:_Weigher", "_known", _delayed),
    "nobody approves": lambda: replaced(f"{COORDINATE}.release", "valid_approval", _approved),
    "TLP:RED goes to everyone": lambda: replaced(f"{CENTRE}.weighing", "verdict", _not_red),
    "the place is exact": _grain("place"),
    "the day is exact": _grain("date"),
    "a withheld toll goes out": _grain("killed"),
    "the sources go out": _grain("sources"),
    "a coarse place keeps its point and name": lambda: replaced(
        f"{COORDINATE}.release_content", "coarsen_place", _further
    ),
    "a week is two days": lambda: replaced(f"{COORDINATE}.release_content", "coarsen_date", _week),
    "a target names the village": lambda: replaced(
        f"{COORDINATE}.release_content", "without_leaks", _as_it_comes
    ),
    "a withdrawal is not carried out": lambda: replaced(
        f"{CENTRE}.receiving", "folded", _without_withdrawals
    ),
    "who left or is suspended is served": lambda: replaced(
        "seamwatch.model.charter:CharterState", "active", _everybody
    ),
    "contents are not erased": lambda: replaced(
        "seamwatch.store.sqlite_exchange:ExchangeTables", "erase_earlier", _nothing
    ),
    "receipts are not given": lambda: replaced(f"{CENTRE}.carrying", "_give_receipts", _no_receipts),
    "a restored node goes on counting": lambda: replaced(f"{CENTRE}.restoring", "restored_from", _no_heads),
    "a party that uses files does not learn that it was restored": lambda: replaced(
        f"{CENTRE}.bundling", "lost_here", lambda real: lambda *args: {}
    ),
    "what was sent is not in the log": lambda: replaced(f"{CENTRE}.sending", "audit", _silent_log),
    "the log was changed": lambda: replaced("history_world", "export_log", _changed_log),
}
"""What is broken, and how."""
