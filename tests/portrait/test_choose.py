import cv2
import numpy as np

from vcam.portrait.choose import Best, sharpness
from vcam.types import Box, Expression, Face, Frame, Label


def _face(height: float = 120.0, seen_ns: int = 0) -> Face:
    return Face(1, Box(20, 20, 20 + height, 20 + height), np.zeros((468, 3), np.float32), 1.0, seen_ns)


def _frame(blur: float = 0.0) -> Frame:
    pixels = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    return Frame(0, 0, np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.uint8) if blur else pixels)


def _says(label: Label, probability: float = 0.9, *, certain: bool = True) -> Expression:
    return Expression(label, dict.fromkeys(Label, 0.0) | {label: probability}, certain)


def test_the_sharpest_stays() -> None:
    best = Best()
    sharp = _frame()
    assert best.offer(_frame(blur=3), _face(), _says(Label.FEAR))
    assert best.offer(sharp, _face(), _says(Label.FEAR))
    assert not best.offer(_frame(blur=2), _face(), _says(Label.FEAR))
    assert best.shots[Label.FEAR].frame is sharp


def test_the_clearest_expression_stays() -> None:
    best = Best()
    assert best.offer(_frame(), _face(), _says(Label.FEAR, 0.6))
    assert best.offer(_frame(), _face(), _says(Label.FEAR, 0.9))
    assert not best.offer(_frame(), _face(), _says(Label.FEAR, 0.7))


def test_guesses_memories_small_faces_and_other_expressions_are_not_taken() -> None:
    best = Best()
    assert not best.offer(_frame(), _face(), _says(Label.FEAR, certain=False))
    assert not best.offer(_frame(), _face(seen_ns=-5), _says(Label.FEAR))
    assert not best.offer(_frame(), _face(height=60), _says(Label.FEAR))
    assert not best.offer(_frame(), _face(), _says(Label.FEAR), wanted=Label.ANGER)
    assert best.shots == {}


def test_a_face_outside_is_not_sharp() -> None:
    outside = Face(1, Box(500, 500, 700, 700), np.zeros((468, 3), np.float32), 1.0, 0)
    assert sharpness(_frame(), outside) == 0.0
