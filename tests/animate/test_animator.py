import itertools
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.animate.conftest import MakePack
from tests.animate.heads import face, mesh, shows
from tests.animate.sample_art import png
from tests.drawing import coverage
from vcam.animate.animator import Animator
from vcam.animate.handover import HANDOVER_NS
from vcam.animate.pack import Pack, load_pack
from vcam.animate.region import identifying_region
from vcam.types import Box, Face, Label, Mode, Placement, Size

HD = Size(1280, 720)
STEP_NS = 33_333_333


@pytest.fixture
def pack(make_pack: MakePack) -> Pack:
    toml = '[expressions]\nneutral = "a.png"\nhappiness = "b.png"\n'
    return load_pack(make_pack(toml, files={"a.png": png(), "b.png": png(50)}))


def run(animator: Animator, faces: Sequence[Face], now_ns: int = 0, label: Label = Label.NEUTRAL):
    return animator.animate(faces, [shows(label)] * len(faces), now_ns, HD)


def bare(placements: Sequence[Placement], faces: Sequence[Face]) -> int:
    """Pixels of the faces' identifying regions that are not opaque."""
    seen = coverage(placements, HD)
    region = np.zeros_like(seen)
    for one in faces:
        hull = cv2.convexHull(identifying_region(one.landmarks).astype(np.int32)).reshape(-1, 2)
        cv2.fillConvexPoly(region, hull, 255)
    return int(np.count_nonzero(seen[region > 0] < 250))


def extent(placement: Placement) -> Box:
    ys, xs = np.nonzero(coverage([placement], HD) > 8)
    return Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


@pytest.mark.parametrize(
    ("roll", "pitch", "yaw"), [*itertools.product((-150, -35, 0, 35), (-40, 0, 40), (-80, -40, 0, 40, 80))]
)
def test_a_mask_covers_the_face_however_it_is_turned(
    pack: Pack, roll: float, pitch: float, yaw: float
) -> None:
    one = face(roll=roll, pitch=pitch, yaw=yaw)
    assert bare(run(Animator(pack, Mode.MASK), [one]), [one]) == 0


def test_masks_cover_faces_at_the_edge_huge_small_and_several(pack: Pack) -> None:
    faces = [
        face(1, x=-20, y=100),
        face(2, x=1270, y=700, unit=60),
        face(3, x=640, y=360, unit=420, yaw=30),
        face(4, x=900, y=200, unit=12),
    ]
    for group in (faces[:1], faces[1:2], faces[2:3], faces[3:], faces):
        assert bare(run(Animator(pack, Mode.MASK), group), group) == 0


def test_every_frame_of_a_lively_face_is_covered(pack: Pack) -> None:
    animator, rng = Animator(pack, Mode.MASK), np.random.default_rng(3)
    for i in range(60):
        points = mesh(
            30 * np.sin(i / 5), 25 * np.sin(i / 4), 70 * np.sin(i / 6), 90, 640 + 200 * np.sin(i / 3)
        )
        points += rng.normal(0, 2, points.shape).astype(np.float32)
        one = face(landmarks=points, seen_ns=i * STEP_NS)
        label = Label.HAPPINESS if i // 3 % 2 else Label.NEUTRAL
        assert bare(run(animator, [one], i * STEP_NS, label), [one]) == 0


def test_a_remembered_face_keeps_its_mask(pack: Pack) -> None:
    animator, one = Animator(pack, Mode.MASK), face()
    for i in range(30):
        assert bare(run(animator, [one], i * STEP_NS), [one]) == 0


@pytest.mark.parametrize("value", [np.nan, np.inf, 250.0])
@pytest.mark.parametrize("mode", [Mode.MASK, Mode.BESIDE, Mode.AVATAR])
def test_a_broken_mesh_breaks_nothing(pack: Pack, value: float, mode: Mode) -> None:
    animator = Animator(pack, mode)
    broken = Face(1, Box(500, 200, 700, 450), np.full((468, 3), value, np.float32), 1.0, 0)
    for i in range(3):
        placements = run(animator, [broken], i * STEP_NS)
        assert placements
        assert all(np.isfinite(placement.affine).all() for placement in placements)
        if mode is Mode.MASK:
            assert coverage(placements, HD)[200:450, 500:700].min() == 255
        run(animator, [face()], i * STEP_NS)


def test_the_same_frames_give_the_same_placements(pack: Pack) -> None:
    def play() -> list[tuple]:
        animator, found = Animator(pack, Mode.MASK), []
        for i in range(20):
            one = face(yaw=3 * i, x=400 + 5 * i)
            label = Label.HAPPINESS if i > 9 else Label.NEUTRAL
            placements = run(animator, [one], i * STEP_NS, label)
            found += [(p.sprite.name, p.opacity, *p.affine.ravel()) for p in placements]
        return found

    assert play() == play()


