"""Another party's audit log verified, without trust in who hands it over.

The chain and the signature say that nobody changed the log after that party signed it. What this node itself
sent and took says whether the party wrote down what it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from seamwatch.coordinate.audit import MOST_LINE, LogReader
from seamwatch.errors import InputError
from seamwatch.pipeline.centre.charters import sign_keys
from seamwatch.vocabulary.coordination import EntryKind

if TYPE_CHECKING:
    from seamwatch.model.audit import AuditEntry
    from seamwatch.store.base import Store

MOST_PROBLEMS = 50
_SENT, _TAKEN = ("entry.sent", "feed.adopted"), ("entry.taken",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What was found: whose log, as of when, how many entries, what is wrong, and what was compared."""

    party: str
    at: datetime
    entries: int
    head: str
    problems: tuple[str, ...]
    checked: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Return whether the log holds."""
        return not self.problems


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a log; InputError for one that is longer than any line of a log."""
    while line := file.readline(MOST_LINE + 2):
        if len(line) > MOST_LINE + 1:
            raise InputError("a line of this file is too long for an audit log", code="too_large")
        yield line


def verify_log(store: Store, lines: Iterable[bytes], *, at: datetime | None = None) -> AuditReport:
    """Return whether a party's log holds: chain, signature, and what this node sent and took itself.

    Keys come from all versions of the charter that were in force here, so that the log of a party that left
    verifies too. How far a log was verified is kept: one that is shortened or told anew later is caught.
    InputError where the file is no audit log.
    """
    reader = LogReader(lines)
    party = reader.opening.party
    card = store.own_party()
    me = "" if card is None else str(card["id"])
    sent, taken = _Ranges(store, party, me), _Ranges(store, me, party)
    earlier = store.verified_audit(party)
    problems, retold = reader.problems, False
    for entry in reader.read():
        if earlier is not None and entry.number == earlier[0] and entry.hash != earlier[1]:
            retold = True
            problems.append(
                f"entry {entry.number} is another one than on {earlier[2]:%Y-%m-%d %H:%M} UTC, when this log "
                "was verified last: it was told anew, or the party was restored from a backup"
            )
        if entry.kind in _SENT and entry.details.get("receiver") == me:
            sent.add(entry)
        # What a relay took for others is not compared here.
        feed = (entry.details.get("sender"), entry.details.get("receiver", party))
        if entry.kind in _TAKEN and feed == (me, party):
            taken.add(entry)
    checked = ["chain and numbers of all entries"] if len(problems) == retold else []
    if earlier is not None and reader.head[0] < earlier[0]:
        retold = True
        problems.append(
            f"the log ends with entry {reader.head[0]}; on {earlier[2]:%Y-%m-%d %H:%M} UTC it was verified "
            f"up to entry {earlier[0]}: it was shortened, or is an older one"
        )
    keys = list(sign_keys(store, party))
    if card is not None and party == me:
        keys.append(str(card["sign_key"]))
    if not keys:
        problems.append(f"no version of the charter that was in force here names {party!r}")
    found = len(problems)
    reader.check_signature(keys)
    if len(problems) == found and keys:
        checked.append("the signature, with the key from the charter known here")
    if earlier is not None and not retold:
        checked.append(f"that it continues the log verified on {earlier[2]:%Y-%m-%d %H:%M} UTC")
    if me and party != me:
        _check_sent(store, sent, reader.opening.at, problems, checked)
        _check_taken(store, taken, reader.opening.at, problems, checked)
    number, head = reader.head
    if not problems and number:
        store.put_verified_audit(party, number, head, datetime.now(UTC) if at is None else at)
    return AuditReport(
        party=party,
        at=reader.opening.at,
        entries=reader.entries,
        head=head,
        problems=_shortened(problems),
        checked=tuple(checked),
    )


def _shortened(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else ()))


