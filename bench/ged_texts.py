"""Short texts for simulated reports: made of the coded fields alone, in wordings of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from string import Formatter

Pieces = Mapping[str, Sequence[tuple[str, str | None]]]
"""What stands for a name in a wording: passages, each with the key under which its span is kept."""

_CLAUSES = {
    "Armed clash": (
        "clashes broke out in {place}", "an armed clash took place in {place}",
        "fighting was reported from {place}",
        "fighters exchanged fire in {place}", "heavy fighting flared up in {place}",
        "armed men clashed in {place}",
        "a firefight took place in {place}",
    ),
    "Government regains territory": (
        "the army retook positions in {place}", "government forces recaptured ground in {place}",
        "troops advanced and took back points in {place}",
        "fighting ended with the army in control of {place}",
    ),
    "Non-state actor overtakes territory": (
        "fighters seized positions in {place}", "an armed group took control of points in {place}",
        "fighters captured ground in {place}", "fighting ended with an armed group in control of {place}",
    ),
    "Air/drone strike": (
        "an air strike hit {place}", "warplanes struck {place}", "aircraft bombed {place}",
        "air raids were carried out on {place}", "{place} came under attack from the air",
        "missiles fired by aircraft hit {place}", "bombs were dropped on {place}",
    ),
    "Shelling/artillery/missile attack": (
        "{place} was shelled", "shells fell on {place}", "artillery fire hit {place}",
        "rockets landed in {place}",
        "mortar rounds struck {place}", "shelling hit {place}", "gunners fired on {place}",
    ),
    "Remote explosive/landmine/IED": (
        "an explosive device went off in {place}", "a bomb exploded in {place}",
        "a blast was heard in {place}",
        "a mine exploded in {place}", "a planted charge blew up in {place}",
        "an explosion occurred in {place}",
    ),
    "Suicide bomb": (
        "a suicide bomber struck in {place}", "a suicide attack hit {place}",
        "an attacker blew himself up in {place}", "a suicide bombing took place in {place}",
    ),
    "Chemical weapon": (
        "toxic gas was used in {place}", "a chemical attack hit {place}",
        "shells with poisonous gas hit {place}",
    ),
    "Grenade": (
        "a grenade was thrown in {place}", "hand grenades went off in {place}",
        "a grenade attack hit {place}",
    ),
    "Attack": (
        "an armed attack took place in {place}", "gunmen opened fire in {place}",
        "people were shot in {place}",
        "an attack was reported from {place}", "armed men attacked in {place}",
        "there was an assault in {place}",
    ),
}  # fmt: skip
_OPENINGS = (
    "{Clause} {date}.", "{Date}, {clause}.", "{Clause}, it was reported {date}.",
    "According to local reports, {clause} {date}.", "{Clause} {date}, local sources said.",
    "Witnesses said that {clause} {date}.", "Reports from the area say that {clause} {date}.",
    "A monitor said that {clause} {date}.", "It was {date} that {clause}.",
    "Residents reached by telephone said {clause} {date}.", "{Date} {clause}, correspondents reported.",
)  # fmt: skip
_WHERE = (
    "The place belongs to {unit}.", "It lies in {unit}.", "This part of {unit} has seen violence before.",
    "The area is part of {unit}.", "The scene is in {unit}.",
)  # fmt: skip
_TOLL = (
    "At the scene {toll}.", "As far as is known, {toll}.", "According to the first count, {toll}.",
    "Local medics said that {toll}.", "In the incident {toll}.", "By all accounts {toll}.",
    "Hospital staff said {toll}.", "In all, {toll}.", "A local activist said that {toll}.",
    "It was established that {toll}.",
)  # fmt: skip
_KILLED = (
    "{n} were killed", "{n} lost their lives", "{n} died", "the dead numbered {figure}",
    "the number of dead was {figure}", "{n} were left dead", "the death toll stood at {figure}",
)  # fmt: skip
_KILLED_ONE = (
    "one person was killed",
    "1 person died",
    "a single person was killed",
    "one person lost their life",
)
_KILLED_NONE = ("nobody was killed", "no one died", "no deaths were reported", "there were no deaths")
_BOTH = (
    "The parties were named as {a} and {b}.", "{a} and {b} were said to be involved.",
    "The two sides were {a} and {b}.", "The incident set {a} against {b}.",
    "It was part of the conflict between {a} and {b}.",
    "Those fighting were {a} on one side and {b} on the other.",
)  # fmt: skip
_ONE = (
    "{a} was named as responsible.", "Those responsible were said to belong to {a}.",
    "The attack was laid at the door of {a}.", "Sources put the blame on {a}.",
)  # fmt: skip
_HARMED = (
    "Among the dead were {harmed}.", "The dead included {harmed}.",
    "Those killed were described as {harmed}.",
    "The losses were among {harmed}.",
)  # fmt: skip
_WORDS = {
    "state": (
        ("soldier", "soldiers"), ("serviceman", "servicemen"),
        ("member of the armed forces", "members of the armed forces"),
    ),
    "nonstate": (
        ("fighter", "fighters"), ("armed man", "armed men"), ("militant", "militants"),
        ("member of an armed group", "members of armed groups"),
    ),
    "civilian": (
        ("civilian", "civilians"), ("local resident", "local residents"),
        ("non-combatant", "non-combatants"),
    ),
}  # fmt: skip
_CLOSINGS = (
    "No further details were at hand.", "The figures could not be checked.", "More may become known later.",
    "Communication with the area is difficult.", "There was no comment from officials.",
    "This account rests on several sources.", "Other versions of what happened are possible.",
    "The situation was said to be calm again by evening.", "An inquiry was not announced.",
    "Roads into the area were closed for a time.", "Our correspondent could not reach the scene.",
    "It was not possible to verify the account.", "People there asked not to be named.",
    "The office will follow up on this report.", "Telephone lines were down for several hours.",
    "Accounts of how it began differ.", "Markets and schools stayed closed.", "Some families left the area.",
    "Nothing was known of the wounded.", "Ambulances were seen on the way there.",
    "The report was passed on by a local contact.", "Details were pieced together from calls and messages.",
    "There was no independent observer on the ground.", "Later the streets were empty.",
)  # fmt: skip
_TITLES = (
    "{killed} in {place}",
    "{place}: {killed}",
    "News from {place}",
    "Incident in {place}",
    "{place} report",
)
_NUMBERS = "zero one two three four five six seven eight nine".split()


@dataclass(slots=True)
class Passages:
    """A text in the making, with the spans of its passages by key."""

    text: str = ""
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, wording: str, pieces: Pieces) -> None:
        """Add one sentence: the wording with its names replaced; its first letter becomes a capital."""
        start = len(self.text) + (1 if self.text else 0)
        self.text = f"{self.text} " if self.text else ""
        for literal, name, _, _ in Formatter().parse(wording):
            self._put(literal, None, start)
            for passage, key in pieces[name] if name is not None else ():
                self._put(passage, key, start)

    def _put(self, passage: str, key: str | None, start: int) -> None:
        if len(self.text) == start:
            passage = passage[:1].upper() + passage[1:]
        if key is not None and key not in self.spans:
            self.spans[key] = (len(self.text), len(self.text) + len(passage))
        self.text += passage

    def evidence(self, key: str) -> list[dict[str, object]]:
        """Return the evidence of a passage in the contract's shape, [] where there is none."""
        if key not in self.spans:
            return []
        start, end = self.spans[key]
        return [{"in": "text", "start": start, "end": end, "quote": self.text[start:end]}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one report says, as it is to be worded; `unit` is the governorate, where the place lies in one."""

    sub_type: str
    place: str
    unit: str | None
    start: date
    end: date
    date_prec: int
    killed: int
    side_a: tuple[str, ...]
    side_b: tuple[str, ...]
    harmed: tuple[tuple[str, int], ...]


def write(told: Told, rng: Random) -> tuple[Passages, str | None, dict[str, str]]:
    """Return a text with its passages, a title or None, and the word used for each harmed group.

    Keys of passages: what, place, date, killed, "by NAME" for a side's name, "harmed GROUP".
    """
    made = Passages()
    when = _days(told, rng)
    clause = rng.choice(_CLAUSES[told.sub_type])
    opening = rng.choice(_OPENINGS)
    # The clause goes in first, so that the place within it keeps a span of its own.
    flat = opening.replace("{Clause}", clause).replace("{clause}", clause).replace("{Date}", "{date}")
    made.add(flat, {"place": [(told.place, "place")], "date": [(when, "date")]})
    made.spans["what"] = (0, len(made.text))
    killed = _killed(told.killed, rng)
    words = {group: rng.choice(_WORDS[group])[count > 1] for group, count in told.harmed}
    counted = {group: f"{_figure(count, rng)} {words[group]}" for group, count in told.harmed}
    rest = [(rng.choice(_TOLL), {"toll": [(killed, "killed")]})]
    if told.unit and rng.random() < 0.5:
        rest.append((rng.choice(_WHERE), {"unit": [(told.unit, None)]}))
    sides = {"a": _joined(told.side_a, "by "), "b": _joined(told.side_b, "by ")}
    if told.side_a or told.side_b:
        both = bool(told.side_a and told.side_b)
        rest.append((rng.choice(_BOTH if both else _ONE), sides if told.side_a else {"a": sides["b"]}))
    if words:
        pieces = _joined(tuple(counted.values()), "harmed ")
        keys = {f"harmed {passage}": f"harmed {group}" for group, passage in counted.items()}
        harmed = [(text, keys.get(key or "")) for text, key in pieces]
        rest.append((rng.choice(_HARMED), {"harmed": harmed}))
    for wording, pieces_of in rest[:1] + rng.sample(rest[1:], len(rest) - 1):
        made.add(wording, pieces_of)
    for closing in rng.sample(_CLOSINGS, rng.choice((3, 4, 5))):
        made.add(closing, {})
    title = None
    if rng.random() < 0.5:
        title = rng.choice(_TITLES).format(killed=killed, place=told.place)
        title = title[:1].upper() + title[1:]
    return made, title, words


def _joined(names: Sequence[str], prefix: str) -> list[tuple[str, str | None]]:
    pieces: list[tuple[str, str | None]] = []
    for at, name in enumerate(names):
        if at:
            pieces.append((" and " if at == len(names) - 1 else ", ", None))
        pieces.append((name, f"{prefix}{name}"))
    return pieces


def _killed(count: int, rng: Random) -> str:
    if count == 0:
        return rng.choice(_KILLED_NONE)
    if count == 1:
        return rng.choice(_KILLED_ONE)
    figure = _figure(count, rng)
    return rng.choice(_KILLED).format(n=f"{figure} people", figure=figure)


def _figure(count: int, rng: Random) -> str:
    return _NUMBERS[count] if count < 10 and rng.random() < 0.5 else f"{count:,}"


def _day(day: date, rng: Random) -> str:
    return f"{day.day} {day:%B} {day.year}" if rng.random() < 0.5 else f"{day:%B} {day.day}, {day.year}"


def _days(told: Told, rng: Random) -> str:
    start, end = told.start, told.end
    if start == end:
        weekday = f"{start:%A}, " if rng.random() < 0.3 else ""
        return f"on {weekday}{_day(start, rng)}"
    if told.date_prec == 3 and start.weekday() == 0:
        return rng.choice(("in the week of {}", "during the week that began on {}")).format(_day(start, rng))
    wording = rng.choice(("between {} and {}", "from {} to {}", "at some time between {} and {}"))
    return wording.format(_day(start, rng), _day(end, rng))
