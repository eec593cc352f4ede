"""Fits the second network that reads the puppet's signals: it sees the pixels of eyes and mouth too."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.puppet_crowd import BLENDSHAPES
from model.puppet_features import OUTPUT, features, mirror_of, opposite
from model.puppet_patches import load
from vcam.animate.puppet.patches import EYE_HEIGHT, EYE_WIDTH, MOUTH_HEIGHT, MOUTH_WIDTH, even

Array = NDArray[Any]

BETTER = [name for name in BLENDSHAPES if not name.startswith(("brow_up", "brow_inner"))]
"""The signals for which this network's word counts. Raised brows the mesh alone tells more surely."""
_TWINS = 2
"""Networks whose answers are averaged: what one of them saw in the noise of the crowd, the other did not."""
_EYE, _MOUTH, _HIDDEN = 32, 32, (96, 48)
_NOISE, _GRAIN = 0.2, 0.1


def fit(work: Path, epochs: int = 6) -> None:
    """Train on every `patches*.npz` in the work folder, and add the twins to OUTPUT.

    The features of the mesh are those of the network that is there. Prints r on every twentieth face.
    """
    with np.load(OUTPUT) as data:
        arrays: dict[str, Any] = {
            name: data[name] for name in data.files if not name.startswith(("seen_", "eye_", "mouth_"))
        }
    crowd = load(work)
    held_out = crowd["row"] % 20 == 0
    shown = {name: crowd[name][~held_out] for name in ("mesh", "eyes", "mouth", "target")}
    trained = [_train(shown, arrays, seed, epochs) for seed in range(_TWINS)]
    twins = {name: np.stack([one[name] for one in trained]) for name in trained[0]}
    arrays |= {name: np.ascontiguousarray(values, np.float16) for name, values in twins.items()}
    np.savez_compressed(OUTPUT, **arrays, seen_names=np.array(BETTER))

    eyes, mouth = _even_pairs(crowd["eyes"][held_out]), even(crowd["mouth"][held_out])
    points = features(crowd["mesh"][held_out], arrays)
    found = np.mean([_answer(one, points, eyes, mouth) for one in trained], axis=0)
    for k, name in enumerate(BETTER):
        aim = crowd["target"][held_out][:, [*BLENDSHAPES].index(name)]
        print(f"{name:16s} r = {np.corrcoef(found[:, k], aim)[0, 1]:.3f}")


def _train(crowd: dict[str, Array], arrays: dict[str, Any], seed: int, epochs: int) -> dict[str, Array]:
    """The weights (inputs, outputs) and biases (1, outputs) of one twin, by their names in OUTPUT."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    mesh, eyes, mouths, target = (crowd[name] for name in ("mesh", "eyes", "mouth", "target"))
    mirrored = mesh[:, mirror_of(mesh.mean(axis=0))] * np.array((-1, 1, 1), np.float32)
    told = torch.tensor(np.concatenate([features(mesh, arrays), features(mirrored, arrays)]))
    sides = [opposite(name) for name in BLENDSHAPES]
    wanted = torch.tensor(np.concatenate([target, target[:, sides]]))

    eye, mouth = nn.Linear(EYE_WIDTH * EYE_HEIGHT, _EYE), nn.Linear(MOUTH_WIDTH * MOUTH_HEIGHT, _MOUTH)
    sizes = [told.shape[1] + 2 * _EYE + _MOUTH, *_HIDDEN, len(BLENDSHAPES)]
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    head = nn.Sequential(layers[0], nn.SiLU(), layers[1], nn.SiLU(), layers[2], nn.Sigmoid())

    def pictured(chosen: Array, mirror: Array) -> torch.Tensor:
        """What the patches tell; in a mirror the eyes change places."""
        pair, lips = eyes[chosen], mouths[chosen]
        pair = torch.tensor(_even_pairs(np.where(mirror[:, None, None, None], pair[:, ::-1], pair)))
        lips = torch.tensor(even(np.where(mirror[:, None, None], lips[..., ::-1], lips)))
        seen = eye(pair + _GRAIN * torch.randn_like(pair)), mouth(lips + _GRAIN * torch.randn_like(lips))
        return nn.functional.silu(torch.cat([seen[0].flatten(1), seen[1]], 1))

    batch, weight = 1024, 1 / (wanted.std(0) + 0.03)
    steps = len(told) // batch
    parameters = [values for part in (eye, mouth, head) for values in part.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=epochs * steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(told))[: steps * batch].reshape(steps, batch):
            rows = chosen.numpy()
            points = told[chosen] + _NOISE * torch.randn(batch, told.shape[1])
            found = head(torch.cat([points, pictured(rows % len(mesh), rows >= len(mesh))], 1))
            loss = (((found - wanted[chosen]) * weight) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()

    named = {"eye_{}": eye, "mouth_{}": mouth} | {f"seen_{{}}_{k}": layer for k, layer in enumerate(layers)}
    fitted = {}
    for name, layer in named.items():
        kept = [[*BLENDSHAPES].index(one) for one in BETTER] if layer is layers[-1] else slice(None)
        fitted[name.format("weight")] = layer.weight.detach().numpy()[kept].T
        fitted[name.format("bias")] = layer.bias.detach().numpy()[np.newaxis, kept]
    return fitted


def _answer(twin: dict[str, Array], points: Array, eyes: Array, mouth: Array) -> Array:
    """(n, outputs) of n faces: `points` (n, d), `eyes` (n, 2, pixels), `mouth` (n, pixels)."""
    pair = eyes @ twin["eye_weight"] + twin["eye_bias"]
    lips = mouth @ twin["mouth_weight"] + twin["mouth_bias"]
    pictured = np.concatenate([pair.reshape(len(pair), -1), lips], axis=1)
    values = np.concatenate([points, _silu(pictured)], axis=1)
    for k in range(len(_HIDDEN)):
        values = _silu(values @ twin[f"seen_weight_{k}"] + twin[f"seen_bias_{k}"])
    last = len(_HIDDEN)
    return np.asarray(1 / (1 + np.exp(-(values @ twin[f"seen_weight_{last}"] + twin[f"seen_bias_{last}"]))))


def _even_pairs(eyes: Array) -> Array:
    """(n, 2, pixels) of (n, 2, height, width)."""
    return even(eyes.reshape(-1, *eyes.shape[2:])).reshape(len(eyes), 2, -1)


def _silu(values: Array) -> Array:
    return np.asarray(values / (1 + np.exp(-np.clip(values, -40, 40))))
