"""Words of a text that tell where or when it was, or how many, without any name: a point, a road, a day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from seamwatch.coordinate.spelling import folded, seen, sound

_LENGTH = r"(?:k(?:ilo)?met(?:er|re)s?|kms?|klicks?|met(?:er|re)s?|m|miles?|mi|yards?|yds?)"
_COUNT = (
    r"(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|hundred|half|several|(?:a )?few|dozens? of)"
)
_WHENCE = r"(?:from|of|off|away|outside|to|toward|towards|past|before|beyond|inside|into|along|down|up|" + (
    r"(?:north|south|east|west)\w*)"
)
_PLACES = (
    r"(?:sector|block|quarter|zone|neighbou?rhood|mahalla|plot|lot|house|building|gate|checkpoint|bridge|tower|"
    r"pump|pumping station|well|station|camp|district|kilomet(?:er|re)|km|mile)"
)
_ROADS = r"(?:highway|route|road|street|motorway|freeway|expressway|avenue|bypass|[ma]sr)"
_DEGREES = r"\d{1,3}[ .:]\d{1,2}(?:[ .:]\d{1,2})?"
_POSITIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 35.32, 43.77; 35°19'N; 35 19 N 43 46 E; 38S MD 12345 67890; a plus code; the address of a map
        r"\d{1,3}[.,]\d{2,}\s*°?\s*[nsew]?\s*[,;/ ]\s*[+-]?\d{1,3}[.,]\d{2,}",
        r"\d\s*[°º]|\d\s*deg(?:rees)?\b",
        rf"\b{_DEGREES}\s*[ns]\b.{{0,4}}\b{_DEGREES}\s*[ew]\b",
        r"\b\d{1,2}\s?[c-hj-np-x]\s?[a-hj-np-z]{2}\s?(?:\d{4,10}|\d{2,5}\s\d{2,5})\b",
        r"\bgeo:|\b[23456789cfghjmpqrvwx]{4,8}\+[23456789cfghjmpqrvwx]{2,3}\b|///\w+\.\w+\.\w+",
        r"\bmaps?\.\w+|goo\.gl/maps|openstreetmap|geonames",
        rf"\b{_COUNT}[\s-]*{_LENGTH}\b(?:\s+\w+){{0,2}}?\s+{_WHENCE}\b",
        rf"\b{_ROADS}\s*(?:no\.?|number|nr\.?|#|n°)?\s*[a-z]{{0,2}}-?\d+\b",
        rf"\b[a-z]{{1,2}}-?\d{{1,3}}\s+{_ROADS}\b|\b\d+(?:st|nd|rd|th)?\s+(?:street|avenue)\b",
        rf"\b{_PLACES}\s*(?:no\.?|number|nr\.?|#|n°)?\s*[a-z]?-?\d+[a-z]?\b",
    )
)
_SIDES = frozenset(
    "north south east west northern southern eastern western northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern northward southward eastward westward upper lower "
    "outskirts outside downtown centre center central suburb suburbs near between beyond behind".split()
)
_LINKS = frozenset(
    "of the in at and part parts side sides edge outskirts city town area district from to".split()
)

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?\b|\b\d{1,2}[-./]\d{1,2}[-./]\d{2,4}\b",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b|\b(?:{_MONTHS})\.?\s+\d{{1,4}}(?:st|nd|rd|th)?\b",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
        r"\b(?:january|february|april|june|july|august|september|october|november|december)\b",
        r"\b(?:in|of|on|since|last|mid|early|late)[ -](?:march|may)\b",
        r"\b(?:new year|christmas|easter|eid|newroz|nowruz|nawroz|noruz|ashura|arba'?een|ramadan|muharram|"
        r"mawlid|hajj|yom kippur|passover|hanukkah|diwali|thanksgiving|halloween|valentine|pentecost|"
        r"\w+ day\b(?= (?:parade|celebration|march|rally|ceremony|procession|festival)))",
    )
)
_ARABIC_DAYS = frozenset(
    "الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه الجمعة السبت نوروز عاشوراء الاربعين رمضان".split()
)

_NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_MULTIPLE = {"single": 1, "lone": 1, "couple": 2, "pair": 2, "both": 2, "trio": 3, "dozen": 12}
_HARM = {
    "killed": "dead killed slain murdered died dying deaths death corpse corpses bodies body funeral "
    "mourners martyr martyrs martyred executed beheaded fatality fatalities",
    "injured": "wounded injured hurt maimed casualties casualty",
    "missing": "missing disappeared lost",
    "abducted": "abducted kidnapped hostage hostages captive captives captured seized detained",
}
_HARMED = {outcome: frozenset(words.split()) for outcome, words in _HARM.items()}


def tells_position(text: str | None, told: Iterable[str] = ()) -> bool:
    """Return whether a text tells a point, a road's or a checkpoint's number, or a distance from somewhere.

    `told` are the names of the units that may be told: a side of one of them is finer than it is.

    >>> [tells_position(t) for t in ("post 3 km north of the river", "Highway 47", "38S MD 12345 67890")]
    [True, True, True]
    >>> tells_position("police in southern Kifri", ["Kifri"]), tells_position("Kifri police", ["Kifri"])
    (True, False)
    """
    if not text:
        return False
    plain = seen(text)
    return any(p.search(plain) for p in _POSITIONS) or _tells_side(folded(text), told)


def _tells_side(words: tuple[str, ...], told: Iterable[str]) -> bool:
    heard = [sound(word) for word in words]
    for name in told:
        run = [sound(word) for word in folded(name)]
        for at in range(len(words) - len(run) + 1) if run else ():
            if heard[at : at + len(run)] != run:
                continue
            before = at - 1
            while before >= 0 and words[before] in _LINKS - _SIDES:
                before -= 1
            after = at + len(run)
            while after < len(words) and words[after] in ("s", "city", "town"):
                after += 1
            if (before >= 0 and words[before] in _SIDES) or (after < len(words) and words[after] in _SIDES):
                return True
    return False


def tells_day(text: str | None) -> bool:
    """Return whether a text tells a day, a weekday, a month or a feast.

    >>> [tells_day(t) for t in ("Newroz crowd", "Friday prayers", "police of 6 March", "protest march")]
    [True, True, True, False]
    """
    if not text:
        return False
    plain = seen(text)
    return any(p.search(plain) for p in _DAYS) or any(w in _ARABIC_DAYS for w in folded(text))


def tells_figure(text: str | None, outcome: str, figures: Collection[int], *, people: bool) -> bool:
    """Return whether a text tells how many were harmed: a number with a word of harm, or one of `figures`.

    A figure alone counts where the text is about `people`: two vehicles are not two dead.

    >>> [tells_figure("two men", "killed", {2}, people=people) for people in (True, False)]
    [True, False]
    >>> tells_figure("funeral of four guards", "killed", {2}, people=False)
    True
    """
    if not text:
        return False
    words = folded(text)
    numbers = {n for word in words if (n := _number(word)) is not None}
    if numbers and not _HARMED[outcome].isdisjoint(words):
        return True
    return people and not numbers.isdisjoint(figures)


def figures_of(toll: Any) -> set[int]:
    """Return the numbers of a toll in the contract's JSON."""
    return {toll[key] for key in ("low", "best", "high") if isinstance(toll.get(key), int)} if toll else set()


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word[:9])
    return _NUMBERS.index(word) if word in _NUMBERS else _MULTIPLE.get(word)
