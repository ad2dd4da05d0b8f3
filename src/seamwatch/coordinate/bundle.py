"""Pages of feeds as a file, for places without a line: a zip with a signed manifest.

A bundle may come from anybody. It is never unpacked to disk: only names of its own form are read, each in
pieces and up to its limit, and nothing is given out before its digest is that of the signed manifest.

The manifest also tells how far feeds go at its maker: of its own feed to the receiver a head, of the
receiver's own feeds the newest entries that it holds. Those bear the receiver's own signature, so nobody can
make them up.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from seamwatch.coordinate.bundle_manifest import (
    MOST_HELD,
    MOST_PAGES,
    Bundle,
    BundleHeads,
    Manifest,
    Part,
)
from seamwatch.coordinate.canonical import canonical, moment_text
from seamwatch.coordinate.exchange_codec import (
    MOST_PAGE_BYTES,
    entry_json,
    head_json,
    page_json,
    read_entry,
    read_head,
    read_page,
)
from seamwatch.coordinate.keys import KeyRing, verifies
from seamwatch.coordinate.strict import read_json
from seamwatch.errors import InputError
from seamwatch.model.exchange import Page

MOST_FILE = 2_000_000_000
"""Bytes of a bundle as it lies on disk."""
MOST_TOTAL = 4_000_000_000
"""Bytes of all its pages, inflated."""
MOST_RATIO = 100
"""How many times larger than its packed bytes a part may be; a page of entries alone is about 4 times."""

_MOST_MANIFEST = 4 << 20
_MOST_PAPERS = 16 << 20
_MOST_DIRECTORY = 8 << 20
_FREE_RATIO = 64 << 10  # bytes that may be packed as tightly as they like
_PIECE = 64 << 10
_END = 22  # bytes of a zip's end record without a comment
_MANIFEST = "manifest.json"
_PAPERS = "papers.json"
_PAGE_NAME = re.compile(r"pages/[0-9]{6}\.json")
_MOST = {_MANIFEST: _MOST_MANIFEST, _PAPERS: _MOST_PAPERS}
_SAID = b"seamwatch bundle\n"


def write_bundle(
    file: Path,
    pages: Iterable[Page],
    *,
    keys: KeyRing,
    receiver: str,
    made: datetime,
    charter: str = "",
    heads: BundleHeads | None = None,
) -> int:
    """Write pages to a new bundle for a party; return how many entries it holds.

    The file is written beside its place and put there when it is whole. InputError where it would be too
    large; OSError where it can't be written.
    """
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as raw:
            count = _write(raw, pages, heads, keys=keys, receiver=receiver, made=made, charter=charter)
            raw.flush()
            os.fsync(raw.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _write(
    raw: Any,
    pages: Iterable[Page],
    heads: BundleHeads | None,
    *,
    keys: KeyRing,
    receiver: str,
    made: datetime,
    charter: str,
) -> int:
    parts: list[dict[str, Any]] = []
    count = total = 0
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as packed:
        for page in pages:
            body = canonical(page_json(page))
            count += len(page.items)
            total += len(body)
            if len(parts) >= MOST_PAGES or total > MOST_FILE:
                raise InputError("more than one bundle holds: exchange over a line", code="too_large")
            name = f"pages/{len(parts) + 1:06}.json"
            parts.append(_part(packed, name, body))
        manifest: dict[str, Any] = {
            "seamwatch": "bundle 1" if heads is None else "bundle 2",
            "sender": keys.party,
            "receiver": receiver,
            "made": moment_text(made),
            "charter": charter,
            "pages": parts,
        }
        if heads is not None:
            manifest["head"] = None if heads.head is None else head_json(heads.head)
            manifest["held"] = [entry_json(entry) for entry in heads.held[:MOST_HELD]]
            if heads.papers is not None:
                manifest["papers"] = _part(packed, _PAPERS, canonical(heads.papers))
        signed = {**manifest, "signature": keys.sign(_SAID + canonical(manifest))}
        packed.writestr(_MANIFEST, canonical(signed))
    return count


def _part(packed: zipfile.ZipFile, name: str, body: bytes) -> dict[str, Any]:
    packed.writestr(name, body)
    return {"name": name, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}


@contextmanager
def open_bundle(file: Path, sign_key_of: Callable[[str], str | None]) -> Iterator[Bundle]:
    """Return an opened bundle; `sign_key_of` gives the public key of a party, None where it takes no part.

    InputError (bad_bundle, too_large, forged, not_party) says what is wrong with which part of it.
    """
    try:
        raw = file.open("rb")
    except OSError as wrong:
        raise InputError(f"can't read the bundle {file} ({wrong.strerror or wrong})") from wrong
    with raw:
        with _damage_told(file):
            _check_directory(file, raw)
            packed = zipfile.ZipFile(raw)
        with packed:
            parts = _checked_parts(file, packed)
            yield _opened(file, packed, parts, sign_key_of)


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    try:
        yield
    # All that zipfile raises for what is no zip, or a damaged one.
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, EOFError) as wrong:
        raise _bad(file, f"it is damaged, or no bundle of Seamwatch ({wrong})") from wrong
    except (NotImplementedError, RuntimeError) as wrong:
        raise _bad(file, f"it is packed in a way that bundles are not ({wrong})") from wrong


def _bad(file: Path, said: str, code: str = "bad_bundle") -> InputError:
    return InputError(f"{file.name}: {said}; nothing more of it was taken", code=code)


def _check_directory(file: Path, raw: Any) -> None:
    """Refuse a zip whose list of names alone would fill the memory, before it is read."""
    size = os.fstat(raw.fileno()).st_size
    if size > MOST_FILE:
        raise _bad(file, f"it has {size:,} bytes, more than {MOST_FILE:,}", "too_large")
    raw.seek(max(0, size - _END - 20))
    tail = raw.read()
    end = tail[-_END:]
    if len(end) < _END or end[:4] != b"PK\x05\x06" or end[-2:] != b"\0\0":
        raise _bad(file, "it is damaged, or no bundle of Seamwatch")
    count, length = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if tail[:4] == b"PK\x06\x07" or count > MOST_PAGES + 2 or length > _MOST_DIRECTORY:
        raise _bad(file, f"it has more than {MOST_PAGES:,} parts", "too_large")
    raw.seek(0)


def _checked_parts(file: Path, packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the parts by name, where all have names and sizes that a bundle can have."""
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for part in packed.infolist():
        # The name as it stands in the file: Python cuts it at a NUL, and changes separators.
        name = part.orig_filename
        shown = repr(name[:100])
        if name in found:
            raise _bad(file, f"it has two parts with the name {shown}")
        if name not in _MOST and not _PAGE_NAME.fullmatch(name):
            raise _bad(file, f"a part has the name {shown}, which no part of a bundle has")
        if stat.S_IFMT(part.external_attr >> 16) not in (0, stat.S_IFREG):
            raise _bad(file, f"{shown} is a link, or no plain file")
        if part.flag_bits & 0x1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _bad(file, f"{shown} is packed in a way that bundles are not")
        most = _MOST.get(name, MOST_PAGE_BYTES)
        if part.file_size > most:
            raise _bad(file, f"{shown} has {part.file_size:,} bytes, more than {most:,}", "too_large")
        if part.file_size > _FREE_RATIO + MOST_RATIO * part.compress_size:
            raise _bad(file, f"{shown} would grow more than {MOST_RATIO} times when unpacked", "too_large")
        total += part.file_size
        if total > MOST_TOTAL:
            raise _bad(file, f"its parts have more than {MOST_TOTAL:,} bytes together", "too_large")
        found[name] = part
    if _MANIFEST not in found:
        raise _bad(file, f"it has no {_MANIFEST}")
    return found


