"""Writes docs/reference/cli.md and docs/reference/vocabulary.md from the code.

    python docs/make_reference.py [--check]

With --check nothing is written; the exit code is 1 where a page is not what the code says.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from typer.main import get_command

from seamwatch.cli.main import app
from seamwatch.vocabulary.acled import EventType, SubEventType
from seamwatch.vocabulary.codes import (
    ActorKind,
    Certainty,
    ClaimKind,
    DecisionKind,
    HowKnown,
    Modality,
    OtherKind,
    Outcome,
    Policy,
    RevisionKind,
    Status,
    TargetKind,
    TimexType,
    Verdict,
    VictimGroup,
)

REFERENCE = Path(__file__).parent / "reference"
MADE = "<!-- Made by docs/make_reference.py from the code. Change the code, then run it again. -->\n"
_MARKUP = re.compile(r"\[/?[a-z]+\]")
# What each word means in one line. A word that is missing here stops the script.
MEANINGS: dict[StrEnum, str] = {
    Modality.ASSERTED: "the article tells it as fact, or an official does",
    Modality.REPORTED: "the article tells it from sources, residents or another outlet",
    Modality.CLAIMED: "only the group that says it did it tells of it",
    Modality.DENIED: "the article says that it did not happen, or takes it back",
    Modality.PLANNED: "it is announced, threatened or expected",
    Modality.FOILED: "it was tried and prevented",
    Modality.HYPOTHETICAL: "it is supposed: if, could, might",
    Modality.NEGATED: "it is told as not having happened",
    Modality.BACKGROUND: "it is history: older than a year, or recalled without a time and place of its own",
    OtherKind.ROUNDUP: "several incidents in one figure or phrase, none told by itself",
    OtherKind.BACKGROUND: "history that explains the news",
    OtherKind.PLANNED: "a plan, a threat or a forecast",
    OtherKind.HYPOTHETICAL: "a supposition",
    OtherKind.NEGATED: "something that did not happen",
    OtherKind.ACCIDENT: "a mishap: a gas cylinder, a road crash",
    OtherKind.FIGURATIVE: "words of violence about sport, prices, weather or culture",
    OtherKind.STATEMENT: "only what somebody says of violence in general",
    OtherKind.EXERCISE: "a drill or a manoeuvre",
    Status.CONFIRMED: "told as fact by an outlet or an official, or by two independent voices",
    Status.UNCONFIRMED: "told by one voice from its sources",
    Status.CLAIMED: "told only by the group that claims it",
    Status.DENIED: "denied, and nobody has told it again since",
    Status.RETRACTED: "every voice that told it took it back",
    Status.FOILED: "tried and prevented",
    Certainty.ASSERTED: "the article says so itself",
    Certainty.REPORTED: "the article says so from a source",
    Certainty.CLAIMED: "the actor says so of itself",
    Certainty.ACCUSED: "another says so of the actor",
    Certainty.SUSPECTED: "it is believed or presumed",
    ActorKind.INDIVIDUAL: "one person, by role: a sniper",
    ActorKind.GROUP: "several people without a name of their own: gunmen, militants",
    ActorKind.ORGANIZATION: "a named group",
    ActorKind.STATE: "a state or one of its forces",
    TargetKind.PHYSICAL: "a thing: a vehicle, a checkpoint, a pipeline",
    TargetKind.HUMAN: "people",
    VictimGroup.STATE: "soldiers, police and others of a state",
    VictimGroup.NONSTATE: "members of a group that is no state",
    VictimGroup.CIVILIAN: "civilians",
    VictimGroup.UNKNOWN: "the article does not say",
    Outcome.KILLED: "dead, at once or later",
    Outcome.INJURED: "hurt",
    Outcome.MISSING: "not found",
    Outcome.ABDUCTED: "taken away",
    ClaimKind.CLAIMS: "takes responsibility",
    ClaimKind.DENIES: "denies it",
    ClaimKind.ACCUSED: "`by` accuses another",
    Verdict.SAME: "both tell one incident",
    Verdict.DIFFERENT: "they tell two incidents",
    Verdict.UNSURE: "neither is likely enough",
    DecisionKind.CONFIRM: "it happened",
    DecisionKind.SAME: "two are one incident",
    DecisionKind.DIFFERENT: "two mentions are not one incident",
    DecisionKind.UNSURE: "it can't be told whether two are one",
    DecisionKind.SPLIT: "some mentions of an incident tell another one",
    DecisionKind.MERGE: "several are one incident, whatever was decided of their mentions before",
    DecisionKind.CORRECT: "a field has this value",
    DecisionKind.RETRACT: "it did not happen",
    DecisionKind.UNDO: "an earlier decision no longer holds",
    Policy.UCDP: "of tolls the newest sure figure, with rivals as low and high; the default",
    Policy.CONSERVATIVE: "of tolls the lowest figure",
    Policy.LATEST: "what was told last",
    Policy.CORROBORATED: "what most independent voices give",
    RevisionKind.REPORTED: "the first telling",
    RevisionKind.DIED: "wounded died: injured falls as killed rises",
    RevisionKind.TOLL: "a toll was given, raised, lowered or corrected",
    RevisionKind.DATE: "the date was given or changed",
    RevisionKind.PLACE: "the place was given, refined or changed",
    RevisionKind.TYPE: "the type changed",
    RevisionKind.ACTOR: "a perpetrator was named or changed",
    RevisionKind.CLAIM_MADE: "somebody took responsibility",
    RevisionKind.CLAIM_DENIED: "somebody denied responsibility",
    RevisionKind.ACCUSED: "somebody accused another",
    RevisionKind.RETRACTED: "the report was withdrawn",
    RevisionKind.STATUS: "the status changed otherwise",
    RevisionKind.DECIDED: "a person decided",
    TimexType.DATE: "a day, month, year or season",
    TimexType.TIME: "an hour or part of a day",
    TimexType.DURATION: "a length of time",
    TimexType.SET: "a repeated time",
    HowKnown.SEEN: "the writer saw it",
    HowKnown.WITNESS: "somebody who saw it told the writer",
    HowKnown.OFFICIAL: "an official told the writer",
    HowKnown.LOCAL_MEDIA: "local news told it",
    HowKnown.OTHER: "in another way: the report's own words say how",
}
PLURALS = (
    ("Modality", "`modality` of a mention. Only the first three count as incidents.", Modality),
    ("Status", "`status` of an incident. The first three are listed unless `--status` says more.", Status),
    ("Others", "`kind` of a passage that looks like an incident and is none.", OtherKind),
    ("Certainty", "`certainty` of a perpetrator: how its part is known.", Certainty),
    ("Kinds of perpetrators", "`kind` of a perpetrator.", ActorKind),
    ("Kinds of targets", "`kind` of a target or victim.", TargetKind),
    ("Victim groups", "`group` of a victim: the side that it belongs to.", VictimGroup),
    ("Outcomes", "`outcome` of a victim, and the names of the four tolls.", Outcome),
    ("Claims", "`kind` of a claim.", ClaimKind),
    ("Verdicts", "What a judgement about two mentions says.", Verdict),
    ("Decisions", "`kind` of an entry of `decisions`: what a person decided.", DecisionKind),
    ("Policies", "`policy` of an incident: which value is shown where tellings differ.", Policy),
    ("Kinds of revisions", "`kind` of an entry of `revisions`.", RevisionKind),
    ("How it is known", "`how_known` of a field report.", HowKnown),
    ("Times", "`type` of an entry of `dates`, as in TIMEX3.", TimexType),
)
DATE_PRECISION = ("one day", "two to six days", "a week", "a month", "a year")
WHERE_PRECISION = (
    "the place itself",
    "near the place, or in a limited area around it",
    "the district (second-order division)",
    "the province (first-order division)",
    "between places, or larger than a province",
    "the country",
    "not resolved, or at sea or in the air",
)


def plain(text: str) -> str:
    """Return help text as Markdown: without terminal markup, lines of a paragraph joined."""
    paragraphs = re.split(r"\n\s*\n", _MARKUP.sub("", inspect.cleandoc(text)))
    return "\n\n".join(" ".join(p.split()) for p in paragraphs)


def value_word(kind: Any, metavar: str | None) -> str:
    """Return what stands for an option's value: its metavar, its choices, or its type; "" for a flag."""
    kind = get_args(kind)[0] if get_args(kind) else kind
    if kind is bool:
        return ""
    if metavar:
        return metavar
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "|".join(kind)
    return {int: "NUMBER", Path: "PATH"}.get(kind, "TEXT")


