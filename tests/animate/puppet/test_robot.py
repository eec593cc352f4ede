import numpy as np

from vcam.animate.puppet.portrait import Portrait
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.style import Character, style_of


def glow(signals: Signals) -> np.ndarray:
    """Where the screen shines in the eyes' colour."""
    drawing = Portrait(style_of(Character.ROBOT)).draw(signals, {}, 80.0, 0.0)
    pixels = drawing.pixels[round(drawing.y) - 90 : round(drawing.y) + 91].astype(int)
    return (pixels[..., 0] > 200) & (pixels[..., 2] < 130)


def test_the_screen_shows_blinks_smiles_and_words() -> None:
    rest = glow(REST)
    upper, lower = slice(None, len(rest) // 2 + 5), slice(len(rest) // 2 + 5, None)
    assert glow(Signals(blink_left=1, blink_right=1))[upper].sum() < 0.7 * rest[upper].sum()
    assert glow(Signals(jaw_open=1))[lower].sum() > 1.2 * rest[lower].sum()
    assert (glow(Signals(brow_down_left=1, brow_down_right=1))[upper] & ~rest[upper]).sum() > 50
