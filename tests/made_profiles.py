"""Profiles made for tests of linking: Hypothesis strategies, and one by hand from what differs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from seamwatch.link.compare import Name, Profile, Where
from seamwatch.link.names import fold, skeleton
from seamwatch.link.rules import load_link_rules
from seamwatch.vocabulary.acled import SubEventType

DAY = 738_000  # an ordinal: 2021-07-27
# Spellings of a few names, and names that only look like one of them.
NAMES = (
    "Kulajo", "Kolajo", "Kulajaw", "Kifri", "Daquq", "Daquk", "Raqqa", "Ar Raqqah", "Khan Shaykhun",
    "Khan Sheikhoun", "Deir ez-Zor", "Dayr az Zawr", "Tall Rifat", "Tall Abyad", "Has", "Hish",
)  # fmt: skip
UNITS = ("Kifri", "Daquq", "Daquk", "Kirkuk", "Diyala", "Deir ez-Zor", "Dayr az Zawr")
ACTORS = ("Islamic State", "Islamic State fighters", "PKK", "Turkey", "Turkish army", "Peshmerga")
LAYERS = load_link_rules().layers
SIDES, THINGS, WEAPONS = (
    tuple(sorted(group for group, found in LAYERS.items() if found == layer))
    for layer in ("side", "thing", "weapon")
)


def named(text: str) -> Name:
    """Return a name as profiles have it."""
    folded = fold(text)
    return (folded, skeleton(folded))


def profile(name: str, **fields: Any) -> Profile:
    """Return a profile of an article of its own that tells nothing but its type and these fields."""
    values: dict[str, Any] = {
        "article": name, "told": None, "start": None, "end": None, "day_precision": 0, "where": Where(),
        "type": SubEventType.REMOTE_EXPLOSIVE, "killed": None, "injured": None, "abducted": None,
        "losses": None, "best": (None, None), "actors": (), "sides": frozenset(), "things": frozenset(),
        "weapons": frozenset(), "rare": frozenset(), **fields,
    }  # fmt: skip
    return Profile(id=name, **values)


names = st.sampled_from(NAMES).map(named)
units = st.none() | st.sampled_from(UNITS).map(named)
# Most lie near one another, some on both sides of the 180th meridian or near a pole.
near = st.tuples(st.floats(34.5, 35.5), st.floats(44.5, 45.5))
edges = st.tuples(
    st.sampled_from([-90.0, -89.95, -17.0, 0.0, 60.0, 89.9, 90.0]),
    st.sampled_from([-180.0, -179.9, -0.1, 0.0, 90.0, 179.9, 180.0]),
)
anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
radii = st.sampled_from([0.0, 1.0, 5.0, 14.9, 15.0, 15.1, 60.0, 120.0, 121.0, 200.0])


@st.composite
def wheres(draw: st.DrawFn, points: st.SearchStrategy[tuple[float, float]] = near) -> Where:
    """Return a place: any names and units, with and without a point."""
    parts = tuple(draw(st.lists(names, max_size=3, unique=True)))
    admin1 = draw(units)
    point = draw(st.none() | points)
    return Where(
        parts=parts,
        admin2=draw(units),
        admin1=admin1,
        country=draw(st.sampled_from([None, "IQ", "IQ", "SY"])),
        level=draw(st.integers(1, 7)),
        keys=frozenset(name[1] for name in (*parts, admin1) if name),
        seat=bool(parts) and draw(st.booleans()),
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        radius=draw(radii),
        geonameid=draw(st.none() | st.integers(1, 3)),
    )


figures = st.none() | st.tuples(st.integers(0, 9), st.integers(0, 5)).map(lambda n: (n[0], n[0] + n[1]))
count = st.none() | st.integers(0, 6)
groups = st.sampled_from(["civilian", "state", "nonstate"])
losses = (
    st.none()
    | st.tuples(groups, st.just(()))
    | st.just(("civilian", (("state", 2),)))
    | st.just(("", (("civilian", 0), ("state", 0))))
)
# Most are no rows of a dataset; of those that are, some are rows of one event.
events = st.none() | st.none() | st.sampled_from([("ucdp", "1"), ("ucdp", "2"), ("acled", "1")])
lengths = st.sampled_from([0, 0, 0, 0, 1, 3, 6, 30, 364])


def _some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=3)


@st.composite
def profiles(
    draw: st.DrawFn,
    name: str = "a",
    *,
    places: st.SearchStrategy[Where] | None = None,
    spread: int = 4,
    rows: bool = False,
) -> Profile:
    """Return a profile of any values; its days lie within `spread` days of DAY or begin there.

    With `rows` it may be a row of a dataset.
    """
    start = draw(st.none() | st.integers(DAY - spread, DAY + spread))
    long_ = draw(lengths)
    made = profile(
        name,
        article=draw(st.sampled_from(["A", "B", name])),
        told=draw(st.none() | st.integers(DAY - spread, DAY + 3 * spread)),
        where=draw(wheres() if places is None else places),
        type=draw(st.sampled_from(SubEventType)),
        killed=draw(figures),
        injured=draw(figures),
        abducted=draw(figures),
        losses=draw(losses),
        best=(draw(count), draw(count)),
        actors=tuple(draw(st.lists(st.sampled_from(ACTORS).map(named), max_size=3, unique=True))),
        sides=draw(_some(SIDES)),
        things=draw(_some(THINGS)),
        weapons=draw(_some(WEAPONS)),
        rare=draw(_some(("orchard", "generator", "pipeline", "wedding", "shepherds", "tanker"))),
        event=draw(events) if rows else None,
    )
    if start is None:
        return made
    precision = 1 if long_ == 0 else draw(st.integers(1, 5))
    return replace(made, start=start, end=start + long_, day_precision=precision)


@st.composite
def several(
    draw: st.DrawFn,
    most: int = 6,
    *,
    least: int = 2,
    places: st.SearchStrategy[Where] | None = None,
    **more: Any,
) -> list[Profile]:
    """Return some profiles with ids of their own."""
    many = draw(st.integers(least, most))
    return [draw(profiles(f"m{number}", places=places, **more)) for number in range(many)]
