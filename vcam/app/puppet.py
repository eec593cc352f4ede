"""`vcam puppet signals`: what a puppet would be told to do, frame by frame, for a clip."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam import assets
from vcam.app import build
from vcam.config import Settings

if TYPE_CHECKING:
    from vcam.animate.puppet.signals import Signals
    from vcam.types import Face, Frame


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("puppet", help="look into what moves the live puppet")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    signals = actions.add_parser("signals", help="print the signals of every face of a clip, frame by frame")
    signals.add_argument("clip", type=Path, metavar="CLIP")
    signals.add_argument("--json", action="store_true", help="print a JSON object for every frame")
    signals.set_defaults(handler=_signals)


def _signals(arguments: argparse.Namespace) -> int:
    """Raises CameraError where the clip cannot be read, ModelError where a model cannot."""
    from vcam.animate.puppet.reader import SignalReader
    from vcam.capture.clip import Clip

    reader = SignalReader(assets.puppet_signals())
    tracker = build.tracker(Settings())
    for frame in Clip(arguments.clip, realtime=False).frames():
        if frame is None:
            continue
        faces = [face for face in tracker.track(frame) if face.seen_ns == frame.captured_ns]
        found = [
            (face.track_id, signals) for face in faces if (signals := _read(reader, face, frame)) is not None
        ]
        captured_ms = round(frame.captured_ns / 1e6, 3)
        if arguments.json:
            seen = [{"track_id": track_id, "signals": _rounded(signals)} for track_id, signals in found]
            print(json.dumps({"seq": frame.seq, "captured_ms": captured_ms, "faces": seen}), flush=True)
        else:
            for track_id, signals in found:
                moving = {name: value for name, value in _rounded(signals).items() if abs(value) >= 0.2}
                shown = "  ".join(f"{name} {value:.2f}" for name, value in moving.items()) or "at rest"
                print(f"{captured_ms / 1e3:7.2f} s  face {track_id}  {shown}", flush=True)
    return 0


def _read(reader: Any, face: "Face", frame: "Frame") -> "Signals | None":
    from vcam.animate.pose import estimate_pose

    signals: Signals | None = reader.read(face.landmarks, frame.pixels)
    pose = estimate_pose(face.landmarks)
    if signals is None or pose is None:
        return None
    return signals._replace(roll=pose.roll, pitch=pose.pitch, yaw=pose.yaw)


def _rounded(signals: "Signals") -> dict[str, float]:
    return {name: round(value, 4) for name, value in signals._asdict().items()}
