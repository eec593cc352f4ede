import numpy as np
import pytest

from vcam.animate.puppet.characters import FIGURES
from vcam.animate.puppet.light import Light
from vcam.animate.puppet.style import Character, style_of
from vcam.types import Label


def light(character: Character = Character.CLASSIC) -> Light:
    figure = FIGURES[character]
    return Light(figure.daylight, style_of(character).palette, figure.reach)


@pytest.mark.parametrize("character", list(Character))
@pytest.mark.parametrize("radius_px", [9.0, 60.0, 301.7])
def test_it_is_opaque_and_as_large_as_the_head(character: Character, radius_px: float) -> None:
    layer = light(character).layer(radius_px, {Label.DISGUST: 1.0}, 0.4)
    assert layer.pixels[..., 3].min() == 255
    reach = FIGURES[character].reach * radius_px - 1
    assert layer.x >= reach
    assert layer.pixels.shape[1] - 1 - layer.x >= reach


def test_it_is_made_anew_only_for_what_can_be_seen() -> None:
    one = light()
    first = one.layer(200.0, {}, 0.0)
    assert one.layer(201.5, {}, 1.0) is first, "a plain head may turn in its light"
    grown = one.layer(201.9, {}, 0.0)
    assert grown is not first
    assert one.layer(200.5, {}, 0.0) is grown, "the size does not go to and fro"
    flushed = one.layer(201.9, {Label.ANGER: 0.8}, 0.0)
    assert flushed is not grown
    assert one.layer(201.9, {Label.ANGER: 0.8}, 0.1) is not flushed, "a flush turns with the head"


def test_what_is_kept_is_hardly_wrong() -> None:
    kept = light()
    kept.layer(200.0, {}, 0.0)
    kept, exact = kept.layer(201.5, {}, 0.0), light().layer(201.5, {}, 0.0)
    shift_x, half = round(exact.x) - round(kept.x), 190
    middle = round(kept.x)
    seen = kept.pixels[middle - half : middle + half, middle - half : middle + half]
    middle += shift_x
    right = exact.pixels[middle - half : middle + half, middle - half : middle + half]
    assert np.abs(seen.astype(int) - right).max() <= 3


def test_a_flush_colours_the_forehead_wherever_it_is() -> None:
    def red(roll: float) -> tuple[float, float]:
        plain = light().layer(100.0, {}, 0.0)
        angry = light().layer(100.0, {Label.ANGER: 1.0}, roll)
        less_green = plain.pixels[..., 1].astype(float) - angry.pixels[..., 1]
        y, x = np.mgrid[: less_green.shape[0], : less_green.shape[1]]
        return (
            float((less_green * (x - plain.x)).sum() / less_green.sum()),
            float((less_green * (y - plain.y)).sum() / less_green.sum()),
        )

    x, y = red(0.0)
    assert x == pytest.approx(0, abs=3)
    assert y < -35
    assert red(np.pi / 2) == pytest.approx((-y, 0), abs=4)
