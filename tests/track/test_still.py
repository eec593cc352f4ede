import cv2
import numpy as np
import pytest

from vcam.types import Frame


def look(tracker, pixels):
    return tracker.look(Frame(0, 0, np.ascontiguousarray(pixels)))


@pytest.fixture
def tracker(make_tracker):
    return make_tracker()


@pytest.fixture
def face_box(tracker, portrait):
    (face,) = look(tracker, portrait)
    return face.box


@pytest.mark.parametrize("share", [0.025, 0.05, 0.1, 0.3])
def test_finds_a_face_of_any_size(tracker, portrait, face_box, share):
    """`share`: height of the face over the picture's longer side."""
    scale = share * 1200 / face_box.height
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    wide = np.full((800, 1200, 3), 110, np.uint8)
    height, width = min(small.shape[0], 680), min(small.shape[1], 880)
    wide[120 : 120 + height, 310 : 310 + width] = small[:height, :width]
    (face,) = look(tracker, wide)
    x0, y0, x1, y1 = (value * scale for value in face_box)
    expected = type(face_box)(x0 + 310, y0 + 120, x1 + 310, y1 + 120)
    assert face.box.iou(expected) > 0.75


def test_finds_a_face_that_fills_the_picture_once(tracker, portrait, face_box):
    x0, y0, x1, y1 = (round(value) for value in face_box)
    tight = portrait[y0:y1, x0:x1]
    (face,) = look(tracker, cv2.resize(tight, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC))
    height, width = (3 * extent for extent in tight.shape[:2])
    assert face.box.iou(type(face_box)(0, 0, width, height)) > 0.8


def test_finds_every_face_of_a_crowd_largest_first(tracker, portrait):
    rows = []
    for row in range(3):
        shrunk = cv2.resize(portrait, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        rows.append(np.hstack([np.roll(shrunk, 7 * row, axis=1)] * 4))
    faces = look(tracker, np.vstack(rows))
    assert len(faces) == 12
    assert [face.track_id for face in faces] == list(range(1, 13))
    areas = [face.box.area for face in faces]
    assert areas == sorted(areas, reverse=True)


def test_no_face_in_a_tiny_or_an_empty_picture(tracker):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    for pixels in (np.zeros((1, 1, 3), np.uint8), np.full((700, 900, 3), 128, np.uint8), noise):
        assert look(tracker, pixels) == ()


def test_no_more_faces_than_asked_for(tracker, portrait):
    both = Frame(0, 0, np.hstack((portrait, portrait)))
    assert len(tracker.look(both)) == 2
    assert len(tracker.look(both, max_faces=1)) == 1
