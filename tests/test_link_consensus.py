"""What several tellings say together, as a profile of its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from made_profiles import DAY, named, profile, profiles, several
from seamwatch.link.compare import Profile, Where
from seamwatch.link.consensus import consensus_of
from seamwatch.link.frame import Frame


@given(profiles())
def test_one_telling_is_its_own_consensus(told: Profile) -> None:
    """What a single telling says is said as it says it."""
    assert consensus_of([told]) == told


@given(several(), st.data())
def test_the_order_of_the_tellings_does_not_matter(told: list[Profile], data: st.DataObject) -> None:
    """However the tellings are ordered, they say the same together."""
    assert consensus_of(data.draw(st.permutations(told))) == consensus_of(told)


@given(several())
def test_nothing_is_said_that_nobody_told(told: list[Profile]) -> None:
    """Type, figures, names and units are each one telling's, and can be compared as a telling's are."""
    made = consensus_of(told)
    assert made.type in {p.type for p in told}
    for name in ("killed", "injured", "abducted"):
        given_ = {getattr(p, name) for p in told} - {None}
        assert (getattr(made, name) in given_) if given_ else getattr(made, name) is None
    assert set(made.actors) <= {n for p in told for n in p.actors}
    assert made.where.admin1 in {p.where.admin1 for p in told}
    assert made.where.country in {p.where.country for p in told}
    assert 1 <= made.support <= len(told)
    assert len(Frame([made, *told])) == len(told) + 1


def day(name: str, number: int, long: int = 0) -> Profile:
    return profile(
        name, start=DAY + number, end=DAY + number + long, day_precision=1 if not long else 2, told=DAY + 9
    )


def test_the_day_that_most_give_is_the_day() -> None:
    """A slip of one telling does not move the day; a week that holds a day speaks for it."""
    assert consensus_of([day("a", 0), day("b", 1), day("c", 0)]).start == DAY
    made = consensus_of([day("a", 0), day("b", 1), day("c", 1, 6)])
    assert (made.start, made.end, made.day_precision) == (DAY + 1, DAY + 1, 1)


def test_the_figure_that_most_give_is_the_figure() -> None:
    """Of several figures the one given most often counts, of equals the middle one."""
    told = [profile(name, killed=(n, n)) for name, n in zip("abc", (5, 2, 5), strict=True)]
    assert consensus_of(told).killed == (5, 5)
    told = [profile(name, killed=(n, n)) for name, n in zip("abc", (9, 2, 5), strict=True)]
    assert consensus_of(told).killed == (5, 5)


def test_the_finest_place_is_the_place_with_all_its_spellings() -> None:
    """A village outweighs its district, is known by every spelling, and has the units that others know."""
    kifri, diyala = named("Kifri"), named("Diyala")
    wheres = (
        Where(parts=(named("Kulajo"),), country="IQ", level=1),
        Where(parts=(kifri,), admin2=kifri, admin1=diyala, country="IQ", level=3, seat=True),
        Where(parts=(named("Kulajo"),), country="IQ", level=1),
        Where(parts=(kifri,), admin2=kifri, admin1=diyala, country="IQ", level=3, seat=True),
    )
    made = consensus_of([profile(name, where=where) for name, where in zip("abcd", wheres, strict=True)])
    assert made.where.parts == (named("Kulajo"),)
    assert (made.where.admin2, made.where.admin1, made.support) == (kifri, diyala, 2)
