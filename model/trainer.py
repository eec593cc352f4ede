"""One network's training: batches over several threads, a moving average of the weights, checkpoints."""

import copy
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils import data
from tqdm import tqdm

from model import dataset
from model.batches import Batches, Targets
from model.dataset import Floats, Ints, Tiles, centre_crops
from model.network import Architecture, ExpressionNetwork
from model.recipe import Recipe

SELECTION_CROP_PX = 44
"""Side of the middle of a tile that the finished network looks at."""


def predict(network: nn.Module, crops: Floats, device: torch.device) -> tuple[Floats, Floats]:
    """Logits of both heads for (n, 1, H, W) crops: (n, 8) and (n, 7) float32."""
    network.eval()

    def answers(start: int) -> tuple[Floats, Floats]:
        with torch.inference_mode(), autocast(device):
            plus, fer = network(torch.from_numpy(crops[start : start + 256]).to(device))
        return plus.float().cpu().numpy(), fer.float().cpu().numpy()

    with single_threaded_pool() as pool:
        parts = list(pool.map(answers, range(0, len(crops), 256)))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def autocast(device: torch.device) -> Any:
    """Mixed precision in bfloat16; without torch's cache of cast weights, which threads would share."""
    return torch.autocast(device.type, torch.bfloat16, cache_enabled=False)


