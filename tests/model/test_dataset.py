"""Reading tiles, labels and votes, and the protocols made from them."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from model import dataset
from model.dataset import FERPLUS_LABELS, VOTE_COLUMNS, DatasetError, Tiles


def votes(**given: int) -> np.ndarray:
    return np.array([[given.get(name, 0) for name in VOTE_COLUMNS]], dtype=np.float32)


def write_mosaic(folder: Path, name: str, pixels: np.ndarray, rows: list[dict[str, int]]) -> None:
    padded = np.zeros((-(-len(pixels) // 100) * 100, 48, 48), dtype=np.uint8)
    padded[: len(pixels)] = pixels
    mosaic = padded.reshape(-1, 100, 48, 48).transpose(0, 2, 1, 3).reshape(-1, 4800)
    cv2.imwrite(str(folder / f"{name}.png"), mosaic)
    with (folder / f"{name}.csv").open("w", newline="") as stream:
        columns = ["row", "emotion", *(f"votes_{vote}" for vote in VOTE_COLUMNS)]
        writer = csv.DictWriter(stream, columns, restval=0)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(1).integers(1, 256, (103, 48, 48)).astype(np.uint8)


def test_a_mosaic_gives_its_tiles_labels_and_votes_in_order(tmp_path: Path, pixels: np.ndarray) -> None:
    rows = [{"row": i, "emotion": i % 7, "votes_fear": i % 11} for i in range(103)]
    write_mosaic(tmp_path, "train", pixels, rows)
    tiles = dataset.load(tmp_path, "train")
    assert np.array_equal(tiles.pixels, pixels)
    assert tiles.emotion.tolist() == [i % 7 for i in range(103)]
    assert tiles.votes[:, VOTE_COLUMNS.index("fear")].tolist() == [i % 11 for i in range(103)]
    assert np.array_equal(dataset.load_mosaic_pixels(tmp_path / "train.png"), pixels)


def test_the_official_files_give_the_same_tiles(tmp_path: Path, pixels: np.ndarray) -> None:
    usages = ["Training", "PublicTest", "Training"]
    with (tmp_path / "fer2013.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["emotion", "pixels", "Usage"])
        for i, usage in enumerate(usages):
            writer.writerow([i + 3, " ".join(map(str, pixels[i].ravel())), usage])
    with (tmp_path / "fer2013new.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Usage", "Image name", *FERPLUS_LABELS, "unknown", "NF"])
        for i, usage in enumerate(usages):
            writer.writerow([usage, f"fer{i}.png", 0, i, 0, 0, 0, 0, 0, 0, 1, 0])
    train, public = dataset.load(tmp_path, "train"), dataset.load(tmp_path, "public_test")
    assert np.array_equal(train.pixels, pixels[[0, 2]])
    assert train.emotion.tolist() == [3, 5]
    assert public.votes[0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"row": 0, "emotion": 9}] * 103, "outside 0..6"),
        ([{"row": 0, "emotion": 1}] * 201, "cannot hold 201 tiles"),
        ([{"row": 0, "emotion": 1}] * 100, "cannot hold 100 tiles"),
        ([{"row": 0, "emotion": 1, "votes_fear": -1}] * 103, "not negative"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, pixels: np.ndarray, rows: list, message: str) -> None:
    write_mosaic(tmp_path, "train", pixels, rows)
    with pytest.raises(DatasetError, match=message):
        dataset.load(tmp_path, "train")


def test_a_missing_column_a_missing_picture_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="neither"):
        dataset.load(tmp_path, "train")
    (tmp_path / "labels.csv").write_text("row,emotion\n0,1\n")
    with pytest.raises(DatasetError, match="lacks the columns votes_neutral"):
        dataset.load_mosaic(tmp_path / "none.png", tmp_path / "labels.csv")
    with pytest.raises(DatasetError, match="not a readable picture"):
        dataset.load_mosaic_pixels(tmp_path / "none.png")


def test_a_picture_of_another_width_is_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "odd.png"), np.zeros((48, 4799), np.uint8))
    with pytest.raises(DatasetError, match="4799x48"):
        dataset.load_mosaic_pixels(tmp_path / "odd.png")


def test_tiles_of_another_size_or_type_are_refused() -> None:
    labels, none = np.zeros(2, np.int64), np.zeros((2, 10), np.float32)
    for pixels in (np.zeros((2, 47, 48), np.uint8), np.zeros((2, 48, 48), np.float32)):
        with pytest.raises(DatasetError, match="must be"):
            Tiles(pixels, labels, none)
    with pytest.raises(DatasetError, match="finite"):
        Tiles(np.zeros((2, 48, 48), np.uint8), labels, np.full((2, 10), np.nan, np.float32))


def test_protocol_a_wants_a_majority_after_single_votes_are_dropped() -> None:
    label, counted = dataset.protocol_a(votes(anger=5, fear=1, sadness=4))
    assert counted[0]
    assert FERPLUS_LABELS[label[0]] == "anger"
    assert not dataset.protocol_a(votes(anger=5, sadness=5))[1][0]
    assert not dataset.protocol_a(votes(unknown=8, anger=2))[1][0]
    assert not dataset.protocol_a(votes())[1][0]


def test_protocol_b_takes_the_most_voted_expression() -> None:
    label, counted = dataset.protocol_b(votes(fear=4, surprise=3, neutral=3))
    assert counted[0]
    assert FERPLUS_LABELS[label[0]] == "fear"
    assert not dataset.protocol_b(votes(not_a_face=6, neutral=4))[1][0]
    assert not dataset.protocol_b(votes())[1][0]


def test_vote_distributions_drop_noise_and_skip_what_is_no_face() -> None:
    target, usable = dataset.vote_distribution(votes(happiness=6, surprise=3, fear=1))
    assert usable[0]
    assert target[0, FERPLUS_LABELS.index("happiness")] == pytest.approx(2 / 3)
    assert target[0, FERPLUS_LABELS.index("fear")] == 0
    target, usable = dataset.vote_distribution(votes(not_a_face=7, happiness=3))
    assert not usable[0]
    assert target[0].sum() == pytest.approx(1)


def test_near_copies_are_found_mirrored_too(pixels: np.ndarray) -> None:
    noisy = np.clip(pixels[:1].astype(int) + 2, 0, 255).astype(np.uint8)
    flat = np.full((1, 48, 48), 9, np.uint8)
    query = np.concatenate([noisy, pixels[1:2, :, ::-1], pixels[2:3], flat])
    found = dataset.has_near_copy(query, np.concatenate([pixels[:2], np.zeros((1, 48, 48), np.uint8)]))
    assert found.tolist() == [True, True, False, True]


def test_standardised_crops_have_no_mean_and_unit_variance_but_flat_ones_stay_flat(
    pixels: np.ndarray,
) -> None:
    crops = dataset.centre_crops(pixels[:3], 40)
    assert crops.shape == (3, 40, 40)
    assert np.allclose(crops.mean(axis=(1, 2)), 0, atol=1e-5)
    assert np.allclose(crops.std(axis=(1, 2)), 1, atol=1e-4)
    assert not dataset.standardise(np.full((40, 40), 77, np.uint8)).any()


def test_the_real_mosaic_has_the_published_counts(shared: Path) -> None:
    tiles = dataset.load(shared / "data" / "fer2013", "public_test")
    assert np.bincount(tiles.emotion).tolist() == [467, 56, 496, 895, 653, 415, 607]
    assert int(dataset.protocol_a(tiles.votes)[1].sum()) == 3199
