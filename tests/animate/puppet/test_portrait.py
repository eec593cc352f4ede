import numpy as np
import pytest

from vcam.animate.puppet.portrait import Portrait
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.style import Hat, Style
from vcam.types import Label


def test_the_same_strings_give_the_same_picture() -> None:
    portrait = Portrait(Style())
    one, other = (portrait.draw(Signals(smile_left=0.4), {Label.FEAR: 0.5}, 50, 1.5).pixels for _ in range(2))
    assert np.array_equal(one, other)
    assert one.dtype == np.uint8
    assert one.flags.c_contiguous
    assert (one[..., :3].max(axis=2) <= one[..., 3]).all()


def test_there_is_room_above_for_the_hat_and_only_there() -> None:
    plain, hatted = (Portrait(style).draw(REST, {}, 50, 0) for style in (Style(), Style(hat=Hat.PARTY)))
    assert hatted.y > plain.y + 35
    assert hatted.pixels.shape[1] == plain.pixels.shape[1]


def test_the_middle_keeps_the_fraction_of_its_place() -> None:
    drawing = Portrait(Style()).draw(REST, {}, 50, 0, (300.25, 12.75))
    assert (drawing.x % 1, drawing.y % 1) == (0.25, 0.75)
    alpha = drawing.pixels[..., 3].astype(float)
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]]
    assert (alpha * x).sum() / alpha.sum() == pytest.approx(drawing.x, abs=0.03)
    assert (alpha * y).sum() / alpha.sum() == pytest.approx(drawing.y, abs=0.03)


def test_every_string_pulls_something() -> None:
    portrait = Portrait(Style())
    rest = portrait.draw(REST, {}, 60, 0).pixels
    upright = rest.shape
    for name in Signals._fields:
        drawn = portrait.draw(Signals(**{name: 0.9}), {}, 60, 0).pixels
        assert drawn.shape != upright or (drawn != rest).any(), name
