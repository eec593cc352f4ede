import numpy as np
import pytest

from tests.studio import STEP_NS, landmarks, room
from vcam.guard.heads import Head
from vcam.guard.outlines import face_outline
from vcam.guard.watch import ARRIVAL_NS, BUSY_LOOK_NS, CALM_LOOK_NS, CUT_LOOK_NS, REST_NS, Watch
from vcam.types import Detectors, Frame, Size

SIZE = Size(640, 360)
NONE, NEAR, FAR, BOTH = Detectors.NONE, Detectors.NEAR, Detectors.FAR, Detectors.BOTH
CALM_FRAMES = 20


def _head(seen_ns: int, place: tuple[float, float] = (220.0, 170.0)) -> Head:
    return Head(face_outline(landmarks(place)), seen_ns, track_id=1, meshed=9)


class Camera:
    """Plays frames to a watch, one head always in its place, and lets every detector look that is due."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.pixels = room(SIZE)
        self.now_ns = -STEP_NS
        self.head = _head(0)

    def play(self, after_ns: int = STEP_NS) -> tuple[bool, Detectors]:
        before_ns = self.now_ns
        self.now_ns += after_ns
        frame = Frame(0, self.now_ns, self.pixels)
        cut = self.watch.cut(frame)
        due = self.watch.due(frame, [_head(before_ns)])
        if FAR in due:
            self.watch.looked(frame)
        self.frame = frame
        return cut, due

    def invert(self, rows: slice, columns: slice) -> None:
        self.pixels = self.pixels.copy()
        self.pixels[rows, columns] = 255 - self.pixels[rows, columns]

    def arrived(self) -> np.ndarray | None:
        return self.watch.arrivals(self.frame, [_head(self.now_ns)])


def calm() -> Camera:
    camera = Camera()
    for _ in range(CALM_FRAMES):
        camera.play()
    return camera


def test_the_first_frame_is_a_cut_and_wants_a_full_look() -> None:
    assert Camera().play() == (True, BOTH)


def test_a_still_picture_wants_one_now_and_then() -> None:
    camera = Camera()
    camera.play()
    due_ns = [camera.now_ns for _ in range(60) if camera.play()[1] is FAR]
    assert np.diff([0, *due_ns]) == pytest.approx(CALM_LOOK_NS, abs=STEP_NS)


def test_sensor_noise_is_no_motion() -> None:
    camera = calm()
    rng = np.random.default_rng(5)
    base = camera.pixels.astype(int)
    looks = 0
    for _ in range(15):
        camera.pixels = (base + rng.integers(-6, 7, base.shape)).clip(0, 255).astype(np.uint8)
        looks += camera.play()[1] is not NONE
    assert looks <= 1


def test_another_scene_is_a_cut_and_a_moving_person_is_none() -> None:
    camera = calm()
    camera.invert(slice(60, 360), slice(120, 320))
    assert not camera.play()[0]
    camera.pixels = 255 - camera.pixels
    assert camera.play()[0]
    looks = [camera.play()[1] for _ in range(25)]
    both, near = CUT_LOOK_NS // STEP_NS, REST_NS // STEP_NS
    assert looks == [BOTH] * both + [NEAR] * near + [NONE] * (25 - both - near)


def test_motion_apart_from_the_known_heads_wants_a_look_at_once_then_often() -> None:
    camera = calm()
    looks = []
    for _ in range(13):
        camera.invert(slice(80, 200), slice(480, 560))
        looks.append(camera.play()[1])
    assert looks[0] is BOTH
    assert set(looks) == {NEAR, BOTH}
    assert looks.count(BOTH) == pytest.approx(1 + 12 * STEP_NS / (BUSY_LOOK_NS + STEP_NS), abs=1)


@pytest.mark.parametrize("rows", [slice(120, 220), slice(260, 360)], ids=["head", "body"])
def test_motion_of_a_known_person_wants_none(rows: slice) -> None:
    camera = calm()
    camera.invert(rows, slice(180, 260))
    assert camera.play()[1] is NONE


def test_the_near_one_never_rests_where_no_head_is_known() -> None:
    camera = calm()
    camera.now_ns += STEP_NS
    frame = Frame(0, camera.now_ns, camera.pixels)
    camera.watch.cut(frame)
    assert NEAR in camera.watch.due(frame, [])


@pytest.mark.parametrize("lost", [True, False])
def test_who_is_lost_or_not_certain_is_looked_for_on_every_frame(lost: bool) -> None:
    camera = calm()
    for _ in range(5):
        camera.now_ns += STEP_NS
        frame = Frame(0, camera.now_ns, camera.pixels)
        camera.watch.cut(frame)
        head = _head(0) if lost else Head(face_outline(landmarks((220.0, 170.0))), camera.now_ns - STEP_NS)
        assert camera.watch.due(frame, [head]) is BOTH
        camera.watch.looked(frame)


def test_distrust_and_a_gap_want_a_look() -> None:
    camera = calm()
    camera.watch.distrust()
    assert camera.play()[1] is BOTH
    assert camera.play()[1] is NEAR
    assert camera.play(after_ns=200_000_000)[1] is BOTH


def test_what_comes_in_over_the_edge_has_arrived_for_a_moment() -> None:
    camera = calm()
    assert camera.arrived() is None
    camera.invert(slice(80, 260), slice(560, 640))
    camera.play()
    arrived = camera.arrived()
    assert arrived is not None
    assert arrived[3:6, 14:].all()
    assert not arrived[:, :10].any()
    for _ in range(ARRIVAL_NS // STEP_NS + 1):
        camera.play()
    assert camera.arrived() is None


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (slice(80, 200), slice(400, 520)),  # in the middle of the picture
        (slice(300, 360), slice(180, 260)),  # under the known head
        (slice(100, 110), slice(600, 640)),  # too small
    ],
)
def test_other_motion_has_not_arrived(rows: slice, columns: slice) -> None:
    camera = calm()
    camera.invert(rows, columns)
    camera.play()
    assert camera.arrived() is None


def test_forgetting_starts_a_new_scene() -> None:
    camera = calm()
    camera.watch.forget()
    assert camera.play() == (True, BOTH)
