import numpy as np

from vcam.animate.puppet.portrait import Portrait
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.style import Hat, Style
from vcam.types import Label


def test_the_same_strings_give_the_same_picture() -> None:
    portrait = Portrait(Style())
    one, other = (portrait.draw(Signals(smile_left=0.4), {Label.FEAR: 0.5}, 50, 1.5) for _ in range(2))
    assert np.array_equal(one, other)
    assert one.dtype == np.uint8
    assert one.flags.c_contiguous
    assert (one[..., :3].max(axis=2) <= one[..., 3]).all()


def test_the_side_is_odd_and_has_room_for_the_hat() -> None:
    plain, hatted = (Portrait(style).draw(REST, {}, 50, 0) for style in (Style(), Style(hat=Hat.PARTY)))
    assert len(plain) % 2 == 1
    assert len(hatted) > 1.5 * len(plain)


def test_every_string_pulls_something() -> None:
    portrait = Portrait(Style())
    rest = portrait.draw(REST, {}, 60, 0)
    for name in Signals._fields:
        assert (portrait.draw(Signals(**{name: 0.9}), {}, 60, 0) != rest).any(), name
