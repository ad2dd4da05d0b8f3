"""The fields on which an incident's tellings differ, with all values and who gives each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial

from seamwatch.link.belief import NOWHERE, State
from seamwatch.link.compare import Where
from seamwatch.link.corrections import Corrections
from seamwatch.link.names import fold
from seamwatch.link.order import Telling, best_of
from seamwatch.link.short import short_date, short_place, toll_values
from seamwatch.link.tolls import tolls_of
from seamwatch.link.whereabouts import Fits
from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import DisagreeingValue, Disagreement, Mention
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.vocabulary.codes import ActorKind, Status

Groups = Mapping[Hashable, Sequence[Telling]]


def _groups(told: Iterable[tuple[Hashable, Telling]]) -> Groups:
    """Return the tellings by the value that they give, in order of first telling; silent ones left out."""
    found: dict[Hashable, list[Telling]] = {}
    for value, t in told:
        if value is not None:
            found.setdefault(value, []).append(t)
    return found


def _day_key(when: TimeRange | None) -> Hashable:
    return None if when is None else (when.start, when.end)


def _place_key(place: Place | None) -> Hashable:
    return None if place is None else (fold(place.name or ""), place.admin2, place.admin1)


def _named(mention: Mention) -> Hashable:
    return frozenset(fold(a.name) for a in mention.perpetrators if a.kind is not ActorKind.GROUP) or None


def _days_differ(groups: Groups) -> bool:
    """Return whether two dates exclude one another; a coarser date that holds a finer one does not."""
    ranges = [t.mention.date for same in groups.values() for t in same[:1] if t.mention.date]
    return bool(ranges) and max(r.start for r in ranges) > min(r.end for r in ranges)


def _places_differ(groups: Groups, wheres: Mapping[str, Where], fits: Fits) -> bool:
    """Return whether two places exclude one another; a spelling or a wider area does not."""
    told = {wheres.get(t.mention.id, NOWHERE) for same in groups.values() for t in same}
    numbers = {fits.number(where) for where in told if where.known}
    return any(not numbers <= fits.fitting[number] for number in numbers)


def disagreements_of(
    told: Sequence[Telling],
    wheres: Mapping[str, Where],
    fits: Fits,
    state: State,
    corrected: Corrections,
) -> tuple[Disagreement, ...]:
    """Return the fields on which the tellings differ, with all their values and who gives each.

    Where a person set a value, or a retracted incident holds no figure, all that is told otherwise is a
    disagreement, be it one value only.
    """
    given = corrected.given
    retracted = state.status is Status.RETRACTED
    if len(told) == 1 and not given and not retracted:
        return ()
    found: list[Disagreement] = []

    def add(
        field: str, groups: Groups, differ: bool, held: Hashable, value: Callable[[Mention], object]
    ) -> None:
        overruled = field in given or (retracted and field in TOLLS)
        if (differ and len(groups) > 1) or (overruled and any(key != held for key in groups)):
            values = [
                DisagreeingValue(value=value(same[0].mention), mentions=tuple(t.mention.id for t in same))
                for same in groups.values()
            ]
            found.append(Disagreement(field=field, values=tuple(values)))

    groups = _groups((_day_key(t.mention.date), t) for t in told)
    differ = len(groups) > 1 and _days_differ(groups)
    add("date", groups, differ, _day_key(state.date), lambda m: short_date(m.date))
    groups = _groups((_place_key(t.mention.place), t) for t in told)
    differ = len(groups) > 1 and _places_differ(groups, wheres, fits)
    add("place", groups, differ, _place_key(state.place), lambda m: short_place(m.place))
    groups = _groups((t.mention.sub_event_type, t) for t in told)
    add("sub_event_type", groups, True, state.type, lambda m: m.sub_event_type.value)
    tolls: dict[str, list[tuple[Hashable, Telling]]] = {}
    for t in told:
        for name, toll in tolls_of(t.mention):
            tolls.setdefault(name, []).append((best_of(toll), t))
    for name, figure in zip(TOLLS, state.figures, strict=True):
        if name in tolls:
            add(name, _groups(tolls[name]), True, figure, partial(_toll_values, name))
    if any(t.sourced.article.party for t in told):
        # Whether it happened at all: between parties that is not settled by who spoke last.
        groups = _groups((t.counts, t) for t in told)
        add("status", groups, True, None, _stand)
    if any(t.mention.perpetrators for t in told):
        groups = _groups((_named(t.mention), t) for t in told)
        names = frozenset(map(fold, state.names))
        add("perpetrators", groups, True, names, lambda m: [a.name for a in m.perpetrators])
    return tuple(found)


def _stand(mention: Mention) -> str:
    return mention.modality.value


def _toll_values(name: str, mention: Mention) -> object:
    return toll_values(getattr(mention, name))
