"""A short clip of the demo portrait, and pictures of it."""

from pathlib import Path

import cv2
import pytest

from vcam.capture.demo import Demo
from vcam.publish.recorder import Recorder
from vcam.types import Frame, Size

CLIP_FRAMES = 20


@pytest.fixture(scope="session")
def demo_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """640x360, 20 frames, 25 frames a second."""
    path = tmp_path_factory.mktemp("clips") / "demo.mp4"
    demo = Demo(Size(640, 360), 25)
    recorder = Recorder(path, Size(640, 360), 25)
    recorder.open()
    for index in range(CLIP_FRAMES):
        recorder.send(Frame(index, index * 40_000_000, demo.render(index)))
    recorder.close()
    return path


@pytest.fixture(scope="session")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture with one face."""
    path = tmp_path_factory.mktemp("pictures") / "portrait.png"
    cv2.imwrite(str(path), Demo(Size(640, 360), 25).render(0))
    return path
