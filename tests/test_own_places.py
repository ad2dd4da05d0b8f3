"""Places of one's own: in the store, in the gazetteer, and in articles that were read before."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_incidents import article, extraction
from seamwatch.errors import StoreError
from seamwatch.model.incident import Extraction
from seamwatch.model.incident_codec import incident_json
from seamwatch.model.own_place import FIRST_OWN, OwnPlace
from seamwatch.model.place import Place
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.pipeline.kit import Kit
from seamwatch.pipeline.place_listing import missing_names
from seamwatch.pipeline.place_loading import LoadedFile, load_place_file, own_places_url
from seamwatch.pipeline.places_again import find_named, read_again, refine, with_ids_kept
from seamwatch.pipeline.record import Recorded, Recorder
from seamwatch.resolve.gazetteer import DIVISION1, DIVISION2, POPULATED, load_gazetteer
from seamwatch.resolve.place import find_places
from seamwatch.resolve.place_keys import keys_of
from seamwatch.resolve.place_search import resolve_name, search_places
from seamwatch.samples import sample_articles
from seamwatch.store import IncidentFilter, open_places, open_store
from seamwatch.store.base import Store
from seamwatch.store.base_places import PlaceFile
from test_gazetteer_files import dump_row

RAID = (
    "KIRKUK - Gunmen attacked a Peshmerga post near the village of Kulajo in the Kifri district of Diyala "
    "province on Monday night, killing two fighters and wounding three others, a local official said. "
    "Residents of Kulajo told reporters that the attackers fled towards the hills."
)
BLAST = (
    "TIKRIT - A roadside bomb killed two policemen in the town of Baiji on Tuesday, a police captain said."
)
VILLAGE = "name,lat,lon,aliases\nKulajo,34.75,45.10,Kolajo; Kulajaw\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "record.db")) as opened:
        yield opened


def own_kit(kit: Kit, store: Store) -> Kit:
    """Return the kit with the store's own places; the parser is shared."""
    return Kit(extractor=kit.extractor, gazetteer=load_gazetteer(own=store), register=kit.register)


def add(store: Store | None, folder: Path, text: str, name: str = "villages.csv") -> LoadedFile:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load_place_file(path, store)


def read(store: Store, kit: Kit, **texts: str) -> None:
    raws = [
        RawArticle(
            origin=name, media_type="text/plain", content=text, id=name, published=date(2024, 3, 5 + number)
        )
        for number, (name, text) in enumerate(texts.items())
    ]
    for result in Recorder(store, kit).read(raws):
        assert isinstance(result, Recorded)


def told_place(store: Store, article_id: str) -> Place | None:
    """Return the place that an article itself tells, whatever its incident holds."""
    (sourced,) = store.mentions_of(article_id)
    return sourced.mention.place


def place_in(store: Store, article_id: str) -> Place:
    (sourced,) = store.mentions_of(article_id)
    incident = store.incident(store.incidents_of([sourced.mention.id])[sourced.mention.id])
    assert incident.place is not None
    return incident.place


# --- in the gazetteer


def test_a_place_is_found_by_every_spelling(store: Store, tmp_path: Path) -> None:
    """Name, alias, name without article and another transliteration lead to the added place."""
    add(store, tmp_path, "name,lat,lon,aliases,admin2\nTal Zunbur,35.2,44.1,تل زنبور,Daquq\n")
    gazetteer = load_gazetteer(own=store)
    for name in ("Tal Zunbur", "tal zunbur", "Tal Zunboor", "تل زنبور", "al-Tal Zunbur"):
        assert [u.name for u in gazetteer.look_up(name)][:1] == ["Tal Zunbur"], name
    (unit,) = gazetteer.look_up("Tal Zunbur")
    assert [u.name for u in gazetteer.chain(unit.id)] == ["Tal Zunbur", "Daquq", "Kirkuk", "Iraq"]
    assert gazetteer.above(unit, DIVISION1) is not None and unit.kind == POPULATED


