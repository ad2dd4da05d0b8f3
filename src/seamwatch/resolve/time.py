"""Times in an article: every expression of a date, a time of day, a duration or a repeated time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from seamwatch.model.text import Article, Evidence, Part, Span
from seamwatch.model.time import TimeMention, TimeRange
from seamwatch.resolve.time_rules import Rule, load_rules
from seamwatch.resolve.time_scene import Found, Placed, Scene
from seamwatch.resolve.time_values import shift
from seamwatch.resolve.time_words import CODES, TimeWords, load_time_words, split_tokens
from seamwatch.vocabulary.codes import TimexType

_SKIP = frozenset(
    CODES[name] for name in ("other", "future", "pastcue", "presentcue", "be", "stop", "break", "bar", "from")
)
_JOINS = ("", CODES["on"], CODES[","], CODES["of"], CODES["bar"])
_PAIRS = (CODES["to"], CODES["and"])
_CUT = frozenset((CODES["on"], CODES["at"], CODES["in"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """A rule that matched tokens first..last."""

    first: int
    last: int
    rule: Rule


def _matches_at(codes: str, at: int, end: int) -> list[_Match]:
    """Return the rules that match at a token, the longest first."""
    found = []
    for rule in load_rules().get(codes[at], ()):
        match = rule.pattern.match(codes, at, end)
        if match is not None:
            found.append(_Match(first=at, last=match.end() - 1, rule=rule))
    found.sort(key=lambda m: -m.last)
    return found


def _order_pair(scene: Scene, before: Placed, placed: Placed) -> None:
    """Move the first day of "between Thursday and Saturday" a week back where it lies behind the second."""
    tokens, first, last = scene.tokens, before.meaning, placed.meaning
    if (
        tokens.codes[before.last + 1 : placed.first] in _PAIRS
        and tokens.codes[before.first] == tokens.codes[placed.first] == CODES["weekday"]
        and tokens.lower(before.first - 1) in ("from", "between")
        and first.start is not None
        and last.start is not None
        and first.start > last.start
    ):
        day = shift(first.start, -7)
        value = day.isoformat() + first.value[10:]
        before.meaning = replace(first, value=value, start=day, end=day)


def _place(scene: Scene, match: _Match) -> bool:
    """Read a match into the scene and return whether its rule took it."""
    meaning = match.rule.read(Found(scene, match.first, match.last))
    if meaning is None:
        return False
    placed = Placed(match.first, match.last, meaning, match.rule.kind)
    if scene.placed and match.rule.kind == "day":
        _order_pair(scene, scene.placed[-1], placed)
    scene.add(placed)
    return True


def _scan(scene: Scene, first: int, end: int, waiting: list[_Match] | None) -> None:
    """Read the tokens first..end, longest match first; late rules go on the waiting list if there is one."""
    codes = scene.tokens.codes
    at = first
    while at < end:
        step = 1
        if codes[at] not in _SKIP:
            for match in _matches_at(codes, at, end):
                if waiting is not None and match.rule.late:
                    waiting.append(match)
                elif not _place(scene, match):
                    continue
                step = match.last + 1 - at
                break
        at += step


def _read_part(text: str, published: date | None, words: TimeWords) -> Scene:
    """Return a text with everything that the rules understand in it, in order.

    Expressions that stand on their own are read first, so that those which lean on the days named in
    their sentence see the days on both sides.
    """
    scene = Scene(tokens=split_tokens(text, words), published=published)
    waiting: list[_Match] = []
    _scan(scene, 0, len(scene.tokens.codes), waiting)
    for match in waiting:
        if not _place(scene, match):
            _scan(scene, match.first, match.last + 1, None)
    return scene


def _afternoon(clock: str, day: str) -> str:
    """Return the clock in 24 hours where the day's part says so: 9 o'clock on Tuesday night."""
    first = {"TNI": 6, "TEV": 3, "TAF": 1}.get(day[-3:])
    hour, _, minute = clock.partition(":")
    if first is None or not hour.isdigit() or not first <= int(hour) < 12:
        return clock
    return f"{int(hour) + 12}:{minute}"


def _joined(scene: Scene) -> list[Placed]:
    """Return what was read, with a time of the clock and the day that follows it as one expression."""
    out: list[Placed] = []
    for placed in scene.placed:
        before = out[-1] if out else None
        if before and placed.kind == "row-hour":
            out[-1] = Placed(before.first, placed.last, placed.meaning, "day")
            continue
        if before and before.kind in ("clock", "part") and placed.kind in ("day", "neighbour"):
            gap = scene.tokens.codes[before.last + 1 : placed.first]
            day = placed.meaning
            if gap in _JOINS and (day.start == day.end):
                clock = before.meaning.value.partition("T")[2]
                if CODES["ampm"] not in scene.tokens.codes[before.first : before.last + 1]:
                    clock = _afternoon(clock, day.value)
                value = f"{day.value.partition('T')[0]}T{clock}"
                out[-1] = Placed(
                    before.first, placed.last, replace(day, type=TimexType.TIME, value=value), "day"
                )
                continue
        out.append(placed)
    return out


def _mention(scene: Scene, placed: Placed, part: Part) -> TimeMention:
    """Return an expression as a mention of the article."""
    tokens, first = scene.tokens, placed.first
    while first < placed.last and tokens.codes[first] in _CUT:
        first += 1
    last = placed.last
    while last > first and tokens.codes[last] == CODES[","]:
        last -= 1
    start, end = tokens.starts[first], tokens.ends[last]
    quote = tokens.text[start:end]
    span = Span(part=part, start=start, end=end)
    meaning = placed.meaning
    days: TimeRange | None = None
    if meaning.start is not None and meaning.end is not None and meaning.precision is not None:
        evidence = Evidence(span=span, quote=quote, by="time")
        days = TimeRange(
            start=meaning.start, end=meaning.end, precision=meaning.precision, evidence=(evidence,)
        )
    return TimeMention(
        span=span,
        quote=quote,
        type=meaning.type,
        value=meaning.value,
        range=days,
        anchor=meaning.anchor,
        offset_days=meaning.offset_days,
        by=f"time:{placed.kind}",
    )


def find_times(article: Article, words: TimeWords | None = None) -> tuple[TimeMention, ...]:
    """Return the times that an article names, title first, in order of position; they never overlap.

    >>> text = "Two men died on Friday evening, four days after an attack."
    >>> found = find_times(Article(id="a", text=text, published=date(2023, 9, 17)))
    >>> [(t.quote, t.value, t.range and t.range.start.isoformat()) for t in found]
    [('Friday evening', '2023-09-15TEV', '2023-09-15'), ('four days after', 'P4D', '2023-09-11')]
    """
    known = words or load_time_words()
    found: list[TimeMention] = []
    parts: tuple[Part, ...] = ("title", "text")
    for part in parts:
        text = article.part(part)
        if text:
            scene = _read_part(text, article.published, known)
            found.extend(_mention(scene, placed, part) for placed in _joined(scene))
    return tuple(found)
