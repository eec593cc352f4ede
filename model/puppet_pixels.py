"""Fits the second network that reads the puppet's signals: it sees the pixels of eyes and mouth too."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.puppet_crowd import BLENDSHAPES
from model.puppet_features import OUTPUT, features, mirror_of, opposite
from model.puppet_patches import load
from vcam.animate.puppet.patches import HEIGHT, WIDTH, even

Array = NDArray[Any]

SHARES = {name: 0.5 if name.startswith(("brow_up", "brow_inner")) else 1.0 for name in BLENDSHAPES}
"""How much this network's word counts beside that of the mesh alone: a raised brow is the mean of both."""
_EYE, _MOUTH, _HIDDEN = 48, 48, (96, 48)
_NOISE, _GRAIN = 0.3, 0.6


def fit(work: Path, epochs: int = 24) -> None:
    """Train on every `patches*.npz` in the work folder, and add the network to OUTPUT.

    The features of the mesh are those of the network that is there. Prints r on every twentieth face.
    """
    with np.load(OUTPUT) as data:
        arrays: dict[str, Any] = {
            name: data[name] for name in data.files if not name.startswith(("seen_", "eye_", "mouth_"))
        }
    crowd = load(work)
    held_out = crowd["row"] % 20 == 0
    shown = {name: crowd[name][~held_out] for name in ("mesh", "patches", "target")}
    fitted = _train(shown, arrays, epochs)
    arrays |= {name: np.ascontiguousarray(values, np.float16) for name, values in fitted.items()}
    arrays |= {"seen_names": np.array([*SHARES]), "seen_share": np.array([*SHARES.values()], np.float32)}
    np.savez_compressed(OUTPUT, **arrays)

    points = features(crowd["mesh"][held_out], arrays)
    found = _answer(fitted, points, _even(crowd["patches"][held_out]))
    for k, name in enumerate(BLENDSHAPES):
        print(f"{name:16s} r = {np.corrcoef(found[:, k], crowd['target'][held_out, k])[0, 1]:.3f}")


def _train(crowd: dict[str, Array], arrays: dict[str, Any], epochs: int, seed: int = 1) -> dict[str, Array]:
    """The weights (inputs, outputs) and biases (outputs,), by their names in OUTPUT."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    mesh, target, light = crowd["mesh"], crowd["target"], torch.tensor(_even(crowd["patches"]))
    mirrored = mesh[:, mirror_of(mesh.mean(axis=0))] * np.array((-1, 1, 1), np.float32)
    told = torch.tensor(np.concatenate([features(mesh, arrays), features(mirrored, arrays)]))
    sides = [opposite(name) for name in BLENDSHAPES]
    wanted = torch.tensor(np.concatenate([target, target[:, sides]]))

    eye, mouth = nn.Linear(WIDTH * HEIGHT, _EYE), nn.Linear(WIDTH * HEIGHT, _MOUTH)
    sizes = [told.shape[1] + 2 * _EYE + _MOUTH, *_HIDDEN, len(BLENDSHAPES)]
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    head = nn.Sequential(layers[0], nn.SiLU(), layers[1], nn.SiLU(), layers[2], nn.Sigmoid())
    turned = torch.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).flip(1).flatten()

    def pictured(chosen: torch.Tensor) -> torch.Tensor:
        """What the patches tell; in a mirror the eyes change places."""
        seen, mirror = light[chosen % len(mesh)], (chosen >= len(mesh))[:, None]
        pair = torch.where(mirror[..., None], seen[:, [1, 0]], seen[:, :2])
        lips = torch.where(mirror, seen[:, 2, turned], seen[:, 2])
        pair, lips = (part + _GRAIN * torch.randn_like(part) for part in (pair, lips))
        return nn.functional.silu(torch.cat([eye(pair).flatten(1), mouth(lips)], 1))

    batch, weight = 1024, 1 / (wanted.std(0) + 0.03)
    steps = len(told) // batch
    parameters = [values for part in (eye, mouth, head) for values in part.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=epochs * steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(told))[: steps * batch].reshape(steps, batch):
            points = told[chosen] + _NOISE * torch.randn(batch, told.shape[1])
            found = head(torch.cat([points, pictured(chosen)], 1))
            loss = (((found - wanted[chosen]) * weight) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()

    named = {"eye_{}": eye, "mouth_{}": mouth} | {f"seen_{{}}_{k}": layer for k, layer in enumerate(layers)}
    fitted = {}
    for name, layer in named.items():
        fitted[name.format("weight")] = layer.weight.detach().numpy().T
        fitted[name.format("bias")] = layer.bias.detach().numpy()
    return fitted


def _answer(network: dict[str, Array], points: Array, light: Array) -> Array:
    """(n, outputs) of n faces: `points` (n, d), `light` (n, 3, pixels) evened out."""
    pair = light[:, :2] @ network["eye_weight"] + network["eye_bias"]
    lips = light[:, 2] @ network["mouth_weight"] + network["mouth_bias"]
    pictured = np.concatenate([pair.reshape(len(pair), -1), lips], axis=1)
    values = np.concatenate([points, _silu(pictured)], axis=1)
    for k in range(len(_HIDDEN)):
        values = _silu(values @ network[f"seen_weight_{k}"] + network[f"seen_bias_{k}"])
    last = len(_HIDDEN)
    return np.asarray(
        1 / (1 + np.exp(-(values @ network[f"seen_weight_{last}"] + network[f"seen_bias_{last}"])))
    )


def _even(patches: Array) -> Array:
    """(n, 3, pixels) of (n, 3, height, width)."""
    return even(patches.reshape(-1, HEIGHT, WIDTH)).reshape(len(patches), 3, -1)


def _silu(values: Array) -> Array:
    return np.asarray(values / (1 + np.exp(-np.clip(values, -40, 40))))
