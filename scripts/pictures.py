"""Draw the README's pictures with vcam itself, from the demo's public-domain portrait.

Run with the environment's Python from the checkout: `.venv/bin/python scripts/pictures.py`.
"""

import sys
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from vcam import assets  # noqa: E402
from vcam.animate.puppet.portrait import Portrait  # noqa: E402
from vcam.animate.puppet.signals import REST  # noqa: E402
from vcam.animate.puppet.style import Character, style_of  # noqa: E402
from vcam.app import build  # noqa: E402
from vcam.capture.demo import PORTRAIT, Demo  # noqa: E402
from vcam.composite.blend import draw  # noqa: E402
from vcam.config import Settings  # noqa: E402
from vcam.portrait.cutout import cut_head  # noqa: E402
from vcam.portrait.segment import Segmenter  # noqa: E402
from vcam.portrait.style import Style, stylise  # noqa: E402
from vcam.types import BGR, Expression, Frame, Label, Mode, Placement, Size, Sprite  # noqa: E402

SIZE = Size(640, 360)
MODES = ((Mode.MASK, Label.HAPPINESS), (Mode.BESIDE, Label.SURPRISE), (Mode.AVATAR, Label.HAPPINESS))
GAP_PX = 8
GROUND = (238, 228, 218)
LOOKERS = (Character.CLASSIC, Character.CAT, Character.ROBOT)


def main() -> None:
    """Write modes.png, expressions.png, me.png, puppet-looks.png and guard.png into docs/."""
    frame = Frame(0, 0, Demo(SIZE, 30).render(0))
    large = Frame(0, 0, Demo(Size(1280, 720), 30).render(0))
    modes = [drawn(frame, mode, label) for mode, label in MODES]
    write("modes.png", row(modes))
    faces = [drawn(frame, Mode.MASK, label, "classic")[20:330, 130:510] for label in Label]
    write("expressions.png", np.vstack([row(faces[:4]), row(faces[4:])]))
    write("me.png", row([emoji_of(large, style) for style in Style]))
    looks = [looking(character, aside) for character in LOOKERS for aside in (-1.0, 0.0, 1.0)]
    write("puppet-looks.png", row(looks))
    write("guard.png", row(guarded()))


def drawn(frame: Frame, mode: Mode, label: Label, pack_name: str = Settings().pack) -> BGR:
    """The frame with the emoji of one expression."""
    settings = Settings(size=SIZE)
    faces = build.tracker(settings).look(frame)
    expression = Expression(label, {label: 1.0}, certain=True)
    pack = build.library().get(pack_name)
    return build.draw_still(pack, mode, frame, dict.fromkeys(faces, expression)).pixels


def emoji_of(frame: Frame, style: Style) -> BGR:
    """The portrait's head as `vcam me` draws it, on a light ground."""
    [face] = build.tracker(Settings(size=SIZE)).look(frame)
    head = cut_head(frame, face, Segmenter(assets.load("selfie_segmentation_landscape")))
    picture = cv2.resize(stylise(head, style), (320, 320), interpolation=cv2.INTER_AREA)[8:288, 20:300]
    alpha = picture[..., 3:] / 255
    return (picture[..., :3] * alpha + np.array(GROUND) * (1 - alpha)).astype(np.uint8)


def looking(character: Character, aside: float) -> BGR:
    """A puppet whose eyes look to the side, on a light ground."""
    drawing = Portrait(style_of(character)).draw(
        REST._replace(look_x=aside, smile_left=0.3, smile_right=0.3), {}, 54.0, 0.0
    )
    ground = np.empty((140, 132, 3), np.uint8)
    ground[:] = GROUND
    if drawing is not None:
        middle = np.array([[1.0, 0.0, 66 - round(drawing.x)], [0.0, 1.0, 78 - round(drawing.y)]])
        draw(ground, Placement(Sprite("puppet", drawing.pixels), middle, 1.0, 0))
    return ground


def guarded() -> list[BGR]:
    """What leaves in `mask` mode: live, held while somebody walks in at the left, and covered."""
    demo = Demo(SIZE, 30)
    portrait = np.asarray(cv2.imread(str(PORTRAIT), cv2.IMREAD_UNCHANGED), np.uint8)
    visitor = cv2.flip(cv2.resize(portrait, (320, 320), interpolation=cv2.INTER_AREA), 1)
    shown = []
    with closing(build.pipeline(Settings(size=SIZE, mode=Mode.MASK))) as pipeline:
        for index in range(36):
            pixels = demo.render(index).copy()
            inside_px = 14 * max(index - 24, 0)
            if inside_px:
                part = visitor[:, -inside_px:]
                alpha = part[..., 3:] / 255
                place = pixels[SIZE.height - 320 :, :inside_px]
                place[...] = part[..., :3] * alpha + place * (1 - alpha)
            frame = Frame(index, index * 33_000_000, pixels)
            shown.append(pipeline.step(frame).frame.pixels)
        return [shown[23], shown[-1], pipeline.guard.retreat(frame).pixels]


def row(pictures: list[BGR]) -> BGR:
    """Pictures of one size side by side with white gaps."""
    framed = [
        cv2.copyMakeBorder(one, GAP_PX, GAP_PX, GAP_PX, GAP_PX, cv2.BORDER_CONSTANT, value=(255, 255, 255))
        for one in pictures
    ]
    return np.hstack(framed)


def write(name: str, picture: BGR) -> None:
    """Put a picture into docs/."""
    path = ROOT / "docs" / name
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(
        f"{path.relative_to(ROOT)}: {picture.shape[1]}x{picture.shape[0]}, {path.stat().st_size // 1024} kB"
    )


if __name__ == "__main__":
    main()
