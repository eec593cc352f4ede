"""The faces that the puppet's signals are fitted to and checked on.

A crowd: the training faces of FER2013, scaled up, each with the mesh that vcam uses (its region of interest
shaken as a tracker shakes it), the landmarks of MediaPipe's official FaceLandmarker, and
its blendshapes. And real clips, followed by vcam's own tracker beside the official landmarker.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
    """Of every `crowd*.npz`: targets (n, 17), both meshes in canonical units (n, 468, 3), rows (n,)."""
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


def follow(task: Path, clip: Path) -> Iterator[tuple[int, NDArray[np.uint8], Array, Array]]:
    """Track id, picture, our mesh, and the official targets (17,) of every face that both find."""
    import mediapipe as mp

    tracker = Tracker(
        near=assets.load("face_detection_short_range"),
        far=assets.load("face_detection_full_range"),
        mesh=assets.load("face_landmark"),
    )
    capture = cv2.VideoCapture(str(clip))
    rate_hz = capture.get(cv2.CAP_PROP_FPS) or 30.0
    with _landmarker(task, video=True) as landmarker:
        for seq in range(10**9):
            there, picture = capture.read()
            if not there:
                break
            frame = Frame(seq, round(seq * 1e9 / rate_hz), np.ascontiguousarray(picture, np.uint8))
            faces = [face for face in tracker.track(frame) if face.seen_ns == frame.captured_ns]
            colour = np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=colour)
            seen = landmarker.detect_for_video(image, frame.captured_ns // 1_000_000)
            for points, shapes in zip(seen.face_landmarks, seen.face_blendshapes, strict=True):
                official = _points(points, picture.shape)
                unit = float(np.linalg.norm(official[33] - official[263]))
                for face in faces:
                    if np.linalg.norm((face.landmarks - official)[:, :2], axis=1).mean() < 0.3 * unit:
                        yield face.track_id, frame.pixels, face.landmarks, targets(shapes)
    capture.release()
    tracker.close()


def targets(shapes: Sequence[Any]) -> Array:
    """(17,) float32: what the signals should be for the official blendshapes of a face."""
    scores = {shape.category_name: shape.score for shape in shapes}
    means = [np.mean([scores[name] for name in names]) for names in BLENDSHAPES.values()]
    return np.array(means, np.float32)


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
