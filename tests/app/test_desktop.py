import gc
import subprocess
import sys
from pathlib import Path

import pytest

from vcam.app import desktop


@pytest.mark.parametrize(
    ("environment", "session"),
    [
        ({}, ""),
        ({"DISPLAY": ":0"}, "x11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
    ],
)
def test_session(environment: dict[str, str], session: str) -> None:
    assert desktop.session(environment) == session


def test_the_bus_is_found_without_starting_one(tmp_path: Path) -> None:
    assert not desktop.has_bus({})
    assert not desktop.has_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    (tmp_path / "bus").touch()
    assert desktop.has_bus({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert desktop.has_bus({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/x"})


def test_the_distribution_s_gi_must_fit_this_python(tmp_path: Path) -> None:
    package = tmp_path / "gi"
    package.mkdir()
    (package / "_gi.cpython-35m-x86_64-linux-gnu.so").touch()
    assert desktop._distribution_gi([tmp_path]) is None
    suffix = next((s for s in desktop.importlib.machinery.EXTENSION_SUFFIXES if "cpython" in s), None)
    if suffix is None:
        pytest.skip("this Python names no version in its extensions")
    (package / f"_gi{suffix}").touch()
    assert desktop._distribution_gi([tmp_path / "nothing", tmp_path]) == package


def test_only_the_named_package_is_taken_from_a_folder(tmp_path: Path) -> None:
    for name in ("vcam_test_wanted", "vcam_test_other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("value = 7\n")
    desktop._import_package("vcam_test_wanted", tmp_path / "vcam_test_wanted")
    assert sys.modules.pop("vcam_test_wanted").value == 7
    assert str(tmp_path) not in sys.path
    with pytest.raises(ModuleNotFoundError):
        __import__("vcam_test_other")


def test_a_package_that_fails_to_load_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("raise ImportError('no')\n")
    with pytest.raises(ImportError, match="no"):
        desktop._import_package("vcam_test_broken", tmp_path)
    assert "vcam_test_broken" not in sys.modules


@pytest.mark.parametrize(("answer", "found"), [("   boolean true\n", True), ("   boolean false\n", False)])
def test_status_notifier_host(monkeypatch: pytest.MonkeyPatch, answer: str, found: bool) -> None:
    monkeypatch.setattr(desktop, "has_bus", lambda: True)
    monkeypatch.setattr(desktop.shutil, "which", lambda name: name)
    result = subprocess.CompletedProcess([], 0, stdout=answer)
    monkeypatch.setattr(desktop.subprocess, "run", lambda *args, **kwargs: result)
    assert desktop.has_status_notifier() is found


def test_no_screen_no_tray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not desktop.has_xembed()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_screen_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":9999")
    assert not desktop.has_xembed()
    gc.collect()  # python-xlib leaves the socket of a failed connection to the collector, which warns
