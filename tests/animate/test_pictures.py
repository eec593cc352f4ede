import logging
import math

import numpy as np
import pytest

from tests.animate.conftest import MakePack
from tests.animate.heads import mesh
from tests.animate.sample_art import encoded, png
from tests.drawing import coverage
from vcam.animate.look import Spot, Target
from vcam.animate.pack import Pack, load_pack
from vcam.animate.pictures import Bodies, Pictures
from vcam.animate.pose import estimate_pose
from vcam.animate.region import Ellipse
from vcam.types import Label, Placement, Size

SIZE = Size(640, 480)


def target(roll: float = 20, yaw: float = 0) -> Target:
    pose = estimate_pose(mesh(roll=roll, yaw=yaw, unit=60, x=320, y=220))
    assert pose is not None
    return Target(1, Ellipse(320, 240, 60 * math.cos(math.radians(yaw)), 75, pose.roll), (63.0, 75.0), pose)


def hidden(placements: list[Placement], ellipse: Ellipse) -> float:
    """The least coverage of a pixel in the ellipse."""
    y, x = np.mgrid[: SIZE.height, : SIZE.width]
    points = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    c, s = math.cos(ellipse.angle), math.sin(ellipse.angle)
    u = (c * (points[:, 0] - ellipse.x) + s * (points[:, 1] - ellipse.y)) / ellipse.rx
    v = (c * (points[:, 1] - ellipse.y) - s * (points[:, 0] - ellipse.x)) / ellipse.ry
    return float(coverage(placements, SIZE).ravel()[u * u + v * v <= 1].min())


def look(pack: Pack, label: Label = Label.HAPPINESS) -> Pictures:
    pictures = Pictures(pack, Bodies())
    pictures.update(None, None, label, 0)
    return pictures


def holed() -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (80, 80))
    draw = ImageDraw.Draw(image)
    draw.ellipse((2, 2, 78, 78), fill=(255, 180, 0, 255))
    draw.ellipse((20, 20, 40, 40), fill=(0, 0, 0, 0))
    return encoded(image, "PNG")


@pytest.mark.parametrize(
    "placing", ["", "turns = false", "scale = 0.5", "offset = [0.4, -0.3]", 'anchor = "top"']
)
@pytest.mark.parametrize("yaw", [0, 60])
@pytest.mark.parametrize("art", ["square", "holes"])
def test_whatever_the_art_the_head_is_hidden(make_pack: MakePack, placing: str, yaw: float, art: str) -> None:
    toml = f'[expressions]\nhappiness = "a.png"\n[placing]\n{placing}\n'
    pack = load_pack(make_pack(toml, files={"a.png": png() if art == "square" else holed()}))
    aim = target(yaw=yaw)
    assert hidden(look(pack).over(aim, SIZE), aim.head) >= 250


def test_only_art_that_lets_something_through_gets_a_plate(make_pack: MakePack) -> None:
    solid = load_pack(make_pack())
    open_ = load_pack(make_pack(name="open", files={"a.png": holed()}))
    assert len(look(solid).over(target(), SIZE)) == 1
    assert [p.sprite.name for p in look(open_).over(target(), SIZE)] == ["plate", "open/happiness/a.png"]


def test_moving_pictures_are_not_trusted_to_hide(make_pack: MakePack) -> None:
    from PIL import Image

    frames = [Image.new("RGBA", (40, 40), colour) for colour in ((255, 0, 0, 255), (0, 255, 0, 255))]
    gif = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    pack = load_pack(make_pack('[expressions]\nhappiness = "a.gif"\n', files={"a.gif": gif}))
    assert look(pack).over(target(), SIZE)[0].sprite.name == "plate"


def test_the_head_stays_hidden_through_a_cross_fade(make_pack: MakePack) -> None:
    toml = '[expressions]\nhappiness = "a.png"\nsadness = "b.png"\n'
    pack = load_pack(make_pack(toml, files={"a.png": png(), "b.png": holed()}))
    pictures = look(pack)
    aim = target()
    for i in range(12):
        pictures.update(
            None, None, Label.SADNESS if i < 6 else Label.HAPPINESS, 1_000_000_000 + i * 33_000_000
        )
        assert hidden(pictures.over(aim, SIZE), aim.head) >= 250


def test_broken_art_is_logged_once_and_a_disc_hides_the_head(
    make_pack: MakePack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pack = load_pack(make_pack())

    def fail(*_: object) -> None:
        raise OSError("the file is gone")

    monkeypatch.setattr(type(pack), "art", fail)
    pictures, aim = Pictures(pack, Bodies()), target()
    with caplog.at_level(logging.ERROR):
        for i in range(3):
            pictures.update(None, None, Label.HAPPINESS, i)
            assert hidden(pictures.over(aim, SIZE), aim.head) == 255
    assert len(caplog.records) == 1
    assert pictures.at(Spot(1, 100, 100, 50), SIZE)


def test_a_picture_fills_its_spot_and_stays_inside(make_pack: MakePack) -> None:
    pack = load_pack(make_pack(files={"a.png": png(90, 60, (5, 5, 85, 45))}))
    seen = coverage(look(pack).at(Spot(1, 300.0, 200.0, 100.0), SIZE), SIZE)
    ys, xs = np.nonzero(seen > 128)
    assert (xs.min(), xs.max() + 1) == pytest.approx((250, 350), abs=1.5)
    assert (ys.min(), ys.max() + 1) == pytest.approx((175, 225), abs=1.5)


def test_art_that_does_not_turn_stays_upright(make_pack: MakePack) -> None:
    toml = '[expressions]\nhappiness = "a.png"\n[placing]\nturns = false\n'
    upright = look(load_pack(make_pack(toml))).at(Spot(1, 300, 200, 100, roll=0.5), SIZE)[0]
    turned = look(load_pack(make_pack(name="turns"))).at(Spot(1, 300, 200, 100, roll=0.5), SIZE)[0]
    assert upright.affine[0, 1] == 0
    assert math.atan2(turned.affine[1, 0], turned.affine[0, 0]) == pytest.approx(0.5)