def _opened(
    file: Path,
    packed: zipfile.ZipFile,
    parts: dict[str, zipfile.ZipInfo],
    sign_key_of: Callable[[str], str | None],
) -> Bundle:
    body = _inflated(file, packed, parts[_MANIFEST], _MOST_MANIFEST)
    try:
        manifest = msgspec.json.decode(body, type=Manifest)
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
        raise _bad(file, f"its manifest is not one ({str(wrong)[:200]})") from None
    key = sign_key_of(manifest.sender)
    if key is None:
        raise _bad(file, f"{manifest.sender}, who wrote it, takes no part in the charter now", "not_party")
    del said["signature"]
    if not verifies(key, _SAID + canonical(said), manifest.signature):
        raise _bad(file, f"its manifest does not bear the signature of {manifest.sender}", "forged")
    papers = manifest.papers
    named = [*manifest.pages, *([] if papers is None else [papers])]
    if sorted(part.name for part in named) != sorted(parts.keys() - {_MANIFEST}) or any(
        (part.name == _PAPERS) != (part is papers) for part in named
    ):
        raise _bad(file, "its parts are not those that its manifest names", "forged")
    return Bundle(
        sender=manifest.sender,
        receiver=manifest.receiver,
        made=manifest.made,
        charter=manifest.charter,
        digest=hashlib.sha256(body).hexdigest(),
        pages=(read_page(_body(file, packed, parts[part.name], part)) for part in manifest.pages),
        heads=BundleHeads(
            head=None if manifest.head is None else read_head(manifest.head),
            held=tuple(map(read_entry, manifest.held)),
            papers=None if papers is None else _papers(file, _body(file, packed, parts[_PAPERS], papers)),
        ),
    )


def _papers(file: Path, body: bytes) -> Mapping[str, Any]:
    found = read_json(body, f"{file.name}: {_PAPERS}", _MOST_PAPERS)
    if not isinstance(found, dict):
        raise _bad(file, f"its {_PAPERS} holds no charters and notices")
    return found


def _body(file: Path, packed: zipfile.ZipFile, info: zipfile.ZipInfo, part: Part) -> bytes:
    body = _inflated(file, packed, info, part.bytes)
    if hashlib.sha256(body).hexdigest() != part.sha256:
        raise _bad(file, f"{part.name} is not what its manifest says", "forged")
    return body


def _inflated(file: Path, packed: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Return a part's bytes. What it says of its own size is not relied on."""
    made = bytearray()
    with _damage_told(file), packed.open(info) as part:
        while piece := part.read(_PIECE):
            made += piece
            if len(made) > most:
                raise _bad(file, f"{info.filename!r} has more than {most:,} bytes", "too_large")
    return bytes(made)
