import cv2
import numpy as np
import pytest

from vcam.animate.puppet import features
from vcam.animate.puppet.brush import Brush, oval
from vcam.animate.puppet.features import Lid, Mouth, Palette
from vcam.animate.puppet.signals import REST, Signals
from vcam.animate.puppet.turn import Turn

PALETTE = Palette(0xFFC93C, 0x402010, 0x201008, 0xFF7755)


def ink(draw) -> np.ndarray:
    """Where something was drawn."""
    brush = Brush((201, 201), (100, 100), 90.0)
    draw(brush)
    return brush.pixels[..., 3] > 40


def height(mask: np.ndarray) -> int:
    return int(np.ptp(np.nonzero(mask)[0])) if mask.any() else 0


@pytest.mark.parametrize("eye", ["oval", "round"])
def test_an_eye_closes_with_the_blink_and_only_its_own(eye: str) -> None:
    def drawn(signals: Signals, side: int = -1) -> int:
        if eye == "oval":
            return height(ink(lambda b: features.oval_eye(b, signals, side, (0.2, 0.3), PALETTE, 0.0)))
        return height(ink(lambda b: features.round_eye(b, signals, side, 0.3, 0x55AA55, 1.0, PALETTE)))

    opened = drawn(REST)
    heights = [drawn(Signals(blink_right=blink)) for blink in (0.0, 0.3, 0.6, 0.8)]
    assert heights == sorted(heights, reverse=True)
    shut = drawn(Signals(blink_right=1.0))
    assert shut < 0.45 * opened
    assert drawn(Signals(blink_left=1.0)) == opened
    assert drawn(Signals(blink_left=1.0), side=1) == shut


@pytest.mark.parametrize("squint", [0.0, 0.05, 0.1, 0.2, 0.4, 0.7])
@pytest.mark.parametrize(("y", "rx", "ry"), [(0.0, 0.2, 0.3), (0.1, 0.15, 0.17)])
def test_what_is_seen_above_the_lid_is_the_ellipse_less_the_lid(
    squint: float, y: float, rx: float, ry: float
) -> None:
    lid = Lid(0.2, 0.3, squint)
    seen = ink(lambda b: b.fill(lid.over(y, rx, ry), 0))
    ys, xs = (np.mgrid[:201, :201] - 100) / 90
    ellipse = (xs / rx) ** 2 + ((ys - y) / ry) ** 2 <= 1
    above = ys <= lid.middle + 0.48 * squint * (xs / 0.2) ** 2
    # The edge is where coverage reaches a sixth, so it lies up to half a pixel further out.
    assert (seen != (ellipse & above)).sum() <= 0.06 * ellipse.sum() + 8


def test_a_closed_eye_smiles_with_the_mouth() -> None:
    def middle(smile: float) -> float:
        mask = ink(lambda b: features.closed_eye(b, 0.3, smile, 1.0, 0))
        return float(np.nonzero(mask[:, 100])[0].mean())

    assert middle(1.0) < middle(0.0)


def test_brows_rise_fall_and_are_mirrored() -> None:
    def level(signals: Signals, side: int = 1) -> float:
        return float(np.nonzero(ink(lambda b: features.brow(b, signals, side, 0.3, 0.08, 0)))[0].mean())

    assert level(Signals(brow_up_left=1)) < level(REST) < level(Signals(brow_down_left=1))
    assert level(Signals(brow_up_left=1), side=-1) == level(REST, side=-1)
    left, right = (ink(lambda b, s=s: features.brow(b, REST, s, 0.3, 0.08, 0)) for s in (-1, 1))
    assert (left != right[:, ::-1]).mean() < 0.002


def test_a_mouth_opens_smiles_frowns_and_puckers() -> None:
    rest = Mouth.of(REST, 0.36)
    assert rest.gap < 0.05
    assert Mouth.of(Signals(jaw_open=1), 0.36).gap > 0.4
    smiling = Mouth.of(Signals(smile_left=1, smile_right=1), 0.36)
    assert smiling.corner_left < rest.corner_left
    assert smiling.half_width > rest.half_width
    assert Mouth.of(Signals(frown_left=1, frown_right=1), 0.36).corner_left > 0.1
    assert Mouth.of(Signals(pucker=1), 0.36).half_width < 0.6 * rest.half_width


def test_a_smirk_lifts_the_persons_own_side() -> None:
    smirk = Mouth.of(Signals(smile_left=1), 0.36)
    assert smirk.corner_right < smirk.corner_left  # the left one of the person is at the right of the picture


@pytest.mark.parametrize("jaw", np.linspace(0, 1, 12))
def test_lips_stay_between_the_corners_and_the_gap(jaw: float) -> None:
    mask = ink(lambda b: features.mouth(b, Signals(jaw_open=float(jaw)), 0.36, PALETTE))
    assert mask.any()
    assert height(mask) < 0.85 * 90


def test_cheeks_on_the_rim_only_tint_what_is_there() -> None:
    assert not ink(lambda b: features.cheeks(b, Turn(0.8, 0), PALETTE, 1.0)).any()


def test_cheeks_from_the_front_and_from_the_side_look_alike() -> None:
    def rosy(turn: Turn) -> np.ndarray:
        brush = Brush((201, 201), (100, 100), 90.0)
        brush.fill(oval(0, 0, 1.02, 1.02), PALETTE.body)
        features.cheeks(brush, turn, PALETTE, 0.6)
        return brush.pixels.astype(int)

    class Far(Turn):
        is_far = True

    assert np.abs(rosy(Turn(0.2, 0)) - rosy(Far(0.2, 0))).max() <= 8


@pytest.mark.parametrize(
    "signals", [Signals(), Signals(blink_left=0.5), Signals(smile_left=1, smile_right=1)]
)
@pytest.mark.parametrize("look_x", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("look_y", [-1.0, 0.0, 1.0])
def test_nothing_of_a_round_eye_leaves_its_white_but_the_lid(
    signals: Signals, look_x: float, look_y: float
) -> None:
    brush, white = (Brush((201, 201), (100, 100), 90.0) for _ in range(2))
    features.round_eye(brush, signals._replace(look_x=look_x, look_y=look_y), 1, 0.5, 0xFF0000, 0.0, PALETTE)
    features.round_eye(white, signals._replace(look_y=0.0), 1, 0.5, 0xFFFFFF, 0.0, PALETTE)
    near = cv2.dilate(white.pixels[..., 3], np.ones((3, 3), np.uint8))  # soft edges differ by a pixel
    assert not brush.pixels[near == 0].any()
    assert (brush.pixels[..., 2].astype(int) - brush.pixels[..., 1] > 200).sum() > 500, "the iris is seen"
