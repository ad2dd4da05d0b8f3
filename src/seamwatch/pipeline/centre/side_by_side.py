"""Asking several parties side by side: their answers are waited for together, the store is for one at a time.

Each party has a thread. A thread works on the store only in its turn, and gives the turn away while it waits
for an answer. So the work on the store goes on as if the parties were asked one after the other, page by
page, and a party that is slow or dead holds up nobody else.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from seamwatch.model.exchange import Heads, Page, Taken
from seamwatch.model.party import Party

if TYPE_CHECKING:
    from seamwatch.pipeline.centre.lines import PartyLine

T = TypeVar("T")
MOST_AT_ONCE = 8
# Every so many seconds it is told who is still waited for.
TOLD_EVERY = 10.0
GRACE = 5.0
"""Seconds that who is asked by the way alone may hold up an exchange."""


class EndedError(Exception):
    """The exchange was ended from outside: nothing more is done."""


class Turns:
    """Whose turn on the store it is: of those whose answers have come, whoever gets the lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.ended = False

    def expect(self, many: int) -> None:
        """Take note of how many parties will be asked, before the first is."""

    def begin(self, place: int) -> None:
        """Wait for the first turn of the party at a place in the order."""
        self._lock.acquire()

    def end(self, place: int) -> None:
        """Give the turn away for good."""
        self._lock.release()

    def stop(self) -> None:
        """Have nobody get a turn again; return when who has it now has given it away."""
        with self._lock:
            self.ended = True

    @contextmanager
    def away(self) -> Iterator[None]:
        """Return a context in which others have their turns; EndedError after it where all was ended."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            if self.ended:
                raise EndedError

    def apart(self, line: PartyLine) -> PartyLine:
        """Return a line whose answers are waited for without the turn."""
        return _ApartLine(line, self)


class _ApartLine:
    def __init__(self, line: PartyLine, turns: Turns) -> None:
        self._line, self._turns = line, turns

    def heads(self, etag: str | None) -> tuple[Heads | None, str | None]:
        with self._turns.away():
            return self._line.heads(etag)

    def page(self, sender: str, receiver: str, *, epoch: int, after: int, limit: int) -> Page:
        with self._turns.away():
            return self._line.page(sender, receiver, epoch=epoch, after=after, limit=limit)

    def bring(self, pages: Sequence[Page]) -> tuple[Taken, ...]:
        with self._turns.away():
            return self._line.bring(pages)

    def papers(self, mine: Mapping[str, Any]) -> object:
        with self._turns.away():
            return self._line.papers(mine)

    def close(self) -> None:
        self._line.close()


def ask_all(
    parties: Mapping[str, Party],
    ask: Callable[[Party, Turns], T],
    *,
    by_the_way: Collection[str] = (),
    turns: Turns | None = None,
    waiting: Callable[[tuple[str, ...]], None] = lambda _: None,
) -> dict[str, T]:
    """Return what `ask` gives for each party, in their order; at most MOST_AT_ONCE are asked at a time.

    Those asked `by_the_way` are waited for GRACE seconds at most after all others are through; they may
    be missing. What `ask` raises ends all, and is raised here. `waiting` gets the ids of those that are not
    through yet, every few seconds.
    """
    turns = Turns() if turns is None else turns
    names = tuple(parties)
    turns.expect(len(names))
    todo = deque(enumerate(parties.values()))
    found: dict[int, T] = {}
    wrong: list[BaseException] = []
    done: queue.SimpleQueue[int] = queue.SimpleQueue()

    def work() -> None:
        while True:
            try:
                place, party = todo.popleft()
            except IndexError:
                return
            turns.begin(place)
            try:
                if not turns.ended:
                    found[place] = ask(party, turns)
            except EndedError:
                pass
            except BaseException as raised:
                turns.ended = True
                wrong.append(raised)
            finally:
                turns.end(place)
                done.put(place)

    # Daemons: the program's end does not wait for an answer that may never come.
    for _ in names[:MOST_AT_ONCE]:
        threading.Thread(target=work, daemon=True).start()
    left = set(range(len(names)))
    needed = {at for at in left if names[at] not in by_the_way}
    end = time.monotonic() + GRACE
    try:
        while left and not wrong:
            if needed & left:
                end = time.monotonic() + GRACE
            try:
                left.remove(done.get(timeout=TOLD_EVERY if needed & left else end - time.monotonic()))
            except (queue.Empty, ValueError):
                if not needed & left:
                    break
                waiting(tuple(names[at] for at in sorted(needed & left)))
    finally:
        if left:
            todo.clear()
            turns.stop()
    if wrong:
        raise wrong[0]
    return {names[at]: found[at] for at in sorted(found)}