def parameters(verb: Any, function: Callable[..., Any]) -> Iterator[str]:
    """Yield the table rows of a verb's arguments and options."""
    types = inspect.get_annotations(function, eval_str=True)
    for parameter in verb.params:
        if parameter.name == "help":
            continue
        option = parameter.param_type_name == "option"
        value = value_word(types[parameter.name], parameter.metavar)
        words = plain(parameter.help or "").rstrip(".")
        shown = [*(f"`{n} {value}`" if value else f"`{n}`" for n in parameter.opts[:1])]
        shown += [f"`{n}`" for n in (*parameter.opts[1:], *parameter.secondary_opts)]
        names = ", ".join(shown) if option else f"`{value}`"
        notes = []
        if parameter.required:
            notes.append("required")
        if option and types[parameter.name] is not bool and parameter.default is not None:
            default = parameter.default
            notes.append(f"default `{default.value if isinstance(default, StrEnum) else default}`")
        if parameter.envvar:
            notes.append(f"environment variable `{parameter.envvar}`")
        if get_args(types[parameter.name]) and option:
            notes.append("may be given several times")
        tail = f" ({'; '.join(notes)})" if notes else ""
        said = f"{words}{tail}".replace("|", "\\|")
        yield f"| {names.replace('|', chr(92) + '|')} | {said}{'' if said.endswith('.)') else '.'} |"


