"""Read FER2013 tiles with their labels and FER+ votes.

Two layouts are understood. A folder of mosaics: `train.png` and `public_test.png` (gray, 48x48 tiles, 100
columns, row-major) with `train.csv` and `public_test.csv` (one line a tile: `row`, `emotion`, ten
`votes_*` columns). And the published files: `fer2013.csv` with `fer2013new.csv` (FER+) beside it.

Raises `DatasetError` for everything that does not fit: a missing column, a wrong row count, a tile that is
not 48x48 bytes.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

TILE_PX = 48
MOSAIC_COLUMNS = 100

STD_FLOOR = 12.0
"""Standard deviation in gray levels below which a crop counts as flat."""

# Order of the `emotion` column of FER2013.
FER2013_LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
# Order of the vote columns of FER+; the last two say that the tile cannot be judged.
FERPLUS_LABELS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
VOTE_COLUMNS = (*FERPLUS_LABELS, "unknown", "not_a_face")

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class DatasetError(ValueError):
    """The files do not hold what FER2013 or FER+ should hold; the message names file and fault."""


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Labelled faces.

    `pixels` is (n, 48, 48) uint8, `emotion` (n,) int64 in the order of `FER2013_LABELS`, `votes` (n, 10)
    float32 in the order of `VOTE_COLUMNS` (all zero where FER+ has no votes for a tile).
    """

    pixels: Bytes
    emotion: Ints
    votes: Floats

    def __post_init__(self) -> None:
        n = len(self.pixels)
        if self.pixels.shape != (n, TILE_PX, TILE_PX) or self.pixels.dtype != np.uint8:
            raise DatasetError(
                f"tiles must be (n, 48, 48) uint8, not {self.pixels.shape} {self.pixels.dtype}"
            )
        if self.emotion.shape != (n,) or self.votes.shape != (n, len(VOTE_COLUMNS)):
            raise DatasetError(
                f"{n} tiles, but {len(self.emotion)} labels and {len(self.votes)} rows of votes"
            )
        if n and not (self.emotion.min() >= 0 and self.emotion.max() < len(FER2013_LABELS)):
            raise DatasetError("an emotion is outside 0..6")
        if not np.all(np.isfinite(self.votes)) or np.any(self.votes < 0):
            raise DatasetError("votes must be finite and not negative")

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, index: NDArray[np.bool_] | Ints) -> "Tiles":
        """The tiles that `index` (boolean mask or positions) selects."""
        return Tiles(self.pixels[index], self.emotion[index], self.votes[index])


def load(folder: Path, split: str) -> Tiles:
    """Tiles of `split` (`train` or `public_test`) from `folder`, in whichever layout it has."""
    if (folder / f"{split}.png").is_file():
        return load_mosaic(folder / f"{split}.png", folder / f"{split}.csv")
    if (folder / "fer2013.csv").is_file():
        usage = {"train": "Training", "public_test": "PublicTest", "private_test": "PrivateTest"}[split]
        return load_official(folder / "fer2013.csv", folder / "fer2013new.csv", usage)
    raise DatasetError(f"{folder} has neither {split}.png nor fer2013.csv")


def load_mosaic(image_file: Path, label_file: Path) -> Tiles:
    """Tiles from a mosaic and its CSV."""
    rows = _read_csv(label_file, ("emotion", *(f"votes_{name}" for name in VOTE_COLUMNS)))
    pixels = split_mosaic(_read_gray(image_file), len(rows), image_file)
    emotion = [_integer(row["emotion"], label_file) for row in rows]
    votes = [[_integer(row[f"votes_{name}"], label_file) for name in VOTE_COLUMNS] for row in rows]
    return _tiles(pixels, emotion, votes)


def load_mosaic_pixels(image_file: Path) -> Bytes:
    """All tiles of a mosaic without labels, the black padding of its last row dropped: (n, 48, 48) uint8."""
    mosaic = _read_gray(image_file)
    rows = mosaic.shape[0] // TILE_PX
    pixels = split_mosaic(mosaic, rows * MOSAIC_COLUMNS, image_file)
    count = len(pixels)
    while count and not pixels[count - 1].any():
        count -= 1
    return pixels[:count]


def load_official(fer2013_csv: Path, ferplus_csv: Path, usage: str) -> Tiles:
    """Tiles whose `Usage` is `usage` from FER2013's CSV and FER+'s, which have the same row order."""
    rows = _read_csv(fer2013_csv, ("emotion", "pixels", "Usage"))
    # FER+ writes its columns as "neutral", ..., "unknown", "NF".
    names = (*FERPLUS_LABELS, "unknown", "NF")
    plus = _read_csv(ferplus_csv, names)
    if len(rows) != len(plus):
        raise DatasetError(f"{fer2013_csv.name} has {len(rows)} rows, {ferplus_csv.name} has {len(plus)}")
    pixels, emotion, votes = [], [], []
    for row, votes_row in zip(rows, plus, strict=True):
        if row["Usage"] != usage:
            continue
        values = row["pixels"].split()
        if len(values) != TILE_PX * TILE_PX:
            raise DatasetError(f"{fer2013_csv.name}: a tile has {len(values)} pixels, not 2304")
        try:
            pixels.append(np.array(values, dtype=np.int64).astype(np.uint8).reshape(TILE_PX, TILE_PX))
        except ValueError as error:
            raise DatasetError(f"{fer2013_csv.name}: a pixel is not a number") from error
        emotion.append(_integer(row["emotion"], fer2013_csv))
        votes.append([_integer(votes_row[name], ferplus_csv) for name in names])
    if not pixels:
        raise DatasetError(f"{fer2013_csv.name} has no rows with Usage {usage}")
    return _tiles(np.stack(pixels), emotion, votes)


