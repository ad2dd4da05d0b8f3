"""Who said what in which office: statements of officials, and hearsay inside reported speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seamwatch.extract.patterns import PhraseBook
from seamwatch.extract.people import Person, PersonReader, PersonWords, surname
from seamwatch.extract.speakers import own_subject, phrase_range, subject_of
from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.incident import OtherPassage, Statement
from seamwatch.model.reading import Reading
from seamwatch.model.text import Evidence
from seamwatch.vocabulary.codes import OtherKind
from seamwatch.vocabulary.lexicon import Entry, read_entries

if TYPE_CHECKING:
    from spacy.tokens import Token

_DATED = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tonight overnight".split()
)
_PLAIN = frozenset(
    "copy information report reports complaint complaints wounds treatment care threats calls".split()
)
_AGENCY = ("nsubj", "nsubjpass")


@dataclass(slots=True)
class _Known:
    """A speaker found so far, with the sentences said."""

    person: Person
    evidence: list[Evidence] = field(default_factory=list)


class StatementReader:
    """Finds the statements of named officials, and hearsay."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        """Compile the lexicon's entries."""
        lists = {str(e.fields["list"]): frozenset(e.patterns) for e in entries if "list" in e.fields}
        organisations = {
            p: str(e.fields["organisation"])
            for e in entries
            if "organisation" in e.fields
            for p in e.patterns
        }
        told = {e.id: e for e in entries if "other" in e.fields}
        self._kinds = {key: OtherKind(e.fields["other"]) for key, e in told.items()}
        self._passages = PhraseBook((key, e.patterns) for key, e in told.items())
        self._say = lists["say"]
        self._support = lists["support"]
        self._suspects = lists["suspects"]
        self._people = PersonReader(
            PersonWords(
                ranks=lists["ranks"],
                titles=lists["titles"],
                offices=lists["offices"],
                leading=lists["leading"],
                private=lists["private"],
                say=lists["say"],
                organisations=organisations,
            )
        )

    def find_statements(self, parsed: Sequence[ParsedSentence], reading: Reading) -> tuple[Statement, ...]:
        """Return the statements of an article's named officials, each speaker once.

        >>> from seamwatch.extract.sentences import split_sentences
        >>> from seamwatch.extract.syntax import load_parser, parse_sentences
        >>> from seamwatch.model.text import Article
        >>> article = Article(id="a", text="The mayor of Sarkan, Latif Omer, said the road was closed.")
        >>> parsed = tuple(parse_sentences(load_parser(), split_sentences(article)))
        >>> one = load_statements().find_statements(parsed, Reading(article=article))[0]
        >>> one.speaker, one.role
        ('Latif Omer', 'mayor of Sarkan')
        """
        known: list[_Known] = []
        last: _Known | None = None
        for sentence in parsed:
            if sentence.sentence.span.part == "title":
                continue
            people = self._people.people_in(sentence, reading)
            for person in people:
                if _find(known, person.speaker) is None:
                    known.append(_Known(person))
            speaker = self._speaker(sentence, people, known, last)
            if speaker is not None:
                last = speaker
                text = sentence.sentence.text
                speaker.evidence.append(sentence.chars(0, len(text), "statement"))
        return tuple(
            Statement(
                speaker=k.person.speaker,
                role=k.person.role,
                organisation=k.person.organisation,
                evidence=tuple(k.evidence),
            )
            for k in known
            if k.evidence
        )

    def _speaker(
        self, sentence: ParsedSentence, people: Sequence[Person], known: list[_Known], last: _Known | None
    ) -> _Known | None:
        """Return whose words a sentence gives: a person named in it, or one named before."""
        for verb in sentence.doc:
            if verb.lower_ == "according" and people:
                after = [p for p in people if p.first > verb.i and p.first - verb.i < 12]
                if after:
                    return _find(known, after[0].speaker)
            if verb.lower_ not in self._say or verb.pos_ not in ("VERB", "AUX"):
                continue
            subject = own_subject(verb) or subject_of(verb)
            for person in people:
                inside = subject is not None and any(
                    person.first <= t.i <= person.last for t in subject.subtree
                )
                beside = -6 <= verb.i - person.last <= 3 or 0 < person.phrase_first - verb.i <= 2
                if inside or beside:
                    return _find(known, person.speaker)
            if subject is None:
                continue
            word = subject.lower_
            if word in ("he", "she") and last is not None:
                return last
            named = [k for k in known if surname(k.person.speaker) == surname(subject.text)]
            if named:
                return named[-1]
            definite = any(c.lower_ == "the" for c in subject.children)
            if definite and subject.pos_ == "NOUN":
                held = [k for k in known if k.person.office == word]
                if held:
                    return held[-1]
        return None

    def find_hearsay(self, parsed: Sequence[ParsedSentence]) -> tuple[OtherPassage, ...]:
        """Return allegations inside reported speech, and passages whose words say that nothing happened.

        Those words are of denial, condition, plan, memory, count, mishap or exercise; they stand in the
        lexicon with the kind of passage that they make.

        >>> from seamwatch.extract.sentences import split_sentences
        >>> from seamwatch.extract.syntax import load_parser, parse_sentences
        >>> from seamwatch.model.text import Article
        >>> text = "He said that the group receives money from traders."
        >>> parsed = tuple(parse_sentences(load_parser(), split_sentences(Article(id="a", text=text))))
        >>> [o.evidence[0].quote for o in load_statements().find_hearsay(parsed)]
        ['the group receives money from traders']
        """
        found: list[OtherPassage] = []
        for sentence in parsed:
            if sentence.sentence.span.part != "text":
                continue
            found += [
                OtherPassage(kind=OtherKind.STATEMENT, evidence=(evidence,))
                for evidence in self._hearsay_in(sentence)
            ]
            found += self._passages_in(sentence)
        return tuple(found)

    def _passages_in(self, sentence: ParsedSentence) -> Iterator[OtherPassage]:
        """Return the sentence as a passage of each kind that its words make it."""
        matches = self._passages.find(sentence.words, sentence.tags)
        text = sentence.sentence.text
        for key in dict.fromkeys(match.key for match in matches):
            evidence = sentence.chars(0, len(text), f"passage:{key}")
            yield OtherPassage(kind=self._kinds[key], evidence=(evidence,))

    def _hearsay_in(self, sentence: ParsedSentence) -> Iterator[Evidence]:
        for verb in sentence.doc:
            if verb.lower_ not in self._support or verb.pos_ != "VERB" or not self._is_told(verb):
                continue
            subject = own_subject(verb)
            if subject is None or subject.dep_ not in _AGENCY:
                continue
            people = [t for c in verb.children if c.dep_ in (*_AGENCY, "dobj") for t in c.subtree]
            if not any(t.lower_ in self._suspects or _is_acronym(t) for t in people):
                continue
            last = _clause_end(verb)
            first = min(phrase_range(subject)[0], verb.i)
            while first > 0 and sentence.doc[first - 1].lower_ in ("the", "a", "an"):
                first -= 1
            if any(t.lower_ in _DATED or t.lower_ in _PLAIN for t in sentence.doc[first : last + 1]):
                continue
            yield sentence.evidence(first, last, "hearsay")

    def _is_told(self, verb: Token) -> bool:
        """Return whether the verb is what somebody says, not what the article says."""
        token = verb
        for _ in range(5):
            if token.head == token:
                return False
            told = token.dep_ in ("ccomp", "conj", "parataxis", "advcl")
            token = token.head
            if not told:
                return False
            if token.lower_ in self._say and token.pos_ == "VERB":
                return True
        return False


def _is_acronym(token: Token) -> bool:
    return token.is_upper and len(token) > 1 and token.pos_ in ("PROPN", "NOUN")


def _clause_end(verb: Token) -> int:
    """Return the last token of a verb's own clause: up to what is joined to it or set off by a comma."""
    last = max(t.i for t in verb.subtree)
    for child in verb.children:
        if child.i > verb.i and child.dep_ in ("conj", "cc", "advcl", "punct", "parataxis"):
            last = min(last, child.i - 1)
    doc = verb.doc
    for i in range(verb.i + 1, last + 1):
        if doc[i].is_punct and doc[i].text in (",", ";", '"', "”", "“", "."):
            return i - 1
    return last


def _find(known: list[_Known], speaker: str) -> _Known | None:
    """Return the known person of this surname, or of whose names a lone name is one."""
    name = surname(speaker)
    for one in reversed(known):
        names = one.person.speaker.lower().split()
        if surname(one.person.speaker) == name or (len(names) > 1 and name in names):
            return one
    return None


def load_statements() -> StatementReader:
    """Return the statement reader with the lexicon `statements`."""
    return StatementReader(read_entries("statements"))
