import itertools

import numpy as np
import pytest

from vcam.app.icon import Look, draw
from vcam.types import Label


@pytest.mark.parametrize("side_px", [16, 22, 24, 64, 256])
@pytest.mark.parametrize("look", list(Look))
def test_every_size_has_clear_corners_and_a_full_middle(look: Look, side_px: int) -> None:
    picture = np.asarray(draw(look, side_px=side_px))
    assert picture.shape == (side_px, side_px, 4)
    assert not picture[[0, 0, -1, -1], [0, -1, 0, -1], 3].any()
    assert picture[side_px // 2, side_px // 2, 3] == 255


def _difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(float) - b.astype(float)).mean())


@pytest.mark.parametrize(("a", "b"), list(itertools.combinations(Look, 2)))
def test_looks_differ_at_the_size_of_a_tray(a: Look, b: Look) -> None:
    assert _difference(np.asarray(draw(a, side_px=22)), np.asarray(draw(b, side_px=22))) > 8


@pytest.mark.parametrize(("a", "b"), list(itertools.combinations(Look, 2)))
def test_looks_differ_without_colour(a: Look, b: Look) -> None:
    grey = [np.asarray(draw(look, side_px=22).convert("LA")) for look in (a, b)]
    assert _difference(*grey) > 5


@pytest.mark.parametrize(("a", "b"), list(itertools.combinations(Label, 2)))
def test_expressions_differ(a: Label, b: Label) -> None:
    assert _difference(np.asarray(draw(Look.LIVE, a)), np.asarray(draw(Look.LIVE, b))) > 0.7


def test_standby_shows_no_expression() -> None:
    assert np.array_equal(draw(Look.STANDBY, Label.FEAR), draw(Look.STANDBY, Label.HAPPINESS))


def test_the_same_icon_is_drawn_once() -> None:
    assert draw(Look.LIVE, Label.FEAR) is draw(Look.LIVE, Label.FEAR)


def test_too_small() -> None:
    with pytest.raises(ValueError, match="8 pixels"):
        draw(Look.LIVE, side_px=7)
