"""The exported file computes what the trained network computes; skipped without the training extra."""

import copy
import json
import os
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")
pytest.importorskip("tensorflow", reason="the training extra is not installed")
os.environ["KERAS_BACKEND"] = "tensorflow"

from model import export  # noqa: E402
from model.dataset import Tiles  # noqa: E402
from model.evaluate import LiteNetwork  # noqa: E402
from model.network import Architecture, ExpressionNetwork, NormedConv  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def network() -> ExpressionNetwork:
    torch.manual_seed(0)
    network = ExpressionNetwork(Architecture(channels=(8, 8, 16, 16)))
    network(torch.randn(64, 1, 44, 44))
    return network.eval()


def test_a_folded_convolution_equals_convolution_and_batch_norm() -> None:
    torch.manual_seed(1)
    block = NormedConv(3, 5, residual=False)
    block(torch.randn(32, 3, 9, 9) * 3 + 1)
    block.eval()
    kernel, bias = export.folded(block)
    x = torch.randn(2, 3, 9, 9)
    weight = torch.from_numpy(kernel).permute(3, 2, 0, 1)
    direct = torch.relu(torch.nn.functional.conv2d(x, weight, torch.from_numpy(bias), padding=1))
    assert torch.allclose(block(x), direct, atol=1e-5)


def test_rare_classes_get_a_higher_bias(network: ExpressionNetwork) -> None:
    votes = np.zeros((50, 10), np.float32)
    votes[:, 0] = 10
    votes[:5, 0], votes[:5, 4] = 0, 10
    tiles = Tiles(np.zeros((50, 48, 48), np.uint8), np.array([3] * 45 + [0] * 5), votes)
    adjusted = copy.deepcopy(network)
    export.adjust_for_rarity(adjusted, tiles)
    gain = (adjusted.ferplus.bias - network.ferplus.bias).detach().numpy()
    assert gain[0] < gain[4] < gain[7]
    assert gain[4] - gain[0] == pytest.approx(export.RARITY_BONUS * np.log(9), abs=1e-4)


def test_the_best_shift_undoes_a_bias() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 4, 2000)
    logits = (rng.normal(0, 1, (2000, 4)) + 2 * np.eye(4)[labels]).astype(np.float32)
    lean = np.array([1.0, -1.0, 0.5, -0.5], np.float32)
    assert export.best_shift(logits + lean, labels) == pytest.approx(-lean, abs=0.25)


def test_the_exported_file_agrees_with_the_network(tmp_path: Path, network: ExpressionNetwork) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (60, 12, 12)).astype(np.uint8).repeat(4, axis=1).repeat(4, axis=2)
    votes = np.zeros((60, 10), np.float32)
    votes[:, :2] = [[6, 0], [0, 6]] * 30
    tiles = Tiles(pixels, np.arange(60) % 7, votes)
    for int8, tolerance in ((False, 0.01), (True, 0.15)):
        file = export.export(network, tiles, tiles, tmp_path, int8=int8)
        lite = LiteNetwork(file)
        crops = export.dataset.centre_crops(pixels, export.INPUT_PX)
        adjusted = copy.deepcopy(network)
        export.adjust_for_rarity(adjusted, tiles)
        export.adjust_for_accuracy(adjusted, tiles)
        with torch.no_grad():
            plus, fer = adjusted(torch.from_numpy(crops[:, None]))
        found_plus, found_fer = lite.logits(pixels)
        spread = float(plus.std())
        assert np.abs(found_plus - plus.numpy()).mean() < tolerance * spread
        assert np.abs(found_fer - fer.numpy()).mean() < tolerance * float(fer.std())
        assert json.loads((tmp_path / "expression.json").read_text())["input"]["height_px"] == export.INPUT_PX
