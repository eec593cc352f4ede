import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.animate.conftest import MakePack
from tests.animate.heads import face
from vcam.animate.handover import HANDOVER_NS, Handover
from vcam.animate.look import Look, Spot, Target
from vcam.animate.mask import MaskFit
from vcam.animate.pack import Pack, load_pack
from vcam.types import Label, Placement, Size, Sprite

HD = Size(1280, 720)
STEP_NS = 25_000_000


@dataclass
class Plain:
    """A look that says which pack it shows and counts its updates."""

    name: str
    updates: list[int] = field(default_factory=list)

    def update(self, face, pose, label, now_ns: int, pixels=None) -> None:
        self.updates.append(now_ns)

    def over(self, target: Target, picture: Size) -> list[Placement]:
        return self.at(Spot(target.track_id, 0.0, 0.0, 1.0), picture)

    def at(self, spot: Spot, picture: Size) -> list[Placement]:
        sprite = Sprite(self.name, np.full((4, 4, 4), 255, np.uint8))
        return [Placement(sprite, np.eye(2, 3), spot.opacity, spot.track_id)]


@pytest.fixture
def packs(make_pack: MakePack) -> list[Pack]:
    folders: list[Path] = [make_pack(name=name) for name in "abc"]
    return [load_pack(folder) for folder in folders]


def make(pack: Pack) -> Look:
    return Plain(pack.name)


def shown(handover: Handover, now_ns: int, opacity: float = 1.0) -> dict[str, float]:
    handover.update(None, None, Label.NEUTRAL, now_ns)
    return {p.sprite.name: p.opacity for p in handover.at(Spot(1, 0.0, 0.0, 1.0, opacity=opacity), HD)}


def test_the_first_look_is_there_at_once(packs: list[Pack]) -> None:
    assert shown(Handover(packs[0], make), 7) == {"a": 1.0}


def test_one_of_the_two_is_there_in_full_at_every_moment(packs: list[Pack]) -> None:
    handover = Handover(packs[0], make)
    shown(handover, 0)
    handover.wanted = packs[1]
    seen = [shown(handover, i * STEP_NS) for i in range(1, 12)]
    assert all(max(frame.values()) == 1.0 for frame in seen)
    assert 0 < seen[0]["b"] < 0.5, "something has changed in the very next frame"
    new, old = ([frame.get(name, 0.0) for frame in seen] for name in "ba")
    assert new == sorted(new)
    assert old == sorted(old, reverse=True)
    assert seen[8].keys() == {"a", "b"}
    assert seen[-1] == {"b": 1.0}


def test_a_change_during_another_one_waits_and_none_jumps(packs: list[Pack]) -> None:
    handover = Handover(packs[0], make)
    shown(handover, 0)
    seen = []
    for i in range(1, 40):
        if i in (1, 4, 6):
            handover.wanted = packs[{1: 1, 4: 0, 6: 2}[i]]
        seen.append(shown(handover, i * STEP_NS))
    assert seen[-1] == {"c": 1.0}
    steps = [
        abs(after.get(name, 0.0) - before.get(name, 0.0))
        for before, after in itertools.pairwise(seen)
        for name in "abc"
    ]
    assert max(steps) <= 2 * STEP_NS / HANDOVER_NS + 1e-9
    assert not any("a" in frame for frame in seen[12:])


def test_both_looks_go_on_moving_and_the_old_one_is_let_go(packs: list[Pack]) -> None:
    made: list[Plain] = []

    def remember(pack: Pack) -> Look:
        made.append(Plain(pack.name))
        return made[-1]

    handover = Handover(packs[0], remember)
    for i in range(20):
        if i == 3:
            handover.wanted = packs[1]
        shown(handover, i * STEP_NS)
    assert made[0].updates == [i * STEP_NS for i in range(12)]
    assert made[1].updates == [i * STEP_NS for i in range(3, 20)]


@pytest.mark.parametrize("jump_ns", [-5_000_000_000, 5_000_000_000])
def test_a_jump_in_time_ends_a_change(packs: list[Pack], jump_ns: int) -> None:
    handover = Handover(packs[0], make)
    shown(handover, 10_000_000_000)
    handover.wanted = packs[1]
    assert len(shown(handover, 10_000_000_000 + STEP_NS)) == 2
    assert shown(handover, 10_000_000_000 + jump_ns) == {"b": 1.0}


def test_an_opacity_that_is_asked_for_is_kept(packs: list[Pack]) -> None:
    handover = Handover(packs[0], make)
    shown(handover, 0)
    handover.wanted = packs[1]
    faint = shown(handover, 2 * STEP_NS, opacity=0.5)
    assert faint["a"] == 0.5
    assert faint["b"] == pytest.approx(0.5 * 4 * STEP_NS / HANDOVER_NS)


def test_a_head_is_handed_over_too(packs: list[Pack]) -> None:
    handover = Handover(packs[0], make)
    target = MaskFit().update(face(), 0)
    assert target is not None
    shown(handover, 0)
    handover.wanted = packs[1]
    shown(handover, STEP_NS)
    assert [placement.sprite.name for placement in handover.over(target, HD)] == ["a", "b"]
