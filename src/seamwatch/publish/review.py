"""The review queue as a table and as JSON, and one item as a card: two tellings side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from seamwatch.model.codec import TOLLS
from seamwatch.model.incident import Incident, Mention, SourcedMention
from seamwatch.model.review import ReviewItem
from seamwatch.model.text import Article
from seamwatch.publish.columns import write_columns
from seamwatch.publish.excerpt import excerpts
from seamwatch.publish.plain import actor_words, date_words, json_line, place_words, printable, toll_words
from seamwatch.publish.source_words import source_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

EMPTY = "Nothing to review: the rules are sure of every pair, or somebody has decided on it.\n"
# Below this two tellings stand one below the other.
SIDE_BY_SIDE = 90
_LABEL = 8
_FIELDS = ("when", "where", "what", "by", "against", "with", *TOLLS)
_ROWS = ("telling", "incident", "title", *_FIELDS, "words")
_FAINT = 0.05


def item_json(item: ReviewItem) -> dict[str, Any]:
    """Return one item of the queue as JSON."""
    return {
        "left": item.left.mention.id,
        "right": item.right.mention.id,
        "incidents": [incident.id for incident in item.incidents],
        "pairs": item.pairs,
        "probability": round(item.probability, 3),
        "weight": None if math.isinf(item.weight) else round(item.weight, 3),
        "would_change": {"killed": item.killed, "others": item.others, "mentions": item.moved},
        "contradiction": {"decisions": [d.name for d in item.against], "text": item.conflict}
        if item.against
        else None,
        "reasons": [{"feature": r.feature, "weight": r.weight, "text": r.text} for r in item.reasons],
    }


def write_json(items: Sequence[ReviewItem], total: int, out: TextIO) -> None:
    """Write `{"total", "queue": [...]}`, one item a line; `total` is how many there are altogether."""
    out.write(f'{{"total": {total}, "queue": [')
    for number, item in enumerate(items):
        out.write(f"{',' if number else ''}\n{json_line(item_json(item))}")
    out.write("\n]}\n")


def write_table(items: Sequence[ReviewItem], total: int, out: TextIO) -> None:
    """Write one item a row, the one to decide first on top; or one line that there is nothing."""
    if not items:
        out.write(EMPTY)
        return
    rows = [
        [
            str(number),
            "!" if item.against else f"{item.probability:.2f}",
            _short(item.left),
            _short(item.right),
            " ".join(incident.id for incident in item.incidents),
            change_words(item),
        ]
        for number, item in enumerate(items, 1)
    ]
    write_columns((" ", "p ", "one telling", "another", "incidents", "to decide"), rows, out)
    if total > len(items):
        out.write(f"{total - len(items)} more; --limit shows them\n")


def _short(told: SourcedMention) -> str:
    mention = told.mention
    words = (mention.id, told.article.source, date_words(mention.date), place_words(mention.place))
    return " · ".join(word for word in words if word)


def change_words(item: ReviewItem) -> str:
    """Return what deciding otherwise than the record has it would change."""
    if item.against:
        return f"contradiction: {item.conflict}"
    people = [f"{item.killed} killed"] if item.killed else []
    if item.others:
        people.append(
            f"{item.others} hurt, missing or abducted" if not item.killed else f"{item.others} others"
        )
    counted = f"{' and '.join(people)} counted {'twice' if item.inside else 'once'}, " if people else ""
    now = "one incident now; as two" if item.inside else "two incidents now; as one"
    return f"{now}: {counted}{item.moved} mention{'s' * (item.moved != 1)} moved"


def write_card(item: ReviewItem, articles: Mapping[str, Article], console: Console) -> None:
    """Write two tellings side by side, or one below the other, and what agrees and what does not."""
    from rich.table import Table

    sides = [_side(told, item.incidents, articles) for told in (item.left, item.right)]
    if console.width >= SIDE_BY_SIDE:
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(width=_LABEL)
        for _ in sides:
            grid.add_column(ratio=1, overflow="fold")
        for name in _ROWS:
            cells = [side.get(name) for side in sides]
            if any(cells):
                grid.add_row(_text(name, "dim"), *(cell or _text("–", "dim") for cell in cells))
        console.print(grid)
    else:
        for side in sides:
            grid = Table.grid(padding=(0, 2))
            grid.add_column(width=_LABEL)
            grid.add_column(overflow="fold")
            for name, cell in side.items():
                grid.add_row(_text(name, "dim"), cell)
            console.print(grid)
            console.print()
    if item.against:
        console.print(_text(f"Contradiction: {item.conflict}.", "bold red"))
        for decision in item.against:
            why = f": {decision.why}" if decision.why else ""
            console.print(
                _text(f"  {decision.name} {decision.kind} by {decision.by}, {decision.at:%Y-%m-%d}{why}")
            )
        return
    for title, sign, reasons in (
        ("agrees", "+", [r for r in item.reasons if r.weight > _FAINT]),
        ("differs", "–", [r for r in item.reasons if r.weight < -_FAINT]),
    ):
        # What is said of any two tellings is no part of these.
        own = sorted((r for r in reasons if r.feature != "prior"), key=lambda r: -abs(r.weight))
        if own:
            words = "   ".join(f"{sign} {reason.text}" for reason in own)
            console.print(_text(f"{title}: {words}", "green" if sign == "+" else "yellow"))
    console.print(_text(f"probability {item.probability:.2f}; {change_words(item)}", "bold"))


def _side(
    told: SourcedMention, incidents: Iterable[Incident], articles: Mapping[str, Article]
) -> dict[str, Text]:
    """Return one telling by rows: whose it is, what it says field by field, and its words."""
    mention, article = told.mention, told.article
    owner = next((i for i in incidents if any(m.mention.id == mention.id for m in i.mentions)), None)
    rows = {"telling": _text(f"{mention.id}  {source_words(article)}", "bold")}
    if owner is not None:
        number = len(owner.mentions)
        words = f"{owner.id} ({owner.status.value}, {number} mention{'s' * (number != 1)})"
        rows["incident"] = _text(words)
    if article.title:
        rows["title"] = _text(article.title, "italic")
    rows |= {name: _text(value) for name, value in _fields(mention)}
    quotes = _text("")
    for found in excerpts(mention.evidence[:1], dict.fromkeys(mention.evidence, (told,)), articles):
        for piece, quoted in found.pieces:
            quotes.append(printable(piece), "bold yellow" if quoted else "")
    if quotes:
        rows["words"] = quotes
    return rows


def _fields(mention: Mention) -> list[tuple[str, str]]:
    values = (
        date_words(mention.date),
        place_words(mention.place),
        mention.sub_event_type.value,
        actor_words(mention.perpetrators),
        ", ".join(dict.fromkeys(t.name for t in mention.targets)),
        ", ".join(dict.fromkeys(w.name for w in mention.weapons)),
        *(toll_words(getattr(mention, name)) for name in TOLLS),
    )
    return [(name, value) for name, value in zip(_FIELDS, values, strict=True) if value]


def _text(words: str, style: str = "") -> Text:
    # Text, not str: rich would read square brackets as its own markup.
    from rich.text import Text

    return Text(printable(words), style=style)
