"""Which areas an incident lies in, how surely, and who held them then."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_incidents import article, mention
from seamwatch.ingest.area_files import read_areas
from seamwatch.model.area import Area, AreaKind, AreaShare, Authority, Polygon
from seamwatch.model.incident import Extraction, Incident
from seamwatch.model.place import Place, Shape
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.areas import add_areas, remove_area, renew_areas
from seamwatch.pipeline.listing import list_incidents
from seamwatch.pipeline.record import Recorder
from seamwatch.resolve.areas import AreaIndex
from seamwatch.resolve.regions import EARTH_KM, described, disc
from seamwatch.samples import example_areas
from seamwatch.store import IncidentFilter, Store, open_store

KIFRI = Place(
    name="Kulajo",
    admin2="Kifri",
    admin1="Diyala",
    country="IQ",
    lat=34.69,
    lon=44.96,
    precision=3,
    radius_km=30,
)
KIRKUK_PROVINCE = Place(
    name="Kirkuk", admin1="Kirkuk", country="IQ", lat=35.47, lon=44.39, precision=4, radius_km=75
)
KIRKUK_CITY = Place(
    name="Kirkuk",
    admin2="Kirkuk",
    admin1="Kirkuk",
    country="IQ",
    lat=35.47,
    lon=44.39,
    precision=1,
    radius_km=4,
)


def day(text: str, end: str | None = None) -> TimeRange:
    return TimeRange(start=date.fromisoformat(text), end=date.fromisoformat(end or text), precision=1)


def box(west: float, south: float, east: float, north: float) -> Polygon:
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


def area(
    name: str, *boxes: tuple[float, float, float, float], kind: AreaKind = "own", **fields: object
) -> Area:
    polygons = tuple(box(*b) for b in boxes)
    return Area(id=name.lower(), name=name, kind=kind, polygons=polygons, **fields)  # type: ignore[arg-type]


def weights(index: AreaIndex, place: Place, when: TimeRange | None = None) -> dict[str, float]:
    return {share.name: share.weight for share in index.shares(place, when)}


@pytest.fixture(scope="module")
def example() -> AreaIndex:
    return AreaIndex(read_areas(example_areas("northern-iraq"), "example").areas)


# --- the example of northern Iraq


def test_kulajo_is_in_garmiyan_and_stays_in_diyala(example: AreaIndex) -> None:
    """An incident known to Kifri district gets the Garmiyan Administration with its weight, beside admin1."""
    shares = example.shares(KIFRI, day("2020-04-07"))
    by_name = {s.name: s for s in shares}
    assert by_name["Kifri district"].weight == 1.0
    assert 0.3 < by_name["Garmiyan Administration"].weight < 0.7
    assert by_name["Garmiyan Administration"].kind == "administration"
    assert by_name["Garmiyan Administration"].indicative
    assert KIFRI.admin1 == "Diyala"


def test_a_province_level_incident_is_put_on_no_district(example: AreaIndex) -> None:
    """ "In Kirkuk province" lies in the governorate that is disputed, and in none of its districts."""
    assert weights(example, KIRKUK_PROVINCE, day("2020-04-11")).keys() == {"Kirkuk Governorate"}
    diyala = replace(KIRKUK_PROVINCE, name="Diyala", admin1="Diyala", lat=33.9, lon=44.9)
    assert weights(example, diyala, day("2020-04-11")) == {}


@pytest.mark.parametrize(
    ("when", "forces"),
    [
        ("2014-06-11", set()),
        ("2014-06-12", {"Peshmerga"}),
        ("2017-10-15", {"Peshmerga"}),
        ("2017-10-16", {"Peshmerga", "Iraqi federal forces"}),
        ("2017-10-17", {"Iraqi federal forces"}),
    ],
)
def test_authorities_are_those_of_the_day(example: AreaIndex, when: str, forces: set[str]) -> None:
    """Who secured Kirkuk district depends on the incident's day; the first and last day count."""
    district = next(s for s in example.shares(KIRKUK_CITY, day(when)) if s.name == "Kirkuk district")
    assert {a.name for a in district.authorities if a.role == "secures"} == forces
    assert {a.name for a in district.authorities if a.role == "administers"} == {"Kirkuk Governorate"}


