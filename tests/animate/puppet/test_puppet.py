import itertools

import numpy as np
import pytest

from tests.animate.heads import face, mesh
from tests.drawing import coverage
from vcam.animate.look import Spot, Target
from vcam.animate.mask import MaskFit
from vcam.animate.puppet.puppet import Puppet
from vcam.animate.puppet.style import Character, Style, style_of
from vcam.types import Face, Label, Size

HD = Size(1280, 720)
STEP_NS = 33_333_333


def target_of(one: Face, now_ns: int = 0) -> Target:
    target = MaskFit().update(one, now_ns)
    assert target is not None
    return target


def hidden(puppet: Puppet, target: Target) -> bool:
    seen = coverage(puppet.over(target, HD), HD)
    y, x = np.mgrid[: HD.height, : HD.width]
    head = target.head
    c, s = np.cos(head.angle), np.sin(head.angle)
    u, v = (c * (x - head.x) + s * (y - head.y)) / head.rx, (c * (y - head.y) - s * (x - head.x)) / head.ry
    return bool(seen[u * u + v * v <= 1].min() >= 250)


@pytest.mark.parametrize("character", list(Character))
def test_every_character_hides_the_head_at_every_turn(character: Character) -> None:
    puppet = Puppet(style_of(character), None)
    for roll, pitch, yaw in itertools.product((-30, 40), (-30, 30), (-70, 0, 70)):
        one = face(roll=roll, pitch=pitch, yaw=yaw, unit=80, x=600.3, y=350.7)
        target = target_of(one)
        puppet.update(one, target.pose, Label.ANGER, 0)
        assert hidden(puppet, target)


@pytest.mark.parametrize("unit", [450, 800, 4000])
def test_a_face_that_fills_the_picture_is_hidden_by_a_sprite_that_is_not_huge(unit: float) -> None:
    one = face(unit=unit, x=640, y=360)
    puppet = Puppet(Style(), None)
    puppet.update(one, target_of(one).pose, Label.NEUTRAL, 0)
    assert hidden(puppet, target_of(one))
    assert puppet.over(target_of(one), HD)[0].sprite.pixels.nbytes < 4 * 1400 * 1400


@pytest.mark.parametrize(("x", "y"), [(20, 100), (1275, 700), (640, -60)])
def test_at_the_edge_only_what_is_seen_is_drawn(x: float, y: float) -> None:
    one = face(unit=120, x=x, y=y)
    puppet = Puppet(style_of(Character.CAT), None)
    puppet.update(one, target_of(one).pose, Label.NEUTRAL, 0)
    assert hidden(puppet, target_of(one))
    [placement] = puppet.over(target_of(one), HD)
    height, width = placement.sprite.pixels.shape[:2]
    left, top = placement.affine[:, 2].tolist()
    assert left >= 0
    assert top >= 0
    assert left + width <= HD.width
    assert top + height <= HD.height


def test_out_of_the_picture_nothing_is_drawn() -> None:
    assert Puppet(Style(), None).at(Spot(1, -500.0, 300.0, 100.0), HD) == []


def test_it_moves_with_the_head_by_parts_of_a_pixel() -> None:
    def middle(x: float) -> float:
        puppet = Puppet(Style(), None)
        alpha = coverage(puppet.at(Spot(1, x, 300.0, 100.0), HD), HD).astype(float)
        return float((alpha * np.arange(HD.width)).sum() / alpha.sum())

    assert [middle(x) - x for x in (200.0, 200.25, 200.5, 200.75)] == pytest.approx([0] * 4, abs=0.06)


def test_it_stays_inside_its_spot() -> None:
    for character in Character:
        alpha = coverage(Puppet(style_of(character), None).at(Spot(1, 300, 300, 120), HD), HD)
        ys, xs = np.nonzero(alpha > 20)
        assert xs.min() >= 239
        assert xs.max() <= 361
        assert ys.min() >= 239
        assert ys.max() <= 361


@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0])
def test_a_bad_mesh_neither_explodes_nor_flickers(value: float) -> None:
    puppet, one = Puppet(Style(), None), face()
    target = target_of(one)
    pictures = []
    for i in range(12):
        given = one if i != 8 else face(landmarks=np.full((468, 3), value, np.float32))
        fresh = Face(1, one.box, given.landmarks, 1.0, i * STEP_NS)
        puppet.update(fresh, target.pose, Label.NEUTRAL, i * STEP_NS)
        pictures.append(puppet.over(target, HD)[0].sprite.pixels.astype(int))
    change = [np.abs(a - b).mean() for a, b in itertools.pairwise(pictures)]
    assert max(change[5:]) < 1.0


def test_the_mood_comes_and_goes_softly() -> None:
    puppet, one = Puppet(Style(), None), face(landmarks=mesh(unit=60))
    target = target_of(one)
    pictures = []
    for i in range(30):
        label = Label.NEUTRAL if i < 5 else Label.ANGER
        puppet.update(one, target.pose, label, i * STEP_NS)
        pixels = puppet.over(target, HD)[0].sprite.pixels.astype(int)
        x, y = pixels.shape[1] // 2, pixels.shape[0] // 2
        pictures.append(pixels[y - 55 : y - 20, x - 40 : x + 40, 1].mean())
    steps = np.abs(np.diff(pictures[5:]))
    assert abs(pictures[-1] - pictures[4]) > 5
    assert steps.max() < 0.5 * abs(pictures[-1] - pictures[4])


def test_the_same_frames_give_the_same_puppet() -> None:
    def play() -> np.ndarray:
        puppet = Puppet(Style(), None)
        for i in range(6):
            one = face(yaw=4 * i, seen_ns=i * STEP_NS)
            puppet.update(one, target_of(one, i * STEP_NS).pose, Label.SADNESS, i * STEP_NS)
        return puppet.at(Spot(1, 100, 100, 90), HD)[0].sprite.pixels

    assert np.array_equal(play(), play())
