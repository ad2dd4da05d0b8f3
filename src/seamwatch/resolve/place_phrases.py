"""The words around a place name: what kind of unit they make it, and how the phrase relates to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from seamwatch.resolve.place_names import ARTICLES, fold_name
from seamwatch.vocabulary.lexicon import read_entries

# a dotted abbreviation (U.S., W.Va.), or a word with apostrophes inside
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]\.[^\W\d_]{2}\.|[^\W_]+(?:['’‘ʿʾʻ`][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
PARTICLES = ARTICLES | frozenset(
    "of and de del la las los le les du da do dos das di upon on sur au aux am der von y e i".split()
)


@dataclass(slots=True)
class Token:
    """A word of a text: offsets without a possessive 's, its folded key, and how it is written."""

    start: int
    end: int
    key: str
    capital: bool
    upper: bool
    possessive: bool
    number: bool
    gap: str


def read_tokens(text: str) -> list[Token]:
    """Return the words of a text; `gap` is what stands before each.

    >>> [t.key for t in read_tokens("Kirkuk's Daquq, al-Udaim")]
    ['kirkuk', 'daquq', 'al', 'udaim']
    """
    tokens = []
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        possessive = capital = number = False
        if word.isalpha() and word.isascii():
            key = word.lower()
            capital = key[0] != word[0]
        else:
            if word[-1] in "sS" and (ends := _POSSESSIVE.search(word)):
                possessive = True
                word, end = word[: ends.start()], start + ends.start()
            key = word.lower() if (word.isascii() and word.isalpha()) or word[-1] == "." else fold_name(word)
            first = word[0]
            number = first.isdigit()
            capital = first.isupper() or (len(word) > 3 and word[1] in "'’" and word[2].isupper())
        upper = capital and word.isupper()
        tokens.append(Token(start, end, key, capital, upper, possessive, number, text[last:start]))
        last = match.end()
    return tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """The lexicon `places`: words by what they do to a name beside them."""

    generic: dict[str, str]
    relation: dict[tuple[str, ...], str]
    title: frozenset[str]
    speech: frozenset[str]
    organisation: frozenset[str]
    beginning: frozenset[str]
    happening: frozenset[str]
    never: frozenset[str]
    follower: frozenset[str]
    site: frozenset[str]
    modifier: frozenset[str]
    group: frozenset[str]
    reverence: frozenset[str]
    region: frozenset[str]
    division: dict[tuple[str, str], str]
    breaks: frozenset[str]


@lru_cache(maxsize=1)  # a gazetteer is opened often, and reading YAML is slow
def load_place_words() -> PlaceWords:
    """Return the lexicon of words around place names."""
    sets: dict[str, set[str]] = {}
    generic: dict[str, str] = {}
    relation: dict[tuple[str, ...], str] = {}
    division: dict[tuple[str, str], str] = {}
    for entry in read_entries("places"):
        role = str(entry.fields["role"])
        if role == "division":
            country = str(entry.fields["country"])
            division.update({(country, register): news for register, news in entry.fields["names"].items()})
            continue
        for pattern in entry.patterns:
            key = fold_name(pattern)
            if role == "generic":
                generic[key] = str(entry.fields["level"])
            elif role == "relation":
                weak = "?" if entry.fields.get("weak") else ""
                relation[tuple(reversed(key.split()))] = str(entry.fields["relation"]) + weak
            else:
                sets.setdefault(role, set()).add(key)
    roles = {name: frozenset(words) for name, words in sets.items()}
    return PlaceWords(generic=generic, relation=relation, division=division, **roles)


@dataclass(slots=True)
class Setting:
    """What stands around a name: level of the generic word ("" for none), relation, and the phrase's ends.

    `generic_left` says the generic word stands before the name ("the village of X").
    """

    start: int
    end: int
    level: str = ""
    generic: str = ""
    generic_left: bool = False
    relation: str = ""
    word: str = ""
    strong: bool = False


_DETERMINERS = frozenset("the a an this that his her its their nearby neighboring neighbouring".split())
_PREPOSITIONS = frozenset(
    "in at on from to near of into inside outside around by through across towards toward along".split()
)
_NOUNS = frozenset(
    "desert mountains hills road highway outskirts slopes countryside area valley entrance edge fringes "
    "streets foot km kilometers kilometres kilometer kilometre miles mile side part parts vicinity rural "
    "southern northern eastern western center centre suburbs villages town city village".split()
)
_STRONG = frozenset(("near", "outskirts", "road", "direction"))


def _relation(tokens: Sequence[Token], at: int, words: PlaceWords) -> tuple[int, str]:
    """Return how many tokens before `at` are a relation's words, and which relation."""
    for length in (4, 3, 2, 1):
        if at - length < 0:
            continue
        keys = tuple(t.key for t in reversed(tokens[at - length : at]))
        name = words.relation.get(keys)
        if name is not None:
            return length, name
    return 0, ""


