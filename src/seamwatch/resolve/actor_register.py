"""The actor register: vocabulary/actors.yaml read, checked and made searchable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from seamwatch.errors import VocabularyError
from seamwatch.vocabulary.codes import ActorKind, VictimGroup
from seamwatch.vocabulary.lexicon import Example

if TYPE_CHECKING:
    import ahocorasick

FILE = "actors.yaml"
KINDS = (ActorKind.ORGANIZATION, ActorKind.STATE, ActorKind.GROUP)
SIDES = tuple(VictimGroup)
# One character for one, so that offsets into folded text are offsets into the text.
_LATIN = {
    letter: plain
    for plain, letters in {
        "a": "àáâãäåāăą", "c": "çćč", "d": "ďđ", "e": "èéêëēėęě", "g": "ğģ", "i": "ìíîïīıİ", "l": "ł",
        "n": "ñńňņ", "o": "òóôõöōőø", "r": "ř", "s": "śşšș", "t": "ţťț", "u": "ùúûüūůű", "y": "ýÿ",
        "z": "źżž", "'": "’‘`´ʼʿʾ", " ": "-‐‑‒–—\u00a0\u2009\u202f\n\t\r", "ا": "أإآ", "ي": "ىی", "ك": "ک",
    }.items()
    for letter in letters
}  # fmt: skip
_FOLD = str.maketrans(_LATIN | {k.upper(): v for k, v in _LATIN.items() if len(k.upper()) == 1})
_FOLD_ASCII = str.maketrans("-`\n\t\r", " '   ")
_ACRONYM = re.compile(r"[A-ZÀ-ÞŞ0-9][A-ZÀ-ÞŞ0-9./()-]{1,7}")


def fold(text: str) -> str:
    """Return the text in lower case without diacritics, hyphens as spaces, of the same length.

    >>> fold("Da’esh in Medellín-Sur")
    "da'esh in medellin sur"
    """
    if text.isascii():
        return text.translate(_FOLD_ASCII).lower()
    folded = text.translate(_FOLD).lower()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := c.lower()) == 1 else c for c in text.translate(_FOLD))


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorEntry:
    """One actor of the register. `generic` marks unnamed forces (police, the army) that rank last."""

    id: str
    name: str
    kind: ActorKind
    side: VictimGroup
    generic: bool = False
    countries: tuple[str, ...] = ()
    years: str | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A kind of state force that any nation has: how it is named alone and with a nation."""

    id: str
    name: str
    alone: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nation:
    """A country with the name and the adjective that make the names of its forces."""

    code: str
    name: str
    adjective: str


