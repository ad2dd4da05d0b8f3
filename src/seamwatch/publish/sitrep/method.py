"""What a report does not know, and how it was made, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from seamwatch import __version__
from seamwatch.model.sitrep import Sitrep
from seamwatch.publish.sitrep.blocks import Line, Run
from seamwatch.publish.sitrep.plain import clean, count, moment_words, span_words
from seamwatch.vocabulary.codes import Policy

_UNKNOWN = {
    "day": ("incident has", "incidents have", "no exact day"),
    "outside": (
        "incident",
        "incidents",
        "may have happened outside of the period, as far as the days are known",
    ),
    "district": ("incident is", "incidents are", "placed only to a district"),
    "province": ("incident is", "incidents are", "placed only to a province"),
    "wide": (
        "incident is",
        "incidents are",
        "placed only along a line, in a region or in a country, or nowhere",
    ),
    "killed": (
        "incident is",
        "incidents are",
        "told without a number of killed; they add nothing to the sums",
    ),
    "injured": (
        "incident is",
        "incidents are",
        "told without a number of injured; they add nothing to the sums",
    ),
    "perpetrators": ("incident has", "incidents have", "no perpetrator that any source names"),
    "unsure": ("incident has", "incidents have", "perpetrators that are only claimed, accused or suspected"),
    "single": ("incident is", "incidents are", "told by one independent source only"),
    "disputed": (
        "incident has",
        "incidents have",
        "values on which the sources differ; each entry gives them all",
    ),
}
_POLICIES = {
    Policy.UCDP: "the newest sure figure is the best one, rival figures are low and high (policy ucdp)",
    Policy.CONSERVATIVE: "the lowest figure is taken (policy conservative)",
    Policy.LATEST: "what was told last is taken (policy latest)",
    Policy.CORROBORATED: "what most independent sources give is taken (policy corroborated)",
}


def unknown_items(report: Sitrep) -> Iterator[Line]:
    """Yield a sentence for each thing that some incidents of the report lack."""
    for unknown in report.unknown:
        one, many, what = _UNKNOWN[unknown.what]
        yield (Run(f"{count(unknown.number, one, many)} ", "strong"), Run(f"{what}."))
    if report.not_counted:
        total = sum(report.not_counted.values())
        told = ", ".join(f"{number} {status.value}" for status, number in report.not_counted.items())
        head = count(total, "incident of the period is", "incidents of the period are")
        yield (Run(f"{head} not counted ", "strong"), Run(f"because of the status: {told}."))


def method_items(report: Sitrep) -> Iterator[Line]:
    """Yield how incidents are counted and compared, which statuses, which figures, and of which moment."""
    before = report.before
    statuses = ", ".join(f"{n} {status.value}" for status, n in report.by_status.items())
    kinds = ", ".join(status.value for status in report.statuses)
    yield (
        Run("Counts. ", "strong"),
        Run(
            f"An incident is counted where its possible days overlap the period and its status is {kinds}"
            f"{f' (here: {statuses})' if statuses else ''}. Incidents without a day are in no period."
        ),
    )
    earlier = span_words(before.since, before.until)
    yield (
        Run("Comparison. ", "strong"),
        Run(
            f"The period before is {earlier} ({count(before.days, 'day')}), counted in the same way from "
            "the same state of the record. What happened lately may still be told by few articles."
        ),
    )
    yield (
        Run("Figures. ", "strong"),
        Run(
            f"Where sources differ, {_POLICIES[report.policy]}. Ranges are the sums of the lowest and of the "
            "highest figures. One that is open at the top adds what is known of it."
        ),
    )
    state = f"as it was believed at {moment_words(report.as_of)}" if report.as_of else "as it is now"
    yield (
        Run("State. ", "strong"),
        Run(
            f"The record is told {state}; the report was made on {moment_words(report.made)} with Seamwatch "
            f"{__version__}. An article counts as known from the day on which it was published."
        ),
    )
    if report.asked:
        yield (Run("Filter. ", "strong"), Run(f"Only incidents with {clean('; '.join(report.asked))}."))
    yield (
        Run("Sources. ", "strong"),
        Run(
            "Numbers in brackets are the articles that a statement rests on. Values are read from articles "
            "by rules, which make mistakes: check what matters in the article. The report holds incidents, "
            "not people, and gives nothing for targeting."
        ),
    )
