import cv2
import numpy as np
import pytest

from vcam.app.checks.finding import Level
from vcam.app.checks.loop import ALIKE, card, check_loop, difference
from vcam.app.checks.state import LoopState
from vcam.types import BGR, Size

CARD = card(Size(640, 360))


def _through_a_driver(picture: BGR) -> BGR:
    """What half-resolution colour and JPEG leave of a picture."""
    yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_I420), [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def test_the_card_survives_a_driver_and_another_size() -> None:
    assert difference(CARD, CARD) == 0
    assert difference(CARD, _through_a_driver(CARD)) < ALIKE
    assert difference(CARD, card(Size(1280, 720))) < ALIKE


@pytest.mark.parametrize(
    "received",
    [
        CARD[:, ::-1],
        CARD[::-1],
        CARD[:, :, ::-1],
        np.zeros_like(CARD),
        np.roll(CARD, 320, axis=1),
        CARD // 2,
    ],
    ids=["mirrored", "upside down", "red and blue swapped", "black", "torn", "dark"],
)
def test_every_other_picture_is_told_apart(received: BGR) -> None:
    assert difference(CARD, np.ascontiguousarray(received)) > ALIKE


def test_findings() -> None:
    assert check_loop(LoopState("vcam", 3.0)).level is Level.OK
    assert check_loop(LoopState("vcam", 60.0)).level is Level.WARN
    finding = check_loop(LoopState("vcam", error="no picture comes back", hint="Load it again."))
    assert (finding.level, finding.hint) == (Level.FAIL, "Load it again.")
