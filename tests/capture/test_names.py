from pathlib import Path
from types import SimpleNamespace

import cv2
import pytest

from vcam.capture import names
from vcam.capture.names import Camera, cameras, find, is_virtual
from vcam.errors import CameraError

BRIO = Camera("Logitech BRIO", 2, cv2.CAP_V4L2, "/dev/video2", virtual=False)
LAPTOP = Camera("Integrated Webcam", 0, cv2.CAP_V4L2, "/dev/video0", virtual=False)
OWN = Camera("vcam", 10, cv2.CAP_V4L2, "/dev/video10", virtual=True)
ALL = [OWN, LAPTOP, BRIO]


@pytest.mark.parametrize(
    ("wanted", "camera"),
    [
        ("auto", LAPTOP),
        ("2", BRIO),
        ("logitech brio", BRIO),
        ("brio", BRIO),
        ("/dev/video0", LAPTOP),
        ("vcam", OWN),
    ],
)
def test_a_camera_is_found(wanted: str, camera: Camera) -> None:
    assert find(ALL, wanted) is camera


def test_auto_never_takes_a_virtual_camera() -> None:
    with pytest.raises(CameraError, match="no camera was found"):
        find([OWN], "auto")


@pytest.mark.parametrize("wanted", ["vcam", "10", "/dev/video10"])
@pytest.mark.parametrize("exclude", ["vcam", "/dev/video10"])
def test_what_vcam_publishes_to_is_never_taken(wanted: str, exclude: str) -> None:
    with pytest.raises(CameraError):
        find(ALL, wanted, exclude=[exclude])


def test_a_name_that_fits_none_lists_what_there_is() -> None:
    with pytest.raises(CameraError, match="no camera is called Kamera") as caught:
        find(ALL, "Kamera")
    assert "Integrated Webcam" in caught.value.hint


def test_a_name_that_fits_several_asks_for_more() -> None:
    twins = [Camera(f"Webcam {letter}", number, 0, "", virtual=False) for number, letter in enumerate("AB")]
    with pytest.raises(CameraError, match="Webcam A, Webcam B"):
        find(twins, "webcam")
    assert find(twins, "webcam b") is twins[1]


@pytest.mark.parametrize(
    ("name", "virtual"),
    [
        ("OBS Virtual Camera", True),
        ("Unity Video Capture", True),
        ("vcam", True),
        ("Dummy video device (0x0000)", True),
        ("FaceTime HD Camera", False),
        ("Observatory Cam", False),
        ("HD Pro Webcam C920", False),
    ],
)
def test_virtual_cameras_are_known_by_name(name: str, virtual: bool) -> None:
    assert is_virtual(name) is virtual


def test_a_loopback_device_is_known_by_its_place_in_sysfs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/sys/devices/virtual/video4linux/video7"))
    assert is_virtual("My Camera", "/dev/video7")
    monkeypatch.setattr(Path, "resolve", lambda self: Path("/sys/devices/pci0/usb1/video4linux/video7"))
    assert not is_virtual("My Camera", "/dev/video7")


def test_a_listing_has_unique_names_and_each_camera_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(backend: int) -> list[SimpleNamespace]:
        cams = [SimpleNamespace(name=name, index=index, path=None) for index, name in enumerate("ABA")]
        return cams[::-1] if backend == 1 else [*cams, SimpleNamespace(name="C", index=3, path="x")]

    monkeypatch.setattr(names, "enumerate_cameras", listed)
    monkeypatch.setattr(names, "_BACKENDS", {"Test": (1, 2)})
    monkeypatch.setattr("platform.system", lambda: "Test")
    found = cameras()
    assert [(camera.name, camera.index, camera.backend) for camera in found] == [
        ("A", 0, 1),
        ("B", 1, 1),
        ("A (2)", 2, 1),
        ("C", 3, 2),
    ]


def test_this_system_can_be_listed() -> None:
    for camera in cameras():
        assert camera.name
