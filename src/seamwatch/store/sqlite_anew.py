"""A database's files written anew, so that no byte of what was erased is left in them."""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from seamwatch.errors import StoreError
from seamwatch.store.base_tombstones import RoomNeeded
from seamwatch.store.sqlite_database import SqliteDatabase

Progress = Callable[[str, int, int], None]
"""Takes what is being done, how many of how many steps are done."""

TRACES = "traces_since"
"""The row of `meta` that is the mark that erased bytes may still be in the files."""

# A node of an R-tree of two dimensions: depth, number of cells, then cells of an id and four 32-bit floats.
_NODE_HEAD, _CELL = 4, 24
_STEPS = ("merging the index of words", "writing the file anew", "putting it in place")


class AnewTables(SqliteDatabase):
    """The part of the store that writes its files anew."""

    def has_traces(self) -> bool:
        """Return whether bytes of what was erased may still be in the database's files."""
        return bool(self.read("SELECT 1 FROM meta WHERE name = ?", (TRACES,)))

    def room_to_erase(self) -> tuple[RoomNeeded, ...]:
        """Return what writing the files anew needs on each disk, in bytes, and what is free there."""
        pages, free, each = self.read(
            "SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, "
            "pragma_page_size"
        )[0]
        alive = int(pages - free) * int(each)
        # SQLite copies what is alive to a temporary file, and from there to the log beside the database; the
        # log has a head for each page.
        wanted: dict[int, tuple[Path, int]] = {}
        for folder, many in ((self.path.absolute().parent, alive + alive // 50), (_temporary(), alive)):
            disk = folder.stat().st_dev
            first, before = wanted.get(disk, (folder, 0))
            wanted[disk] = first, before + many
        return tuple(
            RoomNeeded(folder=str(folder), needed=many, free=shutil.disk_usage(folder).free)
            for folder, many in wanted.values()
        )

    def erase_traces(self, progress: Progress | None = None) -> None:
        """Write the database's files anew, so that no byte of what was erased is left in them."""
        tell = progress or (lambda *_: None)
        for room in self.room_to_erase():
            if room.free < room.needed:
                raise StoreError(
                    f"writing {self.path} anew needs {_mb(room.needed)} MB in {room.folder}, where "
                    f"{_mb(room.free)} MB are free: make room and run the same command again; nothing was "
                    "changed, and bytes of what was erased may be in the file until then",
                    code="store_full",
                )
        # Who reads an old state would keep it in the log: that is found out before the work, not after it.
        self._empty_log()
        tell(_STEPS[0], 0, len(_STEPS))
        with self.transaction():
            # A deleted row's words stay in the index until its parts are merged into one.
            self.write("INSERT INTO article_words (article_words) VALUES ('optimize')")
            self._clean_points()
        # Pages hold remains of rows that were moved or written over long ago. VACUUM copies what is alive
        # into a new file, by way of the log; the checkpoint puts that over the old one and empties the log.
        # Each is kept whole or not at all: after a crash the record is there, and so is the mark.
        tell(_STEPS[1], 1, len(_STEPS))
        self.write("VACUUM")
        tell(_STEPS[2], 2, len(_STEPS))
        self._empty_log()
        self.write("DELETE FROM meta WHERE name = ?", (TRACES,))

    def _empty_log(self) -> None:
        if self.read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
            raise StoreError(
                f"{self.path} is in use by another program: end that and run the same command again; "
                "until then bytes of what was erased may stay in the file",
                code="store_busy",
            )

    def _clean_points(self) -> None:
        """Overwrite the remains of removed cells behind those in use, in every node of the R-tree."""
        self.write_all(
            "UPDATE incident_points_node SET data = ? WHERE nodeno = ?", list(self._unclean_points())
        )

    def _unclean_points(self) -> Iterator[tuple[bytes, int]]:
        for number, data in self.read("SELECT nodeno, data FROM incident_points_node"):
            end = _NODE_HEAD + _CELL * struct.unpack_from(">H", data, 2)[0]
            if any(data[end:]):
                yield data[:end] + bytes(len(data) - end), number


def _temporary() -> Path:
    """Return the folder in which SQLite makes its temporary files, as far as it can be told from outside."""
    for name in (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp"):
        if name and Path(name).is_dir() and os.access(name, os.W_OK | os.X_OK):
            return Path(name)
    return Path(tempfile.gettempdir())


def _mb(size: int) -> int:
    return -(-size // 1_000_000)