def test_every_example_area_cites_its_source_and_is_indicative() -> None:
    """Each entry of the example says where its outline and each authority comes from, and loads unmended."""
    found = read_areas(example_areas("northern-iraq"), "example")
    assert found.notes == ()
    assert 12 <= len(found.areas) <= 30
    for one in found.areas:
        assert one.indicative and one.country == "IQ"
        assert one.source is not None and "ESOC" in one.source and "Facts: " in one.source
        assert one.note is not None and "indicative" in one.note
        assert one.authorities and all(a.source for a in one.authorities)
        assert one.kind != "division1"


# --- weights


def test_overlapping_areas_are_both_carried() -> None:
    """A place inside two areas lies in both, the more certain first, then by name."""
    index = AreaIndex(
        [area("B", (44, 34, 46, 36)), area("A", (44, 34, 46, 36)), area("Half", (45, 34, 46, 36))]
    )
    place = Place(name="x", lat=35.0, lon=45.0, precision=2, radius_km=10)
    assert list(weights(index, place).items()) == [("A", 1.0), ("B", 1.0), ("Half", 0.5)]


def test_a_sliver_is_no_area() -> None:
    """An area that holds less than a twentieth of where an incident may lie is not told."""
    place = Place(name="x", lat=35.0, lon=45.0, precision=2, radius_km=10)
    assert weights(AreaIndex([area("A", (45.1, 34, 46, 36))]), place) == {}
    assert weights(AreaIndex([area("A", (45.07, 34, 46, 36))]), place) != {}


def test_a_district_is_its_outline_where_that_is_stored() -> None:
    """With Kifri's outline stored, an incident in the district is weighed against it, not against a disc."""
    front = area("Front", (44.0, 34.0, 45.0, 35.0), kind="front")
    district = area("Kifri District", (44.5, 34.0, 45.5, 35.0), kind="division2", country="IQ")
    other = area("Kifri", (10.0, 10.0, 11.0, 11.0), kind="division2", country="SY")
    assert weights(AreaIndex([front, district, other]), KIFRI) == {"Kifri District": 1.0, "Front": 0.5}
    alone = weights(AreaIndex([front]), KIFRI)
    assert 0.5 < alone["Front"] < 0.7


def test_at_province_level_only_what_holds_half_of_it_counts() -> None:
    """An own area over the whole province is told, one over a third of it is not, a district never."""
    whole, part = area("Whole", (43, 34, 46, 37)), area("Part", (43, 35.2, 44.4, 37))
    district = area("District", (43, 34, 46, 37), kind="division2")
    assert weights(AreaIndex([whole, part, district]), KIRKUK_PROVINCE) == {"Whole": 1.0}


def test_a_region_wider_than_a_province_is_coarse_too() -> None:
    """What is known to "northern Iraq" only, 150 km around a point, is put on no governorate in it."""
    part = area("Part", (43.8, 34.9, 44.8, 35.9))
    whole = area("Whole", (40, 32, 48, 39))
    place = Place(name="northern Iraq", lat=35.5, lon=44.0, precision=5, radius_km=150)
    assert weights(AreaIndex([part, whole]), place) == {"Whole": 1.0}
    assert "Part" in weights(AreaIndex([part, whole]), replace(place, radius_km=50))


def test_a_country_level_incident_is_in_the_country_alone() -> None:
    """What is known to Iraq only lies in an area over Iraq, and in no front."""
    place = Place(name="Iraq", country="IQ", lat=33.0, lon=44.0, precision=6)
    areas = [area("Region", (38, 28, 50, 38)), area("Front", (44, 34, 45, 35), kind="front")]
    assert weights(AreaIndex(areas), place) == {"Region": 1.0}


