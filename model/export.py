"""Write the trained network as the file the app runs: `expression.tflite` with `expression.json`.

The batch norms are folded into the convolutions, the rest is rebuilt as a Keras graph, and TensorFlow's
converter makes it int8 with real faces as calibration. The temperatures come from the converted file's own
logits.
"""

import argparse
import copy
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model import dataset
from model.dataset import FER2013_LABELS, FERPLUS_LABELS, Floats, Ints, Tiles
from model.evaluate import LiteNetwork, fitted_temperature
from model.geometry import load_template
from model.network import Architecture, ExpressionNetwork, NormedConv
from model.trainer import predict

INPUT_PX = 44
CALIBRATION_TILES = 1000
RARITY_BONUS = 0.2
"""How much of a class's negative log frequency is added to its logit of the FER+ head.

Logit adjustment (Menon et al., 2021) after training, and weak: macro F1 on the selection tiles gains from it
and accuracy does not lose.
"""
RAREST = 0.005
"""Classes rarer than this are treated as if they were this frequent."""


def load_network(checkpoint: Path) -> ExpressionNetwork:
    """The averaged network of a training checkpoint, ready to predict."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    described = state["architecture"]
    architecture = Architecture(
        tuple(described["channels"]), tuple(described["depths"]), float(described["dropout"])
    )
    network = ExpressionNetwork(architecture)
    network.load_state_dict(state["average"])
    return network.eval()


def folded(block: NormedConv) -> tuple[Floats, Floats]:
    """Kernel (3, 3, in, out) and bias (out,) of a convolution with its batch norm folded in."""
    norm = block.norm
    variance, mean = norm.running_var, norm.running_mean
    if variance is None or mean is None:
        raise ValueError("a batch norm without running statistics cannot be folded")
    with torch.no_grad():
        gain = norm.weight / torch.sqrt(variance + norm.eps)
        kernel = (block.conv.weight * gain[:, None, None, None]).permute(2, 3, 1, 0)
        bias = norm.bias - mean * gain
    return kernel.numpy().astype(np.float32), bias.numpy().astype(np.float32)


def adjust_for_rarity(network: ExpressionNetwork, train: Tiles) -> None:
    """Raise the biases of the FER+ head for classes that are rare in the training tiles."""
    label, counted = dataset.protocol_a(train.votes)
    share = np.bincount(label[counted], minlength=len(FERPLUS_LABELS)) / counted.sum()
    bonus = -RARITY_BONUS * np.log(np.maximum(share, RAREST))
    with torch.no_grad():
        network.ferplus.bias += torch.from_numpy(bonus.astype(np.float32))


def adjust_for_accuracy(network: ExpressionNetwork, train: Tiles) -> None:
    """Shift the biases of the FER2013 head to where it is most often right on the training tiles."""
    crops = dataset.centre_crops(train.pixels, INPUT_PX)[:, None]
    _, logits = predict(network, crops, torch.device("cpu"))
    with torch.no_grad():
        network.fer2013.bias += torch.from_numpy(best_shift(logits, train.emotion))


def best_shift(logits: Floats, labels: Ints) -> Floats:
    """What to add to (n, k) logits so that the labels are most often the largest: (k,) float32, mean 0.

    Hill climbing, one class at a time, in steps from 0.4 down to 0.05.
    """
    shift = np.zeros(logits.shape[1], np.float32)
    right = int((logits.argmax(axis=1) == labels).sum())
    for step in (0.4, 0.2, 0.1, 0.05):
        better = True
        while better:
            better = False
            for number in range(len(shift)):
                for change in (-step, step):
                    tried = shift.copy()
                    tried[number] += change
                    count = int(((logits + tried).argmax(axis=1) == labels).sum())
                    if count > right:
                        right, shift, better = count, tried, True
    return shift - shift.mean()


def keras_model(network: ExpressionNetwork, input_px: int) -> Any:
    """The same function as a Keras model: (1, input_px, input_px, 1) to `ferplus` and `fer2013`."""
    import keras

    def convolution(x: Any, block: NormedConv) -> Any:
        kernel, bias = folded(block)
        layer = keras.layers.Conv2D(kernel.shape[-1], 3, padding="same", activation="relu")
        y = layer(x)
        layer.set_weights([kernel, bias])
        return keras.layers.Add()([x, y]) if block.residual else y

    entry = x = keras.Input((input_px, input_px, 1), batch_size=1, name="face")
    for index, stage in enumerate(network.stages):
        x = keras.layers.MaxPooling2D(2)(x) if index else x
        for block in stage:
            x = convolution(x, block)
    x = keras.layers.GlobalAveragePooling2D()(x)
    outputs = {}
    for name, head in (("ferplus", network.ferplus), ("fer2013", network.fer2013)):
        layer = keras.layers.Dense(head.out_features, name=name)
        outputs[name] = layer(x)
        layer.set_weights([head.weight.detach().numpy().T, head.bias.detach().numpy()])
    return keras.Model(entry, outputs)


def convert(model: Any, calibration: Floats | None) -> bytes:
    """A LiteRT file: int8 where `calibration` crops (n, H, W) are given, else with float16 weights.

    The Keras model is written as a SavedModel first: converted from a traced function it would keep its
    variables and run several times slower.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if calibration is None:
            converter.target_spec.supported_types = [tf.float16]
        else:

            def samples() -> Iterator[list[Floats]]:
                for crop in calibration:
                    yield [crop[None, :, :, None]]

            converter.representative_dataset = samples
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        return bytes(converter.convert())


