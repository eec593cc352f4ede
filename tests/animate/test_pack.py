from pathlib import Path

import numpy as np
import pytest

from tests.animate.conftest import MakePack
from tests.animate.sample_art import png, svg
from vcam.animate.art.art import Placing
from vcam.animate.art.loader import ArtSource
from vcam.animate.pack import FALLBACK, check_name, load_pack
from vcam.errors import PackError
from vcam.types import Label

SHIPPED = Path(__file__).parents[2] / "overlays"
DRAWN = ["classic", "cat", "pixel"]


def test_every_classic_expression_is_a_round_opaque_face() -> None:
    pack = load_pack(SHIPPED / "classic")
    rows, columns = np.mgrid[0:256, 0:256]
    inside = np.hypot(rows - 127.5, columns - 127.5) < 126
    for label in Label:
        art = pack.art(label)
        sprite = art.sprite(256)
        assert art.aspect == pytest.approx(1, abs=0.01)
        assert art.content_box(sprite).height == 256
        assert (sprite.pixels[2:-2, 2:-2, 3][inside] == 255).all()


@pytest.mark.parametrize("name", DRAWN)
def test_shipped_expressions_do_not_look_alike(name: str) -> None:
    pack = load_pack(SHIPPED / name)
    assert set(pack.arts) == set(Label)
    assert pack.licence == "CC0-1.0"
    shown = [pack.art(label).sprite(64).pixels[..., :3].astype(int) for label in Label]
    for number, one in enumerate(shown):
        for other in shown[:number]:
            assert np.abs(one - other).mean() > 8


def test_a_minimal_pack(make_pack: MakePack) -> None:
    pack = load_pack(make_pack())
    assert pack.name == pack.title == "mine"
    assert list(pack.arts) == [Label.HAPPINESS]
    assert pack.art(Label.HAPPINESS).placing == Placing()
    assert pack.art(Label.HAPPINESS).sprite(20).name == "mine/happiness/a.png"
    assert pack.preview is pack.art(Label.HAPPINESS)
    assert not pack.is_puppet


FULL = """\
[pack]
title = "Full"
author = "Me"
licence = "CC0-1.0"
description = "All there is."
preview = "b.svg"
choose = "rotate"

[placing]
scale = 1.5

[expressions]
neutral = ["a.png", { picture = "b.svg", anchor = "top", offset = [0.1, -0.2], turns = false }]
anger = { picture = "a.png", anchor = [0.25, 0.75], scale = 2 }

[fallback]
happiness = ["anger"]
"""


def test_everything_can_be_said(make_pack: MakePack) -> None:
    pack = load_pack(make_pack(FULL, files={"a.png": png(), "b.svg": svg()}))
    first, second = pack.arts[Label.NEUTRAL]
    assert first.placing == Placing(scale=1.5)
    assert second.placing == Placing((0.5, 0.0), 1.5, (0.1, -0.2), turns=False)
    assert pack.arts[Label.ANGER][0].placing == Placing((0.25, 0.75), 2.0)
    assert (pack.title, pack.author, pack.licence, pack.description) == (
        "Full",
        "Me",
        "CC0-1.0",
        "All there is.",
    )
    assert pack.preview is not None
    assert pack.preview.picture is second.picture
    assert pack.art(Label.HAPPINESS) is pack.arts[Label.ANGER][0]


def test_a_file_used_twice_is_read_once(make_pack: MakePack) -> None:
    pack = load_pack(make_pack('[expressions]\nneutral = "a.png"\nanger = "a.png"\n'))
    assert pack.art(Label.NEUTRAL).picture is pack.art(Label.ANGER).picture


def test_pictures_can_keep_their_common_frame(make_pack: MakePack) -> None:
    toml = '[pack]\ntrim = false\n[expressions]\nneutral = "a.png"\nanger = "b.svg"\n'
    files = {"a.png": png(80, 40, (10, 10, 30, 30)), "b.svg": svg()}
    pack = load_pack(make_pack(toml, files=files))
    assert pack.art(Label.NEUTRAL).aspect == 2
    assert pack.art(Label.ANGER).aspect == 1
    box = pack.art(Label.ANGER).content_box(pack.art(Label.ANGER).sprite(256))
    assert box.height == 256


def test_pictures_rotate(make_pack: MakePack) -> None:
    pack = load_pack(make_pack('[expressions]\nneutral = ["a.png", "a.png", "a.png"]\n'))
    arts = pack.arts[Label.NEUTRAL]
    assert [arts.index(pack.art(Label.NEUTRAL, pick)) for pick in range(5)] == [0, 1, 2, 0, 1]


def test_a_random_choice_can_be_repeated(make_pack: MakePack) -> None:
    pack = load_pack(
        make_pack('[pack]\nchoose = "random"\n[expressions]\nneutral = ["a.png", "a.png", "a.png"]\n')
    )
    arts = pack.arts[Label.NEUTRAL]
    picked = [arts.index(pack.art(Label.NEUTRAL, pick)) for pick in range(300)]
    assert picked == [arts.index(pack.art(Label.NEUTRAL, pick)) for pick in range(300)]
    assert all(picked.count(index) > 60 for index in range(3))


@pytest.mark.parametrize("label", Label)
def test_every_expression_is_stood_in_for(make_pack: MakePack, label: Label) -> None:
    for only in Label:
        pack = load_pack(make_pack(f'[expressions]\n{only.value} = "a.png"\n'))
        assert pack.art(label) is pack.arts[only][0]


