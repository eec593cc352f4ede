"""One network on a handful of made-up tiles; skipped where the training extra is not installed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from model.batches import Batches, Targets  # noqa: E402
from model.trainer import Trainer  # noqa: E402
from tests.model.made_up import made_up, recipe  # noqa: E402

CPU = torch.device("cpu")


def test_a_broken_off_run_continues_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = made_up(48)
    targets = Targets.of(tiles)
    whole = Trainer("whole", recipe(3), tmp_path, CPU).run(tiles, targets, tiles)

    def stop_at_the_third(trainer: Trainer, epoch: int, *data: Any) -> float:
        if epoch == 2:
            raise KeyboardInterrupt
        return run_epoch(trainer, epoch, *data)

    run_epoch = Trainer._epoch
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_epoch", stop_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            Trainer("part", recipe(3), tmp_path, CPU).run(tiles, targets, tiles)
    again = Trainer("part", recipe(3), tmp_path, CPU)
    continued = again.run(tiles, targets, tiles).state_dict()
    assert [entry["epoch"] for entry in again.history] == [1, 2, 3]
    for key, value in whole.state_dict().items():
        assert torch.allclose(value.float(), continued[key].float(), atol=1e-3), key


def test_shards_have_the_gradient_of_their_mean(tmp_path: Path) -> None:
    tiles = made_up(16)
    batch = Batches(tiles, Targets.of(tiles), recipe(1), 0)[0]
    split = Trainer("split", replace(recipe(1), shards=2), tmp_path, CPU)
    loss = split._gradients(list(batch))
    gradient = split.network.ferplus.weight.grad
    parts = []
    for half in (0, 1):
        alone = Trainer("alone", recipe(1), tmp_path, CPU)
        alone.network.dropout.p = 0.0
        alone.start_from(split.network.state_dict())
        shard = [part.chunk(2)[half] for part in batch]
        parts.append((alone._gradients(shard), alone.network.ferplus.weight.grad))
    assert loss == pytest.approx((parts[0][0] + parts[1][0]) / 2, rel=0.3)
    mean = (parts[0][1] + parts[1][1]) / 2
    assert torch.nn.functional.cosine_similarity(gradient.flatten(), mean.flatten(), dim=0) > 0.8