def test_an_added_namesake_comes_before_the_shipped_ones_but_not_before_a_country(
    store: Store, tmp_path: Path
) -> None:
    """The analyst's place wins a tie; a village called Iraq does not displace the country."""
    shipped = [u.id for u in load_gazetteer().look_up("Springfield")]
    add(store, tmp_path, "name,lat,lon\nSpringfield,34.75,45.10\nIraq,34.76,45.10\n")
    gazetteer = load_gazetteer(own=store)
    assert [u.id for u in gazetteer.look_up("Springfield")] == [FIRST_OWN + 1, *shipped][:60]
    assert [u.kind for u in gazetteer.look_up("Iraq")][:2] == [0, POPULATED]
    assert resolve_name("Springfield", gazetteer).unit == gazetteer.unit(FIRST_OWN + 1)
    assert resolve_name("Springfield", load_gazetteer()).unit is None


def test_a_geonames_id_makes_a_place_stand_for_the_shipped_one(store: Store, tmp_path: Path) -> None:
    """A table's row with the id of a shipped town replaces it, and keeps what the row leaves open."""
    town = next(u for u in load_gazetteer().look_up("Khanaqin") if u.kind == POPULATED)
    add(store, tmp_path, f"name,lat,lon,geonameid\nKhanaqin,34.35,45.39,{town.geonameid}\n")
    gazetteer = load_gazetteer(own=store)
    found = [u for u in gazetteer.look_up("Khanaqin") if u.kind == POPULATED]
    assert [(u.id, u.lat, u.population) for u in found] == [(FIRST_OWN + 1, 34.35, town.population)]
    assert [u.name for u in gazetteer.chain(found[0].id)] == ["Khanaqin", "Khanaqin", "Diyala", "Iraq"]


def test_alternate_names_reach_shipped_and_added_places(store: Store, tmp_path: Path) -> None:
    """Names of a GeoNames id lead to its place, wherever that is from; an unknown id is told."""
    town = next(u for u in load_gazetteer().look_up("Erbil") if u.kind == POPULATED)
    add(store, tmp_path, "name,lat,lon,geonameid\nKulajo,34.75,45.10,77\n")
    names = (
        f"1\t{town.geonameid}\t\tErbilistan\t\t\t\t\n2\t77\t\tKulajostan\t\t\t\t\n3\t78\t\tNowhere\t\t\t\t\n"
    )
    loaded = add(store, tmp_path, names, "alternateNames.txt")
    assert (loaded.named, loaded.rejected) == (2, 1)
    gazetteer = load_gazetteer(own=store)
    assert [u.id for u in gazetteer.look_up("Erbilistan")] == [town.id]
    assert [u.name for u in gazetteer.look_up("Kulajostan")] == ["Kulajo"]
    assert gazetteer.look_up("Nowhere-by-no-name") == []


def test_a_dump_keeps_shipped_names_and_maps_divisions_by_code(store: Store, tmp_path: Path) -> None:
    """What GeoNames calls otherwise than news does only gains a name; divisions of new places go by code."""
    shipped = load_gazetteer()
    town = next(u for u in shipped.look_up("Hawija") if u.kind == POPULATED)
    kifri = next(u for u in shipped.look_up("Kifri") if u.kind == DIVISION2)
    diyala = shipped.above(kifri, DIVISION1)
    assert diyala is not None and town.geonameid and kifri.geonameid and diyala.geonameid
    loaded = add(
        store,
        tmp_path,
        dump_row(town.geonameid, "Al Ḩawījahtown", lat=35.3, lon=43.8, admin1="02")
        + dump_row(900, "Kūlājū", admin1="10", admin2="K")
        + dump_row(diyala.geonameid, "Muḩāfaz̧at Diyālá", **{"class": "A", "code": "ADM1"})
        + dump_row(kifri.geonameid, "Qaḑā' Kifrī", **{"class": "A", "code": "ADM2", "admin2": "K"}),
        "IQ.txt",
    )
    assert (loaded.places, loaded.named, loaded.rejected) == (1, 3, 0)
    gazetteer = load_gazetteer(own=store)
    assert [u.name for u in gazetteer.look_up("Al Hawijahtown")] == ["Hawija"]
    (village,) = gazetteer.look_up("Kulaju")
    assert [u.name for u in gazetteer.chain(village.id)] == ["Kulaju", "Kifri", "Diyala", "Iraq"]


