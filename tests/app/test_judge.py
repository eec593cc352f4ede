from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from tests.drawing import draw
from tests.studio import SIZE, disc, mask, outline, room
from vcam.app.judge import EXPOSED_SHARE, Judge, exposed_share, hull
from vcam.types import BGR, Box, Frame

HERE = (220.0, 170.0)


def camera() -> BGR:
    """A picture with the contrasts of a face: soft patches of some pixels, and a little noise."""
    soft = cv2.GaussianBlur(room(SIZE), (0, 0), 4).astype(float)
    soft = (soft - soft.mean()) * 6 + 128 + np.random.default_rng(2).normal(0, 2, soft.shape)
    return soft.clip(0, 255).astype(np.uint8)


def masked(opacity: float = 1.0, hole_px: int = 0) -> BGR:
    pixels = camera()
    draw(pixels, mask(HERE, disc(hole_px=hole_px), opacity))
    return pixels


def test_the_cameras_own_picture_is_exposed() -> None:
    assert exposed_share(camera(), camera(), outline(HERE)) > 0.95


def test_an_opaque_mask_exposes_nothing() -> None:
    assert exposed_share(camera(), masked(), outline(HERE)) == 0.0


@pytest.mark.parametrize("opacity", [0.1, 0.3, 0.6])
def test_a_face_through_a_translucent_mask_is_exposed(opacity: float) -> None:
    assert exposed_share(camera(), masked(opacity), outline(HERE)) > 0.5


def test_a_hole_is_exposed_by_its_size() -> None:
    shares = [exposed_share(camera(), masked(hole_px=hole), outline(HERE)) for hole in (0, 15, 30)]
    assert shares[0] < EXPOSED_SHARE < shares[1] < shares[2] < 0.5


def test_other_brightness_does_not_hide_a_face() -> None:
    darker = (camera() * 0.6).astype(np.uint8)
    assert exposed_share(camera(), darker, outline(HERE)) > 0.8


def test_a_blurred_face_is_not_exposed_and_a_slightly_blurred_one_is() -> None:
    shown = {sigma: cv2.GaussianBlur(camera(), (0, 0), sigma) for sigma in (1, 40)}
    assert exposed_share(camera(), shown[1], outline(HERE)) > 0.5
    assert exposed_share(camera(), shown[40], outline(HERE)) == 0.0


def test_there_is_nothing_to_see_in_a_black_picture() -> None:
    black = np.zeros_like(camera())
    assert exposed_share(black, black, outline(HERE)) == 0.0


def test_what_lies_before_a_face_may_be_shown() -> None:
    before = np.zeros((SIZE.height, SIZE.width), np.bool_)
    before[:, 220:] = True
    pixels = masked()
    pixels[before] = camera()[before]
    assert exposed_share(camera(), pixels, outline(HERE)) > 0.3
    assert exposed_share(camera(), pixels, outline(HERE), before) < EXPOSED_SHARE
    assert exposed_share(camera(), camera(), outline(HERE), np.ones_like(before)) == 0.0


def test_a_face_outside_the_picture_is_not_exposed() -> None:
    assert exposed_share(camera(), camera(), outline((-200.0, 100.0))) == 0.0


@dataclass
class Claim:
    box: Box
    score: float


class Claims:
    def __init__(self, *claims: Claim) -> None:
        self.claims = claims

    def detect(self, pixels: BGR, min_score: float) -> Sequence[Claim]:
        return [claim for claim in self.claims if claim.score >= min_score]


def _frame() -> Frame:
    return Frame(0, 0, room(SIZE))


def test_every_claim_of_either_range_is_a_face_once() -> None:
    here, near_here, there = Box(100, 100, 200, 200), Box(105, 98, 203, 202), Box(400, 100, 480, 180)
    judge = Judge(Claims(Claim(here, 0.9), Claim(there, 0.31)), Claims(Claim(near_here, 0.6)))
    faces = judge.faces(_frame())
    assert [face.sure for face in faces] == [True, False]
    assert [tuple(np.round(face.outline.mean(axis=0))) for face in faces] == [(150, 150), (440, 140)]


def test_claims_that_are_too_unsure_are_none() -> None:
    assert not Judge(Claims(Claim(Box(0, 0, 50, 50), 0.2)), Claims()).faces(_frame())


def test_a_hull_surrounds_its_points() -> None:
    points = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [5, 5]], np.float32)
    assert len(hull(points)) == 4
