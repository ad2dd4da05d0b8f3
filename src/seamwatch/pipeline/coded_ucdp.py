"""A row of UCDP GED as a mention: what its codes say, each value with its cell."""

from __future__ import annotations

from collections.abc import Sequence

from seamwatch.errors import InputError
from seamwatch.model.coded import RowText
from seamwatch.model.incident import Actor, Mention, Target, Toll, Victim
from seamwatch.model.place import Place
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.coded_values import Cells, known_name, place_of
from seamwatch.resolve.actor_register import ActorRegister
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Certainty, Modality, Outcome, TargetKind, VictimGroup
from seamwatch.vocabulary.countries import country_code

ONE_SIDED = 3
GOVERNMENT = "Government of "
_CIVILIANS = "Civilians"
_DAYS = ("date_start", "date_end", "date_prec")
_WHERE = ("where_coordinates", "where_description", "adm_2", "adm_1", "country", "latitude", "longitude")


def ucdp_mention(name: str, row: RowText, cells: Cells, register: ActorRegister) -> Mention:
    """Return the mention of a row; InputError where a cell can't be read.

    UCDP codes no weapon and no manner: 1 and 2 (two armed sides) are an armed clash, 3 (one side against
    civilians) an attack. It codes no wounded.
    """
    violence = cells.code("type_of_violence", 3)
    kind = SubEventType.ATTACK if violence == ONE_SIDED else SubEventType.ARMED_CLASH
    perpetrators = [*_actors("side_a", row, cells, register)]
    targets: tuple[Target, ...] = ()
    if violence == ONE_SIDED:
        evidence = row.value("side_b")
        targets = (Target(name="civilians", kind=TargetKind.HUMAN, evidence=evidence),) if evidence else ()
    else:
        perpetrators += _actors("side_b", row, cells, register)
    return Mention(
        id=name,
        event_type=kind.event_type,
        sub_event_type=kind,
        modality=Modality.ASSERTED,
        date=_date(row, cells),
        place=_place(row, cells),
        perpetrators=tuple({a.name: a for a in reversed(perpetrators)}.values())[::-1],
        targets=targets,
        victims=_victims(row, cells, register),
        killed=_killed(row, cells),
        evidence=row.line("source_headline") + row.line("type_of_violence") + row.line("id"),
    )


def _date(row: RowText, cells: Cells) -> TimeRange:
    start, end = cells.day("date_start"), cells.day("date_end")
    if end < start:
        raise InputError(f"date_end {end} is before date_start {start}; correct one of them", code="bad_row")
    evidence = tuple(e for column in _DAYS for e in row.line(column))
    return TimeRange(start=start, end=end, precision=cells.code("date_prec", 5), evidence=evidence)


def _place(row: RowText, cells: Cells) -> Place:
    number = cells.number("country_id")
    country = country_code(cells.text("country"), gw=number)
    evidence = row.value("where_coordinates") + tuple(e for column in _WHERE[1:] for e in row.line(column))
    columns = ("where_coordinates", "adm_1", "adm_2")
    return place_of(cells, columns, country, cells.code("where_prec", 7), evidence + row.line("where_prec"))


def _names(written: str) -> list[str]:
    """Return the actors of one side: a row names an alliance with commas."""
    names = (name.strip(" \"'") for name in written.split(","))
    return [name for name in dict.fromkeys(names) if name and name != _CIVILIANS]


def _actors(column: str, row: RowText, cells: Cells, register: ActorRegister) -> list[Actor]:
    return [
        Actor(
            name=known_name(register, name),
            kind=ActorKind.STATE if name.startswith(GOVERNMENT) else ActorKind.ORGANIZATION,
            certainty=Certainty.ASSERTED,
            evidence=row.part(column, name),
        )
        for name in _names(cells.text(column))
    ]


def _group(names: Sequence[str]) -> VictimGroup:
    return VictimGroup.STATE if any(n.startswith(GOVERNMENT) for n in names) else VictimGroup.NONSTATE


def _victims(row: RowText, cells: Cells, register: ActorRegister) -> tuple[Victim, ...]:
    """Return the dead of each side; a side of several is called by its letter."""
    found = []
    for column, side in (("deaths_a", "side_a"), ("deaths_b", "side_b")):
        names = _names(cells.text(side))
        name = known_name(register, names[0]) if len(names) == 1 else side.replace("_", " ")
        found.append((column, name, _group(names)))
    found.append(("deaths_civilians", "civilians", VictimGroup.CIVILIAN))
    found.append(("deaths_unknown", "people of an unknown side", VictimGroup.UNKNOWN))
    return tuple(
        Victim(name=name, group=group, outcome=Outcome.KILLED, count=count, evidence=row.line(column))
        for column, name, group in found
        if (count := cells.number(column))
    )


def _killed(row: RowText, cells: Cells) -> Toll | None:
    """Return the toll; where a row's best lies outside its own low and high, these are widened to it."""
    low, best, high = (cells.number(column) for column in ("low", "best", "high"))
    if best is None:
        return None
    low, high = (best if n is None else n for n in (low, high))
    evidence = row.line("best") + row.line("low") + row.line("high")
    return Toll(low=min(low, best, high), best=best, high=max(low, best, high), evidence=evidence)
