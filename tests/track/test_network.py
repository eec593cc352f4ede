import numpy as np
import pytest

from vcam.errors import ModelError
from vcam.track.network import Network


def test_runs_a_model_from_content_and_from_a_file(models, tmp_path):
    file = tmp_path / "mesh.tflite"
    file.write_bytes(models["face_landmark"])
    image = np.full((1, 192, 192, 3), 0.5, np.float32)
    outputs = [Network(model, output_sizes=(1404, 1)).run(image) for model in (file, models["face_landmark"])]
    assert [output.size for output in outputs[0]] == [1404, 1]
    np.testing.assert_array_equal(outputs[0][0], outputs[1][0])


def test_outputs_are_the_callers_own(models):
    network = Network(models["face_landmark"], output_sizes=(1404, 1))
    first, _ = network.run(np.zeros((1, 192, 192, 3), np.float32))
    kept = first.copy()
    network.run(np.ones((1, 192, 192, 3), np.float32))
    np.testing.assert_array_equal(first, kept)


def test_what_is_no_model_is_refused(tmp_path):
    for model in (b"no model at all", b"", tmp_path / "absent.tflite"):
        with pytest.raises(ModelError) as caught:
            Network(model, output_sizes=(1,))
        assert "vcam models get" in caught.value.hint


def test_another_model_is_refused(models):
    with pytest.raises(ModelError, match="wrong shape"):
        Network(models["face_detection_short_range"], output_sizes=(1404, 1))