class Alias(NamedTuple):
    """One name of one actor and how it may be matched; a named tuple, as thousands are made at each start.

    `entry` is the position in the register, -1 for a service. `upper` aliases count as written only;
    `exact` ones in exactly this case; `weak` ones with support in the article; `local` ones unless it
    names other countries only; `word` ones are also ordinary words.
    """

    surface: str
    entry: int = -1
    service: Service | None = None
    upper: bool = False
    exact: bool = False
    weak: bool = False
    local: bool = False
    word: bool = False
    outlet: bool = False
    national: bool = False
    attributive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRegister:
    """All known actors, with what is needed to find them; made by `load_register`."""

    entries: tuple[ActorEntry, ...]
    services: tuple[Service, ...]
    nations: Mapping[str, tuple[Nation, bool]] = field(repr=False)
    aliases: Mapping[str, tuple[Alias, ...]] = field(repr=False)
    automaton: ahocorasick.Automaton = field(repr=False, compare=False)
    by_name: Mapping[str, ActorEntry] = field(repr=False)
    followers: frozenset[str] = frozenset()
    descriptors: frozenset[str] = frozenset()
    opponents: frozenset[str] = frozenset()

    def entry(self, name: str) -> ActorEntry | None:
        """Return the entry of exactly this register name, a nation's force (Omani navy) included."""
        known = self.by_name.get(fold(name))
        return known if known is not None else self._of_nation(fold(name))

    def named(self, service: Service, nation: Nation | None) -> ActorEntry:
        """Return the entry of a service, of a nation where one is given."""
        if nation is None:
            name = service.alone
        else:
            name = service.name.format(adj=nation.adjective, country=nation.name)
        known = self._alias_entry(name) if nation else None
        return known or ActorEntry(
            id=re.sub(r"\W+", "-", fold(name)),
            name=name,
            kind=ActorKind.STATE,
            side=VictimGroup.STATE,
            generic=nation is None,
            countries=(nation.code,) if nation else (),
        )

    def resolve(self, name: str) -> ActorEntry | None:
        """Return the entry that a phrase names, None where the register knows none.

        The phrase may carry more words ("the Islamic State gunmen"); the named actor wins over an
        unnamed force, the first over later ones. A bare country is its state.
        """
        from seamwatch.model.text import Article
        from seamwatch.resolve.actor import find_actors

        phrase = name.strip()
        key = re.sub(r"^the ", "", fold(phrase))
        found = self._alias_entry(key)
        if found is not None:
            return found
        if (nation := self.nations.get(key)) and nation[1]:
            return self._state(nation[0])
        mentions = find_actors(Article(id="", text=phrase), self)
        found_entries = [e for m in mentions if (e := self.entry(m.name)) is not None]
        return min(found_entries, key=lambda e: e.generic, default=None)

    def _alias_entry(self, name: str) -> ActorEntry | None:
        for alias in self.aliases.get(fold(name), ()):
            if alias.entry >= 0 and not alias.weak:
                return self.entries[alias.entry]
        return None

    def _state(self, nation: Nation) -> ActorEntry:
        return ActorEntry(
            id=f"state-{nation.code.lower()}",
            name=nation.name,
            kind=ActorKind.STATE,
            side=VictimGroup.STATE,
            countries=(nation.code,),
        )

    def _of_nation(self, key: str) -> ActorEntry | None:
        for service in self.services:
            if service.alone and fold(service.alone) == key:
                return self.named(service, None)
        words = key.split(" ")
        for cut in range(len(words), 0, -1):
            known = self.nations.get(" ".join(words[:cut]))
            if known is None:
                continue
            nation, is_country = known
            if cut == len(words):
                return self._state(nation) if is_country else None
            for service in self.services:
                if fold(service.name.format(adj=nation.adjective, country=nation.name)) == key:
                    return self.named(service, nation)
        return None


