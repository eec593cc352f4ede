"""The settings of one network's training."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every setting of one network's training; `train.py` says where teachers and students differ."""

    epochs: int
    seed: int
    width: float = 1.0
    batch: int = 128
    shards: int = 4
    peak_rate: float = 0.1
    warmup_epochs: float = 2.0
    weight_decay: float = 5e-4
    ema_decay: float = 0.998
    mixup: float = 0.1
    teacher_share: float = 0.3
    crop_px: int = 40
    early_crop_px: int = 32
    early_share: float = 0.4

    def crop_at(self, epoch: int) -> int:
        """Side of the training crops: small ones at first, which is quicker and costs no accuracy."""
        return self.early_crop_px if epoch < self.early_share * self.epochs else self.crop_px

    def rate_at(self, progress: float) -> float:
        """Learning rate after `progress` epochs: linear warm-up, then half a cosine to zero."""
        if progress < self.warmup_epochs:
            return self.peak_rate * progress / self.warmup_epochs
        done = (progress - self.warmup_epochs) / max(self.epochs - self.warmup_epochs, 1e-6)
        return self.peak_rate * (1 + math.cos(math.pi * min(done, 1.0))) / 2
