"""Reading as a job: one at a time, in order of arrival; what became of each article is kept for a while."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from seamwatch.errors import SeamwatchError
from seamwatch.model.text import Rejected
from seamwatch.pipeline.job import Job, JobEvent, JobState, Results, Work, result_json
from seamwatch.pipeline.storing import Recorded

LOG = logging.getLogger("seamwatch.jobs")
MOST_WAITING = 10
# Seconds for which a job that ended is remembered.
KEPT_SECONDS = 3600.0
MOST_KEPT = 200
_MOST_NOTES = 50
_CLOSE_SECONDS = 10.0


class JobsFullError(SeamwatchError):
    """No more jobs can wait."""

    code = "jobs_full"


class JobRunner:
    """Runs jobs one after the other in a thread of its own, which starts with the first."""

    def __init__(
        self, *, most_waiting: int = MOST_WAITING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most_waiting
        self._clock = clock
        self._changed = threading.Condition()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[Job] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, work: Work) -> dict[str, Any]:
        """Return the state of a new job that waits for its turn; JobsFullError where too many do."""
        with self._changed:
            if self._closed or len(self._waiting) >= self._most:
                why = (
                    "the server is shutting down"
                    if self._closed
                    else f"{len(self._waiting)} jobs wait already"
                )
                raise JobsFullError(f"{why}: wait until one has ended, or cancel one, and try again")
            job = Job(id=f"j-{secrets.token_hex(6)}", work=work, created=datetime.now(UTC))
            self._forget_old()
            self._jobs[job.id] = job
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return job.as_json()

    def job(self, name: str) -> dict[str, Any] | None:
        """Return a job's state, None where there is none of this id (any more)."""
        with self._changed:
            self._forget_old()
            job = self._jobs.get(name)
            return None if job is None else job.as_json()

    def jobs(self) -> list[dict[str, Any]]:
        """Return the state of all jobs that are remembered, the newest first."""
        with self._changed:
            self._forget_old()
            return [job.as_json() for job in reversed(self._jobs.values())]

    def news(self, name: str, after: int, version: int) -> tuple[int, list[JobEvent], dict[str, Any] | None]:
        """Return a job's version, its events after a number, and its state where it is another version.

        At most 500 events come at once. A job that is forgotten has the version -1.
        """
        with self._changed:
            job = self._jobs.get(name)
            if job is None:
                return -1, [], None
            first = job.events[0].number if job.events else 1
            start = max(0, after + 1 - first)
            events = list(islice(job.events, start, start + 500))
            return job.version, events, None if job.version == version else job.as_json()

    def cancel(self, name: str) -> dict[str, Any] | None:
        """Return the state of a job that is to end, one that runs after its article; what it stored stays."""
        drop = None
        with self._changed:
            job = self._jobs.get(name)
            if job is None:
                return None
            if job.state is JobState.QUEUED:
                self._waiting.remove(job)
                drop = job.work.drop
                self._end(job, JobState.CANCELLED)
            elif job.state is JobState.RUNNING:
                job.cancelling = True
                job.version += 1
                if job.work.stop is not None:
                    job.work.stop()
            shown = job.as_json()
        if drop is not None:
            drop()
        return shown

    def close(self) -> None:
        """End all jobs: those that wait at once, the one that runs after its article."""
        with self._changed:
            self._closed = True
            names = [job.id for job in self._jobs.values() if not job.state.ended]
            self._changed.notify_all()
        for name in names:
            self.cancel(name)
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)

    # --- the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                job = self._waiting.popleft()
                job.state, job.started = JobState.RUNNING, datetime.now(UTC)
                job.version += 1
            state = JobState.FAILED
            try:
                state = self._work(job)
            except SeamwatchError as wrong:
                job.error = wrong.as_json()
            except Exception:  # the thread must live for the next job
                LOG.exception("the job %s failed", job.id)
                said = (
                    "the job failed; the server's log on standard error says why. What is told of is stored"
                )
                job.error = {"code": "internal", "message": said}
            finally:
                job.work.drop()
                with self._changed:
                    self._end(job, state)

    def _work(self, job: Job) -> JobState:
        of = job.work.count()
        with self._changed:
            job.of = of
            job.version += 1
        results = job.work.read(lambda note: self._note(job, note))
        try:
            for result in results:
                self._take(job, result)
                if job.cancelling and job.work.stop is None:
                    break
        finally:
            close = getattr(results, "close", None)
            if close is not None:
                close()
        return JobState.CANCELLED if job.cancelling else JobState.DONE

    def _take(self, job: Job, result: Recorded | Rejected) -> None:
        with self._changed:
            job.done += 1
            job.events.append(JobEvent(number=job.done, data=result_json(result)))
            if isinstance(result, Rejected):
                job.tally["rejected"] += 1
            else:
                job.tally[result.kind] += 1
                job.incidents.update(
                    (name, "updated") for name in result.updated if name not in job.incidents
                )
                job.incidents.update((name, "new") for name in result.opened)
            job.version += 1

    def _note(self, job: Job, note: str) -> None:
        with self._changed:
            if len(job.notes) < _MOST_NOTES:
                job.notes.append(note)
                job.version += 1

    def _end(self, job: Job, state: JobState) -> None:
        job.state, job.ended, job.left = state, datetime.now(UTC), self._clock()
        if state is JobState.DONE:
            job.of = job.done
        # What it was made of need not be held.
        job.work = replace(job.work, read=_nothing, count=lambda: None, drop=lambda: None, stop=None)
        job.version += 1
        self._changed.notify_all()

    def _forget_old(self) -> None:
        ended = [job for job in self._jobs.values() if job.state.ended]
        for at, job in enumerate(ended):
            if self._clock() - job.left > KEPT_SECONDS or at < len(ended) - MOST_KEPT:
                del self._jobs[job.id]


def _nothing(_: Callable[[str], None]) -> Results:
    return iter(())
