"""Train the shipped network: teachers side by side, then students, each taught by those before it.

`python -m model.train --data DIR` repeats the shipped recipe. The teachers learn from the labels alone; the
first student learns from the labels blended with what the teachers together say about the same tile (Hinton
et al., 2015), and so sees less of the labels' noise. It starts from the first teacher's weights. The next
student goes on from the one before and learns from that one's opinions (Furlanello et al., 2018): students
become better than their teachers, and then are the better teachers. The last one is shipped.

A run folder holds, for every network, a checkpoint after each epoch (`NAME.pt`; the same command continues
from it), its history (`NAME.json`) and its opinions of the training tiles (`NAME.npy`).
"""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch

from model import dataset
from model.batches import Targets
from model.dataset import Floats, Tiles
from model.recipe import Recipe
from model.trainer import Trainer, opinions


def train(
    tiles: Tiles,
    selection: Tiles,
    folder: Path,
    teachers: list[Recipe],
    students: list[Recipe],
    device: torch.device,
) -> None:
    """Run the whole recipe in `folder`; what it holds already is not done again.

    On a processor the teachers train at the same time, each in a process of its own: a network on one core
    never waits for another core, which makes three of them 1.7 times as fast as one after another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labels = Targets.of(tiles)
    jobs = [
        (f"teacher{number}", recipe, None, labels, tiles, selection, folder, device)
        for number, recipe in enumerate(teachers, start=1)
    ]
    if device.type == "cpu" and len(jobs) > 1:
        with ProcessPoolExecutor(len(jobs), multiprocessing.get_context("spawn")) as pool:
            said = [job.result() for job in [pool.submit(teach, *job) for job in jobs]]
    else:
        said = [teach(*job) for job in jobs]
    first = "teacher1" if teachers and teachers[0].width == students[0].width else None
    for number, recipe in enumerate(students, start=1):
        targets = labels.blended(np.mean(said, axis=0), recipe.teacher_share) if said else labels
        said = [teach(f"student{number}", recipe, first, targets, tiles, selection, folder, device)]
        first = f"student{number}"


def teach(
    name: str,
    recipe: Recipe,
    first: str | None,
    targets: Targets,
    tiles: Tiles,
    selection: Tiles,
    folder: Path,
    device: torch.device,
) -> Floats:
    """Train a network that begins with the weights of `first`, and return its `opinions` of the tiles."""
    torch.set_num_threads(1)
    opinion_file = folder / f"{name}.npy"
    if not opinion_file.is_file():
        trainer = Trainer(name, recipe, folder, device)
        if first is not None:
            before = torch.load(folder / f"{first}.pt", map_location=device, weights_only=True)
            trainer.start_from(before["average"])
        np.save(opinion_file, opinions(trainer.run(tiles, targets, selection), tiles, device))
    return np.asarray(np.load(opinion_file), dtype=np.float32)


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(
        prog="python -m model.train", description="Train the expression network."
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with FER2013 and FER+ (see README.md)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("runs/expression"), help="run folder, continued if there"
    )
    parser.add_argument(
        "--epochs", type=int, nargs="+", default=[80, 150], help="epochs of each student; the last is shipped"
    )
    parser.add_argument(
        "--teachers", type=int, nargs="*", default=[26, 26, 26], help="epochs of each teacher, if any"
    )
    parser.add_argument("--width", type=float, default=1.0, help="factor on the student's channels")
    parser.add_argument("--teacher-width", type=float, default=1.0, help="factor on the teachers' channels")
    parser.add_argument("--shards", type=int, default=4, help="threads that share a batch of the student")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cores = os.cpu_count() or 1
    shards = max(1, cores // max(1, len(options.teachers)))
    teachers = [
        Recipe(epochs, options.seed + 1 + n, options.teacher_width, shards=shards, mixup=0.0)
        for n, epochs in enumerate(options.teachers)
    ]
    # A student that begins with good weights would only unlearn at a higher rate; its teacher is better.
    students = [
        Recipe(
            epochs,
            options.seed,
            options.width,
            batch=256,
            shards=options.shards,
            peak_rate=0.1 if n else 0.15,
            teacher_share=0.4 if n else 0.3,
        )
        for n, epochs in enumerate(options.epochs)
    ]
    tiles, selection = dataset.load(options.data, "train"), dataset.load(options.data, "public_test")
    train(tiles, selection, options.out, teachers, students, device)


if __name__ == "__main__":
    main()