def test_a_place_without_a_district_lies_in_the_one_that_the_article_names(
    store: Store, tmp_path: Path
) -> None:
    """The row leaves the district open: the article's word for it is taken, one far off is not."""
    add(store, tmp_path, VILLAGE)
    gazetteer = load_gazetteer(own=store)
    (village,) = gazetteer.look_up("Kulajo")
    near, far = (
        next(u for u in gazetteer.look_up(name) if u.kind == DIVISION2) for name in ("Kifri", "Baqubah")
    )
    assert gazetteer.inside(village, near) and not gazetteer.inside(village, far)
    text = "Two men were killed in the village of Kulajo in the Kifri district on Monday, police said."
    mention = find_places(Article(id="a", text=text), gazetteer)[0]
    assert mention.place is not None and mention.place.precision == 1
    assert (mention.place.lat, mention.place.lon) == (34.75, 45.1)


def test_a_site_is_a_point_and_a_mountain_is_not(store: Store, tmp_path: Path) -> None:
    """An added base is as exact as a village; an added range is a wide feature."""
    add(store, tmp_path, "name,lat,lon,kind\nCamp Zunbur,35.2,44.1,base\nZunbur Hills,35.3,44.2,mountain\n")
    gazetteer = load_gazetteer(own=store)
    text = "A drone hit Camp Zunbur on Monday. Later two shepherds were killed in the Zunbur Hills of Kirkuk."
    found = {
        m.quote: m.place.precision for m in find_places(Article(id="a", text=text), gazetteer) if m.place
    }
    assert (found["Camp Zunbur"], found["Zunbur Hills"]) == (1, 5)


def test_nothing_added_means_nothing_changed(store: Store) -> None:
    """A store without own places says so, and the gazetteer is as shipped."""
    assert store.own_places_url() is None
    assert load_gazetteer(own=store).look_up("Kirkuk") == load_gazetteer().look_up("Kirkuk")


# --- in the store


def test_a_file_of_the_same_name_takes_the_place_of_the_first(store: Store, tmp_path: Path) -> None:
    """A corrected file replaces what it gave before; the same content again is known."""
    add(store, tmp_path, VILLAGE)
    assert add(store, tmp_path, VILLAGE).known
    again = add(store, tmp_path, VILLAGE.replace("34.75", "34.80") + "Daban,34.9,45.2,\n")
    assert (again.places, again.replaced) == (2, 1)
    assert [(p.name, p.lat) for p in store.all_own_places()] == [("Kulajo", 34.8), ("Daban", 34.9)]
    assert load_gazetteer(own=store).look_up("Kulajo")[0].lat == 34.8


def test_names_folded_by_other_rules_are_folded_again(store: Store, tmp_path: Path) -> None:
    """A database of a version that folded names otherwise keeps its places findable."""
    add(store, tmp_path, VILLAGE)
    (place,) = store.all_own_places()
    before = {k: store.own_place_names([k]) for k in ("kulajo", "kolajo", "~kulaju")}
    store.fold_place_names_again("villages.csv", "old rules", [(place.id, {"KULAJO": True})])
    assert load_gazetteer(own=store).look_up("Kulajo") == []
    assert own_places_url(store) is not None
    assert {k: store.own_place_names([k]) for k in before} == before
    assert store.own_place_names(["KULAJO"]) == {}


def test_country_and_province_come_from_the_point_where_the_row_is_silent(
    store: Store, tmp_path: Path
) -> None:
    """A bare name and point get the country and province around it; the district stays open."""
    add(store, tmp_path, VILLAGE)
    (place,) = store.all_own_places()
    assert (place.country, place.admin1, place.admin2) == ("IQ", "Diyala", None)


