import cv2
import numpy as np
import pytest

from tests.studio import HALF_PX, holds, landmarks, outline
from vcam.guard.outlines import (
    bounds,
    centred,
    explains,
    face_outline,
    scaled,
    sighting_core,
    sighting_outline,
)
from vcam.types import Box, Sighting

HERE = (220.0, 170.0)


def test_the_outline_of_a_face_holds_its_mesh_with_a_margin() -> None:
    assert holds(face_outline(landmarks(HERE), 0.001), landmarks(HERE)[:, :2])
    hull = face_outline(landmarks(HERE), 0.06)
    assert holds(hull, scaled(outline(HERE), 1.059))
    assert cv2.contourArea(hull) < 1.03 * 1.06**2 * cv2.contourArea(outline(HERE))
    assert bounds(hull).width == pytest.approx(2 * HALF_PX[0] * 1.06, rel=0.02)
    assert bounds(hull).center == pytest.approx(HERE, abs=1.5)


def test_a_sighting_stands_for_more_than_its_box() -> None:
    box = Box(100, 100, 200, 200)
    whole, (x, y, across, along) = sighting_outline(box), sighting_core(Sighting(box, 0.9, full_range=False))
    assert holds(whole, np.array([[x - across, y - along], [x + across, y + along]]))
    assert holds(whole, np.array([[100, 100], [200, 100], [200, 200], [100, 200]], np.float32) * 0.8 + 30)
    assert bounds(whole).y0 < 70
    assert bounds(whole).y1 > 215
    assert x - across > 100
    assert y + along == pytest.approx(200, abs=1)
    assert sighting_core(Sighting(box, 0.3, full_range=False))[3] < along


def test_scaling_keeps_the_middle() -> None:
    assert bounds(scaled(outline(HERE), 2.0)).center == pytest.approx(bounds(outline(HERE)).center)
    assert bounds(scaled(outline(HERE), 2.0)).width == pytest.approx(2 * bounds(outline(HERE)).width)


@pytest.mark.parametrize(
    ("shift", "larger", "explained"),
    [(0, 1.0, True), (15, 1.0, True), (40, 1.0, False), (0, 1.8, True), (0, 2.6, False), (0, 0.4, False)],
)
def test_a_claim_is_explained_by_a_head_in_its_place_and_size(
    shift: float, larger: float, explained: bool
) -> None:
    x, y = HERE[0] + shift, HERE[1]
    claim = Box(x - 42 * larger, y - 40 * larger, x + 42 * larger, y + 44 * larger)
    assert explains(bounds(outline(HERE)), claim) == explained


def test_a_claim_that_stands_alone_gets_a_smaller_outline_that_still_holds_its_core() -> None:
    box = Box(100, 100, 200, 200)
    alone = bounds(sighting_outline(box, alone=True))
    assert alone.area < 0.65 * bounds(sighting_outline(box)).area
    x, y, across, along = sighting_core(Sighting(box, 0.9, full_range=False))
    assert holds(
        sighting_outline(box, alone=True), np.array([[x - across, y], [x + across, y], [x, y + along]])
    )


@pytest.mark.parametrize(("shift", "score", "inside"), [(0, 0.5, True), (0, 0.6, False), (24, 0.5, False)])
def test_only_a_poor_claim_is_centred_on_a_head(shift: float, score: float, inside: bool) -> None:
    x, y = HERE[0] + shift, HERE[1]
    claim = Sighting(Box(x - 42, y - 40, x + 42, y + 44), score, full_range=False)
    assert centred(bounds(outline(HERE)), claim) == inside
