"""`vcam leaktest`: counts the frames of clips in which a face gets through, also with faults injected."""

import argparse
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vcam.app import build
from vcam.config import Settings
from vcam.errors import ModelError
from vcam.types import Frame, Mode, Release

if TYPE_CHECKING:
    from vcam.app.faults import PictureFault, Portrait, Scene
    from vcam.app.judge import FoundFace, Judge
    from vcam.pipeline import Pipeline

NO_FAULT = "no fault"
LISTED_FRAMES = 20


@dataclass(slots=True)
class Tally:
    """What came of one clip with one fault.

    `exposed` counts frames in which more than 2 % of any face is seen; `exposed_seq` lists the first of them.
    `worst_share` is the largest share of any face seen. `false_retreats` counts covered frames whose faces
    could have been found and masked.
    """

    clip: str
    fault: str
    frames: int = 0
    releases: Counter[Release] = field(default_factory=Counter)
    exposed: int = 0
    exposed_seq: list[int] = field(default_factory=list)
    worst_share: float = 0.0
    false_retreats: int = 0

    def add(self, seq: int, release: Release, shares: Sequence[float], findable: bool) -> None:
        """Count one frame; `shares` are the exposed shares of its faces."""
        from vcam.app.judge import EXPOSED_SHARE

        self.frames += 1
        self.releases[release] += 1
        worst = max(shares, default=0.0)
        self.worst_share = max(self.worst_share, worst)
        if worst > EXPOSED_SHARE:
            self.exposed += 1
            self.exposed_seq = [*self.exposed_seq, seq][:LISTED_FRAMES]
        self.false_retreats += findable and release is Release.COVERED

    def as_json(self) -> dict[str, object]:
        """The tally in plain JSON types."""
        return {
            "clip": self.clip,
            "fault": self.fault,
            "frames": self.frames,
            **{release.value: self.releases[release] for release in Release},
            "exposed": self.exposed,
            "exposed_seq": self.exposed_seq,
            "worst_share": round(self.worst_share, 4),
            "false_retreats": self.false_retreats,
        }


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("leaktest", help="count the frames of clips in which a face gets through")
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP", help="video files or GIFs")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    parser.add_argument("--faults", action="store_true", help="also with every fault injected")
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="TASK",
        help="MediaPipe's face_landmarker.task, to judge with it too",
    )
    parser.set_defaults(handler=_leaktest)