def _linked(token: Token) -> bool:
    """Return whether nothing but white space, a hyphen or an abbreviation's full stop stands before it."""
    gap = token.gap
    return gap in (" ", "", "-", ". ", "\n") or (len(gap) < 3 and not gap.strip(" -–."))


def read_setting(tokens: Sequence[Token], first: int, last: int, words: PlaceWords) -> Setting:
    """Return the setting of the name made of tokens first..last (both included).

    >>> words = load_place_words()
    >>> text = "They met near the village of Tal Zubayd yesterday"
    >>> found = read_setting(read_tokens(text), 6, 7, words)
    >>> found.relation, found.level, text[found.start:found.end]
    ('near', 'place', 'near the village of Tal Zubayd')
    """
    setting = Setting(tokens[first].start, tokens[last].end)
    _read_right(tokens, last, words, setting)
    at = first
    if at > 1 and tokens[at - 1].key == "of" and _linked(tokens[at]) and _linked(tokens[at - 1]):
        level = words.generic.get(tokens[at - 2].key)
        if level is not None and level != "road":
            setting.generic, setting.generic_left = tokens[at - 2].key, True
            setting.level = setting.level or level
            at -= 2
            setting.start = tokens[at].start
    at = _skip_left(tokens, at, setting)
    if at > 0 and _linked(tokens[at]):
        length, name = _relation(tokens, at, words)
        if length:
            setting.relation = name.rstrip("?")
            setting.word = tokens[at - 1].key
            setting.strong = name in _STRONG
            if name == "at?":  # a verb: it says that a place follows, and is no part of the phrase
                return setting
            at -= length
            setting.start = tokens[at].start
            _widen_left(tokens, at, words, setting)
    return setting


def _skip_left(tokens: Sequence[Token], at: int, setting: Setting) -> int:
    """Return the index left of determiners and adjectives; stays where no determiner is reached."""
    back = at
    for _ in range(5):
        if back == 0 or not _linked(tokens[back]):
            break
        token = tokens[back - 1]
        if token.key in _DETERMINERS:
            setting.start = token.start
            return back - 1
        if not setting.generic_left and not setting.level:
            break
        if token.key in _PREPOSITIONS or token.number:
            break
        back -= 1
    return at


def _widen_left(tokens: Sequence[Token], at: int, words: PlaceWords, setting: Setting) -> None:
    """Take the words before a relation into the phrase: "in the desert south of", "on the outskirts of"."""
    back = at
    for _ in range(6):
        if back == 0 or not _linked(tokens[back]):
            return
        token = tokens[back - 1]
        key = token.key
        if key in _NOUNS or token.number or key in _DETERMINERS:
            back -= 1
            if key in _NOUNS or token.number:
                setting.start = token.start
            continue
        if key in _PREPOSITIONS:
            length, name = _relation(tokens, back, words)
            if length == 1:
                back -= 1
                setting.start = tokens[back].start
                if name in _STRONG and not setting.strong:
                    setting.relation, setting.strong = name, True
                continue
            if length > 1:
                back -= length
                setting.start = tokens[back].start
                if name in _STRONG and not setting.strong:
                    setting.relation, setting.strong = name, True
                continue
        return


def _read_right(tokens: Sequence[Token], last: int, words: PlaceWords, setting: Setting) -> None:
    """Read the generic word after a name: "X district", "X DIST.", "X-Y road"."""
    if tokens[last].possessive:
        return
    at = last + 1
    if at + 1 < len(tokens) and tokens[at].gap == ", " and tokens[at].key in ("a", "the", "another"):
        for later in tokens[at + 1 : at + 4]:  # "Zrarah, a small village near Balad"
            if later.gap != " " or later.key in _PREPOSITIONS:
                break
            if words.generic.get(later.key) in ("place", "district", "province"):
                setting.level, setting.generic = words.generic[later.key], later.key
                break
        return
    while (
        at + 1 < len(tokens) and tokens[at].key in words.modifier and tokens[at].gap == " " and at < last + 3
    ):
        follows = tokens[at + 1]
        if tokens[at].key == "gas" and follows.key == "station":  # an American filling station is a firm's
            return
        if follows.key in words.site and not follows.capital and follows.gap == " ":
            setting.level, setting.generic, setting.end = "place", follows.key, follows.end
            return
        at += 1
    if at + 2 < len(tokens) and tokens[at].number and words.generic.get(tokens[at + 2].key) == "road":
        at += 2  # "the Haditha-Baiji 400 kV line"
    for _ in range(2):
        if at >= len(tokens) or not _linked(tokens[at]):
            return
        token = tokens[at]
        level = words.generic.get(token.key)
        if token.key == "sub" and at + 1 < len(tokens) and tokens[at + 1].key == "district":
            setting.level, setting.generic, setting.end = "district", "sub-district", tokens[at + 1].end
            return
        if level is None:
            return
        if level == "road":
            setting.relation, setting.strong, setting.end = "road", True, token.end
            return
        if not setting.level or level != "place":
            setting.level, setting.generic = level, token.key
        setting.end = token.end
        at += 1
