"""The switches of a running session, on the demo."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from vcam import config
from vcam.app.commands import NotConfirmedError
from vcam.app.controller import Controller
from vcam.config import Settings
from vcam.errors import CameraError, PackError
from vcam.pipeline import Pipeline
from vcam.publish.memory import Memory
from vcam.publish.preview import Preview
from vcam.runtime.stats import State
from vcam.types import Mode, Size

pytestmark = pytest.mark.usefixtures("models")
SIZE = Size(320, 240)


def _until(holds: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    deadline_s = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.02)
    return True


class Session:
    """A controller with a sink that remembers."""

    def __init__(self, settings_file: Path, **settings: object) -> None:
        self.settings_file = settings_file
        self.sink = Memory(SIZE, 30, keep=30)
        chosen = Settings(**({"source": "demo", "size": SIZE, "idle_s": 0} | settings))  # type: ignore[arg-type]
        self.controller = Controller(chosen, [self.sink], Preview(SIZE, 30), settings_file=settings_file)

    def state(self) -> State:
        return self.controller.status().snapshot.state

    def shows(self, state: State) -> bool:
        return _until(lambda: self.state() is state)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(tmp_path / "settings.toml")
    made.controller.start()
    assert made.sink.count >= 1, "the card is out before anything else"
    yield made
    made.controller.stop()


def test_the_card_comes_first_then_the_picture(session: Session) -> None:
    assert session.shows(State.LIVE)
    status = session.controller.status()
    assert status.snapshot.source == "demo"
    assert status.snapshot.outputs == ("memory", "preview")
    assert _until(lambda: session.controller.status().snapshot.faces == 1)


def test_standby_covers_within_a_frame(session: Session) -> None:
    assert session.shows(State.LIVE)
    session.controller.set_standby(True)
    shown = session.sink.count
    assert session.sink.wait_for(shown + 3)
    assert session.state() is State.STANDBY
    last = session.sink.frames
    assert np.array_equal(last[-1].pixels, last[-2].pixels), "the card stands still"
    session.controller.set_standby(False)
    assert session.shows(State.LIVE)


def test_less_privacy_is_asked_for_more_is_not(session: Session) -> None:
    with pytest.raises(NotConfirmedError):
        session.controller.set_mode(Mode.OFF)
    assert session.controller.status().settings.mode is Mode.MASK
    session.controller.set_mode(Mode.AVATAR)
    session.controller.set_mode(Mode.OFF, confirmed=True)
    assert session.controller.status().settings.mode is Mode.OFF
    assert config.load(session.settings_file).mode is Mode.MASK, "the dial is not kept for the next start"


def test_nothing_made_for_the_old_mode_is_seen_after_the_change(session: Session) -> None:
    session.controller.set_mode(Mode.OFF, confirmed=True)
    assert session.shows(State.LIVE)
    session.controller.set_mode(Mode.AVATAR)
    shown = session.sink.count
    assert session.sink.wait_for(shown + 10)
    live = [frame.pixels for frame in session.sink.frames[-5:]]
    corner = np.concatenate([pixels[:6, :6].reshape(-1, 3) for pixels in live]).astype(int)
    assert session.controller.status().settings.mode is Mode.AVATAR
    assert np.ptp(corner, axis=0).max() < 40, "a plain backdrop, or the card"


def test_pack_camera_and_mirror_are_kept(session: Session) -> None:
    told: list[None] = []
    session.controller.subscribe(lambda: told.append(None))
    session.controller.set_mirror(True)
    session.controller.set_pack("classic")
    session.controller.set_source("demo")
    assert len(told) == 3
    kept = config.load(session.settings_file)
    assert (kept.mirror, kept.pack, kept.source) == (True, "classic", "demo")
    assert session.shows(State.LIVE)


def test_what_does_not_exist_changes_nothing(session: Session) -> None:
    with pytest.raises(PackError):
        session.controller.set_pack("nonsense")
    with pytest.raises(CameraError):
        session.controller.set_source("nonsense")
    status = session.controller.status()
    assert (status.settings.pack, status.settings.source) == (config.Settings().pack, "demo")
    assert not session.settings_file.exists()


def test_another_pack_revives_what_was_given_up(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.shows(State.LIVE)
    monkeypatch.setattr(Pipeline, "step", lambda *_: 1 / 0)
    assert session.shows(State.FAILED)
    monkeypatch.undo()
    session.controller.set_pack("classic")
    assert session.shows(State.LIVE)


def test_quit_is_noticed_by_whoever_waits(session: Session) -> None:
    assert not session.controller.wait(0.0)
    session.controller.quit()
    assert session.controller.wait(1.0)
    session.controller.stop()
    session.controller.stop()
    assert session.sink.closed == 1
    assert session.controller.failure is None


def test_with_nobody_watching_the_camera_sleeps_until_somebody_does(tmp_path: Path) -> None:
    size = Size(320, 240)
    preview = Preview(size, 30)
    settings = Settings(source="demo", size=size, idle_s=1)
    controller = Controller(settings, [], preview)
    controller.start()
    try:
        assert _until(lambda: controller.status().snapshot.state is State.ASLEEP)
        with preview.watching():
            assert _until(lambda: controller.status().snapshot.state is State.LIVE)
    finally:
        controller.stop()


def test_a_locked_screen_closes_the_camera_where_that_is_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = [True]
    monkeypatch.setattr("vcam.app.screen_lock.locked", lambda: locked[0])
    wished = Session(tmp_path / "settings.toml", lock_sleep=True)
    wished.controller.start()
    try:
        assert wished.shows(State.ASLEEP)
        locked[0] = False
        assert wished.shows(State.LIVE)
    finally:
        wished.controller.stop()


def test_a_pack_that_is_not_there_is_told_before_anything_opens(tmp_path: Path) -> None:
    with pytest.raises(PackError):
        Session(tmp_path / "settings.toml", pack="nonsense")
