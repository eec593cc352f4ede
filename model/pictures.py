"""Draw the model card's pictures from the exported network: `python -m model.pictures --data DIR --run RUN`.

No training tile and no private face is shown: the contact sheet sets crops of a public-domain portrait
(Eileen Collins, NASA) beside the mean of all training tiles.
"""

import argparse
import json
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from model import dataset
from model.dataset import FER2013_LABELS, FERPLUS_LABELS, Bytes, Floats, Ints, Tiles
from model.evaluate import NETWORK_FILE, LiteNetwork, confusion, probabilities
from model.geometry import LEFT_EYE, RIGHT_EYE, load_template
from vcam import assets
from vcam.classify.align import Template, aligned_crop
from vcam.track.tracker import Tracker
from vcam.types import Frame

PORTRAIT = Path(__file__).parent.parent / "vcam" / "capture" / "astronaut.webp"
INK, ACCENT, SECOND = "#222222", "#3366aa", "#cc7722"


def confusion_matrices(network: LiteNetwork, tiles: Tiles, file: Path) -> None:
    """Both heads side by side; rows are labels and sum to 100 %."""
    eight, seven = network.logits(tiles.pixels)
    label, counted = dataset.protocol_a(tiles.votes)
    figure, axes = plt.subplots(1, 2, figsize=(13, 5.6), layout="constrained")
    _matrix(axes[0], eight[counted], label[counted], FERPLUS_LABELS, "FER+ head, protocol A")
    _matrix(axes[1], seven, tiles.emotion, FER2013_LABELS, "FER2013 head")
    figure.savefig(file, dpi=80)
    plt.close(figure)


def _matrix(axes: Axes, logits: Floats, labels: Ints, names: tuple[str, ...], title: str) -> None:
    table = confusion(logits.argmax(axis=1), labels, len(names))
    shares = 100 * table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), [f"{n} ({c})" for n, c in zip(names, table.sum(axis=1), strict=True)])
    for row in range(len(names)):
        for column in range(len(names)):
            colour = "white" if shares[row, column] > 55 else INK
            axes.text(column, row, f"{shares[row, column]:.0f}", ha="center", va="center", color=colour)
    axes.set_title(f"{title}: % of each label")
    axes.set_xlabel("read as")


def reliability(network: LiteNetwork, tiles: Tiles, file: Path) -> None:
    """How often the network is right, against how sure it says it is, before and after scaling."""
    eight, _ = network.logits(tiles.pixels)
    label, counted = dataset.protocol_a(tiles.votes)
    figure, axes = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
    axes.plot([0, 1], [0, 1], color="#aaaaaa", linestyle="--", label="perfect")
    fitted = float(network.metadata["temperature"]["ferplus"])
    for temperature, colour, name in ((1.0, SECOND, "raw"), (fitted, ACCENT, f"scaled, T = {fitted:.2f}")):
        chances = probabilities(eight[counted], temperature)
        sure, right = chances.max(axis=1), chances.argmax(axis=1) == label[counted]
        number = np.minimum((sure * 15).astype(int), 14)
        bins = [b for b in range(15) if (number == b).sum() >= 10]
        places = [sure[number == b].mean() for b in bins]
        axes.plot(places, [right[number == b].mean() for b in bins], "o-", color=colour, label=name)
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    axes.set_title("FER+ head, PublicTest, protocol A")
    axes.legend()
    figure.savefig(file, dpi=80)
    plt.close(figure)


def training_curves(run: Path, file: Path) -> None:
    """Accuracy on the selection tiles after each epoch of each network in a run folder."""
    figure, axes = plt.subplots(figsize=(8, 4.6), layout="constrained")
    done = 0
    for record in sorted(run.glob("teacher*.json")) + sorted(run.glob("student*.json")):
        history = json.loads(record.read_text(encoding="utf-8"))["history"]
        teacher = record.stem.startswith("teacher")
        # The teachers train side by side; each student goes on where the one before it ended.
        epochs = [entry["epoch"] + (0 if teacher else done) for entry in history]
        for key, colour, name in (("ferplus_a", ACCENT, "FER+ A"), ("fer2013", SECOND, "FER2013")):
            values = [100 * entry[key] for entry in history]
            axes.plot(epochs, values, ":" if teacher else "-", color=colour, label=f"{name}, {record.stem}")
        if not teacher or record.stem == "teacher1":
            done = epochs[-1]
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy on PublicTest, %")
    axes.grid(alpha=0.3)
    axes.legend(ncols=2, fontsize=8)
    figure.savefig(file, dpi=80)
    plt.close(figure)


