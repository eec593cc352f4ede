"""The card's pictures are drawn from the shipped network; the live crops agree with each other."""

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from model import dataset, pictures
from model.evaluate import NETWORK_FILE, LiteNetwork
from model.geometry import load_template
from vcam.classify.align import Template
from vcam.errors import VcamError

mpl.use("agg")


def test_curves_of_a_run_are_drawn_in_order(tmp_path: Path) -> None:
    for name, epochs in (("teacher1", 3), ("teacher2", 3), ("student1", 2), ("student2", 2)):
        history = [{"epoch": i + 1, "fer2013": 0.5, "ferplus_a": 0.7} for i in range(epochs)]
        (tmp_path / f"{name}.json").write_text(json.dumps({"history": history}))
    pictures.training_curves(tmp_path, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000


def test_matrices_and_reliability_are_drawn(shared: Path, tmp_path: Path) -> None:
    tiles = dataset.load(shared / "data" / "fer2013", "public_test").take(np.arange(300))
    network = LiteNetwork(NETWORK_FILE)
    pictures.confusion_matrices(network, tiles, tmp_path / "confusion.png")
    pictures.reliability(network, tiles, tmp_path / "reliability.png")
    assert (tmp_path / "confusion.png").is_file()
    assert (tmp_path / "reliability.png").is_file()


def test_the_same_portrait_gives_the_same_crop_at_other_sizes_and_turns() -> None:
    full = load_template()
    template = Template(full.landmarks, full.xy_px - 2, 44)
    try:
        crops = [crop.astype(float) for _, crop in pictures.portrait_crops(template)]
    except VcamError as error:
        pytest.skip(f"the face models are not there: {error}")
    assert len(crops) == 5
    for crop in crops[1:]:
        assert np.corrcoef(crops[0].ravel(), crop.ravel())[0, 1] > 0.94
