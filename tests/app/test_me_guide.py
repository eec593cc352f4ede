import numpy as np

from vcam.app.me_guide import ASKED, Guide
from vcam.types import Box, Expression, Face, Frame, Label

RNG = np.random.default_rng(3)
PIXELS = RNG.integers(0, 255, (240, 320, 3), np.uint8)


def _frame(at_s: float) -> Frame:
    return Frame(round(at_s * 10), round(at_s * 1e9), PIXELS)


def _shown(label: Label, frame: Frame) -> tuple[list[Face], list[Expression]]:
    face = Face(1, Box(50, 50, 200, 200), np.zeros((468, 3), np.float32), 1.0, frame.captured_ns)
    return [face], [Expression(label, dict.fromkeys(Label, 0.0) | {label: 0.9}, True)]


def test_whoever_shows_what_is_asked_is_soon_done() -> None:
    guide = Guide(patience_s=10, enough_s=2)
    at_s = 0.0
    while guide.asked is not None:
        frame = _frame(at_s)
        guide.take(frame, *_shown(guide.asked, frame))
        at_s += 0.1
    assert set(guide.best.shots) == set(ASKED) == set(Label)
    assert at_s < len(Label) * 2.5


def test_what_is_not_shown_is_left_out_after_a_while() -> None:
    guide = Guide(patience_s=10)
    for tenth in range(len(ASKED) * 102):
        frame = _frame(tenth / 10)
        guide.take(frame, *_shown(Label.HAPPINESS, frame))
    assert guide.asked is None
    assert set(guide.best.shots) == {Label.HAPPINESS}


def test_nobody_in_the_picture_ends_too() -> None:
    guide = Guide(patience_s=1)
    for tenth in range(len(ASKED) * 12):
        guide.take(_frame(tenth / 10), [], [])
    assert guide.asked is None
    assert guide.best.shots == {}


def test_the_picture_is_a_mirror_with_words() -> None:
    guide = Guide()
    frame = _frame(0)
    shown = guide.picture(frame)
    assert shown.shape == PIXELS.shape
    assert np.array_equal(shown[:150], PIXELS[:150, ::-1])
    before = guide.picture(frame)
    guide.skip()
    assert not np.array_equal(before, guide.picture(frame)), "the words change"