def test_a_described_form_is_where_it_may_lie() -> None:
    """A road's line is weighed by its length, a drawn sector by its size."""
    half = area("East", (45.0, 34.0, 46.0, 36.0))
    road = Shape(kind="line", points=((44.5, 35.0), (45.5, 35.0)))
    sector = Shape(
        kind="polygon", points=((44.0, 34.5), (46.0, 34.5), (46.0, 35.5), (44.0, 35.5), (44.0, 34.5))
    )
    place = Place(name="x", lat=35.0, lon=44.0, precision=5, radius_km=1)
    for shape in (road, sector):
        assert weights(AreaIndex([half]), replace(place, shape=shape)) == {
            "East": pytest.approx(0.5, abs=0.01)
        }


def test_a_form_without_extent_falls_back_on_the_point() -> None:
    """A polygon whose points are all one is no form: the disc around the point counts."""
    flat = Shape(kind="polygon", points=((1.0, 1.0),) * 4)
    place = Place(name="x", lat=35.0, lon=45.0, precision=2, radius_km=5, shape=flat)
    assert weights(AreaIndex([area("A", (44, 34, 46, 36))]), place) == {"A": 1.0}


def test_a_named_area_is_its_own_region() -> None:
    """ "In the Garmiyan Administration", which is no official unit, lies wholly in that area."""
    garmiyan = area("Garmiyan Administration", (45, 34, 46, 35), kind="administration", names=("Garmian",))
    place = Place(name="Garmian", country="IQ", precision=5)
    assert weights(AreaIndex([garmiyan]), place) == {"Garmiyan Administration": 1.0}


@pytest.mark.parametrize(
    "place",
    [
        None,
        Place(name="Somewhere"),
        Place(name="Somewhere", precision=2),
        Place(name="Somewhere", precision=7, lat=35.0, lon=45.0),
        Place(name="Nowhere", country="XX", precision=4),
    ],
)
def test_what_is_nowhere_is_in_no_area(place: Place | None) -> None:
    """Without a place, a point or a resolved unit there is no area."""
    assert AreaIndex([area("World", (-180, -90, 180, 90))]).shares(place, None) == ()


def test_without_a_day_only_what_has_no_limits_counts() -> None:
    """Of an undated incident nobody can say that an authority or an area of some years held."""
    always, then = (
        Authority(name="A", role="claims"),
        Authority(name="B", role="secures", since=date(2017, 1, 1)),
    )
    areas = [
        area("Always", (44, 34, 46, 36), authorities=(always, then)),
        area("Once", (44, 34, 46, 36), until=date(2017, 1, 1)),
    ]
    place = Place(name="x", lat=35.0, lon=45.0, precision=1)
    (share,) = AreaIndex(areas).shares(place, None)
    assert (share.name, share.authorities) == ("Always", (always,))


def test_an_area_counts_on_its_days_only() -> None:
    """An administration of 2021 is none of an incident of 2020; one of its first day it is."""
    index = AreaIndex([area("A", (44, 34, 46, 36), since=date(2021, 7, 28), until=date(2022, 1, 1))])
    place = Place(name="x", lat=35.0, lon=45.0, precision=1)
    days = ("2021-07-27", "2021-07-28", "2022-01-01", "2022-01-02")
    assert [bool(weights(index, place, day(d))) for d in days] == [False, True, True, False]
    assert weights(index, place, day("2020-01-01", "2021-12-31")) == {"A": 1.0}


