import numpy as np

from tests.animate.sample_art import svg
from vcam.animate.art.art import Art, Placing
from vcam.animate.art.picture import SpriteCache
from vcam.animate.art.raster import Raster
from vcam.animate.art.vector import Vector


def art(picture) -> Art:
    return Art("test", picture, Placing(), SpriteCache())


def test_a_size_is_drawn_once() -> None:
    shown = art(Vector(svg(), 100, 100))
    assert shown.sprite(200) is shown.sprite(195)
    assert shown.sprite(200) is not shown.sprite(400)


def test_the_content_box_holds_what_can_be_seen() -> None:
    shown = art(Vector(svg(), 100, 100))
    sprite = shown.sprite(200)
    box = shown.content_box(sprite)
    rows, columns = np.nonzero(sprite.pixels[..., 3] > 127)
    assert abs(box.y0 - rows.min()) <= 1
    assert abs(box.y1 - rows.max() - 1) <= 1
    assert abs(box.x0 - columns.min()) <= 1
    assert abs(box.x1 - columns.max() - 1) <= 1
    assert abs(box.width / box.height - shown.aspect) < 0.02


def test_frames_of_an_animation_are_different_sprites() -> None:
    frames = [np.full((8, 8, 4), value, np.uint8) for value in (100, 255)]
    shown = art(Raster(frames, [50_000_000, 50_000_000]))
    assert shown.sprite(8, 0) is shown.sprite(8, 49_000_000)
    assert shown.sprite(8, 0) is not shown.sprite(8, 50_000_000)
    assert shown.sprite(8, 0) is shown.sprite(8, 100_000_000)
