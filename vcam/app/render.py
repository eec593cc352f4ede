"""`vcam render`: the pipeline over a video file, every frame, with a progress bar."""

import argparse
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam.app import build, options
from vcam.app.jsonl import LinesFile, expression_json
from vcam.errors import SinkError
from vcam.types import Frame

if TYPE_CHECKING:
    from vcam.pipeline import Outcome


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("render", help="put the emoji into a video file")
    parser.add_argument("input", type=Path, metavar="IN", help="a video file or GIF")
    parser.add_argument("output", type=Path, metavar="OUT.mp4", help="the file to write")
    options.add(parser, "mode", "pack", "no_face", "max_faces", "mirror")
    parser.add_argument("--json", type=Path, metavar="FILE.jsonl", help="write a line for every frame")
    parser.add_argument("--landmarks", action="store_true", help="with the landmarks in every line")
    parser.set_defaults(handler=_render)


def _render(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from vcam.capture.clip import Clip
    from vcam.publish.recorder import Recorder
    from vcam.runtime.fit import fit

    settings = options.settings(arguments)
    source: Path = arguments.input
    if source.exists() and arguments.output.exists() and arguments.output.samefile(source):
        raise SinkError(f"{source} cannot be replaced while it is read", hint="Choose another name for OUT.")
    clip = Clip(source, realtime=False)
    delivers = clip.probe()
    recorder = Recorder(arguments.output, delivers.size, delivers.rate_hz)
    with ExitStack() as stack:
        pipeline = stack.enter_context(closing(build.pipeline(settings)))
        lines = stack.enter_context(LinesFile(arguments.json)) if arguments.json else None
        recorder.open()
        try:
            frames = stack.enter_context(closing(clip.frames()))
            bar = stack.enter_context(tqdm(desc=source.name, unit=" frames", total=clip.frame_count))
            for frame in frames:
                if frame is None:
                    continue
                outcome = pipeline.step(fit(frame, delivers.size, mirror=settings.mirror))
                recorder.send(outcome.frame)
                if lines is not None:
                    lines.write(line(frame, outcome, arguments.landmarks))
                bar.update()
            recorder.close()
        except BaseException:
            recorder.discard()
            raise
    return 0


def line(frame: Frame, outcome: "Outcome", with_landmarks: bool = False) -> dict[str, object]:
    """What `--json` writes about a frame, as plain JSON types."""
    faces = []
    for face, expression in zip(outcome.faces, outcome.expressions, strict=True):
        described: dict[str, object] = {
            "track_id": face.track_id,
            "box_xyxy": [round(value, 2) for value in face.box],
        }
        if with_landmarks:
            described["landmarks"] = face.landmarks.round(2).tolist()
        faces.append(described | expression_json(expression) | {"covered": outcome.hidden})
    return {
        "seq": frame.seq,
        "captured_ms": round(frame.captured_ns / 1e6, 3),
        "release": outcome.release.value,
        "faces": faces,
    }
