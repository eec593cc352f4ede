"""Measure the exported file on FER2013 tiles: one forward pass a tile, no test-time augmentation.

`python -m model.evaluate --images PNG --labels CSV [--train-images PNG] [--network FILE] [--json]` needs
LiteRT, OpenCV and numpy only.
"""

import argparse
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from tqdm import tqdm

from model import dataset
from model.dataset import FER2013_LABELS, FERPLUS_LABELS, Bytes, Floats, Ints, Tiles

NETWORK_FILE = Path(__file__).parent / "expression.tflite"
CALIBRATION_BINS = 15


class LiteNetwork:
    """The exported network on one thread, with the metadata beside it (same name, `.json`).

    Raises `ValueError` where the file does not match its checksum or shape.
    """

    def __init__(self, file: Path) -> None:
        self.metadata: dict[str, Any] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.metadata["sha256"]:
            raise ValueError(f"{file} is not the file that {file.stem}.json describes")
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        outputs = self._interpreter.get_output_details()
        self._heads = [outputs[self.metadata["heads"][name]]["index"] for name in ("ferplus", "fer2013")]
        self.input_px = int(self._input["shape"][1])

    @staticmethod
    def output_order(file: Path) -> dict[str, int]:
        """Which output is which head, told apart by their number of classes."""
        interpreter = Interpreter(model_path=str(file), num_threads=1)
        sizes = [int(detail["shape"][-1]) for detail in interpreter.get_output_details()]
        return {"ferplus": sizes.index(len(FERPLUS_LABELS)), "fer2013": sizes.index(len(FER2013_LABELS))}

    def run(self, crop: Floats) -> tuple[Floats, Floats]:
        """Logits (8,) and (7,) of one standardised (input_px, input_px) crop."""
        self._interpreter.set_tensor(self._input["index"], crop[None, :, :, None])
        self._interpreter.invoke()
        plus, fer = (self._interpreter.get_tensor(index)[0].copy() for index in self._heads)
        return plus, fer

    def logits(self, pixels: Bytes, *, progress: bool = False) -> tuple[Floats, Floats]:
        """Logits of (n, 48, 48) tiles: (n, 8) and (n, 7) float32."""
        crops = dataset.centre_crops(pixels, self.input_px)
        pairs = [self.run(crop) for crop in tqdm(crops, disable=not progress, leave=False)]
        return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])

    def milliseconds(self, crop: Floats, runs: int = 300) -> float:
        """Median time of one forward pass."""
        times = []
        for _ in range(runs):
            started = time.perf_counter()
            self.run(crop)
            times.append(time.perf_counter() - started)
        return float(np.median(times[runs // 10 :]) * 1e3)


def probabilities(logits: Floats, temperature: float = 1.0) -> Floats:
    """Softmax of (n, k) logits divided by `temperature`."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def fitted_temperature(logits: Floats, labels: Ints) -> float:
    """The temperature with the least negative log-likelihood (Guo et al., 2017), found on a fine grid."""
    grid = np.exp(np.linspace(np.log(0.2), np.log(5), 323))
    rows = np.arange(len(labels))
    losses = [-np.log(probabilities(logits, float(t))[rows, labels] + 1e-12).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])


def calibration_error(chances: Floats, labels: Ints, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error: the mean gap between confidence and accuracy over equal-width bins."""
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == labels
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(float(right[number == b].sum()) - float(confidence[number == b].sum())) for b in range(bins)]
    return float(sum(gaps) / len(labels))


def confusion(predicted: Ints, labels: Ints, classes: int) -> Ints:
    """Counts (classes, classes): rows are the labels, columns what was predicted."""
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (labels, predicted), 1)
    return table


@dataclass(frozen=True, slots=True)
class Score:
    """Accuracy, macro F1 over the classes that occur, and each class's recall, precision and F1."""

    n: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, dict[str, float]]
    ece: float

    @classmethod
    def of(cls, logits: Floats, labels: Ints, names: tuple[str, ...], temperature: float) -> "Score":
        """The score of (n, k) logits against (n,) labels."""
        table = confusion(logits.argmax(axis=1), labels, len(names))
        per_class = {}
        for k, name in enumerate(names):
            support, claimed, hit = int(table[k].sum()), int(table[:, k].sum()), int(table[k, k])
            per_class[name] = {
                "n": support,
                "recall": hit / support if support else 0.0,
                "precision": hit / claimed if claimed else 0.0,
                "f1": 2 * hit / (support + claimed) if support + claimed else 0.0,
            }
        present = [entry["f1"] for entry in per_class.values() if entry["n"]]
        ece = calibration_error(probabilities(logits, temperature), labels)
        accuracy = float(np.trace(table) / len(labels))
        return cls(len(labels), accuracy, float(np.mean(present)), per_class, ece)

    def as_dict(self) -> dict[str, Any]:
        """As written to JSON."""
        return {
            "n": self.n,
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "ece": self.ece,
            "per_class": self.per_class,
        }


def evaluate(
    network: LiteNetwork, tiles: Tiles, train_pixels: Bytes | None, *, progress: bool = False
) -> dict[str, Any]:
    """All figures of `network` on `tiles`; see the module's command line for the keys."""
    eight, seven = network.logits(tiles.pixels, progress=progress)
    temperature = network.metadata["temperature"]
    report: dict[str, Any] = {
        "fer2013": Score.of(seven, tiles.emotion, FER2013_LABELS, temperature["fer2013"]).as_dict()
    }
    if train_pixels is not None:
        fresh = ~dataset.has_near_copy(tiles.pixels, train_pixels)
        score = Score.of(seven[fresh], tiles.emotion[fresh], FER2013_LABELS, temperature["fer2013"])
        report["fer2013_without_copies"] = score.as_dict()
    for name, protocol in (("ferplus_a", dataset.protocol_a), ("ferplus_b", dataset.protocol_b)):
        label, counted = protocol(tiles.votes)
        score = Score.of(eight[counted], label[counted], FERPLUS_LABELS, temperature["ferplus"])
        report[name] = score.as_dict()
    report["ece"] = report["ferplus_a"]["ece"]
    report["ms_per_face"] = network.milliseconds(dataset.centre_crops(tiles.pixels[:1], network.input_px)[0])
    return report


def main() -> None:
    """Parse the command line and print the report."""
    parser = argparse.ArgumentParser(
        prog="python -m model.evaluate", description="Measure the exported network."
    )
    parser.add_argument("--images", type=Path, required=True, help="mosaic of tiles (PNG)")
    parser.add_argument("--labels", type=Path, required=True, help="CSV with emotion and votes")
    parser.add_argument(
        "--train-images", type=Path, help="training mosaic: leave out copies of its tiles too"
    )
    parser.add_argument("--network", type=Path, default=NETWORK_FILE, help="LiteRT file, its .json beside it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    tiles = dataset.load_mosaic(options.images, options.labels)
    train_pixels = dataset.load_mosaic_pixels(options.train_images) if options.train_images else None
    report = evaluate(LiteNetwork(options.network), tiles, train_pixels, progress=not options.json)
    if options.json:
        print(json.dumps(report))
        return
    for name in ("fer2013", "fer2013_without_copies", "ferplus_a", "ferplus_b"):
        if name in report:
            score = report[name]
            figures = f"accuracy {100 * score['accuracy']:.2f} %  macro F1 {score['macro_f1']:.3f}"
            print(f"{name:24} n {score['n']:5}  {figures}")
    print(f"calibration error {report['ece']:.4f}, {report['ms_per_face']:.2f} ms a face")


if __name__ == "__main__":
    main()