def _texts(at: str, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = row.get(key)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
        raise VocabularyError(f"{at}: `{key}` must be a list of texts")
    return tuple(values)


def _examples(at: str, row: Mapping[str, Any]) -> tuple[Example, ...]:
    """Return the examples; one that is a text alone gives the entry's own name."""
    rows = row.get("examples")
    if not isinstance(rows, list) or not rows:
        raise VocabularyError(f"{at}: needs `examples`, each a text, or `text` and `gives` (the names found)")
    found = []
    for e in rows:
        if isinstance(e, str):
            found.append(Example(text=e, gives=(row["name"],)))
        elif isinstance(e, dict) and isinstance(e.get("text"), str) and isinstance(e.get("gives"), list):
            found.append(Example(text=e["text"], gives=tuple(e["gives"])))
        else:
            raise VocabularyError(f"{at}: an example is a text, or has `text` and `gives` (the names found)")
    return tuple(found)


def _entry(at: str, row: Mapping[str, Any]) -> ActorEntry:
    for key in ("id", "name", "source"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise VocabularyError(f"{at}: needs `{key}`")
    kind = row.get("kind", ActorKind.ORGANIZATION.value)
    if kind not in KINDS:
        raise VocabularyError(f"{at}: `kind` is {kind!r}, must be one of: {', '.join(KINDS)}")
    side = row.get("side", "state" if kind == "state" else "nonstate")
    if side not in SIDES:
        raise VocabularyError(f"{at}: `side` is {side!r}, must be one of: {', '.join(SIDES)}")
    unknown = row.keys() - {
        "id", "name", "kind", "side", "source", "generic", "country", "years", "aliases", "exact", "weak",
        "local", "outlets", "examples",
    }  # fmt: skip
    if unknown:
        raise VocabularyError(f"{at}: unknown field {', '.join(sorted(unknown))}")
    return ActorEntry(
        id=row["id"],
        name=row["name"],
        kind=ActorKind(kind),
        side=VictimGroup(side),
        generic=row.get("generic") == "true",
        countries=_texts(at, row, "country"),
        years=row.get("years"),
        aliases=tuple(a for key in ("aliases", "exact", "local", "weak") for a in _texts(at, row, key)),
        source=row["source"],
        examples=_examples(at, row),
    )


def _aliases(number: int, at: str, row: Mapping[str, Any], words: frozenset[str]) -> Iterator[Alias]:
    """Yield the names of one entry; its own name counts unless it stands among `exact` or `weak`."""
    lists = {key: _texts(at, row, key) for key in ("aliases", "exact", "weak", "local", "outlets")}
    if not any(row["name"] in names for names in lists.values()):
        lists["aliases"] = (row["name"], *lists["aliases"])
    for key, names in lists.items():
        for name in names:
            yield Alias(
                surface=name,
                entry=number,
                upper=key != "exact" and _ACRONYM.fullmatch(name) is not None,
                exact=key == "exact",
                weak=key == "weak",
                local=key == "local",
                outlet=key == "outlets",
                word=fold(name) in words,
            )


def _service_aliases(at: str, row: Mapping[str, Any], service: Service) -> Iterator[Alias]:
    for key in ("patterns", "national", "attributive"):
        for name in _texts(at, row, key):
            yield Alias(
                surface=name,
                service=service,
                national=key != "patterns",
                attributive=key == "attributive",
            )


def _nations(at: str, rows: list[Mapping[str, Any]]) -> dict[str, tuple[Nation, bool]]:
    found: dict[str, tuple[Nation, bool]] = {}
    for row in rows:
        names, adjectives = _texts(at, row, "names"), _texts(at, row, "adjectives")
        if not names or not adjectives or not isinstance(row.get("country"), str):
            raise VocabularyError(f"{at}: a nation needs `country`, `names` and `adjectives` ({row!r})")
        nation = Nation(code=row["country"], name=names[0], adjective=adjectives[0])
        found.update({fold(a): (nation, False) for a in adjectives})
        found.update({fold(n): (nation, True) for n in names})
    return found


def load_register(text: str | None = None) -> ActorRegister:
    """Return the register of vocabulary/actors.yaml (or of the given YAML text), checked.

    Raises VocabularyError that names the entry and what is wrong with it.
    """
    import ahocorasick

    if text is None:
        text = (resources.files("seamwatch.vocabulary") / FILE).read_text(encoding="utf-8")
    # The base loader keeps every scalar a text: half the time, and NO stays Norway.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        whole = yaml.load(text, Loader=loader)
    except yaml.YAMLError as wrong:
        raise VocabularyError(f"{FILE}: not YAML ({wrong})") from wrong
    if not isinstance(whole, dict) or not isinstance(whole.get("entries"), list):
        raise VocabularyError(f"{FILE}: needs a list `entries`")
    words = frozenset(_texts(FILE, whole, "words"))
    entries: list[ActorEntry] = []
    services: list[Service] = []
    aliases: dict[str, list[Alias]] = {}
    for number, row in enumerate(whole["entries"]):
        at = f"{FILE}, entry {number + 1} ({row.get('id', 'no id') if isinstance(row, dict) else row!r})"
        if not isinstance(row, dict):
            raise VocabularyError(f"{at}: must be a mapping")
        entry = _entry(at, row)
        entries.append(entry)
        for alias in _aliases(number, at, row, words):
            aliases.setdefault(fold(alias.surface), []).append(alias)
    for what in ("id", "name"):
        seen: set[str] = set()
        for e in entries:
            if (value := getattr(e, what)) in seen:
                raise VocabularyError(f"{FILE}: the {what} {value!r} stands twice")
            seen.add(value)
    for row in whole.get("services", []):
        at = f"{FILE}, service {row.get('id')}"
        service = Service(id=row["id"], name=row["name"], alone=row["alone"], examples=_examples(at, row))
        services.append(service)
        for alias in _service_aliases(at, row, service):
            aliases.setdefault(fold(alias.surface), []).append(alias)
    frozen = {key: tuple(found) for key, found in aliases.items()}
    automaton = ahocorasick.Automaton()
    for key, found in frozen.items():
        automaton.add_word(key, (len(key), found))
    if frozen:
        automaton.make_automaton()
    return ActorRegister(
        entries=tuple(entries),
        services=tuple(services),
        nations=_nations(FILE, whole.get("nations", [])),
        aliases=frozen,
        automaton=automaton,
        by_name={fold(e.name): e for e in entries},
        followers=frozenset(_texts(FILE, whole, "followers")),
        descriptors=frozenset(_texts(FILE, whole, "descriptors")),
        opponents=frozenset(_texts(FILE, whole, "opponents")),
    )
