"""The guard, link by link.

Each link has a scene that would show a face if the link were broken. Every scene is played twice: with the
guard as it is, when nothing may be exposed, and with that one link broken, when the judge must see the face.
So a scene that could not fail would fail here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pytest

import vcam.guard.guard
import vcam.guard.heads
import vcam.guard.veil
import vcam.guard.watch
from tests.studio import (
    SIZE,
    STEP_NS,
    Place,
    Show,
    disc,
    face,
    mask,
    outline,
    room,
    sighting,
)
from vcam.app.judge import EXPOSED_SHARE, exposed_share
from vcam.config import NoFace
from vcam.guard.cells import Cells
from vcam.guard.guard import Guard
from vcam.guard.heads import Head, Memory
from vcam.guard.veil import Veil
from vcam.guard.watch import Watch
from vcam.runtime.capturer import FORGET_NS
from vcam.types import Detectors, Frame, Mode, Release, Sighting, Size

HERE: Place = (220.0, 170.0)
THERE: Place = (480.0, 170.0)
Patch = pytest.MonkeyPatch


def shown(show: Show, place: Place = HERE) -> float:
    """The exposed share of the face at `place` in the last frame that came out."""
    return exposed_share(show.frame.pixels, show.out.pixels, outline(place))


def live(place: Place = HERE, frames: int = 5, **options: object) -> Show:
    """A show in which a face at `place` is known and the picture is live."""
    show = Show(Guard(**options))  # type: ignore[arg-type]
    for _ in range(frames):
        show.seen(place)
    assert show.guard.last is Release.LIVE
    return show


@dataclass(frozen=True)
class Link:
    """One link: a scene that returns the worst exposed share, and how to break the link."""

    scene: Callable[[], float]
    break_it: Callable[[Patch], None]


LINKS: dict[str, Link] = {}


def link(break_it: Callable[[Patch], None]) -> Callable[[Callable[[], float]], Callable[[], float]]:
    """Register a scene under its own name."""

    def register(scene: Callable[[], float]) -> Callable[[], float]:
        LINKS[scene.__name__] = Link(scene, break_it)
        return scene

    return register


@link(lambda patch: patch.setattr(Guard, "_belongs", staticmethod(lambda *_: True)))
def a_composite_of_an_earlier_frame_is_not_released() -> float:
    show = live()  # with a stranger at THERE, of whom only this frame's detectors will know
    stale = Frame(show.seq, show.now_ns, show.out.pixels)
    show.pixels = room()
    show.pixels[100:240, 430:530] = room(seed=1)[100:240, 430:530]
    show.seen(HERE, composite=stale)
    return exposed_share(stale.pixels, show.out.pixels, outline(THERE))


@link(lambda patch: patch.setattr(Guard, "_has_looked", lambda *_: True))
def nothing_leaves_before_the_first_full_look() -> float:
    show = Show(Guard(no_face=NoFace.SHOW))
    show.step(looked=Detectors.NEAR)
    return shown(show)


@link(lambda patch: patch.setattr(vcam.guard.watch, "CALM_LOOK_NS", 1 << 60))
def a_full_look_is_never_old() -> float:
    show = live(frames=1)
    wanted = []
    for _ in range(30):
        show.seen(HERE)
        wanted.append(show.wanted)
    return 0.0 if Detectors.FAR in wanted else 1.0


@link(lambda patch: patch.setattr(Watch, "_apart_from", lambda *_: []))
def something_that_begins_to_move_is_looked_at_at_once() -> float:
    show = live(frames=25)
    show.pixels = show.pixels.copy()
    show.pixels[100:240, 440:520] = 255 - show.pixels[100:240, 440:520]
    wanted = show.guard.wants(show.next_frame())
    return 0.0 if wanted is Detectors.BOTH else 1.0


@link(lambda patch: patch.setattr(Watch, "arrivals", lambda *_: None))
def what_enters_at_the_edge_is_hidden_before_anybody_knows_it() -> float:
    show = live(frames=25)
    show.pixels = show.pixels.copy()
    show.pixels[100:260, 560:] = 255 - show.pixels[100:260, 560:]
    show.seen(HERE)
    return shown(show, (600.0, 170.0))


@link(lambda patch: patch.setattr(vcam.guard.watch, "GAP_NS", 1 << 60))
def a_gap_between_frames_asks_for_a_full_look() -> float:
    show = live(frames=1)
    wanted = show.guard.wants(show.next_frame(after_ns=200_000_000))
    return 0.0 if wanted is Detectors.BOTH else 1.0


def _no_outlines(patch: Patch) -> None:
    patch.setattr(Head, "reach", lambda self, now_ns: self.outline[:1])


@link(_no_outlines)
def a_face_without_art_is_hidden() -> float:
    show = live()
    show.seen(HERE, placements=[], sightings=[])
    return shown(show)


def _any_alpha_will_do(patch: Patch) -> None:
    patch.setattr(vcam.guard.guard, "_OPAQUE", 1)
    patch.setattr(Cells, "shows", lambda *_: True)


@link(_any_alpha_will_do)
def translucent_art_does_not_count() -> float:
    show = live()
    show.seen(HERE, placements=[mask(HERE, opacity=0.5)])
    return shown(show)


def _bounding_box_of_art(patch: Patch) -> None:
    def draw(self: Cells, placements: object) -> object:
        return np.full((*self.shape, 4), (40, 220, 250, 255), np.uint8)

    patch.setattr(Cells, "draw", draw)
    patch.setattr(Cells, "shows", lambda *_: True)


@link(_bounding_box_of_art)
def a_hole_in_the_art_is_patched() -> float:
    show = live()
    show.seen(HERE, placements=[mask(HERE, disc(hole_px=20))])
    return shown(show)


@link(lambda patch: patch.setattr(Cells, "shows", lambda *_: True))
def art_that_was_not_drawn_does_not_count() -> float:
    show = live()
    frame = Frame(show.seq + 1, show.now_ns + STEP_NS, show.pixels)
    show.seen(HERE, composite=frame)
    return shown(show)


def _nothing(_: object) -> tuple[float, ...]:
    return (-99.0, -99.0, 0.0, 0.0)


def _only_sure_claims(patch: Patch) -> None:
    update = Memory.update

    def sure(self: Memory, faces: object, sightings: list[Sighting], *rest: object) -> None:
        update(self, faces, [claim for claim in sightings if claim.score > 0.5], *rest)  # type: ignore[arg-type]

    patch.setattr(Memory, "update", sure)
    patch.setattr(vcam.guard.guard, "sighting_core", _nothing)


@link(_only_sure_claims)
def a_second_face_that_only_the_short_range_claims_is_hidden() -> float:
    show = live()
    show.seen(HERE, sightings=[sighting(HERE), sighting(THERE, 0.3)])
    return shown(show, THERE)


@link(_only_sure_claims)
def a_second_face_that_only_the_full_range_claims_is_hidden() -> float:
    show = live()
    show.seen(HERE, sightings=[sighting(HERE), sighting(THERE, 0.3, full_range=True)], looked=Detectors.BOTH)
    return shown(show, THERE)


def _everything_is_explained(patch: Patch) -> None:
    patch.setattr(vcam.guard.heads, "explains", lambda *_: True)
    patch.setattr(vcam.guard.guard, "sighting_core", _nothing)


@link(_everything_is_explained)
def a_mesh_that_is_off_by_half_a_face_does_not_bare_the_other_half() -> float:
    show = live()
    off = (HERE[0] + 40, HERE[1])
    show.seen(HERE, faces=[face(off, show.now_ns + STEP_NS)], placements=[mask(off)])
    return shown(show)


@link(lambda patch: patch.setattr(vcam.guard.guard, "sighting_core", _nothing))
def a_mesh_that_is_too_short_does_not_bare_the_chin() -> float:
    show = live()
    up = (HERE[0], HERE[1] - 16)
    show.seen(HERE, faces=[face(up, show.now_ns + STEP_NS)], placements=[mask((up[0], up[1] - 10))])
    return shown(show)


@link(lambda patch: patch.setattr(vcam.guard.heads, "_STRAY", 1e9))
def a_claim_that_moves_on_leaves_its_old_place_hidden() -> float:
    show = live(no_face=NoFace.SHOW)
    for step in range(8):
        hand = (THERE[0] + 40 * max(step - 4, 0), THERE[1])
        show.seen(HERE, sightings=[sighting(HERE), sighting(hand, 0.4)])
    return shown(show, THERE)


@link(lambda patch: patch.setattr(vcam.guard.heads, "_JUMP", 1e9))
def a_mesh_that_leaps_while_no_detector_sees_leaves_the_old_place_hidden() -> float:
    show = live()
    off = (HERE[0] + 60, HERE[1])
    show.seen(HERE, faces=[face(off, show.now_ns + STEP_NS)], placements=[mask(off)], sightings=[])
    return shown(show)


@link(lambda patch: patch.setattr(Head, "behind", lambda *_: None))
def a_hand_that_steals_the_track_does_not_bare_the_face() -> float:
    show = live()
    worst = 0.0
    for step in range(20):
        hand = (HERE[0], HERE[1] - 4 * step)
        faces = [face(hand, show.now_ns + STEP_NS, score=0.1)]
        show.seen(HERE, faces=faces, sightings=[sighting(hand)], placements=[mask(hand)])
        worst = max(worst, shown(show))
    return worst


@link(lambda patch: patch.setattr(Memory, "_remembered", staticmethod(lambda *_: [])))
def a_face_that_nobody_sees_any_more_stays_hidden() -> float:
    show = live(no_face=NoFace.SHOW)
    worst = 0.0
    for _ in range(60):
        show.step()
        worst = max(worst, shown(show))
    return worst


@link(lambda patch: patch.setattr(Head, "reach", lambda self, now_ns: self.outline))
def a_lost_face_is_hidden_where_it_was_going() -> float:
    show = Show(Guard())
    x, y = HERE
    for frame in range(8):
        show.seen((x + 6 * frame, y))
    worst = 0.0
    for frame in range(8, 16):
        show.step()
        worst = max(worst, shown(show, (x + 6 * frame, y)))
    return worst


def _held_for_ever(patch: Patch) -> None:
    patch.setattr(vcam.guard.guard, "HOLD_NS", 1 << 60)
    patch.setattr(vcam.guard.heads, "_GROWTH_PER_S", 0.0)


@link(_held_for_ever)
def a_face_lost_for_longer_covers_the_picture() -> float:
    show = live()
    for _ in range(20):
        show.step()
    return shown(show, THERE)  # it may be there by now


@link(lambda patch: patch.setattr(vcam.guard.guard, "_REMEMBERED_MARGIN", -1.0))
def a_remembered_face_is_hidden_where_the_tracker_believes_it() -> float:
    show = live()
    seen_ns = show.now_ns
    show.step(faces=[face(THERE, seen_ns)])
    return shown(show, THERE)


@link(lambda patch: patch.setattr(vcam.guard.guard, "SETTLE_NS", 0))
def live_again_only_after_a_moment() -> float:
    show = live()
    show.guard.retreat(show.next_frame())
    worst = 0.0
    for _ in range(6):  # a stranger, whom nobody claims yet, stands behind the face that is known again
        show.seen(HERE)
        worst = max(worst, shown(show, THERE))
    return worst


@link(lambda patch: patch.setattr(Guard, "_cover", lambda self, frame: frame))
def a_failed_stage_covers_the_picture() -> float:
    show = live()
    show.out = show.guard.retreat(show.next_frame())
    return shown(show)


@link(lambda patch: patch.setattr(Guard, "retreat", lambda self, frame: frame))
def a_failure_of_the_guard_itself_covers_the_picture() -> float:
    show = live()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cells, "draw", lambda *_: 1 / 0)
        show.seen(HERE)
    return shown(show)


@link(lambda patch: patch.setattr(Guard, "_settled", lambda *_: True))
def no_face_in_sight_covers_the_picture() -> float:
    show = Show(Guard())
    show.step()
    return shown(show)


@link(lambda patch: patch.setattr(Veil, "whole", lambda self, frame: frame.pixels.copy()))
def the_veil_leaves_nothing_of_the_picture() -> float:
    show = Show(Guard())
    show.step()
    return shown(show)


@link(lambda patch: patch.setattr(vcam.guard.guard, "_CAMERA_SHARE", 2.0))
def no_camera_pixel_leaves_in_avatar_mode() -> float:
    show = Show(Guard(Mode.AVATAR))
    show.step()
    return shown(show)


@pytest.mark.parametrize("name", LINKS)
def test_nothing_is_exposed(name: str) -> None:
    assert LINKS[name].scene() == 0.0


@pytest.mark.parametrize("name", LINKS)
def test_a_broken_link_is_noticed(name: str, monkeypatch: Patch) -> None:
    LINKS[name].break_it(monkeypatch)
    assert LINKS[name].scene() > EXPOSED_SHARE


def test_a_covered_face_goes_out_live_and_untouched() -> None:
    show = live(frames=30)
    assert np.array_equal(show.out.pixels, show.seen(HERE).pixels)
    assert show.guard.last is Release.LIVE
    assert show.guard.hidden


def test_the_first_frame_is_live_where_everything_is_known() -> None:
    show = Show(Guard())
    show.seen(HERE)
    assert show.guard.last is Release.LIVE


@pytest.mark.parametrize("mad", [np.nan, np.inf])
def test_a_face_that_is_nowhere_covers_the_picture_and_does_no_harm_later(mad: float) -> None:
    show = live()
    points = face(HERE, 0).landmarks.copy()
    points[:, 0] = mad
    show.seen(HERE, faces=[replace(face(HERE, show.now_ns + STEP_NS), landmarks=points)])
    assert show.guard.last is Release.COVERED
    for _ in range(12):
        show.seen(HERE)
    assert show.guard.last is Release.LIVE


def test_a_lost_face_is_held_then_covered_then_forgotten() -> None:
    show = live(no_face=NoFace.SHOW)
    releases = []
    for _ in range(120):
        show.step()
        releases.append(show.guard.last)
    assert [release for release, _ in groupby(releases)] == [Release.HELD, Release.COVERED, Release.LIVE]
    assert 10 <= releases.index(Release.COVERED) <= 14
    assert 90 <= releases.index(Release.LIVE) <= 100


def test_another_scene_is_looked_at_at_once_and_the_old_one_forgotten() -> None:
    show = live()
    show.pixels = 255 - show.pixels
    show.seen(THERE)
    assert show.wanted is Detectors.BOTH
    assert show.guard.last is Release.LIVE
    assert shown(show, THERE) == 0.0


def test_a_retreat_ends_after_a_moment() -> None:
    show = live()
    show.guard.retreat(show.next_frame())
    assert show.guard.last is Release.COVERED
    releases = []
    for _ in range(12):
        show.seen(HERE)
        releases.append(show.guard.last)
    assert releases == [Release.COVERED] * 8 + [Release.LIVE] * 4


def test_a_face_that_left_through_the_edge_does_not_cover_the_picture() -> None:
    show = live(THERE, no_face=NoFace.SHOW)
    x = THERE[0]
    while x < SIZE.width + 20:
        show.seen((x, THERE[1]))
        x += 20
    releases = set()
    for _ in range(20):
        show.step()
        releases.add(show.guard.last)
    assert releases <= {Release.HELD, Release.LIVE}
    assert show.guard.last is Release.LIVE


@pytest.mark.parametrize("no_face", list(NoFace))
def test_no_face_in_sight_is_the_users_choice(no_face: NoFace) -> None:
    card = np.full((90, 160, 3), (10, 20, 30), np.uint8)
    show = Show(Guard(no_face=no_face, card=card))
    show.step()
    assert show.guard.last is (Release.LIVE if no_face is NoFace.SHOW else Release.COVERED)
    assert (show.out.pixels == (10, 20, 30)).all() == (no_face is NoFace.COVER)


@pytest.mark.parametrize("mode", [Mode.BESIDE, Mode.OFF])
def test_other_modes_pass_the_picture_and_cover_only_failures(mode: Mode) -> None:
    show = Show(Guard(mode))
    assert show.step() is not None
    assert show.guard.last is Release.LIVE
    assert not show.guard.hidden
    show.out = show.guard.retreat(show.next_frame())
    assert show.guard.last is Release.COVERED
    assert shown(show) == 0.0


def test_avatar_mode_covers_with_the_card_and_no_camera_pixel() -> None:
    show = Show(Guard(Mode.AVATAR))
    show.out = show.guard.retreat(show.next_frame())
    assert len(np.unique(show.out.pixels.reshape(-1, 3), axis=0)) == 1
    backdrop = Frame(show.seq + 1, show.now_ns + STEP_NS, np.full_like(show.pixels, 99))
    show.step(composite=backdrop)
    assert show.guard.last is Release.LIVE


def test_the_detectors_may_rest_while_nothing_happens() -> None:
    show = live(frames=20)
    looks = 0
    for _ in range(60):
        show.seen(HERE)
        looks += Detectors.FAR in show.wanted
        assert Detectors.NEAR not in show.wanted
    assert looks <= 4


def test_a_composite_of_another_size_is_not_released() -> None:
    show = live()
    show.seen(HERE, composite=Frame(show.seq + 1, show.now_ns + STEP_NS, room(Size(320, 180))))
    assert show.guard.last is Release.COVERED
    assert show.out.size == SIZE


@pytest.mark.parametrize("again", ["size", "time", "mode", "reset"])
def test_a_new_beginning_asks_for_a_full_look(again: str) -> None:
    show = live(no_face=NoFace.SHOW)
    if again == "size":
        show.pixels = room(Size(320, 180))
    elif again == "time":
        show.now_ns = 0
    elif again == "mode":
        show.guard.mode = Mode.OFF
        show.guard.mode = Mode.MASK
    else:
        show.guard.reset()
    show.step(looked=Detectors.NEAR)
    assert show.guard.last is Release.COVERED
    assert show.out.size == show.frame.size


def test_the_veil_in_a_patch_is_that_of_the_whole_picture() -> None:
    show = live()
    show.seen(HERE, placements=[], sightings=[])
    assert show.guard.last is Release.HELD
    whole = Veil().whole(show.frame)
    x, y = round(HERE[0]), round(HERE[1])
    assert np.abs(show.out.pixels[y, x].astype(int) - whole[y, x]).max() <= 3
    assert np.array_equal(show.out.pixels[:20], show.frame.pixels[:20])


def test_another_source_is_a_start_even_where_it_looks_alike() -> None:
    """The capture worker leaves FORGET_NS between the stamps of two sources."""
    guard = Guard()
    pixels = room()
    first = Frame(0, 0, pixels)
    guard.wants(first)
    guard.release(first, first, looked=Detectors.BOTH)
    second = Frame(1, STEP_NS, pixels)
    assert guard.wants(second) is Detectors.NEAR
    guard.release(second, second)
    assert guard.wants(Frame(2, STEP_NS + FORGET_NS, pixels)) is Detectors.BOTH
