"""The figures, and the exported file that they are about."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model import evaluate
from model.evaluate import LiteNetwork, Score


def test_score_counts_recall_precision_and_macro_f1_of_classes_that_occur() -> None:
    logits = np.array([[3, 0, 0], [3, 0, 0], [0, 3, 0], [3, 0, 0]], np.float32)
    score = Score.of(logits, np.array([0, 0, 1, 1]), ("a", "b", "c"), 1.0)
    assert score.accuracy == 0.75
    assert score.per_class["a"]["precision"] == pytest.approx(2 / 3)
    assert score.per_class["b"]["recall"] == 0.5
    assert score.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_calibration_error_is_zero_for_honest_and_large_for_boastful_chances() -> None:
    labels = np.array([0] * 80 + [1] * 20)
    honest = np.tile([0.8, 0.2], (100, 1)).astype(np.float32)
    boastful = np.tile([0.999, 0.001], (100, 1)).astype(np.float32)
    assert evaluate.calibration_error(honest, labels) == pytest.approx(0, abs=1e-6)
    assert evaluate.calibration_error(boastful, labels) == pytest.approx(0.199, abs=1e-3)


def test_fitted_temperature_softens_what_is_too_sure() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 5)).astype(np.float32)
    chances = evaluate.probabilities(logits)
    labels = np.array([rng.choice(5, p=row / row.sum()) for row in chances.astype(np.float64)])
    assert evaluate.fitted_temperature(logits * 2, labels) == pytest.approx(2, rel=0.1)


def test_confusion_has_labels_in_rows() -> None:
    table = evaluate.confusion(np.array([1, 1, 0]), np.array([0, 1, 0]), 2)
    assert table.tolist() == [[1, 1], [0, 1]]


def test_the_shipped_network_reads_tiles_better_than_published_baselines(shared: Path) -> None:
    from model import dataset

    tiles = dataset.load(shared / "data" / "fer2013", "public_test")
    some = tiles.take(np.arange(0, len(tiles), 6))
    report = evaluate.evaluate(LiteNetwork(evaluate.NETWORK_FILE), some, None)
    assert report["fer2013"]["accuracy"] > 0.61
    assert report["ferplus_a"]["accuracy"] > 0.83
    assert report["ferplus_b"]["n"] > report["ferplus_a"]["n"]
    assert set(report) == {"fer2013", "ferplus_a", "ferplus_b", "ece", "ms_per_face"}


def test_a_file_that_is_not_the_described_one_is_refused(tmp_path: Path) -> None:
    source = evaluate.NETWORK_FILE
    (tmp_path / "expression.json").write_bytes(source.with_suffix(".json").read_bytes())
    (tmp_path / "expression.tflite").write_bytes(source.read_bytes()[:-1] + b"\0x")
    with pytest.raises(ValueError, match="is not the file"):
        LiteNetwork(tmp_path / "expression.tflite")


def test_a_flat_tile_gives_finite_logits() -> None:
    plus, fer = LiteNetwork(evaluate.NETWORK_FILE).logits(np.zeros((1, 48, 48), np.uint8))
    assert np.isfinite(plus).all()
    assert np.isfinite(fer).all()


def test_the_command_needs_neither_tensorflow_nor_torch(root: Path) -> None:
    code = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = sys.modules['torch'] = None; "
        "import model.evaluate, model.geometry; print('fine')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "fine"


def test_the_description_names_everything_the_app_needs() -> None:
    described = json.loads(evaluate.NETWORK_FILE.with_suffix(".json").read_text(encoding="utf-8"))
    assert described["labels"][0] == "neutral"
    assert len(described["labels"]) == 8
    assert 0.2 < described["temperature"]["ferplus"] < 5
    assert evaluate.NETWORK_FILE.stat().st_size <= 3_000_000
