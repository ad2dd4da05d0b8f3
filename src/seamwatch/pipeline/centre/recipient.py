"""The record as one party may see it now: own incidents as they are released to it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from seamwatch.errors import InputError, SeamwatchError
from seamwatch.model.exchange import ReceivedRecord
from seamwatch.store.base import IncidentFilter
from seamwatch.store.matching import listed, passes
from seamwatch.vocabulary.codes import Policy, Status
from seamwatch.vocabulary.coordination import Tlp

if TYPE_CHECKING:
    from seamwatch.model.incident import Incident
    from seamwatch.model.party import Party
    from seamwatch.model.release import Verdict
    from seamwatch.model.sitrep import Sitrep
    from seamwatch.store.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A party that a document is made for, and the incidents as it gets them, each with a label."""

    party: Party
    incidents: tuple[tuple[Incident, Tlp], ...]

    def label_of(self, incidents: Iterable[Incident]) -> Tlp | None:
        """Return the strictest label of these incidents, None of none."""
        ids = {incident.id for incident in incidents}
        labels = (label for incident, label in self.incidents if incident.id in ids)
        return max(labels, key=lambda label: label.strictness, default=None)


def recipient_of(store: Store, to: str, now: datetime | None = None) -> Recipient:
    """Return what a party of the charter may see now of the own record.

    Nothing that other parties released is in it, and of own incidents only what the release rules give:
    coarse places, no withheld fields, no sources or quotes but released ones. SeamwatchError where there is
    no charter or the party receives nothing.
    """
    from seamwatch.pipeline.centre.charters import charter_state
    from seamwatch.pipeline.centre.previewing import check_receiver, preview
    from seamwatch.pipeline.centre.weighing import Weighing

    state, own = charter_state(store), store.own_party()
    if own is None:
        raise SeamwatchError("this database is no party: run seamwatch party init first", code="no_party")
    weighing = Weighing(store, state, str(own["id"]), now or datetime.now(UTC))
    check_receiver(weighing, to)
    party = state.active(to)
    assert party is not None
    verdicts = (one.verdict for one in preview(weighing, to) if one.verdict.state == "released")
    told = _told(store, verdicts, str(own["id"]), str(own["name"]))
    return Recipient(party=party, incidents=tuple(told))


def _told(store: Store, verdicts: Iterable[Verdict], me: str, name: str) -> Iterator[tuple[Incident, Tlp]]:
    """Yield each released incident as its content alone tells it, under its public id."""
    from seamwatch.link.rules import load_link_rules
    from seamwatch.link.state import incident_of
    from seamwatch.pipeline.areas import AreaFinder
    from seamwatch.pipeline.centre.record_reading import row_of_record, sourced_of

    rules, areas = load_link_rules(), AreaFinder(store)
    for verdict in verdicts:
        if verdict.content is None or verdict.tlp is None:
            continue
        content = dict(verdict.content)
        # What went out has a public id. Of the others' own ids a guess at the article could be tried.
        record = store.record_id(verdict.incident) or str(uuid4())
        row = row_of_record(
            ReceivedRecord(party=me, record=record, version=1, state="shown", content=content), name
        )
        made = incident_of([sourced_of(row)], rules)
        status = content["incident"].get("status")
        made = replace(made, status=Status(status) if status else made.status)
        yield next(iter(areas.located([made]))), verdict.tlp


def gather_for(
    store: Store,
    to: str,
    wanted: IncidentFilter,
    *,
    made: datetime,
    title: str | None = None,
    as_of: datetime | None = None,
    since_report: datetime | None = None,
    policy: Policy = Policy.UCDP,
) -> Sitrep:
    """Return the situation report for a party, made only from what it may see; it bears the strictest label.

    InputError where another moment or policy is asked for: what was released then is not kept.
    """
    from seamwatch.pipeline.sitrep import gather_sitrep

    if as_of is not None or since_report is not None or policy is not Policy.UCDP:
        raise InputError(
            "a report for a party tells what is released to it now: leave out as_of, since_report and policy",
            code="bad_recipient",
        )
    if wanted.text is not None:
        raise InputError(
            "a report for a party can't be filtered by words of articles: it may not see them",
            code="bad_recipient",
        )
    recipient = recipient_of(store, to, made)

    def lister(asked: IncidentFilter) -> list[Incident]:
        return listed(incident for incident, _ in recipient.incidents if passes(incident, asked))

    report = gather_sitrep(
        store, wanted, made=made, title=title, recipient=recipient.party.name, lister=lister
    )
    shown = [one.incident for section in report.sections for one in section.incidents]
    label = recipient.label_of(shown)
    return replace(report, label=None if label is None else label.value)
