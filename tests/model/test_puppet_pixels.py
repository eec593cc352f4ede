import numpy as np
import pytest

from model.puppet_features import OUTPUT, features
from model.puppet_pixels import BETTER, _answer, _even_pairs
from tests.animate.heads import MESH, mesh
from vcam.animate.pose import canonical_mesh, estimate_pose
from vcam.animate.puppet.patches import cut, even
from vcam.animate.puppet.reader import SignalReader


def test_the_network_is_fitted_as_it_is_read() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 160, 3)).astype(np.uint8)
    pixels, points = noise.repeat(8, axis=0).repeat(8, axis=1), mesh(roll=12, yaw=-15)
    pose, upright = estimate_pose(points), canonical_mesh(points)
    assert pose is not None
    assert upright is not None
    eyes, mouth = cut(pixels, points, pose)
    with np.load(OUTPUT) as data:
        arrays = {name: data[name] for name in data.files}
    told = features(upright[np.newaxis].astype(np.float32), arrays)
    answers = []
    for k in range(len(arrays["eye_weight"])):
        parts = ("eye_", "mouth_", "seen_weight_", "seen_bias_")
        one = {
            name: values[k].astype(np.float32) for name, values in arrays.items() if name.startswith(parts)
        }
        answers.append(_answer(one, told, _even_pairs(eyes[np.newaxis]), even(mouth)))
    wanted = dict(zip(BETTER, np.mean(answers, axis=0)[0].tolist(), strict=True))
    found = SignalReader(OUTPUT).read(points, pixels)
    assert found is not None
    for name in ("jaw_open", "pucker", "smile_left", "brow_down_right", "blink_left", "blink_right"):
        assert getattr(found, name) == pytest.approx(wanted[name], abs=2e-3)
    assert found.look_y == pytest.approx(wanted["look_down"] - wanted["look_up"], abs=2e-3)


def test_raised_brows_are_left_to_the_mesh() -> None:
    reader, points = SignalReader(OUTPUT), (MESH * 100 + (300, 200, 0)).astype(np.float32)
    alone = reader.read(points)
    seen = reader.read(points, np.random.default_rng(0).integers(0, 255, (480, 640, 3)).astype(np.uint8))
    assert alone is not None
    assert seen is not None
    for name in ("brow_inner_up", "brow_up_left", "brow_up_right", "lips_apart"):
        assert getattr(seen, name) == pytest.approx(getattr(alone, name))
    assert abs(seen.blink_left - alone.blink_left) > 1e-3
