"""`vcam me`: a pack of emoji made from one's own face."""

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam import assets
from vcam.app import build, options
from vcam.errors import CameraError, PackError
from vcam.types import Face, Frame, Label

if TYPE_CHECKING:
    from vcam.config import Settings
    from vcam.portrait.choose import Shot
    from vcam.portrait.colours import Colours
    from vcam.portrait.cutout import Cutout

STYLES = ("sticker", "cartoon", "pixel", "line")


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "me",
        help="make a pack of emoji from your own face",
        description="Make a pack from your face: in front of the camera, or from photographs. Only the "
        "finished pictures are kept. A photograph named like an expression (happiness.jpg) is for that one.",
    )
    parser.add_argument("--from", dest="photographs", type=Path, nargs="+", metavar="IMAGE")
    parser.add_argument("--name", default="me", help="the pack's name (default: me)")
    parser.add_argument(
        "--style", choices=STYLES, default=STYLES[0], help="how it is drawn (default: sticker)"
    )
    parser.add_argument("--replace", action="store_true", help="replace a pack of that name")
    options.add(parser, "source")
    parser.set_defaults(handler=_me)


def _me(arguments: argparse.Namespace) -> int:
    settings = options.settings(arguments)
    folder = assets.user_packs() / arguments.name
    if folder.exists() and not arguments.replace:
        raise PackError(
            f"there is already a pack {arguments.name}", hint="Use another --name, or --replace it."
        )
    shots = _from_photographs(arguments.photographs, settings) if arguments.photographs else _guided(settings)
    if not shots:
        raise CameraError(
            "no expression was read with certainty", hint="Try again in better light, closer to the camera."
        )
    cutouts = _cut(shots)
    pictures = {label: _png(cutout, arguments.style) for label, cutout in cutouts.items()}
    write_pack(folder, pictures, replace=arguments.replace)
    missing = [label.value for label in Label if label not in pictures]
    print(f"The pack {arguments.name} has {', '.join(label.value for label in pictures)}.")
    if missing:
        print(f"Not found, so the nearest other one is shown: {', '.join(missing)}.")
    print(f"Use it with `vcam run --pack {arguments.name}`. It can be edited in {folder}")
    _propose_puppet(cutouts)
    return 0


def _from_photographs(paths: Sequence[Path], settings: "Settings") -> dict[Label, "Shot"]:
    """The best photograph of each expression. Raises CameraError where one shows no face."""
    from vcam.app.look import read_picture
    from vcam.portrait.choose import Best, Shot

    tracker, classifier, best = build.tracker(settings), build.classifier(), Best()
    named: dict[Label, Shot] = {}
    unsure: Shot | None = None
    for path in paths:
        frame = read_picture(path)
        faces = tracker.look(frame)
        if not faces:
            raise CameraError(
                f"{path} shows no face",
                hint="Use a photograph in which the whole face is seen from the front.",
            )
        face = _own_face(path, faces)
        [expression] = classifier.still(frame, [face])
        if path.stem in list(Label):
            named[Label(path.stem)] = Shot(frame, face, 1.0)
        elif not best.offer(frame, face, expression):
            unsure = unsure or Shot(frame, face, 0.0)
    found = best.shots | named
    return found or ({Label.NEUTRAL: unsure} if unsure else {})


def _own_face(path: Path, faces: Sequence[Face]) -> Face:
    """The largest face, unless somebody is there to be asked."""
    largest = max(faces, key=lambda face: face.box.area)
    if len(faces) == 1:
        return largest
    ordered = sorted(faces, key=lambda face: face.box.center[0])
    default = ordered.index(largest) + 1
    if not sys.stdin.isatty():
        print(f"{path} shows {len(faces)} faces; the largest, number {default} from the left, is taken.")
        return largest
    answer = input(f"{path} shows {len(faces)} faces. Which one from the left? [{default}] ").strip()
    if not answer:
        return largest
    if not answer.isdecimal() or not 1 <= int(answer) <= len(ordered):
        raise CameraError(f"there is no face {answer} in {path}", hint=f"Answer 1 to {len(ordered)}.")
    return ordered[int(answer) - 1]