class _Ranges:
    """Which entries of one feed a log tells of, run by run, compared with those that are held here.

    A run names its last entry's hash, which covers all entries before it in its epoch.
    """

    def __init__(self, store: Store, sender: str, receiver: str) -> None:
        self._store, self.sender, self.receiver = store, sender, receiver
        self.runs: dict[int, list[tuple[int, int]]] = {}
        self.wrong: list[str] = []
        self.unknown: list[tuple[int, int, int]] = []

    def add(self, entry: AuditEntry) -> None:
        """Take one line of the log."""
        told = entry.details
        epoch, number = _count(told.get("epoch")), _count(told.get("number"))
        first = _count(told.get("first", number))
        if not epoch or not number or not 0 < first <= number:
            self.wrong.append(f"entry {entry.number} ({entry.kind}) names no epoch and numbers")
            return
        held = self._store.feed_hashes(self.sender, self.receiver, epoch, number, number).get(number)
        if held is None:
            self.unknown.append((epoch, first, number))
        elif held == told.get("hash"):
            self.runs.setdefault(epoch, []).append((first, number))
        else:
            self.wrong.append(
                f"entry {entry.number} ({entry.kind}) names another hash for entry {number} of epoch {epoch} "
                f"of the feed from {self.sender} to {self.receiver} than the entry that is held here"
            )

    def missing(self, epoch: int, last: int) -> list[int]:
        """Return the numbers from 1 to the last one that no run tells of."""
        missed: list[int] = []
        at = 0
        for first, end in sorted(self.runs.get(epoch, ())):
            missed += range(at + 1, min(first, last + 1))
            at = max(at, end)
        return [*missed, *range(at + 1, last + 1)]


def _count(value: Any) -> int:
    """Return a number that counts something, 0 where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 53 else 0


def _check_sent(store: Store, sent: _Ranges, made: datetime, problems: list[str], checked: list[str]) -> None:
    """What this node took from the party must stand in its log as sent."""
    found = len(problems)
    problems += sent.wrong
    same = late = open_ended = 0
    # Those that are held: a sender may count its epochs as it likes.
    for epoch in store.feed_epochs(sent.sender, sent.receiver):
        last = store.last_number(sent.sender, sent.receiver, epoch)
        unnamed = sent.missing(epoch, last)
        same += last - len(unnamed)
        missed = []
        for number in unnamed:
            item = store.feed_item(sent.sender, sent.receiver, epoch, number)
            if item is None:
                continue
            # The party's own clock dates both, and it signed both.
            if item.entry.at > made:
                late += 1
            elif any(e == epoch and first <= number <= end for e, first, end in sent.unknown):
                open_ended += 1
            else:
                missed.append(number)
        if missed:
            problems.append(
                f"{_numbers(missed)} of epoch {epoch}, which this node took from {sent.sender}, "
                f"{'is' if len(missed) == 1 else 'are'} not in its log as sent"
            )
    if len(problems) == found:
        checked.append(
            f"{_entries(same)} that this node took from {sent.sender}: in its log as sent, the same"
        )
    if open_ended:
        checked.append(
            f"{_entries(open_ended)} in a run of its log whose end did not come here yet: not compared"
        )
    if late:
        checked.append(f"{_entries(late)} younger than this log: ask for a newer one to compare them")


def _check_taken(
    store: Store, taken: _Ranges, made: datetime, problems: list[str], checked: list[str]
) -> None:
    """What the party receipted must stand in its log as taken, and only what this node sent."""
    found = len(problems)
    problems += taken.wrong
    party = taken.receiver
    for epoch, _, number in taken.unknown[:MOST_PROBLEMS]:
        problems.append(
            f"the log says that {party} took entry {number} of epoch {epoch} from this node, which holds no "
            "such entry: it is made up, or this node was restored from a backup"
        )
    epoch, last = store.feed_marks(taken.sender, party).receipted
    receipts = store.feed_items_of(party, taken.sender, (EntryKind.RECEIPT.value,), (0, 0))
    younger = sum(item.entry.at > made for item in receipts)
    if younger:
        checked.append(f"{party} receipted more after this log was made: what it took since is not compared")
        last = min(last, max((end for _, end in taken.runs.get(epoch, ())), default=0))
    missed = taken.missing(epoch, last) if last else []
    if missed:
        problems.append(
            f"{party} receipted {_numbers(missed)} of epoch {epoch} of this node's feed, and its log does "
            "not say that it took them"
        )
    if len(problems) == found:
        checked.append(f"{_entries(last)} that {party} receipted to this node: in its log as taken")


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def _numbers(numbers: list[int]) -> str:
    """Return numbers as words.

    >>> _numbers([3, 4, 5])
    'entries 3 to 5'
    >>> _numbers([3, 7])
    'entries 3, 7'
    """
    if len(numbers) == 1:
        return f"entry {numbers[0]}"
    if numbers[-1] - numbers[0] + 1 == len(numbers):
        return f"entries {numbers[0]} to {numbers[-1]}"
    shown = ", ".join(str(n) for n in numbers[:10])
    return f"entries {shown}" + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")


def report_json(report: AuditReport) -> dict[str, Any]:
    """Return what was found as JSON."""
    return {
        "party": report.party,
        "at": report.at.isoformat(),
        "ok": report.ok,
        "entries": report.entries,
        "head": report.head,
        "problems": list(report.problems),
        "checked": list(report.checked),
    }