def test_a_point_that_lies_in_its_country_only_when_swapped_is_told(store: Store, tmp_path: Path) -> None:
    """Latitude and longitude exchanged put an Iraqi village in the Caspian steppe: the row is left out."""
    loaded = add(store, tmp_path, "name,lat,lon,country\nKulajo,45.10,34.75,Iraq\nDaban,34.9,45.2,IQ\n")
    assert (loaded.places, loaded.rejected) == (1, 1)
    assert "they look swapped" in loaded.notes[0].reason


def test_a_file_without_a_usable_row_changes_nothing(store: Store, tmp_path: Path) -> None:
    """Where no row is a place, the earlier file of that name stays."""
    add(store, tmp_path, VILLAGE)
    loaded = add(store, tmp_path, "name,lat,lon\nKulajo,here,there\n")
    assert (loaded.places, loaded.rejected) == (0, 1)
    assert [p.name for p in store.all_own_places()] == ["Kulajo"]


def test_a_dry_run_stores_nothing_and_counts_the_same(store: Store, tmp_path: Path) -> None:
    """Without a store a file is looked through, and the figures are those of the real run."""
    text = VILLAGE + "Daban,here,there,\n"
    dry, real = add(None, tmp_path, text), add(store, tmp_path, text)
    assert (dry.places, dry.rejected, dry.notes) == (real.places, real.rejected, real.notes)


def test_only_the_first_notes_are_kept(store: Store, tmp_path: Path) -> None:
    """Of a thousand broken rows twenty are shown and all are counted."""
    loaded = add(store, tmp_path, VILLAGE + "".join(f"X{n},north,45,\n" for n in range(1000)))
    assert (loaded.places, loaded.rejected, len(loaded.notes)) == (1, 1000, 20)


def test_an_error_while_loading_leaves_what_was_there(store: Store) -> None:
    """A reader that fails half-way leaves no row of its file."""

    def rows() -> Iterator[tuple[OwnPlace, dict[str, bool]]]:
        for number in range(12_000):
            yield OwnPlace(name=f"N{number}"), {f"n{number}": True}
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store.add_place_file(PlaceFile(name="a.csv", sha256="x", format="csv"), rows())
    assert (store.place_files(), list(store.all_own_places())) == ((), [])


names = st.text(st.characters(categories=("L", "N")), min_size=2, max_size=20).filter(str.isalnum)


@given(
    st.builds(
        OwnPlace,
        name=names,
        kind=st.sampled_from(("populated", "division1", "division2", "feature")),
        country=st.sampled_from((None, "IQ", "SY")),
        admin1=st.none() | names,
        admin2=st.none() | names,
        lat=st.floats(-90, 90),
        lon=st.floats(-180, 180),
        population=st.integers(0, 10**9),
        radius_km=st.floats(0.1, 500),
        geonameid=st.none() | st.integers(1, 10**9),
        aliases=st.lists(names, max_size=3).map(tuple),
        ref=st.none() | names,
    )
)
def test_places_come_back_as_stored(place: OwnPlace) -> None:
    """Every field of a place survives the store, and its names lead to it."""
    with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/record.db") as store:
        keys = keys_of((place.name,), place.aliases, spoken=True)
        store.add_place_file(PlaceFile(name="f", sha256="x", format="csv"), [(place, keys)])
        (back,) = store.all_own_places()
        assert back == OwnPlace(
            **{f: getattr(place, f) for f in place.__slots__} | {"id": back.id, "file": "f"}
        )
        assert all(
            back.id in (*named, *called) for named, called in store.own_place_names(list(keys)).values()
        )
        assert store.remove_places([back.id]) == 1
        assert store.own_place_names(list(keys)) == {} and store.place_files() == ()


def test_a_store_opened_for_its_places_can_not_be_written(store: Store, tmp_path: Path) -> None:
    """Worker processes open the database for its places alone."""
    add(store, tmp_path, VILLAGE)
    url = store.own_places_url()
    assert url is not None
    with open_places(url) as places:
        assert [p.name for p in places.own_places([FIRST_OWN + 1])] == ["Kulajo"]
        with pytest.raises(StoreError):
            places.remove_places([FIRST_OWN + 1])


