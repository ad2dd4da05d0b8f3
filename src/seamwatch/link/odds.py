"""Log-odds that two mentions tell one incident, for many pairs at once: `judge_profiles` in numbers.

What `judge` says of one pair in words is said here of many in arrays; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from seamwatch.link.frame import Bools, Floats, Frame, Ints
from seamwatch.link.judge import DISTRICT, REGION, SPOT_KM
from seamwatch.link.likelihood import shifted, two
from seamwatch.link.rules import LinkRules
from seamwatch.model.place import EARTH_RADIUS_KM

MOST_SUPPORT = 4  # tellings of one place that count against another
PAIRS = 400_000  # pairs compared in one go: some 200 MB


Codes = tuple[tuple[str, ...], Ints]
"""Names of weights, and for each pair which of them holds."""

_NOTHING = ""


class PairOdds:
    """Compares pairs of one frame's rows."""

    def __init__(self, frame: Frame, rules: LinkRules) -> None:
        self._frame = frame
        self._rules = rules
        self._weights = {**rules.odds, _NOTHING: 0}
        self._types = rules.type_odds
        bits = frame.groups
        self._specific = _bits(bits[g] for g in rules.within if g in bits)
        wider = [(bits[g], bits[w]) for g, w in rules.within.items() if g in bits and w in bits]
        self._wide = np.zeros(len(frame), np.uint64)
        for narrow, wide in wider:
            has = (frame.weapons >> np.uint64(narrow)) & np.uint64(1)
            self._wide |= has << np.uint64(wide)
        self._rare = [p.rare for p in frame.profiles]

    def of(self, i: Ints, j: Ints) -> Ints:
        """Return the log-odds of the pairs of rows (i, j) in thousandths, capped as the rules cap them."""
        if len(i) > PAIRS:
            runs = range(0, len(i), PAIRS)
            return np.concatenate([self.of(i[at : at + PAIRS], j[at : at + PAIRS]) for at in runs])
        cap = self._weights["cap"]
        odds: Ints = np.clip(self.without_facets(i, j) + self._facets(i, j), -cap, cap)
        # What a dataset says of its own events is not to be judged by how alike they look.
        odds[self._frame.apart(i, j)] = -cap
        odds[self._frame.one_event(i, j)] = cap
        return odds

    def without_facets(self, i: Ints, j: Ints) -> Ints:
        """Return the log-odds in thousandths but for what day, type and figures say; not capped."""
        weight = self._weights
        total = np.zeros(len(i), np.int64)
        for names, codes in self.features(i, j):
            total += np.array([weight[name] for name in names], np.int64)[codes]
        return total + np.minimum(weight["words.most"], weight["words.each"] * self.shared_words(i, j))

    def features(self, i: Ints, j: Ints) -> Iterator[Codes]:
        """Yield for every feature the names of its weights, and which of them each pair has."""
        one = (self._frame.article[i] == self._frame.article[j]).astype(np.int64)
        yield ("prior.articles", "prior.one_article"), one
        yield self._dates(i, j)
        yield from self._places(i, j)
        yield self._passed(i, j)
        yield self._actors(i, j)
        yield from self._details(i, j)

    def shared_words(self, i: Ints, j: Ints) -> Ints:
        """Return how many rare words each pair has in common."""
        rare = self._rare
        found = (len(rare[a] & rare[b]) for a, b in zip(i.tolist(), j.tolist(), strict=True))
        return np.fromiter(found, np.int64, len(i))

    # --- day, type and figures

    def _dates(self, i: Ints, j: Ints) -> Codes:
        f = self._frame
        start_i, start_j, told_i, told_j = f.start[i], f.start[j], f.told[i], f.told[j]
        early = ((told_i >= 0) & (start_j >= 0) & (told_i < start_j - 1)) | (
            (told_j >= 0) & (start_i >= 0) & (told_j < start_i - 1)
        )
        return _choose([("date.told_before", early)], _NOTHING)

    def _facets(self, i: Ints, j: Ints) -> Ints:
        f, by = self._frame, self._rules.likelihood
        total: Ints = self._types[f.type[i], f.type[j]].copy()
        total += _looked_up(f.day_of, i, j, lambda a, b: two(by.day, a, b), f.shift_of)
        for figure in f.figures:
            total += _looked_up(figure, i, j, lambda a, b: two(by.figure, a, b))
        total += _looked_up(f.losses, i, j, lambda a, b: two(by.loss, a, b))
        return total

    def _passed(self, i: Ints, j: Ints) -> Codes:
        """Return where a later telling has as many more dead as it has fewer wounded."""
        f = self._frame
        told_i, told_j = np.maximum(f.told[i], 0), np.maximum(f.told[j], 0)
        later = (told_j < told_i) | ((told_j == told_i) & (f.order[j] < f.order[i]))
        first, last = np.where(later, j, i), np.where(later, i, j)
        killed, killed_later = f.best_killed[first], f.best_killed[last]
        hurt, hurt_later = f.best_injured[first], f.best_injured[last]
        died = killed_later - np.maximum(killed, 0)
        same_day = f.told[first] == f.told[last]
        passed = (hurt >= 0) & (hurt_later >= 0) & (killed_later >= 0) & (died == hurt - hurt_later)
        passed &= (died > 0) | ((died < 0) & same_day)
        return _choose([("toll.wounded_died", passed)], _NOTHING)

    # --- places

    def _distance(self, i: Ints, j: Ints) -> tuple[Bools, Bools, Bools, Bools]:
        """Return where two points are one spot, lie close by, far and very far from one another."""
        f = self._frame
        lat_i, lat_j = np.radians(f.lat[i]), np.radians(f.lat[j])
        half = np.sin((lat_j - lat_i) / 2) ** 2
        half = half + np.cos(lat_i) * np.cos(lat_j) * np.sin(np.radians(f.lon[j] - f.lon[i]) / 2) ** 2
        km = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
        reach: Floats = f.radius[i] + f.radius[j]
        known = ~np.isnan(km)
        near = known & (km <= np.maximum(reach, 2.0))
        out = known & ~near & (km > reach + 15)
        far = out & (km <= reach + 60)
        sites = np.maximum(f.level[i], f.level[j]) < DISTRICT
        return known & (km <= SPOT_KM) & sites, near & sites, far, out & ~far

    def _places(self, i: Ints, j: Ints) -> Iterator[Codes]:
        f, same = self._frame, self._frame.names.same
        admin1_i, admin1_j, admin2_i, admin2_j = f.admin1[i], f.admin1[j], f.admin2[i], f.admin2[j]
        coarse = np.maximum(f.level[i], f.level[j])
        foreign = (f.country[i] >= 0) & (f.country[j] >= 0) & (f.country[i] != f.country[j])
        known = f.known[i] & f.known[j]
        compared = known & ~foreign
        units_agree = same(admin2_i, admin2_j)
        spot, close, far, very_far = self._distance(i, j)
        point = (f.geonameid[i] >= 0) & (f.geonameid[i] == f.geonameid[j]) & (coarse <= 2)
        shared = np.zeros(len(i), np.bool_)
        for one in f.parts:
            for other in f.parts:
                shared |= same(one[i], other[j])
        named = shared & ~far & ~very_far & ~point
        sites = f.site[i] & f.site[j]
        fine = np.where(sites, np.minimum(coarse, 2), coarse)
        seats = f.seat[i] & f.seat[j]
        several = (f.many[i] > 1) | (f.many[j] > 1)
        by_admin2, by_admin1 = self._inside(i, j)
        by_admin2_too, by_admin1_too = self._inside(j, i)
        inside2 = by_admin2 | by_admin2_too
        inside1 = ~inside2 & (by_admin1 | by_admin1_too)
        rest = compared & ~point & ~named
        loose = rest & ~inside2 & ~inside1
        other_names, apart = self._apart(i, j, units_agree)
        other = np.where(loose & ~close, apart, 0)
        yield _choose(
            [
                ("place.country_differs", foreign),
                ("place.missing", ~known),
                ("place.same_point", point),
                ("place.same_admin1", named & seats & (fine >= 4)),
                ("place.same_admin2", named & seats & (fine >= DISTRICT)),
                ("place.same_region", named & (fine >= REGION)),
                ("place.same_admin1", named & (fine == 4)),
                ("place.same_admin2", named & (fine == DISTRICT)),
                ("place.same_part", named & several),
                ("place.same_site", named),
                ("place.inside_admin2", inside2),
                ("place.inside_admin1", inside1),
                ("place.close_by", close),
                ("place.far", far),
                ("place.very_far", very_far),
            ],
            _NOTHING,
        )
        yield other_names, other
        # Two places that several tellings name each are the surer two.
        support = np.minimum(f.support[i], f.support[j])
        for count in range(2, min(MOST_SUPPORT, int(support.max(initial=1))) + 1):
            yield other_names, np.where(loose & (support >= count), apart, 0)
        yield _choose([("place.same_spot", compared & spot)], _NOTHING)
        agree2 = loose & units_agree
        differ2 = compared & (admin2_i >= 0) & (admin2_j >= 0) & ~units_agree
        yield _choose([("place.admin2_agrees", agree2), ("place.admin2_differs", differ2)], _NOTHING)
        both = compared & (admin1_i >= 0) & (admin1_j >= 0)
        agree1 = same(admin1_i, admin1_j)
        silent = loose & (other == 0) & ~close & ~far & ~very_far & ~units_agree & ~differ2
        yield _choose(
            [("place.admin1_differs", both & ~agree1), ("place.admin1_agrees", both & silent)], _NOTHING
        )

    def _inside(self, small: Ints, wide: Ints) -> tuple[Bools, Bools]:
        """Return where the first place lies in the district, or the province, that the second names."""
        f, same = self._frame, self._frame.names.same
        admin1, admin2 = f.admin1[small], f.admin2[small]
        bare = f.many[wide] == 0
        by_admin2 = bare & same(admin2, f.admin2[wide])
        by_admin1 = bare & same(admin1, np.where(f.admin2[wide] >= 0, f.admin2[wide], f.admin1[wide]))
        for name in f.parts:
            by_admin2 |= same(admin2, name[wide])
            by_admin1 |= same(admin1, name[wide])
        return by_admin2, by_admin1 & ~by_admin2 & (f.level[wide] >= DISTRICT)

    def _apart(self, i: Ints, j: Ints, units_agree: Bools) -> Codes:
        f = self._frame
        level_i, level_j = f.level[i], f.level[j]
        towns = (level_i < DISTRICT) & (level_j < DISTRICT) & (f.many[i] > 0) & (f.many[j] > 0)
        told = towns | (f.site[i] & f.site[j])
        seat = f.seat[i] | f.seat[j]
        near = (level_i == 2) | (level_j == 2)
        unknown = (f.admin2[i] < 0) | (f.admin2[j] < 0)
        return _choose(
            [
                (_NOTHING, ~told | (units_agree & seat)),
                ("place.other_seat", near & (seat | (level_i == level_j)) & unknown),
                ("place.other_near", near | (unknown & seat)),
            ],
            "place.other_site",
        )

    # --- who, whom, with what

    def _actors(self, i: Ints, j: Ints) -> Codes:
        f = self._frame
        if not f.actors:
            return (_NOTHING,), np.zeros(len(i), np.int64)
        both = (f.actors[0][i] >= 0) & (f.actors[0][j] >= 0)
        same = np.zeros(len(i), np.bool_)
        akin = np.zeros(len(i), np.bool_)
        for one in f.actors:
            for other in f.actors:
                same |= f.names.same(one[i], other[j])
                akin |= f.names.akin(one[i], other[j])
        every = same & (f.actor_set[i] == f.actor_set[j]) & (f.actor_set[i] >= 0)
        return _choose(
            [(_NOTHING, ~both), ("actor.all", every), ("actor.same", same), ("actor.akin", akin)],
            "actor.other",
        )

    def _details(self, i: Ints, j: Ints) -> Iterator[Codes]:
        f = self._frame
        for name, bits in (("side", f.sides), ("thing", f.things)):
            one, other = bits[i], bits[j]
            silent = (one == 0) | (other == 0)
            yield _choose([(_NOTHING, silent), (f"{name}.same", (one & other) > 0)], f"{name}.other")
        one, other = f.weapons[i], f.weapons[j]
        common = one & other
        wider = ((self._wide[i] & other) | (self._wide[j] & one)) > 0
        yield _choose(
            [
                (_NOTHING, (one == 0) | (other == 0)),
                ("weapon.specific", (common & self._specific) > 0),
                ("weapon.same", common > 0),
                ("weapon.wider", wider),
            ],
            "weapon.other",
        )


