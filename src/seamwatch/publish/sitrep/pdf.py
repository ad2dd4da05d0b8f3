"""A situation report as PDF (A4), set by typst with the template beside this file."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from importlib import resources
from typing import Any
from urllib.parse import quote

from seamwatch.errors import SeamwatchError
from seamwatch.publish.sitrep.blocks import WHOLE, Block, Document

# A word so long that no line holds it may be broken after each so many signs.
_LONG_WORD = re.compile(r"\S{28,}")
_PIECE = 14
_MOST_LINKED = 800
_BREAK = "\u200b"
_KEPT = ("svg", "block", "link", "style", "kind")
_PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")"""


def write(document: Document) -> bytes:
    """Return the document as PDF; the same always gives the same bytes.

    Up to 800 parts it is tagged for screen readers, and the numbers of sources are links. A longer one has
    the numbers only: it takes half the time, and about half the room. Texts go into the template as data:
    signs that typst would act on are shown as they are.
    """
    made = document.made
    linked = len(document.blocks) <= _MOST_LINKED
    row = {
        "title": document.title,
        "running": document.running,
        "facts": document.facts,
        "whole": WHOLE,
        "linked": linked,
        "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "blocks": [_block(block) for block in document.blocks],
    }
    template = (resources.files("seamwatch.publish.sitrep") / "report.typ").read_bytes()
    data = json.dumps(_breakable(row))
    return _compile(template, {"document": data}, format="pdf", pdf_tags=linked)


def png(svg: str, dots_per_inch: float = 200.0) -> bytes:
    """Return a drawing as PNG. A unit of the drawing is 1/96 inch."""
    return _compile(_PAGE.encode(), {"svg": svg}, format="png", ppi=dots_per_inch)


def _compile(source: bytes, inputs: dict[str, str], **options: Any) -> bytes:
    import typst

    try:
        # Without the machine's own fonts the report looks alike everywhere.
        made = typst.compile(source, sys_inputs=inputs, ignore_system_fonts=True, **options)
    except (typst.TypstError, RuntimeError) as wrong:
        raise SeamwatchError(
            f"the report can't be set in type ({wrong}); take another format, and report this",
            code="no_document",
        ) from wrong
    assert isinstance(made, bytes)
    return made


def _block(block: Block) -> dict[str, Any]:
    row = {"block": type(block).__name__, **asdict(block)}
    for source in row.get("sources", ()):
        url = source["url"]
        source["linked"] = url.lower().startswith(("http://", "https://"))
        source["link"] = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return row


def _breakable(value: Any, key: str = "") -> Any:
    """Return the values with places to break in words that no line holds."""
    if isinstance(value, str):
        return value if key in _KEPT else _LONG_WORD.sub(_broken, value)
    if isinstance(value, dict):
        return {name: _breakable(part, name) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(part, key) for part in value]
    return value


def _broken(found: re.Match[str]) -> str:
    word = found[0]
    return _BREAK.join(word[at : at + _PIECE] for at in range(0, len(word), _PIECE))
