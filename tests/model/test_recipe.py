"""The plan of a training."""

import pytest

from model.recipe import Recipe


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    plan = Recipe(epochs=10, seed=0)
    rates = [plan.rate_at(p / 10) for p in range(101)]
    assert rates[0] == 0
    assert max(rates) == pytest.approx(plan.peak_rate, rel=0.01)
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert plan.crop_at(0) == 32
    assert plan.crop_at(9) == 40
