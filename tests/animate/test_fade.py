from pathlib import Path

from tests.animate.conftest import MakePack
from tests.animate.sample_art import png
from vcam.animate.fade import FADE_NS, Fade
from vcam.animate.pack import Pack, load_pack
from vcam.types import Label

TOML = """
[expressions]
neutral = "a.png"
happiness = ["b.png", "c.png"]
sadness = "d.png"
"""


def pack(make_pack: MakePack, name: str = "mine") -> Pack:
    files = {f"{letter}.png": png(40 + i) for i, letter in enumerate("abcd")}
    folder: Path = make_pack(TOML, files=files, name=name)
    return load_pack(folder)


def names(layers: list) -> list[str]:
    return [layer.art.name.rpartition("/")[2] for layer in layers]


def test_the_first_picture_is_there_at_once(make_pack: MakePack) -> None:
    layers = Fade().layers(pack(make_pack), Label.SADNESS, 5)
    assert names(layers) == ["d.png"]
    assert layers[0].opacity == 1.0
    assert layers[0].since_ns == 5


def test_one_of_the_two_is_always_fully_there(make_pack: MakePack) -> None:
    fade, art = Fade(), pack(make_pack)
    fade.layers(art, Label.NEUTRAL, 0)
    seen = [fade.layers(art, Label.SADNESS, 1_000_000_000 + i * 10_000_000) for i in range(20)]
    assert names(seen[0]) == ["a.png", "d.png"]
    assert [layer.opacity for layer in seen[0]] == [1.0, 0.0]
    assert all(max(layer.opacity for layer in layers) == 1.0 for layers in seen)
    assert names(seen[-1]) == ["d.png"]
    new = [layers[-1].opacity for layers in seen]
    assert new == sorted(new)
    assert sum(len(layers) == 2 for layers in seen) == FADE_NS // 10_000_000


def test_a_change_during_a_fade_waits_for_its_end(make_pack: MakePack) -> None:
    fade, art = Fade(), pack(make_pack)
    fade.layers(art, Label.NEUTRAL, 0)
    fade.layers(art, Label.SADNESS, 1)
    assert names(fade.layers(art, Label.HAPPINESS, 2)) == ["a.png", "d.png"]
    assert names(fade.layers(art, Label.HAPPINESS, 1 + FADE_NS)) == ["d.png", "b.png"]


def test_each_beginning_of_an_expression_picks_the_next_picture(make_pack: MakePack) -> None:
    fade, art = Fade(), pack(make_pack)
    seen = []
    for i, label in enumerate(
        [Label.NEUTRAL, Label.HAPPINESS, Label.NEUTRAL, Label.HAPPINESS, Label.HAPPINESS]
    ):
        fade.layers(art, label, 2 * i * FADE_NS)
        seen += names(fade.layers(art, label, (2 * i + 1) * FADE_NS))
    assert seen == ["a.png", "c.png", "a.png", "c.png", "c.png"] or seen[1] != seen[3]


def test_a_new_pack_fades_in(make_pack: MakePack) -> None:
    fade, old, new = Fade(), pack(make_pack), pack(make_pack, "other")
    fade.layers(old, Label.NEUTRAL, 0)
    layers = fade.layers(new, Label.NEUTRAL, 100)
    assert [layer.art.name for layer in layers] == ["mine/neutral/a.png", "other/neutral/a.png"]
