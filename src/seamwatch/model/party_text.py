"""A party's record as text with a line for each value: every value that it gives has its quote there."""

from __future__ import annotations

from collections.abc import Iterable

from seamwatch.model.text import Evidence, Span

LINE = "record"
"""What a line of a record is found by."""
QUOTE = "quote"
"""What a passage that a party released is found by."""


def one_line(words: str) -> str:
    """Return words on one line: no line of a record is taken for another.

    >>> one_line("armed \\n men")
    'armed men'
    """
    return " ".join(words.split())


class RecordLines:
    """Writes the lines of a record and says where each value stands.

    >>> lines = RecordLines("A record of Rescue North.")
    >>> lines.value("killed", "3")[0].quote, lines.text
    ('3', 'A record of Rescue North.\\n\\nkilled: 3\\n')
    """

    def __init__(self, head: str) -> None:
        self._parts = [f"{one_line(head)}\n\n"]
        self._length = len(self._parts[0])

    @property
    def text(self) -> str:
        """Return all lines."""
        return "".join(self._parts)

    def value(self, label: str, words: str, more: str = "") -> tuple[Evidence, ...]:
        """Write a line, with `more` behind its words; return where the words stand."""
        return self._line(label, words, more, LINE)

    def quote(self, words: str, source: Iterable[str]) -> tuple[Evidence, ...]:
        """Write a quote and its source; return where the quote stands."""
        named = ", ".join(one_line(part) for part in source if part)
        return self._line("quote", words, f"({named})" if named else "", QUOTE)

    def _line(self, label: str, words: str, more: str, by: str) -> tuple[Evidence, ...]:
        words = one_line(words)
        # White space alone gives an empty line and no value.
        if not words:
            return ()
        start = self._length + len(label) + 2
        tail = one_line(more)
        self._parts.append(f"{label}: {words} {tail}\n" if tail else f"{label}: {words}\n")
        self._length += len(self._parts[-1])
        return (Evidence(span=Span(start=start, end=start + len(words)), quote=words, by=by),)
