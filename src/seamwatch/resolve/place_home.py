"""The country that a source reports from: its name's, or that of its address."""

from __future__ import annotations

from urllib.parse import urlsplit

from seamwatch.model.text import Article
from seamwatch.resolve.gazetteer import COUNTRY, FEATURE, FIRST_NAME, POPULATED, SURNAME, WORD, Gazetteer
from seamwatch.resolve.place_names import fold_name

# Endings that are sold to everybody, whatever country they stand for.
_SOLD = frozenset("ai am cc co fm gg io is la ly me nu sh so st tk to tv ws".split())
_OTHER = {"uk": "GB", "eu": ""}
_LONGEST = 3
_LARGE = 100_000


def home_country(article: Article, gazetteer: Gazetteer) -> str:
    """Return the ISO 3166-1 alpha-2 code of the country that an article's source reports from, or "".

    >>> from seamwatch.resolve.gazetteer import load_gazetteer
    >>> gazetteer = load_gazetteer()
    >>> home_country(Article(id="a", text="", source="Kirkuk Now"), gazetteer)
    'IQ'
    >>> home_country(Article(id="a", text="", source="The Evening Post"), gazetteer)
    ''
    """
    return _of_name(article.source or "", gazetteer) or _of_address(article.url or "", gazetteer)


def _of_name(source: str, gazetteer: Gazetteer) -> str:
    words = fold_name(source).split()[:8]
    runs = [
        " ".join(words[first : first + size])
        for size in range(_LONGEST, 0, -1)
        for first in range(len(words) - size + 1)
    ]
    names = gazetteer.names(runs)
    for run in runs:
        nation = gazetteer.nationality(run)
        if nation is not None:
            return nation.country
        name = names[run]
        if name.flags & (WORD | FIRST_NAME | SURNAME):
            continue
        for unit in gazetteer.units(name.own[:1]):
            large = unit.kind != POPULATED or unit.population >= _LARGE
            if unit.country and large and (unit.kind != FEATURE or gazetteer.above(unit, COUNTRY)):
                return unit.country
    return ""


def _of_address(url: str, gazetteer: Gazetteer) -> str:
    try:
        ending = (urlsplit(url).hostname or "").rpartition(".")[2].lower()
    except ValueError:
        return ""
    if len(ending) != 2 or ending in _SOLD:
        return ""
    code = _OTHER.get(ending, ending.upper())
    return code if code and gazetteer.country(code) is not None else ""
