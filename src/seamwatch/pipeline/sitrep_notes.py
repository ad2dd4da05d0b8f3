"""Notes of a situation report: a number for each article, and which a value rests on."""

from __future__ import annotations

from collections.abc import Iterable

from seamwatch.model.incident import ArticleRef, Incident, SourcedMention
from seamwatch.model.incident_codec import tellers
from seamwatch.model.sitrep import Note, Reported
from seamwatch.model.text import Evidence

_SINGLE = ("date", "place", "killed", "injured", "missing", "abducted")
_LISTS = ("perpetrators", "targets", "victims", "weapons", "claims")


class Notes:
    """Gives each article a number when it is first asked for, from 1 on."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._refs: list[ArticleRef] = []

    def of(self, mentions: Iterable[SourcedMention]) -> tuple[int, ...]:
        """Return the numbers of the articles that these mentions are from, sorted."""
        return tuple(sorted({self._number(m.article) for m in mentions}))

    def all(self) -> tuple[Note, ...]:
        """Return every note by its number."""
        return tuple(Note(number=n, article=ref) for n, ref in enumerate(self._refs, start=1))

    def _number(self, ref: ArticleRef) -> int:
        if ref.id not in self._numbers:
            self._refs.append(ref)
            self._numbers[ref.id] = len(self._refs)
        return self._numbers[ref.id]

    def reported(self, incident: Incident) -> Reported:
        """Return an incident with the notes of each of its values.

        What the articles say against it (denials) is noted under "against".
        """
        told_by = tellers(incident)

        def under(evidence: Iterable[Evidence]) -> tuple[int, ...]:
            return self.of(m for passage in evidence for m in told_by.get(passage, ()))

        telling = [m for m in incident.mentions if m.mention.modality.counts] or list(incident.mentions)
        kind = incident.sub_event_type
        notes = {"what": self.of([m for m in telling if m.mention.sub_event_type is kind] or telling)}
        for name in _SINGLE:
            value = getattr(incident, name)
            if value is not None:
                notes[name] = under(value.evidence)
        for name in _LISTS:
            notes[name] = under(e for entry in getattr(incident, name) for e in entry.evidence)
        notes["against"] = self.of(m for m in incident.mentions if m not in telling)
        by_id = {m.mention.id: m for m in incident.mentions}
        return Reported(
            incident=incident,
            notes={name: numbers for name, numbers in notes.items() if numbers},
            values=tuple(
                tuple(
                    self.of(by_id[name] for name in value.mentions if name in by_id)
                    for value in disagreement.values
                )
                for disagreement in incident.disagreements
            ),
        )
