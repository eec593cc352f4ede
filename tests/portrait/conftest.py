"""The demo portrait, its face, and the head cut out of it."""

from pathlib import Path

import pytest

from vcam import assets
from vcam.app import build
from vcam.capture.demo import Demo
from vcam.config import Settings
from vcam.portrait.cutout import Cutout, cut_head
from vcam.portrait.segment import Segmenter
from vcam.types import Face, Frame, Size


@pytest.fixture(scope="session")
def segmenter(models: Path) -> Segmenter:
    return Segmenter(assets.load("selfie_segmentation_landscape"))


@pytest.fixture(scope="session")
def frame() -> Frame:
    return Frame(0, 0, Demo(Size(1280, 720), 30).render(0))


@pytest.fixture(scope="session")
def face(models: Path, frame: Frame) -> Face:
    [face] = build.tracker(Settings()).look(frame)
    return face


@pytest.fixture(scope="session")
def head(frame: Frame, face: Face, segmenter: Segmenter) -> Cutout:
    return cut_head(frame, face, segmenter)
