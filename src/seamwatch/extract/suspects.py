"""Groups that an article ties to an incident without claim or open accusation."""

from __future__ import annotations

from collections.abc import Iterable

from seamwatch.extract.syntax import ParsedSentence
from seamwatch.model.incident import Actor
from seamwatch.model.reading import ActorMention, Reading
from seamwatch.vocabulary.codes import ActorKind, Certainty, VictimGroup
from seamwatch.vocabulary.inflect import expand
from seamwatch.vocabulary.lexicon import read_entries
from seamwatch.vocabulary.phrases import PhraseBook

# How far, in characters, the tie may stand from the name.
_REACH = 70


class SuspectBook:
    """The lexicon of ties, ready to search."""

    def __init__(self) -> None:
        entries = read_entries("suspicion")
        self._book = PhraseBook(
            (form, True) for e in entries for pattern in e.patterns for form in expand(pattern)
        )

    def find(self, sentences: Iterable[ParsedSentence], reading: Reading) -> tuple[Actor, ...]:
        """Return the groups under arms that some sentences tie to a deed, each once, as suspected.

        "The captors said they were Al-Shabaab." gives Al-Shabaab.
        """
        found: dict[str, Actor] = {}
        for parsed in sentences:
            names = [a for a in reading.actors if _group(a) and parsed.sentence.span.contains(a.span)]
            if not names:
                continue
            ties = self._book.find(parsed.sentence.text)
            for actor in names:
                start, end = actor.span.start - parsed.start, actor.span.end - parsed.start
                if any(tie.end >= start - _REACH and tie.start <= end + _REACH for tie in ties):
                    evidence = parsed.chars(start, end, "suspects")
                    found.setdefault(
                        actor.name,
                        Actor(
                            name=actor.name,
                            kind=actor.kind,
                            certainty=Certainty.SUSPECTED,
                            evidence=(evidence,),
                        ),
                    )
        return tuple(found.values())


def _group(actor: ActorMention) -> bool:
    """Return whether a name is that of a group under arms that is no state's."""
    return actor.kind is ActorKind.ORGANIZATION and actor.side is VictimGroup.NONSTATE and not actor.outlet
