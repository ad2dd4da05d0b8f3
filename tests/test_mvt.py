"""Vector tiles as another program reads them."""

from __future__ import annotations

import math
from typing import Any

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamwatch.publish.mvt import PointLayer, encode_tile

values = (
    st.none()
    | st.booleans()
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
)
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)


@st.composite
def layers(draw: st.DrawFn, name: str) -> PointLayer:
    many = draw(st.integers(0, 6))

    def column(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(of, min_size=many, max_size=many)

    place = column(st.integers(-64, 4096 + 64))
    return PointLayer(
        name=name,
        xs=draw(place),
        ys=draw(place),
        columns=draw(st.dictionaries(names, column(values), max_size=4)),
    )


def read(tile: bytes) -> dict[str, Any]:
    """Return the tile as the reference implementation decodes it, y downwards as it is stored."""
    return dict(mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}))


@given(layers("one"), layers("two"))
def test_another_decoder_reads_what_was_written(one: PointLayer, two: PointLayer) -> None:
    """Points and properties come out of a foreign decoder as they went in, each with its own type."""
    found = read(encode_tile([one, two]))

    assert set(found) == {layer.name for layer in (one, two) if layer.xs}
    for layer in (one, two):
        if not layer.xs:
            continue
        read_back = found[layer.name]
        assert (read_back["version"], read_back["extent"]) == (2, 4096)
        assert [f["geometry"] for f in read_back["features"]] == [
            {"type": "Point", "coordinates": [x, y]} for x, y in zip(layer.xs, layer.ys, strict=True)
        ]
        for n, feature in enumerate(read_back["features"]):
            given_here = {key: column[n] for key, column in layer.columns.items() if column[n] is not None}
            assert feature["properties"] == given_here
            assert {k: type(v) for k, v in feature["properties"].items()} == {
                k: type(v) for k, v in given_here.items()
            }


def test_a_tile_without_points_has_no_bytes() -> None:
    """An empty layer is left out, and a tile without layers is empty."""
    assert encode_tile([PointLayer(name="incidents", xs=[], ys=[], columns={"id": []})]) == b""


def test_equal_values_are_written_once() -> None:
    """A word that a thousand points share stands once in the tile."""
    tile = encode_tile(
        [PointLayer(name="a", xs=[0] * 1000, ys=[0] * 1000, columns={"status": ["confirmed"] * 1000})]
    )

    assert tile.count(b"confirmed") == 1


def test_one_and_true_stay_apart() -> None:
    """1, 1.0 and True are equal to Python and three values of a tile."""
    tile = encode_tile([PointLayer(name="a", xs=[0, 1, 2], ys=[0, 0, 0], columns={"v": [1, 1.0, True]})])

    found = [f["properties"]["v"] for f in read(tile)["a"]["features"]]
    assert [type(v) for v in found] == [int, float, bool]


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1])
def test_a_number_beyond_64_bits_is_refused(number: int) -> None:
    """What no decoder could read is not written."""
    with pytest.raises(ValueError, match="64 bits"):
        encode_tile([PointLayer(name="a", xs=[0], ys=[0], columns={"v": [number]})])


def test_columns_of_other_lengths_are_refused() -> None:
    """A column that lacks a value would shift all after it."""
    with pytest.raises(ValueError, match="all need the same"):
        encode_tile([PointLayer(name="a", xs=[0, 1], ys=[0, 1], columns={"v": [1]})])


def test_infinity_is_a_number() -> None:
    """A value without end is written as the double that it is."""
    tile = encode_tile([PointLayer(name="a", xs=[0], ys=[0], columns={"v": [math.inf]})])

    assert read(tile)["a"]["features"][0]["properties"]["v"] == math.inf
