"""Builds what a session is made of from the settings: source, sinks, packs, pipeline."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vcam import assets
from vcam.app.quiet import quiet_native_code
from vcam.config import Settings
from vcam.errors import CameraError
from vcam.types import Expression, Face, Frame, FrameSource, Mode

if TYPE_CHECKING:
    from vcam.animate.library import Library
    from vcam.animate.pack import Pack
    from vcam.classify.classifier import Classifier
    from vcam.pipeline import Pipeline
    from vcam.track.tracker import Tracker

DEMO = "demo"
"""The source that needs no camera."""


def source_factory(
    settings: Settings, *, loop: bool = True, exclude: Collection[str] = ()
) -> Callable[[], FrameSource]:
    """A function that makes the source which the settings ask for; nothing is opened or looked up before.

    `auto` is decided by the first call: a webcam where there is one, else the demo; a webcam that is lost
    later is waited for. `exclude`: names and paths of cameras that are never opened.
    """
    chosen: list[str] = []

    def make() -> FrameSource:
        if not chosen:
            chosen.append(_choose_source(settings.source, exclude))
        return _source(chosen[0], settings, loop, exclude)

    return make


def _choose_source(wanted: str, exclude: Collection[str]) -> str:
    if wanted != "auto":
        return wanted
    from vcam.capture.names import cameras, find

    try:
        return find(cameras(), "auto", exclude=exclude).name
    except CameraError:
        return DEMO


def _source(wanted: str, settings: Settings, loop: bool, exclude: Collection[str]) -> FrameSource:
    if wanted == DEMO:
        from vcam.capture.demo import Demo

        return Demo(settings.size, settings.fps)
    if is_file(wanted):
        from vcam.capture.clip import Clip

        return Clip(Path(wanted), loop=loop)
    from vcam.capture.webcam import Webcam

    return Webcam(wanted, settings.size, settings.fps, exclude=exclude)


def is_file(source: str) -> bool:
    """Whether a source's text means a video file and not a camera."""
    path = Path(source)
    return path.is_file() or (bool(path.suffix) and len(path.parts) > 1 and not source.startswith("/dev/"))


def library() -> "Library":
    """All packs, shipped and the user's own; vector art of the latter is tried in another process first."""
    from vcam.animate.art.trial import try_drawing
    from vcam.animate.library import Library

    return Library(assets.shipped_packs(), assets.user_packs(), trial=try_drawing)


def tracker(settings: Settings) -> "Tracker":
    """The tracker on the pinned face models. Raises ModelError."""
    from vcam.pipeline import pace
    from vcam.track.tracker import Tracker

    near, far, mesh = map(
        assets.load, ("face_detection_short_range", "face_detection_full_range", "face_landmark")
    )
    with quiet_native_code():
        return Tracker(
            near=near,
            far=far,
            mesh=mesh,
            max_faces=settings.max_faces,
            pace=pace(settings.mode),
        )


def classifier() -> "Classifier":
    """The classifier on the shipped network. Raises ModelError."""
    from vcam.classify.classifier import Classifier

    return Classifier(*assets.expression_network())


def pipeline(settings: Settings, packs: "Library | None" = None) -> "Pipeline":
    """The whole flow. Raises ModelError, PackError.

    OpenCV is told to work on the calling thread: its own pool burns more than it saves on such pictures.
    """
    import cv2

    from vcam.animate.animator import Animator
    from vcam.animate.puppet.reader import SignalReader
    from vcam.composite.compositor import Compositor
    from vcam.guard.guard import Guard
    from vcam.pipeline import Pipeline
    from vcam.publish.card import standby

    cv2.setNumThreads(1)
    pack = (packs or library()).get(settings.pack)
    card = standby(settings.size, "").pixels
    return Pipeline(
        tracker(settings),
        classifier(),
        Animator(pack, settings.mode, SignalReader(assets.puppet_signals())),
        Compositor(),
        Guard(settings.mode, settings.no_face, card),
    )


def draw_still(pack: "Pack", mode: Mode, frame: Frame, seen: Mapping[Face, Expression]) -> Frame:
    """A single picture with its faces' emoji drawn in."""
    from vcam.animate.animator import Animator
    from vcam.animate.puppet.reader import SignalReader
    from vcam.composite.compositor import Compositor

    faces, expressions = tuple(seen), tuple(seen.values())
    animator = Animator(pack, mode, SignalReader(assets.puppet_signals()))
    placements = animator.animate(faces, expressions, frame.captured_ns, frame.size, frame.pixels)
    return Compositor().composite(frame, placements, mode)