def test_areas_over_the_180th_meridian_and_at_the_poles() -> None:
    """A disc over the 180th meridian or a pole is weighed as anywhere else."""
    both = area("Both", (179, -20, 180, -10), (-180, -20, -179, -10))
    east = area("East", (-180, -20, -179, -10))
    fiji = Place(name="x", lat=-15.0, lon=180.0, precision=2, radius_km=20)
    found = weights(AreaIndex([both, east]), fiji)
    assert found == {"Both": 1.0, "East": pytest.approx(0.5, abs=0.01)}
    pole = Place(name="x", lat=90.0, lon=0.0, precision=2, radius_km=100)
    quarter = weights(AreaIndex([area("Quarter", (0, 80, 90, 90))]), pole)
    assert quarter == {"Quarter": pytest.approx(0.25, abs=0.01)}


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.5, 2000))
def test_a_disc_has_the_size_of_its_radius(lat: float, lon: float, radius: float) -> None:
    """Everywhere on the globe a disc is as large as on a sphere, and lies within the map."""
    made = disc(lat, lon, radius)
    km2 = made.area * math.radians(1) ** 2 * EARTH_KM**2
    assert km2 == pytest.approx(2 * math.pi * EARTH_KM**2 * (1 - math.cos(radius / EARTH_KM)), rel=0.02)
    west, _, east, _ = made.bounds
    assert west >= -180.0001 and east <= 180.0001


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=6),
    st.sampled_from(["line", "polygon"]),
)
def test_any_form_is_a_region_or_none(points: list[tuple[float, float]], kind: str) -> None:
    """Points in any order, crossing themselves or the 180th meridian, never break the look-up."""
    ring = (*points, points[0]) if kind == "polygon" else tuple(points)
    if kind == "polygon" and len(ring) < 4:
        ring = (*ring, ring[-1])
    shape = Shape(kind=kind, points=ring)  # type: ignore[arg-type]
    made = described(shape)
    assert made is None or made.area > 0
    place = Place(name="x", lat=0.0, lon=0.0, precision=2, shape=shape)
    for share in AreaIndex([area("A", (-90, -45, 90, 45))]).shares(place, None):
        assert 0 < share.weight <= 1


# --- in the record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "record.db")) as opened:
        yield opened


def record(store: Store, name: str, place: Place | None, when: TimeRange | None) -> None:
    """Store an article with one mention at a place and link it, as `read --mentions` does."""
    one = article(
        name,
        text=f"{name}. A roadside bomb hit an army patrol near Tal Hamis on Monday, police said. "
        "Two soldiers were killed and three were wounded. The Islamic State claimed the attack.",
    )
    said = mention(one, place=place, date=when, claims=(), perpetrators=(), evidence=())
    Recorder(store).store_given(one, Extraction(mentions=(said,)))


GARMIYAN = area(
    "Garmiyan", (44.9, 34.4, 45.6, 35.0), kind="administration", names=("Garmian",),
    authorities=(Authority(name="KRG", role="administers", since=date(2012, 1, 1)),),
)  # fmt: skip


def test_an_incident_gets_its_areas_when_it_is_read(store: Store) -> None:
    """An article that is read after the areas were added gives an incident that carries them."""
    add_areas(store, [GARMIYAN])
    record(store, "A1", replace(KIFRI, precision=2, radius_km=5.0, lat=34.6, lon=45.2), day("2020-04-07"))
    (one,) = store.incidents()
    assert [(s.id, s.weight, s.authorities[0].name) for s in one.areas] == [("garmiyan", 1.0, "KRG")]
    assert one.place is not None and one.place.admin1 == "Diyala"


def test_areas_filter_the_list_now_and_as_believed_then(store: Store) -> None:
    """`--area` finds an incident by its area's name, alias or id, with and without --as-of."""
    record(store, "A1", replace(KIFRI, precision=2, radius_km=5.0, lat=34.6, lon=45.2), day("2020-04-07"))
    record(store, "A2", KIRKUK_CITY, day("2020-04-07"))
    add_areas(store, [replace(GARMIYAN, id="krg/garmiyan")])
    later = max(m.known for m in (s.article for s in store.all_mentions()) if m.known is not None)
    for name in ("Garmiyan", "garmian", "krg/garmiyan"):
        wanted = IncidentFilter(area=name, statuses=None)
        for as_of in (None, later):
            found = list(list_incidents(store, wanted, as_of))
            assert [i.place.name for i in found if i.place] == ["Kulajo"]
            assert [s.id for s in found[0].areas] == ["krg/garmiyan"]


