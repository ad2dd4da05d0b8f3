"""Named holders of an office in a sentence: "the mayor of Daquq, Luqman Shwani"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.reading import Reading

_PART = r"(?:(?:al|el|ash|as|ad|an|ar|az|bin|abu|Al|El|Abu|Bin)[-‑ ])?[A-ZÀ-Þ][\w'’]*(?:-[\w'’]+)*"
_NAME = re.compile(rf"{_PART}(?:\s+{_PART}){{0,3}}$")
_FIRST_NAME = re.compile(rf"{_PART}(?:\s+{_PART}){{0,3}}")
_CUTS = re.compile(r"[,;:()\"“”]|\s[-–—]\s|\.(?=\s*$)")
_LEAD_IN = re.compile(
    r"^(?:said|says|told|added|according to|stated|by|and|but|while|as|that|whose|noted|warned|explained)\s+",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:of|for|in|at)\s+(?:the\s+)?(.+)$")
_OWNER = re.compile(r"^(?:the\s+|an?\s+)?(.+?)['’]s?\s", re.IGNORECASE)
_DETERMINERS = frozenset("the a an its their his her our this".split())
_BOUNDARY = frozenset(
    "said says told added that which who as when while after before and but to with by from is was were are "
    "had has have he she they it where because".split()
)
_NOT_NAMES = frozenset(
    "the a an in on at after before he she it they we i but and if no monday tuesday wednesday thursday "
    "friday saturday sunday january february march april may june july august september october november "
    "december this that there when while".split()
)
_HELD = {
    "heads": "head of",
    "heading": "head of",
    "leads": "leader of",
    "leading": "leader of",
    "commands": "commander of",
    "chairs": "chair of",
    "runs": "director of",
    "directs": "director of",
    "represents": "representative of",
    "speaks for": "spokesperson for",
}
_LOWER_TITLES = frozenset("former retired acting deputy interim police army provincial local new".split())
_LINKS = frozenset("of for in at and the to".split())
_MOST_BEFORE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWords:
    """The word lists that tell office holders from others."""

    ranks: frozenset[str]
    titles: frozenset[str]
    offices: frozenset[str]
    leading: frozenset[str]
    private: frozenset[str]
    say: frozenset[str]
    organisations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A named holder of an office; tokens first..last are the name, phrase_first where role or name begin."""

    speaker: str
    role: str
    organisation: str | None
    office: str
    first: int
    last: int
    phrase_first: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    text: str


def surname(name: str) -> str:
    """Return the last part of a name without its article, for matching bare surnames.

    >>> surname("Hadi al-Tamari"), surname("Tamari")
    ('tamari', 'tamari')
    """
    last = name.rsplit(maxsplit=1)[-1].lower().replace("’", "'").removesuffix("'s")
    return re.sub(r"^(?:al|el|ash|as|ad|an|ar|az)[-‑]", "", last)


def _pieces(text: str) -> list[_Piece]:
    """Return what stands between commas, quotation marks and dashes."""
    found, at = [], 0
    for cut in [*_CUTS.finditer(text), None]:
        end = cut.start() if cut is not None else len(text)
        piece = text[at:end]
        start = at + len(piece) - len(piece.lstrip())
        piece = piece.strip()
        if piece:
            found.append(_Piece(start, start + len(piece), piece))
        if cut is not None:
            at = cut.end()
    return found


