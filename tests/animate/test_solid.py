import cv2
import numpy as np
import pytest

from vcam.animate.solid import HEAD_ASPECT, measure
from vcam.types import Box, Sprite


def canvas(draw) -> tuple[Sprite, Box]:
    """A 300 by 300 sprite with what `draw` paints into its alpha, in orange."""
    alpha = np.zeros((300, 300), np.uint8)
    draw(alpha)
    pixels = (np.array([0, 0.5, 1, 1]) * alpha[..., np.newaxis]).astype(np.uint8)
    return Sprite("art", pixels), Box(*_box(alpha))


def _box(alpha: np.ndarray) -> tuple[int, int, int, int]:
    x, y, w, h = cv2.boundingRect(alpha)
    return x, y, x + w, y + h


def opaque_share(sprite: Sprite, content: Box, solid) -> float:
    """The least alpha in the ellipse that was found."""
    y, x = np.mgrid[:300, :300]
    u = ((x - content.x0) / content.width - solid.x) / solid.rx
    v = ((y - content.y0) / content.height - solid.y) / solid.ry
    return float(sprite.pixels[..., 3][u * u + v * v < 0.98].min())


def test_a_disc_is_all_body() -> None:
    sprite, content = canvas(lambda a: cv2.circle(a, (150, 150), 120, 255, -1))
    solid = measure(sprite, content)
    assert solid.hides
    assert (solid.x, solid.y) == pytest.approx((0.5, 0.5), abs=0.02)
    assert solid.ry == pytest.approx(0.5, abs=0.03)
    assert solid.rx == pytest.approx(0.5 * HEAD_ASPECT, abs=0.03)
    assert opaque_share(sprite, content, solid) == 255
    assert solid.bgr == pytest.approx((0, 127, 255), abs=2)


def test_ears_and_a_hat_do_not_count() -> None:
    def cat(alpha: np.ndarray) -> None:
        cv2.circle(alpha, (150, 190), 100, 255, -1)
        cv2.fillPoly(alpha, [np.array([[60, 160], [80, 20], [140, 110]])], 255)

    sprite, content = canvas(cat)
    solid = measure(sprite, content)
    assert solid.hides
    assert content.y0 + solid.y * content.height == pytest.approx(190, abs=8)
    assert opaque_share(sprite, content, solid) == 255


def test_holes_are_filled_for_the_fit_but_not_trusted() -> None:
    def ghost(alpha: np.ndarray) -> None:
        cv2.circle(alpha, (150, 150), 120, 255, -1)
        cv2.circle(alpha, (110, 130), 20, 0, -1)
        cv2.circle(alpha, (190, 130), 20, 0, -1)

    solid = measure(*canvas(ghost))
    assert not solid.hides
    assert solid.ry == pytest.approx(0.5, abs=0.03)


def test_half_transparent_art_hides_nothing() -> None:
    solid = measure(*canvas(lambda a: cv2.circle(a, (150, 150), 120, 128, -1)))
    assert not solid.hides
    assert (solid.rx, solid.ry) == (0.5, 0.5)


def test_a_line_drawing_is_taken_whole() -> None:
    solid = measure(*canvas(lambda a: cv2.line(a, (10, 10), (290, 290), 255, 6)))
    assert not solid.hides
    assert (solid.x, solid.y, solid.rx, solid.ry) == (0.5, 0.5, 0.5, 0.5)
