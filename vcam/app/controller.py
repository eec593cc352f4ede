"""One running session: builds everything from the settings, and holds the switches that a user has.

The runner does the work in its threads; the controller changes what they work with. Every method may be
called from any thread: the tray, the local page and the command line all use the same ones.
"""

import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vcam import config
from vcam.app import build, screen_lock
from vcam.app.commands import NotConfirmedError, Status, exposure
from vcam.config import Settings
from vcam.errors import SinkError, VcamError
from vcam.publish import card
from vcam.publish.preview import Preview
from vcam.runtime.idle import IdlePolicy
from vcam.runtime.pacer import now_ns
from vcam.runtime.runner import Runner
from vcam.runtime.stats import State, Stats
from vcam.types import Frame, FrameSink, FrameSource, Mode

if TYPE_CHECKING:
    from vcam.pipeline import Pipeline

LOOK_S = 0.25
"""How often it is asked who watches ..."""
_REFRESH_EVERY = 2
"""... and every how many times the packs on disk are looked at."""
_LOCK_EVERY = 8
"""Every so many times logind is asked whether the screen is locked, where that is wished."""

log = logging.getLogger(__name__)


class Controller:
    """The session of `settings` with these sinks, beside which a preview is always there to be watched.

    `settings_file`: where a changed pack, camera or mirror is kept for the next start; None keeps nothing.
    The privacy dial is not kept: what a start shows is what the settings file or the command line says.
    `loop`: whether a clip starts over at its end. Raises PackError where the pack cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        sinks: Sequence[FrameSink],
        preview: Preview,
        *,
        settings_file: Path | None = None,
        loop: bool = True,
        standby: bool = False,
    ) -> None:
        self.preview_url = ""
        self._settings = settings
        self._settings_file = settings_file
        self._loop = loop
        self._sinks = tuple(sinks)
        self.preview = preview
        self._packs = build.library()
        self._packs.get(settings.pack)
        self._stats = Stats()
        self._callbacks: list[Callable[[], None]] = []
        self._changing = threading.RLock()
        self._idle = IdlePolicy(settings.idle_s) if settings.idle_s else None
        self._quit = threading.Event()
        self._ended_by_itself = False
        self._runner = Runner(
            self._source_factory(settings),
            (*sinks, preview),
            self._make_step,
            lambda line: card.standby(settings.size, line),
            stats=self._stats,
            mirror=settings.mirror,
            standby=standby,
        )
        self._housekeeper = threading.Thread(target=self._keep_house, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Open the sinks, put the first card out, and start the camera. Raises SinkError."""
        self._runner.start()
        self._housekeeper.start()

    @property
    def outputs(self) -> list[str]:
        """The names of what is fed, the preview left out; empty where there is nothing else."""
        return [sink.label for sink in self._sinks]

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end of the session; False where `timeout_s` seconds passed before."""
        return self._quit.wait(timeout_s)

    def stop(self) -> None:
        """End the session and close everything; a second call does nothing more."""
        self._quit.set()
        self._runner.stop()

    @property
    def failure(self) -> VcamError | None:
        """Why the session ended by itself, or which output was lost; None where nothing needs to be told."""
        failure = self._runner.failure
        return failure if self._ended_by_itself or isinstance(failure, SinkError) else None

    def status(self) -> Status:
        """The settings in force and the workers' figures."""
        return Status(self._settings, self._runner.standby, self._stats.snapshot(), self.preview_url)

    def set_mode(self, mode: Mode, *, confirmed: bool = False) -> None:
        """Turn the privacy dial. Raises NotConfirmedError for less privacy that is not `confirmed`."""
        with self._changing:
            if mode.privacy < self._settings.mode.privacy and not confirmed:
                raise NotConfirmedError(exposure(mode), hint="Say that you mean it: add --yes.")
            self._settings = dataclasses.replace(self._settings, mode=mode)
            self._try_again()
            # What was made for the old mode must not be seen any more, the frame now in work included.
            self._runner.cut()
        self._changed()

    def set_pack(self, name: str) -> None:
        """Take another emoji pack. Raises PackError; then the old one stays."""
        with self._changing:
            self._packs.get(name)
            self._keep(pack=name)
            self._try_again()
        self._changed()

    def set_source(self, name: str) -> None:
        """Take another camera: a name or index, `auto`, `demo`, or a file. Raises CameraError for none."""
        with self._changing:
            if name not in ("auto", build.DEMO) and not build.is_file(name):
                from vcam.capture.names import cameras, find

                name = find(cameras(), name, exclude=self._own_names()).name
            settings = dataclasses.replace(self._settings, source=name)
            self._runner.switch_source(self._source_factory(settings))
            self._keep(source=name)
            self._try_again()
        self._changed()

    def set_standby(self, on: bool) -> None:
        """Put the standby card out, from the next tick on, or the picture again."""
        self._runner.standby = on
        self._changed()

    def set_mirror(self, on: bool) -> None:
        """Flip the picture left to right, or not."""
        with self._changing:
            self._runner.mirror = on
            self._keep(mirror=on)
        self._changed()

    def packs(self) -> Sequence[str]:
        """The names of all packs, the user's own included."""
        return self._packs.names()

    def cameras(self) -> Sequence[str]:
        """The names of the cameras that there are now, vcam's own left out."""
        from vcam.capture.names import cameras

        own = self._own_names()
        return [camera.name for camera in cameras() if not {camera.name, camera.path} & own]

    def quit(self) -> None:
        """Tell whoever waits to end the session; returns at once."""
        self._quit.set()

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Have `callback` called after every change of a switch, on the thread that changed it."""
        self._callbacks.append(callback)

    def _changed(self) -> None:
        for callback in self._callbacks:
            callback()

    def _try_again(self) -> None:
        """Start a pipeline again that was given up: what has just changed may have been the cause."""
        if self._stats.snapshot().state is State.FAILED:
            self._runner.replace_step(self._make_step)

    def _keep(self, **changes: object) -> None:
        self._settings = dataclasses.replace(self._settings, **changes)  # type: ignore[arg-type]
        if self._settings_file is None:
            return
        try:
            stored = dataclasses.replace(config.load(self._settings_file), **changes)  # type: ignore[arg-type]
            config.save(self._settings_file, stored)
        except VcamError as error:
            log.warning("the change holds until the end only: %s", error)

    def _own_names(self) -> set[str]:
        return {sink.label for sink in self._sinks} | {getattr(sink, "path", "") for sink in self._sinks} - {
            ""
        }

    def _source_factory(self, settings: Settings) -> Callable[[], FrameSource]:
        return build.source_factory(settings, loop=self._loop, exclude=self._own_names())

    def _make_step(self) -> "_Step":
        return _Step(build.pipeline(self._settings, self._packs), self)

    def _keep_house(self) -> None:
        rounds = 0
        locked = False
        while not self._runner.wait(LOOK_S):
            rounds += 1
            if rounds % _REFRESH_EVERY == 0:
                self._packs.refresh()
            if self._settings.lock_sleep and rounds % _LOCK_EVERY == 0:
                locked = screen_lock.locked() is True
            asleep = self._nobody_watches() or locked
            if asleep != self._runner.asleep:
                self._runner.asleep = asleep
        self._ended_by_itself = not self._quit.is_set()
        self._quit.set()

    def _nobody_watches(self) -> bool:
        outputs = (*self._sinks, self.preview)
        return self._idle is not None and self._idle.asleep((sink.watched() for sink in outputs), now_ns())

    def _process(self, pipeline: "Pipeline", frame: Frame) -> Frame:
        settings = self._settings
        pipeline.change(mode=settings.mode, pack=self._packs.get(settings.pack))
        outcome = pipeline.step(frame)
        label = outcome.expressions[0].label.value if outcome.expressions else ""
        self._stats.saw(len(outcome.faces), label)
        return outcome.frame


class _Step:
    """The pipeline as the runner's step, with the settings of the moment."""

    def __init__(self, pipeline: "Pipeline", controller: Controller) -> None:
        self._pipeline = pipeline
        self._controller = controller

    def step(self, frame: Frame) -> Frame:
        return self._controller._process(self._pipeline, frame)

    def close(self) -> None:
        self._pipeline.close()
