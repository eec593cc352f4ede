"""The plain six-convolution network to compare with: `python -m model.baseline --data DIR`.

Published with 60.1 % on FER2013's test tiles (79.9 % on its training tiles) after 8 epochs of batches of 256:
pairs of 3x3 convolutions of 64, 64 and 128 filters with ReLU, pooling and dropout after each pair, and one
dense layer. What the publication leaves open is here: a dropout of 0.25, Adam, and pixels scaled to 0..1 and
nothing else. `--epochs` and `--filters` (whose number sets the layers) repeat its ablations. Needs the
training extra.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model import dataset
from model.dataset import FER2013_LABELS, TILE_PX, Tiles

BATCH = 256
FILTERS = 64, 64, 128


def build(filters: Sequence[int] = FILTERS) -> Any:
    """The network for (n, 48, 48, 1) pixels in 0..1: two convolutions for each number of `filters`."""
    import keras

    if not filters or min(filters) < 1:
        raise ValueError("a network needs at least one pair of convolutions, each with at least one filter")
    model = keras.Sequential([keras.Input((TILE_PX, TILE_PX, 1))])
    for width in filters:
        for _ in range(2):
            model.add(keras.layers.Conv2D(width, 3, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D(2))
        model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(len(FER2013_LABELS), dtype="float32"))
    return model


def train(model: Any, tiles: Tiles, epochs: int, seed: int, *, done: int = 0) -> None:
    """Fit `model` on FER2013's labels up to `epochs`, of which `done` were trained by an earlier call."""
    import keras

    if not done:
        keras.utils.set_random_seed(seed)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"], jit_compile=False)
    model.fit(_inputs(tiles), tiles.emotion, batch_size=BATCH, initial_epoch=done, epochs=epochs, verbose=2)


def accuracy(model: Any, tiles: Tiles) -> float:
    """Share of tiles whose FER2013 label is the most likely one."""
    answers = model.predict(_inputs(tiles), batch_size=BATCH, verbose=0).argmax(axis=1)
    return float((answers == tiles.emotion).mean())


def milliseconds(model: Any, runs: int = 100) -> float:
    """Median time of one tile on one thread, as a float32 LiteRT file."""
    from ai_edge_litert.interpreter import Interpreter

    from model.export import convert

    interpreter = Interpreter(model_content=convert(model, None), num_threads=1)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]["index"]
    interpreter.set_tensor(entry, np.zeros((1, TILE_PX, TILE_PX, 1), np.float32))
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return float(np.median(times) * 1e3)


def _inputs(tiles: Tiles) -> dataset.Floats:
    return (tiles.pixels[..., None] / np.float32(255)).astype(np.float32)


def main() -> None:
    """Parse the command line, train, and print one JSON object for every number of epochs asked for."""
    parser = argparse.ArgumentParser(prog="python -m model.baseline", description="Train the baseline.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--epochs",
        type=int,
        nargs="*",
        default=[8],
        help="measured after each; none times a tile only",
    )
    parser.add_argument(
        "--filters", type=int, nargs="+", default=FILTERS, help="of each pair of convolutions (64 64 128)"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    tiles, selection = dataset.load(options.data, "train"), dataset.load(options.data, "public_test")
    report: dict[str, Any] = {"filters": options.filters, "ms_per_face": milliseconds(build(options.filters))}
    keras.mixed_precision.set_global_policy("mixed_bfloat16")  # twice as fast on processors that have it
    model = build(options.filters)
    report["parameters"] = model.count_params()
    done = 0
    for epochs in sorted(options.epochs):
        train(model, tiles, epochs, options.seed, done=done)
        done = epochs
        scores = {"train": accuracy(model, tiles), "public_test": accuracy(model, selection)}
        print(json.dumps(report | {"epochs": epochs} | scores), flush=True)
    if not options.epochs:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
