import pytest

from tests.animate.sample_art import as_json, lottie
from vcam.animate.art.lottie import MAX_BYTES, clean_lottie
from vcam.errors import PackError

INSIDE = [{"ty": 0, "refId": "a"}]


def with_layer(**changes: object) -> bytes:
    document = lottie()
    document["layers"][0] |= changes
    return as_json(document)


def test_canvas_and_timing_are_read() -> None:
    clean = clean_lottie(as_json(lottie()))
    assert clean[1:] == (200, 200, 60, 30)
    assert clean_lottie(clean.data) == clean


EASE = {"x": [0.5], "y": [1]}


def with_position(value: object) -> bytes:
    return with_layer(ks={"p": {"a": 1, "k": value}})


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def laughing(levels: int, width: int) -> bytes:
    assets = [{"id": "a0", "layers": lottie()["layers"]}] + [
        {"id": f"a{level}", "layers": [{"ty": 0, "refId": f"a{level - 1}"}] * width}
        for level in range(1, levels)
    ]
    return as_json(lottie(assets=assets, layers=[{"ty": 0, "refId": f"a{levels - 1}"}]))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "not JSON"),
        (b'{"layers": [NaN]}', "not JSON"),
        (b"[]", "no Lottie"),
        (b'{"layers": 3}', "no Lottie"),
        (b" " * (MAX_BYTES + 1), "larger"),
        (as_json(lottie(w=10_000)), '"w"'),
        (as_json(lottie(h=0)), '"h"'),
        (as_json(lottie(fr="x")), '"fr"'),
        (as_json(lottie(fr=1e-9)), '"fr"'),
        (as_json(lottie(op=5000)), "5000 frames"),
        (as_json(lottie(op=0.5)), '"op"'),
        (with_layer(e=nested(60)), "nested"),
        (with_layer(e=[1] * 500_000), "values"),
        (with_layer(e=1e12), "beyond"),
        (with_layer(e=10**400), "beyond|JSON"),
        (with_layer(ks={"o": {"a": 0, "k": 100, "x": "var $bm_rt = time;"}}), "expression"),
        (with_layer(e=None), "null"),
        (with_position([]), "property"),
        (with_position([{"t": 0, "s": [1, 2], "i": {"x": [], "y": [1]}, "o": EASE}]), "property"),
        (with_position([{"t": 0, "s": [1, 2]}, {"t": 1, "s": 3}]), "property"),
        (with_layer(shapes=[{"ty": "gf", "g": {"p": 3, "k": {"a": 0, "k": [0, 1, 1, 1]}}}]), "gradient"),
        (with_layer(shapes=[{"ty": "gf", "g": {"p": -1, "k": {"a": 0, "k": [0, 1, 1, 1]}}}]), "gradient"),
        (with_layer(ks=3), "table"),
        (with_layer(masksProperties=[{"pt": 3}]), "property"),
        (with_layer(shapes=[{"nm": "x"}]), "without a kind"),
        (with_layer(shapes=[{"ty": "gr", "it": [3]}]), "list of shapes"),
        (with_layer(ty=2), "pictures"),
        (with_layer(ty=5), "text"),
        (with_layer(ty=99), "unknown kind"),
        (with_layer(ty=3), "no shape layer"),
        (with_layer(parent=1), "own parent"),
        (with_layer(parent="x"), "own parent"),
        (with_layer(shapes=[{"ty": "rp", "c": {"a": 0, "k": 1e5}}]), "repeater"),
        (as_json(lottie(layers=["x"])), "unknown kind"),
        (as_json(lottie(assets=[{"id": "i", "p": "a.png", "u": "http://x/"}])), "pictures"),
        (as_json(lottie(assets=[{"id": "i"}])), "no layers"),
        (as_json(lottie(assets="x")), "assets"),
        (as_json(lottie(layers=[{"ty": 0, "refId": "gone"}])), "missing"),
        (as_json(lottie(assets=[{"id": "a", "layers": INSIDE}], layers=INSIDE)), "contains itself"),
        (laughing(levels=12, width=10), "layers"),
    ],
)  # fmt: skip
def test_what_no_emoji_needs_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(PackError, match=says) as caught:
        clean_lottie(content)
    assert caught.value.hint.endswith(".")


def test_what_editors_add_is_dropped() -> None:
    content = as_json(
        lottie(meta={"g": None}, fonts={"list": [{"fPath": "http://x"}]}, markers=[{"cm": "x" * 99}])
    )
    assert clean_lottie(content) == clean_lottie(as_json(lottie()))


def test_compositions_are_followed() -> None:
    clean_lottie(laughing(levels=3, width=10))
