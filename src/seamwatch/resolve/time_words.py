"""The words of times: a text as a row of tokens, each with the class that the time rules speak of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from seamwatch.vocabulary.lexicon import read_entries

# One character stands for each class, so that a rule is a plain regular expression over a short string.
CLASSES = (
    "month mon weekday wday part parts unit units quarter half weekend period num day year decade ord "
    "season few some last past prev next coming following this these current that same a the every per "
    "ago earlier before after later early long of in on at and to between overnight ampm oclock clock "
    "date dtg hhmm fiscal end old more late eve today ref freq holiday future pastcue presentcue zone ' - "
    ", . / break be stop other mil bar from"
).split()
CODES: dict[str, str] = {name: chr(0x100 + i) for i, name in enumerate(CLASSES)}
OTHER = CODES["other"]

# Repeats are bounded, so that no run of digits and dots makes the reading slow.
_TOKEN = re.compile(
    r"[0-9]{4}([-/])[0-9]{2}\1[0-9]{2}(?![0-9])"
    r"|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})(?![0-9/.-]{0,6}[0-9])"
    r"|[0-2][0-9][0-5][0-9](?:L|Z|hrs|h)(?![^\W_])"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{6}[LZCD]?[A-Za-z]{3}[0-9]{2,4}(?![^\W_])"
    r"|[0-9]{6}[LZCD](?![^\W_])"
    r"|[0-9]{1,15}(?:[.,][0-9]{1,9}){0,4}(?:st|nd|rd|th|s|Z)?(?![^\W_])|[0-9]+"
    r"|[ap]\.\s?m\b\.?|o['’]clock|[^\W\d_]+|['’]s\b|\n[^\S\n]*\n\s*|[^\w\s]",
    re.IGNORECASE,
)
_PUNCTUATION = {
    "-": "-", "–": "-", ",": ",", ".": ".", "/": "/", "|": "bar", "'s": "'", "’s": "'", "'": "'", "’": "'",
    "!": "stop", "?": "stop", ";": "stop",
}  # fmt: skip
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen lt col maj capt cpl sgt brig cmdr adm rev sen rep gov st mt no vs etc inc corp "
    "co ltd dist vic approx est mil int".split()
)
_SHORT_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
_MIN_YEAR, _MAX_YEAR = 1000, 2199
_CAPITAL_ONLY = frozenset(("month", "mon", "weekday", "wday", "holiday"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a word stands for: the class that rules name, and its value."""

    code: str
    value: int | str | None
    capital: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWords:
    """The lexicon of times: single words, and phrases by their first word."""

    words: Mapping[str, Word]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]


@dataclass(slots=True)
class Tokens:
    """A text as tokens: parallel lists, and `codes` with one character for each token."""

    text: str
    starts: list[int]
    ends: list[int]
    values: list[int | str | None]
    codes: str

    def lower(self, index: int) -> str:
        """Return a token as written, in small letters ("" outside the text)."""
        if not 0 <= index < len(self.starts):
            return ""
        return self.text[self.starts[index] : self.ends[index]].lower()


@cache
def load_time_words() -> TimeWords:
    """Return the lexicon of times, read from times.yaml."""
    words: dict[str, Word] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    for entry in read_entries("times"):
        name = entry.fields["class"]
        values = entry.fields.get("values") or [entry.fields.get("value")] * len(entry.patterns)
        for pattern, value in zip(entry.patterns, values, strict=True):
            word = Word(code=CODES[name], value=value, capital=name in _CAPITAL_ONLY)
            parts = tuple(m.group() for m in _TOKEN.finditer(pattern))
            if len(parts) == 1:
                words[pattern] = word
            else:
                phrases.setdefault(parts[0], []).append((parts, word))
    ordered = {first: tuple(sorted(rows, key=lambda r: -len(r[0]))) for first, rows in phrases.items()}
    return TimeWords(words=words, phrases=ordered)


