"""`vcam cameras` and `vcam models`: what there is, and where."""

import argparse
import sys
from typing import Any

from vcam import assets


def add_commands(subparsers: Any) -> None:
    """Add the two commands' parsers."""
    cameras = subparsers.add_parser("cameras", help="list the cameras that vcam can open")
    cameras.set_defaults(handler=_cameras)
    models = subparsers.add_parser("models", help="get or verify the face models")
    models.set_defaults(handler=_verify)
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("get", help="download what is missing, and verify it").set_defaults(handler=_get)
    actions.add_parser("verify", help="compare every file with its checksum").set_defaults(handler=_verify)
    actions.add_parser("path", help="print the folder of the model files").set_defaults(handler=_path)


def _cameras(_: argparse.Namespace) -> int:
    from vcam.capture.names import cameras

    found = cameras()
    for camera in found:
        print(f"{camera.index}  {camera.name}")
    if not found:
        print("No camera is connected. `vcam run --source demo` shows vcam without one.")
    return 0


def _get(_: argparse.Namespace) -> int:
    from tqdm import tqdm

    with tqdm(desc="Face models", unit="B", unit_scale=True, unit_divisor=1024, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        folder = assets.get(progress)
    print(f"The face models are complete in {folder}")
    return 0


def _verify(_: argparse.Namespace) -> int:
    intact = assets.verify()
    for name, fine in intact.items():
        print(f"{'ok     ' if fine else 'missing or damaged'}  {assets.MODELS[name].name}")
    if all(intact.values()):
        return 0
    print("vcam: some model files are missing or damaged\n  Run `vcam models get`.", file=sys.stderr)
    return 1


def _path(_: argparse.Namespace) -> int:
    print(assets.models_folder())
    return 0
