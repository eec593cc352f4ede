import numpy as np
import pytest

from model.puppet_crowd import BLENDSHAPES, targets
from model.puppet_features import OUTPUT, local, mirror_of, opposite, regions_of
from model.puppet_signals import _r
from tests.animate.heads import MESH
from vcam.animate.puppet.signals import Signals


class Shape:
    def __init__(self, name: str, score: float) -> None:
        self.category_name, self.score = name, score


def test_every_signal_has_its_blendshapes() -> None:
    assert [*BLENDSHAPES] == [
        *Signals._fields[:15],
        "look_up",
        "look_down",
        "look_left",
        "look_right",
    ]


def test_targets_are_the_means_of_the_official_scores() -> None:
    names = [name for names in BLENDSHAPES.values() for name in names]
    found = targets([Shape(name, 0.2 if name.endswith("Left") else 0.6) for name in names])
    of = dict(zip(BLENDSHAPES, found, strict=True))
    assert of["jaw_open"] == pytest.approx(0.6)
    assert of["blink_left"] == pytest.approx(0.2)
    assert of["look_up"] == pytest.approx(0.4)


def test_both_eyes_look_to_the_same_side() -> None:
    looks = {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.6, "eyeLookInLeft": 0.1, "eyeLookOutRight": 0.0}
    names = [name for names in BLENDSHAPES.values() for name in names]
    found = targets([Shape(name, looks.get(name, 0.3)) for name in names])
    of = dict(zip(BLENDSHAPES, found, strict=True))
    assert of["look_left"] == pytest.approx(0.7)
    assert of["look_right"] == pytest.approx(0.05)


def test_sides_are_swapped_in_pairs() -> None:
    order = [opposite(name) for name in BLENDSHAPES]
    assert sorted(order) == list(range(len(BLENDSHAPES)))
    assert [order[k] for k in order] == list(range(len(BLENDSHAPES)))
    mirror = mirror_of(MESH)
    assert (mirror[mirror] == np.arange(468)).all()
    assert mirror[33] == 263


def test_a_region_is_seen_alike_on_both_sides() -> None:
    regions = regions_of(mirror_of(MESH))
    right, left = (local(MESH[np.newaxis], *regions[k]).reshape(-1, 3) for k in (0, 2))
    assert right == pytest.approx(left * (-1, 1, 1), abs=1e-3)


def test_the_shipped_file_is_small_and_has_no_pickles() -> None:
    assert OUTPUT.stat().st_size < 700_000
    with np.load(OUTPUT, allow_pickle=False) as data:
        assert [str(name) for name in data["names"]] == [*BLENDSHAPES]
        assert all(np.isfinite(data[name]).all() for name in data.files if not name.endswith("names"))


def test_r_leaves_out_what_no_view_shows() -> None:
    one, other = np.array([0.1, 0.5, 0.9, 0.2]), np.array([0.2, 1.0, 1.8, np.nan])
    assert _r(one, other) == pytest.approx(1.0)
    assert _r(one, 1 - other) == pytest.approx(-1.0)
