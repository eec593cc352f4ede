from collections.abc import Iterator

import numpy as np
import pytest

from tests.studio import SIZE, STEP_NS, outline, room
from vcam.app.faults import (
    BURST_FRAMES,
    PERIOD_FRAMES,
    PICTURE_FAULTS,
    Portrait,
    Scene,
    in_burst,
    slow,
    stalls,
    untouched,
)
from vcam.types import Frame

FRAMES = 2 * PERIOD_FRAMES


def _frames() -> Iterator[Frame]:
    pixels = room(SIZE) // 3 + 60
    return (Frame(seq, seq * STEP_NS, pixels) for seq in range(FRAMES))


def _portrait() -> Portrait:
    pixels = np.full((200, 200, 4), 255, np.uint8)
    return Portrait(pixels, outline((100.0, 100.0)))


def _play(name: str) -> list[Scene]:
    return list(PICTURE_FAULTS[name](_frames(), _portrait()))


def test_a_burst_ends_every_period() -> None:
    bursts = [index for index in range(FRAMES) if in_burst(index)]
    assert len(bursts) == 2 * BURST_FRAMES
    assert bursts[0] == PERIOD_FRAMES - BURST_FRAMES


def test_no_fault_changes_nothing() -> None:
    scenes = list(untouched(_frames()))
    assert [scene.frame.seq for scene in scenes] == list(range(FRAMES))
    assert not any(scene.changed for scene in scenes)


def test_a_stall_leaves_half_a_second_out() -> None:
    times = [scene.frame.captured_ns for scene in stalls(_frames())]
    assert max(np.diff(times)) == pytest.approx(500_000_000, abs=2 * STEP_NS)
    assert min(np.diff(times)) == STEP_NS


def test_a_slow_camera_gives_five_frames_a_second() -> None:
    times = [scene.frame.captured_ns for scene in slow(_frames())]
    assert np.diff(times) == pytest.approx(200_000_000, abs=STEP_NS)


@pytest.mark.parametrize("name", PICTURE_FAULTS)
def test_every_fault_leaves_the_frames_their_number_size_and_time(name: str) -> None:
    scenes = _play(name)
    assert scenes
    for scene in scenes:
        assert scene.frame.captured_ns == scene.frame.seq * STEP_NS
        assert scene.frame.size == SIZE


@pytest.mark.parametrize(
    "name", ["black frames", "overexposed frames", "mirror flips", "face enters at the edge", "second face"]
)
def test_pictures_are_spoiled_in_bursts_only(name: str) -> None:
    clean = [frame.pixels for frame in _frames()]
    for index, scene in enumerate(_play(name)):
        assert scene.changed == in_burst(index)
        assert np.array_equal(scene.frame.pixels, clean[index]) != in_burst(index)


def test_a_visitor_is_known_once_half_of_the_face_is_in_the_picture() -> None:
    known = [len(scene.known) for scene in _play("face enters at the edge")[-BURST_FRAMES:]]
    assert known[0] == known[-1] == 0
    assert known[1:-1] == [1] * (BURST_FRAMES - 2)
    middles = [
        scene.known[0].mean(axis=0) for scene in _play("face enters at the edge")[-BURST_FRAMES + 1 : -1]
    ]
    assert np.diff([middle[0] for middle in middles]).min() > 50
    for scene in _play("second face")[-BURST_FRAMES:]:
        x, y = scene.known[0].mean(axis=0).round().astype(int)
        assert scene.frame.pixels[y, x].tolist() == [255, 255, 255]


def test_a_hand_passes_before_what_is_there() -> None:
    clean = next(_frames()).pixels
    seen = set()
    for scene in _play("hand over the face"):
        assert scene.occluder is not None
        assert np.array_equal(scene.frame.pixels[~scene.occluder], clean[~scene.occluder])
        seen.add(bool(scene.occluder[120, 320]))
    assert seen == {False, True}
