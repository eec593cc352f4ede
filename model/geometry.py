"""Where a face sits in FER2013's tiles: measured with the face mesh, used to crop live faces alike.

The tiles were cut by a face detector, so their scale follows the whole face, not the distance of the eyes: an
alignment by the eyes alone enlarges turned faces by a fifth. The template is therefore the typical position
of landmarks that hardly move with the expression (forehead, temples, eyes, nose), and a live face is brought
to it by the similarity transform with the least squared error.

`python -m model.geometry --data DIR --mesh face_landmark.tflite` writes `template.json` again.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tqdm import tqdm

from model import dataset
from model.dataset import TILE_PX, Bytes

TEMPLATE_FILE = Path(__file__).parent / "template.json"

RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
"""Contour of the subject's right eye, the left one in the picture, in MediaPipe's mesh."""
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""Contour of the subject's left eye, the right one in the picture."""
NOSE = (1, 2, 4, 5, 6, 98, 168, 195, 197, 327)
UPPER_OVAL = (10, 21, 54, 67, 93, 103, 109, 127, 162, 234, 251, 284, 297, 323, 332, 338, 356, 389, 454)
"""Face outline above the mouth: forehead, temples, cheekbones."""
RIGID = tuple(sorted({*RIGHT_EYE, *LEFT_EYE, *NOSE, *UPPER_OVAL}))

MESH_PX = 192
ROI_SCALE = 1.5
"""The mesh model wants the face's bounding square enlarged by this."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Landmark numbers (k,) and their places (k, 2) in a tile; (0, 0) is the middle of the first pixel."""

    landmarks: tuple[int, ...]
    xy_px: Points


def load_template(file: Path = TEMPLATE_FILE) -> Template:
    """The measured template."""
    content = json.loads(file.read_text(encoding="utf-8"))
    return Template(tuple(content["landmarks"]), np.array(content["xy_px"], dtype=np.float64))


class TileMesh:
    """MediaPipe's face mesh (`face_landmark.tflite`) on single gray tiles."""

    def __init__(self, file: Path) -> None:
        self._interpreter = Interpreter(model_path=str(file), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = int(self._interpreter.get_input_details()[0]["index"])
        by_size = {int(np.prod(d["shape"])): int(d["index"]) for d in self._interpreter.get_output_details()}
        self._points, self._presence = by_size[468 * 3], by_size[1]

    def find(self, tile: Bytes) -> tuple[Points, float]:
        """Landmarks (468, 2) in pixels of the tile and the presence, 0 to 1, after three refinements."""
        middle, side, angle = np.array([23.5, 25.0]), 60.0, 0.0
        points, presence = self._once(tile, middle, side, angle)
        for _ in range(2):
            low, high = points.min(axis=0), points.max(axis=0)
            across = points[263] - points[33]
            middle, side = (low + high) / 2, ROI_SCALE * float((high - low).max())
            points, presence = self._once(tile, middle, side, float(np.arctan2(across[1], across[0])))
        return points, presence

    def _once(self, tile: Bytes, middle: Points, side: float, angle: float) -> tuple[Points, float]:
        scale = side / MESH_PX
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        offset = middle - linear @ np.full(2, (MESH_PX - 1) / 2)
        matrix = np.hstack([linear, offset[:, None]])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(tile, matrix, (MESH_PX, MESH_PX), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        rgb = np.repeat(view[None, :, :, None], 3, axis=3).astype(np.float32) / 255
        self._interpreter.set_tensor(self._input, rgb)
        self._interpreter.invoke()
        points = self._interpreter.get_tensor(self._points).reshape(468, 3)[:, :2].astype(np.float64)
        logit = float(self._interpreter.get_tensor(self._presence).ravel()[0])
        return points @ linear.T + offset, float(1 / (1 + np.exp(-logit)))


def similarity(source: Points, target: Points) -> Points:
    """The least-squares similarity (2, 3) from `source` (k, 2) to `target` (k, 2) (Umeyama, 1991)."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    s, t = source - source_mean, target - target_mean
    power = float((s**2).sum())
    cos = float((s * t).sum()) / power
    sin = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / power
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([linear, (target_mean - linear @ source_mean)[:, None]])


def measure(meshes: Points) -> Template:
    """The template of many meshes (n, 468, 2): their typical shape, made symmetric, at the typical scale.

    The shape is the median after alignment; then scale and place are set so that the median tile stays as it
    is.
    """
    faces = meshes[:, RIGID]
    shape = np.median(faces, axis=0)
    middle = np.full(2, (TILE_PX - 1) / 2)
    for _ in range(5):
        maps = np.stack([similarity(face, shape) for face in faces])
        moved = np.einsum("nij,nkj->nki", maps[:, :, :2], faces) + maps[:, None, :, 2]
        scale = float(np.median(np.hypot(maps[:, 0, 0], maps[:, 1, 0])))
        centre = np.median(maps[:, :, :2] @ middle + maps[:, :, 2], axis=0)
        shape = (np.median(moved, axis=0) - centre) / scale + middle
    mirrored = shape.copy()
    mirrored[:, 0] = 2 * shape[:, 0].mean() - shape[:, 0]
    partner = [int(np.argmin(((shape - point) ** 2).sum(axis=1))) for point in mirrored]
    return Template(RIGID, (shape + mirrored[partner]) / 2)


def main() -> None:
    """Parse the command line, measure and write the template."""
    parser = argparse.ArgumentParser(
        prog="python -m model.geometry", description="Measure FER2013's geometry."
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--mesh", type=Path, required=True, help="face_landmark.tflite")
    parser.add_argument("--tiles", type=int, default=4000)
    options = parser.parse_args()
    tiles = dataset.load(options.data, "train")
    chosen = np.random.default_rng(0).choice(len(tiles), min(options.tiles, len(tiles)), replace=False)
    mesh = TileMesh(options.mesh)
    found = [mesh.find(tiles.pixels[i]) for i in tqdm(chosen)]
    sure = np.stack([points for points, presence in found if presence > 0.9])
    template = measure(sure)
    content = {"landmarks": template.landmarks, "xy_px": np.round(template.xy_px, 3).tolist()}
    TEMPLATE_FILE.write_text(json.dumps(content) + "\n", encoding="utf-8")
    print(
        f"{len(sure)} of {len(chosen)} tiles; template of {len(RIGID)} landmarks written to {TEMPLATE_FILE}"
    )


if __name__ == "__main__":
    main()