def contact_sheet(train: Tiles, template: Template, file: Path) -> None:
    """Live crops of one portrait beside the mean training tile; the template's eyes are marked on all."""
    margin = (dataset.TILE_PX - template.size_px) // 2
    inner = train.pixels[:, margin : margin + template.size_px, margin : margin + template.size_px]
    mean = ("mean of all training tiles", inner.mean(axis=0).astype(np.uint8))
    panels = [mean, *portrait_crops(template)]
    eyes = _eyes(template)
    figure, axes = plt.subplots(1, len(panels), figsize=(2.5 * len(panels), 3.0), layout="constrained")
    for axis, (name, crop) in zip(axes, panels, strict=True):
        axis.imshow(crop, cmap="gray", vmin=0, vmax=255)
        axis.plot(eyes[:, 0], eyes[:, 1], "+", color=SECOND, markersize=12)
        axis.set_title(name, fontsize=9)
        axis.set_axis_off()
    figure.savefig(file, dpi=80)
    plt.close(figure)


def portrait_crops(template: Template) -> list[tuple[str, Bytes]]:
    """The app's crops of the portrait at several sizes and turns, each with its name."""
    portrait = cv2.imread(str(PORTRAIT))
    if portrait is None:
        raise FileNotFoundError(PORTRAIT)
    crops = []
    for name, scale, angle in (
        ("512 px portrait", 1.0, 0.0),
        ("enlarged 2 times", 2.0, 0.0),
        ("a third of the size", 0.33, 0.0),
        ("turned by 20 degrees", 1.0, 20.0),
        ("turned by -25, halved", 0.5, -25.0),
    ):
        sized = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = sized.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        view = cv2.warpAffine(sized, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        crops.append((name, _live_crop(np.ascontiguousarray(view, dtype=np.uint8), template)))
    return crops


def _live_crop(picture: Bytes, template: Template) -> Bytes:
    """The app's own crop of the one face in a picture."""
    tracker = Tracker(
        near=assets.load("face_detection_short_range"),
        far=assets.load("face_detection_full_range"),
        mesh=assets.load("face_landmark"),
    )
    faces = tracker.track(Frame(0, 0, picture))
    crop = aligned_crop(picture, faces[0].landmarks, template) if faces else None
    if crop is None:
        raise ValueError("no face was found in the portrait")
    return crop


def _eyes(template: Template) -> Floats:
    places = dict(zip(template.landmarks, template.xy_px, strict=True))
    centres = [np.mean([places[i] for i in contour], axis=0) for contour in (RIGHT_EYE, LEFT_EYE)]
    return np.array(centres, dtype=np.float32)


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(prog="python -m model.pictures", description="Draw the card's pictures.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, help="run folder of model.train, for the training curves")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pictures")
    options = parser.parse_args()
    mpl.use("agg")
    options.out.mkdir(parents=True, exist_ok=True)
    network = LiteNetwork(NETWORK_FILE)
    tiles = dataset.load(options.data, "public_test")
    confusion_matrices(network, tiles, options.out / "confusion.png")
    reliability(network, tiles, options.out / "reliability.png")
    if options.run:
        training_curves(options.run, options.out / "training.png")
    full = load_template()
    margin = (dataset.TILE_PX - network.input_px) / 2
    template = Template(full.landmarks, full.xy_px - margin, network.input_px)
    contact_sheet(dataset.load(options.data, "train"), template, options.out / "contact-sheet.png")


if __name__ == "__main__":
    main()
