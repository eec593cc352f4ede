"""The networks: a residual trunk of 3x3 convolutions with two heads, and the published baseline.

They are PyTorch modules: on a processor with bfloat16 a plain loop over channels-last tensors trains twice as
fast as the same network in Keras on any backend (`README.md` has the figures). `model.export` rebuilds the
trained network as a Keras graph with the batch norms folded in, because that is what LiteRT's converter
reads.
"""

from dataclasses import asdict, dataclass

from torch import Tensor, nn
from torch.nn import functional

from model.dataset import FER2013_LABELS, FERPLUS_LABELS


@dataclass(frozen=True, slots=True)
class Architecture:
    """Channels and convolutions of each stage; stages after the first start with a 2x2 max pooling."""

    channels: tuple[int, ...] = (32, 64, 128, 256)
    depths: tuple[int, ...] = (1, 2, 3, 3)
    dropout: float = 0.25

    def scaled(self, width: float) -> "Architecture":
        """The same network with `width` times the channels, rounded to multiples of 8."""
        return Architecture(
            tuple(max(8, round(width * c / 8) * 8) for c in self.channels), self.depths, self.dropout
        )

    def as_dict(self) -> dict[str, object]:
        """As kept in checkpoints."""
        return asdict(self)


class NormedConv(nn.Module):
    """A 3x3 convolution with batch norm and ReLU; adds its input where `residual`."""

    def __init__(self, inputs: int, outputs: int, *, residual: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, H, W) to (n, outputs, H, W)."""
        y = functional.relu(self.norm(self.conv(x)))
        return x + y if self.residual else y


class ExpressionNetwork(nn.Module):
    """Trunk, global average pooling, and one linear layer for each head.

    Input (n, 1, H, W) float, standardised crops of any size from 16 pixels on; output a pair of logits: (n,
    8) in the order of `FERPLUS_LABELS` and (n, 7) in the order of `FER2013_LABELS`.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        stages: list[nn.Module] = []
        inputs = 1
        for channels, depth in zip(architecture.channels, architecture.depths, strict=True):
            blocks: list[nn.Module] = [NormedConv(inputs, channels, residual=False)]
            blocks += [NormedConv(channels, channels, residual=True) for _ in range(depth - 1)]
            stages.append(nn.Sequential(*blocks))
            inputs = channels
        self.stages = nn.ModuleList(stages)
        self.dropout = nn.Dropout(architecture.dropout)
        self.ferplus = nn.Linear(inputs, len(FERPLUS_LABELS))
        self.fer2013 = nn.Linear(inputs, len(FER2013_LABELS))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of both heads, FER+ first."""
        for index, stage in enumerate(self.stages):
            x = stage(functional.max_pool2d(x, 2) if index else x)
        features = self.dropout(x.mean(dim=(2, 3)))
        return self.ferplus(features), self.fer2013(features)
