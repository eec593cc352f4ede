import threading

import numpy as np
import pytest

from tests.animate.sample_art import as_json, lottie, svg
from vcam.animate.art.picture import MARGIN_PX
from vcam.animate.art.svg import clean_svg
from vcam.animate.art.vector import Vector
from vcam.errors import PackError


def drawing(body: str) -> Vector:
    return Vector(*clean_svg(svg(body)))


def ball() -> Vector:
    return Vector(as_json(lottie()), 200, 200, 60, 30)


def test_the_visible_part_is_measured() -> None:
    picture = drawing('<rect x="20" y="10" width="60" height="80" fill="#f00"/>')
    assert picture.aspect == pytest.approx(0.75, abs=0.01)
    drawn = picture.draw(0, 400)
    assert drawn.shape[0] == 400 + 2 * MARGIN_PX
    assert drawn.shape[1] == pytest.approx(300 + 2 * MARGIN_PX, abs=2)
    inside = drawn[6:-6, 6:-6]
    assert (inside == [0, 0, 255, 255]).all()


def test_colour_is_premultiplied() -> None:
    drawn = drawing('<rect x="10" y="10" width="80" height="80" fill="#fff" opacity="0.5"/>').draw(0, 64)
    assert drawn[32, 32].tolist() == pytest.approx([128] * 4, abs=2)


def test_large_is_as_sharp_as_small() -> None:
    picture = drawing('<circle cx="50" cy="50" r="40" fill="#000"/>')
    for height_px in (32, 512):
        alpha = picture.draw(0, height_px)[height_px // 2, :, 3]
        assert np.count_nonzero((alpha > 0) & (alpha < 255)) <= 6


def test_gradients_clips_and_opacity_are_drawn() -> None:
    drawn = drawing(
        '<defs><radialGradient id="g" cx="0.5" cy="0.5" r="0.5"><stop offset="0" stop-color="#fff"/>'
        '<stop offset="1" stop-color="#f00"/></radialGradient><clipPath id="c">'
        '<rect x="10" y="30" width="80" height="40"/></clipPath></defs>'
        '<ellipse cx="50" cy="50" rx="40" ry="40" fill="url(#g)" clip-path="url(#c)"/>'
    ).draw(0, 100)
    height, width = drawn.shape[:2]
    assert width / height == pytest.approx(2, abs=0.1)
    assert drawn[height // 2, width // 2].min() > 240
    edge = drawn[height // 2, MARGIN_PX + 3]
    assert edge[2] > 240
    assert edge[0] < 60


def test_lottie_plays_in_time_and_loops() -> None:
    picture = ball()
    assert [picture.frame_at(int(t * 1e9), 100) for t in (0, 0.5, 1.0, 1.999, 2.0, 4.5)] == [
        0,
        15,
        30,
        59,
        0,
        15,
    ]
    left, right = picture.draw(0, 100), picture.draw(59, 100)
    assert left[50, 20, 3] == 255
    assert left[50, -20, 3] == 0
    assert right[50, 20, 3] == 0
    assert right[50, -20, 3] == 255


def test_the_box_of_an_animation_holds_all_its_frames() -> None:
    picture = ball()
    assert picture.aspect == pytest.approx(120 / 40, abs=0.05)
    for frame in range(60):
        drawn = picture.draw(frame, 100)[..., 3]
        assert not drawn[0].any()
        assert not drawn[:, 0].any()
        assert not drawn[:, -1].any()


def test_a_large_animation_is_shown_in_fewer_frames() -> None:
    picture = ball()
    shown = {picture.frame_at(time * 1_000_000, 1024) for time in range(2000)}
    assert 1 <= len(shown) <= 5
    assert max(shown) < 60


@pytest.mark.parametrize("body", ["", '<rect width="50" height="50" fill="none"/>'])
def test_nothing_visible_is_refused(body: str) -> None:
    with pytest.raises(PackError, match="nothing can be seen"):
        drawing(body)


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(PackError, match="cannot be drawn"):
        Vector(b"hello", 100, 100)


def test_several_threads_may_draw() -> None:
    picture, expected = ball(), ball().draw(30, 64)
    wrong: list[int] = []

    def work() -> None:
        wrong.extend(n for n in range(20) if not np.array_equal(picture.draw(30, 64), expected))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
