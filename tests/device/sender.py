"""A vcam that sends coded test cards: `python -m tests.device.sender pipewire --size 1280x720`.

With `--through runner` a card is drawn in a camera's place and goes through the whole runtime (capture,
compose and publish workers); with `--through sink` it is drawn and sent at once. Prints one JSON line for
every change of what the sink knows: `{"watched": true}`, `{"camera": "off"}`, `{"label": "vcam"}`.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Generator

from vcam.capture.webcam import Webcam
from vcam.errors import SinkError
from vcam.publish import card
from vcam.publish.loopback import LoopbackCamera
from vcam.publish.pipewire import PipeWireCamera
from vcam.runtime.idle import IdlePolicy
from vcam.runtime.pacer import Pacer
from vcam.runtime.runner import Runner
from vcam.types import Frame, FrameSource, Size, SourceFormat

POLL_S = 0.1


class Cards:
    """A FrameSource in the place of a camera: every frame is a test card with number and monotonic time."""

    label = "test cards"

    def __init__(self, size: Size, rate_hz: float) -> None:
        self.format = SourceFormat(size, rate_hz)

    def frames(self) -> Generator[Frame | None]:
        """Cards at the rate given, for ever."""
        say(camera="on")
        pacer = Pacer(self.format.rate_hz)
        try:
            while True:
                yield draw(self.format.size, pacer.wait())
        finally:
            say(camera="off")


class PassOn:
    """A step that changes nothing."""

    def step(self, frame: Frame) -> Frame:
        """The frame as it is."""
        return frame

    def close(self) -> None:
        """There is nothing to give back."""


def draw(size: Size, seq: int) -> Frame:
    """Test card number `seq` with the time at which it is drawn."""
    now_ns = time.monotonic_ns()
    return Frame(seq, now_ns, card.coded(size, seq, now_ns))


def say(**news: object) -> None:
    """Print one line of news; `at_s` is the monotonic time."""
    sys.stdout.write(json.dumps({**news, "at_s": time.monotonic()}) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Send until SIGTERM or until `--seconds` have passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sink", choices=("pipewire", "loopback"))
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--through", choices=("runner", "sink"), default="runner")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--camera", help="a real camera in the place of the cards, through the runner")
    parser.add_argument("--idle-after", type=float, default=None)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    size = Size(width, height)
    sink_type = PipeWireCamera if options.sink == "pipewire" else LoopbackCamera
    sink = sink_type(size, options.rate)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    try:
        send = send_through_runner if options.through == "runner" else send_through_sink
        send(sink, options, stopped)
    except SinkError as error:
        say(error=str(error), hint=error.hint)
        return 1
    return 0


def send_through_sink(
    sink: PipeWireCamera | LoopbackCamera, options: argparse.Namespace, stopped: list[int]
) -> None:
    """Draw and send in one loop."""
    sink.open()
    say(label=sink.label)
    pacer = Pacer(options.rate)
    watched: bool | None = None
    try:
        for tick in range(round(options.seconds * options.rate)):
            pacer.wait()
            sink.send(draw(sink.size, tick))
            if sink.watched() is not watched:
                watched = sink.watched()
                say(watched=watched)
            if stopped:
                return
    finally:
        sink.close()


def send_through_runner(
    sink: PipeWireCamera | LoopbackCamera, options: argparse.Namespace, stopped: list[int]
) -> None:
    """Run a whole session whose camera draws cards; with `--idle-after` it sleeps when nobody looks."""

    def source() -> FrameSource:
        if options.camera:
            return Webcam(options.camera, sink.size, options.rate)
        return Cards(sink.size, options.rate)

    runner = Runner(
        source,
        [sink],
        PassOn,
        lambda line: card.standby(sink.size, line),
    )
    idle = None if options.idle_after is None else IdlePolicy(options.idle_after)
    watched: bool | None = None
    runner.start()
    say(label=sink.label)
    try:
        end_s = time.monotonic() + options.seconds
        while not stopped and time.monotonic() < end_s and not runner.wait(POLL_S):
            if sink.watched() is not watched:
                watched = sink.watched()
                say(watched=watched)
            asleep = idle is not None and idle.asleep([watched], time.monotonic_ns())
            if asleep is not runner.asleep:
                runner.asleep = asleep
    finally:
        runner.stop()


if __name__ == "__main__":
    sys.exit(main())