def verbs(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every verb with its full name ("areas add"), in the order of the help."""
    for name, verb in command.commands.items():
        if hasattr(verb, "commands"):
            yield from verbs(verb, (*words, name))
        else:
            yield " ".join((*words, name)), verb


def functions_of(group: Any, words: tuple[str, ...] = ()) -> dict[str, Callable[..., Any]]:
    """Return the function behind each verb by its full name."""
    found = {" ".join((*words, c.name)): c.callback for c in group.registered_commands}
    for inner in group.registered_groups:
        name = inner.name or inner.typer_instance.info.name
        found |= functions_of(inner.typer_instance, (*words, name))
    return found


def cli_page() -> str:
    """Return docs/reference/cli.md."""
    root: Any = get_command(app)
    functions = functions_of(app)
    page = [MADE, "# Commands\n", plain(app.info.help or "") + "\n"]
    page.append("`seamwatch --version` prints the version, `seamwatch VERB --help` the help of a verb.\n")
    for name, verb in verbs(root):
        group = root.commands[name.split()[0]]
        if group is not verb and name.split()[1] == next(iter(group.commands)):
            page.append(f"## seamwatch {name.split()[0]}\n\n{plain(group.help or '')}\n")
        function = functions[name]
        text = plain(function.__doc__ or "")
        words, _, example = text.partition("Example: ")
        page.append(f"{'##' if group is verb else '###'} seamwatch {name}\n\n{words.strip()}\n")
        if example:
            page.append(f"```console\n$ {example.strip()}\n```\n")
        page.append("| argument or option | meaning |\n|---|---|")
        page.append("\n".join(parameters(verb, function)) + "\n")
    return "\n".join(page)


def word_table(words: type[StrEnum]) -> str:
    """Return the table of one closed word list."""
    rows = "\n".join(f"| `{w.value}` | {MEANINGS[w]} |" for w in words)
    return f"| word | meaning |\n|---|---|\n{rows}\n"


def vocabulary_page() -> str:
    """Return docs/reference/vocabulary.md."""
    page = [MADE, "# Vocabulary\n", "Every closed word list that the output uses.\n"]
    page.append("## Event types\n\nACLED's event types and sub-event types, in ACLED's spelling.\n")
    page.append("| `event_type` | `sub_event_type` |\n|---|---|")
    for event_type in EventType:
        subtypes = ", ".join(f"`{s.value}`" for s in SubEventType if s.event_type is event_type)
        page.append(f"| `{event_type.value}` | {subtypes} |")
    page.append("")
    for title, words, kind in PLURALS:
        page.append(f"## {title}\n\n{words}\n\n{word_table(kind)}")
    for title, field, meanings in (
        ("Precision of dates", "`precision` of a date: UCDP's date_prec.", DATE_PRECISION),
        ("Precision of places", "`precision` of a place: UCDP's where_prec.", WHERE_PRECISION),
    ):
        rows = "\n".join(f"| {n} | {meaning} |" for n, meaning in enumerate(meanings, 1))
        page.append(f"## {title}\n\n{field}\n\n| code | meaning |\n|---|---|\n{rows}\n")
    return "\n".join(page)


def pages() -> dict[Path, str]:
    """Return the text of every generated page by its path."""
    return {REFERENCE / "cli.md": cli_page(), REFERENCE / "vocabulary.md": vocabulary_page()}


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = 0
    for path, text in pages().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = 1
        print(f"{path.name}: {'not what the code says' if check else 'written'}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main())
