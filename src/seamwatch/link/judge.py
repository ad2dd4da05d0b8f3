"""Whether two mentions tell one incident: a probability with its reasons in plain words."""

from __future__ import annotations

import math

from seamwatch.link.compare import Losses, Name, Profile, Where, profile_of
from seamwatch.link.likelihood import NEAR, facets_of
from seamwatch.link.names import same_name
from seamwatch.link.rules import LinkRules
from seamwatch.model.incident import Judgement, Reason, SourcedMention
from seamwatch.model.place import great_circle_km
from seamwatch.vocabulary.codes import Verdict

Part = tuple[str, str]  # name of the weight, and why in plain words
DISTRICT, REGION = 3, 5  # where_prec
SPOT_KM = 1.0  # two points nearer than this are one village's or quarter's


def _same(a: Name, b: Name) -> bool:
    return same_name(a[0], b[0], a[1], b[1])


def _shared(ones: tuple[Name, ...], others: tuple[Name, ...]) -> tuple[Name, Name] | None:
    for one in ones:
        for other in others:
            if _same(one, other):
                return (one, other)
    return None


def compare_facets(a: Profile, b: Profile, rules: LinkRules) -> list[tuple[str, float, str]]:
    """Return (feature, weight, reason) for type, day and figures: what they speak for one incident."""
    weights, by = rules.weights, rules.likelihood
    day, kind, losses, *figures = facets_of([a], by).together(facets_of([b], by))
    word = rules.types[a.type, b.type]
    text = f"both {a.type}" if word == "same" else f"{a.type} and {b.type} ({word})"
    found = [("type", kind, text)]
    early = _told_before(a, b) or _told_before(b, a)
    if early:
        found.append(("date", weights["date.told_before"], "one was published before the other happened"))
    if a.days and b.days:
        found.append(("date", day, _day_words(a, b)))
    elif not early:
        found.append(("date", 0.0, "one gives no date"))
    for name, weight in zip(("killed", "injured", "abducted"), figures, strict=True):
        one, other = getattr(a, name), getattr(b, name)
        if one and other:
            found.append(("toll", weight, _figure_words(one, other, name)))
    if a.losses and b.losses:
        same = a.losses == b.losses
        why = f"the dead are {_loss_words(a.losses)}" + ("" if same else f" against {_loss_words(b.losses)}")
        found.append(("losses", losses, why))
    died = _passed(a, b)
    if died:
        why = f"{died} of the wounded died: the sum is the same"
        found.append(("toll", weights["toll.wounded_died"], why))
    return [(feature, round(weight, 3), why) for feature, weight, why in found]


def _told_before(a: Profile, b: Profile) -> bool:
    return a.told is not None and b.start is not None and a.told < b.start - 1


def _day_words(a: Profile, b: Profile) -> str:
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return _silent_words(a, b)
    gap = max(a.start, b.start) - min(a.end, b.end)
    if gap > 0:
        return "on two days that follow one another" if gap == 1 else f"{gap} days apart"
    if (a.start, a.end) == (b.start, b.end):
        return "both on the same day" if a.start == a.end else "both give the same days"
    long_ = max(a.end - a.start, b.end - b.start)
    wide = "a week" if long_ <= 7 else "a month" if long_ <= 31 else "a longer time"
    return "the days overlap" if long_ <= 2 else f"one gives {wide} that holds the other"


def _silent_words(a: Profile, b: Profile) -> str:
    """Return why days fit or don't where at least one telling gives none, only when it came out."""
    days = [(p.end if p.end is not None else p.told) for p in (a, b)]
    apart = abs((days[0] or 0) - (days[1] or 0))
    if a.start is None and b.start is None:
        return f"neither gives a date; they came out {apart} days apart"
    return f"one gives no date; it came out {apart} days from the other's day"


def _loss_words(losses: Losses) -> str:
    most, others = losses
    groups = ([f"mostly {most}" if others else most] if most else []) + [
        f"{count} {group}" if count else group for group, count in others
    ]
    return " and ".join(groups)


