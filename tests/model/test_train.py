"""A whole recipe on a handful of made-up tiles; skipped where the training extra is not installed."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from model import train  # noqa: E402
from model.trainer import selection_scores  # noqa: E402
from tests.model.made_up import made_up, recipe  # noqa: E402

CPU = torch.device("cpu")


def test_the_student_learns_and_leaves_a_checkpoint_and_a_history(tmp_path: Path) -> None:
    tiles = made_up(96)
    student = train.train(tiles, tiles, tmp_path, [recipe(2, 1)], recipe(4), CPU)
    assert selection_scores(student, tiles, CPU)["ferplus_a"] > 0.9
    assert {file.name for file in tmp_path.iterdir()} == {
        *("teacher1.pt", "teacher1.json", "teacher1.npy", "student.pt", "student.json")
    }


def test_teachers_train_side_by_side_and_are_not_trained_again(tmp_path: Path) -> None:
    tiles = made_up(48)
    plan = [recipe(1, 1), recipe(1, 2)]
    train.train(tiles, tiles, tmp_path, plan, recipe(1), CPU)
    written = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("teacher*")}
    assert set(written) == {f"teacher{n}.{kind}" for n in (1, 2) for kind in ("pt", "json", "npy")}
    first, second = (np.load(tmp_path / f"teacher{n}.npy") for n in (1, 2))
    assert not np.allclose(first, second), "each has a seed of its own"
    train.train(tiles, tiles, tmp_path, plan, recipe(2), CPU)
    assert written == {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("teacher*")}
