import numpy as np
import pytest

from vcam.errors import ModelError
from vcam.track.network import Network


def outputs(network: Network, level: float) -> list[np.ndarray]:
    network.input()[:] = level
    return network.run()


def test_runs_a_model_from_content_and_from_a_file(models, tmp_path):
    file = tmp_path / "mesh.tflite"
    file.write_bytes(models["face_landmark"])
    networks = [Network(model, output_sizes=(1404, 1)) for model in (file, models["face_landmark"])]
    one, other = (outputs(network, 0.5) for network in networks)
    assert [output.size for output in one] == [1404, 1]
    np.testing.assert_array_equal(one[0], other[0])


def test_outputs_are_the_callers_own(models):
    network = Network(models["face_landmark"], output_sizes=(1404, 1))
    first, _ = outputs(network, 0.0)
    kept = first.copy()
    assert not np.array_equal(outputs(network, 1.0)[0], kept)
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("name", ["face_detection_short_range", "face_detection_full_range"])
def test_the_input_stays_as_it_was_written(models, name):
    cells = {"face_detection_short_range": 896, "face_detection_full_range": 2304}[name]
    network = Network(models[name], output_sizes=(cells * 16, cells))
    if name == "face_detection_short_range":
        network.resize(80, 128)
    picture = np.random.default_rng(0).random(network.input().shape, np.float32)
    network.input()[:] = picture
    first, again = network.run(), network.run()
    np.testing.assert_array_equal(network.input(), picture)
    np.testing.assert_array_equal(first[0], again[0])


def test_refuses_to_run_while_the_input_is_held(models):
    network = Network(models["face_landmark"], output_sizes=(1404, 1))
    part = network.input()[0, 10:20]
    with pytest.raises(RuntimeError, match="reference"):
        network.run()
    del part
    assert len(network.run()) == 2


def test_what_is_no_model_is_refused(tmp_path):
    for model in (b"no model at all", b"", tmp_path / "absent.tflite"):
        with pytest.raises(ModelError) as caught:
            Network(model, output_sizes=(1,))
        assert "vcam models get" in caught.value.hint


def test_another_model_is_refused(models):
    with pytest.raises(ModelError, match="wrong shape"):
        Network(models["face_detection_short_range"], output_sizes=(1404, 1))
