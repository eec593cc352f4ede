import numpy as np

from vcam.track.scene import Scene


def picture(seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 256, (9, 16, 3), dtype=np.uint8)
    return np.kron(blocks, np.ones((20, 20, 1), np.uint8))


def test_another_picture_is_a_cut_and_the_same_is_none():
    scene = Scene()
    assert [scene.cut(picture(seed)) for seed in (1, 1, 2, 2, 1)] == [False, False, True, False, True]


def test_a_moving_camera_is_no_cut():
    scene = Scene()
    assert not any(scene.cut(np.roll(picture(1), 3 * step, axis=1)) for step in range(10))


def test_darkness_and_glare_are_no_cut():
    scene = Scene()
    dark, glare = np.zeros((180, 320, 3), np.uint8), np.full((180, 320, 3), 255, np.uint8)
    assert not any(scene.cut(pixels) for pixels in (picture(1), dark, glare, picture(1)))


def test_another_size_is_noticed():
    scene = Scene()
    assert not scene.resized(picture(1))
    scene.cut(picture(1))
    assert not scene.resized(picture(2))
    assert scene.resized(picture(1)[:-1])
