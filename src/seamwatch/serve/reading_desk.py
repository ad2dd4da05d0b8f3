"""What the desk reads: jobs on texts, addresses and uploaded files, and the filer of field reports."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from seamwatch.pipeline.job import Work
from seamwatch.pipeline.jobs import JobRunner
from seamwatch.pipeline.visibility import UNLABELLED

if TYPE_CHECKING:
    from seamwatch.model.text import Rejected
    from seamwatch.pipeline.field_report import ReportFiler
    from seamwatch.pipeline.job import Results
    from seamwatch.pipeline.storing import Recorded
    from seamwatch.serve.context import Desk
    from seamwatch.vocabulary.coordination import Tlp

_MOST_NAME = 100
# Separators of paths and what a shell or another file system would take for something else.
_UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]")


def safe_name(written: str) -> str:
    """Return the name of an uploaded file as it may stand on this disk: its last part, no hidden one.

    >>> [safe_name(n) for n in ("../../etc/passwd", "C:\\\\x\\\\Report 1.PDF", ".hidden", "")]
    ['passwd', 'Report 1.PDF', 'hidden', 'file']
    """
    last = written.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _UNSAFE.sub("_", plain).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if len(name) > _MOST_NAME:
        name = f"{stem[: _MOST_NAME - 12]}{dot}{suffix[:11]}" if stem else name[:_MOST_NAME]
    while len(name.encode()) > 200:
        name = name[1:]
    return name or "file"


class Upload:
    """A folder of its own for what one job reads; gone when the job has ended."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="seamwatch-job-"))
        self.sources: list[str] = []

    def place(self, name: str) -> Path:
        """Return where a file of this name is to be written; two of one name lie apart."""
        folder = self._folder / str(len(self.sources) + 1)
        folder.mkdir()
        path = folder / safe_name(name)
        self.sources.append(str(path))
        return path

    def drop(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def shown(self, text: str) -> str:
        """Return a message without the folder's path."""
        return re.sub(rf"{re.escape(str(self._folder))}/\d+/", "", text)


class ReadingDesk:
    """Makes jobs of what is added; what they need is loaded with the first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.runner = JobRunner()
        self._by: dict[str, str] = {}
        self._filer: ReportFiler | None = None
        self._filer_lock = threading.Lock()

    def belongs(self, job: str, name: str) -> None:
        """Take note whose a job is; who has not read up to what it adds sees no other one's."""
        kept = {one["id"] for one in self.runner.jobs()}
        self._by = {**{one: whose for one, whose in self._by.items() if one in kept}, job: name}

    def may_follow(self, job: str, name: str, clearance: Tlp) -> bool:
        """Return whether somebody may see a job: their own, or all where they may read what jobs add."""
        return clearance.strictness >= UNLABELLED.strictness or self._by.get(job) == name

    def close(self) -> None:
        """End all jobs."""
        self.runner.close()

    def read_text(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the state of a new job that reads one article, a row in the shape of an input line."""
        upload = Upload()
        path = upload.place("text.jsonl")
        path.write_text(json.dumps(row), encoding="utf-8")
        title = row.get("title") or " ".join(str(row["text"])[:80].split())
        return self._add(title, upload.sources, upload)

    def read_url(self, url: str) -> dict[str, Any]:
        """Return the state of a new job that fetches an address: a page, a document or a feed."""
        return self._add(url, [url], None)

    def read_files(self, upload: Upload) -> dict[str, Any]:
        """Return the state of a new job that reads uploaded files."""
        names = [Path(source).name for source in upload.sources]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return self._add(f"{names[0]}{more}", upload.sources, upload)

    def _add(self, title: str, sources: Sequence[str], upload: Upload | None) -> dict[str, Any]:
        drop: Callable[[], None] = upload.drop if upload is not None else _nothing
        stopped = threading.Event()
        work = Work(
            title=title[:200],
            read=lambda note: self._read(sources, upload, note, stopped),
            stop=stopped.set,
            count=lambda: None if upload is None else _count(sources),
            drop=drop,
        )
        try:
            return self.runner.add(work)
        except BaseException:
            drop()
            raise

    def _read(
        self,
        sources: Sequence[str],
        upload: Upload | None,
        note: Callable[[str], None],
        stopped: threading.Event,
    ) -> Results:
        from seamwatch.pipeline.reading import ReadOptions, read_into
        from seamwatch.store import open_store

        shown = upload.shown if upload is not None else str
        private = self._desk.options.private_addresses
        options = ReadOptions(sources=tuple(sources), private=private, stopped=stopped.is_set)
        with open_store(self._desk.options.db, create=False) as store:
            results = read_into(store, options, note=lambda text: note(shown(text)), kit=self._desk.kit())
            with closing(cast("Generator[Recorded | Rejected]", results)):
                for result in results:
                    yield _renamed(result, shown)

    def filer(self) -> ReportFiler:
        """Return the filer of field reports; hold the kit's lock while you use it."""
        from seamwatch.pipeline.field_report import ReportFiler, utc_today
        from seamwatch.resolve.boundaries import load_boundaries

        kit = self._desk.kit()
        with self._filer_lock:
            if self._filer is None:
                self._filer = ReportFiler(kit.gazetteer, kit.register, load_boundaries(), today=utc_today)
            return self._filer


def _renamed(result: Recorded | Rejected, shown: Callable[[str], str]) -> Recorded | Rejected:
    from seamwatch.model.text import Rejected

    if isinstance(result, Rejected):
        return replace(result, origin=shown(result.origin), reason=shown(result.reason))
    return replace(result, origin=shown(result.origin))


def _count(sources: Sequence[str]) -> int | None:
    """Return how many articles files hold, None where that is told only by reading them: tables."""
    from seamwatch.ingest.options import IngestOptions
    from seamwatch.ingest.sources import gather

    if any(source.lower().endswith(".csv") for source in sources):
        return None
    return sum(1 for _ in gather(sources, IngestOptions()))


def _nothing() -> None:
    """Do nothing."""
