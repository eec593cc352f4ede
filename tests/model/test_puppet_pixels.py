from pathlib import Path

import numpy as np
import pytest

from model.puppet_features import OUTPUT, features
from model.puppet_pixels import SHARES, _answer, _even
from tests.animate.heads import mesh
from vcam.animate.pose import canonical_mesh, estimate_pose
from vcam.animate.puppet.patches import cut
from vcam.animate.puppet.reader import SignalReader


def test_the_network_is_fitted_as_it_is_read() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 160, 3)).astype(np.uint8)
    pixels, points = noise.repeat(8, axis=0).repeat(8, axis=1), mesh(roll=12, yaw=-15)
    pose, upright = estimate_pose(points), canonical_mesh(points)
    assert pose is not None
    assert upright is not None
    with np.load(OUTPUT) as data:
        arrays = {name: data[name] for name in data.files}
    told = features(upright[np.newaxis].astype(np.float32), arrays)
    answer = _answer(arrays, told, _even(cut(pixels, points, pose)[np.newaxis]))
    wanted = dict(zip(SHARES, answer[0].tolist(), strict=True))
    found = SignalReader(OUTPUT).read(points, pixels)
    assert found is not None
    for name in ("jaw_open", "pucker", "smile_left", "brow_down_right", "blink_left", "blink_right"):
        assert getattr(found, name) == pytest.approx(wanted[name], abs=2e-3)
    assert found.look_y == pytest.approx(wanted["look_down"] - wanted["look_up"], abs=2e-3)
    assert found.look_x == pytest.approx(wanted["look_left"] - wanted["look_right"], abs=2e-3)


def test_raised_brows_are_the_mean_of_both(root: Path) -> None:
    with np.load(root / "model" / "puppet_signals.npz") as data:
        shares = dict(zip(data["seen_names"].tolist(), data["seen_share"].tolist(), strict=True))
    assert shares == SHARES
    assert shares["brow_up_left"] == shares["brow_inner_up"] == 0.5
    assert shares["brow_down_left"] == shares["blink_right"] == 1.0
