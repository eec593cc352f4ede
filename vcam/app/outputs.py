"""Which sinks a session feeds: what `--output` asks for, and in which order `auto` tries them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from vcam.config import Settings
from vcam.errors import ConfigError
from vcam.types import FrameSink

NAMES = ("auto", "virtualcam", "pipewire", "both", "preview")


def candidates(settings: Settings) -> list[list[FrameSink]]:
    """Lists of sinks, to be tried one after another until one opens; an empty list is the preview alone.

    Nothing is opened here. Raises ConfigError for an output that does not exist.
    """
    output = settings.output
    if Path(output).suffix.lower() == ".mp4":
        from vcam.publish.recorder import Recorder

        return [[Recorder(Path(output), settings.size, settings.fps)]]
    match output:
        case "preview":
            return [[]]
        case "virtualcam":
            return [[_virtual_camera(settings)]]
        case "pipewire":
            return [[_pipewire(settings)]]
        case "both":
            return [[_virtual_camera(settings), _pipewire(settings)]]
        case "auto":
            return [*_found(settings), []]
    raise ConfigError(
        f"there is no output called {output}", hint=f"Use {', '.join(NAMES)}, or a file ending in .mp4."
    )


def _found(settings: Settings) -> Sequence[list[FrameSink]]:
    if sys.platform != "linux":
        return [[_virtual_camera(settings)]]
    from vcam.publish import pipewire, v4l2

    found: list[list[FrameSink]] = []
    if v4l2.usable(v4l2.discover()):
        found.append([_virtual_camera(settings)])
    if pipewire.available():
        found.append([_pipewire(settings)])
    return found


def _virtual_camera(settings: Settings) -> FrameSink:
    if sys.platform == "linux":
        from vcam.publish.loopback import LoopbackCamera

        return LoopbackCamera(settings.size, settings.fps, settings.device)
    from vcam.publish.virtual_camera import VirtualCamera

    return VirtualCamera(settings.size, settings.fps, device=settings.device)


def _pipewire(settings: Settings) -> FrameSink:
    from vcam.publish.pipewire import PipeWireCamera

    return PipeWireCamera(settings.size, settings.fps)
