from typing import Any

import pytest

from vcam.animate.art.lottie_parts import check_layer, check_table
from vcam.errors import PackError

EASE = {"x": [0.5], "y": [1]}
PATH = {"c": True, "v": [[0, 0], [1, 0]], "i": [[0, 0], [0, 0]], "o": [[0, 0], [0, 0]]}


@pytest.mark.parametrize(
    "value",
    [
        3,
        [1, 2, 3],
        PATH,
        [{"t": 0, "s": [1, 2], "i": EASE, "o": EASE}, {"t": 9, "s": [3, 4]}],
        [{"t": 0, "s": [1, 2], "e": [3, 4], "i": EASE, "o": EASE, "ti": [0, 0], "to": [1, 1]}, {"t": 9}],
        [{"t": 0, "s": [PATH], "h": 1}, {"t": 9, "s": [PATH]}],
        [{"t": 0, "s": 5, "i": {"x": 0.5, "y": 1}, "o": {"x": 0, "y": 0}}, {"t": 9, "s": 6}],
    ],
)
def test_properties_of_every_shape_are_fine(value: Any) -> None:
    check_table({"a": 0, "k": value})


@pytest.mark.parametrize(
    "value",
    [
        [],
        "x",
        True,
        {},
        [[1, 2]],
        [1, "x"],
        PATH | {"i": [[0, 0]]},
        PATH | {"c": 1},
        PATH | {"v": [[0], [0]]},
        {"v": [], "i": [], "o": []},
        [{"s": [1]}],
        [{"t": 0}],
        [{"t": 0, "s": []}],
        [{"t": 0, "s": [1], "i": {"x": [], "y": [1]}, "o": EASE}],
        [{"t": 0, "s": [1], "i": EASE}],
        [{"t": 0, "s": [1], "i": 3, "o": EASE}],
        [{"t": 0, "s": [1], "to": [1]}],
        [{"t": 0, "s": [1], "i": EASE | {"s": {"k": 0}}, "o": EASE}],
        [{"t": 0, "s": [1], "parent": 0}],
        [{"t": 0, "s": [1], "h": "x"}],
        [{"t": 0, "s": [1, 2]}, {"t": 1, "s": [1]}],
        [{"t": 0, "s": [PATH]}, {"t": 1, "s": [1]}],
        [{"t": 0, "s": [PATH]}, {"t": 1, "s": [PATH | {"v": [[0, 0]], "i": [[0, 0]], "o": [[0, 0]]}]}],
    ],
)
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(PackError, match="neither numbers, a path nor key frames"):
        check_table({"a": 0, "k": value})


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"k": 1, "x": "time * 2"}, "expression"),
        ({"k": 1, "s": {"k": 0}}, "also something else"),
        ({"ty": "st", "lc": [1, 2]}, "one number"),
        ({"p": 1, "k": {"k": [65536, 1, 1, 1]}}, "missing or out of range"),
        ({"ty": "zz top"}, "unknown kind"),
        ({"ty": "fl", "c": 3}, '"c" is no property'),
        ({"ty": "rc", "s": {}}, '"s" is no property'),
        ({"ty": "gf", "g": 3}, '"g" is no table'),
        ({"ty": "rp", "c": {"k": 500}}, "more than 100 copies"),
        ({"ty": "rp", "c": {"k": [{"t": 0, "s": [500]}]}}, "more than 100 copies"),
        ({"p": 2, "k": {"k": [0, 1, 1, 1]}}, "missing or out of range"),
        ({"p": 0, "k": {"k": [0, 1, 1, 1]}}, "missing or out of range"),
        (
            {"p": 2, "k": {"k": [{"t": 0, "s": [0] * 8}, {"t": 1, "s": [0] * 8}]}} | {"p": 3},
            "missing or out of range",
        ),
    ],
)
def test_tables_are_what_they_seem(table: dict[str, Any], says: str) -> None:
    with pytest.raises(PackError, match=says):
        check_table(table)


def test_a_position_may_be_split() -> None:
    check_layer({"ks": {"p": {"s": True, "x": {"k": 1}, "y": {"k": 2}}}})


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        ({"ks": 3}, "table is missing"),
        ({"ks": {"p": 3}}, '"p" is no property'),
        ({"masksProperties": [{"pt": 3}]}, '"pt" is no property'),
        ({"masksProperties": 3}, "no list of tables"),
        ({"shapes": [3]}, "no list of tables"),
        ({"shapes": [{"nm": "x"}]}, "without a kind"),
        ({"shapes": [{"ty": "gr", "it": 3}]}, "without a kind"),
        ({"shapes": [{"ty": "gr", "it": [3]}]}, "no list of shapes"),
    ],
)
def test_layers_are_what_they_seem(layer: dict[str, Any], says: str) -> None:
    with pytest.raises(PackError, match=says):
        check_layer(layer)