def _looked_up(
    column: tuple[Sequence[Any], Ints],
    i: Ints,
    j: Ints,
    judge: Callable[[Any, Any], int],
    shift: Ints | None = None,
) -> Ints:
    """Return what `judge` says of the values of each pair, asked once for each two values; 0 without one.

    `column` has the values, and each row's by number. With `shift` values are days from a row's first one:
    two are as far from one another as their rows' shifts.
    """
    values, numbers = column
    one, other = numbers[i], numbers[j]
    known = np.flatnonzero((one >= 0) & (other >= 0))
    found = np.zeros(len(i), np.int64)
    if not known.size:
        return found
    one, other = one[known], other[known]
    size = len(values)
    codes = one * size + other
    apart = np.zeros(len(known), np.int64)
    if shift is not None:
        apart = shift[j[known]] - shift[i[known]]
    least = int(apart.min())
    codes = codes * (int(apart.max()) - least + 1) + (apart - least)
    distinct, first, back = np.unique(codes, return_index=True, return_inverse=True)
    said = np.zeros(len(distinct), np.int64)
    for at, row in enumerate(first.tolist()):
        a, b, days = values[int(one[row])], values[int(other[row])], int(apart[row])
        said[at] = judge(a, b if shift is None else shifted(b, days))
    found[known] = said[back]
    return found


def _choose(choices: Sequence[tuple[str, Bools]], otherwise: str) -> Codes:
    """Return the first choice that holds of each pair."""
    found = np.full(len(choices[0][1]), len(choices), np.int64)
    for number in range(len(choices) - 1, -1, -1):
        found[choices[number][1]] = number
    return (*(name for name, _ in choices), otherwise), found


def _bits(numbers: Iterable[int]) -> np.uint64:
    total = 0
    for number in numbers:
        total |= 1 << number
    return np.uint64(total)
