import math

import pytest

from vcam.animate.look import foreshortening


def test_a_turned_emoji_gets_narrower_but_never_thin() -> None:
    widths = [foreshortening(math.radians(angle)) for angle in range(0, 91, 10)]
    assert widths[0] == 1.0
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == pytest.approx(0.4)
    assert foreshortening(-0.7) == foreshortening(0.7)