def describe(file: Path, input_px: int) -> dict[str, Any]:
    """What the app has to know about `file`, all but the temperatures."""
    margin = (dataset.TILE_PX - input_px) / 2
    template = load_template()
    return {
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "labels": list(FERPLUS_LABELS),
        "fer2013_labels": list(FER2013_LABELS),
        "heads": LiteNetwork.output_order(file),
        "input": {"height_px": input_px, "width_px": input_px, "channels": 1, "dtype": "float32"},
        "normalisation": {"kind": "per_crop", "std_floor": dataset.STD_FLOOR},
        "alignment": {
            "landmarks": list(template.landmarks),
            "xy_px": np.round(template.xy_px - margin, 2).tolist(),
        },
        "temperature": {"ferplus": 1.0, "fer2013": 1.0},
    }


def export(
    network: ExpressionNetwork, train: Tiles, selection: Tiles, folder: Path, *, int8: bool = True
) -> Path:
    """Write `expression.tflite` and `expression.json` to `folder`; returns the first."""
    chosen = np.random.default_rng(0).choice(len(train), min(CALIBRATION_TILES, len(train)), replace=False)
    calibration = dataset.centre_crops(train.pixels[np.sort(chosen)], INPUT_PX) if int8 else None
    folder.mkdir(parents=True, exist_ok=True)
    network = copy.deepcopy(network)
    adjust_for_rarity(network, train)
    adjust_for_accuracy(network, train)
    file = folder / "expression.tflite"
    file.write_bytes(convert(keras_model(network, INPUT_PX), calibration))
    metadata = describe(file, INPUT_PX)
    _write(folder, metadata)
    eight, seven = LiteNetwork(file).logits(selection.pixels)
    label, counted = dataset.protocol_a(selection.votes)
    metadata["temperature"] = {
        "ferplus": round(fitted_temperature(eight[counted], label[counted]), 4),
        "fer2013": round(fitted_temperature(seven, selection.emotion), 4),
    }
    _write(folder, metadata)
    return file


def _write(folder: Path, metadata: dict[str, Any]) -> None:
    (folder / "expression.json").write_text(json.dumps(metadata) + "\n", encoding="utf-8")


def main() -> None:
    """Parse the command line and export."""
    parser = argparse.ArgumentParser(prog="python -m model.export", description="Write the LiteRT file.")
    parser.add_argument("--checkpoint", type=Path, default=Path("runs/expression/student2.pt"))
    parser.add_argument(
        "--data", type=Path, required=True, help="FER2013 folder: calibration and temperature"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder of the two files")
    parser.add_argument("--float16", action="store_true", help="float16 weights instead of int8")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    train, selection = dataset.load(options.data, "train"), dataset.load(options.data, "public_test")
    file = export(load_network(options.checkpoint), train, selection, options.out, int8=not options.float16)
    print(f"{file}: {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