def _figure_words(one: tuple[int, int], other: tuple[int, int], what: str) -> str:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    if low <= high:
        return f"both give {low} {what}" if one == other else f"the figures of {what} overlap"
    near = " are near one another" if low - high <= NEAR else ""
    return f"{min(one[1], other[1])} and {max(one[0], other[0])} {what}{near}"


def _distance(a: Where, b: Where) -> Part | None:
    if a.lat is None or b.lat is None or a.lon is None or b.lon is None:
        return None
    km = great_circle_km(a.lat, a.lon, b.lat, b.lon)
    reach = a.radius + b.radius
    if km <= max(reach, 2.0):
        if max(a.level, b.level) >= DISTRICT:
            return None  # two points of one district lie near one another whatever they are
        return ("place.close_by", f"the points lie {km:.0f} km apart, within their radii")
    if km <= reach + 15:
        return None
    if km <= reach + 60:
        return ("place.far", f"the points lie {km:.0f} km apart, radii {reach:.0f} km")
    return ("place.very_far", f"the points lie {km:.0f} km apart")


def _spot(a: Where, b: Where) -> bool:
    if a.lat is None or b.lat is None or a.lon is None or b.lon is None or max(a.level, b.level) >= DISTRICT:
        return False
    return great_circle_km(a.lat, a.lon, b.lat, b.lon) <= SPOT_KM


def _inside(small: Where, wide: Where) -> Part | None:
    """Return the part for a place that lies in the unit that the other telling names."""
    names = wide.parts or tuple(n for n in (wide.admin2,) if n)
    for name in names:
        if small.admin2 and _same(small.admin2, name):
            return ("place.inside_admin2", f"{name[0]} is the wider area of the other")
    if wide.level >= DISTRICT:
        for name in names or tuple(n for n in (wide.admin1,) if n):
            if small.admin1 and _same(small.admin1, name):
                return ("place.inside_admin1", f"{name[0]} is the province of the other")
    return None


def _same_place(a: Where, b: Where, name: Name) -> Part:
    coarse = max(a.level, b.level)
    if a.site and b.site:
        coarse = min(coarse, 2)
    if a.seat and b.seat and coarse >= DISTRICT:
        unit = "admin1" if coarse >= 4 else "admin2"
        return (f"place.same_{unit}", f"both in {name[0]}")
    if coarse >= REGION:
        return ("place.same_region", f"both in {name[0]}")
    if coarse == 4:
        return ("place.same_admin1", f"both in {name[0]}")
    if coarse == DISTRICT:
        return ("place.same_admin2", f"both at {name[0]}")
    if len(a.parts) > 1 or len(b.parts) > 1:
        return ("place.same_part", f"both name {name[0]}")
    return ("place.same_site", f"both at {name[0]}")


def _apart(a: Where, b: Where) -> Part | None:
    """Return the part for two names that differ, where both are sites; the coarser of two is none."""
    towns = a.level < DISTRICT and b.level < DISTRICT and a.parts and b.parts
    if not towns and not (a.site and b.site):
        return None
    names = f"{a.parts[0][0]} is not {b.parts[0][0]}"
    near = a.level == 2 or b.level == 2
    unit_unknown = a.admin2 is None or b.admin2 is None
    if a.admin2 and b.admin2 and _same(a.admin2, b.admin2) and (a.seat or b.seat):
        return None
    if near and (a.seat or b.seat or a.level == b.level) and unit_unknown:
        return ("place.other_seat", f"{names}, though both are only near it")
    if near:
        return ("place.other_near", f"{names}, though one is only near it")
    if unit_unknown and (a.seat or b.seat):
        return ("place.other_near", names)
    return ("place.other_site", names)


