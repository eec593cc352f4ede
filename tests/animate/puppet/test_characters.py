import itertools

import numpy as np
import pytest

from vcam.animate.puppet import extras
from vcam.animate.puppet.characters import FIGURES
from vcam.animate.puppet.portrait import Portrait
from vcam.animate.puppet.signals import Signals
from vcam.animate.puppet.style import Character, Glasses, Hair, Hat, Style, style_of
from vcam.types import Label

RADIUS = 60.0


@pytest.mark.parametrize("character", list(Character))
@pytest.mark.parametrize("roll", [0.0, 0.6])
def test_the_head_hides_its_ellipse_at_every_turn_and_mood(character: Character, roll: float) -> None:
    figure, portrait = FIGURES[character], Portrait(style_of(character))
    for yaw, pitch in itertools.product((-1.3, 0.0, 1.3), (-0.8, 0.0, 0.8)):
        signals = Signals(jaw_open=0.8, smile_left=0.5, yaw=yaw, pitch=pitch, roll=roll)
        for label in (Label.NEUTRAL, Label.ANGER, Label.SADNESS):
            pixels, middle_x, middle_y = portrait.draw(signals, {label: 1.0}, RADIUS, 0.4)
            y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]].astype(float)
            x, y = x - middle_x, y - middle_y
            u, v = np.cos(roll) * x + np.sin(roll) * y, np.cos(roll) * y - np.sin(roll) * x
            inside = (u / figure.half_width) ** 2 + (v / figure.half_height) ** 2 <= RADIUS**2
            assert pixels[..., 3][inside].min() == 255


@pytest.mark.parametrize(
    "style",
    [
        *(style_of(character) for character in Character),
        *(Style(hair=hair) for hair in Hair),
        *(Style(hat=hat) for hat in Hat),
        *(Style(glasses=glasses) for glasses in Glasses),
    ],
    ids=str,
)
def test_nothing_is_cut_off_at_the_sprites_edge(style: Style) -> None:
    portrait = Portrait(style)
    for yaw, roll, label in itertools.product((-1.2, 0.0, 1.2), (0.0, 0.8), (Label.NEUTRAL, Label.ANGER)):
        signals = Signals(yaw=yaw, pitch=yaw / 2, roll=roll, brow_up_left=1, brow_up_right=1)
        pixels = portrait.draw(signals, {label: 1.0}, RADIUS, 0.9).pixels
        rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert rim[:, 3].max() <= 12


def test_every_choice_of_dress_has_its_room() -> None:
    assert set(extras.ROOM) == {*Hair, *Hat, *Glasses}


@pytest.mark.parametrize("character", list(Character))
def test_the_eyes_alone_look_to_the_side(character: Character) -> None:
    portrait = Portrait(style_of(character))
    left, ahead, right = (
        portrait.draw(Signals(look_x=x), {}, RADIUS, 0.0).pixels.astype(int) for x in (1.0, 0.0, -1.0)
    )
    middle = round(portrait.draw(Signals(), {}, RADIUS, 0.0).y)
    for looking in (left, right):
        moved = np.abs(looking - ahead).max(axis=2) > 40
        assert moved[:middle].sum() > 60
        assert not moved[middle + round(0.35 * RADIUS) :].any()


def test_the_persons_left_is_at_the_right_of_the_picture() -> None:
    portrait = Portrait(style_of(Character.GHOST))

    def eyes_x(look_x: float) -> float:
        drawing = portrait.draw(Signals(look_x=look_x), {}, RADIUS, 0.0)
        band = drawing.pixels[round(drawing.y - 0.4 * RADIUS) : round(drawing.y + 0.2 * RADIUS)]
        dark = (band[..., :3].max(axis=2) < 110) & (band[..., 3] > 200)
        return float(np.nonzero(dark)[1].mean())

    assert eyes_x(-1.0) + 0.1 * RADIUS < eyes_x(0.0) + 0.05 * RADIUS < eyes_x(1.0)
