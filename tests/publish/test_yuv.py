import cv2
import numpy as np
import pytest

from vcam.publish.yuv import YuvConverter, YuvFormat, unpadded_formats
from vcam.types import Size

SIZE = Size(64, 48)
BACK = {
    YuvFormat.I420: (cv2.COLOR_YUV2BGR_I420, (72, 64)),
    YuvFormat.NV12: (cv2.COLOR_YUV2BGR_NV12, (72, 64)),
    YuvFormat.YUY2: (cv2.COLOR_YUV2BGR_YUY2, (48, 64, 2)),
}


def _converted(pixels, layout):
    out = np.zeros(layout.byte_count(SIZE), np.uint8)
    YuvConverter(layout, SIZE).convert(pixels, out)
    return out


@pytest.fixture
def quarters():
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:24, :32], pixels[:24, 32:] = (40, 40, 220), (60, 200, 40)
    pixels[24:, :32], pixels[24:, 32:] = (210, 60, 50), (255, 255, 255)
    return pixels


@pytest.mark.parametrize("layout", list(YuvFormat))
def test_a_picture_comes_back_from_every_layout(layout, quarters):
    code, shape = BACK[layout]
    back = cv2.cvtColor(_converted(quarters, layout).reshape(shape), code)
    assert np.abs(back.astype(int) - quarters).max() <= 3


@pytest.mark.parametrize("layout", list(YuvFormat))
def test_luma_is_bt601_in_the_limited_range(layout, quarters):
    data = _converted(quarters, layout)
    luma = data[::2].reshape(48, 64) if layout is YuvFormat.YUY2 else data[: 64 * 48].reshape(48, 64)
    blue, green, red = (quarters[..., i].astype(float) for i in range(3))
    # ITU-R BT.601-7, 2.5.1 and 2.5.3: E'Y = 0.299 R + 0.587 G + 0.114 B, coded as 219 E'Y + 16.
    expected = 16 + 219 / 255 * (0.299 * red + 0.587 * green + 0.114 * blue)
    assert np.abs(luma - expected).max() <= 1


def test_chroma_planes_of_i420_and_nv12_hold_the_same_samples(quarters):
    planar = _converted(quarters, YuvFormat.I420)[64 * 48 :].reshape(2, -1)
    interleaved = _converted(quarters, YuvFormat.NV12)[64 * 48 :].reshape(-1, 2)
    assert (planar == interleaved.T).all()


@pytest.mark.parametrize(
    ("width", "layouts"),
    [
        (640, ("I420", "NV12", "YUY2")),
        (636, ("NV12", "YUY2")),
        (854, ("YUY2",)),
    ],
)
def test_only_layouts_that_need_no_padding_are_offered(width, layouts):
    assert unpadded_formats(Size(width, 480)) == layouts


def test_odd_sides_are_refused():
    with pytest.raises(ValueError, match="even"):
        unpadded_formats(Size(640, 361))


def test_a_picture_or_a_memory_of_another_size_is_refused(quarters):
    converter = YuvConverter(YuvFormat.I420, SIZE)
    with pytest.raises(ValueError, match="I420"):
        converter.convert(quarters[:24], np.zeros(4608, np.uint8))
    with pytest.raises(ValueError, match="I420"):
        converter.convert(quarters, np.zeros(4607, np.uint8))
