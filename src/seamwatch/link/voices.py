"""Who speaks: copies and versions of one text, and texts credited to one agency, are one voice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from seamwatch.link.names import fold
from seamwatch.link.rules import LinkRules
from seamwatch.model.incident import Mention, SourcedMention

# "(AFP)", "told Reuters", "according to the Associated Press", "footage verified by AFP"; "Reuters reported".
_VERBS = (
    "told|citing|quoting|[Aa]ccording to|(?:reported|verified|obtained|seen|cited|quoted|spoken) (?:by|to)"
)
_BEFORE = rf"(?:\((?:[^()]{{0,40}}\W)?|\b(?:{_VERBS}) (?:the |The )?)"
_AFTER = r"(?: news agency)? (?:reported|reports|said|says|cited|quoted|added|has learned)\b"


@lru_cache(maxsize=256)
def _credit(name: str) -> re.Pattern[str]:
    word = re.escape(name)
    return re.compile(rf"{_BEFORE}{word}\b|\b{word}{_AFTER}")


def credited_agency(mention: Mention, title: str | None, agencies: Mapping[str, str]) -> str | None:
    """Return the news agency that a telling's own passages credit; None where they credit none.

    `agencies` leads from the names of agencies, as written, to one name for each. The dateline of an article
    is in no passage, so that a credit there is not seen.
    """
    quotes = [e.quote for e in mention.evidence]
    if title:
        quotes.append(title)
    text = "\n".join(quotes)
    named = [name for name in agencies if name in text]
    if not named:
        return None
    found = [(hit.start(), agencies[name]) for name in named if (hit := _credit(name).search(text))]
    return min(found)[1] if found else None


def _outlet(names: Iterable[str | None], agencies: Mapping[str, str]) -> str | None:
    """Return the agency among the outlets of one text, else the first of them."""
    written = [name.strip() for name in names if name]
    if not written:
        return None
    return next((agencies[name] for name in written if name in agencies), None) or fold(written[0])


class Voices:
    """Who speaks in the tellings of one incident, asked in telling order.

    All articles of one family (word-for-word copies, versions across outlets) are one voice: the agency
    that the first of them credits or that carried it, else the outlet of the family's first article, else
    its own outlet. So are all families of one outlet, or of one agency. A party is one voice, whatever
    outlets it read.
    """

    def __init__(self, rules: LinkRules) -> None:
        self._agencies = rules.agencies
        self._families: dict[str, str] = {}

    def of(self, sourced: SourcedMention) -> str:
        """Return who speaks."""
        article = sourced.article
        if article.party is not None:
            return f"party {article.party}"
        family = article.version_of or article.id
        voice = self._families.get(family)
        if voice is None:
            voice = (
                credited_agency(sourced.mention, article.title, self._agencies)
                or _outlet((article.origin, article.source, *article.sources), self._agencies)
                or f"article {family}"
            )
            self._families[family] = voice
        return voice