KILLED = """
import sys
from pathlib import Path
from seamwatch.pipeline.place_loading import load_place_file
from seamwatch.store import open_store
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    load_place_file(Path(sys.argv[2]), store)
print("done", flush=True)
"""


def test_a_killed_load_leaves_the_earlier_file_whole(tmp_path: Path) -> None:
    """Killed at random moments, the database has the old file or the new one, never a part of either."""
    chance = random.Random(11)
    db, path = tmp_path / "record.db", tmp_path / "IQ.txt"
    rows = [dump_row(9 * 10**8 + n, f"Old{n}") for n in range(39)]
    path.write_text("".join(rows), encoding="utf-8")
    with open_store(str(db)) as store:
        load_place_file(path, store)
    path.write_text("".join(dump_row(9 * 10**8 + n, f"New{n}") for n in range(8000)), encoding="utf-8")
    outcomes = set()
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(db), str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with open_store(str(db)) as store:
            stored = [p.name for p in store.all_own_places()]
            assert (len(stored), {n[:3] for n in stored}) in ((39, {"Old"}), (8000, {"New"}))
            assert sum(f.rows for f in store.place_files()) == len(stored)
            outcomes.add(len(stored))
        with sqlite3.connect(db) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert plain.execute(
                "SELECT count(*) FROM own_place_names WHERE place NOT IN (SELECT key FROM own_places)"
            ).fetchone() == (0,)
    assert 39 in outcomes


# --- articles that were read before


def test_an_added_village_refines_what_was_read_before(store: Store, kit: Kit, tmp_path: Path) -> None:
    """The missing name is listed; once added, the incident has the village's point and tells so."""
    read(store, kit, A=RAID, B=BLAST)
    before = {name: store.extraction_json(name) for name in ("A", "B")}
    (missing,) = missing_names(store)
    assert (missing.name, missing.articles, missing.within[0]) == ("Kulajo", 1, "Kifri, Diyala, IQ")
    assert "village of Kulajo in the Kifri" in missing.quote
    was = place_in(store, "A")
    assert (was.name, was.precision) == ("Kulajo", 3)

    add(store, tmp_path, VILLAGE)
    assert find_named(store) == 1
    done = read_again(store, kit=own_kit(kit, store))
    assert (done.articles, len(done.incidents), done.rejected) == (1, 1, ())
    place = place_in(store, "A")
    assert (place.name, place.lat, place.lon, place.admin2) == ("Kulajo", 34.75, 45.1, "Kifri")
    assert place.precision in (1, 2)
    incident = store.incident(done.incidents[0])
    change = incident.revisions[-1]
    assert change.field == "place" and change.because.startswith("place refined")
    assert change in store.place_revisions(m.mention.id for m in incident.mentions)
    assert missing_names(store) == []
    assert store.extraction_json("B") == before["B"]
    assert [m.mention.id for m in store.mentions_of("A")] == [m["id"] for m in before["A"]["mentions"]]  # type: ignore[index]
    assert store.to_read_again() == () and read_again(store).articles == 0


def test_adding_before_or_after_reading_gives_the_same(kit: Kit, tmp_path: Path) -> None:
    """Places added to a record and read again leave what a record has that knew them from the start."""
    raws = [
        *sample_articles(),
        *(
            RawArticle(origin=n, media_type="text/plain", content=t, id=n, published=date(2024, 3, 5))
            for n, t in (("A", RAID), ("B", RAID.replace("three others", "two others")))
        ),
    ]
    records = []
    for first in (True, False):
        with open_store(str(tmp_path / f"{first}.db")) as store:
            if first:
                add(store, tmp_path, VILLAGE + "Hasawi,35.3,43.9,\n")
            for result in Recorder(store, own_kit(kit, store)).read(raws):
                assert isinstance(result, Recorded)
            if not first:
                add(store, tmp_path, VILLAGE + "Hasawi,35.3,43.9,\n")
                find_named(store)
                assert read_again(store, kit=own_kit(kit, store)).incidents
            found = store.incidents(IncidentFilter(statuses=None))
            records.append([{**incident_json(i), "revisions": None} for i in found])
    assert records[0] == records[1]


