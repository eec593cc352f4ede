import numpy as np
import pytest

from vcam.animate.puppet.portrait import Portrait
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.style import Glasses, Hair, Hat, Style


def drawn(style: Style, signals: Signals = REST) -> np.ndarray:
    """On a canvas of one size for every style."""
    pixels, x, y = Portrait(style).draw(signals, {}, 50.0, 0.0)
    canvas = np.zeros((241, 241, 4), np.uint8)
    left, top = 120 - round(x), 120 - round(y)
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return canvas


@pytest.mark.parametrize(
    "style",
    [
        *(Style(hair=hair) for hair in Hair if hair is not Hair.NONE),
        *(Style(hat=hat) for hat in Hat if hat is not Hat.NONE),
        *(Style(glasses=glasses) for glasses in Glasses if glasses is not Glasses.NONE),
    ],
    ids=str,
)
def test_each_piece_can_be_seen_and_goes_with_the_head(style: Style) -> None:
    changed = (drawn(style) != drawn(Style())).any(axis=2)
    assert changed.sum() > 300
    turned = (drawn(style, Signals(yaw=0.7)) != drawn(Style(), Signals(yaw=0.7))).any(axis=2)
    assert (turned != changed).any()


def test_hats_sit_on_top_and_glasses_on_the_eyes() -> None:
    plain = drawn(Style()).astype(int)
    hat, glasses = (
        (np.abs(drawn(style) - plain) > 30).any(axis=2)
        for style in (Style(hat=Hat.PARTY), Style(glasses=Glasses.ROUND))
    )
    assert np.nonzero(hat)[0].max() < 120 - 25
    assert abs(np.nonzero(glasses)[0].mean() - (120 - 6)) < 8
