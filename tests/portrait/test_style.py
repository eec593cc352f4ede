import numpy as np
import pytest

from vcam.portrait.cutout import SIDE_PX, Cutout
from vcam.portrait.style import Style, stylise


@pytest.mark.parametrize("style", Style)
def test_every_style_hides_what_the_head_hid_and_no_corner(style: Style, head: Cutout) -> None:
    picture = stylise(head, style)
    assert picture.shape == (SIDE_PX, SIDE_PX, 4)
    assert picture.dtype == np.uint8
    solid = head.alpha > 0.99
    assert (picture[..., 3][solid] > 250).mean() > 0.97
    assert picture[:8, :8, 3].max() == 0


@pytest.mark.parametrize("style", Style)
def test_the_same_head_gives_the_same_picture(style: Style, head: Cutout) -> None:
    assert np.array_equal(stylise(head, style), stylise(head, style))


def test_the_sticker_has_a_white_rim(head: Cutout) -> None:
    picture = stylise(head, Style.STICKER)
    chin = head.landmarks[152]
    rim = picture[int(chin[1]) + 10, int(chin[0])]
    assert rim[3] == 255
    assert rim[:3].min() > 240


def test_pixel_art_has_few_colours_and_hard_edges(head: Cutout) -> None:
    picture = stylise(head, Style.PIXEL)
    assert set(np.unique(picture[..., 3])) == {0, 255}
    colours = np.unique(picture[picture[..., 3] > 0][:, :3], axis=0)
    assert 5 <= len(colours) <= 16


def test_the_drawing_is_ink_on_paper(head: Cutout) -> None:
    picture = stylise(head, Style.LINE)
    inside = picture[head.alpha > 0.99][:, :3].astype(int)
    assert np.ptp(inside, axis=1).max() < 40, "no colour"
    light = inside.mean(axis=1)
    assert (light > 200).mean() > 0.4
    assert (light < 90).mean() > 0.02


def test_a_dark_and_a_light_face_are_both_drawn(head: Cutout) -> None:
    dark = Cutout((head.pixels * 0.35).astype(np.uint8), head.alpha, head.landmarks)
    for cutout in (head, dark):
        inked = stylise(cutout, Style.LINE)[head.alpha > 0.99][:, :3].mean(axis=1) < 90
        assert 0.02 < inked.mean() < 0.4
