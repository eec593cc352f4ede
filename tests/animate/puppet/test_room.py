import math

import pytest

from vcam.animate.puppet.room import Room


def test_joined_room_holds_both() -> None:
    assert Room(1.2, 1.1, 1.1, 1.3).joined(Room(1.0, 1.5, 1.0, 1.5)) == (1.2, 1.5, 1.1, 1.5)


def test_a_quarter_turn_swaps_the_reaches() -> None:
    assert Room(1.2, 1.6, 1.1, 2.0).turned(0.0) == pytest.approx((1.2, 1.6, 1.2, 1.1))
    assert Room(1.2, 1.6, 1.1, 2.0).turned(math.pi / 2) == pytest.approx((1.1, 1.2, 1.6, 1.2))


def test_a_ball_needs_no_more_room_when_it_rolls() -> None:
    assert Room().turned(math.pi / 4) == pytest.approx((1.02, 1.02, 1.02, 1.02))
