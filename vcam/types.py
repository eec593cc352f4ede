"""What passes between the rooms: frames, faces, expressions, sprites, placements; and the two device seams.

Only the standard library and numpy are imported here. Shapes and dtypes are checked once, at construction;
arrays are handed out read-only, so that one frame can be shared by every thread without a copy.
Colour order is BGR everywhere inside vcam; adapters convert at the edges.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from enum import Flag, StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

BGR = NDArray[np.uint8]
"""(H, W, 3) uint8, blue-green-red, C-contiguous."""
BGRA = NDArray[np.uint8]
"""(h, w, 4) uint8, blue-green-red-alpha with colour premultiplied by alpha, C-contiguous."""
Points = NDArray[np.float32]
"""(468, 3) float32: x and y in pixels of the frame, z in the same scale (towards the camera is negative)."""
Affine = NDArray[np.float64]
"""(2, 3) float64, maps sprite pixel coordinates to frame pixel coordinates."""

LANDMARK_COUNT = 468


class Size(NamedTuple):
    """Width and height of a picture in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Mode(StrEnum):
    """The privacy dial, from the most private stop to the least."""

    AVATAR = "avatar"
    MASK = "mask"
    BESIDE = "beside"
    OFF = "off"

    @property
    def privacy(self) -> int:
        """How much the stop hides: 3 for `avatar` down to 0 for `off`."""
        return 3 - list(Mode).index(self)


class Label(StrEnum):
    """What a face shows (never what a person feels): the eight classes of FER+."""

    NEUTRAL = "neutral"
    HAPPINESS = "happiness"
    SURPRISE = "surprise"
    SADNESS = "sadness"
    ANGER = "anger"
    DISGUST = "disgust"
    FEAR = "fear"
    CONTEMPT = "contempt"


class Release(StrEnum):
    """What the guard let out for a frame."""

    LIVE = "live"
    HELD = "held"
    COVERED = "covered"


class Box(NamedTuple):
    """An upright rectangle in pixels of the frame; may reach past the frame's edges."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Horizontal extent in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent in pixels."""
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        """The middle, (x, y) in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def area(self) -> float:
        """Area in square pixels, 0 for an empty or inverted box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    def iou(self, other: "Box") -> float:
        """Intersection over union with another box, 0 to 1."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.area + other.area - shared)


def _read_only(array: NDArray[np.generic], name: str, dtype: type[np.generic]) -> NDArray[np.generic]:
    if array.dtype != dtype:
        raise ValueError(f"{name} must be {np.dtype(dtype)}, not {array.dtype}")
    if not array.flags.c_contiguous:
        raise ValueError(f"{name} must be C-contiguous")
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the camera.

    `seq` counts frames of a source from 0; `captured_ns` is the time of capture on the source's own monotonic
    clock (for a clip: its presentation time). `pixels`: (H, W, 3) uint8 BGR, C-contiguous, read-only.
    Raises ValueError for any other array.
    """

    seq: int
    captured_ns: int
    pixels: BGR

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or 0 in self.pixels.shape:
            raise ValueError(f"pixels must be (H, W, 3) and not empty, not {self.pixels.shape}")
        object.__setattr__(self, "pixels", _read_only(self.pixels, "pixels", np.uint8))

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return Size(self.pixels.shape[1], self.pixels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One tracked face in pixels of the frame.

    `track_id` stays the same while the tracker believes it is the same person. `box` bounds the landmarks.
    `landmarks`: (468, 3) float32, MediaPipe's face mesh topology. `score` is the mesh's face presence, 0
    to 1. `seen_ns` is the `captured_ns` of the last frame in which this face was really found; it is older
    than the frame's own time while the tracker only remembers the face.
    """

    track_id: int
    box: Box
    landmarks: Points
    score: float
    seen_ns: int

    def __post_init__(self) -> None:
        if self.landmarks.shape != (LANDMARK_COUNT, 3):
            raise ValueError(f"landmarks must be ({LANDMARK_COUNT}, 3), not {self.landmarks.shape}")
        object.__setattr__(self, "landmarks", _read_only(self.landmarks, "landmarks", np.float32))


class Detectors(Flag):
    """Some of the two face detectors: BlazeFace's short range (`NEAR`) and full range (`FAR`)."""

    NONE = 0
    NEAR = 1
    FAR = 2
    BOTH = 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """A detector's bare claim that a face is there, in pixels of the frame, before anything confirms it.

    `score` 0 to 1. `full_range` tells which BlazeFace model claims it. The guard wants the unsure ones too.
    """

    box: Box
    score: float
    full_range: bool


@dataclass(frozen=True, slots=True)
class Expression:
    """What a face shows: the label to act on, the smoothed probabilities, and whether the network is certain.

    While `certain` is False, `label` is the last one that was certain (`neutral` at first).
    """

    label: Label
    probabilities: Mapping[Label, float]
    certain: bool


class Disc(NamedTuple):
    """A circle: its middle and radius in pixels; a pixel's centre has whole numbers."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture to draw.

    `pixels`: (h, w, 4) uint8 BGRA, colour premultiplied by alpha, C-contiguous, read-only. `reach`: outside
    of it every pixel is empty and need not be looked at; None where nobody has found out.
    """

    name: str
    pixels: BGRA
    reach: Disc | None = None

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 4 or 0 in self.pixels.shape:
            raise ValueError(f"sprite pixels must be (h, w, 4) and not empty, not {self.pixels.shape}")
        object.__setattr__(self, "pixels", _read_only(self.pixels, "sprite pixels", np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A sprite, where it goes, and how strongly.

    `affine`: (2, 3) float64 from sprite pixels to frame pixels. `opacity` 0 to 1. `track_id`: the face it
    belongs to. Placements are drawn in order.
    """

    sprite: Sprite
    affine: Affine
    opacity: float
    track_id: int

    def __post_init__(self) -> None:
        if self.affine.shape != (2, 3):
            raise ValueError(f"affine must be (2, 3), not {self.affine.shape}")
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError(f"opacity must lie in 0 to 1, not {self.opacity}")
        object.__setattr__(self, "affine", _read_only(self.affine, "affine", np.float64))


class SourceFormat(NamedTuple):
    """What a source really delivers: size in pixels and nominal rate (0 where it does not say)."""

    size: Size
    rate_hz: float


class FrameSource(Protocol):
    """Where frames come from: a webcam, a clip, the demo."""

    @property
    def label(self) -> str:
        """The name to show a user."""

    @property
    def format(self) -> SourceFormat | None:
        """What is delivered; None until the source is open."""

    def frames(self) -> Generator[Frame | None]:
        """Open the source, yield its frames, close it when the generator is closed or the source ends.

        Yields None where nothing new came for a while (at most half a second), so that the caller can look
        up. Ends where a clip ends. Raises CameraError where the source cannot be opened or is lost.
        """


class FrameSink(Protocol):
    """Where frames go: a virtual camera, the preview, a file. Its size and rate are fixed when it is made."""

    @property
    def label(self) -> str:
        """The name to show a user."""

    @property
    def size(self) -> Size:
        """The only size that `send` takes."""

    @property
    def rate_hz(self) -> float:
        """How often it wants a frame."""

    def watched(self) -> bool | None:
        """Whether anybody sees the picture now; None where that cannot be known."""

    def open(self) -> None:
        """Open the destination. Raises SinkError where that cannot be done."""

    def send(self, frame: Frame) -> None:
        """Put one frame out; does not keep the pixels. Raises SinkError where the destination is lost."""

    def close(self) -> None:
        """Close the destination; a second call does nothing."""
