import cv2
import numpy as np
import pytest

from model.puppet_crowd import BLENDSHAPES, VIEWS, View, _nearest, targets


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_maps_back_to_the_picture(view: View) -> None:
    picture = np.full((240, 320, 3), 30, np.uint8)
    cv2.circle(picture, (200, 90), 8, (220,) * 3, -1)
    seen, back = view.of(picture)
    assert seen.shape == picture.shape
    y, x = np.nonzero(seen[..., 0] > 120)
    assert back @ (x.mean(), y.mean(), 1) == pytest.approx((200, 90), abs=0.6)
    assert (x.mean() < 160) == view.mirrored


def test_targets_of_a_mirrored_face_change_sides() -> None:
    class Shape:
        def __init__(self, name: str) -> None:
            self.category_name, self.score = name, 0.2 if "Left" in name else 0.7

    shapes = [Shape(name) for names in BLENDSHAPES.values() for name in names]
    plain = dict(zip(BLENDSHAPES, targets(shapes), strict=True))
    mirror = dict(zip(BLENDSHAPES, targets(shapes, mirrored=True), strict=True))
    assert mirror["blink_left"] == plain["blink_right"] != plain["blink_left"]
    assert mirror["smile_right"] == plain["smile_left"]
    assert mirror["pucker"] == plain["pucker"]


def test_the_nearest_face_is_taken_if_it_is_near() -> None:
    mesh = np.tile((50.0, 60.0, 0.0), (468, 1))
    near, far = (np.array([52.0, 60.0, 20.0]), np.ones(19)), (np.array([90.0, 60.0, 20.0]), np.zeros(19))
    assert _nearest(mesh, [far, near]) is near[1]
    assert _nearest(mesh, [far]) is None
    assert _nearest(mesh, []) is None