def compare_places(a: Where, b: Where) -> list[Part]:
    """Return the parts for two places: names, units and points, each only once."""
    if a.country and b.country and a.country != b.country:
        return [("place.country_differs", f"{a.country} is not {b.country}")]
    if not a.known or not b.known:
        return [("place.missing", "one names no place")]
    found: list[Part] = []
    units_agree = bool(a.admin2 and b.admin2 and _same(a.admin2, b.admin2))
    shared = _shared(a.parts, b.parts)
    point = _distance(a, b)
    if a.geonameid is not None and a.geonameid == b.geonameid and max(a.level, b.level) <= 2:
        name = a.parts[0][0] if a.parts else "one place"
        found.append(("place.same_point", f"both at {name}"))
    elif shared and not (point and point[0] in ("place.far", "place.very_far")):
        found.append(_same_place(a, b, shared[0]))
    else:
        # A district holds more than a province: the same whichever is asked first.
        insides = [part for part in (_inside(a, b), _inside(b, a)) if part]
        if insides:
            found.append(max(insides, key=lambda part: part[0]))
        else:
            apart = None if point and point[0] == "place.close_by" else _apart(a, b)
            found += [p for p in (apart, point) if p]
            if units_agree and a.admin2:
                found.append(("place.admin2_agrees", f"both in {a.admin2[0]}"))
    if _spot(a, b):
        found.append(("place.same_spot", "the points are one"))
    if a.admin2 and b.admin2 and not units_agree:
        found.append(("place.admin2_differs", f"{a.admin2[0]} is not {b.admin2[0]}"))
    if a.admin1 and b.admin1:
        if not _same(a.admin1, b.admin1):
            found.append(("place.admin1_differs", f"{a.admin1[0]} is not {b.admin1[0]}"))
        elif not [name for name, _ in found if name != "place.same_spot"]:
            found.append(("place.admin1_agrees", f"both in {a.admin1[0]}"))
    return found


def _passed(a: Profile, b: Profile) -> int:
    """Return how many of the wounded died between two tellings, where as many more are dead; else 0."""
    if (b.told or 0, b.id) < (a.told or 0, a.id):
        a, b = b, a
    killed, injured = a.best
    killed_later, injured_later = b.best
    if injured is None or injured_later is None or killed_later is None:
        return 0
    died = killed_later - (killed or 0)
    # Told on one day, either may be the later.
    if died == injured - injured_later and (died > 0 or (died < 0 and a.told == b.told)):
        return abs(died)
    return 0


def _akin(a: Name, b: Name) -> bool:
    """Return whether one actor's name begins as the other's: Turkey and the Turkish army."""
    return bool(a[0][:4]) and len(a[0]) >= 4 and a[0][:4] == b[0][:4]


def compare_actors(a: Profile, b: Profile) -> Part | None:
    """Return the part for named perpetrators; unknown against named says nothing."""
    if not a.actors or not b.actors:
        return None
    shared = _shared(a.actors, b.actors)
    if shared and len(set(a.actors)) > 1 and set(a.actors) == set(b.actors):
        return ("actor.all", f"both name {', '.join(sorted(name for name, _ in a.actors))}")
    if shared:
        return ("actor.same", f"both name {shared[0][0]}")
    if any(_akin(x, y) for x in a.actors for y in b.actors):
        return ("actor.akin", f"{a.actors[0][0]} is akin to {b.actors[0][0]}")
    return ("actor.other", f"{a.actors[0][0]} is not {b.actors[0][0]}")


def _words(groups: frozenset[str]) -> str:
    return ", ".join(sorted(groups)).replace("_", " ")


