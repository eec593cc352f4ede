import cv2
import numpy as np
import pytest

from model.puppet_patches import _pictures


def test_landmarks_go_where_the_picture_goes() -> None:
    spots = np.array([(110.0, 130.0, 5.0), (200.0, 140.0, -3.0), (160.0, 220.0, 0.0)], np.float32)
    picture = np.full((320, 320, 3), 40, np.uint8)
    for x, y, _ in spots.tolist():
        cv2.circle(picture, (int(x), int(y)), 9, (230,) * 3, -1)
    dice, sizes = np.random.default_rng(3), set()
    for _ in range(12):
        [(plain, same), (seen, moved)] = _pictures(picture, spots, dice)
        assert plain is picture
        assert same is spots
        sizes.add(len(seen))
        assert seen.dtype == np.uint8
        soft = cv2.GaussianBlur(seen[..., 0], (0, 0), 1.0)
        spread = 9 * len(seen) / 320
        for (x, y, z), (_, _, depth) in zip(moved.tolist(), spots.tolist(), strict=True):
            around = soft[round(y) - round(2.5 * spread) :, round(x) - round(2.5 * spread) :]
            around = around[: round(5 * spread), : round(5 * spread)].astype(float)
            light = np.clip(around - np.median(around) - 0.5 * (around.max() - np.median(around)), 0, None)
            rows, columns = np.mgrid[: around.shape[0], : around.shape[1]]
            found = (columns * light).sum() / light.sum(), (rows * light).sum() / light.sum()
            aimed = x - round(x) + round(2.5 * spread), y - round(y) + round(2.5 * spread)
            assert found == pytest.approx(aimed, abs=1.5)
            assert abs(z) <= abs(depth) * 1.4
    assert len(sizes) > 6