def _leaktest(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from vcam.app.judge import Judge

    if arguments.reference is not None and not arguments.reference.is_file():
        raise ModelError(f"there is no file {arguments.reference}", hint="Check the name after --reference.")
    with _without_news(), Judge(*_detectors(), arguments.reference) as judge:
        tallies = []
        with tqdm(total=len(arguments.clips) * len(cases(arguments.faults)), unit=" run") as bar:
            for clip in arguments.clips:
                for tally in examine(clip, judge, faults=arguments.faults):
                    tallies.append(tally)
                    bar.set_postfix_str(f"{tally.clip}: {tally.fault}, exposed {tally.exposed}")
                    bar.update()
    print(_json(tallies) if arguments.json else _table(tallies))
    return 1 if any(tally.exposed for tally in tallies) else 0


@contextmanager
def _without_news() -> Iterator[None]:
    """Injected faults are logged by whoever meets them; here they are no news."""
    logger = logging.getLogger("vcam")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def cases(faults: bool) -> Mapping[str, tuple["PictureFault", Callable[["Pipeline"], None]]]:
    """What a clip is played with, by name: a fault of the picture, and one of a stage."""
    from vcam.app.faults import PICTURE_FAULTS, untouched
    from vcam.app.sabotage import STAGE_FAULTS

    def unspoiled(pipeline: "Pipeline") -> None:
        pass

    if not faults:
        return {NO_FAULT: (untouched, unspoiled)}
    return MappingProxyType(
        {
            NO_FAULT: (untouched, unspoiled),
            **{name: (fault, unspoiled) for name, fault in PICTURE_FAULTS.items()},
            **{name: (untouched, sabotage) for name, sabotage in STAGE_FAULTS.items()},
        }
    )


def examine(clip: Path, judge: "Judge", *, faults: bool = False) -> Iterator[Tally]:
    """Play the clip through the pipeline in `mask` mode, once a case. Raises CameraError, ModelError."""
    from vcam.app.sabotage import BLIND, BLIND_DETECTORS

    portrait = _portrait(judge)
    known: dict[int, list[FoundFace]] = {}
    for name, (picture_fault, sabotage) in cases(faults).items():
        tally = Tally(clip.name, name)
        with closing(build.pipeline(Settings(mode=Mode.MASK))) as pipeline:
            sabotage(pipeline)
            for scene in picture_fault(_frames(clip), portrait):
                outcome = pipeline.step(scene.frame)
                faces = _truth(scene, judge, known)
                if name in (BLIND, BLIND_DETECTORS):
                    # A claim that only the detectors could make, while they are made blind, nobody can know.
                    faces = [face for face in faces if face.sure]
                tally.add(
                    scene.frame.seq,
                    outcome.release,
                    _shares(scene, outcome.frame, faces),
                    findable=any(face.sure for face in faces),
                )
        yield tally


def _frames(clip: Path) -> Iterator[Frame]:
    from vcam.capture.clip import Clip

    with closing(Clip(clip, realtime=False).frames()) as frames:
        yield from (frame for frame in frames if frame is not None)


def _truth(scene: "Scene", judge: "Judge", known: dict[int, list["FoundFace"]]) -> list["FoundFace"]:
    """The faces of a scene: what the judge sees in it, and what is known to be there."""
    from vcam.app.judge import FoundFace

    if not scene.changed:
        if scene.frame.seq not in known:
            known[scene.frame.seq] = judge.faces(scene.frame)
        return known[scene.frame.seq]
    if scene.occluder is not None:  # the picture holds no other faces than before, whatever a hand looks like
        return [face for face in known.get(scene.frame.seq, []) if face.sure]
    return [*judge.faces(scene.frame), *(FoundFace(outline, sure=True) for outline in scene.known)]


def _shares(scene: "Scene", shown: Frame, faces: Iterable["FoundFace"]) -> list[float]:
    from vcam.app.judge import exposed_share

    camera = scene.frame.pixels
    return [exposed_share(camera, shown.pixels, face.outline, scene.occluder) for face in faces]


def _detectors() -> tuple[Any, Any]:
    """Both BlazeFace ranges, apart from the pipeline's own."""
    from vcam import assets
    from vcam.track.detector import Detector
    from vcam.track.tracker import FAR_INPUT_PX, NEAR_INPUT_PX

    return (
        Detector(assets.load("face_detection_short_range"), input_px=NEAR_INPUT_PX),
        Detector(assets.load("face_detection_full_range"), input_px=FAR_INPUT_PX),
    )


def _portrait(judge: "Judge") -> "Portrait":
    """The demo's public-domain portrait as the stranger who walks in."""
    import cv2
    import numpy as np

    from vcam.app.faults import Portrait
    from vcam.capture.demo import PORTRAIT

    picture = cv2.imread(str(PORTRAIT), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise FileNotFoundError(PORTRAIT)
    premultiplied = np.asarray(picture, np.uint8)
    premultiplied[..., :3] = np.rint(picture[..., :3] * (picture[..., 3:] / 255))
    faces = judge.faces(Frame(0, 0, np.ascontiguousarray(premultiplied[..., :3])))
    return Portrait(premultiplied, max(faces, key=lambda face: np.ptp(face.outline)).outline)


def _json(tallies: Sequence[Tally]) -> str:
    return json.dumps(
        {
            "runs": [tally.as_json() for tally in tallies],
            "frames": sum(tally.frames for tally in tallies),
            "exposed": sum(tally.exposed for tally in tallies),
        }
    )


def _table(tallies: Sequence[Tally]) -> str:
    width = max(len(tally.clip) for tally in tallies)
    fault = max(len(tally.fault) for tally in tallies)
    lines = [
        f"{'clip':{width}}  {'fault':{fault}}  frames   live   held  covered  false  exposed  worst",
        *(
            f"{tally.clip:{width}}  {tally.fault:{fault}}  {tally.frames:6}"
            f" {tally.releases[Release.LIVE]:6} {tally.releases[Release.HELD]:6}"
            f"  {tally.releases[Release.COVERED]:7}  {tally.false_retreats:5}"
            f"  {tally.exposed:7}  {tally.worst_share:5.1%}"
            for tally in tallies
        ),
    ]
    frames, exposed = sum(tally.frames for tally in tallies), sum(tally.exposed for tally in tallies)
    return "\n".join([*lines, f"{exposed} of {frames} frames show a face."])
