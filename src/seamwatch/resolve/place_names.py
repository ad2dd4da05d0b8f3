"""Folding of place names: one key for spellings that differ in case, marks, hyphens or articles."""

from __future__ import annotations

import re
import unicodedata

from seamwatch.vocabulary.sounds import sound_of

_MARKS = {ord(c): None for c in "'’‘ʿʾʻʼ`´ˈ\"“”"}
_SPACES = {ord(c): " " for c in "-‐‑–—/_,()"}
_LETTERS = {
    ord(a): b
    for a, b in {
        "ı": "i", "ø": "o", "ł": "l", "ß": "ss", "đ": "d", "æ": "ae", "œ": "oe", "ə": "e", "ð": "d",
        "þ": "th",
    }.items()
}  # fmt: skip
# One letter for those that Arabic, Kurdish and Persian keyboards write in several ways; the tatweel and
# the joiners are no letters.
_ARABIC_LETTERS = {
    ord(a): b
    for a, b in {
        "ی": "ي", "ى": "ي", "ې": "ي", "ێ": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ە": "ه", "ۀ": "ه", "ہ": "ه",
        "ھ": "ه", "ۆ": "و", "ۇ": "و", "ڕ": "ر", "ڵ": "ل", "گ": "ك", "ٱ": "ا", "آ": "ا", "ـ": "", "\u200c": "",
        "\u200d": "", "ء": "",
    }.items()
}  # fmt: skip
_PLAIN = {**_MARKS, **_SPACES, **_LETTERS, **_ARABIC_LETTERS, ord("."): None}
# countries whose names carry the Arabic article, or not, as the writer likes
ARABIC = frozenset("IQ SY IR LB JO PS IL EG LY DZ TN MA SA YE OM AE QA KW BH SD MR SO DJ AF TD ER".split())
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
ARTICLES = frozenset("al el ad ar as ash at an az adh ath ud ul ed er es esh et ez en the".split())
_GENERIC = frozenset(
    "governorate province provinces state region district districts qada qadaa nahiyat city muhafazat county "
    "department municipality prefecture oblast division parish subdistrict township".split()
)


def fold_name(text: str) -> str:
    """Return the key of a name: lower case, no diacritics, marks or full stops, words parted by one space.

    >>> fold_name("Tall ‘Afar"), fold_name("Deir ez-Zor"), fold_name("St. Petersburg")
    ('tall afar', 'deir ez zor', 'saint petersburg')
    """
    text = text.lower()
    if text.endswith(".") and text.count(".") > 1 and len(text) <= 6:
        return text  # U.S., W.Va., L.A.
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text).lower()
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = text.translate(_PLAIN).split()
    if len(words) > 1 and words[0] in _SHORT:
        words[0] = _SHORT[words[0]]
    return " ".join(words)


def bare_name(key: str) -> str:
    """Return a folded name without the Arabic article and its assimilated forms.

    >>> bare_name("al hawija"), bare_name("deir ez zor"), bare_name("al")
    ('hawija', 'deir zor', 'al')
    >>> bare_name(fold_name("الحويجة")) == bare_name(fold_name("حويجه"))
    True
    """
    words = [w for w in key.split() if w not in ARTICLES]
    if key > "\u0600" and len(key) > 4 and key[:2] == "ال" and key[0] < "\u0700":
        words = [w[2:] if w[:2] == "ال" and len(w) > 4 else w for w in words]
    return " ".join(words) or key


def skeleton(key: str) -> str:
    """Return what the transliterations of one name have in common (for names in Arabic or Kurdish).

    >>> skeleton("tuz khormato") == skeleton("tuz khurmatu"), skeleton("kolajo") == skeleton("kulajaw")
    (True, True)
    """
    return sound_of(bare_name(key).replace(" ", ""))


def plain_name(text: str) -> str:
    """Return a name in Latin letters without diacritics, its case kept.

    >>> plain_name("Ḩadīthah"), plain_name("São Paulo")
    ('Hadithah', 'Sao Paulo')
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(str.maketrans("ıøłđ", "iold")))
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"[‘’ʿʾʻʼ`]", "'", kept).replace("''", "'").strip()


def without_generic(text: str) -> str:
    """Return a division's name without its generic word.

    >>> without_generic("Daquq District"), without_generic("Qada Balad Ruz"), without_generic("Kirkuk")
    ('Daquq', 'Balad Ruz', 'Kirkuk')
    """
    words = text.split()
    kept = [w for w in words if w.lower().strip("'’`‘") not in _GENERIC]
    return " ".join(kept or words)
