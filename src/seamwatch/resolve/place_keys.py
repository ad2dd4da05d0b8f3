"""Under which folded names an own place is found, and how it is written in the record."""

from __future__ import annotations

from collections.abc import Iterable

from seamwatch.resolve.place_names import ARABIC, bare_name, fold_name, plain_name, skeleton

_LEAST_SKELETON = 4
_LONGEST = 80


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
