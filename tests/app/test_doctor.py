import argparse
import json

import pytest

from vcam.app import doctor
from vcam.app.checks.finding import Fix, Level, fail, ok, warn
from vcam.app.checks.state import (
    CameraState,
    DesktopState,
    LinuxState,
    LoopbackState,
    MachineState,
    MacState,
    PackageState,
    PythonState,
    System,
    SystemState,
    WindowsState,
)
from vcam.errors import ModelError
from vcam.publish.v4l2 import Condition, Loopback
from vcam.types import Size

PYTHON = PythonState((3, 11, 7), 64, (PackageState("numpy", "2", "2.4.6"),))
MACHINE = MachineState(8, 5.0, 8000)
CAMERA = CameraState("C920", size=Size(1280, 720), rate_hz=30.0, luma=120.0)
MODELS = (("face_landmark.tflite", ""),)
LINUX = SystemState(
    System.LINUX,
    PYTHON,
    MACHINE,
    DesktopState("wayland", "KDE", True, True, False, "Noto Color Emoji"),
    MODELS,
    (CAMERA,),
    linux=LinuxState(
        "debian",
        loaded=True,
        loaded_version="0.13.2",
        loopbacks=(LoopbackState(Loopback("/dev/video10", "vcam", (0, 13, 2), Condition.READY)),),
        at_boot=True,
        boot_options="exclusive_caps=1",
    ),
)
WINDOWS = SystemState(
    System.WINDOWS,
    PYTHON,
    MACHINE,
    DesktopState(emoji_font="Segoe UI Emoji"),
    MODELS,
    (CAMERA,),
    windows=WindowsState(22631, r"C:\obs.dll"),
)
MACOS = SystemState(
    System.MACOS,
    PYTHON,
    MACHINE,
    DesktopState(emoji_font="Apple Color Emoji"),
    MODELS,
    (CAMERA,),
    macos=MacState((15, 1), "32.0.1", "activated enabled", camera_consent=3),
)


@pytest.mark.parametrize("state", [LINUX, WINDOWS, MACOS], ids=lambda state: str(state.system))
def test_a_healthy_system_has_nothing_to_do(state: SystemState) -> None:
    findings = doctor.diagnose(state)
    assert {finding.level for finding in findings} == {Level.OK}
    checks = [finding.check for finding in findings]
    assert checks[:5] == ["python", "packages", "models", "camera", "virtual camera"]
    assert checks[-3:] == ["tray", "emoji font", "processor"]


def test_the_report_is_aligned_and_its_commands_are_ready_to_paste() -> None:
    findings = [
        ok("python", "Python 3.11.7"),
        fail("virtual camera", "not loaded", "Load it.", "sudo modprobe x"),
    ]
    assert doctor.report(findings).splitlines() == [
        "ok    python          Python 3.11.7",
        "fail  virtual camera  not loaded",
        "                      Load it.",
        "                        $ sudo modprobe x",
    ]


def test_paragraphs_for_a_window() -> None:
    findings = [
        fail("virtual camera", "not loaded", "Load it.", "sudo modprobe x"),
        warn("tray", "none", "Use ctl."),
    ]
    assert doctor.paragraphs(findings) == (
        "Virtual camera: not loaded.\nLoad it.\nsudo modprobe x\n\nTray: none.\nUse ctl."
    )


def test_json_carries_everything() -> None:
    (entry,) = json.loads(doctor.as_json([warn("a", "b", "c", "d", fix=Fix.LOOPBACK)]))
    assert entry == {
        "check": "a",
        "level": "warn",
        "message": "b",
        "hint": "c",
        "commands": ["d"],
        "fix": str(Fix.LOOPBACK),
    }


def test_each_fix_runs_once_and_a_failure_is_told() -> None:
    runs: list[str] = []

    def broken() -> None:
        raise ModelError("no network", hint="Connect.")

    findings = [fail("m", "1", "h", fix=Fix.MODELS), fail("m", "2", "h", fix=Fix.MODELS), ok("x", "y")]
    fixed = doctor.apply_fixes(findings, {Fix.MODELS: lambda: runs.append("models")})
    assert fixed == [(Fix.MODELS, "")]
    assert runs == ["models"]
    assert doctor.apply_fixes(findings, {Fix.MODELS: broken}) == [(Fix.MODELS, "no network. Connect.")]


def _parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    doctor.add_commands(parser.add_subparsers())
    return parser.parse_args(["doctor", *words])


@pytest.mark.parametrize(("models", "code"), [("", 0), ("missing or damaged", 1)])
def test_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], models: str, code: int
) -> None:
    from dataclasses import replace

    from vcam.app.checks import probe

    state = replace(LINUX, models=(("face_landmark.tflite", models),))
    monkeypatch.setattr(probe, "probe", lambda settings: state)
    arguments = _parse("--json")
    assert arguments.handler(arguments) == code
    assert len(json.loads(capsys.readouterr().out)) == len(doctor.diagnose(state))


def test_a_lost_output_is_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from vcam.publish import v4l2

    lost = Loopback("/dev/video10", "vcam", (), Condition.LOST_OUTPUT)
    fine = Loopback("/dev/video11", "other", (), Condition.READY)
    repaired: list[Loopback] = []
    monkeypatch.setattr(v4l2, "discover", lambda: [lost, fine])
    monkeypatch.setattr(v4l2, "prepare", repaired.append)
    doctor._repair_loopbacks()
    assert repaired == [lost]


def test_fix_looks_again_afterwards(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    from vcam import assets
    from vcam.app.checks import probe

    problems = iter(["missing or damaged", ""])
    fetched: list[bool] = []
    monkeypatch.setattr(assets, "get", lambda: fetched.append(True))
    monkeypatch.setattr(
        probe, "probe", lambda settings: replace(LINUX, models=(("face_landmark.tflite", next(problems)),))
    )
    arguments = _parse("--fix")
    assert arguments.handler(arguments) == 0
    assert fetched == [True]
    printed = capsys.readouterr()
    assert "done  get the models" in printed.err
    assert "fail" not in printed.out
