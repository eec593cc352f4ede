import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from vcam.track.resized import resized


def test_only_the_enlarged_sizes_change(models):
    far = models["face_detection_full_range"]
    changed = resized(far, (192, 192), (128, 192))
    differing = np.flatnonzero(np.frombuffer(far, np.uint8) != np.frombuffer(changed, np.uint8))
    assert sorted((far[place], changed[place]) for place in differing) == [(12, 8), (24, 16), (48, 32)]
    assert resized(changed, (128, 192), (192, 192)) == far


def test_the_resized_network_runs(models):
    interpreter = Interpreter(
        model_content=resized(models["face_detection_full_range"], (192, 192), (192, 128))
    )
    (source,) = interpreter.get_input_details()
    interpreter.resize_tensor_input(source["index"], (1, 192, 128, 3))
    interpreter.allocate_tensors()
    interpreter.invoke()
    outputs = interpreter.get_output_details()
    assert sorted(interpreter.get_tensor(one["index"]).size for one in outputs) == [1536, 1536 * 16]


@pytest.mark.parametrize("name", ["face_detection_short_range", "face_landmark"])
def test_a_network_that_enlarges_nothing_stays_as_it_is(models, name):
    assert resized(models[name], (128, 128), (80, 128)) == models[name]


def test_sizes_stay_whole(models):
    with pytest.raises(ValueError, match="cannot be scaled"):
        resized(models["face_detection_full_range"], (192, 192), (120, 192))
