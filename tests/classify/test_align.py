"""The crop shows the face where the template wants it, whatever its size, turn and place in the frame."""

import cv2
import numpy as np
import pytest

from vcam.classify.align import Template, aligned_crop, similarity, standardised

SIDE = 44


def scene(make_face, template, scale: float, angle: float, size: int = 700) -> tuple[np.ndarray, np.ndarray]:
    """A smooth pattern drawn into a frame through the face's own placing, and the pattern itself."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    pattern = (128 + 60 * np.sin(x / 5) + 50 * np.cos(y / 7)).astype(np.uint8)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    placing = np.array([[cos, -sin, 250.0], [sin, cos, 200.0]])
    gray = cv2.warpAffine(
        pattern, placing, (size, size), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.repeat(gray[:, :, None], 3, axis=2), pattern


@pytest.mark.parametrize(("scale", "angle"), [(1.0, 0.0), (0.8, 0.2), (3.3, 0.0), (6.0, -0.5), (2.0, 3.0)])
def test_a_face_of_any_size_and_turn_gives_the_same_crop(
    make_face, template, scale: float, angle: float
) -> None:
    pixels, pattern = scene(make_face, template, scale, angle)
    crop = aligned_crop(pixels, make_face(250, 200, scale, angle=angle).landmarks, template)
    assert crop.shape == (SIDE, SIDE)
    assert crop.dtype == np.uint8
    inner = np.abs(crop.astype(int) - pattern)[2:-2, 2:-2]
    assert inner.mean() < 3
    assert inner.max() < 16


def test_gray_is_weighted_like_the_eye(make_face, template) -> None:
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[:] = (200, 100, 50)
    crop = aligned_crop(pixels, make_face(60, 60, 3).landmarks, template)
    assert abs(int(crop[20, 20]) - (0.114 * 200 + 0.587 * 100 + 0.299 * 50)) <= 1


def test_fine_stripes_average_out_instead_of_beating(make_face, template) -> None:
    pixels = np.zeros((600, 600, 3), np.uint8)
    pixels[:, ::2] = 255
    crop = aligned_crop(pixels, make_face(40, 40, 11.37).landmarks, template)
    assert np.ptp(crop.astype(int)) < 40


def test_a_face_at_the_edge_is_cut_with_the_edge_repeated(make_face, template) -> None:
    pixels = np.full((200, 200, 3), 90, np.uint8)
    crop = aligned_crop(pixels, make_face(-60, -40, 3).landmarks, template)
    assert np.unique(crop).tolist() == [90]


@pytest.mark.parametrize("fault", ["outside", "nan", "inf", "one point"])
def test_a_face_that_cannot_be_cut_gives_none(make_face, template, fault: str) -> None:
    pixels = np.zeros((200, 200, 3), np.uint8)
    landmarks = make_face(20, 20, 3).landmarks.copy()
    if fault == "outside":
        landmarks[:, 0] += 900
    elif fault == "one point":
        landmarks[:] = 50
    else:
        landmarks[33] = np.nan if fault == "nan" else np.inf
    assert aligned_crop(pixels, landmarks, template) is None


def test_similarity_is_exact_where_it_can_be() -> None:
    source = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    assert np.allclose(similarity(source, source * 3 + [1, 2]), [[3, 0, 1], [0, 3, 2]])
    assert similarity(np.ones((3, 2)), source) is None


def test_standardised_matches_the_training_code() -> None:
    from model import dataset

    crop = np.random.default_rng(0).integers(0, 256, (44, 44)).astype(np.uint8)
    assert np.array_equal(standardised(crop, dataset.STD_FLOOR), dataset.standardise(crop))
    flat = np.full((44, 44), 5, np.uint8)
    assert np.array_equal(standardised(flat, 12.0), np.zeros((44, 44), np.float32))


@pytest.mark.parametrize(
    ("landmarks", "places", "size"),
    [
        ((1,), [[0, 0]], 44),
        ((1, 2), [[0, 0]], 44),
        ((1, 468), [[0, 0], [1, 1]], 44),
        ((1, 2), [[0, 0], [1, 1]], 4),
    ],
)
def test_an_impossible_template_is_refused(landmarks: tuple, places: list, size: int) -> None:
    with pytest.raises(ValueError, match=r"landmark|pixels"):
        Template(landmarks, np.array(places, dtype=np.float64), size)
