"""The review queue in the terminal: one item at a time, each key stores at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from seamwatch.cli.decided import change_lines, contradiction_lines
from seamwatch.errors import SeamwatchError

if TYPE_CHECKING:
    from rich.console import Console

    from seamwatch.model.incident import Incident
    from seamwatch.model.review import ReviewItem
    from seamwatch.pipeline.decide import Decided, Decider
    from seamwatch.store.base import Store

KEYS = "s same  d different  u unsure  c confirm  k skip  z undo  o open  q quit"
QUIT = "q"


def go_through(store: Store, *, by: str) -> None:
    """Show one item after the other and store what each key decides, until the queue ends or q."""
    from rich.console import Console

    from seamwatch.pipeline.decide import Decider
    from seamwatch.pipeline.review import review_queue
    from seamwatch.publish.review import EMPTY

    queue = review_queue(store)
    if not queue:
        sys.stdout.write(EMPTY)
        return
    _Sitting(store, Decider(store, by=by), list(queue), Console(highlight=False)).run()


class _Sitting:
    """One person going through the queue."""

    def __init__(self, store: Store, decider: Decider, queue: list[ReviewItem], console: Console) -> None:
        self._store = store
        self._decider = decider
        self._queue = queue
        self._console = console
        self._at = 0
        self._stored: list[tuple[int, int]] = []  # place in the queue, and number of the decision

    def run(self) -> None:
        """Go through the queue."""
        from seamwatch.pipeline.review import refreshed

        going = True
        while going and self._at < len(self._queue):
            # Somebody else, or an earlier key, may have settled it.
            item = refreshed(self._store, self._queue[self._at])
            if item is None:
                self._at += 1
                continue
            self._show(item)
            going = self._answer(item)
        number, left = len(self._stored), len(self._queue) - self._at
        rest = f"{left} of {len(self._queue)} left to review" if left else "the queue is done"
        self._line(f"{number} decision{'s' * (number != 1)} stored; {rest}")

    def _show(self, item: ReviewItem) -> None:
        from rich.rule import Rule

        from seamwatch.publish.review import write_card

        articles = {a.id: a for a in self._store.articles({item.left.article.id, item.right.article.id})}
        self._console.print(Rule(f"{self._at + 1} of {len(self._queue)}", style="dim"))
        write_card(item, articles, self._console)
        keys = KEYS
        if item.against:
            undo = "  ".join(f"{n} undo {d.name}" for n, d in enumerate(item.against[:9], 1))
            keys = f"{undo}  k skip  z undo  o open  q quit"
        self._line(keys, "dim")

    def _answer(self, item: ReviewItem) -> bool:
        """Do what keys say until one leads on from the item; return whether to go on at all."""
        work = self._works(item)
        while (key := _key()) != QUIT:
            if key == "o":
                self._open(item.incidents)
                self._show(item)
            elif key == "c" and not item.against:
                self._confirm(item)
            elif key == "k":
                self._at += 1
                return True
            elif key == "z" and self._undo():
                return True
            elif key in work:
                if self._decided(work[key]):
                    self._at += 1
                # Where it failed, the item is shown as it is by now.
                return True
        return False

    def _works(self, item: ReviewItem) -> dict[str, Callable[[], Decided]]:
        """Return what each deciding key does."""
        left, right, decider = item.left.mention.id, item.right.mention.id, self._decider
        if not item.against:
            return {
                "s": lambda: decider.same(left, right),
                "d": lambda: decider.different(left, right),
                "u": lambda: decider.unsure(left, right),
            }

        def undoing(number: int) -> Callable[[], Decided]:
            return lambda: decider.undo(number)

        return {str(n): undoing(d.number) for n, d in enumerate(item.against[:9], 1)}

    def _decided(self, work: Callable[[], Decided]) -> bool:
        """Store a decision and say what it changed; return False where it could not be stored."""
        from seamwatch.pipeline.review import contradicting

        try:
            decided = work()
        except SeamwatchError as wrong:
            self._line(f"not stored: {wrong}", "red")
            return False
        if decided.decision.undoes is None:
            self._stored.append((self._at, decided.decision.number))
        for line in change_lines(decided):
            self._line(line, "green")
        for line in contradiction_lines(decided.contradictions):
            self._line(line, "bold red")
        # What contradicts is to be settled next.
        self._queue[self._at + 1 : self._at + 1] = contradicting(self._store, decided.contradictions)
        return True

    def _undo(self) -> bool:
        """Undo the last decision of this sitting and go back to its item; return whether there was one."""
        if not self._stored:
            self._line("nothing decided yet; an earlier decision is undone with seamwatch decide undo d12")
            return False
        place, number = self._stored[-1]
        if self._decided(lambda: self._decider.undo(number)):
            self._stored.pop()
            self._at = place
        return True

    def _confirm(self, item: ReviewItem) -> None:
        """Confirm the incident that both are in, or the one of two that the next key names."""
        incident = item.incidents[0]
        if not item.inside:
            self._line("confirm which?   l left   r right   any other key: none", "dim")
            key = _key()
            if key not in ("l", "r"):
                self._line("none confirmed", "dim")
                return
            incident = item.incidents["lr".index(key)]
        self._decided(lambda: self._decider.confirm(incident.id))

    def _open(self, incidents: tuple[Incident, ...]) -> None:
        """Show the incidents with every value and its quotes."""
        from seamwatch.publish.explain import explain

        for incident in incidents:
            articles = {a.id: a for a in self._store.articles({m.article.id for m in incident.mentions})}
            self._line("")
            explain(incident, articles, sys.stdout, colour=self._console.color_system is not None)

    def _line(self, words: str, style: str = "") -> None:
        # Text, not str: rich would read square brackets as its own markup.
        from rich.text import Text

        self._console.print(Text(words, style=style))


def _key() -> str:
    """Return the key that is pressed, in small letters; Ctrl-C and the end of input are the key to quit."""
    import typer

    sys.stdout.flush()
    try:
        pressed = typer.getchar()
    except (KeyboardInterrupt, EOFError):
        return QUIT
    # Keys typed ahead are no answers to what is not yet shown; an arrow key is none at all.
    return pressed[:1].lower() if not pressed.startswith("\x1b") else ""
