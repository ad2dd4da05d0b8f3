"""Names compared across spellings: consonant skeletons without articles, apostrophes, doubled letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from rapidfuzz.fuzz import ratio

_WORD = re.compile(r"\w+(?:[-.]\w+)*")
_OF = re.compile(r"['’]s\b")
_MARKS = str.maketrans("", "", "'’‘`ʿʾʻ´")
_ARTICLE = re.compile(r"^(?:al|el|ul|ar|as|ash|at|an|ad|az|adh)-|^(?:al|el)$")
_DIGRAPHS = (("kh", "x"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("sh", "s"), ("ch", "c"), ("ph", "f"))
_SOUNDS = str.maketrans("qz", "ks", "aeiouywv-")
_DOUBLED = re.compile(r"(.)\1+")
SAME_LETTERS = 55.0  # of 100: how alike two names with one skeleton must still be
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


def skeleton(name: str) -> str:
    """Return the consonants of a folded name as they sound, so that spellings fall together.

    >>> skeleton("kulajo"), skeleton("kulajaw"), skeleton("al-udhaim"), skeleton("udaim")
    ('klj', 'klj', 'dm', 'dm')
    """
    pieces = []
    for word in name.split():
        bare = _ARTICLE.sub("", word) if "-" in word or len(word) == 2 else word
        if "h" in bare:
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
        return ratio(left.replace(" ", ""), right.replace(" ", "")) >= SAME_LETTERS
    return min(len(left), len(right)) >= 5 and ratio(left, right) >= ALIKE and left[:1] == right[:1]


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
        for word in (*words_of(piece), ""):
            if word and word not in place_words:
                run.append(word)
            elif run:
                parts.append(" ".join(run))
                run = []
    return tuple(dict.fromkeys(parts))
