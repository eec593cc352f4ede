from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.animate.heads import mesh
from vcam.animate.puppet.patches import HEIGHT, WIDTH
from vcam.animate.puppet.reader import SignalReader
from vcam.animate.puppet.signals import Signals
from vcam.errors import ModelError

NAMES = [*Signals._fields[:15], "look_up", "look_down", "look_left", "look_right"]


def network(file: Path, **changes: np.ndarray) -> Path:
    """Networks: one's `jaw_open` is how far landmark 152 lies below where it rests.

    The other's `pucker` is how much lighter the middle of the mouth is than the rest of it, and its
    `blink_right` and `blink_left` the same of an eye.
    """
    still = mesh(unit=100)[152].astype(float)
    basis = np.zeros((3, 1))
    basis[1] = 4.0
    weight = np.zeros((1, len(NAMES)))
    weight[0, 0] = 10.0
    patch = np.full((HEIGHT, WIDTH), -1.0 / (HEIGHT * WIDTH))
    patch[6:12, 7:13] = 1.0 / 36
    seen_weight = np.zeros((4, 3))
    seen_weight[1:] = np.eye(3) * 10
    arrays = {
        "names": np.array(NAMES),
        "points_0": np.array([152]),
        "frame_0": np.array([168, 168]),
        "mean_0": (still - mesh(unit=100)[168]) / 100,
        "basis_0": basis,
        "weight_0": weight,
        "bias_0": np.full(len(NAMES), -3.0),
        "seen_names": np.array(["blink_right", "blink_left", "pucker"]),
        "seen_share": np.ones(3),
        "eye_weight": patch.reshape(-1, 1),
        "eye_bias": np.zeros(1),
        "mouth_weight": patch.reshape(-1, 1),
        "mouth_bias": np.zeros(1),
        "seen_weight_0": seen_weight,
        "seen_bias_0": np.full(3, -3.0),
    }
    np.savez(file, **(arrays | changes))
    return file


def jaw(down_px: float, **where: float) -> np.ndarray:
    from tests.animate.heads import MESH
    from vcam.animate.pose import rotation_of

    moved = MESH.copy()
    moved[152, 1] += down_px / 100
    angles = [np.radians(where.get(name, 0.0)) for name in ("roll", "pitch", "yaw")]
    unit = where.get("unit", 100.0)
    return (moved @ rotation_of(*angles).T * unit + (where.get("x", 300.0), 200, 0)).astype(np.float32)


def test_reads_what_moves_whatever_the_pose(tmp_path: Path) -> None:
    reader = SignalReader(network(tmp_path / "net.npz"))
    rest, opened = reader.read(jaw(0)), reader.read(jaw(20))
    assert rest is not None
    assert opened is not None
    assert opened.jaw_open > rest.jaw_open + 0.5
    assert opened.smile == rest.smile
    turned = reader.read(jaw(20, roll=40, yaw=30, pitch=-20, unit=37, x=900))
    assert turned is not None
    assert turned.jaw_open == pytest.approx(opened.jaw_open, abs=0.03)


def test_names_may_come_in_any_order(tmp_path: Path) -> None:
    plain = SignalReader(network(tmp_path / "net.npz")).read(jaw(20))
    weight = np.zeros((1, len(NAMES)))
    weight[0, -1] = 10.0
    turned = {"names": np.array(NAMES[::-1]), "weight_0": weight}
    assert SignalReader(network(tmp_path / "other.npz", **turned)).read(jaw(20)) == plain


def test_regions_of_one_eye_are_read_as_each_alone(tmp_path: Path) -> None:
    """Each coordinate of a region counts from the middle of the eye's corners, in units of their distance."""
    points, frame = {0: [159, 145], 1: [105, 107]}, (33, 133)
    arrays = {"weight_0": np.zeros((13, len(NAMES))), "points_2": np.array([152])}
    arrays |= {"frame_2": np.array([168, 168]), "mean_2": np.zeros(3), "basis_2": np.zeros((3, 1))}
    for k, listed in points.items():
        arrays |= {f"points_{k}": np.array(listed), f"frame_{k}": np.array(frame)}
        arrays |= {f"mean_{k}": np.full(6, 0.1 * k), f"basis_{k}": np.eye(6)}
    arrays["weight_0"][:12] = np.diag([1.0] * 12 + [0.0] * (len(NAMES) - 12))[:12]
    arrays["bias_0"] = np.zeros(len(NAMES))
    read = SignalReader(network(tmp_path / "net.npz", **arrays, **pictureless(13))).read(mesh())
    assert read is not None
    upright = mesh(unit=1.0)
    middle, unit = upright[list(frame)].mean(axis=0), np.linalg.norm(upright[33] - upright[133])
    wanted = [((upright[listed] - middle) / unit).ravel() - 0.1 * k for k, listed in points.items()]
    squeezed = 4 * np.tanh(np.concatenate(wanted) / 4)
    assert np.array(read[:12]) == pytest.approx(1 / (1 + np.exp(-squeezed)), abs=2e-3)


