"""A whole recipe on a handful of made-up tiles; skipped where the training extra is not installed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from model import train  # noqa: E402
from tests.model.made_up import made_up, recipe  # noqa: E402

CPU = torch.device("cpu")


def test_the_students_learn_and_leave_checkpoints_histories_and_opinions(tmp_path: Path) -> None:
    tiles = made_up(96)
    train.train(tiles, tiles, tmp_path, [recipe(2, 1)], [recipe(3), recipe(1)], CPU)
    names = "teacher1", "student1", "student2"
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{name}.{kind}" for name in names for kind in ("pt", "json", "npy")
    }
    says = np.load(tmp_path / "student2.npy")[:, :8].argmax(axis=1)
    assert (says == tiles.votes[:, :8].argmax(axis=1)).mean() > 0.9


def test_the_second_student_goes_on_from_the_first(tmp_path: Path) -> None:
    tiles = made_up(48)
    resting = replace(recipe(1), peak_rate=0.0)
    train.train(tiles, tiles, tmp_path, [], [recipe(2), resting], CPU)
    first, second = (torch.load(tmp_path / f"student{n}.pt", weights_only=True)["network"] for n in (1, 2))
    average = torch.load(tmp_path / "student1.pt", weights_only=True)["average"]
    assert torch.equal(second["ferplus.weight"], average["ferplus.weight"])
    assert not torch.equal(second["ferplus.weight"], first["ferplus.weight"])


def test_teachers_train_side_by_side_and_are_not_trained_again(tmp_path: Path) -> None:
    tiles = made_up(48)
    plan = [recipe(1, 1), recipe(1, 2)]
    train.train(tiles, tiles, tmp_path, plan, [recipe(1)], CPU)
    written = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("teacher*")}
    assert set(written) == {f"teacher{n}.{kind}" for n in (1, 2) for kind in ("pt", "json", "npy")}
    first, second = (np.load(tmp_path / f"teacher{n}.npy") for n in (1, 2))
    assert not np.allclose(first, second), "each has a seed of its own"
    train.train(tiles, tiles, tmp_path, plan, [recipe(1), recipe(1)], CPU)
    assert written == {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("teacher*")}
