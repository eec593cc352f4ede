from collections.abc import Callable

import cv2
import pytest

from vcam import assets
from vcam.errors import ModelError
from vcam.track.tracker import Tracker


@pytest.fixture(scope="session")
def models() -> dict[str, bytes]:
    """The face models' contents; skips where they have not been fetched."""
    try:
        return {name: assets.load(name) for name in assets.MODELS if name.startswith("face")}
    except ModelError as error:
        pytest.skip(f"{error}: {error.hint}")


@pytest.fixture
def make_tracker(models) -> Callable[..., Tracker]:
    """Makes trackers with the given settings."""

    def make(**settings) -> Tracker:
        return Tracker(
            near=models["face_detection_short_range"],
            far=models["face_detection_full_range"],
            mesh=models["face_landmark"],
            **settings,
        )

    return make


@pytest.fixture(scope="session")
def portrait(clips):
    """A picture with one frontal face, (360, 640, 3) uint8 BGR."""
    capture = cv2.VideoCapture(str(clips / "pyfeat_single_face.mp4"))
    ok, pixels = capture.read()
    capture.release()
    assert ok
    return pixels