def pictureless(features: int) -> dict[str, np.ndarray]:
    """A second network that fits so many features."""
    return {"seen_weight_0": np.zeros((features + 3, 3))}


@pytest.mark.parametrize("value", [np.nan, np.inf, 5.0])
def test_a_mesh_that_is_no_face_reads_as_nothing(tmp_path: Path, value: float) -> None:
    reader = SignalReader(network(tmp_path / "net.npz"))
    assert reader.read(np.full((468, 3), value, np.float32)) is None
    broken = mesh()
    broken[152] = np.nan
    assert reader.read(broken) is None


def test_a_torn_mesh_gives_numbers_in_range(tmp_path: Path) -> None:
    reader = SignalReader(network(tmp_path / "net.npz"))
    torn = mesh()
    torn[152] = 1e6
    read = reader.read(torn)
    assert read is not None
    assert all(-1 <= value <= 1 for value in read)


@pytest.mark.parametrize("case", ["missing", "no archive", "names", "shape", "patch", "unknown"])
def test_a_file_that_is_not_right_is_told(tmp_path: Path, case: str) -> None:
    file = tmp_path / "net.npz"
    if case == "no archive":
        file.write_bytes(b"nothing")
    elif case == "names":
        network(file, names=np.array(["jaw_open"]))
    elif case == "shape":
        network(file, basis_0=np.zeros((5, 1)))
    elif case == "patch":
        network(file, mouth_weight=np.zeros((5, 1)))
    elif case == "unknown":
        network(file, seen_names=np.array(["blink_right", "blink_left", "ear"]))
    with pytest.raises(ModelError, match=r"net\.npz") as error:
        SignalReader(file)
    assert error.value.hint


def test_the_shipped_network_reads_a_face_at_rest(root: Path) -> None:
    read = SignalReader(root / "model" / "puppet_signals.npz").read(mesh())
    assert read is not None
    assert read.jaw_open < 0.25
    assert read.smile < 0.6
    assert max(read.blink_left, read.blink_right) < 0.5
    assert abs(read.look_x) < 0.3
    assert read.smile_left == pytest.approx(read.smile_right, abs=0.15)


def test_lips_apart_is_seen_without_the_network(tmp_path: Path) -> None:
    reader, grin = SignalReader(network(tmp_path / "net.npz")), mesh()
    grin[14, 1] += 18
    closed, open_ = reader.read(mesh()), reader.read(grin)
    assert closed is not None
    assert open_ is not None
    assert open_.lips_apart > closed.lips_apart + 0.5


def lit(where: int, **pose: float) -> np.ndarray:
    """A grey picture with light around a landmark."""
    picture = np.full((480, 640, 3), 90, np.uint8)
    x, y = jaw(0, **pose)[where, :2]
    cv2.circle(
        picture, (round(float(x)), round(float(y))), round(0.1 * pose.get("unit", 100.0)), (180,) * 3, -1
    )
    return picture


@pytest.mark.parametrize("pose", [{}, {"roll": 35}, {"yaw": 20, "pitch": 10}, {"unit": 45, "x": 200}])
def test_pixels_are_read_where_the_mesh_says(tmp_path: Path, pose: dict[str, float]) -> None:
    reader, face = SignalReader(network(tmp_path / "net.npz")), jaw(0, **pose)
    alone, mouth = reader.read(face), reader.read(face, lit(14, **pose))
    right, left = reader.read(face, lit(145, **pose)), reader.read(face, lit(374, **pose))
    assert alone is not None
    assert mouth is not None
    assert right is not None
    assert left is not None
    assert mouth.pucker > 0.8 > 0.1 > max(right.pucker, left.pucker)
    assert right.blink_right > 0.8 > 0.1 > max(right.blink_left, mouth.blink_right)
    assert left.blink_left > 0.8 > 0.1 > max(left.blink_right, mouth.blink_left)
    assert mouth.jaw_open == pytest.approx(alone.jaw_open)


def test_what_both_networks_say_is_weighed(tmp_path: Path) -> None:
    face, picture = jaw(0), lit(14)
    alone = SignalReader(network(tmp_path / "net.npz")).read(face)
    seen = SignalReader(network(tmp_path / "net.npz")).read(face, picture)
    mixed = SignalReader(network(tmp_path / "net.npz", seen_share=np.array([1, 1, 0.25]))).read(face, picture)
    assert alone is not None
    assert seen is not None
    assert mixed is not None
    assert mixed.pucker == pytest.approx(0.75 * alone.pucker + 0.25 * seen.pucker, abs=1e-6)
    assert mixed.blink_left == seen.blink_left


@pytest.mark.parametrize("x", [-5000.0, 639.0, 1e5])
def test_a_face_outside_the_picture_gives_numbers_in_range(tmp_path: Path, x: float) -> None:
    reader = SignalReader(network(tmp_path / "net.npz"))
    torn = jaw(0, x=x)
    torn[[61, 291, 0]] = 3e38
    read = reader.read(torn, np.zeros((480, 640, 3), np.uint8))
    assert read is None or all(-1 <= value <= 1 for value in read)
