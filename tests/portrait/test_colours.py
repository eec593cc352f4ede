import re

import cv2
import numpy as np

from vcam.portrait.colours import propose
from vcam.portrait.cutout import OVAL, SIDE_PX, Cutout


def _bgr(colour: str) -> np.ndarray:
    return np.array([int(colour[index : index + 2], 16) for index in (5, 3, 1)])


def test_the_portraits_colours(head: Cutout) -> None:
    colours = propose(head)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in (colours.skin, colours.eyes, colours.hair))
    blue, green, red = _bgr(colours.skin)
    assert red > green > blue, "skin"
    assert _bgr(colours.hair).sum() < _bgr(colours.skin).sum(), "brown hair is darker than this skin"
    assert not colours.glasses


def test_a_painted_head_gives_the_paint_back(head: Cutout) -> None:
    painted = np.full((SIDE_PX, SIDE_PX, 3), (20, 40, 60), np.uint8)
    outline = cv2.convexHull(np.round(head.landmarks[list(OVAL)]).astype(np.int32))
    cv2.fillPoly(painted, [outline], (90, 130, 200))
    for corners in ((33, 133), (362, 263)):
        middle = head.landmarks[list(corners)].mean(axis=0)
        cv2.circle(painted, tuple(int(value) for value in middle), 14, (160, 90, 30), -1)
    colours = propose(Cutout(painted, head.alpha, head.landmarks))
    assert (colours.skin, colours.hair, colours.eyes) == ("#c8825a", "#3c2814", "#1e5aa0")


def test_glasses_are_seen(head: Cutout) -> None:
    worn = head.pixels.copy()
    for corners in ((33, 133), (362, 263)):
        x, y = (int(value) for value in head.landmarks[list(corners)].mean(axis=0))
        cv2.ellipse(worn, (x, y + 4), (46, 34), 0, 0, 360, (40, 40, 40), 4, cv2.LINE_AA)
    x, y = (int(value) for value in head.landmarks[168])
    cv2.line(worn, (x - 16, y + 4), (x + 16, y + 4), (40, 40, 40), 4, cv2.LINE_AA)
    assert propose(Cutout(worn, head.alpha, head.landmarks)).glasses


def test_a_bald_head_has_no_hair(head: Cutout) -> None:
    bare = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    cv2.fillPoly(bare, [np.round(head.landmarks[list(OVAL)]).astype(np.int32)], 1.0)
    assert propose(Cutout(head.pixels, bare, head.landmarks)).hair is None
