import cv2
import numpy as np
import pytest

from vcam.publish.card import coded, decode, standby
from vcam.types import BGR, Size

SIZES = [Size(1280, 720), Size(640, 480), Size(720, 1280), Size(64, 64), Size(321, 241)]


@pytest.mark.parametrize("size", SIZES)
def test_the_standby_card_fills_any_size(size: Size) -> None:
    frame = standby(size, "Camera reconnecting…")
    assert frame.size == size
    assert frame.pixels.std() > 10


def test_the_same_card_is_drawn_once() -> None:
    assert standby(Size(320, 180), "One moment…") is standby(Size(320, 180), "One moment…")


def test_the_line_is_on_the_card() -> None:
    one, other = (standby(Size(640, 360), line).pixels.astype(int) for line in ("Starting…", "Camera asleep"))
    rows = np.nonzero(np.abs(one - other).max(axis=(1, 2)) > 50)[0]
    assert rows.min() > 360 * 0.7
    assert rows.max() < 360 * 0.95


def test_a_long_line_stays_inside() -> None:
    plain = standby(Size(320, 180), "").pixels.astype(int)
    text = standby(Size(320, 180), "an uncommonly long line " * 5).pixels.astype(int)
    columns = np.nonzero(np.abs(text - plain).max(axis=(0, 2)) > 50)[0]
    assert len(columns) > 100
    assert columns.min() > 320 * 0.02
    assert columns.max() < 320 * 0.98


def _jpeg(pixels: BGR) -> BGR:
    picture = cv2.imdecode(cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, 60))[1], cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def _yuv(pixels: BGR) -> BGR:
    planes = cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420)
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), np.uint8)


@pytest.mark.parametrize("width", [1280, 640, 320, 160])
@pytest.mark.parametrize("damage", [lambda pixels: pixels, _jpeg, _yuv])
def test_a_coded_card_is_read_after_scaling_and_compression(width: int, damage) -> None:  # type: ignore[no-untyped-def]
    for seq, time_ns in ((0, 0), (2**32 - 1, 2**58 - 1024), (123_456, 1_700_000_000_123_456_512)):
        time_ns %= 2**58
        card = coded(Size(1280, 720), seq, time_ns)
        scaled = cv2.resize(card, (width, width * 9 // 16 // 2 * 2), interpolation=cv2.INTER_AREA)
        assert decode(damage(np.asarray(scaled, np.uint8))) == (seq, time_ns // 1024 * 1024)


def test_a_torn_card_is_not_read() -> None:
    torn = coded(Size(320, 180), 7, 7 << 20)
    torn[100:] = coded(Size(320, 180), 8, 8 << 20)[100:]
    assert decode(torn) is None


def test_a_flipped_bit_is_noticed() -> None:
    card = coded(Size(320, 180), 7, 7 << 20)
    flipped = card[::, :160].copy()
    card[:, :160] = 255 - flipped
    assert decode(card) is None


def test_what_is_no_test_card_is_not_read() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (180, 320, 3), np.uint8)
    assert decode(noise) is None
    assert decode(standby(Size(320, 180), "One moment…").pixels) is None
    assert decode(np.zeros((180, 320, 3), np.uint8)) is None


@pytest.mark.parametrize(("seq", "time_ns"), [(-1, 0), (2**32, 0), (0, -1), (0, 2**58)])
def test_numbers_out_of_range_are_refused(seq: int, time_ns: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        coded(Size(320, 180), seq, time_ns)


def test_a_card_too_small_to_read_is_refused() -> None:
    with pytest.raises(ValueError, match="96x54"):
        coded(Size(80, 45), 0, 0)
