"""The shipped network loads, answers, and is refused where anything about it is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

from vcam.classify.network import ExpressionNetwork
from vcam.errors import ModelError


def copy(files: tuple[Path, Path], folder: Path, **changes: object) -> tuple[Path, Path]:
    model, metadata = folder / "expression.tflite", folder / "expression.json"
    model.write_bytes(files[0].read_bytes())
    described = json.loads(files[1].read_text(encoding="utf-8")) | changes
    metadata.write_text(json.dumps({k: v for k, v in described.items() if v is not None}), encoding="utf-8")
    return model, metadata


def test_probabilities_sum_to_one(network: ExpressionNetwork) -> None:
    crop = np.random.default_rng(0).integers(0, 256, (44, 44)).astype(np.uint8)
    chances = network.probabilities(crop)
    assert chances.shape == (8,)
    assert chances.sum() == pytest.approx(1, abs=1e-5)
    assert chances.min() >= 0


def test_a_flat_crop_is_no_error(network: ExpressionNetwork) -> None:
    assert np.isfinite(network.probabilities(np.zeros((44, 44), np.uint8))).all()


def test_a_damaged_file_does_not_match_its_checksum(model_files: tuple[Path, Path], tmp_path: Path) -> None:
    model, metadata = copy(model_files, tmp_path)
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="checksum") as caught:
        ExpressionNetwork(model, metadata)
    assert "vcam" in caught.value.hint


def test_rubbish_with_the_right_checksum_is_damaged(model_files: tuple[Path, Path], tmp_path: Path) -> None:
    import hashlib

    rubbish = b"not a network" * 100
    model, metadata = copy(model_files, tmp_path, sha256=hashlib.sha256(rubbish).hexdigest())
    model.write_bytes(rubbish)
    with pytest.raises(ModelError, match="damaged"):
        ExpressionNetwork(model, metadata)


@pytest.mark.parametrize(
    "changes",
    [
        {"alignment": None},
        {"labels": ["neutral"] * 8},
        {"labels": ["joy"] * 8},
        {"temperature": {"ferplus": 0}},
        {"normalisation": None},
    ],
)
def test_an_incomplete_description_is_refused(
    model_files: tuple[Path, Path], tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(ModelError, match="incomplete"):
        ExpressionNetwork(*copy(model_files, tmp_path, **changes))


def test_a_description_of_another_network_is_refused(model_files: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = {"height_px": 48, "width_px": 48, "channels": 1, "dtype": "float32"}
    with pytest.raises(ModelError, match="damaged"):
        ExpressionNetwork(*copy(model_files, tmp_path, input=wrong))


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        ExpressionNetwork(tmp_path / "a.tflite", tmp_path / "a.json")


def test_a_description_that_is_not_json_is_refused(model_files: tuple[Path, Path], tmp_path: Path) -> None:
    model, metadata = copy(model_files, tmp_path)
    metadata.write_text("{")
    with pytest.raises(ModelError, match="cannot be read"):
        ExpressionNetwork(model, metadata)
