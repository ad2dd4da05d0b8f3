"""Which rows of the map's columns pass a filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seamwatch.model.region import Ring, box_around, within
from seamwatch.serve.map_columns import DEGREE, MapColumns, Places
from seamwatch.store.base import Box, IncidentFilter
from seamwatch.store.base_map import OPEN, MapStore

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
NamedMask = Callable[[str, str], Mask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The rows of `of` that pass, in its order; `code` has those with a point. `own`: `of` is its alone."""

    of: MapColumns
    rows: Rows
    code: Places
    own: bool = False


def select(columns: MapColumns, wanted: IncidentFilter, named: NamedMask) -> Selection:
    """Return the incidents that pass a filter: the same as `store.incidents` lists.

    `named` gives the mask of an area, an actor or words of the articles: see `mask_of`.
    """
    mask = np.ones(len(columns), bool)
    for part in _numbers(columns, wanted):
        mask &= part
    for kind, name in (("area", wanted.area), ("actor", wanted.actor), ("text", wanted.text)):
        if name is not None:
            mask &= named(kind, name)
    return _selected(columns, mask)


def mask_of(columns: MapColumns, store: MapStore, kind: str, name: str) -> Mask:
    """Return which incidents have an area, an actor or words: what the store knows and columns do not."""
    find = {"area": store.map_keys_in, "actor": store.map_keys_by, "text": store.map_keys_told}[kind]
    return mask_with(columns, find(name))


def select_all(columns: MapColumns) -> Selection:
    """Return all incidents of columns that were made for this selection."""
    return replace(_selected(columns, np.ones(len(columns), bool)), own=True)


def without(selection: Selection, keys: NDArray[np.int64]) -> Selection:
    """Return a selection without the incidents of these keys."""
    mask = np.zeros(len(selection.of), bool)
    mask[selection.rows] = True
    return _selected(selection.of, mask & ~mask_with(selection.of, keys))


def _selected(columns: MapColumns, mask: Mask) -> Selection:
    rows = np.flatnonzero(mask)
    located = int(np.searchsorted(rows, columns.located))
    return Selection(of=columns, rows=rows, code=columns.code[rows[:located]])


def _numbers(columns: MapColumns, wanted: IncidentFilter) -> list[Mask]:
    at = columns.columns
    parts: list[Mask] = []
    if wanted.statuses is not None:
        parts.append(_one_of(columns, "status", *wanted.statuses))
    # An open value is smaller than every other: no day, no figure, no precision passes.
    if wanted.since is not None:
        parts.append(at["last"] >= wanted.since.toordinal())
    if wanted.until is not None:
        parts.append((at["first"] <= wanted.until.toordinal()) & (at["first"] != OPEN))
    for names in ([wanted.type] if wanted.type is not None else None, wanted.types or None):
        if names is not None:
            asked = {name.strip().lower() for name in names}
            words = [word for word in columns.words.values() if word.lower() in asked]
            parts.append(_one_of(columns, "event_type", *words) | _one_of(columns, "sub_event_type", *words))
    if wanted.min_killed is not None:
        parts.append(at["killed"] >= wanted.min_killed)
    if wanted.precision is not None:
        parts.append((at["precision"] <= wanted.precision) & (at["precision"] != OPEN))
    if wanted.bbox is not None:
        parts.append(_in_box(columns, wanted.bbox))
    if wanted.within is not None:
        parts.append(_in_ring(columns, wanted.within))
    return parts


def _one_of(columns: MapColumns, name: str, *words: str) -> Mask:
    column = columns.columns[name]
    mask = np.zeros(len(columns), bool)
    for code in columns.codes_of(*words):
        mask |= column == code
    return mask


def _in_box(columns: MapColumns, box: Box) -> Mask:
    west, south, east, north = (round(side * DEGREE) for side in box)
    lat, lon = columns.columns["lat"], columns.columns["lon"]
    across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    mask: Mask = (lat >= south) & (lat <= north) & across
    mask[columns.located :] = False
    return mask


def _in_ring(columns: MapColumns, ring: Ring) -> Mask:
    mask = _in_box(columns, box_around(ring))
    # Only what lies in its box is compared with the polygon.
    rows = np.flatnonzero(mask)
    lat, lon = (columns.columns[name][rows] / DEGREE for name in ("lat", "lon"))
    mask[rows] = within(ring, lon, lat)
    return mask


def mask_with(columns: MapColumns, keys: NDArray[np.int64]) -> Mask:
    """Return which incidents have one of these keys."""
    if not len(keys) or not len(columns):
        return np.zeros(len(columns), bool)
    # Keys are small and dense: a table of all is quicker than sorting.
    flags = np.zeros(int(max(keys.max(), columns.key.max())) + 1, bool)
    flags[keys] = True
    return np.asarray(flags[columns.key], bool)
