"""A whole recipe on a handful of made-up tiles; skipped where the training extra is not installed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from model import train  # noqa: E402
from model.batches import Batches, Targets  # noqa: E402
from model.dataset import Tiles  # noqa: E402
from model.recipe import Recipe  # noqa: E402

CPU = torch.device("cpu")


def made_up(count: int) -> Tiles:
    """Faces whose mouth is a bright bar (happiness) or a dark one (neutral)."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(90, 130, (count, 48, 48)).astype(np.uint8)
    happy = np.arange(count) % 2 == 0
    pixels[happy, 32:40, 12:36] = 250
    pixels[~happy, 32:40, 12:36] = 5
    votes = np.zeros((count, 10), np.float32)
    votes[happy, 1] = votes[~happy, 0] = 10
    return Tiles(pixels, np.where(happy, 3, 6).astype(np.int64), votes)


def recipe(epochs: int, seed: int = 0) -> Recipe:
    return Recipe(
        epochs, seed, width=0.25, batch=16, shards=1, peak_rate=0.05, warmup_epochs=0.5, ema_decay=0.9
    )


def test_the_student_learns_and_leaves_a_checkpoint_and_a_history(tmp_path: Path) -> None:
    tiles = made_up(96)
    student = train.train(tiles, tiles, tmp_path, [recipe(2, 1)], recipe(4), CPU)
    assert train.selection_scores(student, tiles, CPU)["ferplus_a"] > 0.9
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


def test_a_broken_off_run_continues_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = made_up(48)
    targets = Targets.of(tiles)
    whole = train.Trainer("whole", recipe(3), tmp_path, CPU).run(tiles, targets, tiles)

    def stop_at_the_third(trainer: train.Trainer, epoch: int, *data: Any) -> float:
        if epoch == 2:
            raise KeyboardInterrupt
        return run_epoch(trainer, epoch, *data)

    run_epoch = train.Trainer._epoch
    with monkeypatch.context() as patch:
        patch.setattr(train.Trainer, "_epoch", stop_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            train.Trainer("part", recipe(3), tmp_path, CPU).run(tiles, targets, tiles)
    again = train.Trainer("part", recipe(3), tmp_path, CPU)
    continued = again.run(tiles, targets, tiles).state_dict()
    assert [entry["epoch"] for entry in again.history] == [1, 2, 3]
    for key, value in whole.state_dict().items():
        assert torch.allclose(value.float(), continued[key].float(), atol=1e-3), key


def test_shards_have_the_gradient_of_their_mean(tmp_path: Path) -> None:
    tiles = made_up(16)
    batch = Batches(tiles, Targets.of(tiles), recipe(1), 0)[0]
    split = train.Trainer("split", replace(recipe(1), shards=2), tmp_path, CPU)
    loss = split._gradients(list(batch))
    gradient = split.network.ferplus.weight.grad
    parts = []
    for half in (0, 1):
        alone = train.Trainer("alone", recipe(1), tmp_path, CPU)
        alone.network.dropout.p = 0.0
        alone.start_from(split.network.state_dict())
        shard = [part.chunk(2)[half] for part in batch]
        parts.append((alone._gradients(shard), alone.network.ferplus.weight.grad))
    assert loss == pytest.approx((parts[0][0] + parts[1][0]) / 2, rel=0.3)
    mean = (parts[0][1] + parts[1][1]) / 2
    assert torch.nn.functional.cosine_similarity(gradient.flatten(), mean.flatten(), dim=0) > 0.8
