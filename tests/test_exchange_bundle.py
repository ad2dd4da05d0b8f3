"""Bundles: the same pages as a file. What is no whole, signed, modest bundle is refused, and says why."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from centre_parties import RELAY, parties, push, say, settle
from seamwatch.coordinate import bundle as bundles
from seamwatch.coordinate.canonical import canonical
from seamwatch.coordinate.keys import KeyRing
from seamwatch.errors import InputError, SeamwatchError
from seamwatch.pipeline.centre.bundling import export_bundle, import_bundle
from seamwatch.vocabulary.coordination import PartyState

Parts = list[tuple[str | zipfile.ZipInfo, bytes]]


def parts_of(file: Path) -> Parts:
    with zipfile.ZipFile(file) as packed:
        return [(name, packed.read(name)) for name in packed.namelist()]


def pack(file: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts:
            packed.writestr(name, body)
    return file


def refused(tmp_path: Path, change: Callable[[Path], Path]) -> str:
    """Return the code with which a changed bundle is refused; nothing of it is shown."""
    with parties(tmp_path) as made:
        say(made["north"], "south")
        file = tmp_path / "north.bundle"
        export_bundle(made["north"], "south", file)
        with pytest.raises(InputError) as told:
            import_bundle(made["south"], change(file))
        assert "bundle" in str(told.value)
        made["south"].carry_out()
        assert made.shown("south") == {}
        return told.value.code


def test_two_places_without_a_line_exchange_files(tmp_path: Path) -> None:
    """Releases go one way, receipts come back the other; a file that comes twice does no harm."""
    with parties(tmp_path) as made:
        north, south = made["north"], made["south"]
        record = say(north, "south", 4)
        file = tmp_path / "a.bundle"
        assert export_bundle(north, "south", file) == 1
        assert import_bundle(south, file).new == 1
        assert import_bundle(south, file).known == 1
        south.carry_out()
        assert made.shown("south") == {("north", record): 4}
        back = tmp_path / "b.bundle"
        assert export_bundle(south, "north", back) == 1
        import_bundle(north, back)
        north.carry_out()
        assert north.store.sent_records()[0].receipted is not None
        assert export_bundle(north, "south", file) == 0
        # All from the start, both ways: south's own receipt too, which it may have lost.
        assert export_bundle(north, "south", file, whole=True) == 2


def test_a_relay_writes_the_feeds_of_others_and_can_read_none(tmp_path: Path) -> None:
    """Who carries a bundle holds boxes that only sender and receiver can open."""
    with parties(tmp_path, relay=True) as made:
        say(made["north"], "south", 4)
        push(made["north"], made[RELAY], "south")
        file = tmp_path / "a.bundle"
        export_bundle(made[RELAY], "south", file)
        assert b"Armed clash" not in b"".join(body for _, body in parts_of(file))
        import_bundle(made["south"], file)
        made["south"].carry_out()
        assert list(made.shown("south").values()) == [4]


def test_a_bundle_for_another_party_or_of_a_departed_one_is_refused(tmp_path: Path) -> None:
    """A party that left can write nothing that is taken, though its signature verifies."""
    with parties(tmp_path, ("north", "south", "east")) as made:
        say(made["north"], "south")
        say(made["east"], "north")
        file = tmp_path / "a.bundle"
        export_bundle(made["north"], "south", file)
        with pytest.raises(InputError, match="bring it there") as told:
            import_bundle(made["east"], file)
        assert told.value.code == "not_for_us"
        made.states["north"] = PartyState.LEFT
        with pytest.raises(InputError, match="takes no part") as told:
            import_bundle(made["south"], file)
        assert told.value.code == "not_party"
        assert export_bundle(made["east"], "north", file) == 0
        assert [name for name, _ in parts_of(file)] == ["papers.json", "manifest.json"]
        with pytest.raises(SeamwatchError, match="takes no part"):
            export_bundle(made["south"], "nobody", file)


def test_a_replayed_older_bundle_brings_nothing_back(tmp_path: Path) -> None:
    """What was withdrawn since stays withdrawn, though the old bundle still holds the content."""
    with parties(tmp_path) as made:
        record = say(made["north"], "south")
        file = tmp_path / "old.bundle"
        export_bundle(made["north"], "south", file)
        made["north"].withdraw("south", record, "wrong")
        settle(made, 2)
        assert import_bundle(made["south"], file).new == 0
        made["south"].carry_out()
        assert made.shown("south") == {}
        item = made["south"].store.feed_item("north", "south", 1, 1)
        assert item is not None and item.sealed is None


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/x",
        "/etc/passwd",
        "..\\..\\x",
        "C:\\x",
        "pages/../../x.json",
        "pages/000002.json/",
        "pages/",
        "pages/000002.json\0.txt",
        "pages/２.json",
        "Manifest.json",
        "more.txt",
    ],
)
def test_a_part_with_another_name_refuses_the_bundle(tmp_path: Path, name: str) -> None:
    """Paths out of the folder, absolute ones, folders, and whatever else is no page."""

    def change(file: Path) -> Path:
        info = zipfile.ZipInfo("x")
        info.filename = name
        return pack(file, [*parts_of(file), (info, b"{}")])

    assert refused(tmp_path, change) == "bad_bundle"
    assert not (tmp_path.parent / "x.json").exists()


def test_a_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    """A part that is a symbolic link points out of the bundle."""

    def change(file: Path) -> Path:
        link = zipfile.ZipInfo("pages/000002.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        return pack(file, [*parts_of(file), (link, b"/etc/passwd")])

    assert refused(tmp_path, change) == "bad_bundle"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two programs could each read another part of the same name."""
    assert refused(tmp_path, lambda file: pack(file, [*parts_of(file), *parts_of(file)])) == "bad_bundle"


