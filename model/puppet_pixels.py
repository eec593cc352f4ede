"""Fits the second network that reads the puppet's signals: it sees the pixels of eyes and mouth too."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.puppet_crowd import BLENDSHAPES
from model.puppet_features import OUTPUT, features, mirror_of, opposite
from model.puppet_patches import MARGIN, load
from vcam.animate.puppet.patches import EYE_HEIGHT, EYE_WIDTH, MOUTH_HEIGHT, MOUTH_WIDTH, even

Array = NDArray[Any]

BETTER = [name for name in BLENDSHAPES if not name.startswith(("brow_up", "brow_inner"))]
"""The signals for which this network's word counts. Raised brows the mesh alone tells more surely."""
_EYE, _MOUTH, _HIDDEN = 32, 32, (96, 48)
_NOISE, _GRAIN = 0.2, 0.1


def fit(work: Path, seed: int = 0, epochs: int = 6) -> None:
    """Train on every `patches*.npz` in the work folder, and add the network to OUTPUT.

    The features of the mesh are those of the network that is there. Prints r on every twentieth face.
    """
    import torch
    from torch import nn

    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    with np.load(OUTPUT) as data:
        arrays: dict[str, Any] = {name: data[name] for name in data.files if not _ours(name)}
    crowd = load(work)
    held_out = crowd["row"] % 20 == 0
    mesh, eyes, mouths, target = (crowd[name][~held_out] for name in ("mesh", "eyes", "mouth", "target"))
    mirrored = mesh[:, mirror_of(mesh.mean(axis=0))] * np.array((-1, 1, 1), np.float32)
    told = torch.tensor(np.concatenate([features(mesh, arrays), features(mirrored, arrays)]))
    sides = [opposite(name) for name in BLENDSHAPES]
    wanted = torch.tensor(np.concatenate([target, target[:, sides]]))
    kept = [list(BLENDSHAPES).index(name) for name in BETTER]

    eye, mouth = nn.Linear(EYE_WIDTH * EYE_HEIGHT, _EYE), nn.Linear(MOUTH_WIDTH * MOUTH_HEIGHT, _MOUTH)
    sizes = [told.shape[1] + 2 * _EYE + _MOUTH, *_HIDDEN, len(BLENDSHAPES)]
    seen = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    silu = nn.functional.silu

    def network(points: torch.Tensor, patches: list[torch.Tensor]) -> torch.Tensor:
        right, left, lips = patches
        values = torch.cat([points, silu(eye(right)), silu(eye(left)), silu(mouth(lips))], 1)
        return torch.sigmoid(seen[2](silu(seen[1](silu(seen[0](values))))))

    def shown(chosen: Array, mirror: Array) -> list[torch.Tensor]:
        """Patches, shifted at random; in a mirror the eyes change places."""
        x, y, u, v = dice.integers(0, 2 * MARGIN + 1, 4)
        pair = eyes[chosen, :, y : y + EYE_HEIGHT, x : x + EYE_WIDTH]
        lips = mouths[chosen, v : v + MOUTH_HEIGHT, u : u + MOUTH_WIDTH]
        pair = np.where(mirror[:, None, None, None], pair[:, ::-1], pair)
        lips = np.where(mirror[:, None, None], lips[..., ::-1], lips)
        evened = [evenly(pair[:, 0]), evenly(pair[:, 1]), evenly(lips)]
        return [patch + _GRAIN * torch.randn_like(patch) for patch in evened]

    def evenly(patches: Array) -> torch.Tensor:
        return torch.tensor(np.stack([even(patch) for patch in patches]))

    parameters = [weight for layer in (eye, mouth, *seen) for weight in layer.parameters()]
    batch, weight = 1024, 1 / (wanted.std(0) + 0.03)
    steps = len(told) // batch
    optimiser = torch.optim.AdamW(parameters, lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=epochs * steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(told))[: steps * batch].reshape(steps, batch):
            rows = chosen.numpy()
            points = told[chosen] + _NOISE * torch.randn(batch, told.shape[1])
            found = network(points, shown(rows % len(mesh), rows >= len(mesh)))
            loss = (((found - wanted[chosen]) * weight) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()

    arrays["seen_names"] = np.array(BETTER)
    for name, layer in {"eye_": eye, "mouth_": mouth}.items():
        arrays |= {f"{name}weight": _half(layer.weight.T), f"{name}bias": _half(layer.bias)}
    for k, layer in enumerate(seen):
        outputs = kept if k == len(seen) - 1 else slice(None)
        arrays |= {f"seen_weight_{k}": _half(layer.weight[outputs].T)}
        arrays |= {f"seen_bias_{k}": _half(layer.bias[outputs])}
    np.savez_compressed(OUTPUT, **arrays)

    inner = (..., slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    pair, lips = crowd["eyes"][held_out][inner], crowd["mouth"][held_out][inner]
    with torch.no_grad():
        points = torch.tensor(features(crowd["mesh"][held_out], arrays))
        found = network(points, [evenly(pair[:, 0]), evenly(pair[:, 1]), evenly(lips)])
    for k in kept:
        r = np.corrcoef(found[:, k].numpy(), crowd["target"][held_out][:, k])[0, 1]
        print(f"{[*BLENDSHAPES][k]:16s} r = {r:.3f}")


def _ours(name: str) -> bool:
    return name.startswith(("seen_", "eye_", "mouth_"))


def _half(values: Any) -> Array:
    return np.ascontiguousarray(values.detach().numpy(), np.float16)
