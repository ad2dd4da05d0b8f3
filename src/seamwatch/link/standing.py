"""What is believed of an incident as a whole while its tellings come in, in telling order."""

from __future__ import annotations

from dataclasses import dataclass

from seamwatch.link.order import Telling
from seamwatch.link.rules import LinkRules
from seamwatch.link.tolls import toll_words
from seamwatch.vocabulary.codes import Modality, Status


@dataclass(slots=True)
class _Report:
    """A telling that counts and that nobody took back."""

    voice: str
    family: str
    modality: Modality
    number: int


class StatusField:
    """The status that holds; the same under every policy.

    A voice that denies what it told before takes it back, as does a later version of the same article.
    Confirmed needs a telling in the outlet's or an official's own name, or two independent voices that
    report it. What was all taken back is retracted; what nobody tells but to deny it is denied. A party is
    one voice; its denial takes nothing away from what others tell: who spoke last does not settle that.
    """

    __slots__ = (
        *("_denied", "_last_denial", "_number", "_pulled", "_reports", "_rules", "_told", "_unretracted"),
        "_withdrawn",
    )

    def __init__(self, rules: LinkRules) -> None:
        self._rules = rules
        self._reports: list[_Report] = []
        self._pulled: set[str] = set()
        self._number = 0
        self._last_denial = 0
        self._told = self._denied = self._withdrawn = self._unretracted = False

    def tell(self, t: Telling) -> None:
        """Take in one telling."""
        self._number += 1
        modality = t.mention.modality
        article = t.sourced.article
        if t.counts:
            self._told = True
            family = article.version_of or article.id
            if family not in self._pulled:
                self._reports.append(_Report(t.voice, family, modality, self._number))
        elif modality is Modality.DENIED:
            self._denied = True
            retracted = article.record is not None and article.record.status == Status.RETRACTED
            self._unretracted = self._unretracted or not retracted
            if article.party is not None:
                return
            self._last_denial = self._number
            self._withdrawn = self._withdrawn or "withdrawn" in toll_words(t.mention, self._rules)
            if article.version_of:
                self._pulled.add(article.version_of)
            self._reports = [
                r for r in self._reports if r.voice != t.voice and r.family != article.version_of
            ]

    @property
    def value(self) -> Status:
        """Return the status after the tellings so far."""
        if not self._told:
            if self._denied:
                return Status.DENIED if self._unretracted else Status.RETRACTED
            return Status.FOILED
        if not self._reports:
            return Status.RETRACTED
        voices = set()
        for report in self._reports:
            if report.modality is Modality.ASSERTED:
                return Status.CONFIRMED
            if report.modality is Modality.REPORTED:
                voices.add(report.voice)
                if len(voices) > 1:
                    return Status.CONFIRMED
        if self._last_denial > self._reports[-1].number:
            return Status.RETRACTED if self._withdrawn else Status.DENIED
        return Status.UNCONFIRMED if voices else Status.CLAIMED
