"""Under which folded names an own place is found, and how it is written in the record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from seamwatch.resolve.place_names import ARABIC, bare_name, fold_name, plain_name, skeleton

_LEAST_SKELETON = 4
_LONGEST = 80
# Names with what the folding rules are about, by which a change of the rules is noticed.
_PROBES = (
    "Tall ‘Afar", "al-Ḩawījah", "Deir ez-Zor", "St. Petersburg", "Qarah Tappah", "Kūlājū", "Khurmatu Ward",
    "الحويجة", "گەرمیان", "Şırnak", "Hewlêr", "Łódź", "Ğazāla", "Кіровськ", "آمیدی", "Shwan-Quch",
)  # fmt: skip


def keys_of(names: Iterable[str], aliases: Iterable[str], *, spoken: bool) -> dict[str, bool]:
    """Return the folded names of a place, each with whether it is named so (else only called so too).

    Own names are found without the Arabic article and by what their transliterations have in common ("~"
    before it); aliases only with `spoken`.

    >>> keys_of(["al-Hawija"], ["Hewice"], spoken=False)
    {'al hawija': True, 'hawija': True, '~huija': False, 'hewice': False}
    """
    keys: dict[str, bool] = {}

    def add(key: str, own: bool) -> None:
        if 1 < len(key) <= _LONGEST and (own or key not in keys):
            keys[key] = own

    for own, group in ((True, names), (False, aliases)):
        for name in group:
            key = fold_name(name)
            add(key, own)
            if own or spoken:
                add(bare_name(key), own)
                bones = skeleton(key) if key.isascii() else ""
                if len(bones) >= _LEAST_SKELETON:
                    add("~" + bones, False)
    return keys


def shown_name(name: str, aliases: Iterable[str], country: str | None) -> str:
    """Return a name as the record writes it: without diacritics, in Latin letters where one is given so.

    >>> shown_name("Kūlājū", (), "IQ"), shown_name("الحويجة", ("Al Hawijah",), "IQ")
    ('Kulaju', 'Al Hawijah')
    """
    plain = plain_name(name)
    if not plain.isascii():
        plain = next((a for a in map(plain_name, aliases) if a.isascii()), name)
    # without the ayn and hamza that news leaves out
    return plain.replace("'", "") if country in ARABIC and plain.strip("'") else plain


@lru_cache(maxsize=1)
def folding_mark() -> str:
    """Return a mark of the rules by which names are folded: another one where they fold otherwise."""
    made = [sorted(keys_of((name,), (), spoken=True).items()) for name in _PROBES]
    return hashlib.sha256(repr(made).encode()).hexdigest()[:16]
