"""Runs inside the guest: `python3 -m tests.device.guest.checks 0.15.4`. Prints a row of JSON for every check.

Without hardware virtualisation the guest is slow, so what is checked is order, pixels and states, not speed.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from tests.device.browser import Browser
from tests.device.cards_read import Seen, summarise
from tests.device.host import COLOUR_TOLERANCE, colour_error
from tests.device.process import Sender
from tests.device.report import CheckFailedError, Outcome, Report, require
from tests.device.session import wait_for
from vcam.errors import SinkError
from vcam.publish import card, v4l2
from vcam.publish.loopback import LoopbackCamera
from vcam.publish.v4l2 import Condition
from vcam.types import BGR, Frame, Size

DEVICE = "/dev/video10"
SIZE = Size(640, 360)
RATE = "10"
VIVID = ("n_devs=1", "node_types=0x1", "num_inputs=1", "input_types=0", "vid_cap_nr=0")
# Starting Python with its libraries takes the guest half a minute, and minutes beside a browser.
START_S = 180.0


def main(version: str) -> int:
    """All checks on one version of the module; 0 where all passed."""
    report = Report(f"v4l2loopback {version}", lambda row: print(row.to_json(), flush=True))  # noqa: T201
    load(version, exclusive_caps=1)
    with report.check("writer and readers") as figures:
        figures.append(_writer_and_readers())
    with report.check("killed with a reader there, started again") as figures:
        figures.append(_kill_and_restart())
    with report.check("in the way: another writer, another size") as figures:
        figures.append(_in_the_way())
    with report.check("readers are known; the camera sleeps and wakes") as figures:
        figures.append(_sleep_and_wake())
    with report.check("Chromium first, then vcam; vcam killed and started again") as figures:
        figures.append(_chromium())
    with report.check("webcam unplugged and back") as figures:
        load(version, exclusive_caps=1)
        figures.append(_unplugged())
    with report.check("exclusive_caps=0 is told") as figures:
        load(version, exclusive_caps=0)
        condition = v4l2.discover()[0].condition
        require(condition is Condition.BOTH_ROLES, f"found as {condition}")
        figures.append(f"found as: {condition}")
    return int(any(row.outcome is Outcome.FAILED for row in report.rows))


def load(version: str, *, exclusive_caps: int) -> None:
    """Load the module anew, with one device."""
    subprocess.run(["rmmod", "v4l2loopback"], check=False, capture_output=True)
    subprocess.run(["modprobe", "videodev"], check=True)
    module = f"/opt/v4l2loopback/{version}/v4l2loopback.ko"
    options = (f"video_nr={DEVICE[-2:]}", "card_label=vcam", f"exclusive_caps={exclusive_caps}")
    subprocess.run(["insmod", module, *options], check=True)


def stream(count: int) -> list[BGR]:
    """So many pictures, read by v4l2-ctl."""
    out = Path("/tmp/stream.yuv")  # noqa: S108 (the guest has one user, and is thrown away)
    out.unlink(missing_ok=True)
    subprocess.run(
        ["v4l2-ctl", "-d", DEVICE, "--stream-mmap=4", f"--stream-count={count}", f"--stream-to={out}"],
        check=True,
        capture_output=True,
        timeout=90,
    )
    planes = np.fromfile(out, np.uint8).reshape(-1, SIZE.height * 3 // 2, SIZE.width)
    return [cv2.cvtColor(one, cv2.COLOR_YUV2BGR_I420) for one in planes]


def require_cards(pictures: list[BGR], count: int) -> str:
    """Every picture is a whole card, in order, in the right colours; returns the counts."""
    require(len(pictures) == count, f"{len(pictures)} of {count} pictures came")
    found = [card.decode(one) for one in pictures]
    summary = summarise([Seen(one[0], 0.0) if one else Seen(None, 0.0) for one in found])
    counts = f"{summary.frames} pictures, {summary.torn} torn, {summary.disordered} out of order"
    require(summary.torn == 0 and summary.disordered == 0, counts)
    last = found[-1]
    assert last is not None
    error = np.percentile(cv2.absdiff(pictures[-1], card.coded(SIZE, *last)), 99)
    require(error <= COLOUR_TOLERANCE, f"colours are off by {error:.0f}")
    return f"{counts}, colours within {error:.0f}"


@contextlib.contextmanager
def sender(*arguments: str) -> Iterator[Sender]:
    """A vcam that feeds the device; before its first picture v4l2-ctl and OpenCV find nothing to read."""
    with Sender("loopback", "--size", str(SIZE), "--rate", RATE, *arguments) as vcam:
        vcam.wait(START_S, label="vcam")
        wait_for(lambda: v4l2.discover()[0].condition is Condition.WRITTEN, 10, "the first picture")
        yield vcam


def _writer_and_readers() -> str:
    with sender("--through", "sink"):
        listed = subprocess.run(
            ["v4l2-ctl", "--list-devices"], check=False, capture_output=True, text=True
        ).stdout
        require("vcam" in listed, listed)
        by_tool = require_cards(stream(20), 20)
        camera = cv2.VideoCapture(DEVICE, cv2.CAP_V4L2)
        try:
            size = Size(
                *(int(camera.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
            )
            require(size == SIZE, f"OpenCV sees {size}")
            by_opencv = require_cards([camera.read()[1] for _ in range(20)], 20)
        finally:
            camera.release()
    return f"v4l2-ctl: {by_tool}; OpenCV: {by_opencv}"


def _kill_and_restart() -> str:
    conditions = []
    with sender("--through", "sink") as vcam:
        require_cards(stream(5), 5)
        vcam.kill()
    conditions.append(v4l2.discover()[0].condition)
    with sender("--through", "sink") as vcam:
        camera = cv2.VideoCapture(DEVICE, cv2.CAP_V4L2)
        require(camera.read()[0], "OpenCV reads nothing")
        vcam.kill()
        conditions.append(v4l2.discover()[0].condition)
        with sender("--through", "sink"):
            for _ in range(8):  # the pictures of the first vcam are still queued
                camera.read()
            counts = require_cards([camera.read()[1] for _ in range(10)], 10)
        camera.release()
    states = " and ".join(f"'{one}'" for one in conditions)
    return f"left as {states}, both times taken again; the reader that stayed: {counts}"


def _in_the_way() -> str:
    heard = []
    with sender("--through", "sink") as vcam:
        heard.append(_refusal(LoopbackCamera(SIZE, 10.0)))
        require("has a writer already" in heard[0], heard[0])
        reader = subprocess.Popen(
            ["v4l2-ctl", "-d", DEVICE, "--stream-mmap=4", "--stream-to=/dev/null"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        vcam.wait(20, watched=True)
    try:
        heard.append(_refusal(LoopbackCamera(Size(320, 240), 10.0)))
        require("fixed at 640x360, not 320x240" in heard[1], heard[1])
        require(str(reader.pid) in heard[1], heard[1])
        same = LoopbackCamera(SIZE, 10.0)
        same.open()
        same.send(Frame(0, 0, card.coded(SIZE, 0, 0)))
        same.close()
    finally:
        reader.kill()
        reader.wait()
    return "; ".join(heard)


def _refusal(camera: LoopbackCamera) -> str:
    try:
        camera.open()
    except SinkError as error:
        return f"{error} ({error.hint})"
    camera.close()
    return "it was taken"


def _sleep_and_wake() -> str:
    with sender("--through", "runner", "--idle-after", "2") as vcam:
        vcam.wait(START_S, camera="off")
        reader = subprocess.Popen(
            ["v4l2-ctl", "-d", DEVICE, "--stream-mmap=4", "--stream-to=/dev/null"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            watched = vcam.wait(20, watched=True)
            awake = vcam.wait(20, camera="on")
            time.sleep(3)
        finally:
            reader.kill()
            reader.wait()
        gone = vcam.wait(20, watched=False)
        asleep = vcam.wait(20, camera="off")
    return (
        f"camera on {awake['at_s'] - watched['at_s']:.1f} s after the reader came, "
        f"off {asleep['at_s'] - gone['at_s']:.1f} s after it left"
    )


def _unplugged() -> str:
    subprocess.run(["modprobe", "vivid", *VIVID], check=True)
    webcam = cv2.VideoCapture("/dev/video0", cv2.CAP_V4L2)
    webcam.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE.width)
    webcam.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE.height)
    seen, picture = webcam.read()
    webcam.release()
    require(seen and picture.shape[:2] == (SIZE.height, SIZE.width), "vivid gives no picture of this size")

    with sender("--through", "runner", "--camera", "vivid"):
        output = cv2.VideoCapture(DEVICE, cv2.CAP_V4L2)
        live_s = _wait_for_picture(output, lambda shown: difference(shown, picture) < 6)
        Path("/sys/bus/platform/drivers/vivid/unbind").write_text("vivid.0")
        card_s = _wait_for_picture(output, lambda shown: difference(shown, picture) > 25)
        Path("/sys/bus/platform/drivers/vivid/bind").write_text("vivid.0")
        back_s = _wait_for_picture(output, lambda shown: difference(shown, picture) < 6)
        output.release()
    return f"live after {live_s:.0f} s; unplugged: card after {card_s:.0f} s; back: live after {back_s:.0f} s"


def difference(shown: BGR, picture: BGR) -> float:
    """How far apart the lower halves are, 0 to 255: above, vivid writes the time."""
    half = SIZE.height // 2
    return float(cv2.absdiff(shown[half:], picture[half:]).mean())


def _wait_for_picture(camera: cv2.VideoCapture, suits: Callable[[BGR], bool]) -> float:
    """Seconds until the camera showed such a picture; every read must give one."""
    started_s = time.monotonic()
    while time.monotonic() < started_s + START_S:
        seen, shown = camera.read()
        require(seen, "the output gave no picture")
        if suits(shown):
            return time.monotonic() - started_s
    raise CheckFailedError(f"no such picture in {START_S:.0f} s")


def _chromium() -> str:
    with Browser("vcam", query="&frozen_s=8") as browser:
        browser.wait("waiting", START_S)
        with sender("--through", "sink") as vcam:
            opened = browser.wait("open", START_S)
            require(opened["label"] == "vcam", f"the label is {opened['label']!r}")
            require((opened["width"], opened["height"]) == SIZE, f"{opened['width']}x{opened['height']}")
            first = _watched(browser)
            vcam.kill()
            lost = browser.wait("lost", 40)
        with sender("--through", "sink"):
            browser.wait("open", START_S)
            second = _watched(browser)
    return f"{opened['label']}, {SIZE}: {first}; killed: track {lost['why']}; again: {second}"


def _watched(browser: Browser) -> str:
    seen, news = browser.watch(1, 30)
    while len(seen) < 10:
        more, news = browser.watch(1, 30)
        seen += more
    summary = summarise(seen)
    counts = f"{summary.frames} pictures, {summary.torn} torn, {summary.disordered} out of order"
    require(summary.torn == 0 and summary.disordered == 0, counts)
    error = colour_error(news["colours"])
    require(error <= COLOUR_TOLERANCE, f"colours are off by {error}: {news['colours']}")
    return f"{counts}, colours within {error}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