def test_removing_an_area_gives_back_what_was_before(store: Store) -> None:
    """After an area was added and removed every incident is as it was."""
    record(store, "A1", KIFRI, day("2020-04-07"))
    before = list(store.incidents())
    assert add_areas(store, [GARMIYAN]).changed == 1
    assert list(store.incidents()) != before
    assert remove_area(store, "garmiyan").changed == 1
    assert list(store.incidents()) == before
    assert list(store.incidents(IncidentFilter(area="Garmiyan"))) == []


def test_a_dry_run_keeps_nothing(store: Store) -> None:
    """With dry_run the change is counted, and neither areas nor incidents change."""
    record(store, "A1", KIFRI, day("2020-04-07"))
    before = list(store.incidents())
    change = add_areas(store, [GARMIYAN], dry_run=True)
    assert (change.new, change.incidents, change.changed) == (1, 1, 1)
    assert (list(store.areas()), list(store.incidents())) == ([], before)


def test_areas_that_break_off_are_not_seen(store: Store) -> None:
    """Where the incidents can't be given their areas, the areas themselves are not stored either."""
    record(store, "A1", KIFRI, day("2020-04-07"))

    def fail(total: int) -> None:
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        add_areas(store, [GARMIYAN], count=fail)
    assert list(store.areas()) == []


def test_areas_added_by_another_program_count_at_once(store: Store) -> None:
    """A reader that is at work takes the areas that another program adds meanwhile."""
    recorder = Recorder(store)
    with open_store(str(store.path)) as other:  # type: ignore[attr-defined]
        add_areas(other, [GARMIYAN])
    one = article("A1")
    recorder.store_given(one, Extraction(mentions=(mention(one, place=KIFRI, date=day("2020-04-07")),)))
    assert [s.id for i in store.incidents() for s in i.areas] == ["garmiyan"]


places = st.builds(
    Place,
    name=st.sampled_from(["Kifri", "Kirkuk", None]),
    admin1=st.sampled_from(["Diyala", "Kirkuk", None]),
    admin2=st.sampled_from(["Kifri", None]),
    country=st.sampled_from(["IQ", None]),
    lat=st.none() | st.floats(33.5, 36),
    lon=st.floats(43.5, 46),
    precision=st.integers(1, 7),
    radius_km=st.none() | st.floats(0, 80),
)
some_areas = st.lists(
    st.builds(
        lambda west, south, wide, high, kind, since: area(
            f"{kind} {west:.2f}", (west, south, west + wide, south + high), kind=kind, since=since
        ),
        st.floats(43, 45.5), st.floats(33, 36), st.floats(0.1, 2), st.floats(0.1, 2),
        st.sampled_from(["division2", "front", "own", "disputed"]), st.none() | st.dates(date(2019, 1, 1)),
    ),
    max_size=4, unique_by=lambda a: a.id,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(
        st.tuples(st.none() | places, st.none() | st.dates(date(2018, 1, 1), date(2023, 1, 1))), max_size=3
    ),
    areas=some_areas,
)
def test_areas_before_or_after_reading_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[Place | None, date | None]], areas: list[Area]
) -> None:
    """It does not matter whether the areas or the articles come first, nor whether it is done again."""

    def incidents(first: bool) -> list[tuple[str, tuple[AreaShare, ...]]]:
        with open_store(str(tmp_path_factory.mktemp("order") / "record.db")) as made:
            if first:
                add_areas(made, areas)
            for number, (place, when) in enumerate(told):
                record(made, f"A{number}", place, day(when.isoformat()) if when else None)
            if not first:
                add_areas(made, areas)
            again = renew_areas(made)
            assert again[1] == 0
            everything: list[Incident] = list(made.incidents(IncidentFilter(statuses=None)))
            return [(i.id, i.areas) for i in everything]

    assert incidents(first=True) == incidents(first=False)
