"""The faces that the puppet's signals are fitted to and checked on.

A crowd: the training faces of FER2013, scaled up, each with the mesh that vcam uses (its region of interest
shaken as a tracker shakes it), the landmarks of MediaPipe's official FaceLandmarker, and
its blendshapes. And real clips, followed by vcam's own tracker beside the official landmarker, which looks at
every picture several times.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import assets
from vcam.animate.pose import canonical_mesh
from vcam.track.mesh import FaceMesh, Roi, roi_of_landmarks
from vcam.track.tracker import Tracker
from vcam.types import Frame

Array = NDArray[Any]

FACES = 28709
_TILE_PX, _BORDER_PX = 192, 64
_SAME_FACE = 0.3

BLENDSHAPES: Mapping[str, Sequence[str]] = {
    "jaw_open": ["jawOpen"],
    "smile_left": ["mouthSmileLeft"],
    "smile_right": ["mouthSmileRight"],
    "frown_left": ["mouthFrownLeft"],
    "frown_right": ["mouthFrownRight"],
    "pucker": ["mouthPucker"],
    "brow_inner_up": ["browInnerUp"],
    "brow_up_left": ["browOuterUpLeft"],
    "brow_up_right": ["browOuterUpRight"],
    "brow_down_left": ["browDownLeft"],
    "brow_down_right": ["browDownRight"],
    "blink_left": ["eyeBlinkLeft"],
    "blink_right": ["eyeBlinkRight"],
    "wide_left": ["eyeWideLeft"],
    "wide_right": ["eyeWideRight"],
    "look_up": ["eyeLookUpLeft", "eyeLookUpRight"],
    "look_down": ["eyeLookDownLeft", "eyeLookDownRight"],
    "look_left": ["eyeLookOutLeft", "eyeLookInRight"],
    "look_right": ["eyeLookInLeft", "eyeLookOutRight"],
}
"""What each signal is fitted to: the mean of these."""


def extract(fer: Path, task: Path, work: Path, part: int, parts: int) -> None:
    """Write `crowd<part>.npz` to the work folder: `mesh`, `official`, `target`, `row`."""
    import mediapipe as mp

    faces = tiles(fer)
    mesh_of = FaceMesh(assets.load("face_landmark"))
    shake = np.random.default_rng(part)
    kept: dict[str, list[Any]] = {"mesh": [], "official": [], "target": [], "row": []}
    with _landmarker(task, video=False) as landmarker:
        for row in range(part, FACES, parts):
            if faces[row].std() < 5:
                continue
            pixels = enlarged(faces[row])
            seen = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels))
            if not seen.face_landmarks:
                continue
            official = _points(seen.face_landmarks[0], pixels.shape)
            roi = roi_of_landmarks(official)
            x, y, size, roll = shake.normal(0, (0.02, 0.02, 0.04, 0.05)).tolist()
            shaken = Roi(
                roi.x + x * roi.side, roi.y + y * roi.side, roi.side * float(np.exp(size)), roi.roll + roll
            )
            mesh, presence = mesh_of.locate(pixels, shaken)
            if presence > 0.99:
                target = targets(seen.face_blendshapes[0])
                for name, value in zip(kept, (mesh, official, target, row), strict=True):
                    kept[name].append(value)
    arrays: dict[str, Any] = {name: np.array(values) for name, values in kept.items()}
    np.savez(work / f"crowd{part}.npz", **arrays)


def tiles(fer: Path) -> NDArray[np.uint8]:
    """(28709, 48, 48): the training faces of FER2013."""
    mosaic = np.asarray(cv2.imread(str(fer / "train.png"), cv2.IMREAD_GRAYSCALE), np.uint8)
    return mosaic.reshape(-1, 48, 100, 48).transpose(0, 2, 1, 3).reshape(-1, 48, 48)[:FACES]


def enlarged(tile: Array) -> NDArray[np.uint8]:
    """(320, 320, 3): the face four times as large, its edges drawn out so that a detector finds it."""
    large = cv2.resize(tile, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(large, _BORDER_PX, _BORDER_PX, _BORDER_PX, _BORDER_PX, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), np.uint8)


def load(work: Path) -> tuple[Array, Array, Array, Array]:
    """Of every `crowd*.npz`: targets (n, 19), both meshes in canonical units (n, 468, 3), rows (n,)."""
    kept = []
    for file in sorted(work.glob("crowd*.npz")):
        with np.load(file) as data:
            found = [data[name] for name in ("target", "mesh", "official", "row")]
        for target, mesh, official, row in zip(*found, strict=True):
            pair = canonical_mesh(mesh), canonical_mesh(official)
            if pair[0] is not None and pair[1] is not None:
                kept.append((target, pair[0].astype(np.float32), pair[1].astype(np.float32), row))
    wanted, ours, others, rows = (np.array(column) for column in zip(*kept, strict=True))
    return wanted, ours, others, rows


class View(NamedTuple):
    """A picture looked at a little differently: scaled, then shifted by so many of its sides."""

    mirrored: bool
    scale: float
    right: float
    down: float

    def of(self, picture: Array) -> tuple[NDArray[np.uint8], Array]:
        """The picture as seen so, and the (2, 3) map back to the picture."""
        height, width = picture.shape[:2]
        linear = np.diag([-self.scale if self.mirrored else self.scale, self.scale])
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        shift = middle - linear @ middle + (self.right * width, self.down * height)
        matrix = np.column_stack([linear, shift])
        seen = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.uint8), np.asarray(cv2.invertAffineTransform(matrix))


VIEWS = (
    View(True, 1.0, 0.0, 0.0),
    View(False, 1.06, 0.011, -0.007),
    View(True, 0.94, -0.013, 0.009),
    View(False, 0.97, 0.006, 0.014),
    View(True, 1.03, 0.009, 0.004),
    View(False, 1.1, -0.008, -0.012),
)


class Seen(NamedTuple):
    """A face of a clip that vcam and the official landmarker both find, in one picture.

    `mesh` is vcam's (468, 3); `official` (19,) the targets of the official blendshapes, and `steady` their
    mean over `VIEWS`, of which the picture itself is none: not a number where no view shows the face.
    """

    track_id: int
    pixels: NDArray[np.uint8]
    mesh: Array
    official: Array
    steady: Array


def follow(task: Path, clip: Path) -> Iterator[Seen]:
    """Every face that both find, picture by picture."""
    import mediapipe as mp

    tracker = Tracker(
        near=assets.load("face_detection_short_range"),
        far=assets.load("face_detection_full_range"),
        mesh=assets.load("face_landmark"),
    )
    capture = cv2.VideoCapture(str(clip))
    rate_hz = capture.get(cv2.CAP_PROP_FPS) or 30.0
    with _landmarker(task, video=True) as landmarker, _landmarker(task, video=False) as again:
        for seq in range(10**9):
            there, picture = capture.read()
            if not there:
                break
            frame = Frame(seq, round(seq * 1e9 / rate_hz), np.ascontiguousarray(picture, np.uint8))
            faces = [face for face in tracker.track(frame) if face.seen_ns == frame.captured_ns]
            if not faces:
                continue

            def image(pixels: Array) -> Any:
                colour = np.ascontiguousarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
                return mp.Image(image_format=mp.ImageFormat.SRGB, data=colour)

            seen = landmarker.detect_for_video(image(picture), frame.captured_ns // 1_000_000)
            official = _faces(seen, picture.shape, np.eye(2, 3), mirrored=False)
            views = []
            for view in VIEWS:
                pixels, back = view.of(picture)
                views.append(_faces(again.detect(image(pixels)), picture.shape, back, mirrored=view.mirrored))
            for face in faces:
                found = _nearest(face.landmarks, official)
                if found is not None:
                    others = [
                        other for listed in views if (other := _nearest(face.landmarks, listed)) is not None
                    ]
                    steady = np.mean(others, axis=0) if others else np.full(len(BLENDSHAPES), np.nan)
                    yield Seen(face.track_id, frame.pixels, face.landmarks, found, steady)
    capture.release()
    tracker.close()


def _faces(seen: Any, shape: tuple[int, ...], back: Array, *, mirrored: bool) -> list[tuple[Array, Array]]:
    """Of each face its middle and the distance of its outer eye corners, (3,) together, and its targets."""
    found = []
    for points, shapes in zip(seen.face_landmarks, seen.face_blendshapes, strict=True):
        placed = _points(points, shape)[:, :2] @ back[:, :2].T + back[:, 2]
        unit = np.linalg.norm(placed[33] - placed[263])
        found.append((np.array([*placed.mean(axis=0), unit]), targets(shapes, mirrored=mirrored)))
    return found


def _nearest(mesh: Array, faces: Sequence[tuple[Array, Array]]) -> Array | None:
    """The targets of the face whose middle lies where the mesh's does; None where there is none."""
    middle = mesh[:, :2].mean(axis=0)
    apart = [np.linalg.norm(place[:2] - middle) / place[2] for place, _ in faces]
    nearest = int(np.argmin(apart)) if apart else -1
    return faces[nearest][1] if apart and apart[nearest] < _SAME_FACE else None


def targets(shapes: Sequence[Any], *, mirrored: bool = False) -> Array:
    """(19,) float32: what the signals should be for the official blendshapes of a face, or of its mirror."""
    scores = {
        _opposite(shape.category_name) if mirrored else shape.category_name: shape.score for shape in shapes
    }
    means = [np.mean([scores[name] for name in names]) for names in BLENDSHAPES.values()]
    return np.array(means, np.float32)


def _opposite(name: str) -> str:
    """The blendshape of the other side of the face; other blendshapes are their own."""
    return name.replace("Left", "*").replace("Right", "Left").replace("*", "Right")


def _landmarker(task: Path, *, video: bool) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
    options = vision.FaceLandmarkerOptions(
        BaseOptions(str(task)), mode, num_faces=2 if video else 1, output_face_blendshapes=True
    )
    return vision.FaceLandmarker.create_from_options(options)


def _points(landmarks: Sequence[Any], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """(468, 3) float32 in pixels."""
    height, width = shape[:2]
    return np.array([(p.x * width, p.y * height, p.z * width) for p in landmarks[:468]], np.float32)
