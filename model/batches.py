"""What a network learns from: targets made of votes, labels and teachers, and augmented batches."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils import data

from model import dataset
from model.augment import augmented_crop
from model.dataset import Floats, Tiles, standardise
from model.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What the heads should say: (n, 8) and (n, 7) float32 distributions; the first head's (n,) weights."""

    ferplus: Floats
    fer2013: Floats
    ferplus_weight: Floats

    @classmethod
    def of(cls, tiles: Tiles) -> "Targets":
        """Targets from the labels alone.

        FER2013's single label is softened by 15 % of the votes (as far as its seven classes go) and 5 %
        spread evenly: label smoothing that knows which other class is likely.
        """
        shares, usable = dataset.vote_distribution(tiles.votes)
        columns = [dataset.FERPLUS_LABELS.index(name) for name in dataset.FER2013_LABELS]
        seven = shares[:, columns] + 1e-6
        seven /= seven.sum(axis=1, keepdims=True)
        hard = np.eye(len(dataset.FER2013_LABELS), dtype=np.float32)[tiles.emotion]
        fer2013 = 0.8 * hard + 0.15 * seven + 0.05 / len(dataset.FER2013_LABELS)
        return cls(shares, fer2013.astype(np.float32), usable.astype(np.float32))

    def blended(self, opinions: Floats, share: float) -> "Targets":
        """These targets with `share` taken from teachers' (n, 15) probabilities.

        Cross-entropy is linear in its target, so blending targets is blending losses. Tiles whose votes say
        nothing are taught by the teachers alone.
        """
        eight, seven = opinions[:, :8], opinions[:, 8:]
        plus_share = np.where(self.ferplus_weight > 0, share, 1.0)[:, None]
        return Targets(
            ((1 - plus_share) * self.ferplus + plus_share * eight).astype(np.float32),
            ((1 - share) * self.fer2013 + share * seven).astype(np.float32),
            np.ones_like(self.ferplus_weight),
        )


class Batches(data.Dataset[tuple[Tensor, ...]]):
    """Augmented, mixed-up batches of one epoch; the same seed and epoch give the same batches."""

    def __init__(self, tiles: Tiles, targets: Targets, recipe: Recipe, epoch: int) -> None:
        self._tiles, self._targets, self._recipe, self._epoch = tiles, targets, recipe, epoch
        self._order = np.random.default_rng((recipe.seed, epoch)).permutation(len(tiles))

    def __len__(self) -> int:
        return len(self._order) // self._recipe.batch

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        """Crops (batch, 1, H, W), both heads' targets, and the first head's weights."""
        recipe, targets = self._recipe, self._targets
        rng = np.random.default_rng((recipe.seed, self._epoch, number))
        index, size = self._order[number * recipe.batch :][: recipe.batch], recipe.crop_at(self._epoch)
        views = [standardise(augmented_crop(self._tiles.pixels[i], size, rng)) for i in index]
        crops = np.stack(views)[:, None]
        parts = [crops, targets.ferplus[index], targets.fer2013[index], targets.ferplus_weight[index]]
        keep = np.float32(rng.beta(recipe.mixup, recipe.mixup)) if recipe.mixup else np.float32(1)
        keep = max(keep, 1 - keep)
        partner = rng.permutation(len(index))
        return tuple(torch.from_numpy(keep * part + (1 - keep) * part[partner]) for part in parts)
