import numpy as np
import pytest

from vcam.track.target import Target, box_of, distance, moved_onto, size_of
from vcam.types import Box

SHAPE = np.random.default_rng(0).uniform(-50, 50, (468, 3)).astype(np.float32)
STEP_NS = 33_333_333


def at(x: float, scale: float = 1.0) -> np.ndarray:
    return (SHAPE * np.float32(scale) + np.array([x, 0, 0], np.float32)).astype(np.float32)


def followed(frames: int, step_px: float, growth: float = 1.0) -> Target:
    target = Target(1, at(0), 0.9, 0)
    for frame in range(1, frames):
        target.sure_ns = frame * STEP_NS
        target.see(at(frame * step_px, growth**frame), 0.9, frame * STEP_NS)
    return target


def test_where_it_was_seen_it_is():
    target = followed(5, 4.0)
    assert target.points_at(target.seen_ns) is target.points


def test_unseen_it_goes_on_and_comes_to_rest():
    target = followed(20, 4.0)
    x = [
        float(target.points_at(target.seen_ns + step * STEP_NS)[:, 0].mean() - target.points[:, 0].mean())
        for step in (1, 2, 60, 90)
    ]
    assert x[0] == pytest.approx(4, rel=0.15)
    assert x[0] < x[1] < x[2]
    assert x[2] == pytest.approx(4 * 0.25 * 30, rel=0.1)
    assert x[3] - x[2] < 0.5


def test_unseen_it_goes_on_growing():
    target = followed(20, 0.0, growth=1.02)
    later = target.points_at(target.seen_ns + 3 * STEP_NS)
    assert size_of(later) / size_of(target.points) == pytest.approx(1.02**3, abs=0.015)


def test_its_box_goes_with_its_points():
    target = followed(20, 4.0, growth=1.02)
    for now_ns in (target.seen_ns, target.seen_ns + 3 * STEP_NS):
        assert target.box_at(now_ns) == pytest.approx(box_of(target.points_at(now_ns)), abs=1e-3)


def test_after_a_gap_the_old_speed_is_forgotten():
    target = followed(10, 4.0)
    now_ns = target.seen_ns + 500_000_000
    target.see(at(500), 0.9, now_ns)
    assert target.points_at(now_ns + STEP_NS)[:, 0].mean() == pytest.approx(at(500)[:, 0].mean(), abs=0.1)


@pytest.mark.parametrize(("frames", "trusted_s"), [(1, 0.1), (16, 0.5), (90, 1.0)])
def test_it_is_trusted_for_as_long_as_it_was_known(frames, trusted_s):
    assert followed(frames, 0.0).trusted_ns(1.0) / 1e9 == pytest.approx(trusted_s, abs=1e-6)


def test_the_face_tells_when_it_was_seen():
    target = followed(3, 1.0)
    face = target.face_at(target.seen_ns + STEP_NS)
    assert (face.track_id, face.seen_ns) == (1, 2 * STEP_NS)
    assert face.box == pytest.approx(box_of(face.landmarks), abs=1e-3)


def test_distance_counts_place_and_size():
    box = Box(0, 0, 100, 100)
    assert distance(box, box) == 0
    assert distance(box, Box(100, 0, 200, 100)) == pytest.approx(1)
    assert distance(box, Box(-100, -100, 200, 200)) == pytest.approx(np.log(3))
    assert distance(box, Box(10, 0, 110, 100)) == distance(Box(10, 0, 110, 100), box)


def test_moved_onto_keeps_the_shape():
    place = at(300, 2.0)
    moved = moved_onto(place, SHAPE)
    np.testing.assert_allclose(moved, place, atol=1e-2)
