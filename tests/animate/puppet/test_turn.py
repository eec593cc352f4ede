import math

import pytest

from vcam.animate.puppet.turn import Turn


def test_straight_ahead_everything_is_where_it_was_drawn() -> None:
    assert Turn(0, 0).spot(0.3, -0.2) == pytest.approx((0.3, -0.2, 1, 1))
    assert Turn(0, 0).behind(0.7, -0.8, 0.2) == pytest.approx((0.7, -0.8))


def test_the_face_goes_where_the_nose_points_and_what_is_behind_the_other_way() -> None:
    left, down = Turn(0.6, 0), Turn(0, 0.5)
    assert left.spot(0, 0).x < -0.3
    assert left.behind(0, 0, 0.2)[0] > 0.05
    assert down.spot(0, 0).y > 0.25
    assert down.behind(0, 0, 0.2)[1] < -0.05


def test_what_turns_away_gets_narrower() -> None:
    turn = Turn(0.6, 0)
    assert turn.spot(-0.4, 0).sx < 0.75
    assert turn.spot(0.4, 0).sx >= 0.95
    assert turn.spot(0, 0).sy == pytest.approx(1)


@pytest.mark.parametrize("yaw", [-math.pi, -1.2, 1.2, math.pi])
def test_no_turn_is_so_far_that_the_face_cannot_be_read(yaw: float) -> None:
    spot = Turn(yaw, 0).spot(0, 0)
    assert abs(spot.x) < 0.85
    assert spot.sx >= 0.3