def _read_number(token: str) -> tuple[str, int | str | None]:
    """Return the class and value of a token that starts with a digit."""
    if token.isdigit():
        number = int(token) if len(token) <= 9 else 0
        if len(token) <= 2 and 1 <= number <= 31:
            return "day", number
        if len(token) == 4 and _MIN_YEAR <= number <= _MAX_YEAR:
            return "year", number
        if len(token) == 6:
            return "dtg", token
        if len(token) == 4:
            return "hhmm", token
        return ("num", number) if len(token) <= 4 else ("other", None)
    if token[4:] in ("l", "z", "h", "hrs") and token[:4].isdigit():
        return ("mil", token) if int(token[:2]) < 25 else ("other", None)
    if ":" in token:
        return "clock", token
    if re.fullmatch(r"[0-9]+(st|nd|rd|th)", token):
        return "ord", int(token[:-2]) if len(token) < 7 else 0
    if re.fullmatch(r"(1[5-9]|20)?[0-9]0s", token):
        return "decade", int(token[:-2]) if len(token) == 5 else 190 + int(token[0])
    if re.fullmatch(r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]+", token):
        return "date", token
    if re.fullmatch(r"[0-9]{6}[lzcd]?([a-z]{3}[0-9]+)?", token):
        return "dtg", token
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", token):
        return "num", int(token.replace(",", "")) if len(token) < 9 else 0
    if re.fullmatch(r"[0-9]{1,2}\.[0-9]{1,2}", token):
        return "num", token
    return "other", None


def _phrase_at(words: TimeWords, lower: list[str], at: int) -> tuple[int, Word] | None:
    """Return (length, word) of the longest phrase that starts at a token."""
    for parts, word in words.phrases.get(lower[at], ()):
        if tuple(lower[at : at + len(parts)]) == parts:
            return len(parts), word
    return None


def split_tokens(text: str, words: TimeWords) -> Tokens:
    """Return the tokens of a text with their classes; a phrase of the lexicon is one token."""
    starts: list[int] = []
    ends: list[int] = []
    lower: list[str] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        starts.append(start)
        ends.append(end)
        lower.append(text[start:end].lower().replace("’", "'"))
    out_starts: list[int] = []
    out_ends: list[int] = []
    values: list[int | str | None] = []
    codes: list[str] = []
    known, phrases = words.words, words.phrases
    lower_only = text.islower()  # wires once came in one case: "a march on 9 march"
    at, count = 0, len(starts)
    while at < count:
        token, length = lower[at], 1
        word = known.get(token)
        code, value = OTHER, None
        phrase = _phrase_at(words, lower, at) if token in phrases else None
        if phrase is not None and not (phrase[1].capital and not (lower_only or text[starts[at]].isupper())):
            length, word = phrase
        if word is not None:
            if not word.capital or lower_only or text[starts[at]].isupper():
                code, value = word.code, word.value
            elif token == "may":
                code = CODES["future"]
        elif token[0].isalpha():
            if token == "be":
                code = CODES["be"]
            elif token[-2:] == "ed" and len(token) > 3 and text[starts[at]].islower():
                code = CODES["pastcue"]
            elif token[1:2] == "." and token[0] in "ap":
                code, value = CODES["ampm"], "pm" if token[0] == "p" else None
        elif "0" <= token[0] <= "9":
            name, value = _read_number(token)
            code = CODES[name]
        elif token[0] == "\n":
            code = CODES["break"]
        elif token in _PUNCTUATION:
            code = CODES[_PUNCTUATION[token]]
            if token == "." and _ends_sentence(text, ends[at], lower[at - 1] if at else ""):
                code = CODES["stop"]
        out_starts.append(starts[at])
        out_ends.append(ends[at + length - 1])
        values.append(value)
        codes.append(code)
        at += length
    return Tokens(text, out_starts, out_ends, values, "".join(codes))


def _ends_sentence(text: str, end: int, before: str) -> bool:
    """Return whether a full stop ends a sentence: a capital follows, and no abbreviation stands before."""
    if before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
        return False
    rest = text[end : end + 8].lstrip("\"'”’)]")
    shown = rest.lstrip(" \n\"'“‘«([`")
    if not rest or rest[0] not in " \n":
        return not rest
    return not shown or not (shown[0].islower() or (before in _SHORT_MONTHS and shown[0].isdigit()))
