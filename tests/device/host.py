"""The part that runs on this machine: vcam's PipeWire camera, read by GStreamer and by Chromium."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2

from tests.device import gstreamer
from tests.device.browser import Browser
from tests.device.cards_read import Seen, summarise
from tests.device.process import ROOT, Sender
from tests.device.report import Report, SkipError, require
from tests.device.session import Session
from vcam import assets
from vcam.publish.card import coded
from vcam.publish.yuv import YuvFormat
from vcam.types import Size

SIZE = Size(1280, 720)
RATE_HZ = 30.0
INTERVAL_MS = 1000 / RATE_HZ
COLOUR_TOLERANCE = 6.0
READER_VIEW_FRAMES = 1000
# A stream finds its rhythm in its first second; what a meeting sees is the rest.
START_FRAMES = 30
# None are lost while a core is free; on a machine with five programs a core up to four of 1,000 were.
MOST_LOST = READER_VIEW_FRAMES // 100
_BROWSER_FLAGS = ("--enable-features=WebRtcPipeWireCamera",)


def run(report: Report) -> None:
    """All checks of this machine, one after another."""
    session: Session | None = None
    with contextlib.ExitStack() as stack:
        with report.check("private desktop session") as figures:
            if shutil.which("gst-launch-1.0") is None:
                raise SkipError("gst-launch-1.0 is not installed (tests/device/packages.txt)")
            with _realtime():
                session = stack.enter_context(Session())
            figures.append("X, D-Bus, PipeWire, WirePlumber and the camera portal are up")
        if session is not None:
            with _realtime():
                _count_frames(session, report)
            _try_states(session, report)


@contextlib.contextmanager
def _realtime() -> Iterator[None]:
    """Real-time priority for what is started inside, where permitted: a desktop gives it to PipeWire too."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def _count_frames(session: Session, report: Report) -> None:
    for layout in YuvFormat:
        with report.check(f"GStreamer reads {layout} {SIZE}") as figures, _sender(session):
            seen, error = gstreamer.read(session.env, layout, SIZE, 60)
            figures += [str(summarise(seen)), f"colours within {error:.0f}"]
            _require_whole(seen, 60)
            require(error <= COLOUR_TOLERANCE, f"colours are off by {error:.0f}")
    with report.check("GStreamer reads 854x480") as figures, _sender(session, "--size", "854x480"):
        seen, error = gstreamer.read(session.env, YuvFormat.YUY2, Size(854, 480), 30)
        figures += [str(summarise(seen)), f"colours within {error:.0f}"]
        _require_whole(seen, 30)
    with (
        report.check("two readers at once") as figures,
        _sender(session),
        ThreadPoolExecutor(2) as pool,
    ):
        both = [pool.submit(gstreamer.read, session.env, YuvFormat.I420, SIZE, 90) for _ in range(2)]
        for one in both:
            seen, error = one.result()
            figures.append(f"{summarise(seen)}.")
            _require_whole(seen, 90)
            require(error <= COLOUR_TOLERANCE, f"colours are off by {error:.0f}")
    for through, name in (("sink", "the sink"), ("runner", "the whole runtime")):
        with report.check(f"reader's view through {name}") as figures, _sender(session, "--through", through):
            count = START_FRAMES + READER_VIEW_FRAMES
            seen, _ = gstreamer.read(session.env, YuvFormat.I420, SIZE, count)
            _require_whole(seen, count)
            summary = summarise(seen[START_FRAMES:])
            figures.append(str(summary))
            require(summary.lost <= MOST_LOST and summary.disordered == 0, "frames were lost")
            require(summary.age_p95_ms <= 2 * INTERVAL_MS, f"older than {2 * INTERVAL_MS:.0f} ms")


def _try_states(session: Session, report: Report) -> None:
    with report.check("vcam run: demo, masked, read by GStreamer") as figures:
        figures.append(_vcam_run(session))
    with report.check("readers are known; the camera sleeps and wakes") as figures:
        figures.append(_sleep_and_wake(session))
    with report.check("PipeWire is killed and started again") as figures:
        figures.append(_daemon_restart(session))
    with (
        report.check("Chromium plays the camera") as figures,
        _sender(session),
        Browser("vcam", session.env, flags=_BROWSER_FLAGS) as browser,
    ):
        figures.append(_chromium(browser))
    with report.check("Chromium, vcam killed and started again") as figures:
        figures.append(_chromium_restart(session))


@contextlib.contextmanager
def _sender(session: Session, *arguments: str) -> Iterator[Sender]:
    """A sender whose camera the daemon has listed: GStreamer does not wait for one that comes later."""
    with Sender("pipewire", "--rate", str(RATE_HZ), *arguments, env=session.env) as sender:
        sender.wait(30, label="vcam")
        session.wait_for_camera()
        yield sender