def test_a_zip_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    """A part of few bytes that would grow a thousand times."""
    bomb = b" " * (20 << 20)
    change = lambda file: pack(file, [("pages/000001.json", bomb), *parts_of(file)[1:]])  # noqa: E731
    assert refused(tmp_path, change) == "too_large"


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_read(tmp_path: Path) -> None:
    """The size that a part gives is not relied on."""

    def change(file: Path) -> Path:
        size = len(parts_of(file)[0][1])
        pack(file, [("pages/000001.json", b" " * (20 << 20)), *parts_of(file)[1:]])
        raw = file.read_bytes()
        true = (20 << 20).to_bytes(4, "little")
        assert true in raw
        file.write_bytes(raw.replace(true, size.to_bytes(4, "little")))
        return file

    assert refused(tmp_path, change) in ("bad_bundle", "too_large", "forged")


def test_too_many_parts_are_refused_before_their_names_are_read(tmp_path: Path) -> None:
    """The number of parts stands at the end of the file."""

    def change(file: Path) -> Path:
        raw = bytearray(file.read_bytes())
        raw[-14:-10] = b"\xff\xfe\xff\xfe"
        file.write_bytes(raw)
        return file

    assert refused(tmp_path, change) == "too_large"


def test_parts_that_are_modest_each_are_refused_where_they_are_too_much_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All parts together have a limit too."""
    monkeypatch.setattr(bundles, "MOST_TOTAL", 1000)
    assert refused(tmp_path, lambda file: file) == "too_large"


def _manifest(file: Path, **changes: object) -> Path:
    parts = parts_of(file)
    said = {**json.loads(parts[-1][1]), **changes}
    return pack(file, [*parts[:-1], ("manifest.json", canonical(said))])


def _page_changed(file: Path) -> Path:
    parts = parts_of(file)
    row = json.loads(parts[0][1])
    row["items"][0]["entry"]["version"] = 2
    return pack(file, [(parts[0][0], canonical(row)), *parts[1:]])


def _resigned(file: Path) -> Path:
    """Write the manifest anew with another party's signature."""
    said = json.loads(parts_of(file)[-1][1])
    del said["signature"]
    signature = KeyRing.new("north").sign(b"seamwatch bundle\n" + canonical(said))
    return _manifest(file, signature=signature)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_page_changed, "forged"),
        (_resigned, "forged"),
        (lambda file: _manifest(file, receiver="east"), "forged"),
        (lambda file: _manifest(file, pages=[]), "forged"),
        (lambda file: _manifest(file, signature="0" * 128), "forged"),
        (lambda file: _manifest(file, more=1), "bad_bundle"),
        (lambda file: _manifest(file, charter="x" * 100_000), "bad_bundle"),
        (lambda file: pack(file, parts_of(file)[:-1]), "bad_bundle"),
        (lambda file: pack(file, parts_of(file)[-1:]), "forged"),
        (lambda file: _text(file, b"no zip at all"), "bad_bundle"),
        (lambda file: _text(file, b""), "bad_bundle"),
        (lambda file: _text(file, file.read_bytes()[:-30]), "bad_bundle"),
        (lambda file: _text(file, file.read_bytes()[200:]), "bad_bundle"),
        (lambda file: file.with_name("none.bundle"), "bad_input"),
    ],
)
def test_a_forged_or_damaged_bundle_is_refused(
    tmp_path: Path, change: Callable[[Path], Path], code: str
) -> None:
    """Whatever was changed after it was signed."""
    assert refused(tmp_path, change) == code


def _text(file: Path, body: bytes) -> Path:
    file.write_bytes(body)
    return file