def test_the_change_stays_told_when_another_article_joins(store: Store, kit: Kit, tmp_path: Path) -> None:
    """A second account of the incident is linked to it, and the change of its place is still there."""
    read(store, kit, A=RAID)
    add(store, tmp_path, VILLAGE)
    find_named(store)
    own = own_kit(kit, store)
    (name,) = read_again(store, kit=own).incidents
    second = RAID.replace("KIRKUK - Gunmen", "BAQUBAH - Unidentified gunmen").replace(
        "three others", "two others"
    )
    read(store, own, B=second)
    incident = store.incident(name)
    assert {m.article.id for m in incident.mentions} == {"A", "B"}
    assert [r.because for r in incident.revisions if "gazetteer" in r.because] != []


def test_removing_a_place_undoes_its_effect(store: Store, kit: Kit, tmp_path: Path) -> None:
    """Articles that named it are read again without it: the place is the district again."""
    read(store, kit, A=RAID)
    was = place_in(store, "A")
    add(store, tmp_path, VILLAGE)
    find_named(store)
    read_again(store, kit=own_kit(kit, store))
    ids = store.find_places_of("villages.csv")
    assert find_named(store, ids) == 1
    assert store.remove_places(ids) == 1
    read_again(store, kit=own_kit(kit, store))
    assert place_in(store, "A") == was


def test_another_spelling_in_the_article_is_reached_too(store: Store, kit: Kit, tmp_path: Path) -> None:
    """An unresolved name that is another transliteration of the added one is read again."""
    read(store, kit, A=RAID.replace("Kulajo", "Kolajow"))
    add(store, tmp_path, "name,lat,lon\nKulajo,34.75,45.10\n")
    assert find_named(store) == 1
    read_again(store, kit=own_kit(kit, store))
    assert place_in(store, "A").lat == 34.75


def test_interrupted_it_goes_on_where_it_stopped(store: Store, kit: Kit, tmp_path: Path) -> None:
    """Stopped after one article, the next call reads the other, and all is as without the stop."""
    read(store, kit, A=RAID, B=RAID.replace("Monday", "Tuesday").replace("two fighters", "five fighters"))
    add(store, tmp_path, VILLAGE)
    assert find_named(store) == 2
    own = own_kit(kit, store)
    done = 0

    def stop(_total: int) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_again(store, kit=own, step=stop)
    assert store.to_read_again() == ("B",)
    done_, left = told_place(store, "A"), told_place(store, "B")
    assert done_ is not None and left is not None
    assert done_.lat == 34.75 and left.lat != 34.75
    assert read_again(store, kit=own).articles == 1
    assert told_place(store, "B") == place_in(store, "B")
    assert place_in(store, "B").lat == 34.75


def test_an_article_that_can_not_be_read_stays_marked(store: Store, kit: Kit, tmp_path: Path) -> None:
    """What fails for one article is told, the others are read, and it can be tried again."""
    read(store, kit, A=RAID, B=RAID.replace("Monday", "Tuesday").replace("two fighters", "five fighters"))
    add(store, tmp_path, VILLAGE)
    find_named(store)
    own = own_kit(kit, store)

    class Broken:
        def extract(self, reading: object) -> Extraction:
            if "five" in reading.article.text:  # type: ignore[attr-defined]
                raise ValueError("a bug")
            return kit.extractor.extract(reading)  # type: ignore[arg-type]

    broken = Kit(extractor=Broken(), gazetteer=own.gazetteer, register=own.register)  # type: ignore[arg-type]
    done = read_again(store, kit=broken)
    assert [r.id for r in done.rejected] == ["B"] and isinstance(done.rejected[0], Rejected)
    assert (done.articles, store.to_read_again()) == (1, ("B",))