def _guided(settings: "Settings") -> dict[Label, "Shot"]:
    """Ask for one expression after another in front of the camera, with a live preview."""
    from vcam.app.me_guide import ASKED, Guide
    from vcam.app.web import WebServer
    from vcam.publish.preview import Preview
    from vcam.runtime.fit import fit

    preview, guide = Preview(settings.size, settings.fps), Guide()
    server = WebServer(preview, dict)
    preview.open()
    server.start()
    print(f"Watch yourself at {server.url}\nCtrl-C stops.")
    tracker, classifier = build.tracker(settings), build.classifier()
    source = build.source_factory(settings)()
    told: Label | None = None
    try:
        with closing(tracker), closing(source.frames()) as frames:
            for frame in frames:
                if frame is None:
                    continue
                fitted = fit(frame, settings.size)
                faces = tracker.track(fitted)
                guide.take(fitted, faces, classifier.classify(fitted, faces))
                preview.send(Frame(frame.seq, frame.captured_ns, guide.picture(fitted)))
                if guide.asked is None:
                    break
                if guide.asked is not told:
                    told = guide.asked
                    print(f"{told.value}: {ASKED[told]}", flush=True)
    finally:
        preview.close()
        server.stop()
    return guide.best.shots


def _cut(shots: Mapping[Label, "Shot"]) -> dict[Label, "Cutout"]:
    from vcam.portrait.cutout import cut_head
    from vcam.portrait.segment import Segmenter

    segmenter = Segmenter(assets.load("selfie_segmentation_landscape"))
    ordered = sorted(shots.items(), key=lambda item: list(Label).index(item[0]))
    return {label: cut_head(shot.frame, shot.face, segmenter) for label, shot in ordered}


def _png(cutout: "Cutout", style: str) -> bytes:
    import cv2

    from vcam.portrait.style import Style, stylise

    written, content = cv2.imencode(".png", stylise(cutout, Style(style)))
    if not written:
        raise PackError("the picture could not be written as PNG", hint="Free some memory and try again.")
    return bytes(content)


def write_pack(folder: Path, pictures: Mapping[Label, bytes], *, replace: bool = False) -> None:
    """Write an ordinary pack of PNG files, checked, whole or not at all; `replace`: instead of one there.

    Raises PackError.
    """
    from vcam.animate.pack import FILE_NAME, check_name, load_pack
    from vcam.animate.pack_edit import staging

    check_name(folder.name)
    lines = ["[pack]", 'title = "Me"', 'licence = "all rights reserved"', "", "[expressions]"]
    lines += [f'{label.value} = "{label.value}.png"' for label in pictures]
    with staging(folder) as staged:
        for label, content in pictures.items():
            (staged / f"{label.value}.png").write_bytes(content)
        (staged / FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
        load_pack(staged)
        if replace and folder.exists():
            old = staged.with_name(f"{folder.name}.old")
            folder.rename(old)
            try:
                staged.rename(folder)
            except OSError:
                old.rename(folder)
                raise
            shutil.rmtree(old)
        else:
            staged.rename(folder)


def _propose_puppet(cutouts: Mapping[Label, "Cutout"]) -> None:
    from vcam.portrait.colours import propose

    cutout = cutouts.get(Label.NEUTRAL) or next(iter(cutouts.values()))
    print("A puppet that looks like you, as a pack.toml of its own (`vcam packs new NAME`):")
    print("\n".join(f"  {line}" for line in puppet_table(propose(cutout))))


def puppet_table(colours: "Colours") -> list[str]:
    """The lines of a `[puppet]` table with these colours."""
    lines = ["[puppet]", 'character = "person"', f'skin = "{colours.skin}"', f'eye = "{colours.eyes}"']
    if colours.hair is not None:
        lines += ['hair = "short"', f'hair_colour = "{colours.hair}"']
    return lines + (['glasses = "round"'] if colours.glasses else [])
