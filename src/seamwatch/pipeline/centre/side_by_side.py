"""Asking several parties side by side: their answers are waited for together, the store is for one at a time.

Each party has a thread. A thread works on the store only in its turn, and gives the turn away while it waits
for an answer. So the work on the store goes on as if the parties were asked one after the other, page by
page, and a party that is slow or dead holds up nobody else.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
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


class EndedError(Exception):
    """The exchange was ended from outside: nothing more is done."""


class Turns:
    """Whose turn on the store it is: of those whose answers have come, whoever gets the lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.ended = False

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
    turns: Turns | None = None,
    waiting: Callable[[tuple[str, ...]], None] = lambda _: None,
) -> tuple[T, ...]:
    """Return what `ask` gives for each party, in their order; at most MOST_AT_ONCE are asked at a time.

    What `ask` raises ends all, and is raised here. `waiting` gets the ids of those that are not through yet,
    every few seconds.
    """
    turns = Turns() if turns is None else turns
    names = tuple(parties)
    todo = deque(enumerate(parties.values()))
    found: dict[int, T] = {}
    wrong: list[BaseException] = []
    done: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    def work() -> None:
        while True:
            try:
                place, party = todo.popleft()
            except IndexError:
                break
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
        done.put(None)

    # Daemons: a second Ctrl-C does not wait for an answer that may never come.
    threads = [threading.Thread(target=work, daemon=True) for _ in names[:MOST_AT_ONCE]]
    for thread in threads:
        thread.start()
    left, open_ = len(threads), set(range(len(names)))
    try:
        while left:
            try:
                place = done.get(timeout=TOLD_EVERY)
            except queue.Empty:
                waiting(tuple(names[at] for at in sorted(open_)))
                continue
            left -= place is None
            open_.discard(-1 if place is None else place)
    except BaseException:
        todo.clear()
        turns.stop()
        raise
    if wrong:
        raise wrong[0]
    return tuple(found[at] for at in range(len(names)))
