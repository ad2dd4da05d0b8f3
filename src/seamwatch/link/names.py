"""Names compared across spellings: consonant skeletons without articles, apostrophes, doubled letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from rapidfuzz.fuzz import ratio

_WORD = re.compile(r"\w+(?:[-.]\w+)*")
_OF = re.compile(r"['’]s\b")
_MARKS = str.maketrans("", "", "'’‘`ʿʾʻ´")
# The Arabic article as it is written before a word, apart from it, or run into the word before.
_ARTICLES = frozenset("al el ul ol oul il ar er as es ash esh at et ath an en ad ed adh az ez".split())
_ARTICLE = re.compile(rf"^(?:{'|'.join(sorted(_ARTICLES))})-")
_RUN_IN = re.compile(r"(?<=\w\w)(?:al|el|ul)-|(?<=\w)-(?:al|el|ul)-")
# A final h after a vowel is not spoken: Raqqa, Raqqah, Raqqeh.
_SILENT = re.compile(r"(?<=[aeiou])h$")
_DIGRAPHS = (
    ("kh", "x"),
    ("gh", "g"),
    ("dh", "d"),
    ("dj", "j"),
    ("th", "t"),
    ("sh", "s"),
    ("ch", "s"),
    ("ph", "f"),
)
_SOUNDS = str.maketrans("qgz", "kks", "aeiouywv-")
_VOWELS = str.maketrans("qgeyow", "kkaiuu", "-")
_DOUBLED = re.compile(r"(.)\1+")
SAME_LETTERS = 60.0  # of 100: how alike two names with one skeleton must still be
ALIKE = 86.0


def fold(text: str) -> str:
    """Return text in lower case, without diacritics and apostrophes.

    >>> fold("Tal Rabi’a")
    'tal rabia'
    """
    if text.isascii():
        return text.replace("'", "").replace("`", "").lower()
    text = text.translate(_MARKS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded; a hyphen holds a word together.

    >>> words_of("Al-Rashad, the old road")
    ['al-rashad', 'the', 'old', 'road']
    """
    return _WORD.findall(fold(_OF.sub("", text) if "'" in text or "’" in text else text))


@lru_cache(maxsize=20_000)  # few names are in many tellings
def skeleton(name: str) -> str:
    """Return the consonants of a folded name as they sound, so that spellings fall together.

    >>> skeleton("kulajo"), skeleton("kulajaw"), skeleton("al-udhaim"), skeleton("udaim")
    ('klj', 'klj', 'dm', 'dm')
    """
    pieces = []
    words = name.split()
    for word in words:
        if word in _ARTICLES and len(words) > 1:
            continue
        bare = _SILENT.sub("", _RUN_IN.sub("-", _ARTICLE.sub("", word)) if "-" in word else word)
        if "h" in bare or "j" in bare:
            for written, sound in _DIGRAPHS:
                bare = bare.replace(written, sound)
        pieces.append(bare.translate(_SOUNDS))
    return _DOUBLED.sub(r"\1", "".join(pieces))


def same_name(left: str, right: str, left_bones: str, right_bones: str) -> bool:
    """Return whether two folded names with these skeletons are spellings of one name.

    >>> same_name("khanasor", "khana sor", skeleton("khanasor"), skeleton("khana sor"))
    True
    >>> same_name("kirkuk", "kalar", skeleton("kirkuk"), skeleton("kalar"))
    False
    """
    if left == right:
        return True
    if left_bones and left_bones == right_bones:
        return ratio(_letters(left), _letters(right)) >= SAME_LETTERS
    return min(len(left), len(right)) >= 5 and ratio(left, right) >= ALIKE and left[:1] == right[:1]


def _letters(name: str) -> str:
    """Return a folded name as it sounds, with its vowels: three of them, as Arabic writes."""
    words = _RUN_IN.sub("-", name).replace("-", " ").split()
    said = "".join(_SILENT.sub("", word) for word in words if word not in _ARTICLES or len(words) == 1)
    for written, sound in _DIGRAPHS:
        said = said.replace(written, sound)
    return _DOUBLED.sub(r"\1", said.translate(_VOWELS))


def name_parts(text: str | None, place_words: Collection[str]) -> tuple[str, ...]:
    """Return the names that a place phrase holds, folded, without its generic words.

    >>> name_parts("road between Khana Sor and Sinune", {"road", "between", "and"})
    ('khana sor', 'sinune')
    """
    if not text:
        return ()
    parts: list[str] = []
    for piece in re.split(r"[,;/()–]", text):
        run: list[str] = []
        words = (*words_of(piece), "")
        for at, word in enumerate(words):
            # "at" is a word of place phrases, and the article of a name: Jabal at Turkuman.
            article = run and word in _ARTICLES and words[at + 1] not in place_words and words[at + 1]
            if word and (word not in place_words or article):
                run.append(word)
            elif run:
                parts.append(" ".join(run))
                run = []
    return tuple(dict.fromkeys(parts))
