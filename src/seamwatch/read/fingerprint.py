"""Fingerprints: which articles are the same report, and which are a new version of one."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from seamwatch.errors import ShapeError
from seamwatch.model.text import Article
from seamwatch.read.boilerplate import load_boilerplate

SHINGLE = 5
BANDS = 24
ROWS = 4
# Share of the shorter article's shingles that a version has in common with the other.
VERSION_SHARE = 0.8
# Above this difference in length the longer one is a new report that quotes the old one.
_MOST_GROWTH = 2.5
_FEWEST_WORDS = 4
_MASK = (1 << 64) - 1
_WORD = re.compile(r"\d+(?:[.:/]\d+)*|[^\W\d]+|[%$€£]")
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u202f](?=\d{3}(?!\d))")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: n for n, word in enumerate(_SMALL.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), 2)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of an article to find its copies and versions: about 400 bytes.

    `content_key` is equal for two articles exactly when they are the same report. `shingles` is the
    number of distinct five-word shingles, `signature` their MinHash (96 values of 32 bits).
    """

    content_key: str
    shingles: int
    signature: tuple[int, ...]

    @property
    def bands(self) -> tuple[int, ...]:
        """Return 24 numbers below 2**63; a version shares at least one with the article it renews."""
        packed = struct.pack(f"<{len(self.signature)}I", *self.signature)
        width = 4 * ROWS
        digests = (
            hashlib.blake2b(bytes([band]) + packed[band * width : (band + 1) * width], digest_size=8).digest()
            for band in range(BANDS)
        )
        return tuple(int.from_bytes(digest, "little") >> 1 for digest in digests)

    def to_text(self) -> str:
        """Return the fingerprint as one word of ASCII."""
        packed = struct.pack(f"<{len(self.signature)}I", *self.signature)
        return f"1.{self.content_key}.{self.shingles}.{base64.urlsafe_b64encode(packed).decode('ascii')}"

    @classmethod
    def from_text(cls, text: str) -> Fingerprint:
        """Return the fingerprint that `to_text` wrote; raise ShapeError on anything else."""
        try:
            version, key, shingles, packed = text.split(".")
            signature = struct.unpack(f"<{BANDS * ROWS}I", base64.urlsafe_b64decode(packed))
            if version != "1":
                raise ValueError(f"version {version}")
            return cls(content_key=key, shingles=int(shingles), signature=signature)
        except (ValueError, struct.error) as wrong:
            raise ShapeError(f"not a fingerprint ({wrong}): {text[:40]!r}; read the article again") from None


def fingerprint(article: Article) -> Fingerprint:
    """Return the article's fingerprint. Boilerplate, white space, quotes, dashes and case do not count.

    Every number (2 and "two" are one), name and date does. The title counts only with numbers that the
    text lacks: outlets write their own headlines over an agency's text.

    >>> first = Article(id="a", text="ERBIL (Example 24) - Two guards died near Kifri on Sunday.")
    >>> copy = Article(id="b", text="Two guards died near Kifri on Sunday.\\n\\nRead more: Blast kills 3")
    >>> moved = Article(id="c", text="Three guards died near Kifri on Sunday.")
    >>> [fingerprint(a).content_key == fingerprint(first).content_key for a in (copy, moved)]
    [True, False]
    """
    words = _words(load_boilerplate().strip(article.text, article.source))
    if len(words) < _FEWEST_WORDS:  # all of it looks like boilerplate, so none of it is
        words = _words(article.text)
    known = set(words)
    source = set(_words(article.source or ""))
    headline = [w for w in _words(article.title or "") if w[0].isdigit() and w not in known | source]
    key = hashlib.sha256(" ".join(words + ["|"] + sorted(headline)).encode()).hexdigest()[:32]
    count, signature = _signature(words)
    return Fingerprint(content_key=key, shingles=count, signature=signature)


def row_fingerprint(article: Article) -> Fingerprint:
    """Return the fingerprint of a table's row or a form: a copy only of the very same, a version of no other.

    Rows share most of their words, the names of their columns, with every other row; forms their labels.

    >>> one, other = (Article(id=n, text=f"id: {n}", content_hash=n) for n in "ab")
    >>> row_fingerprint(one) == row_fingerprint(one), is_version(row_fingerprint(one), row_fingerprint(other))
    (True, False)
    """
    key = hashlib.sha256(f"row|{article.content_hash}".encode()).hexdigest()
    first = int(key[:16], 16)
    signature = tuple(_mix(first + row) >> 32 for row in range(BANDS * ROWS))
    return Fingerprint(content_key=key[:32], shingles=0, signature=signature)


def is_version(a: Fingerprint, b: Fingerprint) -> bool:
    """Return whether one article renews the other: nearly the same words, and not the same report."""
    if a.content_key == b.content_key:
        return False
    fewer, more = sorted((a.shingles, b.shingles))
    return more <= _MOST_GROWTH * fewer and share_in_common(a, b) >= VERSION_SHARE


def share_in_common(a: Fingerprint, b: Fingerprint) -> float:
    """Return the estimated share (0 to 1) of the shorter article's shingles that the other has too."""
    same = sum(1 for x, y in zip(a.signature, b.signature, strict=True) if x == y)
    jaccard = same / len(a.signature)
    common = jaccard / (1 + jaccard) * (a.shingles + b.shingles)
    return min(1.0, common / max(1, min(a.shingles, b.shingles)))


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _APOSTROPHE.sub("", _THOUSANDS.sub("", text)).casefold().replace("_", " ")
    return list(_plain_numbers(_WORD.findall(text)))


def _plain_numbers(words: list[str]) -> Iterator[str]:
    """Yield the words with number words as digits; "twenty three" is one number, "20 3" are two."""
    joined = False
    for word, following in zip(words, [*words[1:], ""], strict=False):
        number = _NUMBERS.get(word)
        if joined:
            joined = False
        elif number is None:
            yield word if word.isascii() else "".join(_plain_digit(c) for c in word)
        elif number >= 20 and 1 <= _NUMBERS.get(following, 0) <= 9:
            joined = True
            yield str(number + _NUMBERS[following])
        else:
            yield str(number)


def _plain_digit(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _mix(value: int) -> int:
    """Return the next pseudo-random number (splitmix64): the same in every process and version."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _signature(words: list[str]) -> tuple[int, tuple[int, ...]]:
    """Return how many distinct shingles there are, and for each of 96 hash functions the least value."""
    import numpy as np

    hashes = np.array([zlib.crc32(w.encode()) for w in words] or [0], dtype=np.uint64)
    width = min(SHINGLE, len(hashes))
    rolled = np.zeros(len(hashes) - width + 1, dtype=np.uint64)
    for offset in range(width):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + hashes[offset : len(hashes) - width + 1 + offset]
    rolled = np.unique(rolled ^ (rolled >> np.uint64(31)))
    factors = np.array([_mix(2 * i) | 1 for i in range(BANDS * ROWS)], dtype=np.uint64)
    shifts = np.array([_mix(2 * i + 1) for i in range(BANDS * ROWS)], dtype=np.uint64)
    least = np.full(BANDS * ROWS, (1 << 32) - 1, dtype=np.uint64)
    for start in range(0, len(rolled), 4096):  # a book's shingles by 96 functions would fill the memory
        part = rolled[start : start + 4096, None]
        least = np.minimum(least, ((part * factors + shifts) >> np.uint64(32)).min(axis=0))
    return len(rolled), tuple(int(value) for value in least)