def _cores() -> int:
    """How many this process may run on."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def single_threaded_pool(threads: int = os.cpu_count() or 1) -> ThreadPoolExecutor:
    """Threads that each compute on one core.

    Nothing waits at OpenMP's barriers, of which a step has hundreds: on a machine that does other work too
    this is many times faster than one computation spread over all cores.
    """
    return ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))


def opinions(network: nn.Module, tiles: Tiles, device: torch.device) -> Floats:
    """Mean probabilities over each tile and its mirror image: (n, 15) float32."""
    crops = centre_crops(tiles.pixels, SELECTION_CROP_PX)[:, None]
    views = []
    for view in (crops, np.ascontiguousarray(crops[..., ::-1])):
        logits = predict(network, view, device)
        views.append(np.hstack([_softmax(part) for part in logits]))
    return np.mean(views, axis=0, dtype=np.float32)


def selection_scores(network: nn.Module, tiles: Tiles, device: torch.device) -> dict[str, float]:
    """Accuracy on the tiles used for selection: FER2013, FER+ A and FER+ B."""
    eight, seven = predict(network, centre_crops(tiles.pixels, SELECTION_CROP_PX)[:, None], device)
    scores = {"fer2013": _accuracy(seven, tiles.emotion)}
    for name, protocol in (("ferplus_a", dataset.protocol_a), ("ferplus_b", dataset.protocol_b)):
        label, counted = protocol(tiles.votes)
        scores[name] = _accuracy(eight[counted], label[counted])
    return scores


class Trainer:
    """One network's training and its moving average; `run` continues from the checkpoint if there is one."""

    def __init__(self, name: str, recipe: Recipe, folder: Path, device: torch.device) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, device
        self.file, self.history_file = folder / f"{name}.pt", folder / f"{name}.json"
        architecture = Architecture().scaled(recipe.width)
        self.network = ExpressionNetwork(architecture).to(device, memory_format=torch.channels_last)
        self.average = ExpressionNetwork(architecture).to(device, memory_format=torch.channels_last)
        self.average.load_state_dict(self.network.state_dict())
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": others}]
        self.optimiser = torch.optim.SGD(groups, lr=0.0, momentum=0.9, nesterov=True)
        self.history: list[dict[str, Any]] = []
        shards = 1 if device.type == "cuda" else recipe.shards
        self._replicas = [self.network, *(_replica(self.network) for _ in range(shards - 1))]
        self._pool = single_threaded_pool(shards)
        self._loaders = min(2 if device.type == "cpu" else 8, _cores())

    def start_from(self, weights: dict[str, Tensor]) -> None:
        """Begin with another network's weights; a checkpoint found by `run` still wins."""
        self.network.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def run(self, tiles: Tiles, targets: Targets, selection: Tiles) -> ExpressionNetwork:
        """Train to the last epoch and return the averaged network."""
        if self.file.is_file():
            self._load()
        for epoch in range(len(self.history), self.recipe.epochs):
            started = time.monotonic()
            loss = self._epoch(epoch, tiles, targets)
            scores = selection_scores(self.average, selection, self.device)
            seconds = time.monotonic() - started
            self.history.append({"epoch": epoch + 1, "loss": loss, "seconds": seconds, **scores})
            self._save()
            figures = "  ".join(f"{key} {100 * value:.2f}" for key, value in scores.items())
            name = f"{self.file.stem} {epoch + 1}/{self.recipe.epochs}"
            tqdm.write(f"{name}  loss {loss:.4f}  {figures}  {seconds:.0f} s")
        return self.average

    def _epoch(self, epoch: int, tiles: Tiles, targets: Targets) -> float:
        torch.manual_seed(10_007 * self.recipe.seed + epoch)
        source = Batches(tiles, targets, self.recipe, epoch)
        loader = data.DataLoader(source, batch_size=None, num_workers=self._loaders, prefetch_factor=4)
        steps, total = len(source), 0.0
        for step, batch in enumerate(tqdm(loader, total=steps, leave=False, mininterval=5)):
            rate = self.recipe.rate_at(epoch + step / steps)
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            total += self._gradients([part.to(self.device) for part in batch])
            self.optimiser.step()
            seen = step + epoch * steps
            self._update_average(min(self.recipe.ema_decay, (1 + seen) / (10 + seen)))
        return total / steps

    def _gradients(self, batch: list[Tensor]) -> float:
        """Set the network's gradients for one batch, a shard on each thread; returns the loss."""

        def shard_loss(replica: nn.Module, parts: tuple[Tensor, ...]) -> float:
            crops, plus_target, fer_target, plus_weight = parts
            replica.train()
            replica.zero_grad(set_to_none=True)
            with autocast(self.device):
                plus, fer = replica(crops.contiguous(memory_format=torch.channels_last))
            plus_loss = functional.cross_entropy(plus.float(), plus_target, reduction="none")
            fer_loss = functional.cross_entropy(fer.float(), fer_target)
            loss = ((plus_loss * plus_weight).mean() + fer_loss) / (2 * len(self._replicas))
            loss.backward()
            return float(loss.detach())

        shards = zip(*(part.chunk(len(self._replicas)) for part in batch), strict=True)
        losses = list(self._pool.map(shard_loss, self._replicas, shards))
        for replica in self._replicas[1:]:
            for total, part in zip(self.network.parameters(), replica.parameters(), strict=True):
                total.grad.add_(part.grad)
        return sum(losses)

    @torch.no_grad()
    def _update_average(self, decay: float) -> None:
        current = self.network.state_dict()
        for key, value in self.average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(current[key], 1 - decay)
            else:
                value.copy_(current[key])

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "architecture": self.network.architecture.as_dict(),
        }
        fresh = self.file.with_suffix(".tmp")
        torch.save(state, fresh)
        record = {"recipe": asdict(self.recipe), "history": self.history}
        self.history_file.write_text(json.dumps(record, indent=1), encoding="utf-8")
        fresh.replace(self.file)

    def _load(self) -> None:
        state = torch.load(self.file, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.history = json.loads(self.history_file.read_text(encoding="utf-8"))["history"]


def _replica(network: ExpressionNetwork) -> ExpressionNetwork:
    """A copy that shares the weights and has gradients and running statistics of its own."""
    twin = copy.deepcopy(network)
    for own, original in zip(twin.parameters(), network.parameters(), strict=True):
        own.data = original.data
    return twin


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def _accuracy(logits: Floats, labels: Ints) -> float:
    return float((logits.argmax(axis=1) == labels).mean())
