import sys
from pathlib import Path

import pytest

from vcam import assets
from vcam.app.checks import apart
from vcam.errors import ModelError
from vcam.types import Size


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Modules that fail in every way there is."""
    (tmp_path / "vcam_ends.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGTERM)\n")
    (tmp_path / "vcam_exits.py").write_text("import os; os._exit(3)\n")
    (tmp_path / "vcam_raises.py").write_text("raise OSError('libEGL.so.1: cannot open')\n")
    (tmp_path / "vcam_prints.py").write_text("print('hello')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.usefixtures("broken")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_module_that_takes_the_process_with_it_does_not_hide_the_others() -> None:
    names = ["json", "vcam_ends", "vcam_raises", "vcam_exits", "vcam_prints", "vcam_not_there"]
    assert apart.import_problems(names) == {
        "json": "",
        "vcam_ends": "it ends Python (SIGTERM)",
        "vcam_raises": "libEGL.so.1: cannot open",
        "vcam_exits": "it ends Python (exit status 3)",
        "vcam_prints": "",
        "vcam_not_there": "No module named 'vcam_not_there'",
    }


def test_nothing_to_import() -> None:
    assert apart.import_problems([]) == {}


def test_the_pipeline_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        assets.load("face_landmark")
        assets.expression_network()
    except ModelError as error:
        pytest.skip(str(error))
    assert (apart.step_ms(Size(320, 180), 30) or 0) > 0


def test_a_pipeline_that_cannot_run_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_STEP", "raise SystemExit(1)")
    assert apart.step_ms(Size(320, 180), 30) is None
    monkeypatch.setattr(apart, "_STEP", "pass")
    assert apart.step_ms(Size(320, 180), 30) is None


def test_a_process_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_PATIENCE_S", 0.1)
    assert apart._run(["import time; time.sleep(60)"]) == ("", "no end")


def test_names_of_endings() -> None:
    assert [apart._ending(code) for code in (0, 2)] == ["", "exit status 2"]
    assert apart._ending(-100) == "signal 100"
