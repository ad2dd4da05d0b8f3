"""Datelines, and the labels that head the items of a bulletin; only a label is where something happened."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seamwatch.model.text import Article
from seamwatch.resolve.gazetteer import DIVISION1
from seamwatch.resolve.place_containers import Resolved
from seamwatch.resolve.place_reading import Found

# "ERBIL (Kurdistan 24) –", "BAGHDAD, Sept 28 (X) -", "Baghdad - State News", "Jalalabad (BNA)"
_OUTLET = r"\([^)\n]{1,40}\)\s*"
_DATELINE = re.compile(
    rf"^[ \t]*(?:[A-Z][A-Z.'’\-]+(?:[ \-][A-Z.'’\-]+){{0,3}}(?:,[^\n(:–—-]{{2,30}}){{0,2}}\s*"
    rf"(?:{_OUTLET})?(?:--|[-–—:])"
    r"|[A-Z][\w'’\-]+(?: [A-Z][\w'’\-]+){0,2}(?:, [^\n(:–—]{2,30})?\s*"
    rf"(?:{_OUTLET}(?:--|[-–—:])?|\s(?:--|[-–—])\s|,[^\n:]{{2,12}}\s:\s))",
    re.MULTILINE,
)
# "Sanaa: At least 43 people ..." opens a report; several such lines are the items of a bulletin
_LABEL = re.compile(
    r"^[ \t]*(?P<item>[-•*·–][ \t]*)?[^\W\d_][^\n:.(]{1,40}?(?:,[^\n:]{2,30})?[ \t]?:(?=\s)", re.MULTILINE
)
_OPENING = 400


def mark_datelines(article: Article, found: Sequence[Found]) -> None:
    """Mark the place of writing: before the dash that opens one of the first paragraphs."""
    labels = _labels(article.text, found)
    for match in _DATELINE.finditer(article.text, 0, 1500):
        if len(labels) > 1 and match.group().rstrip().endswith(":"):
            continue
        for item in found:
            inside = item.part == "text" and match.start() <= item.start and item.end <= match.end()
            if inside and not item.source_name and item.setting.level in ("", "place"):
                _write_from(item)
    if len(labels) == 1 and labels[0].start < _OPENING:
        _write_from(labels[0])
    for item in labels:  # the items of a bulletin are headed by provinces
        if item.setting.level == "label":
            item.setting.level = "province" if len(labels) > 1 else ""
        item.label = len(labels) > 1


def _write_from(item: Found) -> None:
    item.dateline = True
    item.setting.relation = ""


def _labels(text: str, found: Sequence[Found]) -> list[Found]:
    """Return the names that stand alone before a colon at the start of a line; a listed item counts twice."""
    starts = {item.start: item for item in found if item.part == "text" and not item.source_name}
    labels: list[Found] = []
    for match in _LABEL.finditer(text):
        start = match.start() + len(match.group()) - len(match.group().lstrip(" \t-•*·–"))
        item = starts.get(start)
        if item is None or item.setting.level not in ("", "place") or item.nationality is not None:
            continue
        rest = text[item.end : match.end() - 1].strip()
        if rest and not rest.startswith(","):
            continue
        if not rest and any(u.kind == DIVISION1 for u in item.candidates):
            item.setting.level = item.setting.level or "label"
        labels += [item, item] if match.group("item") else [item]
    return labels


def head_items(text: str, resolved: Sequence[Resolved]) -> None:
    """Put the unknown names of a bulletin's item into the place that heads it."""
    labels = [at for at, item in enumerate(resolved) if item.found.label]
    for at, item in enumerate(resolved):
        found = item.found
        if found.part != "text" or found.candidates or item.around or item.beside or found.nationality:
            continue
        head = max((i for i in labels if i < at), default=None)
        if head is not None and "\n" not in text[resolved[head].found.end : found.start]:
            item.around.append(head)
