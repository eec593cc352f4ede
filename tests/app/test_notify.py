import dataclasses
import subprocess
from collections.abc import Sequence

import pytest

from tests.app.switchboard import Switchboard
from vcam.app import notify
from vcam.app.commands import Status
from vcam.app.notify import PATIENCE_S, QUIET_S, Notice, TroubleWatch


def _status(problem: str = "") -> Status:
    now = Switchboard().now
    return dataclasses.replace(now, snapshot=dataclasses.replace(now.snapshot, problem=problem, hint="Do."))


def test_nothing_wrong_nothing_told() -> None:
    watch = TroubleWatch()
    assert [watch.update(_status(), second) for second in range(100)] == [None] * 100


def test_what_passes_by_itself_is_not_told() -> None:
    watch = TroubleWatch()
    assert watch.update(_status("gone"), 10.0) is None
    assert watch.update(_status("gone"), 10.0 + PATIENCE_S - 0.1) is None
    assert watch.update(_status(), 10.0 + PATIENCE_S) is None


def test_lasting_trouble_is_told_once() -> None:
    watch = TroubleWatch()
    told = [watch.update(_status("gone"), second) for second in range(300)]
    assert [notice for notice in told if notice] == [Notice("gone", "Do.")]


def test_trouble_that_comes_and_goes_is_not_told_each_time() -> None:
    watch = TroubleWatch()
    told = [watch.update(_status("gone" if second % 8 < 5 else ""), second) for second in range(int(QUIET_S))]
    assert len([notice for notice in told if notice]) == 1


def test_the_same_trouble_later_is_news() -> None:
    watch = TroubleWatch()
    for start in (0.0, QUIET_S * 10):
        watch.update(_status(), start)
        watch.update(_status("gone"), start + 1)
        assert watch.update(_status("gone"), start + 1 + PATIENCE_S) == Notice("gone", "Do.")


def test_another_trouble_is_told_too() -> None:
    watch = TroubleWatch()
    told = [watch.update(_status("one" if second < 10 else "two"), second) for second in range(20)]
    assert [notice.title for notice in told if notice] == ["one", "two"]


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_texts_are_arguments_and_never_options_or_code(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    commands: list[Sequence[str]] = []
    monkeypatch.setattr(notify.sys, "platform", system)
    monkeypatch.setattr(notify.shutil, "which", lambda name: name)
    monkeypatch.setattr(notify.subprocess, "run", lambda command, **kwargs: commands.append(command))
    assert notify.send(Notice('--urgency "x"', "text"))
    assert commands[0][-2:] == ['--urgency "x"', "text"]
    if system == "linux":
        assert commands[0][-3] == "--"


def test_no_way_to_notify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify.sys, "platform", "linux")
    monkeypatch.setattr(notify.shutil, "which", lambda name: None)
    assert not notify.send(Notice("a", "b"))
    monkeypatch.setattr(notify.shutil, "which", lambda name: name)

    def fails(*args: object, **kwargs: object) -> None:
        raise subprocess.CalledProcessError(1, "notify-send")

    monkeypatch.setattr(notify.subprocess, "run", fails)
    assert not notify.send(Notice("a", "b"))