def test_the_nearest_expression_stands_in(make_pack: MakePack) -> None:
    pack = load_pack(make_pack('[expressions]\nneutral = "a.png"\nsurprise = "a.png"\n'))
    assert pack.art(Label.FEAR) is pack.arts[Label.SURPRISE][0]
    assert pack.art(Label.SADNESS) is pack.arts[Label.NEUTRAL][0]
    assert set(FALLBACK) == set(Label)


@pytest.mark.parametrize(
    ("toml", "line", "says"),
    [
        ("", 1, "has no pictures"),
        ("[expressions]\n", 1, "has no pictures"),
        ('[expressions]\nhapiness = "a.png"', 2, "is no expression"),
        ('[expressions]\n\nhappiness = "b.png"', 3, "b.png: there is no such file"),
        ("[expressions]\nhappiness = 3", 2, "must be a picture"),
        ("[expressions]\nhappiness = []", 2, "must be a picture"),
        (f"[expressions]\nhappiness = {['a.png'] * 17}", 2, "list of up to 16"),
        ('[expressions]\nhappiness = { file = "a.png" }', 2, "names no picture"),
        ('[expressions]\nhappiness = { picture = "a.png", scael = 2 }', 2, "scael"),
        ('[expressions]\nhappiness = { picture = "a.png", scale = 1e9 }', 2, "out of range"),
        ('[expressions]\nhappiness = { picture = "a.png", anchor = "middle" }', 2, "not known"),
        ('[expressions]\nhappiness = { picture = "a.png", anchor = [1] }', 2, "two numbers"),
        ('[expressions.happiness]\npicture = "a.png"\noffset = [0, 99]', 3, "offset's y is out of range"),
        ('[expressions]\nhappiness = "a.png"\n[pack]\ntitel = "x"', 4, "titel"),
        ('[expressions]\nhappiness = "a.png"\n[pack]\nchoose = "x"', 4, "not known"),
        ('[expressions]\nhappiness = "a.png"\n[pack]\npreview = "x.png"', 4, "no such file"),
        ('[expressions]\nhappiness = "a.png"\n[placing]\nscale = "x"', 4, "must be a number"),
        ('[expressions]\nhappiness = "a.png"\n[fallback]\nanger = "fear"', 4, "list of expressions"),
        ('[expressions]\nhappiness = "a.png"\n[fallback]\nanger = ["x"]', 4, "is no expression"),
        ('[expressions]\nhappiness = "a.png"\n[more]\nx = 1', 3, "more"),
        ('[expressions]\nhappiness = "../a.png"', 2, "points out of"),
        ('[expressions]\nhappiness = "bad.png"', 2, "cannot be decoded"),
        ('[expressions]\nhappiness = "bad.svg"', 2, "bad.svg: line 1: not well-formed"),
        ('[puppet]\ncharacter = "cat"\ntail = 1', 3, "tail"),
        ('[puppet]\ncharacter = "dog"', 2, "not known"),
        ('[puppet]\n[expressions]\nneutral = "a.png"', 1, "either drawn live or has pictures"),
    ],
)
def test_complaints_name_file_line_and_remedy(make_pack: MakePack, toml: str, line: int, says: str) -> None:
    folder = make_pack(toml, files={"a.png": png(), "bad.png": b"x", "bad.svg": b"x"})
    with pytest.raises(PackError, match=says) as caught:
        load_pack(folder)
    assert str(caught.value).startswith(f"pack.toml, line {line}: ")
    assert caught.value.hint.endswith((".", "?"))


def test_a_puppet_has_a_style_and_no_pictures(make_pack: MakePack) -> None:
    pack = load_pack(make_pack('[puppet]\ncharacter = "cat"\n'))
    assert pack.is_puppet
    assert pack.puppet is not None
    assert pack.puppet.character == "cat"
    assert pack.preview is None
    with pytest.raises(ValueError, match="drawn live"):
        pack.art(Label.NEUTRAL)


def test_only_vector_art_is_tried(make_pack: MakePack) -> None:
    tried: list[str] = []

    def trial(sources: list[ArtSource]) -> None:
        tried.extend(source.name for source in sources)

    load_pack(
        make_pack('[expressions]\nneutral = ["a.png", "b.svg"]\n', files={"a.png": png(), "b.svg": svg()}),
        trial=trial,
    )
    assert tried == ["b.svg"]


def test_a_failed_trial_is_raised_before_anything_is_drawn(make_pack: MakePack) -> None:
    def trial(sources: list[ArtSource]) -> None:
        raise PackError("crash", hint="No.")

    with pytest.raises(PackError, match="crash"):
        load_pack(make_pack('[expressions]\nneutral = "b.svg"\n', files={"b.svg": svg("")}), trial=trial)


@pytest.mark.parametrize("name", ["", "Mine", "-a", "a b", "a/b", "..", "con", "com1", "a" * 41, "ä"])
def test_names_work_on_every_system(name: str) -> None:
    with pytest.raises(PackError, match="cannot be the name"):
        check_name(name)


@pytest.mark.parametrize("name", ["a", "my-cats_2", "9lives", "console"])
def test_ordinary_names_are_fine(name: str) -> None:
    check_name(name)