def split_mosaic(mosaic: Bytes, count: int, image_file: Path) -> Bytes:
    """Cut a gray mosaic into its first `count` tiles: (count, 48, 48) uint8."""
    height, width = mosaic.shape
    if width != MOSAIC_COLUMNS * TILE_PX or height % TILE_PX:
        raise DatasetError(f"{image_file.name} is {width}x{height}, not 100 columns of 48x48 tiles")
    if not height // TILE_PX * MOSAIC_COLUMNS - MOSAIC_COLUMNS < count <= height // TILE_PX * MOSAIC_COLUMNS:
        raise DatasetError(f"{image_file.name} cannot hold {count} tiles in {height // TILE_PX} rows of 100")
    tiles = mosaic.reshape(-1, TILE_PX, MOSAIC_COLUMNS, TILE_PX).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(tiles.reshape(-1, TILE_PX, TILE_PX)[:count])


def vote_distribution(votes: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """What the taggers saw, as training targets: (n, 8) float32 rows that sum to 1, and which rows count.

    Single votes are dropped as noise (as FER+ does), then votes for "unknown" and "not a face". A row counts
    if at least half of its remaining votes went to one of the eight expressions; other rows are uniform.
    """
    kept = np.where(votes > 1, votes, 0)
    shares = kept[:, : len(FERPLUS_LABELS)]
    total = shares.sum(axis=1, keepdims=True)
    usable = (total[:, 0] > 0) & (total[:, 0] * 2 >= kept.sum(axis=1))
    uniform = np.full_like(shares, 1 / len(FERPLUS_LABELS))
    target = np.where(usable[:, None], shares / np.maximum(total, 1), uniform)
    return target.astype(np.float32), usable


def protocol_a(votes: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """FER+ majority protocol: the class with more than half of the votes once single votes are dropped.

    Returns the label of each tile in the order of `FERPLUS_LABELS` and a mask of the tiles that have one.
    """
    kept = np.where(votes > 1, votes, 0)
    best = kept.argmax(axis=1)
    majority = kept.max(axis=1) * 2 > kept.sum(axis=1)
    return best.astype(np.int64), majority & (best < len(FERPLUS_LABELS))


def protocol_b(votes: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """FER+ most-voted protocol: the class with most votes; not for the unknown or faceless."""
    best = votes.argmax(axis=1)
    return best.astype(np.int64), (best < len(FERPLUS_LABELS)) & (votes.max(axis=1) > 0)


def standardise(crop: Bytes) -> Floats:
    """What the network sees of a crop: zero mean, unit variance; (H, W) uint8 to (H, W) float32.

    Contrast below `STD_FLOOR` is not amplified further, so that a constant tile stays zero.
    """
    values = crop.astype(np.float32)
    values -= values.mean()
    values /= max(float(values.std()), STD_FLOOR)
    return values


def centre_crops(pixels: Bytes, size_px: int) -> Floats:
    """Standardised middles of tiles: (n, 48, 48) uint8 to (n, size_px, size_px) float32."""
    start = (TILE_PX - size_px) // 2
    inner = pixels[:, start : start + size_px, start : start + size_px]
    return np.stack([standardise(tile) for tile in inner])


def has_near_copy(pixels: Bytes, others: Bytes, threshold: float = 0.98) -> NDArray[np.bool_]:
    """Which of `pixels` have a copy or near copy, mirrored included, in `others`.

    Near means that 16x16 thumbnails correlate above `threshold`. Constant tiles count as copies of each
    other.
    """
    query, flipped, base = _thumbnails(pixels), _thumbnails(pixels[:, :, ::-1]), _thumbnails(others)
    return np.asarray(np.maximum((query @ base.T).max(axis=1), (flipped @ base.T).max(axis=1)) > threshold)


def _thumbnails(pixels: Bytes) -> Floats:
    """Unit vectors (n, 257) whose dot products are correlations; the last entry marks constant tiles."""
    small = pixels.reshape(-1, 16, 3, 16, 3).mean(axis=(2, 4), dtype=np.float32).reshape(-1, 256)
    small -= small.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(small, axis=1, keepdims=True)
    constant = norm < 1e-3
    unit = np.where(constant, 0, small / np.maximum(norm, 1e-3))
    return np.hstack([unit, constant.astype(np.float32)]).astype(np.float32)


def _tiles(pixels: Bytes, emotion: Sequence[int], votes: Sequence[Sequence[int]]) -> Tiles:
    return Tiles(pixels, np.array(emotion, dtype=np.int64), np.array(votes, dtype=np.float32))


def _read_gray(file: Path) -> Bytes:
    image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) if file.is_file() else None
    if image is None:
        raise DatasetError(f"{file} is not a readable picture")
    return np.asarray(image, dtype=np.uint8)


def _read_csv(file: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise DatasetError(f"{file.name} lacks the columns {', '.join(missing)}")
            return list(reader)
    except OSError as error:
        raise DatasetError(f"{file} cannot be read: {error.strerror}") from error


def _integer(text: str | None, file: Path) -> int:
    try:
        return int(text or "")
    except ValueError as error:
        raise DatasetError(f"{file.name}: {text!r} is not a whole number") from error
