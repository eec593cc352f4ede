import numpy as np
import pytest

from vcam.errors import ModelError
from vcam.portrait.segment import Segmenter
from vcam.types import Face, Frame


@pytest.mark.parametrize("crop", [(720, 1280), (720, 500), (300, 1280)])
def test_the_person_is_found_and_the_backdrop_is_not(
    crop: tuple[int, int], segmenter: Segmenter, frame: Frame, face: Face
) -> None:
    x, y = (round(value) for value in face.box.center)
    left = min(max(x - crop[1] // 2, 0), 1280 - crop[1])
    top = min(max(y - crop[0] // 2, 0), 720 - crop[0])
    pixels = np.ascontiguousarray(frame.pixels[top : top + crop[0], left : left + crop[1]])
    person = segmenter.person(pixels)
    assert person.shape == crop
    assert person.dtype == np.float32
    assert person[y - top, x - left] > 0.9
    assert person[:5, :5].mean() < 0.2


def test_an_empty_picture_holds_nobody(segmenter: Segmenter) -> None:
    assert segmenter.person(np.full((100, 160, 3), 90, np.uint8)).mean() < 0.1


def test_a_damaged_model_is_told() -> None:
    with pytest.raises(ModelError) as caught:
        Segmenter(b"nonsense")
    assert "models get" in caught.value.hint
