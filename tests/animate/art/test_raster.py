import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.animate.sample_art import encoded, png
from vcam.animate.art.picture import MARGIN_PX
from vcam.animate.art.raster import KEPT_BYTES, MAX_FRAMES, Raster, read_raster
from vcam.errors import PackError

MS = 1_000_000


def frames(count: int, side: int = 20) -> list[Image.Image]:
    return [Image.new("RGBA", (side, side), (index * 7 % 256, 50, 99, 255)) for index in range(count)]


def animation(form: str, durations: list[int], side: int = 20) -> bytes:
    first, *rest = frames(len(durations), side)
    return encoded(first, form, save_all=True, append_images=rest, duration=durations, loop=0)


def test_transparent_borders_are_cut() -> None:
    raster = read_raster(png(100, 60, (10, 20, 50, 40)))
    assert raster.aspect == 2
    assert raster.draw(0, 20).shape == (20 + 2 * MARGIN_PX, 40 + 2 * MARGIN_PX, 4)


def test_colour_is_bgr_and_premultiplied() -> None:
    raster = read_raster(encoded(Image.new("RGBA", (8, 8), (200, 100, 50, 128)), "PNG"))
    assert raster.draw(0, 8)[5, 5].tolist() == [25, 50, 100, 128]


def test_a_margin_keeps_the_edge_smooth() -> None:
    drawn = read_raster(png()).draw(0, 20)
    assert not drawn[:MARGIN_PX].any()
    assert not drawn[:, -MARGIN_PX:].any()
    assert (drawn[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX, 3] == 255).all()


def test_it_is_made_smaller_but_not_larger() -> None:
    raster = read_raster(png(400, 400, (0, 0, 400, 400)))
    assert raster.draw(0, 100).shape[0] == 100 + 2 * MARGIN_PX
    assert raster.draw(0, 1000).shape[0] == 400 + 2 * MARGIN_PX


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_animations_keep_their_timing(form: str) -> None:
    raster = read_raster(animation(form, [100, 300, 200]))
    shown = [raster.frame_at(time * MS, 20) for time in (0, 99, 100, 399, 400, 599, 600, 699, 700)]
    assert shown == [0, 0, 1, 1, 2, 2, 0, 0, 1]


def test_unspecified_frame_times_are_a_tenth_of_a_second() -> None:
    raster = read_raster(animation("GIF", [0, 10, 20]))
    assert [raster.frame_at(time * MS, 20) for time in (99, 100, 200, 219, 220)] == [0, 1, 2, 2, 0]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_every_colour_mode_is_read(form: str, mode: str) -> None:
    if (form, mode) == ("JPEG", "P"):
        pytest.skip("JPEG has no palettes")
    assert read_raster(encoded(Image.new(mode, (30, 30)), form)).aspect == 1


def test_a_long_animation_is_kept_smaller() -> None:
    raster = read_raster(animation("WEBP", [50] * 30, side=640))
    assert raster.nbytes <= KEPT_BYTES
    assert raster.draw(0, 2000).shape[0] > 300


def test_frames_and_durations_must_match() -> None:
    with pytest.raises(ValueError, match="one duration"):
        Raster([np.zeros((2, 2, 4), np.uint8)], [])


def test_too_many_frames_are_refused_without_counting_them() -> None:
    one = animation("GIF", [20, 20], side=2)
    start = one.index(b"\x21\xf9")  # a frame begins with its graphic control extension
    again = one.index(b"\x21\xf9", start + 1)
    frame = one[again:-1]
    bomb = one[:again] + frame * 100_000 + b";"
    with pytest.raises(PackError, match=f"more than {MAX_FRAMES} frames"):
        read_raster(bomb)


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    for width, height in ((60_000, 60_000), (5_000, 5_000), (2**31 - 1, 1)):
        header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
        data = zlib.compress(bytes(10_000_000), 9)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
        with pytest.raises(PackError, match=r"larger than|decoded"):
            read_raster(bomb)


def test_many_large_frames_are_refused() -> None:
    first, *rest = (Image.new("P", (4000, 4000), index) for index in range(6))
    bomb = encoded(first, "GIF", save_all=True, append_images=rest, duration=100)
    with pytest.raises(PackError, match="too much"):
        read_raster(bomb)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP", b"hello"]
)
def test_damage_is_refused(content: bytes) -> None:
    with pytest.raises(PackError, match="cannot be decoded"):
        read_raster(content)


def test_other_formats_are_not_even_tried() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "BMP")
    with pytest.raises(PackError):
        read_raster(stream.getvalue())


def test_a_canvas_that_grows_is_refused() -> None:
    grown = bytearray(animation("GIF", [50, 50]))
    second = grown.index(b"\x2c", grown.index(b"\x2c") + 1)  # the image descriptor: left, top, width, height
    grown[second + 1 : second + 3] = (200).to_bytes(2, "little")
    with pytest.raises(PackError, match="differ in size"):
        read_raster(bytes(grown))


def test_a_fully_transparent_picture_is_refused() -> None:
    with pytest.raises(PackError, match="nothing can be seen"):
        read_raster(encoded(Image.new("RGBA", (9, 9)), "PNG"))