def _vcam_run(session: Session) -> str:
    if not all(assets.verify().values()):
        raise SkipError("the face models are missing (vcam models get)")
    env = {**session.env, "XDG_CACHE_HOME": str(assets.models_folder().parents[1])}
    command = [sys.executable, "-m", "vcam", "run"]
    command += ["--source", "demo", "--mode", "mask", "--output", "pipewire", "--idle-s", "0"]
    with (session.folder / "vcam.log").open("wb") as log:
        vcam = subprocess.Popen(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        session.wait_for_camera()
        different = 0
        before = None
        started_s = time.monotonic()
        for number, pixels in enumerate(gstreamer.pictures(session.env, YuvFormat.I420, SIZE, 450)):
            if number == 299:  # by now the card has given way to the demo's moving picture
                started_s = time.monotonic()
            elif number > 299:
                different += before is None or cv2.norm(pixels, before, cv2.NORM_L1) > 0
            before = pixels
    finally:
        vcam.terminate()
        status = vcam.wait(20)
    said = (session.folder / "vcam.log").read_text(encoding="utf-8", errors="replace")[-600:]
    rate_hz = different / (time.monotonic() - started_s)
    require(rate_hz >= 10, f"{rate_hz:.1f} different pictures a second: {said}")
    require(status == 0, f"ended with {status}: {said}")
    return f"{rate_hz:.1f} different pictures a second at {SIZE}"


def _require_whole(seen: list[Seen], count: int) -> None:
    torn = sum(one.seq is None for one in seen)
    require(len(seen) == count, f"{len(seen)} of {count} frames came")
    require(torn == 0, f"{torn} of {count} frames were torn")


def _sleep_and_wake(session: Session) -> str:
    with _sender(session, "--idle-after", "2") as sender:
        asleep = sender.wait(20, camera="off")
        started_s = time.monotonic()
        seen, _ = gstreamer.read(session.env, YuvFormat.I420, SIZE, 90)
        watched = sender.wait(5, watched=True)
        awake = sender.wait(5, camera="on")
        gone = sender.wait(5, watched=False)
        sender.wait(10, camera="off")
    require(asleep["at_s"] < started_s, "the camera slept before the reader came")
    wake_s = awake["at_s"] - watched["at_s"]
    cards = sum(one.seq is None for one in seen)
    require(wake_s < 1.0, f"the camera took {wake_s:.2f} s to wake")
    require(cards < RATE_HZ, f"{cards} standby cards before the first live picture")
    require(seen[-1].seq is not None, "no live picture at the end")
    return (
        f"camera on {wake_s * 1e3:.0f} ms after the reader, {cards} standby cards first, "
        f"watched for {gone['at_s'] - watched['at_s']:.1f} s"
    )


def _daemon_restart(session: Session) -> str:
    with _sender(session):
        gstreamer.read(session.env, YuvFormat.I420, SIZE, 30)
        session.kill("pipewire")
        session.kill("wireplumber")
        time.sleep(2)
        session.start_pipewire()
        session.start_wireplumber()
        started_s = time.monotonic()
        session.wait_for_camera()
        seen, _ = gstreamer.read(session.env, YuvFormat.I420, SIZE, 30)
        _require_whole(seen, 30)
        return f"the same vcam is read again {time.monotonic() - started_s:.1f} s after the daemon is back"


def _chromium(browser: Browser) -> str:
    opened = browser.wait("open", 40)
    require(opened["label"] == "vcam", f"the label is {opened['label']!r}")
    require((opened["width"], opened["height"]) == SIZE, f"the size is {opened['width']}x{opened['height']}")
    browser.watch(2, 10)
    seconds = 8
    started_s = time.monotonic()
    seen, news = browser.watch(seconds, 10)
    rate_hz = len(seen) / (time.monotonic() - started_s)
    summary = summarise(seen)
    require(summary.torn == 0 and summary.disordered == 0, str(summary))
    require(rate_hz >= 25, f"{rate_hz:.1f} frames a second")
    error = colour_error(news["colours"])
    require(error <= COLOUR_TOLERANCE, f"colours are off by {error}: {news['colours']}")
    return f"{opened['label']}, {SIZE}, {rate_hz:.1f} frames a second, colours within {error}; {summary}"


def colour_error(colours: list[list[int]]) -> int:
    """The largest difference of the page's seven probes (RGB) to the bars of a card, 0 to 255."""
    card = coded(SIZE, 0, 0)
    y = round(0.3 * SIZE.height)
    bars = [card[y, round((i + 0.5) / 7 * SIZE.width)][::-1] for i in range(7)]
    return max(
        abs(int(a) - int(b))
        for bar, seen in zip(bars, colours, strict=True)
        for a, b in zip(bar, seen, strict=True)
    )


def _chromium_restart(session: Session) -> str:
    with Browser("vcam", session.env, flags=_BROWSER_FLAGS) as browser:
        with _sender(session) as first:
            browser.wait("open", 40)
            browser.watch(2, 10)
            first.kill()
        with _sender(session):
            started_s = time.monotonic()
            lost = browser.wait("lost", 20)
            browser.wait("open", 20)
            waited_s = time.monotonic() - started_s
            seen, _ = browser.watch(3, 10)
    return f"track {lost['why']}; asked for again, it plays {waited_s:.1f} s later; {summarise(seen)}"