class PersonReader:
    """Finds named office holders by the words before the name and the phrases beside it."""

    def __init__(self, words: PersonWords) -> None:
        """Compile the word lists."""
        self._words = words
        titles = sorted(words.titles | words.ranks, key=len, reverse=True)
        self._title = re.compile(
            rf"\b(?:(?:{'|'.join(map(re.escape, titles))})(?=[\s-])[\s-]+)+(?={_PART})".replace(
                _PART, f"(?-i:{_PART})"
            ),
            re.IGNORECASE,
        )
        offices = sorted(words.offices, key=len, reverse=True)
        self._office = re.compile(rf"\b({'|'.join(map(re.escape, offices))})\b", re.IGNORECASE)
        self._leading = re.compile(rf"^(?:{'|'.join(map(re.escape, words.leading))})\b", re.IGNORECASE)
        self._private = re.compile(rf"\b(?:{'|'.join(map(re.escape, words.private))})\b", re.IGNORECASE)

    def people_in(self, parsed: ParsedSentence, reading: Reading) -> tuple[Person, ...]:
        """Return the named office holders of a sentence in order."""
        text = parsed.sentence.text
        found: list[Person] = []
        for name_start, name_end, title_start, written, single in self._named(text):
            tokens = parsed.doc.char_span(name_start, name_end, alignment_mode="expand")
            phrase = parsed.doc.char_span(title_start, name_end, alignment_mode="expand")
            if tokens is None or phrase is None or any(p.first <= tokens.start <= p.last for p in found):
                continue
            speaker = f"{single} {text[name_start:name_end]}" if single else text[name_start:name_end]
            role, organisation = self._organisation(written, parsed, reading, text)
            office = self._office.findall(role)
            found.append(
                Person(
                    speaker=speaker,
                    role=role,
                    organisation=organisation,
                    office=(office[-1] if office else role.split()[-1]).lower(),
                    first=tokens.start,
                    last=tokens.end - 1,
                    phrase_first=phrase.start,
                )
            )
        return tuple(found)

    def _named(self, text: str) -> Iterator[tuple[int, int, int, str, str]]:
        """Yield name start, name end, phrase start, role, and the title that a single name keeps."""
        pieces = _pieces(text)
        for n, piece in enumerate(pieces):
            after = pieces[n + 1].text if n + 1 < len(pieces) else ""
            before = pieces[n - 1] if n else None
            titled = self._title.search(piece.text)
            if titled is not None:
                name = _FIRST_NAME.match(piece.text, titled.end())
                if name is None or name.group(0).split()[0].lower() in _NOT_NAMES:
                    continue
                if name.group(0).endswith(("'s", "’s")):
                    continue
                start, end = piece.start + titled.end(), piece.start + name.end()
                title = titled.group(0).strip()
                first = _role_start(piece.text, titled.start())
                role = piece.text[first : titled.end()].strip()
                beside = self._beside(after) or (self._role_before(before) if titled.start() == 0 else None)
                rest = piece.text[name.end() :].strip()
                of = rest if re.match(r"(?:of|for|from|in charge of)\s+(?:the\s+)?\w", rest) else ""
                if beside is None and of and title.lower().split()[-1] in self._words.ranks:
                    role = f"{role} {_short_of(of)}"
                single = title.split()[-1] if len(name.group(0).split()) == 1 else ""
                yield start, end, piece.start + first, beside or role, single
                continue
            lead = _LEAD_IN.match(piece.text)
            offset = lead.end() if lead else 0
            words = piece.text[offset:]
            name = _NAME.match(words)
            loose = name or _FIRST_NAME.match(words)
            if loose is None or loose.group(0).split()[0].lower() in _NOT_NAMES:
                continue
            role_found = self._beside(after) if name is not None or after else None
            if role_found is None and before is not None:
                role_found = self._role_before(before)
            if role_found is None and len(loose.group(0).split()) > 1:
                of_what = words[loose.end() :].strip()
                if of_what.startswith("of the ") and lead is not None:
                    role_found = _short_of(of_what).removeprefix("of the ")
            if (
                role_found is not None
                and name is None
                and not _ends_at_verb(words[loose.end() :], self._words.say)
            ):
                continue
            if role_found is not None and len(loose.group(0).split()) > 1:
                start = piece.start + offset
                yield start, start + loose.end(), start, role_found, ""

    def _beside(self, after: str) -> str | None:
        """Return the role in the phrase after a name: "the head of the northern front"."""
        leading = self._leading.match(after)
        if leading is not None:
            held = leading.group(0).lower().removeprefix("who ")
            return _short_role(f"{_HELD.get(held, held)} {after[leading.end() :].strip()}")
        words = after.split()
        if not words or (words[0].lower() not in _DETERMINERS and not self._office.match(after)):
            return None
        office = self._office.search(after)
        if office is None or self._private.search(after[: office.end()]):
            return None
        if any(w in _BOUNDARY for w in after[: office.start()].split()):
            return None
        return _short_role(after)

    def _role_before(self, before: _Piece | None) -> str | None:
        """Return the role that ends the piece before a name: "said the exercise director"."""
        if before is None:
            return None
        offices = list(self._office.finditer(before.text))
        if not offices:
            return None
        start = _role_start(before.text, offices[-1].start())
        role = before.text[start:].strip()
        if (
            any(w.lower() in _BOUNDARY - {"and", "to", "with"} for w in role.split())
            or len(role.split()) > 14
        ):
            return None
        return None if self._private.search(role) else _short_role(role)

    def _organisation(
        self, role: str, parsed: ParsedSentence, reading: Reading, text: str
    ) -> tuple[str, str | None]:
        """Return the role without its government's name, and the organisation that it belongs to."""
        lower = role.lower()
        for pattern, organisation in self._words.organisations.items():
            if lower.startswith(pattern) and len(lower) > len(pattern) + 2:
                return role[len(pattern) :].strip(), organisation
        at = text.find(role)
        if at >= 0:
            span = parsed.chars(at, at + len(role), "").span
            actors = [a for a in reading.actors if span.overlaps(a.span) and not a.outlet]
            if actors:
                return role, actors[0].name
        of = _OF.search(role)
        if of is not None:
            return role, of.group(1)
        owner = _OWNER.match(role)
        if owner is not None:
            return role, owner.group(1)
        return role, None


def _role_start(text: str, at: int) -> int:
    """Return where the phrase that ends in an office begins: after a determiner, or at its first name."""
    words = list(re.finditer(r"\S+", text[:at]))
    start = at
    titled = text[at : at + 1].isupper()
    for word in list(reversed(words))[: _MOST_BEFORE + 1]:
        token = word.group(0)
        if token.lower() in _DETERMINERS:
            return start
        if titled and token.islower() and token not in _LOWER_TITLES:
            return start
        if token.lower() in _BOUNDARY or (not token[:1].isupper() and not token.islower()):
            return start
        start = word.start()
    return start


def _short_role(role: str) -> str:
    """Return a role without its article and without what follows a new clause."""
    words = role.split()
    while words and words[0].lower() in ("the", "a", "an"):
        words = words[1:]
    for n, word in enumerate(words):
        if n and word.lower() in ("who", "which", "that", "said", "says", "told", "whose", "where", "when"):
            words = words[:n]
            break
    return " ".join(words).rstrip(".")


def _short_of(text: str) -> str:
    """Return "of the ..." up to the verb: capitalised words and the nouns of an organisation."""
    kept: list[str] = []
    for n, word in enumerate(text.split()):
        if n and word.lower() in _BOUNDARY:
            break
        kept.append(word)
    while kept and kept[-1].lower() in _LINKS:
        kept.pop()
    return " ".join(kept)


def _ends_at_verb(rest: str, say: frozenset[str]) -> bool:
    words = rest.split()
    return not words or words[0].lower() in say or words[0].lower() == "of"