def test_small_faces_are_drawn_first(pack: Pack) -> None:
    near, far = face(1, x=500, unit=150), face(2, x=700, unit=50)
    assert [p.track_id for p in run(Animator(pack, Mode.MASK), [near, far])] == [2, 1]


def test_badges_lie_over_no_face_and_inside_the_picture(pack: Pack) -> None:
    animator = Animator(pack, Mode.BESIDE)
    for i in range(40):
        faces = [
            face(1, x=300 + 12 * i, unit=70),
            face(2, x=900, unit=90, yaw=i),
            face(3, x=1150, y=150, unit=40),
        ]
        placements = run(animator, faces, i * STEP_NS)
        for placement in (p for p in placements if p.opacity > 0.1):
            box = extent(placement)
            assert all(box.iou(one.box) == 0 for one in faces)
            assert box.x0 >= 0
            assert box.x1 <= HD.width


def test_a_badge_is_there_at_once_and_changes_sides_softly(pack: Pack) -> None:
    animator = Animator(pack, Mode.BESIDE)
    opacity = [run(animator, [face(x=400)], i * STEP_NS)[0].opacity for i in range(3)]
    assert opacity == [1, 1, 1]
    before = extent(run(animator, [face(x=400)], 3 * STEP_NS)[0])
    other = face(2, x=before.center[0], y=before.center[1], unit=30)
    moved = [run(animator, [face(x=400), other], (4 + i) * STEP_NS)[0].opacity for i in range(8)]
    assert moved[0] == 0
    assert moved == sorted(moved)
    assert moved[-1] == 1


def test_the_avatar_rests_without_a_face_and_takes_the_next_one_up(pack: Pack) -> None:
    animator = Animator(pack, Mode.AVATAR)
    assert len(run(animator, [])) == 1
    for i in range(60):
        run(animator, [face(5, x=250)], i * STEP_NS)
    aside = extent(run(animator, [face(5, x=250)], 60 * STEP_NS)[0])
    gone = extent(run(animator, [], 61 * STEP_NS)[0])
    back = extent(run(animator, [face(6, x=250)], 62 * STEP_NS)[0])
    assert aside.center[0] < 560
    assert gone.center == pytest.approx(aside.center, abs=20)
    assert back.center == pytest.approx(gone.center, abs=20)


def test_nothing_is_drawn_in_off_mode(pack: Pack) -> None:
    assert run(Animator(pack, Mode.OFF), [face()]) == ()


def test_mode_and_pack_change_between_frames(pack: Pack, make_pack: MakePack) -> None:
    animator = Animator(pack, Mode.BESIDE)
    run(animator, [face()])
    animator.mode = Mode.MASK
    animator.pack = load_pack(make_pack(name="other"))
    placements = run(animator, [face()], STEP_NS)
    assert bare(placements, [face()]) == 0
    assert placements[-1].sprite.name.startswith("other/")
    run(animator, [face()], STEP_NS + HANDOVER_NS)
    assert [p.sprite.name[:6] for p in run(animator, [face()], 2 * STEP_NS + HANDOVER_NS)] == ["other/"]
    assert run(animator, [face(2)], 3 * STEP_NS + HANDOVER_NS)[0].opacity == 1, "a new face needs no change"


@pytest.mark.parametrize(
    "names", [("puppet", "puppet-cat"), ("classic", "puppet"), ("puppet-ghost", "classic")]
)
def test_the_face_stays_covered_while_the_pack_changes(root: Path, names: tuple[str, str]) -> None:
    before, after = (load_pack(root / "overlays" / name) for name in names)
    animator = Animator(before, Mode.MASK)
    shown = []
    for i in range(14):
        if i in (2, 5, 7):  # there, and back before it is over, and there again
            animator.pack = before if i == 5 else after
        one = face(x=500 + 6 * i, roll=2 * i, seen_ns=i * STEP_NS)
        placements = run(animator, [one], i * STEP_NS)
        assert bare(placements, [one]) == 0
        shown.append(tuple(placement.opacity for placement in placements))
    assert max(map(len, shown)) > 1
    assert shown[-1] == (1.0,)


def test_faces_and_expressions_belong_together(pack: Pack) -> None:
    with pytest.raises(ValueError, match="zip"):
        Animator(pack, Mode.MASK).animate([face()], [], 0, HD)


@pytest.mark.parametrize("character", ["puppet-ghost", "puppet-cat", "puppet"])
def test_a_tilted_avatar_at_the_edge_stays_in_the_picture(root: Path, character: str) -> None:
    animator = Animator(load_pack(root / "overlays" / character), Mode.AVATAR)
    faces = [face(1, x=60, y=60, roll=-40, unit=90), face(2, x=1250, y=650, roll=45, unit=90)]
    for i in range(40):
        placements = run(animator, faces, i * STEP_NS)
    seen = coverage(placements, HD)
    edges = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    assert edges.max() < 60
