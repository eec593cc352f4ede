"""A session without a camera, for tests of whatever works the switches: it remembers what it was told."""

import dataclasses
from collections.abc import Callable

from vcam.app.commands import Status
from vcam.config import Settings
from vcam.errors import ConfigError, PackError
from vcam.runtime.stats import Snapshot, State
from vcam.types import Mode


class Switchboard:
    """Controls in memory; `told` lists the calls in order."""

    def __init__(self, **settings: object) -> None:
        self.told: list[tuple[str, object]] = []
        self.now = Status(
            Settings(**({"pack": "classic"} | settings)),  # type: ignore[arg-type]
            standby=False,
            snapshot=Snapshot(State.LIVE, source="C920", fps_in=30.0, fps_out=30.0, faces=1),
            preview_url="http://127.0.0.1:8080/?token=x",
        )
        self.callbacks: list[Callable[[], None]] = []

    def status(self) -> Status:
        return self.now

    def set_mode(self, mode: Mode, *, confirmed: bool = False) -> None:
        if mode.privacy < self.now.settings.mode.privacy and not confirmed:
            raise ConfigError("not confirmed", hint="Confirm it.")
        self._set("mode", mode)

    def set_pack(self, name: str) -> None:
        if name == "broken":
            raise PackError("the pack is broken", hint="Take another.")
        self._set("pack", name)

    def set_source(self, name: str) -> None:
        self._set("source", name)

    def set_mirror(self, on: bool) -> None:
        self._set("mirror", on)

    def set_standby(self, on: bool) -> None:
        self.told.append(("standby", on))
        self.change(standby=on)

    def packs(self) -> list[str]:
        return ["broken", "classic", "mine"]

    def cameras(self) -> list[str]:
        return ["C920", "Integrated Camera"]

    def quit(self) -> None:
        self.told.append(("quit", None))

    def subscribe(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def change(self, **changes: object) -> None:
        """Something happened: every subscriber hears of it."""
        self.now = dataclasses.replace(self.now, **changes)  # type: ignore[arg-type]
        for callback in self.callbacks:
            callback()

    def _set(self, name: str, value: object) -> None:
        self.told.append((name, value))
        self.change(settings=dataclasses.replace(self.now.settings, **{name: value}))  # type: ignore[arg-type]
