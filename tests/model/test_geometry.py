"""The template that live faces are brought to."""

import json
from pathlib import Path

import numpy as np
import pytest

from model import geometry


def test_similarity_undoes_a_turn_a_scale_and_a_shift() -> None:
    rng = np.random.default_rng(0)
    source = rng.normal(size=(20, 2))
    turn = 1.7 * np.array([[np.cos(0.4), -np.sin(0.4)], [np.sin(0.4), np.cos(0.4)]])
    found = geometry.similarity(source, source @ turn.T + [3, -5])
    assert np.allclose(found, np.hstack([turn, [[3], [-5]]]))


def test_measured_template_is_symmetric_and_has_the_typical_scale_and_place() -> None:
    rng = np.random.default_rng(0)
    base = geometry.load_template()
    faces = np.zeros((50, 468, 2))
    for face in faces:
        scale, shift = np.exp(rng.normal(0, 0.1)), rng.normal(0, 2, 2)
        face[list(base.landmarks)] = (base.xy_px - 23.5) * scale + 23.5 + shift
    found = geometry.measure(faces)
    mirrored = found.xy_px.copy()
    mirrored[:, 0] = 2 * mirrored[:, 0].mean() - mirrored[:, 0]
    gaps = np.linalg.norm(found.xy_px[:, None] - mirrored[None], axis=2).min(axis=1)
    assert gaps.max() < 0.05
    assert np.abs(found.xy_px - base.xy_px).max() < 1.2


def test_the_shipped_template_has_its_eyes_where_the_tiles_have_them() -> None:
    template = geometry.load_template()
    places = dict(zip(template.landmarks, template.xy_px, strict=True))
    right = np.mean([places[i] for i in geometry.RIGHT_EYE], axis=0)
    left = np.mean([places[i] for i in geometry.LEFT_EYE], axis=0)
    assert right == pytest.approx((15.2, 18.8), abs=1.0)
    assert left == pytest.approx((32.8, 18.8), abs=1.0)


def test_the_exported_alignment_is_the_template_cropped(root: Path) -> None:
    described = json.loads((root / "model" / "expression.json").read_text(encoding="utf-8"))
    template = geometry.load_template()
    margin = (48 - described["input"]["height_px"]) / 2
    assert described["alignment"]["landmarks"] == list(template.landmarks)
    assert np.allclose(described["alignment"]["xy_px"], template.xy_px - margin, atol=0.01)
