"""`vcam look`: what the pipeline sees in single pictures, each on its own."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vcam.app import build, options
from vcam.app.jsonl import expression_json
from vcam.errors import CameraError, SinkError, VcamError
from vcam.types import Expression, Face, Frame

MAX_PIXELS = 100_000_000
"""A larger picture is refused before it is decoded: it would not fit into memory beside its copies."""


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "look", help="tell which faces single pictures show, and what they express"
    )
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    parser.add_argument("--json", action="store_true", help="print a JSON object for every picture")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the pictures with the emoji drawn in")
    options.add(parser, "mode", "pack")
    parser.set_defaults(handler=_look)


def _look(arguments: argparse.Namespace) -> int:
    settings = options.settings(arguments)
    tracker, classifier = build.tracker(settings), build.classifier()
    pack = build.library().get(settings.pack) if arguments.out else None
    failed = 0
    for path in arguments.images:
        try:
            frame = read_picture(path)
            faces = tracker.look(frame)
            seen = dict(zip(faces, classifier.still(frame, faces), strict=True))
            if pack is not None:
                _write(arguments.out, path, build.draw_still(pack, settings.mode, frame, seen))
        except VcamError as error:
            failed += 1
            print(f"vcam: {error}\n  {error.hint}", file=sys.stderr)
            if arguments.json:
                print(json.dumps({"image": str(path), "faces": [], "error": str(error)}), flush=True)
            continue
        if arguments.json:
            print(
                json.dumps({"image": str(path), "faces": [_face_json(*one) for one in seen.items()]}),
                flush=True,
            )
        else:
            print(f"{path}: {_summary(seen)}", flush=True)
    return 1 if failed else 0


def read_picture(path: Path) -> Frame:
    """A picture file, upright as its EXIF note says, as a frame. Raises CameraError."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow raises at twice this number
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        rgb = np.asarray(Image.alpha_composite(white, upright).convert("RGB"))
    except FileNotFoundError as error:
        raise CameraError(f"{path} does not exist", hint="Check the file's name.") from error
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise CameraError(
            f"{path} is not a picture that can be read: {error}", hint="Use PNG or JPEG."
        ) from error
    return Frame(0, 0, np.ascontiguousarray(rgb[..., ::-1]))


def _write(folder: Path, source: Path, drawn: Frame) -> None:
    from PIL import Image

    try:
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(drawn.pixels[..., ::-1])).save(folder / f"{source.stem}.png")
    except OSError as error:
        raise SinkError(
            f"{folder} cannot be written: {error.strerror or error}", hint="Choose another folder for --out."
        ) from error


def _face_json(face: Face, expression: Expression) -> dict[str, object]:
    return {"box_xyxy": [round(value, 2) for value in face.box], **expression_json(expression)}


def _summary(seen: Mapping[Face, Expression]) -> str:
    if not seen:
        return "no face"
    return ", ".join(
        f"{expression.label} {expression.probabilities[expression.label]:.0%}"
        + ("" if expression.certain else " (not certain)")
        for expression in seen.values()
    )
