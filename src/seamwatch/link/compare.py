"""What is compared of a mention, taken out once: days, names, groups of words, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from seamwatch.link.names import fold, name_parts, skeleton, words_of
from seamwatch.link.rules import LinkRules
from seamwatch.model.coded import event_of
from seamwatch.model.incident import Mention, SourcedMention, Toll
from seamwatch.model.party_text import LINE
from seamwatch.vocabulary.acled import SubEventType
from seamwatch.vocabulary.codes import ActorKind, Modality, Outcome, VictimGroup

Name = tuple[str, str]  # folded, and its skeleton
Days = tuple[int, int, int, int]
"""First and last day, date_prec (0 where no day is given), and the day of the telling or UNTOLD."""
Losses = tuple[str, tuple[tuple[str, int], ...]]
"""Which group has the most dead ("" where it is not told), and how many dead each other group has."""

LINKED = frozenset({Modality.ASSERTED, Modality.REPORTED, Modality.CLAIMED, Modality.DENIED, Modality.FOILED})
RARE_LENGTH = 5
MOST_NAMES = 6  # names of one place phrase, or actors of one telling, that are compared
SLACK = 2  # days by which two tellings of one incident may miss one another
LATEST_REPORT = 45  # days after an incident within which an article without its date may tell it
UNTOLD = -(10**9)
TELLING = 400  # characters of a telling's passage that are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place of a mention for comparison. `parts` are its own names, without those of its units.

    `level` is where_prec, `keys` the skeletons of its names and its admin1's; `seat` says that the name is
    that of the district: its town, or all of it.
    """

    parts: tuple[Name, ...] = ()
    admin2: Name | None = None
    admin1: Name | None = None
    country: str | None = None
    level: int = 7
    keys: frozenset[str] = frozenset()
    seat: bool = False
    lat: float | None = None
    lon: float | None = None
    radius: float = 0.0
    geonameid: int | None = None

    @property
    def site(self) -> bool:
        """Return whether the name is a village's, a quarter's or a road's, not a whole district's.

        A village that no gazetteer holds has its district's where_prec 3, and keeps its name.
        """
        own = bool(self.parts) and not self.seat
        return own and (self.level <= 2 or (self.level == 3 and self.admin2 is not None))

    @property
    def known(self) -> bool:
        """Return whether anything below the country is known."""
        return bool(self.parts or self.admin2 or self.admin1 or self.lat is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One mention, or several as one, made ready to be compared; days are ordinals."""

    id: str
    article: str
    told: int | None
    start: int | None
    end: int | None
    day_precision: int
    where: Where
    type: SubEventType
    killed: tuple[int, int] | None
    injured: tuple[int, int] | None
    abducted: tuple[int, int] | None
    losses: Losses | None
    best: tuple[int | None, int | None]
    actors: tuple[Name, ...]
    sides: frozenset[str]
    things: frozenset[str]
    weapons: frozenset[str]
    rare: frozenset[str]
    support: int = 1  # tellings that name this place
    event: tuple[str, str] | None = None  # the dataset and its event, or the party and its record

    @property
    def days(self) -> Days | None:
        """Return what it says of the day; without a day of its own it is one of those before the telling."""
        told = UNTOLD if self.told is None else self.told
        if self.start is not None and self.end is not None:
            return (self.start, self.end, self.day_precision, told)
        return (told - LATEST_REPORT, told + SLACK, 0, told) if self.told is not None else None


def window_of(profile: Profile) -> tuple[int, int] | None:
    """Return the days on which the incident may lie: its own, else those before the telling."""
    if profile.start is not None and profile.end is not None:
        return (profile.start, profile.end)
    return (profile.told - LATEST_REPORT, profile.told + SLACK) if profile.told is not None else None


def links(mention: Mention) -> bool:
    """Return whether a mention takes part in linking: it counts, or denies or foils what was told."""
    return mention.modality in LINKED


def _named(text: str | None) -> Name | None:
    if not text:
        return None
    folded = fold(text)
    return (folded, skeleton(folded))


def _without_units(name: str, place_words: frozenset[str]) -> Name:
    words = [w for w in words_of(name) if w not in place_words]
    folded = " ".join(words) or fold(name)
    return (folded, skeleton(folded))


def _where(mention: Mention, rules: LinkRules) -> Where:
    place = mention.place
    if place is None:
        return Where()
    parts = tuple((p, skeleton(p)) for p in name_parts(place.name, rules.place_words))
    admin2 = _without_units(place.admin2, rules.place_words) if place.admin2 else None
    admin1 = _without_units(place.admin1, rules.place_words) if place.admin1 else None
    unit_bones = {unit[1] for unit in (admin2, admin1) if unit}
    parts = parts[:MOST_NAMES]
    own = tuple(p for p in parts if p[1] not in unit_bones)
    return Where(
        parts=own or parts,
        admin2=admin2,
        admin1=admin1,
        country=place.country,
        level=place.precision,
        keys=frozenset(n[1] for n in (*parts, admin1) if n),
        seat=bool(parts) and not own,
        lat=place.lat if place.lon is not None else None,
        lon=place.lon,
        radius=place.radius_km or 0.0,
        geonameid=place.geonameid,
    )


def _range(toll: Toll | None) -> tuple[int, int] | None:
    if toll is None:
        return None
    known = [n for n in (toll.low, toll.best, toll.high) if n is not None]
    return (min(known), max(known)) if known else None


def _losses(mention: Mention) -> Losses | None:
    counts: dict[str, int] = {}
    open_: set[str] = set()
    for victim in mention.victims:
        if victim.outcome is Outcome.KILLED and victim.group is not VictimGroup.UNKNOWN:
            group = victim.group.value
            if victim.count is None:
                open_.add(group)
            counts[group] = counts.get(group, 0) + (victim.count or 0)
    if not counts:
        return None
    if len(counts) == 1:
        return (next(iter(counts)), ())
    if open_:
        return ("", tuple(sorted((group, 0) for group in counts)))
    most = min(counts, key=lambda group: (-counts[group], group))
    return (most, tuple(sorted((group, n) for group, n in counts.items() if group != most)))


def day_range(sourced: SourcedMention) -> tuple[int, int] | None:
    """Return the first and last possible day of a mention as ordinals; None where it gives no date."""
    when = sourced.mention.date
    return (when.start.toordinal(), when.end.toordinal()) if when else None


def told_on(sourced: SourcedMention) -> date | None:
    """Return the day on which a mention was told: its publication, else when it became known."""
    article = sourced.article
    return article.published or (article.known.date() if article.known else None)


def _event(sourced: SourcedMention) -> tuple[str, str] | None:
    """Return who tells events apart by ids, and this one's: a dataset its rows, a party its records."""
    article = sourced.article
    if article.party is not None:
        return (f"party {article.party}", article.record.id if article.record else article.id)
    return event_of(sourced.mention)


def profile_of(sourced: SourcedMention, rules: LinkRules) -> Profile:
    """Return what is compared of one mention."""
    mention = sourced.mention
    layers = rules.layers
    # Of a party's record only what it quotes is a telling in words: its other lines are the values again.
    passages = [e for e in mention.evidence if e.by != LINE][:2]
    telling = words_of(" | ".join(e.quote for e in passages)[:TELLING])
    aimed = words_of(" | ".join(t.name for t in mention.targets))
    hurt = words_of(" | ".join(v.name for v in mention.victims))
    arms = words_of(" | ".join(w.name for w in mention.weapons))
    told, aims, hurts = (rules.find_groups(words) for words in (telling, aimed, hurt))
    sides = {g for g in aims if layers[g] == "side"} or {g for g in hurts if layers[g] == "side"}
    weapons = {g for g in rules.find_groups(arms) if layers[g] == "weapon"}
    weapons = weapons or {g for g in told if layers[g] == "weapon"}
    day = told_on(sourced)
    days = day_range(sourced)
    common = rules.common_words
    # Names are compared as places and actors: they don't count a second time as words.
    named = set(words_of(" ".join(a.name for a in mention.perpetrators)))
    if mention.place is not None:
        place = mention.place
        named.update(words_of(" ".join(n for n in (place.name, place.admin2, place.admin1) if n)))
        named.update(words_of(" ".join(e.quote for e in place.evidence)))
    return Profile(
        id=mention.id,
        article=sourced.article.version_of or sourced.article.id,
        told=day.toordinal() if day else None,
        start=days[0] if days else None,
        end=days[1] if days else None,
        day_precision=mention.date.precision if mention.date else 0,
        where=_where(mention, rules),
        type=mention.sub_event_type,
        killed=_range(mention.killed),
        injured=_range(mention.injured),
        abducted=_range(mention.abducted),
        losses=_losses(mention),
        best=(
            mention.killed.best if mention.killed else None,
            mention.injured.best if mention.injured else None,
        ),
        actors=tuple(
            n for a in mention.perpetrators if a.kind is not ActorKind.GROUP and (n := _named(a.name))
        )[:MOST_NAMES],
        sides=frozenset(sides),
        things=frozenset(g for g in told | aims | hurts if layers[g] == "thing"),
        weapons=frozenset(weapons),
        rare=frozenset(
            w.rstrip("s")
            for w in telling + aimed + hurt
            if len(w) >= RARE_LENGTH and w not in common and w not in rules.groups and w not in named
        ),
        event=_event(sourced),
    )


_decoder = msgspec.json.Decoder(Profile)
_encoder = msgspec.json.Encoder(order="deterministic")


def profile_text(profile: Profile) -> str:
    """Return a profile as text, for the store."""
    return _encoder.encode(profile).decode()


def profile_from_text(text: str) -> Profile:
    """Return the profile of a text that `profile_text` gave."""
    return _decoder.decode(text)


class Profiles:
    """Profiles of mentions, each made once: the same telling is compared with many that come after it."""

    def __init__(
        self, rules: LinkRules, *, most: int = 20_000, known: Mapping[str, Profile] | None = None
    ) -> None:
        """Take the rules, how many profiles to hold, and those by id that are made already and still true."""
        self._rules = rules
        self._most = most
        self._known = known or {}
        self._made: dict[str, tuple[SourcedMention, Profile]] = {}

    def of(self, sourced: SourcedMention) -> Profile:
        """Return the profile of a mention; one whose article has changed since is made anew."""
        if sourced.mention.id in self._known:
            return self._known[sourced.mention.id]
        found = self._made.get(sourced.mention.id)
        if found is not None and found[0] is sourced:
            return found[1]
        profile = profile_of(sourced, self._rules)
        if len(self._made) >= self._most:
            self._made.clear()
        self._made[sourced.mention.id] = (sourced, profile)
        return profile
