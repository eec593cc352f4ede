"""`vcam run`: the camera, from start to Ctrl-C."""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam import config
from vcam.app import build, desk, options, outputs
from vcam.app.instance import Instance
from vcam.app.jsonl import LinesFile
from vcam.app.status import Figures, StatusLine
from vcam.errors import SinkError

if TYPE_CHECKING:
    from vcam.app.controller import Controller
    from vcam.config import Settings

POLL_S = 0.05
STATS_EVERY_S = 1.0
_ENDING = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")

log = logging.getLogger(__name__)


def add_commands(subparsers: Any) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("run", help="run the camera (what vcam does without a command)")
    options.add(
        parser, "source", "output", "device", "mode", "pack", "size", "fps", "mirror", "no_face", "idle_s"
    )
    parser.add_argument("--seconds", type=_seconds, metavar="S", help="end after so many seconds")
    parser.add_argument("--stats", type=Path, metavar="FILE.jsonl", help="write a line of figures a second")
    parser.set_defaults(handler=_run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def _run(arguments: argparse.Namespace) -> int:
    settings = options.settings(arguments)
    with ExitStack() as stack:
        instance = stack.enter_context(Instance())
        lines = stack.enter_context(LinesFile(arguments.stats, keep=True)) if arguments.stats else None
        controller = _start(settings, config.default_path())
        stack.callback(controller.stop)
        figures = Figures()
        figures.note(controller.status().snapshot)
        _obey_signals(controller, stack)
        _serve(controller, settings, instance, stack)
        _say(controller)
        desk.beside(
            lambda: _watch(controller, figures, lines, arguments.seconds), controller, tell=_say_beside
        )
        controller.stop()
        if controller.failure is not None:
            raise controller.failure
    return 0


def _start(settings: "Settings", settings_file: Path) -> "Controller":
    """A started session on the first outputs that open. Raises SinkError where none does."""
    from vcam.app.controller import Controller
    from vcam.publish.preview import Preview

    if build.is_file(settings.source):
        from vcam.capture.clip import Clip

        Clip(Path(settings.source)).probe()
    candidates = outputs.candidates(settings)
    for sinks in candidates:
        preview = Preview(settings.size, settings.fps)
        loop = not settings.output.lower().endswith(".mp4")
        controller = Controller(settings, sinks, preview, settings_file=settings_file, loop=loop)
        try:
            controller.start()
        except SinkError as error:
            if sinks is candidates[-1]:
                raise
            log.warning("%s", error)
        else:
            return controller
    raise AssertionError("there is always a candidate")


def _obey_signals(controller: "Controller", stack: ExitStack) -> None:
    """Ctrl-C and the system's wish end the session; SIGUSR1, where there is one, is a panic switch."""
    obeyed: dict[str, Callable[[], None]] = dict.fromkeys(_ENDING, controller.quit)
    obeyed["SIGUSR1"] = lambda: controller.set_standby(True)
    for name, act in obeyed.items():
        number = getattr(signal, name, None)
        if number is not None:
            before = signal.signal(number, lambda *_, act=act: act())
            stack.callback(signal.signal, number, before)


def _serve(controller: "Controller", settings: "Settings", instance: Instance, stack: ExitStack) -> None:
    """Open the local page for watching and for `vcam ctl`, and tell this user's programs where it is."""
    from vcam.app import control
    from vcam.app.web import WebServer

    server = WebServer(
        controller.preview,
        lambda: controller.status().as_dict(),
        port=settings.preview_port,
        routes=control.routes(controller),
    )
    server.start()
    stack.callback(server.stop)
    controller.preview_url = server.url
    instance.announce(server.port, server.token)


def _say(controller: "Controller") -> None:
    """Tell where the picture goes, and how to get a virtual camera where there is none."""
    labels = ", ".join(controller.outputs)
    if labels:
        output = controller.status().settings.output
        is_file = output.lower().endswith(".mp4")
        print(
            f"Recording to {output}" if is_file else f"The picture goes to: {labels}. Choose it in your app."
        )
        print(f"Preview: {controller.preview_url}")
        return
    from vcam.publish.virtual_camera import how_to_get_one

    for line in how_to_get_one():
        print(line)
    print(f"The picture goes to the preview page: {controller.preview_url}")
    _open_browser(controller.preview_url)


def _say_beside(text: str) -> None:
    print(f"\n{text}", file=sys.stderr)


def _open_browser(url: str) -> None:
    import webbrowser

    from vcam.app import desktop

    if sys.stdout.isatty() and (sys.platform != "linux" or desktop.session()):
        webbrowser.open(url)


def _watch(
    controller: "Controller", figures: Figures, lines: LinesFile | None, seconds: float | None
) -> None:
    """Show the status until the session ends, or `seconds` have passed."""
    status = StatusLine(sys.stdout)
    started_s = written_s = time.monotonic()
    while not controller.wait(POLL_S):
        now_s = time.monotonic()
        snapshot = controller.status().snapshot
        figures.note(snapshot)
        status.show(snapshot)
        if lines is not None and now_s - written_s >= STATS_EVERY_S:
            lines.write(figures.as_dict(snapshot))
            written_s = now_s
        if seconds is not None and now_s - started_s >= seconds:
            break
    status.end()
