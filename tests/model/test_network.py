"""The trained network's shape; skipped where the training extra is not installed."""

import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from model.network import Architecture, ExpressionNetwork  # noqa: E402


def test_both_heads_answer_for_any_crop_size() -> None:
    network = ExpressionNetwork(Architecture(channels=(8, 8, 16, 16))).eval()
    for size in (32, 40, 44):
        plus, fer = network(torch.zeros(2, 1, size, size))
        assert plus.shape == (2, 8)
        assert fer.shape == (2, 7)


def test_the_shipped_size_stays_within_three_million_parameters() -> None:
    network = ExpressionNetwork(Architecture())
    assert 1e6 < sum(p.numel() for p in network.parameters()) < 3e6


def test_width_scales_the_channels_in_steps_of_eight() -> None:
    assert Architecture().scaled(1.5).channels == (48, 96, 192, 384)
    assert Architecture().scaled(0.1).channels == (8, 8, 16, 24)