def test_given_mentions_only_gain_the_place_that_they_name(store: Store, kit: Kit, tmp_path: Path) -> None:
    """Mentions of another program are not extracted: one without a point gets it, within its province."""
    told = article("G", published=date(2024, 3, 5))
    made = extraction(told)
    first = made.mentions[0]
    assert first.place is not None
    bare = Place(name="Kulajo", admin1="Diyala", country="IQ", evidence=first.place.evidence)
    given_ = Extraction(
        mentions=tuple(
            type(m)(**{f: getattr(m, f) for f in m.__slots__} | {"place": bare}) for m in made.mentions
        )
    )
    Recorder(store, kit).store_given(told, given_)
    add(store, tmp_path, VILLAGE)
    assert find_named(store) == 1
    read_again(store, kit=own_kit(kit, store))
    after = [m.mention for m in store.mentions_of("G")]
    assert [(m.id, m.killed) for m in after] == [(m.id, m.killed) for m in given_.mentions]
    assert {(m.place.lat, m.place.precision) for m in after if m.place} == {(34.75, 1)}
    assert store.is_given("G")


def test_a_given_place_elsewhere_is_left_alone(store: Store, tmp_path: Path) -> None:
    """A name in another province, or in a country not said, is not the added village."""
    add(store, tmp_path, VILLAGE)
    gazetteer = load_gazetteer(own=store)
    made = extraction(article("G")).mentions[0]
    for place in (
        Place(name="Kulajo", admin1="Basra", country="IQ"),
        Place(name="Kulajo"),
        Place(name="Kulajo", country="SY"),
        None,
    ):
        mention = type(made)(**{f: getattr(made, f) for f in made.__slots__} | {"place": place})
        assert refine(mention, gazetteer) == mention


def test_mentions_keep_their_ids() -> None:
    """What tells the same keeps its id, wherever it stands now; what is new gets one that was not used."""
    told = article("A")
    old = extraction(told).mentions
    assert with_ids_kept(Extraction(mentions=old), old, "A").mentions == old
    one = old[0]
    other = type(one)(
        **{f: getattr(one, f) for f in one.__slots__}
        | {"id": "A#1", "evidence": (told.evidence(0, 9),), "place": None}
    )
    moved = type(one)(**{f: getattr(one, f) for f in one.__slots__} | {"id": "A#2"})
    ids = [m.id for m in with_ids_kept(Extraction(mentions=(other, moved)), (one,), "A").mentions]
    assert ids[1] == one.id and len(set(ids)) == 2


def test_workers_give_the_same_with_own_places(tmp_path: Path) -> None:
    """Each worker process opens the database for its places: two give what one gives."""
    raws = [
        RawArticle(
            origin=f"{n}", media_type="text/plain", content=text, id=f"{n}", published=date(2024, 3, 5)
        )
        for n, text in enumerate((RAID, BLAST, RAID.replace("two fighters", "five fighters")))
    ]
    records = []
    for workers in (1, 2):
        with open_store(str(tmp_path / f"{workers}.db")) as store:
            add(store, tmp_path, VILLAGE)
            for result in Recorder(store).read(raws, workers=workers):
                assert isinstance(result, Recorded)
            records.append([incident_json(i) for i in store.incidents()])
    assert records[0] == records[1]
    assert any(row["place"]["lat"] == 34.75 for row in records[0])


# --- looking names up


@pytest.mark.parametrize(
    ("name", "found", "how"),
    [
        ("Hawija", "Hawija", "own name"),
        ("الحويجة", "Hawija", "alias"),
        ("Kulajow", "Kulajo", "transliteration"),
        ("Qarah Tappa", "Qara Tapa", "fuzzy"),
    ],
)
def test_search_says_how_it_found_a_place(
    store: Store, tmp_path: Path, name: str, found: str, how: str
) -> None:
    """The likeliest place of a name in any spelling, with the way it was found."""
    add(store, tmp_path, VILLAGE)
    match = search_places(name, load_gazetteer(own=store))[0]
    assert match.unit.name == found
    if how != "alias":  # the builder may make it an own name
        assert match.how == how
