"""Words as they are compared where one must not be told: whatever its letters, marks, script or spelling.

Nothing here finds a place or an actor. It only says when two words may be one name, and rather too often
than too seldom.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from seamwatch.vocabulary.sounds import sound_of

_MARKS = "'’‘‛`´ˈʹ′＇ʿʾʻʼʽˊˋ"
_POSSESSIVE = re.compile(rf"(?<=\w)[{_MARKS}]s\b", re.IGNORECASE)
_DROPPED = {ord(c): None for c in f"{_MARKS}ـ"}
_LATIN = {ord(a): b for a, b in zip("ıøłđðəæœßþ", "i o l d d e ae oe ss th".split(), strict=True)}
# Letters of other scripts that look like Latin ones, in small letters.
_ALIKE = dict(
    zip(
        map(ord, "аәвсԁеѐёғһіїјкӏмнопԛрѕтуүѵԝхѡαβεηικμνορτυχωοϲϳ"),
        "aabcdeeefhiijklmhonqpstyyvwxwabenikmvoptuxwocj",
        strict=True,
    )
)
# What Arabic (Kurdish, Persian) and Cyrillic letters sound like; short vowels are not written in Arabic.
_ARABIC = {
    ord(letter): heard
    for heard, letters in {
        "": "اعءئؤإأآةە", "b": "ب", "p": "پ", "t": "تثط", "j": "ج", "c": "چ", "h": "حهھ", "x": "خ",
        "d": "دذض", "r": "رڕ", "z": "زژظ", "s": "سشص", "g": "غ", "f": "ف", "u": "ڤوۆۇ", "k": "قکكگ",
        "l": "لڵ", "m": "م", "n": "ن", "i": "يیىێ",
    }.items()
    for letter in letters
}  # fmt: skip
_CYRILLIC = {
    ord(letter): heard
    for heard, letters in {
        "": "аяьъ", "b": "б", "u": "воуўүұюө", "g": "гґғ", "d": "дђ", "j": "жјџ", "z": "з", "i": "ийіїыеёєэ",
        "k": "кқ", "l": "лљ", "m": "м", "n": "нңњ", "p": "п", "r": "р", "s": "сшщ", "t": "т",
        "f": "ф", "x": "х", "h": "ҳ", "c": "цчҷћ",
    }.items()
    for letter in letters
}  # fmt: skip
_VOWELS = re.compile("[aiu]")
_SHORTEST = 3


@lru_cache(maxsize=65_536)
def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text in small Latin letters and digits, as far as they look like those.

    Marks, punctuation, and characters that are not seen go; apostrophes within words go, and so does an
    English possessive. Letters of other scripts stay where none is alike.

    >>> folded("Al-Ḥawīja's market"), folded("Tal ʿAfar"), folded("Rabi'a 3")
    (('al', 'hawija', 'market'), ('tal', 'afar'), ('rabia', '3'))
    """
    return tuple(w.translate(_ALIKE) for w in written(text))


@lru_cache(maxsize=65_536)
def written(text: str) -> tuple[str, ...]:
    """Return the words of a text as `folded` does, letters that only look like Latin ones as they are."""
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text).translate(_DROPPED)).casefold()
    made: list[str] = []
    for c in unicodedata.normalize("NFKD", plain).translate(_DROPPED):
        kind = unicodedata.category(c)
        if kind in ("Mn", "Me", "Cf"):
            continue
        if kind == "Nd":
            made.append(str(unicodedata.digit(c)))
        else:
            made.append(c if c.isalnum() else " ")
    return tuple("".join(made).translate(_LATIN).split())


def seen(text: str) -> str:
    """Return a text as a reader sees it: usual characters, ASCII digits, one blank between words.

    >>> seen("٣ km\u200b  ｎorth")
    '3 km north'
    """
    plain = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    digits = (str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in plain)
    return " ".join("".join(digits).split())


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Return how a folded word sounds, without its last vowel where enough is left.

    >>> {sound(w) for w in ("hawija", "huwayjah", "howeije")}, sound("hit") == sound("heet")
    ({'huij'}, True)
    """
    made = sound_of(word)
    return made[:-1] if len(made) > _SHORTEST and made[-1] in "aiu" else made


@lru_cache(maxsize=65_536)
def bones(word: str) -> str:
    """Return the consonants of how a folded word sounds.

    >>> bones("muqdadiya") == bones("miqdadiyah")
    True
    """
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", sound_of(word)))


def script_of(word: str) -> str:
    """Return "arabic", "cyrillic" or "" for any other script, by the first letter of a written word."""
    name = unicodedata.name(word[0], "")
    return "arabic" if name.startswith("ARABIC") else "cyrillic" if name.startswith("CYRILLIC") else ""


@lru_cache(maxsize=65_536)
def spoken(word: str) -> tuple[str, str]:
    """Return what a written word of any script sounds like: with its long vowels, and without vowels.

    >>> spoken("حويجة"), spoken("hawija")
    (('huij', 'hj'), ('huij', 'hj'))
    """
    script = script_of(word)
    if script == "arabic":
        bare = word[2:] if word.startswith("ال") and len(word) > 4 else word
        made = bare.translate(_ARABIC)
    elif script == "cyrillic":
        made = word.replace("дж", "ж").translate(_CYRILLIC)
    else:
        made = sound_of(word).replace("a", "")
    made = re.sub(r"(.)\1+", r"\1", made)
    return made, re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", made))


def same_spoken(one: str, other: str) -> bool:
    """Return whether written words of two scripts may be one name.

    Their consonants are the same, and the long vowels of the one that has fewer stand in the other too.

    >>> same_spoken("كفري", "kifri"), same_spoken("داقوق", "daquq"), same_spoken("كركوك", "kifri")
    (True, True, False)
    """
    (a, bare), (b, other_bare) = spoken(one), spoken(other)
    if bare != other_bare or min(len(a), len(b)) < _SHORTEST:
        return False
    short, long = sorted((a, b), key=len)
    rest = iter(long)
    return all(c in rest for c in short)