def compare_details(a: Profile, b: Profile, rules: LinkRules) -> list[tuple[str, float, str]]:
    """Return (feature, weight, reason) for sides, things, weapons and the rare words of the telling."""
    found: list[tuple[str, float, str]] = []
    weights = rules.weights
    for name, one, other in (("side", a.sides, b.sides), ("thing", a.things, b.things)):
        if one and other:
            both = one & other
            word = "same" if both else "other"
            text = f"both on {_words(both)}" if both else f"{_words(one)} against {_words(other)}"
            found.append((name, weights[f"{name}.{word}"], text))
    if a.weapons and b.weapons:
        both = a.weapons & b.weapons
        within = rules.within
        if both:
            word = "specific" if any(w in within for w in both) else "same"
            found.append(("weapon", weights[f"weapon.{word}"], f"both with {_words(both)}"))
        elif any(within.get(w) in b.weapons for w in a.weapons) or any(
            within.get(w) in a.weapons for w in b.weapons
        ):
            found.append(("weapon", weights["weapon.wider"], "one weapon is a kind of the other"))
        else:
            text = f"{_words(a.weapons)} against {_words(b.weapons)}"
            found.append(("weapon", weights["weapon.other"], text))
    rare = a.rare & b.rare
    if rare:
        weight = min(weights["words.most"], weights["words.each"] * len(rare))
        found.append(("words", weight, f"both say {', '.join(sorted(rare)[:4])}"))
    return found


def probability(odds: int, rules: LinkRules) -> float:
    """Return the probability of log-odds in thousandths, capped as the rules say."""
    cap = rules.odds["cap"]
    return round(1 / (1 + math.exp(-max(-cap, min(cap, odds)) / 1000)), 6)


def judge_profiles(a: Profile, b: Profile, rules: LinkRules) -> Judgement:
    """Return the judgement about two profiled mentions; the same whichever comes first."""
    if b.id < a.id:
        a, b = b, a
    weights = rules.weights
    one_article = a.article == b.article
    prior = weights["prior.one_article" if one_article else "prior.articles"]
    words = "one article tells them apart" if one_article else "any two tellings of these days"
    parts = [("prior", prior, words)]
    parts += compare_facets(a, b, rules)
    named = list(compare_places(a.where, b.where))
    actor = compare_actors(a, b)
    if actor:
        named.append(actor)
    parts += [(name.partition(".")[0], weights[name], why) for name, why in named]
    parts += compare_details(a, b, rules)
    if a.event and b.event and a.event[0] == b.event[0]:
        one = a.event == b.event
        dataset, cap = a.event[0].upper(), weights["cap"]
        why = f"rows of one event of {dataset}" if one else f"{dataset} has them as two events"
        parts = [("dataset", cap if one else -cap, why)]
    score = probability(sum(round(1000 * part[1]) for part in parts), rules)
    if score >= weights["verdict.same"]:
        verdict = Verdict.SAME
    elif score <= weights["verdict.different"]:
        verdict = Verdict.DIFFERENT
    else:
        verdict = Verdict.UNSURE
    reasons = tuple(Reason(feature=f, weight=w, text=t) for f, w, t in parts)
    return Judgement(left=a.id, right=b.id, verdict=verdict, score=score, reasons=reasons)


def judge_pair(a: SourcedMention, b: SourcedMention, rules: LinkRules) -> Judgement:
    """Return whether two mentions tell one incident, with a probability and the reasons.

    "A bomb killed two policemen in Daquq on Tuesday" against "Two officers died in Tuesday's blast in
    Daquq": the same day (+), both in Daquq (+), both give 2 killed (+), both on police (+): same.

    >>> from datetime import date
    >>> from seamwatch.link.rules import load_link_rules
    >>> from seamwatch.model.incident import ArticleRef, Mention
    >>> from seamwatch.model.time import TimeRange
    >>> from seamwatch.vocabulary.acled import SubEventType
    >>> from seamwatch.vocabulary.codes import Modality
    >>> def tell(name: str, day: int) -> SourcedMention:
    ...     kind, when = SubEventType.GRENADE, date(2022, 3, day)
    ...     told = Mention(id=name, event_type=kind.event_type, sub_event_type=kind,
    ...         modality=Modality.ASSERTED, date=TimeRange(start=when, end=when, precision=1))
    ...     return SourcedMention(mention=told, article=ArticleRef(id=name))
    >>> judgement = judge_pair(tell("b", 7), tell("a", 1), load_link_rules())
    >>> judgement.left, judgement.verdict.value, judgement.reasons[2].text
    ('a', 'different', '6 days apart')
    """
    return judge_profiles(profile_of(a, rules), profile_of(b, rules), rules)
