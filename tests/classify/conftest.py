"""A face drawn where the template wants it, and the shipped network."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.classify.align import Template
from vcam.classify.classifier import Classifier
from vcam.classify.network import ExpressionNetwork
from vcam.types import Box, Face, Frame

MakeFace = Callable[..., Face]


@pytest.fixture(scope="session")
def model_files(root: Path) -> tuple[Path, Path]:
    return root / "model" / "expression.tflite", root / "model" / "expression.json"


@pytest.fixture
def network(model_files: tuple[Path, Path]) -> ExpressionNetwork:
    return ExpressionNetwork(*model_files)


@pytest.fixture
def classifier(model_files: tuple[Path, Path]) -> Classifier:
    return Classifier(*model_files)


@pytest.fixture
def template(network: ExpressionNetwork) -> Template:
    return network.template


@pytest.fixture
def make_face(template: Template) -> MakeFace:
    """A face whose crop is the square from (x0, y0) with `scale` frame pixels for one pixel of the input."""

    def make(
        x0: float, y0: float, scale: float, *, angle: float = 0.0, track_id: int = 1, seen_ns: int = 0
    ) -> Face:
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        landmarks = np.zeros((468, 3), np.float32)
        points = scale * template.xy_px @ turn.T + [x0, y0]
        landmarks[:, :2] = points.mean(axis=0)
        landmarks[list(template.landmarks), :2] = points
        low, high = points.min(axis=0), points.max(axis=0)
        return Face(track_id, Box(*low, *high), landmarks, 1.0, seen_ns)

    return make


def frame_of(pixels: np.ndarray, captured_ns: int = 0) -> Frame:
    return Frame(0, captured_ns, np.ascontiguousarray(pixels))


@pytest.fixture
def drawn() -> np.ndarray:
    """A 360x480 BGR picture with a drawn face about (240, 180), 200 pixels wide."""
    picture = np.full((360, 480, 3), 60, np.uint8)
    cv2.ellipse(picture, (240, 190), (95, 125), 0, 0, 360, (150, 170, 200), -1, cv2.LINE_AA)
    for x in (200, 280):
        cv2.ellipse(picture, (x, 160), (16, 8), 0, 0, 360, (240, 240, 240), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 160), 7, (30, 30, 30), -1, cv2.LINE_AA)
        cv2.line(picture, (x - 20, 138), (x + 20, 138), (40, 50, 60), 5, cv2.LINE_AA)
    cv2.ellipse(picture, (240, 235), (45, 30), 0, 10, 170, (250, 250, 250), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (240, 235), (45, 30), 0, 0, 180, (60, 60, 150), 4, cv2.LINE_AA)
    return picture
